def f(a, b, o):
    a, b = b, a + b
    x = y = o
    (p, q), *r = x
    o.attr += 1
    o[a] -= b
    o[1:2] += [3]
    o[a:b] = r
    del x, o[0], o.attr
    print(x, p, q, y)
[u, v] = w = range(2)
