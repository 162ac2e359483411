# `match`: literals, captures, alternatives, guards, sequences, mappings.

from types import SimpleNamespace

limits = SimpleNamespace(low=10)


def kind(x):
    match x:
        case 0 | 1:
            return "zero or one"
        case -1:
            return "minus one"
        case 2.5 | 3 + 4j:
            return "a number"
        case "text" | b"bytes":
            return "a text"
        case None:
            return "none"
        case True:
            return "never: 1 came first"
        case limits.low:
            return "a value by its name"
        case []:
            return "an empty sequence"
        case [one]:
            return f"one item: {one}"
        case (a, b):
            return f"two items: {a} {b}"
        case [1, *rest, 9]:
            return f"1 to 9 with {rest} between"
        case [first, second, *_]:
            return f"starts with {first} {second}"
        case {"type": "point", "x": x, **rest}:
            return f"a point at {x}, and {rest}"
        case {"a": {"b": [_, inner]}}:
            return f"deep: {inner}"
        case {1: _, 2: _}:
            return "has 1 and 2"
        case {}:
            return "some mapping"
        case int() | float() as n if n > 100:
            return f"large: {n}"
        case str(s) if (size := len(s)) > 5:
            return f"a text of {size}"
        case _:
            return "something else"


for x in [0, 1, True, -1, 2.5, 3 + 4j, "text", b"bytes", None, 10, [], (), [5], (6,), (1, 2), [1, 2, 9], (1, 9), range(4),
          [1, 2, 3], "ab", "abcdefg", {"type": "point", "x": 3, "y": 4}, {"a": {"b": [1, 2]}}, {1: 0, 2: 0, 3: 0}, {"z": 1},
          {}, 1000, 50, 200.5, bytearray(b"x"), {1, 2}, b"other"]:
    print(repr(x), "->", kind(x))

match 1, 2:
    case x, y if x > y:
        print("not")
    case x, y:
        print("names stay:", x, y)
print(x, y)
match [1, [2, [3, 4]]]:
    case [a, [b, [*c]]]:
        print(a, b, c)
match {"k": None}:
    case {"k": None as found}:
        print("found", found)
match 5:
    case n if n < 0:
        print("no")
print("no case matched; n is", n)
match = case = type = 1
print(match + case + type)
