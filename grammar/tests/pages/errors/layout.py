foo(a, b
# ----
x = (1, 2
y = 3
# ----
x = [1, 2
# ----
(]
# ----
(
]
# ----
if x
  pass
# ----
if x:
pass
# ----
while x:
pass
# ----
for a in b:
pass
# ----
def f():
pass
# ----
class A:
pass
# ----
with a:
pass
# ----
try:
pass
# ----
try:
  pass
except:
pass
# ----
try:
  pass
except A:
pass
# ----
try:
  pass
finally:
pass
# ----
try:
  pass
x = 1
# ----
if a:
  pass
else:
pass
# ----
if a:
  pass
elif b:
pass
# ----
match x:
case 1: pass
# ----
match x:
  case 1:
  pass
# ----
x = 1
  y = 2
# ----
if x:
    y
  z
# ----
if x:
	y
        z
# ----
class A
  pass
# ----
def f()
  pass
# ----
for x in y
  pass
# ----
while x
  pass
# ----
from x import (a, b
# ----
with a
  pass
# ----
try:
  pass
except A as b.c:
  pass
# ----
try: pass
except A: pass
except* B: pass
# ----
try: pass
except: pass
except B: pass
# ----
try: pass
except*: pass
# ----
f"{a[}"
# ----
f"{a:b
# ----
match x
  case 1: pass
# ----
match x:
  case 1
    pass
# ----
if a:
  b
 c
# ----
x = [1, 2, 3
def f():
    pass
# ----
x = {'a': 1
y = 2
# ----
def f(
# ----
def f(x:
  pass
# ----
class C:
    def f(self):
        return (1
    def g(self): pass
# ----
if x: pass
else pass
# ----
if x: pass
else if y: pass
# ----
try pass
# ----
try: pass
# ----
try: pass
else: pass
# ----
a[
# ----
def f():
	x = 1
        y = 2
# ----
  x = 1
# ----
	
  # c
    y
# ----
return
x = (
# ----
for x in range(10)
    print(x)
# ----
x = (a, b
z = 3
