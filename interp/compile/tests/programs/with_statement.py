def f(a, b):
    with a as x, b() as y:
        if x:
            return y
    return None
