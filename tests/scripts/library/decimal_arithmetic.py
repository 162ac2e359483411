# Decimal arithmetic: operators, rounding to the precision, functions.
from decimal import ROUND_DOWN, ROUND_FLOOR, ROUND_HALF_UP, ROUND_UP, Context, Decimal, getcontext, localcontext

a, b = Decimal("7.325"), Decimal("-2.50")
print(a + b, a - b, a * b, a / b, a // b, a % b, divmod(a, b), -a, +a, abs(b), a**3, a**-1, b**2)
print(1 + a, 10 - a, 2 * a, 1 / a, 100 // a, 100 % a, divmod(100, a), 2**a, pow(2, Decimal(10), 1000), pow(Decimal(3), 200, 13))
print(Decimal("0.1") + Decimal("0.2"), sum([Decimal("0.1")] * 10), Decimal("1.20") * 2, Decimal("1.300") + Decimal("1.7"), Decimal("1E+3") + 1, Decimal("5") - Decimal("5.0"))
print(Decimal(1) / 3, Decimal(2) / 3, Decimal(1) / 8, Decimal("1E+30") + Decimal("0.1"), Decimal(10**28 - 1) * 3, Decimal("9.99") / 1000000007)
print(Decimal("-7") // 2, Decimal("-7") % 2, -7 // 2, -7 % 2, Decimal("7").remainder_near(Decimal(4)), Decimal("10").remainder_near(Decimal(4)))

print("functions")
print(Decimal(2).sqrt(), Decimal("1.44").sqrt(), Decimal(10000).sqrt(), Decimal("0.09").sqrt(), Decimal("1E-9").sqrt())
print(Decimal(1).exp(), Decimal(-10).exp(), Decimal("1E-30").exp(), Decimal(0).exp(), Decimal("2.5").exp())
print(Decimal(2).ln(), Decimal(10).ln(), Decimal(1).ln(), Decimal("1.0000000000001").ln(), Decimal(0).ln(), Decimal("1E+100").ln())
print(Decimal(2).log10(), Decimal(1000).log10(), Decimal("0.001").log10(), Decimal("0.0011").log10(), Decimal(1500).logb())
print(Decimal(2) ** Decimal("0.5"), Decimal("1.1") ** 100, Decimal(4) ** Decimal("0.5"), Decimal("0.5") ** -3, Decimal(-2) ** 3, Decimal("1.00") ** 5, Decimal(0) ** 3)
print(a.fma(b, Decimal(1)), Decimal("3E+2").normalize(), Decimal("120.00").normalize(), Decimal("0.00").normalize(), Decimal(3).scaleb(-4), Decimal(7).same_quantum(Decimal(1)))
print(Decimal(12345).shift(2), Decimal(12345).shift(-2), Decimal(12345).rotate(3), Decimal(1101).logical_and(Decimal(1011)), Decimal(1101).logical_or(Decimal(11)), Decimal(1101).logical_xor(Decimal(1011)), Decimal(0).logical_invert(Context(prec=5)))
print(Decimal(1).next_plus(), Decimal(1).next_minus(), Decimal(1).next_toward(Decimal(5)), Decimal(3).max(Decimal("NaN")), Decimal(-3).max_mag(Decimal(2)), Decimal(1).min(Decimal("1.0")), Decimal(-3).min_mag(Decimal(2)))

print("quantize and whole numbers")
cent = Decimal("0.01")
for text in ["2.675", "-2.675", "2.665", "0.004", "123.455001"]:
    number = Decimal(text)
    print(text, [str(number.quantize(cent, rounding=r)) for r in (None, ROUND_HALF_UP, ROUND_DOWN, ROUND_UP, ROUND_FLOOR)], number.to_integral_value(), number.to_integral_exact(rounding=ROUND_UP))
print(Decimal("123456").quantize(Decimal("1E+2")), Decimal(5).quantize(Decimal("1.000")), Decimal("inf").quantize(Decimal("inf")))

print("precision")
for prec in (1, 5, 20, 60):
    with localcontext(prec=prec):
        print(prec, Decimal(1) / 7, Decimal(2).sqrt(), Decimal(1).exp(), +Decimal("123456789.987654321"))
with localcontext() as ctx:
    ctx.prec = 1000
    root = Decimal(2).sqrt()
    print(len(root.as_tuple().digits), root * root - 2, str(Decimal(10).ln())[-30:], str((Decimal(1) / 998001))[8:44])


def pi():
    getcontext().prec += 2
    lasts, t, s, n, na, d, da = 0, Decimal(3), 3, 1, 0, 0, 24
    while s != lasts:
        lasts = s
        n, na = n + na, na + 8
        d, da = d + da, da + 32
        t = (t * n) / d
        s += t
    getcontext().prec -= 2
    return +s


print(pi())
with localcontext(prec=100):
    print(pi())
