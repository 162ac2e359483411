"""Each kind of call and of quick instruction very often in one frame: none of them may keep native stack."""

N = 100000


class P:
    def __init__(self, x=0):
        self.x = x

    def get(self):
        return self.x

    def add(self, *more, by=1):
        return self.x + len(more) + by

    @property
    def double(self):
        return self.x * 2

    @classmethod
    def make(cls):
        return cls(1)

    @staticmethod
    def three():
        return 3

    def __len__(self):
        return 2

    def __getitem__(self, k):
        return k

    def __contains__(self, k):
        return k == 2

    def __add__(self, other):
        return 1

    def __eq__(self, other):
        return True

    def __lt__(self, other):
        return False

    def __call__(self, a):
        return a

    def __bool__(self):
        return True

    def __enter__(self):
        return self

    def __exit__(self, *what):
        return False


def numbers(n):
    for i in range(n):
        yield i


def both(a, b=2, *rest, c=3, **more):
    return a + b + c + len(rest) + len(more)


def main():
    total = 0
    p, words, table, small = P(5), "some words", {"a": 1, 2: 3}, {1, 2, 3, 2.5}
    args, kwargs, items = (1, 2), {"c": 1}, [3, 1, 2]
    for i in range(N):
        total += p.get() + p.add() + p.add(1, 2) + p.add(by=2) + p.double + P.make().x + P.three() + p(i)
        total += both(i) + both(i, 1) + both(i, c=2) + both(*args) + both(*args, **kwargs) + both(1, 2, 3, z=4)
        total += len(words.upper()) + len(words.strip()) + len(words.split()) + words.find("w") + words.count("o")
        total += ("w" in words) + ("zz" not in words) + (i in small) + (2 in small) + (9 not in small) + (2 in p)
        total += table["a"] + table.get(2) + table.get(7, 0) + len(table.keys()) + ("a" in table) + (i in items)
        total += len(p) + p[3] + (p + 1) + (p == 2) + (not p < 3) + (1 if p else 0)
        total += int("12") + len(str(i)) + len([i, 2]) + len((i,)) + len({i}) + len({i: 1}) + isinstance(i, int)
        total += items[1] + len(items[1:]) + max(1, 2) + sum(items) + abs(-3) + (i & 3) + (i >> 1) + i // 3 + i % 7
        if words.isdigit() or words.startswith("x") or not words.islower():
            total += 1
        with p as q:
            total += q.x
        try:
            items.index(9)
        except ValueError:
            total += 1
        a, (b, *c) = i, (1, 2, 3)
        total += b + len(c) + len(f"{a}:{b:>3}") + len("%d %s" % (a, b)) + len("{} {x}".format(a, x=b))
    for i in numbers(N):
        total += i
    for c in words * 3000:
        total += c == "o"
    for k, (x, y) in enumerate(zip(range(N), range(N))):
        total += x + y - k
    total += sum(x for x in range(N)) + len([x for x in range(N) if x % 2]) + len({x: 1 for x in range(N)})
    total += sum(map(lambda x: x + 1, filter(lambda x: x % 3, range(N))))
    while total > 10**9:
        total //= 2
    return total


print(main())
