# Prelude
def t(*functions):
    for f in functions:
        try: print("ok", repr(f())[:80].split(" at 0x")[0])
        except BaseException as e: print(type(e).__name__, str(e)[:100].split(" at 0x")[0])
# ----
# Containers changed by the comparisons that search, sort and count them.
class Clears:
    __hash__ = None
    def __eq__(self, o): l.clear(); return False
def fresh():
    l[:] = [Clears() for _ in range(10)]
l = []
for f in (lambda: l.count(5), lambda: 5 in l, lambda: l == [1] * 10, lambda: l.remove(5), lambda: l < [1] * 10, lambda: [1] * 10 == l):
    fresh(); t(f)
class Grows:
    def __lt__(self, o): l.append(1); return True
l = [Grows() for _ in range(10)]
t(lambda: l.sort(), lambda: sorted([Grows()] * 3)[0].__class__)
for key in (lambda x: l.clear(), lambda x: l.append(x), lambda x: l.pop(), lambda x: 1 / 0, lambda x: l.sort()):
    l = [3, 1, 2]
    t(lambda: l.sort(key=key)); print(len(l))
class Raises:
    def __lt__(self, o): raise KeyError("lt")
    def __bool__(self): raise KeyError("bool")
    def __eq__(self, o): return self
l = [Raises(), Raises()]
t(lambda: l.sort(), lambda: max(l), lambda: l == [1, 2], lambda: 1 in l, lambda: not l[0], lambda: l.index(1), lambda: (1,) == (l[0],), lambda: any(l))
# ----
# Keys whose hash and equality attack the dict and set they are in.
class K:
    def __init__(self, h, act): self.h, self.act = h, act
    def __hash__(self): return self.h
    def __eq__(self, o): return self.act()
def clears(): d.clear(); s.clear(); return False
def fills():
    for i in range(200): d[i + 1000] = i; s.add(i + 1000)
    return False
def fails(): raise ValueError("eq")
def empties():
    while d: d.popitem()
    while s: s.pop()
    return True
for act in (clears, fills, fails, empties):
    d, s = {K(1, act): 0}, {K(1, act)}
    for f in (lambda: d.__setitem__(K(1, act), 1), lambda: d.get(K(1, act)), lambda: d.pop(K(1, act), None), lambda: K(1, act) in d, lambda: d.setdefault(K(1, act)), lambda: d | {K(1, act): 0} and 1, lambda: d.update({K(1, act): 0}), lambda: d == {K(1, act): 0},
              lambda: s.add(K(1, act)), lambda: s.discard(K(1, act)), lambda: s & {K(1, act)} and 1, lambda: s - {K(1, act)} and 1, lambda: s | {K(1, act)} and 1, lambda: s <= {K(1, act)}, lambda: s.update([K(1, act)]), lambda: s ^ {K(1, act)} and 1):
        d[K(1, lambda: False)] = 0
        s.add(K(1, lambda: False))
        try: f()
        except (ValueError, KeyError, RuntimeError, RecursionError): pass
    print(act.__name__, "survived")
for h in (2**70, "x", -1, None, 1.5):
    t(lambda: hash(K(h, fails)))
# ----
# Containers changed while they are walked.
def walk(it, change):
    for n, x in enumerate(it):
        change(x)
        if n > 1000: return "long"
d = {i: i for i in range(5)}
t(lambda: walk(d, lambda k: d.update({k + 100: 1})), lambda: walk(d, d.__delitem__), lambda: walk(d.items(), lambda i: d.clear()), lambda: walk(d.values(), lambda i: d.popitem()))
d = {1: 1, 2: 2}
t(lambda: walk(d, lambda k: (d.pop(k), d.__setitem__(k, 1))))
s = {1, 2, 3}
t(lambda: walk(s, lambda k: s.add(k + 10)), lambda: walk(s, s.discard))
l = [1]
t(lambda: walk(l, l.append), lambda: walk(reversed(l), lambda x: l.clear()))
from collections import deque, OrderedDict
q, o = deque([1, 2]), OrderedDict(a=1, b=2)
t(lambda: walk(q, q.append), lambda: len(o))
it = iter(l := [1, 2]); next(it); l.clear()
t(lambda: next(it), lambda: l.extend([5, 6]) or next(it))
b = bytearray(b"abc")
t(lambda: walk(b, lambda x: b.clear()), lambda: walk(memoryview(bytes(3)), lambda x: None))
# ----
# `__index__`, `__len__`, `__iter__` that change what they are asked about.
class I:
    def __index__(self):
        for x in (l, b):
            x.clear()
        return 3
def fresh(): l[:] = range(5); b[:] = bytes(5)
l, b = [], bytearray()
for f in (lambda: l[I()], lambda: l[I():], lambda: l.pop(I()), lambda: l.insert(I(), 1), lambda: l.__setitem__(I(), 5), lambda: l.__setitem__(slice(I(), None), [1]), lambda: l.__delitem__(slice(I(), None)), lambda: l * I(), lambda: l.__delitem__(I()), lambda: l.__setitem__(slice(0, 5, I()), [1, 2]),
          lambda: b[I()], lambda: b.__setitem__(I(), 5), lambda: b.__setitem__(2, I()), lambda: b.insert(2, I()), lambda: b.append(I()), lambda: b.extend([I(), 1]), lambda: b.__setitem__(slice(0, 3), [I(), 1]), lambda: b.find(I()), lambda: b.find(b"", I()), lambda: b.pop(I()), lambda: b.replace(b"\0", b"x", I()), lambda: b.split(None, I()), lambda: b.ljust(I()), lambda: b * I(), lambda: b.startswith(b"", I())):
    fresh(); t(f)
b = bytearray(5)
m = memoryview(b)
class R:
    def __index__(self): m.release(); return 1
for f in (lambda: m.__setitem__(0, R()), lambda: m[R()], lambda: m.__setitem__(R(), 1)):
    m = memoryview(b)
    try: f()
    except (ValueError, IndexError): print("refused")
class Evil:
    def __iter__(self): l.clear(); return iter([1, 2, 3])
l = [1, 2, 3]
l[1:2] = Evil(); l.extend(Evil()); l += Evil(); print(l)
class Loop:
    def __iter__(self): return self
    def __next__(self):
        if len(l) > 20: raise StopIteration
        l.append(0); return 1
l = []; l.extend(Loop()); print(len(l) > 20); l = []; l[:] = Loop(); print(len(l))
l = [1, 2]; l.extend(l); l[1:1] = l; l += l; print(l)
# ----
# Buffers, streams and formats under attack.
import io, struct, array
b = bytearray(b"abc"); m = memoryview(b)
t(b.clear, lambda: b.append(1), lambda: b.__setitem__(slice(0, 1), b""), lambda: b.__iadd__(b"x"), lambda: b.pop(), lambda: b.extend(m) )
del m
class Sink(io.RawIOBase):
    def writable(self): return True
    def write(self, data): w.close() if 0 else None; return 10**9
class Source(io.RawIOBase):
    def readable(self): return True
    def readinto(self, room): return 10**9
t(lambda: io.BufferedReader(Source()).read1(5) if 0 else 1)
class Text(io.RawIOBase):
    def readable(self): return True
    def readinto(self, room): return "x"
t(lambda: io.TextIOWrapper(io.BufferedReader(Text())).read())
s = io.StringIO("abc"); t(lambda: s.seek(10**12) and s.truncate(), lambda: io.BytesIO(b"abc").seek(-1))
class F:
    def __format__(self, spec): return 5
    def __str__(self): return 5
    def __repr__(self): return None
t(lambda: f"{F()}", lambda: "%s" % F(), lambda: "%r" % F(), lambda: "{!r}".format(F()), lambda: print(F()), lambda: "%d" % F(), lambda: str(F()), lambda: "".join([F()]))
t(lambda: struct.pack("99999999999999999999i"), lambda: struct.calcsize("9" * 30 + "s"), lambda: struct.unpack("1000000000000s", b""), lambda: array.array("i", [1]) * 10**15, lambda: array.array("i", bytes(3)), lambda: int.from_bytes(Evil, "big") if 0 else bytes(type("X", (), {"__bytes__": lambda s: s})()))
