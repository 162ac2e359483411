foo(a b)
# ----
)
# ----
def f:
  pass
# ----
else:
  pass
# ----
foo(x, y for y in z)
# ----
raise E, "x"
# ----
except x:
# ----
import a.b as
# ----
from x import a,
# ----
from . import *, a
# ----
x = 
# ----
x = 1 +
# ----
return = 1
# ----
a b
# ----
a b c
# ----
x = a b
# ----
(a b)
# ----
[a b]
# ----
{a: b c: d}
# ----
{a: 1, b}
# ----
{a: }
# ----
{a:1, b:}
# ----
{1, 2: 3}
# ----
{1:2, 3, 4}
# ----
{**a, b}
# ----
(a, b, c d)
# ----
f(a, b c)
# ----
f(a for a in b c)
# ----
x = (1 if 2)
# ----
x = 1 if 2
# ----
a ? b
# ----
$a
# ----
a! b
# ----
x = “hello”
# ----
a = 1 b
# ----
a\b
# ----
\
# ----
a = \ 
# ----
def f(1): pass
# ----
def f(a b): pass
# ----
def f(a=): pass
# ----
lambda a a: 1
# ----
class A(: pass
# ----
class 1: pass
# ----
def 1(): pass
# ----
f(**)
# ----
f(*)
# ----
del
# ----
for x y in z: pass
# ----
for x: pass
# ----
for in x: pass
# ----
[x, y for x in y]
# ----
[x for x y]
# ----
{x, y for x in y}
# ----
(x, y for x in y)
# ----
x := 1
# ----
global x.y
# ----
global
# ----
nonlocal
# ----
import a b
# ----
from a import b c
# ----
@
def f(): pass
# ----
@a
x = 1
# ----
async x
# ----
await
# ----
assert
# ----
assert x, 
# ----
assert (x, y) = 1
# ----
print(*a b)
# ----
f"{a b}"
# ----
match x:
  pass
# ----
type X
# ----
type X = 
# ----
type 1 = 2
# ----
def f[T: ](): pass
# ----
class A[*T: int]: pass
# ----
x = 5 5
# ----
x = "a" b
# ----
x = a "b"
# ----
while True print(1)
# ----
a = b = 
# ----
a = (b, = c)
# ----
a..b
# ----
a.1
# ----
a.if
# ----
f(if)
# ----
a not b
# ----
not
# ----
a is
# ----
a = not
# ----
in x
# ----
a and
# ----
= 1
# ----
if x: if y: pass
# ----
pass pass
# ----
break x
# ----
x = 1;; y
# ----
; x
# ----
a, = 
# ----
elif x: pass
# ----
if x: pass
elif y pass
# ----
finally: pass
# ----
lambda x
# ----
lambda x:
# ----
x = lambda
# ----
a if b else
# ----
a if else b
# ----
{a, **b}
# ----
a[]
# ----
a[1:2:3:4]
# ----
a[b c]
# ----
1 if x else2
# ----
a b
# ----
é = 1; è€ = 2
# ----
def True(): pass
# ----
def f(True): pass
# ----
import True
# ----
x.True
# ----
x.None = 1
# ----
class A(x for x in y): pass
# ----
@x y
def f(): pass
# ----
with open(x) as f, open(y) as g print(1)
# ----
if (a := 1) = 2: pass
# ----
if a == 1 print(1)
# ----
a <> b
# ----
a ++
# ----
a = b++
# ----
a = `b`
# ----
!a
# ----
a && b
# ----
a || b
# ----
ur"a"
# ----
a: int: str
# ----
x = {1:2, **a b}
# ----
def f(a, /, b, /): pass
# ----
def f(*a, /): pass
# ----
def f(/): pass
# ----
f(x for x in y, 1)
# ----
f(1, x for x in y)
# ----
print(a=1 b=2)
# ----
print(f(a b))
# ----
d = {"a": 1 "b": 2}
# ----
d = {"a": 1, "b" 2}
# ----
d = {"a" "b": 1, 2}
# ----
raise x from
# ----
raise from x
# ----
from a import b from c
# ----
import a, 
# ----
from a import (b, c,,)
# ----
from a import ()
# ----
from a import *
x y
# ----
class A(b c): pass
