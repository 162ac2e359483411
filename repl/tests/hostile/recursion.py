# Prelude
def t(f, *a):
    try: print("ok", repr(f(*a))[:100])
    except BaseException as e: print(type(e).__name__, str(e)[:100].split(" while")[0].split(" in ")[0])
# ----
# Every special method calls itself.
class A:
    def __repr__(self): return repr(self)
    def __str__(self): return str(self)
    def __eq__(self, o): return self == o
    def __hash__(self): return hash(self)
    def __getattr__(self, n): return getattr(self, n)
    def __len__(self): return len(self)
    def __bool__(self): return bool(self)
    def __call__(self): return self()
    def __iter__(self): return iter(self)
    def __add__(self, o): return self + o
    def __getitem__(self, o): return self[o]
    def __contains__(self, o): return o in self
    def __lt__(self, o): return self < o
    def __index__(self): return range(self)
    def __int__(self): return int(self)
    def __format__(self, s): return format(self, s)
    def __setattr__(self, n, v): setattr(self, n, v)
    def __bytes__(self): return bytes(self)
a = A()
for f in (repr, str, hash, len, bool, list, int, format, bytes, range, print): t(f, a)
for f in (lambda: a == 1, lambda: a.x, lambda: a(), lambda: a + 1, lambda: a[0], lambda: 1 in a, lambda: a < 1, lambda: setattr(a, "x", 1), lambda: f"{a}", lambda: "%s" % a,
          lambda: {a: 1}, lambda: sorted([a, a]), lambda: [a] == [A()], lambda: (1, a) < (1, A()), lambda: [1, 2][a], lambda: "x" * a): t(f)
# ----
# Functions, generators, coroutines and classes without an end.
def f(): return f()
def g(): yield from g()
def h(): return [h() for _ in range(1)]
def lam(): return (lambda: lam())()
def cls():
    class C: cls()
def key(x): return sorted([1, 2], key=key)
def tries():
    try: tries()
    finally: tries_no_more()
def tries_no_more(): tries_no_more()
def imports(): return eval("imports()")
t(f); t(lambda: next(g())); t(h); t(lam); t(cls); t(key, 1); t(tries); t(imports)
for i in range(3): t(f)
# ----
# Descriptors, metaclasses, `__del__`.
class D:
    def __get__(self, o, t): return o.x
class C: x = D()
t(lambda: C().x)
class P:
    @property
    def p(self): return self.p
t(lambda: P().p)
class M(type):
    def __getattr__(cls, n): return getattr(cls, n)
    def __instancecheck__(cls, o): return isinstance(o, cls)
    def __call__(cls): return cls()
class K(metaclass=M): ...
t(lambda: K.x); t(lambda: isinstance(1, K)); t(lambda: K())
class N:
    def __new__(cls): return cls()
t(N)
class G:
    def __getattribute__(self, n): return self.x
t(lambda: G().y)
import sys
sys.unraisablehook = lambda info: print("unraisable", type(info.exc_value).__name__)
class E:
    def __del__(self): self.__del__()
E()
class F:
    def __del__(self): F()
F()
print("end")
# ----
# Iterators of iterators, partials of partials, chains of bound things.
import functools, itertools, operator
def deep(start, step, n=100000):
    x = start
    for _ in range(n): x = step(x)
    return x
for step in (lambda x: map(str, x), lambda x: iter(zip(x)), itertools.chain, lambda x: filter(None, x), lambda x: (i for i in x), enumerate, itertools.cycle, lambda x: itertools.islice(x, 5), itertools.accumulate,
             lambda x: itertools.takewhile(bool, x), lambda x: itertools.starmap(print, x), reversed if 0 else lambda x: itertools.tee(x)[0]):
    x = deep(iter([]), step)
    try: next(x)
    except (StopIteration, RecursionError): print("fine")
    del x
for step in (functools.partial, lambda f: functools.lru_cache(f), staticmethod, classmethod, lambda f: functools.partialmethod(f).__get__(1) if 0 else (lambda: f())):
    x = deep(lambda: 1, step)
    try: x()
    except (RecursionError, TypeError): print("fine")
    del x
print("end")
