# Tuples, ranges and slices.

t = (1, "a", (2,))
print(t, (), (1,), t + (5,), t * 2, 0 * t, t[1], t[-1][0], t[::-1], t[5:], len(t), t.index("a"), t.count(1), "a" in t, hash((1, 2)) == hash((1, 2)), (1, 2) < (1, 3), (1,) < (1, 0), () < (1,), t == (1, "a", (2,)), (1,) == [1])
a = 1,
b = *"xy", 3
print(a, b, tuple("ab"), tuple(range(2)), tuple(t) is t, t[:] is t, t * 1 is t, t + () is t, tuple({1: 2}), sorted((3, 1)), max((1, 5)), sum((1, 2)), any(()), *t)
x, *y, z = (1, 2, 3, 4)
print(x, y, z, (lambda *a: a)(*t), dict([("k", 1)]), (1, [2]) == (1, [2]))
for bad in ["t[9]", "t[0] = 1", "del t[0]", "t + [1]", "t.index(99)", "t['a']", "t < 5", "hash(([],))", "t.append(1)", "tuple(5)", "t * 1.5", "(1, 2)()"if 0 else "t.nope", "x, y = t", "x, y, z, w = t"]:
    try:
        exec(bad)
    except Exception as e:
        print(bad, "->", type(e).__name__, str(e).removesuffix(", got 3)").removesuffix(")"))
r = range(2, 20, 3)
print(r, list(r), len(r), r[1], r[-1], r[1:4], r[::-1], 5 in r, 6 in r, 5.0 in r, "x" in r, r.index(8), r.count(8), r.count(9), r.start, r.stop, r.step, range(0), list(range(5, 0, -2)), range(3) == range(0, 3, 1), range(0) == range(5, 5), hash(range(3)) == hash(range(0, 3)))
big = range(10**20, 10**20 + 10, 3)
print(list(big), big[1], len(big), 10**20 + 3 in big, big.index(10**20 + 9), list(range(2**63 - 2, 2**63 + 2)), range(10**30)[-1], list(reversed(range(0, 10, 4))), range(10)[2:8:2][1], range(1, 2) != range(1, 3), bool(range(0)))
for bad in ["range()", "range(1, 2, 0)", "range(1.5)", "range('x')", "r[99]", "r['x']", "len(range(10**20))", "r.index(3)", "range(1, 2, 3, 4)", "r + r", "r[0] = 1", "range(5) < range(6)", "r[::0]", "range(10**30)[10**30]"]:
    try:
        exec(bad)
    except Exception as e:
        print(bad, "->", type(e).__name__, e)
s = slice(1, 10, 2)
print(s, slice(5), slice(None), s.start, s.stop, s.step, s.indices(5), s.indices(100), slice(None, None, -1).indices(3), slice(-3, None).indices(10), slice(1) == slice(None, 1, None), slice(1, 2) < slice(1, 3), hash(slice(1)) == hash(slice(1)), "abcdef"[s], slice(10**30).indices(5))
for bad in ["slice()", "slice(1, 2, 3, 4)", "slice(0, 1, 0).indices(3)", "slice('a').indices(3)", "s.indices(-1)", "s.indices()", "'abc'[slice('a', 'b')]", "iter(s)"]:
    try:
        exec(bad)
    except Exception as e:
        print(bad, "->", type(e).__name__, e)


class T(tuple):
    def __new__(cls, *items):
        return super().__new__(cls, items)


print(T(1, 2), T(1) + (2,), type(T(1) + (2,)).__name__, T(1) == (1,), T(1, 2)[::-1], type(T(1)[:]).__name__, hash(T(1)) == hash((1,)), isinstance(T(), tuple))
