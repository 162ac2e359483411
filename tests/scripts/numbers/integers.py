# Integers: arithmetic at all sizes, bases, bits, conversions.

a, b = 2**100 + 1, -(3**50)
print(a + b, a - b, a * b, a // b, a % b, divmod(a, b), -a, abs(b), a ** 3, b ** 2)
print(a & b, a | b, a ^ b, ~a, a << 70, a >> 70, b >> 200, -1 >> 1000, 1 << 200)
for x, y in [(7, 2), (-7, 2), (7, -2), (-7, -2), (0, 5), (2**64, 3), (-(2**64), 3), (5, 2**64), (-5, 2**64), (2**47, -1), (-(2**47), -1), (2**63, 2**32)]:
    print(x // y, x % y, divmod(x, y), x * y, x / y)
print(2**47 - 1 + 1, -(2**47) - 1, 2**46 * 2, 2**24 * 2**24, 10**18 * 10, 2**62 + 2**62, (2**100) - (2**100), 2**64 - 2**64 + 5)
print(pow(3, 100, 7), pow(3, -1, 11), pow(2, 1000, 10**9), pow(-2, 3), pow(2, -2), pow(0, 0), pow(5, 0, 1), pow(-3, 5, 7), pow(3, 5, -7))
print(int("123"), int("-0x1f", 16), int("0b101", 0), int("0o17", 0), int("z", 36), int(" 42 "), int("1_000"), int("٣"), int(3.99), int(-3.99), int(True), int(1e20), int("0" * 50 + "7"))
print(bin(10), bin(-10), oct(64), hex(-255), hex(2**70), f"{2**70:,}", f"{-2**70:_x}", f"{255:08b}", str(2**100), repr(-(10**30)), "%d %x %o" % (2**70, 2**70, 2**70))
print((255).bit_length(), (0).bit_length(), (-256).bit_length(), (2**100).bit_length(), (255).bit_count(), (-7).bit_count(), (6).as_integer_ratio(), (5).is_integer(), (5).conjugate(), (5).real, (5).imag, (5).numerator)
print((1000).to_bytes(2), (1000).to_bytes(4, "little"), (-2).to_bytes(2, signed=True), int.from_bytes(b"\x03\xe8"), int.from_bytes(b"\xff\xfe", "big", signed=True), int.from_bytes([1, 2], "little"), (2**80).to_bytes(11))
print(round(1234, -2), round(1250, -2), round(1350, -2), round(-1250, -2), round(5, 3), round(15, -1), round(25, -1), round(2**70, -10))
print(hash(2**61 - 1), hash(2**61), hash(-1), hash(-2), hash(2**100), hash(-(2**100)), hash(10**18), 5 == 5.0, 2**53 == float(2**53), 2**53 + 1 == float(2**53), 10**400 > 1e308, 10**400 < float("inf"))
print(1 < 2**70, -(2**70) < -5, 2**70 == 2**70, 2**70 != 2**70 + 1, sorted([2**70, -1, 0, -(2**70), 3]), max(2**70, 1e10), sum([2**60] * 8), sum(range(10**6)), sum([1, 2.5, 2**70]))
print(True + True, True * 5, True & 1, True | 2, True ^ True, ~True, -True, int.__add__(1, 2), (1).__add__("x"), (5).__rsub__(7), (5).__divmod__(2), (2).__pow__(3, 5), (2**70).__neg__())
import math

print(math.isqrt(10**40 + 1), math.gcd(2**70, 6**20), math.lcm(4, 6, 10), math.factorial(25), math.comb(50, 25), math.perm(10, 3), math.prod([2**40, 2**40]), math.gcd(), math.lcm())
print(0xFF, 0o17, 0b11, 1_000_000, 0x_ff, 00, 0xFFFFFFFFFFFFFFFFFFFF, 123456789012345678901234567890)


class I(int):
    def __add__(self, other):
        return f"{int(self)}+{other}"


print(I(5) + 1, I(5) * 2, type(I(5) * 2).__name__, I("7"), repr(I(3)), I(2**70) + 1, isinstance(I(1), int), 1 + I(5))
for bad in ["1 << -1", "1 >> -1", "(256).to_bytes(1)", "(-1).to_bytes(1)", "int('1', 1)", "int('9', 8)", "int('1__0')", "int('_1')", "int('0x')", "int(float('nan'))",
            "int(float('inf'))", "pow(2, -1, 4)", "pow(2, 1, 0)", "pow(2.0, 1, 3)", "10**400 / 1.0", "float(10**400)", "1 / 10**400 and 10**400 / 1", "int('1' * 5000)", "str(10**5000)", "1 + '1'", "1 & 1.0", "~1.5", "5()" if 0 else "(5).x",
            "int(b'x')", "int([])", "int('5', 'x')", "round(5, 'x')", "2 ** 'x'", "math.isqrt(-1)", "math.factorial(-1)", "math.comb(-1, 2)"]:
    try:
        print(bad, eval(bad))
    except Exception as e:
        print(bad, "->", type(e).__name__, e)
