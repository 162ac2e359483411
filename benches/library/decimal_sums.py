"""Decimal arithmetic: sums of money, mixed operations, text in and out, digits of pi."""
# bench: quick=50
import sys
from decimal import ROUND_HALF_UP, Decimal, getcontext, localcontext


def invoices(n):
    """Prices times quantities, tax, rounded to cents."""
    cent, rate, total = Decimal("0.01"), Decimal("0.19"), Decimal(0)
    for i in range(n):
        price = Decimal(i % 1000) / 100 + Decimal("19.99")
        net = price * (i % 7 + 1)
        tax = (net * rate).quantize(cent, rounding=ROUND_HALF_UP)
        if net + tax > 100:
            net -= Decimal("2.50")
        total += net + tax
    return total


def mixed(n):
    """Long coefficients: every operation rounds."""
    x, y = Decimal(2).sqrt(), Decimal(1) / 3
    total = Decimal(0)
    for i in range(1, n):
        z = x * y + i
        z = z / x - y
        total = total + z
        x = x + Decimal("0.0001")
        if total > 1000000:
            total = total % 1000
    return total


def texts(n):
    """Text in and out, sorted."""
    numbers = [Decimal(f"{i * 7919 % 100003}.{i % 100:02}") for i in range(n)]
    numbers.sort()
    shown = [str(x) for x in numbers]
    return len("".join(shown)), f"{sum(numbers):,.2f}", shown[n // 2]


def pi():
    """The recipe of the documentation."""
    getcontext().prec += 2
    three = Decimal(3)
    lasts, t, s, n, na, d, da = 0, three, 3, 1, 0, 0, 24
    while s != lasts:
        lasts = s
        n, na = n + na, na + 8
        d, da = d + da, da + 32
        t = (t * n) / d
        s += t
    getcontext().prec -= 2
    return +s


def digits(n):
    """Pi, a root and a logarithm to ever more digits."""
    total = 0
    for prec in range(10, 20 + n // 400, 10):
        with localcontext() as ctx:
            ctx.prec = prec
            total += sum(pi().as_tuple().digits) + sum(Decimal(2).sqrt().as_tuple().digits) + sum(Decimal(10).ln().as_tuple().digits)
    return total


def main(n):
    for work in (invoices, mixed, texts, digits):
        print("checksum:", work.__name__, work(n))


main(int(sys.argv[1]) if len(sys.argv) > 1 else 110000)
