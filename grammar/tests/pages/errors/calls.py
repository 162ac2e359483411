def f(a, a): pass
# ----
def f(a=1, b): pass
# ----
def f(*): pass
# ----
def f(a, *): pass
# ----
lambda *: 1
# ----
f(a=1, b)
# ----
f(**k, b)
# ----
f(a=1, a=2)
# ----
f(a, b=)
# ----
def f(a, *, **k): pass
# ----
def f(*a, *b): pass
# ----
lambda a=1, b: 1
# ----
f(**a, *b)
