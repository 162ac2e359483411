def f(c):
    if c:
        x = 1
    else:
        y = 2
    for i in c:
        pass
    print(x, i)
    print(x)
    try:
        z = c()
    except E as e:
        pass
    return z, e
