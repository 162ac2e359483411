"""Ints in a set come out in the order of their places; a place that was given up is used again."""


def numbers(seed):
    while True:
        seed = (seed * 1103515245 + 12345) % 2**31
        yield seed >> 16


def history(seed, steps, span):
    draw = numbers(seed)
    s = set()
    for _ in range(steps):
        k = next(draw) % span
        if next(draw) % 5 < 3:
            s.add(k)
        elif next(draw) % 2:
            s.discard(k)
        elif s and next(draw) % 2:
            s.pop()
        else:
            s ^= {k, k + 1}
    return s


for seed in range(12):
    print(list(history(seed, 60, 40)))
print(list(history(5, 500, 300)))

s = set()
for i in range(10_000):
    s.add(i & 15)
    s.discard((i + 8) & 15)
print(sorted(s), len(s))
s = {8}
s.add(0)
s.discard(8)
s.add(16)
print(list(s), 8 in s, 16 in s)
print([k in s for k in (0, 8, 16, 24, -1, True, 0.0, 16.0, "16")])

s = {1, 2, 3, 4}
s -= {1, 2, 3}
s.add(9)
s.add(17)
print(list(s))
s = set(range(60))
s.difference_update(range(0, 40))
print(list(s))
s.update(range(100, 110))
print(list(s))
