print "hello"
# ----
print x
# ----
print x, y
# ----
exec "x"
# ----
from x import
# ----
import
# ----
match x:
  case f(a=1, b): pass
# ----
match x:
  case {**a, 1: b}: pass
# ----
a 　b
# ----
a​b
# ----
import a from b
