a = (1, 2, (3, "x" * 3))
b = 2 ** 10 + 1 - -5
c = 1 << 200, "long" * 5000
d = [1, 2, 3]
e = {1, 2, 3}
f = 10 / 4, 7 // -2, -7 % 3, 1 + 2j
if 0:
    dead()
if not __debug__:
    dead()
assert a, "message"
g = "abc"[1], (1, 2)[0]
h = x if True else y
i = a and 1 or 0
j = data[1:2]
