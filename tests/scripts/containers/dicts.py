# Dicts: order, every method, views, merging, keys that are equal, what is raised.

d = {"b": 1, "a": 2, 3: "c"}
d["d"] = 4
d["b"] = 9
print(d, list(d), len(d), d["a"], d.get("x"), d.get("x", 0), "a" in d, d.pop("a"), d.pop("a", None), d.setdefault("e", []), d.setdefault("b", 5), d.popitem())
d["a"] = "again at the end"
print(d, list(reversed(d)), d.copy() == d, dict(d) is d, d | {"z": 1}, {"z": 0} | d, bool({}))
d.update({"u": 1}, v=2)
d.update([("w", 3)])
d |= [("x", 4)]
print(d, dict(a=1), dict([(1, 2)], b=3), dict({1: 2}, c=4), dict(zip("ab", [1, 2])), dict.fromkeys("ab"), dict.fromkeys([1], 5), {**{"a": 1}, "a": 2})
k, v, i = d.keys(), d.values(), d.items()
print(k, v, i, len(k), "b" in k, 9 in v, ("b", 9) in i, ("b", 0) in i, k & {"b", "q"}, sorted(map(str, k | {"q"})), sorted(map(str, k - {"b"})), sorted(map(str, k ^ {"b", "q"})), i & {("b", 9)}, k == set(d), k <= set(d), k.isdisjoint("q"), list(reversed(v)))
d["new"] = 1
del d[3]
print(len(k), list(k)[-1], {1: "int", 1.0: "float", True: "bool"}, {"x": 1}.items() == {"x": 1.0}.items(), k.mapping["new"], {1: 2} == {1: 2.0}, {1: 2} != {1: 3}, {1: 2, 3: 4} == {3: 4, 1: 2})
for bad in ["d['nope']", "del d['nope']", "d.pop('nope')", "{}.popitem()", "{[]: 1}", "d[{}]", "[] in d", "d.get([])", "dict(5)", "dict([5])", "dict([(1, 2, 3)])", "dict(['abc'])", "d < d", "d + d", "d | [1]", "{**5}", "d.update(5)", "d.update([1])", "d()",
            "dict.fromkeys(5)", "d.keys()[0]", "d.fromkeys()", "hash(d)", "for key in d: d[key * 2 if isinstance(key, str) else 0] = 1", "for key in list(d): del d[key]", "dict(a=1, **{'a': 2})", "d.items() < 5", "d.setdefault()", "d.values() == d.values() or 1/0"]:
    try:
        exec(bad)
    except Exception as e:
        print(bad, "->", type(e).__name__, e)
print(d)


class Missing(dict):
    def __missing__(self, key):
        return f"no {key}"


class Ci(dict):
    def __getitem__(self, key):
        return super().__getitem__(key.lower())

    def __setitem__(self, key, value):
        super().__setitem__(key.lower(), value)


m, c = Missing(a=1), Ci()
c["A"] = 1
print(m["a"], m["z"], m.get("z"), c["a"], c, dict(c), "A" in c, type(m.copy()).__name__, type(m | {}).__name__, "%(q)s" % m, "{q}".format_map(m))
loop = {}
loop["self"] = loop
print(loop, {(): 1, (1, (2,)): 2}[(1, (2,))], {None: 0, ...: 1}, {frozenset([1]): "f"}[frozenset([1])], {1: {2: {3: 4}}}[1][2][3])


class K:
    def __init__(self, name, h=1):
        self.name, self.h = name, h

    def __hash__(self):
        return self.h

    def __eq__(self, other):
        return isinstance(other, K) and self.name == other.name

    def __repr__(self):
        return f"K({self.name})"


same = {K(n): n for n in "abcdabc"}
print(same, same[K("b")], K("z") in same, len({K(i, i % 3) for i in range(50)}))
del same[K("b")]
same[K("b")] = "back"
print(same)
big = {i: i for i in range(1000)}
for n in range(0, 1000, 2):
    del big[n]
print(len(big), sum(big), list(big)[:3], big.popitem(), 500 in big, 501 in big)
big.clear()
print(big, {k: v for k, v in sorted({"b": 1, "a": 2}.items())}, max({"a": 3, "b": 1}, key={"a": 3, "b": 1}.get), sorted({"b": 1, "a": 2}))
from collections import ChainMap, Counter, OrderedDict, defaultdict

dd = defaultdict(list, a=[1])
dd["b"].append(2)
print(dd, Counter("hello").most_common(2), Counter(a=2) - Counter(a=1, b=5), ChainMap({"a": 1}, {"a": 2, "b": 3})["b"], OrderedDict(a=1, b=2) == OrderedDict(b=2, a=1), OrderedDict(a=1) == {"a": 1})
od = OrderedDict(a=1, b=2, c=3)
od.move_to_end("a")
od.move_to_end("c", last=False)
print(od, od.popitem(last=False), list(reversed(od)))
