# Prelude
def t(f, *a):
    try: print("ok", repr(f(*a))[:100])
    except BaseException as e: print(type(e).__name__)
def deep(start, step, n=300000):
    x = start
    for _ in range(n): x = step(x)
    return x
# ----
# Lists, tuples, dicts and objects nested deep: shown, compared, hashed, copied, stored, destroyed.
import copy, json, marshal, pickle
class N:
    def __init__(self, next): self.next = next
for step in (lambda x: [x], lambda x: (x,), lambda x: {1: x}, lambda x: frozenset([x]), N, lambda x: {"k": [x]}, lambda x: (lambda: x), lambda x: slice(x) if 0 else [x, x]):
    x, y = deep((), step), deep((), step)
    t(lambda: len(repr(x)) > 10); t(lambda: x == y)
    for f in (hash, copy.deepcopy, pickle.dumps, json.dumps, marshal.dumps):
        try: f(x)
        except (RecursionError, TypeError, ValueError, pickle.PicklingError, AttributeError): pass
    del x, y
print("end")
# ----
# What contains itself.
l, d = [], {}
l.append(l); d[1] = d
m = []; m.append(m)
t(lambda: l == m); t(lambda: l < m); t(lambda: d == {1: d}); t(lambda: repr([l, d])); t(lambda: hash((l,))); t(lambda: isinstance(1, (l,)))
import copy, json, pickle, marshal
t(lambda: copy.deepcopy(l)); t(lambda: json.dumps(l)); t(lambda: pickle.loads(pickle.dumps(l))); t(lambda: marshal.dumps(l)); t(lambda: str(d)); t(lambda: sorted([l, m]))
from collections import deque, OrderedDict, UserList
q = deque(); q.append(q); o = OrderedDict(); o["o"] = o; u = UserList(); u.append(u)
t(lambda: repr(q)); t(lambda: repr(o)); t(lambda: repr(u)); t(lambda: q == deque([q])); t(lambda: o == o)
class A: ...
a = A(); a.a = a; a.l = [a]; A.c = A
t(lambda: copy.deepcopy(a).l[0].a.__class__)
from types import SimpleNamespace
s = SimpleNamespace(); s.s = s
t(lambda: repr(s)); t(lambda: s == SimpleNamespace(s=s))
# ----
# Exceptions and groups nested deep, tracebacks of chains.
import traceback
e = deep(ValueError(), lambda e: (lambda n: (setattr(n, "__context__", e), n)[1])(ValueError()), 100000)
t(lambda: len(traceback.format_exception(e)) > 0)
g = deep(ValueError(), lambda e: ExceptionGroup("g", [e]), 100000)
t(lambda: repr(g)); t(lambda: str(g)); t(lambda: g.split(ValueError)); t(lambda: g.subgroup(TypeError)); t(lambda: len(traceback.format_exception(g)) > 0)
try:
    try: raise g
    except* ValueError: print("caught")
except BaseException as x: print(type(x).__name__)
del e, g
print("end")
# ----
# Deep tuples where types are expected.
x = deep(int, lambda x: (x,))
t(lambda: isinstance(1, x)); t(lambda: issubclass(int, x)); t(lambda: "a".startswith(x)); t(lambda: "%s" % x); t(lambda: (1).__class__ in x); t(lambda: x + x == x)
try:
    try: raise ValueError
    except x: pass
except BaseException as e: print(type(e).__name__)
u = deep(int, lambda u: list[u], 3000)
t(lambda: len(repr(u)) > 10); t(lambda: hash(u) == hash(u)); t(lambda: u == u)
# ----
# A heap of cycles, weak references with callbacks during collection.
import gc, weakref
class C:
    def __del__(self):
        global count
        count += 1
        if count < 100: C().me = C()
count = 0
cycles = []
for i in range(1000):
    a, b = C(), C()
    a.b, b.a = b, a
    cycles.append(weakref.ref(a, lambda r: gc.collect() if count % 100 == 0 else cycles.append(1)))
del a, b
gc.collect()
print(count > 1000, all(not callable(r) or r() is None for r in cycles[:1000]))
