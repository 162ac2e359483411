# Floats and complex numbers: printing, arithmetic, rounding, special values, conversions.

inf, nan = float("inf"), float("nan")
print(0.1 + 0.2, 1 / 3, 1e16, 1e15, 123456789012345680.0, 1e-4, 1e-5, 5e-324, 1.7976931348623157e308, -0.0, 100.0, 1e22, 1e23, 2.5e-7, 0.1, 9007199254740993.0)
print(7.5 // 2, -7.5 // 2, 7.5 % 2, -7.5 % 2, 7.5 % -2, divmod(-7.5, 2), 5 % inf, -5 % inf, 0.0 % 1, -0.0 % 1, 1e308 * 10, 2.0**0.5, (-8) ** (1 / 3), 0.0**0, 2**-1, (-2.0) ** 3)
print(round(0.5), round(1.5), round(2.5), round(-0.5), round(2.675, 2), round(1234.5678, -2), round(1.25, 1), round(1e300, 2), round(5.0, 400), round(1.5, None), round(-1.5), round(0.1, 25))
print(inf, -inf, nan, inf - inf, inf * 0, inf > 10**400, nan == nan, nan != nan, nan < 1, max(nan, 1), min(1, nan), sorted([inf, -inf, 0.0]), inf == inf, 1 / inf, -1 / inf)
print(float("1e5"), float(" -1.5 "), float("1_0.5"), float("infinity"), float("-NaN"), float("1e400"), float(".5"), float("5."), float("0x10" if 0 else "1E+2"), float(b"2.5"), float("٣.٥"), float(5), float(2**60))
print((1.5).as_integer_ratio(), (0.1).as_integer_ratio(), (2.0).is_integer(), (2.5).is_integer(), (0.1).hex(), float.fromhex("0x1.8p1"), float.fromhex("-inf"), (-0.0).hex(), (1.5).conjugate(), 1.5.real, float.fromhex("1p-1074"))
print(hash(1.5), hash(1e300), hash(inf), hash(-inf), hash(0.1), hash(-0.0), hash(2.0**70) == hash(2**70), int(1e15), int(-1.9), 3.0 == 3, 0.1 + 0.2 == 0.3, 1.0 < 2, 1.5 > 1, 2.0**53 == 2**53)
print("%.3f %10.2e %g %g %G %r %s" % (3.14159, 12345.678, 1e10, 1e-10, 1e-10, 0.1, 1e100), f"{1234567.891:,.1f} {0.000012345:g} {1e6:g} {1e5:g} {0.5:%} {1.0:.0f} {1.5:+} {-1.5: } {3.7:08.2f} {1e10:.3g} {12.0:n} {1.0:#.0f}")
import math

print(math.floor(-1.5), math.ceil(-1.5), math.trunc(-1.5), math.sqrt(2), math.hypot(3, 4), math.fsum([0.1] * 10), math.isclose(0.1 + 0.2, 0.3), math.copysign(1, -0.0), math.fmod(-7, 3), math.modf(1.25), math.frexp(8.0), math.ldexp(0.5, 4))
print(math.log(8, 2), math.log2(8), math.log10(1000), math.exp(1), math.pow(2, 0.5), math.sin(1), math.atan2(1, -1), math.degrees(math.pi), math.gamma(5), math.erf(0.5), math.ulp(1.0), math.nextafter(1, 2), math.dist((0, 0), (3, 4)), math.sumprod([1, 2], [3, 4]), math.isnan(nan), math.isinf(inf), math.remainder(5, 3))
z = 1 + 2j
print(z, -z, z * z, z / (3 - 1j), z**2, abs(3 + 4j), z.conjugate(), z.real, z.imag, complex("1+2j"), complex(1, -0.0), 1j * 1j, complex(inf, nan), 0j, -0j, 1e20 + 1j, z == 1 + 2j, z != 1, 2 ** 1j if 0 else z - 1)
print(hash(1 + 0j) == hash(1), f"{z:.2f} {z:>12} {3 + 0j:g}", repr(complex(-0.0, 1)), repr(complex(0, -0.0)), complex(" ( 1-1j ) " if 0 else "(1-1j)"), z + 1, 1.5 * z, z == z.conjugate().conjugate())
print(sum([0.1] * 10), sum([1e100, 1, -1e100]), sum([1, 2.5, 3j]), 1e16 + 1, 1.0.__add__(2), (1.5).__divmod__(1), (1.5).__floordiv__(0.5), (2.0).__pow__(3), (1.5).__trunc__(), (1.5).__ceil__(), 1.5.__lt__("x"))
for bad in ["10.0**400", "int(nan)", "int(inf)", "float('x')", "float('1e')", "float('--1')", "float('')", "round(nan)", "round(inf)", "(-1.0).hex(5)", "float.fromhex('zz')", "float.fromhex('0x1p5000')",
            "inf.as_integer_ratio()", "nan.as_integer_ratio()", "1 < 1j", "complex('x')", "complex('1+2')", "int(1j)", "float(1j)", "1j // 2", "1j % 2", "divmod(1j, 1)", "float([])", "math.exp(1000)", "math.factorial(0.5)", "1.5 << 1",
            "math.ldexp(1.0, 5000)", "float(None)", "abs(complex(1e308, 1e308))"]:
    try:
        print(bad, eval(bad))
    except Exception as e:
        print(bad, "->", type(e).__name__, e)
from fractions import Fraction
from decimal import Decimal

print(Fraction(3, 4) + Fraction("1/4") * 2, Fraction(0.5), Fraction(7, -3), Fraction(1, 3) < 0.34, Decimal("0.1") + Decimal("0.2"), Decimal(1) / 7, Decimal("1E+3").normalize(), round(Decimal("2.675"), 2))
