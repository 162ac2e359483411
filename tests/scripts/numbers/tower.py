# How numbers of different kinds meet: promotion, user-made numbers, `numbers`, hashing, sums.

import numbers
from decimal import Decimal
from fractions import Fraction

values = [True, 2, 2**70, 1.5, 1 + 1j, Fraction(1, 2), Decimal("1.5")]
for a in values:
    row = []
    for b in values:
        try:
            row.append(type(a + b).__name__)
        except TypeError:
            row.append("-")
    print(type(a).__name__.ljust(10), *row, [isinstance(a, k) for k in (numbers.Number, numbers.Complex, numbers.Real, numbers.Rational, numbers.Integral)])


class Money:
    def __init__(self, n):
        self.n = n

    def __add__(self, other):
        return Money(self.n + (other.n if isinstance(other, Money) else other)) if isinstance(other, (Money, int)) else NotImplemented

    __radd__ = __add__

    def __mul__(self, k):
        return Money(self.n * k)

    def __eq__(self, other):
        return isinstance(other, Money) and self.n == other.n

    def __hash__(self):
        return hash(("money", self.n))

    def __repr__(self):
        return f"Money({self.n})"

    def __index__(self):
        return self.n

    def __bool__(self):
        return self.n != 0

    def __truediv__(self, other):
        return NotImplemented

    def __rpow__(self, base):
        return f"{base} to the money"


m = Money(5)
print(m + 1, 1 + m, sum([m, m, m]), m * 3, m == Money(5), {m: 1}[Money(5)], [0, 1, 2, 3, 4, 5][m], range(m), "%d" % m if 0 else hex(m), bool(Money(0)), 2 ** m, int(m), float(m), complex(m))
for bad in ["m + 'x'", "m / 2", "3 * m", "m - 1", "m < m", "-m", "m ** 2", "round(m)", "divmod(m, 2)", "1.5 + m"]:
    try:
        print(eval(bad))
    except TypeError as e:
        print(bad, "->", e)
print(1 == 1.0 == 1 + 0j == True == Fraction(1) == Decimal(1), len({1, 1.0, 1 + 0j, True, Fraction(1), Decimal(1)}), hash(0.5) == hash(Fraction(1, 2)) == hash(Decimal("0.5")))
print(Fraction(1, 3) == 1 / 3, Decimal("0.1") == 0.1, 0.5 == Fraction(1, 2), 2**0.5 < 1.5 < 2, 10**30 == 1e30, 10**22 == 1e22, 2**53 + 1 > 2.0**53, max(1, True, 1.0), min(1.0, 1, True))
print(sorted([3, 1.5, Fraction(1, 2), True, 2**65, -1]), round(Fraction(7, 2)), round(2.5), round(Decimal("2.5")), int(Fraction(-7, 2)), float(Fraction(1, 3)), 7 // Fraction(2), 7.5 // 2, pow(Fraction(1, 2), 2))
print(isinstance(True, int), type(True + 0), True == 1, {True: "a", 1: "b"}, [10, 20][True], "x" * True, bool.__mro__[1].__name__, True.__class__, bool("False"), str(True), f"{True:5}|{True!r:>6}")
