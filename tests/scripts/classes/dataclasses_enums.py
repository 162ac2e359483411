# What the library builds from classes: dataclasses, enums, named tuples, abstract classes.

from abc import ABC, abstractmethod
from collections import namedtuple
from dataclasses import asdict, astuple, dataclass, field, replace
from enum import Enum, Flag, IntEnum, auto
from typing import NamedTuple, Protocol, runtime_checkable


@dataclass(order=True)
class Item:
    name: str
    price: float = 1.0
    tags: list = field(default_factory=list, compare=False)


a, b = Item("a"), Item("b", 2.0, ["x"])
print(a, a == Item("a"), a < b, asdict(b), astuple(b), replace(b, price=3.0))


@dataclass(frozen=True, slots=True)
class Frozen:
    x: int
    y: int = 0

    def __post_init__(self):
        print("post init")


f = Frozen(1)
try:
    f.x = 5
except Exception as e:
    print(type(e).__name__, e)
print(hash(f) == hash(Frozen(1)), f)
try:
    Item()
except TypeError as e:
    print(e)


class Color(Enum):
    RED = 1
    GREEN = auto()
    ALIAS = 1

    @property
    def nice(self):
        return self.name.title()


print(Color.RED, repr(Color.GREEN), Color(2), Color["RED"], Color.ALIAS is Color.RED, list(Color), Color.RED.nice, len(Color))
for bad in "Color(9)", "Color['X']", "Color.RED.__class__.RED = 5":
    try:
        exec(bad)
    except Exception as e:
        print(type(e).__name__, e)


class Perm(Flag):
    R = 4
    W = 2
    X = 1


class Level(IntEnum):
    LOW = 1
    HIGH = 2


print(Perm.R | Perm.W, Perm.R in Perm(6), ~Perm.R, Perm(0), Level.HIGH > 1, Level.LOW + 1, f"{Level.LOW} {Color.RED}")
Point = namedtuple("Point", "x y", defaults=[0])


class Typed(NamedTuple):
    a: int
    b: str = "b"


print(Point(1), Point(1, 2)._replace(x=5), Point._fields, Typed(1), Typed(1)._asdict(), Point(3, 4) == (3, 4))


class Shape(ABC):
    @abstractmethod
    def area(self): ...

    @property
    @abstractmethod
    def name(self): ...


class Square(Shape):
    name = "square"

    def area(self):
        return 4


try:
    Shape()
except TypeError as e:
    print(e)
print(Square().area(), isinstance(Square(), Shape))


@Shape.register
class Circle: ...


@runtime_checkable
class Quacks(Protocol):
    def quack(self): ...


class Duck:
    def quack(self): ...


print(issubclass(Circle, Shape), isinstance(Duck(), Quacks), isinstance(5, Quacks))
