# Classes: attributes, methods, inheritance, `super`, construction.

class Animal:
    """Has a name."""
    kind = "animal"

    def __init__(self, name):
        self.name = name

    def speak(self):
        return f"{self.name} makes a sound"

    @classmethod
    def create(cls, name):
        return cls(name)

    @staticmethod
    def legs(n=4):
        return n


class Dog(Animal):
    def speak(self):
        return super().speak() + ": woof"


d = Dog.create("Rex")
print(d.speak(), Dog.legs(), d.legs(2), d.kind, Dog.__doc__, Animal.__doc__)
print(type(d).__name__, Dog.__bases__, Dog.__mro__, Dog.__module__, Dog.__qualname__)
print(isinstance(d, Animal), issubclass(Dog, (int, Animal)), isinstance(Dog, type))
d.kind = "own"
print(d.kind, Animal.kind, d.__dict__, vars(d) is d.__dict__)
Animal.kind = "changed"
del d.kind
print(d.kind, getattr(d, "missing", "default"), hasattr(d, "speak"))
bound = d.speak
print(bound.__self__ is d, bound.__func__ is Dog.speak, bound == d.speak, Animal.speak(d))


class Made:
    def __new__(cls, *args):
        print("new", cls.__name__, args)
        return super().__new__(cls) if args != (0,) else "not an instance"

    def __init__(self, *args):
        print("init", args)


print(type(Made(1)).__name__, Made(0))


class A:
    def who(self):
        return ["A"]


class B(A):
    def who(self):
        return ["B"] + super().who()


class C(A):
    def who(self):
        return ["C"] + super().who()


class D(B, C):
    def who(self):
        return ["D"] + super().who()


print(D().who(), [c.__name__ for c in D.__mro__], super(B, D()).who(), super(B, D).who(D()))
for bad in ["class X(A, B): pass", "class X(int, str): pass", "class X('text'): pass", "class X(bool): pass", "class X(A, A): pass",
            "A(1)", "A.who()", "A().nope", "A.nope", "super().x", "object(1)", "class X: __init__ = lambda s: 5\nX()"]:
    try:
        exec(bad)
    except Exception as e:
        print(type(e).__name__, e)


class Outer:
    class Inner:
        def m(self): ...
    n = Inner.__qualname__


print(Outer.n, Outer.Inner.m.__qualname__, Outer.Inner)
print(sorted(k for k in Outer.__dict__ if not k.startswith("__")), Outer.__dict__.__class__.__name__)


class Private:
    def __init__(self):
        self.__hidden = 1

    def __method(self):
        return self.__hidden

    def call(self):
        return self.__method()


print(Private().call(), Private().__dict__, [n for n in dir(Private) if "method" in n])
