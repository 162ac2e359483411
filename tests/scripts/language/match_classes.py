# `match`: classes by position and keyword, `__match_args__`, what is an error.

from dataclasses import dataclass


@dataclass
class Point:
    x: int
    y: int


class Named:
    __match_args__ = ("name",)

    def __init__(self, name):
        self.name = name


def where(p):
    match p:
        case Point(0, 0):
            return "origin"
        case Point(x=0, y=y):
            return f"on the y axis at {y}"
        case Point(x, y=0):
            return f"on the x axis at {x}"
        case Point(x, y) if x == y:
            return f"diagonal {x}"
        case Point():
            return "elsewhere"
        case Named(Named(inner)):
            return f"named twice: {inner}"
        case Named(str(n) | int(n)):
            return f"named {n!r}"
        case int(n) | float(n):
            return f"number {n}"
        case bool(b):
            return f"never: a bool is an int {b}"
        case list([a, *_]) | tuple((a, *_)):
            return f"starts with {a}"
        case dict(d):
            return f"dict {d}"
        case str():
            return "text"
        case object(__class__=cls):
            return f"some {cls.__name__}"


for p in [Point(0, 0), Point(0, 2), Point(3, 0), Point(4, 4), Point(1, 2), Named("n"), Named(Named("m")), Named(2.5), 1,
          2.5, True, [1, 2], (3,), [], {"k": 1}, "s", {1}]:
    print(where(p))


class NoArgs:
    pass


class BadArgs:
    __match_args__ = [1]


class BadName:
    __match_args__ = (1,)


class Twice:
    __match_args__ = ("a",)
    a = 1


for subject, pattern in [(NoArgs(), "NoArgs(1)"), (BadArgs(), "BadArgs(1)"), (BadName(), "BadName(1)"),
                         (Twice(), "Twice(1, 2)"), (Twice(), "Twice(1, a=1)"), (1, "int(1, 2)"), (1, "print(1)")]:
    try:
        exec(f"match subject:\n case {pattern}: print('matched')")
    except TypeError as e:
        print(e)
for wrong in ["case x: pass\n case 1: pass", "case x | 1: pass", "case [x, x]: pass", "case {**r, 'a': 1}: pass",
              "case 1 | y: pass", "case {'a': 1, 'a': 2}: pass", "case P(a=1, a=2): pass", "case [*a, *b]: pass", "case -x: pass"]:
    try:
        compile(f"match 1:\n {wrong}", "", "exec")
    except SyntaxError as e:
        print(e.msg)
