def f(g, o, *args, **kw):
    g(1, g, key=2)
    o.method(1, 2)
    o.method(x=1)
    g(*args)
    g(0, *args, a=1, **kw, b=2)
    o.a.b.c().d[0](1).e
    return print(f"{g!r:>{o}} and {o}")
