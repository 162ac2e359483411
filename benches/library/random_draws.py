"""Random numbers with a seed: floats, ints, choices, shuffles, samples, distributions."""
# bench: quick=20
import random
import sys


def floats(n, source):
    total = 0.0
    draw = source.random
    for _ in range(n):
        total += draw() + source.uniform(-1, 1)
    return round(total, 6)


def ints(n, source):
    total = 0
    for i in range(n // 2):
        total += source.randrange(1000) + source.randint(1, 6) + source.getrandbits(40) % 7
    return total


def selections(n, source):
    """Choices from a sequence, with and without weights, shuffles and samples."""
    letters = list("abcdefghijklmnopqrstuvwxyz")
    total = 0
    for _ in range(n // 2):
        total += ord(source.choice(letters))
    for _ in range(n // 100):
        source.shuffle(letters)
        total += ord(letters[3]) + sum(map(ord, source.sample(letters, 5)))
        total += len(set(source.choices(letters, k=10)))
        total += sum(source.choices((1, 2, 3), weights=(5, 3, 1), k=10))
    return total


def distributions(n, source):
    total = 0.0
    for _ in range(n // 4):
        total += source.gauss(0, 1) + source.expovariate(2.0)
        total += source.normalvariate(3, 2) + source.triangular(0, 1, 0.5)
    return round(total, 6)


def walk(n, source):
    """Darts: the numbers used one by one."""
    inside = 0
    for _ in range(n):
        x = source.random()
        y = source.random()
        if x * x + y * y < 1.0:
            inside += 1
    return inside, len(source.randbytes(n))


def main(n):
    for work in (floats, ints, selections, distributions, walk):
        print("checksum:", work.__name__, work(n * 100, random.Random(42)))


main(int(sys.argv[1]) if len(sys.argv) > 1 else 5000)
