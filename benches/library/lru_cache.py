"""`functools`: caches, partial, reduce, cmp_to_key, singledispatch, cached_property."""
# bench: quick=20
import sys
from functools import cache, cached_property, cmp_to_key, lru_cache, partial, reduce, singledispatch, wraps


@cache
def paths(row, column):
    if row == 0 or column == 0:
        return 1
    return (paths(row - 1, column) + paths(row, column - 1)) % 1000007


@lru_cache(maxsize=64)
def square(number):
    return number * number


@lru_cache(maxsize=128, typed=True)
def area(width, *, height=2):
    return width * height


def caches(n):
    """Hits of an unbounded cache, hits and misses of bounded ones."""
    total = 0
    for i in range(n):
        total += square(i % 60) + square(i * 7 % 1000)
        total += area(i % 100, height=3) + area(float(i % 10))
    for _ in range(n // 400):
        paths.cache_clear()
        total += paths(20, 20) + paths(20, 20)
    return total, square.cache_info()[:2], area.cache_info()[0]


def scale(factor, value, offset=0):
    return factor * value + offset


def partials(n):
    """Arguments given beforehand."""
    double = partial(scale, 2)
    shifted = partial(double, offset=5)
    total = 0
    for i in range(n):
        total += double(i) + shifted(i) + double(i, offset=1)
    return total + reduce(lambda a, b: (a * 31 + b) % 65537, range(n), 7)


def compare(left, right):
    return left % 100 - right % 100 or left - right


def sorting(n):
    """A comparison as key."""
    numbers = [i * 7919 % 10007 for i in range(n // 8)]
    numbers.sort(key=cmp_to_key(compare))
    return numbers[0], numbers[-1], numbers[len(numbers) // 2]


@singledispatch
def describe(value):
    return 1


@describe.register
def _(value: int):
    return value & 3


@describe.register
def _(value: str):
    return len(value)


class Circle:
    def __init__(self, radius):
        self.radius = radius

    @cached_property
    def size(self):
        return self.radius * self.radius * 3


def counted(function):
    @wraps(function)
    def inner(*args, **kwargs):
        return function(*args, **kwargs) + 1
    return inner


@counted
def add(left, right=1):
    return left + right


def dispatch(n):
    """Functions chosen by type, properties computed once, wrapped functions."""
    total = 0
    for i in range(n):
        total += describe(i) + describe("abc") + describe(1.5)
        circle = Circle(i)
        total += circle.size + circle.size
        total += add(i) + add(i, right=2)
    return total


def main(n):
    for work in (caches, partials, sorting, dispatch):
        print("checksum:", work.__name__, work(n * 20))


main(int(sys.argv[1]) if len(sys.argv) > 1 else 7500)
