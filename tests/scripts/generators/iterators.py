# Builtin iterators: what they give, when they end, how they are shown, copied and measured.

import copy
import operator

print(list(enumerate("ab", 5)), list(zip([1, 2], "ab", (True,))), list(map(pow, [2, 3], [3, 2])), list(filter(None, [0, 1, "", "x"])))
print(list(reversed("abc")), list(reversed({"a": 1, "b": 2})), list(reversed(range(0, 10, 3))), list(iter([3, 1].pop, 3)))
for bad in ["list(zip([1], [1, 2], strict=True))", "list(zip([1, 2], [1], strict=True))", "list(map(len, [1]))", "iter(1, 2)", "enumerate([], 'x')"]:
    try:
        eval(bad)
    except Exception as e:
        print(type(e).__name__, e)
for make in [lambda: iter([1, 2, 3]), lambda: iter((1, 2)), lambda: iter({1: 2}), lambda: iter({5}), lambda: iter(range(3)),
             lambda: iter(b"a"), lambda: reversed([1, 2]), lambda: iter({1: 2}.items()), lambda: enumerate("x"), lambda: zip("a", "b")]:
    it = make()
    print(type(it).__name__, operator.length_hint(it, -1), end=" ")
    next(it)
    print(operator.length_hint(it, -1), iter(it) is it, end=" ")
    try:
        print(list(copy.copy(it)))
    except Exception as e:
        print(type(e).__name__)
items = [1, 2, 3]
it = iter(items)
print(next(it))
items.append(4)
print(list(it), list(it))
items.append(5)
print("ended for good:", list(it))


class Sequence:
    def __init__(self, n):
        self.n = n

    def __len__(self):
        return self.n

    def __getitem__(self, i):
        if i >= self.n:
            raise IndexError
        return i * 10


print(list(Sequence(3)), list(reversed(Sequence(3))), 20 in Sequence(3), max(Sequence(4)), [*Sequence(2)], tuple(Sequence(1)))
a, *b = Sequence(3)
print(a, b, dict(zip("ab", Sequence(2))), sum(Sequence(4)), any(Sequence(2)), all(Sequence(2)), sorted(Sequence(3), reverse=True))


class Hint:
    def __iter__(self):
        return iter([1])

    def __length_hint__(self):
        return 100


print(list(Hint()), operator.length_hint(Hint()))
it = iter([1, 2, 3])
print(list(zip(it, it)), 2 in iter([1, 2, 3]), min(iter("hello")), "-".join(iter("abc")))
from itertools import *

print(list(chain("ab", [1])), list(islice(count(5, 2), 3)), list(repeat("x", 2)), list(accumulate([1, 2, 3])), list(takewhile(bool, [1, 0, 1])))
print([(k, list(g)) for k, g in groupby("aabbb")], list(product("ab", repeat=2)), list(permutations([1, 2, 3], 2)), list(combinations("abc", 2)))
print(list(pairwise([1, 2, 3])), list(batched("abcde", 2)), list(starmap(pow, [(2, 3)])), list(zip_longest("ab", "c", fillvalue="-")), list(compress("abc", [1, 0, 1])))
a, b = tee([1, 2, 3])
print(next(a), list(b), list(a), list(dropwhile(str.isdigit, ["1", "a", "2"])), list(filterfalse(None, [0, 1])), list(islice(cycle("ab"), 5)))
