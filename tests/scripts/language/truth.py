# Truth, `and`, `or`, `not`, the conditional expression, assignment expressions.

class Bool:
    def __bool__(self):
        print("asked", end=" ")
        return False


class Len:
    def __len__(self):
        return 0


print(bool(Bool()), bool(Len()), bool(object()), [bool(x) for x in (0, 0.0, 0j, "", b"", [], (), {}, set(), range(0), None)])
print(1 and 2, 0 and 2, 1 or 2, 0 or "", None or 0 or [] or "last", 1 and 2 and 3)
print("yes" if 1 else "no", "yes" if Bool() else "no", 1 if 0 else 2 if 0 else 3)
print(not 0, not not "x", not Bool())


class Wrong:
    def __bool__(self):
        return 5


class Negative:
    def __len__(self):
        return -1


for thing in Wrong(), Negative():
    try:
        if thing:
            pass
    except Exception as e:
        print(type(e).__name__, e)

if (n := 10) > 5:
    print("n is", n)
print([y := 1, y**2, (y := y + 1)], y)
print([last := i for i in range(4)], last)
while (n := n - 3) > 0:
    print(n, end=" ")
print()


def f(x):
    return x


print(f(z := 3), z)
print(any((witness := i) > 2 for i in range(6)), witness)
x = 5
print(lambda: 1) if False else print("else")
assert x == 5, "not shown"
try:
    assert x == 6, f"x is {x}"
except AssertionError as e:
    print("AssertionError", e)
try:
    assert 0
except AssertionError as e:
    print(repr(e))
