"""A change of a class is seen in every class that descends from it, whatever was asked before."""


class Root:
    label = "root"

    def hello(self):
        return "hello from Root"


class Left(Root):
    pass


class Right(Root):
    def hello(self):
        return "hello from Right, " + super().hello()


class Both(Left, Right):
    pass


class Late(Both):
    __slots__ = ("own",)


def ask(thing):
    return thing.label, thing.hello()


things = [cls() for cls in (Root, Left, Right, Both, Late)]


def show(title):
    # Twice: the second time the answers come from caches.
    first = [ask(thing) for thing in things]
    second = [ask(thing) for thing in things]
    classes = [type(thing).label for thing in things]
    print(title)
    for thing, a in zip(things, first):
        print("   ", type(thing).__name__, a)
    print("    the same again:", first == second, classes == [a[0] for a in first])


show("at first")
Root.label = "changed"
show("Root.label set")
Right.label = "right"
show("Right.label set")
Left.hello = lambda self: "hello from Left"
show("Left.hello set")
del Left.hello
show("Left.hello deleted")
Both.label = property(lambda self: "computed")
print(Both().label, Late().label, isinstance(Both.label, property))
del Both.label
show("a property came and went")
Left.__bases__ = (Right,)
show("Left descends from Right")
Root.label = "again"
del Right.label
show("Right.label deleted, Root.label set")

print("a counter of subclasses")


class Registry:
    seen = 0

    def __init_subclass__(cls):
        Registry.seen += 1


for _ in range(100):
    class Sub(Registry):
        pass

    before = Sub.seen
    Registry.seen += 1
    assert Sub.seen == before + 1
print(Sub.seen)

print("special methods that come later")


class Number:
    def __init__(self, n):
        self.n = n


class Derived(Number):
    pass


def add(a, b):
    try:
        return a + b
    except TypeError as e:
        return str(e)


a, b = Derived(1), Derived(2)
print(add(a, b))
Number.__add__ = lambda self, other: self.n + other.n
print(add(a, b))
Derived.__add__ = lambda self, other: "derived"
print(add(a, b))
del Derived.__add__
print(add(a, b))
del Number.__add__
print(add(a, b))

print("classes that a mro() of the program asks too early")


class Meta(type):
    def mro(cls):
        order = super().mro()
        cls.early = getattr(cls, "label", "nothing yet")
        return order


class Early(Root, metaclass=Meta):
    pass


print(Early.early, Early.label)
Root.label = "last"
print(Early.label, Early().label)

print("docstrings")


class Int(int):
    pass


class Documented(list):
    "mine"


print(Int.__doc__, Documented.__doc__, Int(3).__doc__)
print((3).__doc__ == int.__doc__ == int.__dict__["__doc__"] == super(Int, Int(1)).__doc__)
print(type.__doc__)
print(object.__doc__)

print("an assignment of bases that fails")


class Stubborn(type):
    refuse = False

    def mro(cls):
        if Stubborn.refuse:
            cls.x
            raise ValueError("no other bases")
        return super().mro()


class First:
    x = 1


class Second:
    x = 2


class Chosen(First, metaclass=Stubborn):
    pass


chosen = Chosen()
read = [chosen.x for _ in range(3)]
Stubborn.refuse = True
try:
    Chosen.__bases__ = (Second,)
except ValueError as e:
    print(e, Chosen.__bases__)
Stubborn.refuse = False
read += [chosen.x for _ in range(3)]
First.x = 10
read += [chosen.x, Chosen.x]
print(read)
