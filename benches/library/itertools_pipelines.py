"""Iterators of `itertools`, one behind the other."""
# bench: quick=20
import operator
import sys
from itertools import (accumulate, chain, combinations, compress, count, cycle, dropwhile, filterfalse, groupby,
                       islice, pairwise, permutations, product, repeat, starmap, takewhile, tee, zip_longest)


def streams(n):
    """Filters and slices of an endless stream."""
    odd = filterfalse(lambda v: v % 2 == 0, count(1))
    total = sum(islice(odd, n // 4))
    total += sum(takewhile(lambda v: v < n, dropwhile(lambda v: v < 100, count())))
    total += sum(compress(range(n), cycle((1, 0, 0, 1))))
    return total


def joins(n):
    """Chains and zips."""
    total = 0
    for value in chain(range(n), repeat(3, n), (1, 2, 3)):
        total += value
    total += sum(chain.from_iterable([i, i + 1, i + 2] for i in range(n // 3)))
    for left, right in zip_longest(range(n), range(n // 2), fillvalue=0):
        total += left * right & 7
    for before, after in pairwise(range(n)):
        total += after - before
    return total


def choices(n):
    """Products, permutations, combinations."""
    total = 0
    for a, b, c in product(range(n // 400), range(10), (1, 2, 3)):
        total += a * b + c
    for start in range(n // 4000):
        for a, b, c in combinations(range(start, start + 20), 3):
            total += a ^ b ^ c
        for order in permutations("abcde", 4):
            total += order[0] < order[1]
    return total


def sums(n):
    """Running sums and calls with tuples."""
    total = sum(accumulate(range(n)))
    total += list(accumulate(range(1, n), max))[-1]
    total += sum(starmap(operator.mul, zip(range(n), range(n))))
    total += sum(starmap(pow, [(2, 5), (3, 2), (10, 3)] * (n // 50)))
    return total


def groups(n):
    """Runs of equal keys, and one stream for several readers."""
    total = 0
    for key, run in groupby(range(n), key=lambda v: v // 5):
        total += key * sum(run)
    for key, run in groupby("aaabbbccd" * (n // 20)):
        total += len(list(run))
    first, second, third = tee(range(n), 3)
    for a, b, c in zip(first, second, islice(third, 1, None)):
        total += c - a + b
    return total


def main(n):
    for work in (streams, joins, choices, sums, groups):
        print("checksum:", work.__name__, work(n * 100))


main(int(sys.argv[1]) if len(sys.argv) > 1 else 8000)
