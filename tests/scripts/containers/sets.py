# Sets and frozen sets: operations as methods and operators, updates, comparisons.

def show(s):
    return sorted(s, key=repr)


a, b = {1, 2, 3}, {3, 4}
print(show(a | b), show(a & b), show(a - b), show(a ^ b), show(a.union([9], "x")), show(a.intersection([1, 5])), show(a.difference([1], [2])), show(a.symmetric_difference([1, 7])))
print(a <= {1, 2, 3}, a < a, a >= {1}, a > {1}, a.issubset(range(9)), a.issuperset([1]), a.isdisjoint([8]), a == {3, 2, 1}, a != b, {1} == frozenset([1]), a == [1, 2, 3])
c = a.copy()
c.add(5)
c.discard(1)
c.discard("not there")
c.remove(2)
c |= {10}
c &= {3, 10, 5}
c -= {5}
c ^= {3, 4}
print(show(c), len(c), 10 in c, {1, 1.0, True}, bool(set()), set(), frozenset(), frozenset([1]), {*[1, 2], 2}, show(set("hello")))
c.update([1], (2,), "z")
c.intersection_update([1, 2, 10])
c.difference_update([1])
c.symmetric_difference_update([2, 3])
print(show(c), c.pop() in (3, 10), len(c))
c.clear()
f = frozenset([1, 2])
print(hash(f) == hash(frozenset([2, 1])), f | {3}, type(f | {3}).__name__, type({3} | f).__name__, f.copy() is f, frozenset(f) is f, {f: "key"}[frozenset([2, 1])], f in {f}, {1, 2} in {f})
for bad in ["a.add([])", "{[]}", "a.remove(99)", "set().pop()", "a | [1]", "a & 5", "a < [1]", "a + b", "hash(a)", "set(5)", "f.add(1)", "a[0]", "a.update(5)", "a |= [1]", "f |= 5", "set(1, 2)", "[] in a", "a.union(5)", "for x in a: a.add(x + 100)", "frozenset([[]])", "a.pop(1)"]:
    try:
        exec(bad)
    except Exception as e:
        print(bad, "->", type(e).__name__, e)
g = f
g |= {7}
print(show(g), show(f), {i % 7 for i in range(100)} == set(range(7)), sum({1, 2, 3}), max({3, 1}), sorted({"b", "a"}), set() < {1}, set([1]) | set("a") == {1, "a"})


class S(set):
    pass


class F(frozenset):
    pass


print(type(S([1]) | {2}).__name__, type(S([1]).copy()).__name__, type(F([1]) | {2}).__name__, S([1]), F(), repr(S()), type({1} | S([2])).__name__, S([1]) == {1})
s = set(range(1000))
for i in range(0, 1000, 3):
    s.discard(i)
print(len(s), 999 in s, 998 in s, len(s & set(range(10))), show(s ^ set(range(1, 1000)))[:3], {(1, 2), "a", None, 2.5, b"x", frozenset()} == {frozenset(), b"x", 2.5, None, "a", (1, 2)})
x = frozenset(["a"])
print(x, {x}, [x], (x,), str(x), {"only"}, set(["one"]), frozenset({("t",)}))
