def f(a, b):
    x = a + b
    x += 1
    y = x * 2 - a // 3
    z = -y ** 2 % 7
    return (x << 3) & 0xFF | ~z ^ 2.5 * 4
