# Prelude
import sys, types
def t(*functions):
    for f in functions:
        try: print("ok", repr(f())[:80].split(" at 0x")[0].split(", file ")[0])
        except BaseException as e: print(type(e).__name__, str(e)[:100].split(" at 0x")[0])
# ----
# `code.replace` with anything: refused or harmless.
c = (lambda x: x + 1).__code__
for kw in [dict(co_consts=()), dict(co_names=()), dict(co_varnames=()), dict(co_nlocals=0), dict(co_argcount=5), dict(co_argcount=-1), dict(co_stacksize=0), dict(co_flags=0), dict(co_flags=2**40), dict(co_freevars=("x",)), dict(co_cellvars=("x",)), dict(co_exceptiontable=b"\xff"), dict(co_linetable=b"\xff"), dict(co_firstlineno=-5), dict(co_kwonlyargcount=3), dict(co_posonlyargcount=3), dict(co_filename=1), dict(co_name=1), dict(zzz=1), dict(co_consts=(1, 2)), dict(co_names=("a",) * 1000)]:
    try: types.FunctionType(c.replace(**kw), {})(1)
    except Exception: pass
print("survived")
def outer():
    x = 1
    return lambda: x
i = outer()
def f(a, b=1, *, k=2): return a, b, k
set = lambda o, n, v: lambda: setattr(o, n, v)
t(lambda: types.FunctionType(1, {}), lambda: types.FunctionType(c, 1), lambda: types.FunctionType(i.__code__, {}), lambda: types.FunctionType(i.__code__, {}, None, None, (1,)), lambda: types.FunctionType(i.__code__, {}, None, None, (types.CellType(),))(), lambda: types.FunctionType(i.__code__, {}, None, None, (types.CellType(5),))(), lambda: eval(i.__code__), lambda: exec(i.__code__, closure=(types.CellType(3),)))
t(set(i, "__code__", c), set(i, "__code__", 1), set(f, "__defaults__", 5), set(f, "__defaults__", (1, 2, 3, 4, 5)), lambda: f(), set(f, "__defaults__", None), lambda: f(1), set(f, "__kwdefaults__", None), lambda: f(1, 2), set(f, "__kwdefaults__", {"k": 5, 3: 4}), lambda: f(1, 2), set(f, "__code__", (lambda: 7).__code__), lambda: f(), lambda: f(1), set(f, "__name__", 1), set(f, "__dict__", 1), lambda: delattr(f, "__code__"))
t(lambda: types.CellType().cell_contents, lambda: types.MethodType(1, 2), lambda: types.MethodType(len, None), lambda: types.GeneratorType(), lambda: types.FrameType(), lambda: types.TracebackType(), lambda: types.TracebackType(None, sys._getframe(), -5, 10).tb_lineno, lambda: type(iter([]))(), lambda: type(sys.flags)(()), lambda: type(sys.flags)([1]), lambda: type(...)(1), lambda: types.GenericAlias(1, 2), lambda: types.ModuleType(), lambda: types.SimpleNamespace(1), lambda: types.MappingProxyType(1))
# ----
# Frames and generators kept, cleared, entered again.
def h():
    x = [5]
    return sys._getframe()
f = h(); print(f.f_locals, f.f_back is sys._getframe()); f.clear(); print(f.f_locals)
t(lambda: sys._getframe(0).clear(), lambda: sys._getframe(1000), lambda: sys._getframe(10**30), lambda: setattr(f, "f_lineno", 1), lambda: setattr(f, "f_trace", 5), lambda: delattr(f, "f_locals"), lambda: f.f_code.co_name)
def g():
    t(lambda: next(me), lambda: me.send(1), lambda: me.throw(ValueError), me.close, lambda: me.gi_frame.clear(), lambda: me.gi_running)
    yield 1
me = g()
t(lambda: next(me), lambda: next(me), lambda: me.send(5), lambda: me.throw(ValueError("x")), me.close)
def fin():
    try: yield 1
    finally: print("finally", sys._getframe().f_back is not None)
me = fin(); next(me); frame = me.gi_frame; del me; print(frame.f_locals)
t(frame.clear)
me = fin(); next(me); me.close(); print(me.gi_frame)
def tb():
    try: 1 / 0
    except ZeroDivisionError as e: return e
e = tb(); x = e.__traceback__
t(lambda: setattr(x, "tb_next", x), lambda: x.tb_frame.clear() or x.tb_frame.f_locals, lambda: setattr(e, "__context__", 1), lambda: setattr(e, "__traceback__", 1), lambda: setattr(e, "args", 1), lambda: e.with_traceback(1), lambda: e.__setstate__(1), lambda: e.add_note(1), lambda: setattr(e, "__notes__", 5) or e.add_note("x"))
e.__context__ = e; y = ValueError(); e.__context__ = y; y.__context__ = e
try: raise e
except ZeroDivisionError: print("a cycle of contexts is fine")
def trace(*a): raise ValueError("trace")
def traced(): return 1
sys.settrace(trace)
try: traced()
except ValueError as e: print(e)
print(sys.gettrace())
async def co(): await agen().__anext__()
async def agen(): yield await other
c = co(); a = agen()
import warnings; warnings.simplefilter("ignore")
other = c
t(lambda: c.send(1), lambda: c.send(None), lambda: iter(c), lambda: c.throw(5), lambda: a.asend(1).send(None), lambda: a.__anext__().throw(KeyError), lambda: next(a))
# ----
# Namespaces without builtins, with strange mappings; names taken away.
for source, space in [("print", {"__builtins__": {}}), ("1/0", {"__builtins__": None}), ("x = [i for i in (1,)]", {"__builtins__": {}})]:
    try: exec(source, space); print("ran")
    except Exception as e: print(type(e).__name__)
t(lambda: exec("import os", {"__builtins__": {}}), lambda: exec("class A: pass", {"__builtins__": {}}), lambda: exec("import os", {"__builtins__": {"__import__": 5}}), lambda: exec("class A: pass", {"__builtins__": {"__build_class__": 5}}), lambda: exec("x", 5), lambda: exec("x", {}, 5), lambda: eval(5), lambda: exec([]))
class L:
    def __getitem__(self, k): raise IndexError(k)
    def __setitem__(self, k, v): raise ValueError(k)
class G(dict):
    def __getitem__(self, k): return "G" + k
    def __missing__(self, k): return "M" + k
t(lambda: eval("print", {}, L()), lambda: exec("x = 1", {}, L()), lambda: eval("foo", G()), lambda: eval("foo", {}, G()), lambda: exec("def f(): return g_x\nf()", {}))
exec("def f(): return len", d := {}); f = d["f"]; d.clear(); del d; import gc; gc.collect(); t(lambda: f().__name__)
import builtins
kept = builtins.len; del builtins.len; t(lambda: len([])); builtins.len = kept
kept = builtins.__import__; builtins.__import__ = 5; t(lambda: exec("import json")); del builtins.__import__; t(lambda: exec("import json")); builtins.__import__ = kept
sys.modules["os"] = None; t(lambda: exec("import os")); sys.modules["os"] = 5; t(lambda: exec("import os; print(os)")); del sys.modules["os"]
sys.path = 5; t(lambda: exec("import nowhere_at_all")); sys.path = [5, None, b"x"]; t(lambda: exec("import nowhere_at_all")); sys.meta_path = []; t(lambda: exec("import nowhere_at_all")); t(lambda: exec("import sys; print(sys.maxsize > 0)"))
