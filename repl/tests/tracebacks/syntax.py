# Syntax errors with their carets.
print("never")
x = (1,
y = 2
# ----
if True
    pass
# ----
def f(:
    pass
# ----
x = 1 +
# ----
print "hello"
# ----
if x = 1:
    pass
# ----
for i in range(3) print(i)
# ----
    indented = 1
# ----
if 1:
not_indented = 1
# ----
if 1:
        a = 1
    b = 2
# ----
"unterminated
# ----
"""unterminated
over lines
# ----
x = [1, 2
y = 3
# ----
x = )
# ----
x = (1]
# ----
class A
    pass
# ----
else:
    pass
# ----
return 5
# ----
def f():
    break
# ----
f(a=1, 2)
# ----
def f(a=1, b): pass
# ----
def f(a, a): pass
# ----
1 = x
# ----
f() = 1
# ----
x + 1 = 2
# ----
None = 1
# ----
del f()
# ----
from x import
# ----
from x import (a, b
# ----
a b
# ----
print(a b)
# ----
x = {1: 2, 3}
# ----
x = {1:, 2: 3}
# ----
f"{a b}"
# ----
f"{"
# ----
f"{a!z}"
# ----
0777
# ----
1__0
# ----
1abc
# ----
x = 5 $ 3
# ----
x = “quoted”
# ----
é = ¤
# ----
async x = 1
# ----
await x
# ----
def f():
    nonlocal x
# ----
x: int: str = 1
# ----
with open("x") as 1: pass
# ----
lambda x=: 1
# ----
match x:
    case a: pass
    case b: pass
# ----
match x:
    case 1 + x: pass
# ----
raise A, B
# ----
exec "x"
# ----
a, *b, *c = x
# ----
*a
# ----
x = yield = 1
# ----
while True print(1)
# ----
def f()
    return 1
# ----
if 1:
	x = 1
        y = 2
# ----
x = "\N{no such name}"
# ----
x = "\x1"
# ----
x = b"é"
# ----
global x; x = 1
def g():
    x = 1
    global x
# ----
a = 1 if 2
# ----
[x for x in y if]
# ----
(x for x in y, z)
# ----
f(x for x in y, 1)
# ----
a := 1
# ----
x = 'it's'
# ----
whille True:
    pass
# ----
fro x import y
# ----
import x form y
# ----
def f(self, *): pass
# ----
not x = 1
# ----
a ? b : c
# ----
x++
# ----
i = i +* 1
