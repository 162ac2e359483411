# Comparisons: chains, reflection, identity, membership.

print(1 < 2 < 3, 1 < 3 < 2, 3 > 2 != 1, 1 == 1.0 == True, 1 in [1] == True)


def say(n):
    print("say", n, end="; ")
    return n


print(say(1) < say(2) < say(3))
print(say(2) < say(1) < say(3))


class Answers:
    def __init__(self, name):
        self.name = name


for op, name in {"<": "lt", "<=": "le", "==": "eq", "!=": "ne", ">": "gt", ">=": "ge"}.items():
    setattr(Answers, f"__{name}__", lambda self, other, op=op: f"{self.name} {op}")
a, b = Answers("a"), Answers("b")
for op in "<", "<=", "==", "!=", ">", ">=":
    print(eval(f"a {op} b"), eval(f"1 {op} b"), end=" | ")
print()


class Sub(Answers):
    def __gt__(self, other):
        return "the subclass answers first"


print(a < Sub("s"))


class OnlyEq:
    def __init__(self, n):
        self.n = n

    def __eq__(self, other):
        return self.n == other.n if isinstance(other, OnlyEq) else NotImplemented


print(OnlyEq(1) == OnlyEq(1), OnlyEq(1) != OnlyEq(1), OnlyEq(1) == 1, OnlyEq(1) != 1)
try:
    OnlyEq(1) < OnlyEq(2)
except TypeError as e:
    print(e)
try:
    hash(OnlyEq(1))
except TypeError as e:
    print(e)

nan = float("nan")
print(nan == nan, nan != nan, nan < nan, [nan] == [nan], nan in [nan], (nan,) < (nan,))
print([1, 2] < [1, 2, 0], (1, "b") > (1, "a"), "Z" < "a", b"a" < b"b", {1} < {1, 2}, {1: 2} == {1: 2.0})
print(None is None, [] is not [], "a" not in "abc", 3 not in {1, 2})


class Contains:
    def __contains__(self, x):
        return x > 5


class Iterates:
    def __iter__(self):
        return iter([1, 2, 3])


class Indexes:
    def __getitem__(self, i):
        return [10, 20][i]


print(6 in Contains(), 1 in Contains(), 2 in Iterates(), 9 not in Iterates(), 20 in Indexes(), 30 in Indexes())
for bad in "1 < 'a'", "[] < ()", "{} < {}", "None < 1", "1j < 2":
    try:
        eval(bad)
    except TypeError as e:
        print(e)
