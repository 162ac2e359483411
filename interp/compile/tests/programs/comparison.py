def f(a, b, c):
    if a < b <= c:
        return a is None
    if a is not None and b == 1 or not c:
        return a in (1, 2)
    return a < b < c, b in [1, 2], c not in {3, 4}
