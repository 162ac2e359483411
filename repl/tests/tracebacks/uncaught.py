# Errors that end a program: carets, multi-line expressions, nested calls, long chains, repeated lines.
def divide(a, b):
    return a / b
def middle(x):
    return divide(
        x,
        0,
    )
class Thing:
    def method(self):
        return [self.attribute for _ in range(3)]
middle(1)
# ----
x = {"a": {"b": None}}
print(x["a"]["b"]["c"]["d"])
# ----
def f(a, b): ...
f(1,
  2)(
     3)
# ----
def count(n):
    return count(n - 1) + 1 if n else undefined
count(10)
# ----
def forever():
    forever()
forever()
# ----
def a(n): return b(n)
def b(n): return a(n)
a(1)
# ----
x = 1
y = "é€😀" + x + "more"
# ----
(lambda: [i / 0 for i in range(3)])()
# ----
value = (1 +
    2 +
    None)
# ----
a = b = c = 1; d = a.b.c; e = 5
# ----
assert 1 == 2, "message " + str(3)
# ----
assert [
    1
] == []
# ----
import json
json.loads("{bad")
# ----
raise Exception("multi\nline\nmessage")
# ----
raise KeyError("a key\nwith a newline")
# ----
raise KeyError
# ----
class Own(Exception):
    def __str__(self):
        return "what it says"
raise Own
# ----
class Bad(Exception):
    def __str__(self):
        raise ValueError
raise Bad
# ----
class Outer:
    class Inner(Exception): ...
raise Outer.Inner(1, 2)
# ----
for i in 5: pass
# ----
a, b = 1,
# ----
x = [1, 2, 3]
x[10] = 5
# ----
del x
# ----
with open("/no/such/file") as f: pass
# ----
import math
math.sqrt("x")
# ----
exec("def f():\n    1 / 0\nf()")
# ----
eval("1 +\n undefined")
# ----
sorted([1, "a"], key=lambda v: v + 1)
# ----
class C:
    def __getattr__(self, name):
        return 1 / 0
C().anything
# ----
class C:
    def __init_subclass__(cls):
        raise ValueError("no subclasses")
class D(C):
    pass
# ----
@int
def decorated(): ...
# ----
def f(x: int = 1 / 0): ...
# ----
print(f"{1 + 1} {undefined!r:>10} {3}")
# ----
match 5:
    case int(x, y):
        pass
# ----
x = yield_ = 5
x @ yield_
# ----
not_called = print
not_called(
    "a",
    bad=1,
)
