# Causes, contexts, notes and groups.
try:
    {}["k"]
except KeyError as e:
    raise ValueError("bad") from e
# ----
try:
    {}["k"]
except KeyError:
    1 / 0
# ----
try:
    {}["k"]
except KeyError:
    raise ValueError("hidden") from None
# ----
def first():
    try:
        int("x")
    except ValueError:
        second()
def second():
    try:
        raise TypeError("in second")
    finally:
        raise OSError(2, "finally", "file")
first()
# ----
e = ValueError("with notes")
e.add_note("one note")
e.add_note("two\nlines")
raise e
# ----
e = ValueError("odd notes")
e.__notes__ = ["text", 5, None]
raise e
# ----
def fail(n):
    raise ValueError(n)
errors = []
for n in range(2):
    try:
        fail(n)
    except ValueError as e:
        errors.append(e)
inner = ExceptionGroup("inner", [TypeError("t"), OSError("o")])
inner.add_note("note of the group")
raise ExceptionGroup("outer", [*errors, inner, KeyError("k")])
# ----
raise ExceptionGroup("many", [ValueError(i) for i in range(20)])
# ----
def nest(n):
    return ExceptionGroup(f"level {n}", [nest(n - 1)] if n else [ValueError("bottom")])
raise nest(12)
# ----
try:
    raise ExceptionGroup("g", [ValueError(1), TypeError(2)])
except* ValueError:
    raise KeyError("from the handler")
# ----
try:
    raise ExceptionGroup("g", [ValueError(1)])
except ExceptionGroup as g:
    raise RuntimeError("after") from g
# ----
try:
    raise ExceptionGroup("partly", [ValueError(1), TypeError(2), ExceptionGroup("deep", [ValueError(3), KeyError(4)])])
except* ValueError:
    pass
# ----
a, b = ValueError("a"), ValueError("b")
a.__cause__, b.__cause__ = b, a
raise a
# ----
class M:
    def __enter__(self): ...
    def __exit__(self, *x):
        raise KeyError("exit")
with M():
    raise ValueError("body")
# ----
import contextlib
with contextlib.ExitStack() as stack:
    stack.callback(lambda: 1 / 0)
    stack.callback(lambda: {}["k"])
    raise ValueError("body")
# ----
def generator():
    try:
        yield 1
    except ValueError:
        raise TypeError("in the generator")
g = generator()
next(g)
g.throw(ValueError("thrown"))
# ----
def generator():
    yield 1
    raise StopIteration
list(generator())
# ----
async def inner():
    raise ValueError("async")
async def outer():
    await inner()
import asyncio
asyncio.run(outer())
# ----
def g():
    yield from h()
def h():
    yield 1
    1 / 0
for x in g(): pass
