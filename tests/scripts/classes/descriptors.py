# Descriptors: properties, slots, order of attribute lookup, `__set_name__`.

class Field:
    def __set_name__(self, owner, name):
        print("set_name", owner.__name__, name)
        self.name = name

    def __get__(self, obj, owner):
        if obj is None:
            return self
        return obj.__dict__.get(self.name, "unset")

    def __set__(self, obj, value):
        print("set", self.name, value)
        obj.__dict__[self.name] = value

    def __delete__(self, obj):
        print("delete", self.name)
        del obj.__dict__[self.name]


class NonData:
    def __get__(self, obj, owner):
        return "from the class"


class C:
    f = Field()
    n = NonData()

    @property
    def p(self):
        "The doc of p."
        return self._p

    @p.setter
    def p(self, value):
        self._p = value * 2

    @p.deleter
    def p(self):
        del self._p


c = C()
print(c.f)
c.f = 1
print(c.f, type(C.f).__name__)
c.__dict__["n"] = "from the instance"
print(c.n, C.n)
c.__dict__["f"] = "behind a data descriptor"
print(c.f)
del c.f
c.p = 4
print(c.p, C.p.__doc__)
del c.p
for bad in ["c.p", "C.p.fget(c)", "del c.f"]:
    try:
        exec(bad)
    except Exception as e:
        print(type(e).__name__, e)


class ReadOnly:
    x = property(lambda self: 5)

    @property
    def broken(self):
        raise AttributeError("inside")

    def __getattr__(self, name):
        return f"asked for {name}"


r = ReadOnly()
print(r.x, r.broken, r.other)
for bad in ["r.x = 1", "del r.x"]:
    try:
        exec(bad)
    except AttributeError as e:
        print(e)


class Slots:
    __slots__ = ("a", "b")

    def __init__(self):
        self.a = 1


s = Slots()
print(s.a, hasattr(s, "__dict__"), Slots.a)
for bad in ["s.b", "s.c = 1", "del s.b", "s.__dict__"]:
    try:
        exec(bad)
    except AttributeError as e:
        print(e)


class Both(Slots):
    pass


b = Both()
b.anything = 1
print(b.__dict__, b.a)

from functools import cached_property


class Lazy:
    @cached_property
    def value(self):
        print("computes")
        return 42


lazy = Lazy()
print(lazy.value, lazy.value, lazy.__dict__)
print((lambda self: self).__get__(5)(), C.__dict__["p"].__get__(None, C) is C.__dict__["p"])


print("-- annotations of what a method wraps")
import functools


class Dispatching:
    @functools.singledispatchmethod
    @classmethod
    def kind(cls, value):
        return "any"

    @kind.register
    @classmethod
    def _(cls, value: int):
        return "int"

    @functools.singledispatchmethod
    @staticmethod
    def name(value):
        return "any"

    @name.register
    @staticmethod
    def _(value: str):
        return "str"


print(Dispatching.kind(1), Dispatching.kind("a"), Dispatching().name("a"), Dispatching.name(1.5))
print(classmethod(lambda cls: 0).__annotations__)
