"""Sets do what the keys of a dict do, whatever the order of changes and the types of equal keys."""

import random


def key(r, most):
    k = r.randrange(-most, most)
    kind = r.random()
    if kind < 0.1:
        return float(k)
    if kind < 0.15:
        return str(k)
    if kind < 0.17:
        return bool(k & 1)
    return k


def run(seed, most, steps):
    r = random.Random(seed)
    s, d = set(), {}
    for step in range(steps):
        op, k = r.random(), key(r, most)
        if op < 0.35:
            s.add(k)
            d.setdefault(k)
        elif op < 0.6:
            s.discard(k)
            d.pop(k, None)
        elif op < 0.62 and d:
            del d[s.pop()]
        elif op < 0.65:
            other = {key(r, most) for _ in range(r.randrange(10))}
            if op < 0.63:
                s |= other
                d.update(dict.fromkeys(other))
            elif op < 0.64:
                s -= other
                for x in other:
                    d.pop(x, None)
            else:
                s ^= other
                for x in other:
                    if x in d:
                        del d[x]
                    else:
                        d[x] = None
        elif op < 0.655:
            s = s.copy() if op < 0.6525 else set(s)
        elif op < 0.657:
            s.clear()
            d.clear()
        else:
            assert (k in s) == (k in d), (seed, step, k)
            assert (k not in s) == (k not in d), (seed, step, k)
    assert len(s) == len(d) and all(x in s for x in d) and all(x in d for x in s), seed


for most in (6, 20, 70, 300, 5000):
    for seed in range(5):
        run(seed, most, 2000)
    print("keys below", most)

s = {185, 269.0}
s.discard(185)
print(269 in s, 270 in s, 269 not in s)
