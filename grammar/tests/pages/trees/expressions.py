a + b * c ** -d // e % f @ g - h
a << 1 | b & ~c ^ d
not a or b and c
a < b <= c != d is not e not in f
x if y else lambda a, /, b=1, *c, d, e=2, **f: z
[1, *a, (b := 2)], {1, 2}, {1: 2, **d}, (), (1,), {}
f(a, *b, c=1, **d)(x for x in y)[1:2, ::3, ...][*z].attr
[x async for x, y in z if a if b for *c, d in e]
{k: v for k, v in x}, {s for s in t}
None, True, False, ..., 1.5, 2j, 123456789012345678901234567890, b"\xff"
