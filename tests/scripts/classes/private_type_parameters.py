"""Type parameters: private names, names of the class around, `global` in a class."""


class Base:
    def __init_subclass__(cls, **named):
        cls.named = named


class __Hidden(Base):
    pass


print("-- bases, keywords and bounds mean the names outside")


class Derived[T: __Hidden](__Hidden, __key=1):
    pass


print(Derived.__bases__[0].__name__, Derived.named)
print(Derived.__type_params__[0].__bound__.__name__)


def keep(value):
    class Kept(Base):
        kept = value

    return Kept


class Nested[T](keep(lambda: __Hidden), keep([__Hidden for _ in (1,)])):
    pass


print(Nested.__bases__[0].kept().__name__, Nested.__bases__[1].kept[0].__name__)

print("-- the parameters themselves are private names of the class")


class Owner[__T, __U: __T](keep(lambda: __T)):
    param = __T

    def method(self):
        return __U


first, second = Owner.__type_params__
print(first, second, second.__bound__ is first, Owner.param is first)
print(Owner().method() is second, Owner.__bases__[0].kept() is first)

print("-- a comprehension does not look into the class")
T = "global"


class Scope:
    T = "class"
    type Direct = T
    type Listed = [T for _ in (1,)]
    type Made[T] = [T for _ in (1,)]


print(Scope.Direct.__value__, Scope.Listed.__value__, Scope.Made.__value__ == [Scope.Made.__type_params__[0]])

print("-- global in the class")
x = "global"


def outer():
    x = "enclosing"

    class Inner:
        global x
        type Alias = x

    Inner.x = "class"
    return Inner


print(outer().Alias.__value__)
