"""Descriptors and messages name a native type with its module, classes of the program plainly."""
import collections
import datetime
import re
import types
import typing


def attempt(function):
    try:
        print(function())
    except Exception as error:
        print(type(error).__name__, error)


print(datetime.timedelta.total_seconds, datetime.timedelta.__add__)
print(re.Pattern.match, collections.deque.append)
print(str.lower, int.__add__, float.real.__objclass__)
attempt(lambda: datetime.timedelta.missing)
attempt(lambda: setattr(datetime.timedelta, "x", 1))
attempt(lambda: datetime.timedelta.total_seconds(1))
attempt(lambda: types.SimpleNamespace[int])
attempt(lambda: (i for i in ()).__reduce_ex__(2))
attempt(lambda: type(re.match("a", "a"))())


class Slots:
    __slots__ = ("a",)


Slots.__module__ = "package.module"
attempt(lambda: Slots().a)
attempt(lambda: delattr(Slots(), "a"))
attempt(lambda: Slots().b)

print("-- keys of a class that are no names")
import warnings

with warnings.catch_warnings(record=True) as caught:
    warnings.simplefilter("always")
    Odd = type("Odd", (), {1: 2})
print([f"{w.category.__name__}: {w.message}" for w in caught], Odd.__dict__[1])
attempt(lambda: type("A", (), {"__doc__": "x\udcdcy"}))

print("-- a metaclass whose __call__ is a class")


class Meta(type):
    __call__ = dict


class Made(metaclass=Meta):
    pass


print(Made(a=1), Made([("b", 2)]))


class Point(typing.TypedDict):
    x: int
    y: int


print(Point(x=1, y=2), typing.is_typeddict(Point))

print("-- a mro() that leaves the class out")


class Leaving(type):
    def mro(cls):
        return (object,)


def leave():
    class Left(metaclass=Leaving):
        pass


attempt(leave)

print("-- documentation of properties that are copied")


def one(self):
    "one"


def two(self):
    "two"


class Kept(property):
    "kept"


print([p.getter(two).__doc__ for p in (property(one), property(one, doc="own"), Kept(one), Kept(one, doc="own"))])
changed = property(one)
changed.__doc__ = "changed"
print(changed.__doc__, changed.getter(two).__doc__, changed.setter(two).__doc__)


class InSlot(property):
    __slots__ = ("__doc__",)


print(InSlot(one).__doc__, InSlot(lambda self: 0).__doc__)
