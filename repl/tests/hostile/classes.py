# Prelude
import sys, types
def t(*functions):
    for f in functions:
        try: print("ok", repr(f())[:80].split(" at 0x")[0])
        except BaseException as e: print(type(e).__name__, str(e)[:120].split(" at 0x")[0])
# ----
# `type` with odd names, bases, namespaces and slots.
for args in [(), ("A",), ("A", 1, {}), ("A", (1,), {}), ("A", (int, str), {}), ("A", (bool,), {}), ("A", (type(None),), {}), ("A", (object, int), {}), ("A\0", (), {}), (1, (), {}), ("A", (), 1), ("A", (slice,), {}), ("A", (range,), {}), ("A", (memoryview,), {}), ("A", (types.GeneratorType,), {}), ("A", (dict, list), {}),
             ("A", (), {"__slots__": 1}), ("A", (), {"__slots__": ["a b"]}), ("A", (), {"__slots__": [1]}), ("A", (), {"__slots__": ["x", "x"]}), ("A", (), {"__slots__": ["__dict__", "__dict__"]}), ("A", (int,), {"__slots__": ["x"]}), ("A", (tuple,), {"__slots__": ["x"]}), ("A", (), {"__slots__": ["x"], "x": 1}),
             ("A", (), {"__qualname__": 1}), ("A", (), {"__classcell__": 1}), ("A", (), {"__init_subclass__": 1}), ("A", (), {"__new__": 1}), ("A", (), {"__module__": 5}), ("A", (type, type), {}), ("A", (), {"__slots__": ("a",), "__dict__": 1}), ("A", (), {"__set_name__": 1, "y": type("S", (), {"__set_name__": 5})()})]:
    t(lambda: type(*args))
# ----
# `__class__`, `__bases__`, `__dict__` assigned.
class A: pass
class B(A): pass
class C(B): pass
class S: __slots__ = ("x",)
class S2: __slots__ = ("x",)
class S3: __slots__ = ("y",)
class D(dict): pass
class D2(dict): pass
class L(list): pass
set = lambda o, n, v: lambda: setattr(o, n, v)
o, d = S(), D(a=1)
o.x = 1
for change in (set(A, "__bases__", (C,)), set(A, "__bases__", (A,)), set(B, "__bases__", ()), set(B, "__bases__", 1), set(B, "__bases__", (int,)), set(C, "__bases__", (A, B)), set(int, "__bases__", (A,)), set(C, "__bases__", (B, A)), set(o, "__class__", S2), set(o, "__class__", S3), set(o, "__class__", A),
               set(o, "__class__", int), set(1, "__class__", A), set(o, "__class__", 1), set([], "__class__", A), set(A, "__class__", type), set(d, "__class__", D2), set(d, "__class__", L), set(d, "__class__", dict), set({}, "__class__", D), set(sys, "__class__", types.ModuleType), set(sys, "__class__", A), set(A(), "__dict__", 1),
               set(A(), "__dict__", {1: 2}), set(A, "__dict__", {}), set(o, "__dict__", {}), set(A, "__name__", 5), set(A, "__name__", "a\0b"), set(A, "__mro__", ()), set(A, "__doc__", 5), set(int, "x", 1), lambda: delattr(o, "__class__"), lambda: delattr(A, "__module__") or A.__module__, set(A, "__abstractmethods__", 5), set(A, "__qualname__", 1)):
    t(change)
print(C.__mro__, o.x, d)
class Changes:
    def __getattr__(self, n):
        self.__class__ = A
        return n
x = Changes()
t(lambda: x.first, lambda: x.second, lambda: type(x))
a = A(); a.__dict__ = {"q": 1}; a.__dict__["r"] = 2; a.__dict__[5] = 3; print(sorted(map(str, vars(a)))); del a.__dict__; t(lambda: a.q); a.z = 1; print(a.__dict__)
# ----
# Metaclasses that return nonsense.
for body in ("def mro(cls): return 1", "def mro(cls): return []", "def mro(cls): return [1]", "def mro(cls): raise KeyError('mro')", "def mro(cls): return [cls, int, object]", "def mro(cls): cls.__bases__ = (dict,); return type.mro(cls)", "def __prepare__(*a): return 1", "__prepare__ = classmethod(lambda *a: 1)", "def __new__(*a): return 5",
             "def __getattribute__(cls, n): raise ValueError(n)", "def __call__(cls): return cls", "def __instancecheck__(cls, o): return cls.nope", "def __subclasscheck__(cls, o): raise ValueError", "def __hash__(cls): raise TypeError('hash')", "def __eq__(cls, o): raise TypeError('eq')", "def __setattr__(cls, n, v): raise TypeError('set')", "__name__ = 5", "def __dir__(cls): return 5", "def __repr__(cls): return 5", "def __del__(cls): print('del')"):
    space = {}
    def make():
        exec(f"class M(type):\n {body}\nclass X(metaclass=M): pass", space)
        X = space["X"]
        for f in (lambda: X(), lambda: isinstance(1, X), lambda: issubclass(int, X), lambda: repr(X), lambda: {X: 1}, lambda: X == 1, lambda: setattr(X, "a", 1), lambda: dir(X), lambda: type("Y", (X,), {})):
            try: f()
            except Exception: pass
        return "survived"
    t(make)
# ----
# Descriptors that raise everywhere.
class D:
    def __get__(self, o, t): raise ValueError("get")
    def __set__(self, o, v): raise ValueError("set")
    def __delete__(self, o): raise ValueError("del")
names = "len getattr bool call enter exit add radd repr str format index contains getitem setitem next await aiter lt neg int float bytes reversed missing instancecheck subclasscheck class_getitem copy deepcopy reduce_ex sizeof dir".split()
A = type("A", (), {f"__{n}__": D() for n in names} | {"x": D()})
a = A()
import copy, pickle
for f in (len, bool, repr, str, format, int, float, bytes, reversed, dir, copy.copy, copy.deepcopy, pickle.dumps, sys.getsizeof, next, lambda a: a(), lambda a: a + 1, lambda a: 1 + a, lambda a: [1][a], lambda a: 1 in a, lambda a: a[0], lambda a: a < 1, lambda a: -a, lambda a: a.x, lambda a: setattr(a, "x", 1), lambda a: delattr(a, "x"), lambda a: hasattr(a, "x"), lambda a: A[1], lambda a: isinstance(1, a), lambda a: f"{a}", lambda a: "%s" % a):
    try: f(a)
    except (ValueError, TypeError, AttributeError) as e: pass
del a
class P:
    __class__ = property(lambda s: 1 / 0)
    p = property(); q = property(1, 2, 3)
t(lambda: isinstance(P(), int), lambda: P().__class__, lambda: P().p, lambda: P().q, lambda: setattr(P(), "q", 1))
class W: __slots__ = ("__weakref__", "x")
t(lambda: W().x, lambda: delattr(W(), "x"), lambda: W.x.__get__(1), lambda: W.x.__set__(1, 2), lambda: W.x.__delete__(5), lambda: super(), lambda: super(1), lambda: super(int, "x"), lambda: super(int, 5).x, lambda: object.__new__(int), lambda: dict.__new__(list), lambda: int.__new__(bool), lambda: object.__getattribute__(1, 2), lambda: int.__add__("x", 1), lambda: str.upper(5), lambda: list.append(5, 1), lambda: type.mro(5), lambda: object.__init__(5, 6), lambda: object.__reduce_ex__(object(), 99) and 1, lambda: type.__subclasses__(type) and 1, lambda: type.__dict__["__abstractmethods__"].__get__(type))
