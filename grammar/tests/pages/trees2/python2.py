print
print a, b,
print >>f, x
print (a), b
exec "x" in g, l
exec("y", g)
raise E, "m", tb
try: a
except (A, B), e.x: b
`a, b`
x = 0777 + 10L
[i for i in 1, 2 if i]
def f(a, (b, (c, d)), e=1):
    "doc"
    return lambda (x, y): x <> y
