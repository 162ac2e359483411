f() = 1
# ----
1 = x
# ----
x + 1 = 2
# ----
None = 1
# ----
(a, f()) = 1
# ----
x if y else z = 1
# ----
a or b = 1
# ----
a == b = 1
# ----
"a" = 1
# ----
f"{a}" = 1
# ----
[a, 1] = 2
# ----
{a: 1} = 2
# ----
lambda: 1 = 2
# ----
x = f() = 3
# ----
f() = g() = 3
# ----
if x = 3:
  pass
# ----
if x.y = 3:
  pass
# ----
if f() = 3:
  pass
# ----
while x = 1: pass
# ----
{1: *a}
# ----
def f(**k, a): pass
# ----
def f(a, (b)): pass
# ----
f(1=2)
# ----
del f()
# ----
del a + b
# ----
del (a, 1)
# ----
for 1 in x: pass
# ----
for f() in x: pass
# ----
[x for 1 in y]
# ----
(x.y := 1)
# ----
(x[0] := 1)
# ----
f() += 1
# ----
a, b += 1
# ----
(a, b): int
# ----
a, b: int
# ----
[a]: int
# ----
f(): int
# ----
with a as f(): pass
# ----
with a as 1: pass
# ----
with (a as 1): pass
# ----
import a as b.c
# ----
from a import b as c.d
# ----
yield = 1
# ----
(yield) = 1
# ----
(yield x) = 1
# ----
x = yield = 1
# ----
(*a)
# ----
b"a" "c"
# ----
match x:
  case a.b.c as d.e: pass
# ----
match x:
  case _ as _: pass
# ----
def f[](): pass
# ----
lambda (x): x
# ----
{**a for b in c}
# ----
[*a for a in b]
# ----
True = 1
# ----
True += 1
# ----
for True in x: pass
# ----
f(True=1)
# ----
f(None=1)
# ----
a = 1 if b else c = 2
# ----
def f(*a=1): pass
# ----
def f(**a=1): pass
# ----
f(a.b=1)
# ----
(a=1)
# ----
[a=1]
# ----
{a=1}
