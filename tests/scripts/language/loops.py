# `for` and `while` with `else`, `break` and `continue`; the iteration protocol.

for i in range(5):
    if i == 1:
        continue
    if i == 3:
        break
    print(i, end=" ")
else:
    print("not here")
print()
for i in ():
    pass
else:
    print("an empty loop ends too; i is still", i)
n = 3
while n:
    n -= 1
else:
    print("while ended", n)
while True:
    try:
        break
    finally:
        print("finally before break")
for i in range(2):
    try:
        continue
    finally:
        print("finally before continue", i)


class Countdown:
    def __init__(self, n):
        self.n = n

    def __iter__(self):
        return self

    def __next__(self):
        if self.n == 0:
            raise StopIteration
        self.n -= 1
        return self.n


print(list(Countdown(3)), sum(Countdown(4)), max(Countdown(5)), [*Countdown(2)], dict(enumerate(Countdown(2))))


class Old:
    def __getitem__(self, i):
        if i > 3:
            raise IndexError
        return i * i


print(list(Old()), tuple(reversed([1, 2, 3])), list(zip(Old(), "ab")))
print(list(iter(iter([1, 2, 3]).__next__, 2)))

for bad in ["for x in 5: pass", "for x in NotIter(): pass", "iter(BadNext())", "[*5]", "next([])"]:
    class NotIter:
        __iter__ = None

    class BadNext:
        def __iter__(self):
            return 5
    try:
        exec(bad)
    except TypeError as e:
        print(e)

items = [1, 2, 3, 4]
for x in items:
    items.remove(x)
print(items)
for i in range(3):
    for j in range(3):
        if j == 1:
            break
    else:
        continue
    print("outer", i, j)
