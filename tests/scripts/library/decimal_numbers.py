# Decimal: how one is made, printed, taken apart and compared.
import copy
import pickle
from decimal import Decimal, getcontext
from fractions import Fraction

print("made from text")
for text in ["0", "-0", "1.50", "1E+3", "1e-7", "0.000001", "0.0000001", " 12 ", "1_000.5", "Infinity", "-inf", "nan", "sNaN123", "٣.٥", ".5", "5.", "+7", "0E+5", "123E-20"]:
    number = Decimal(text)
    print(f"{text!r:12} {number!r:30} {number} {number.to_eng_string()}")

print("made from other values")
print(Decimal(), Decimal(10**40), Decimal(-7), Decimal(True), Decimal(0.1), Decimal.from_float(0.5), Decimal(2.0**70))
print(Decimal((0, (3, 1, 4), -2)), Decimal((1, (0, 0, 7), 3)), Decimal((0, (), 0)), Decimal((1, (0,), "F")), Decimal((0, (1, 2), "N")), Decimal([0, [5], 1]))

print("taken apart")
for number in map(Decimal, ["-3.140", "0E-5", "12E+3", "-Infinity", "NaN", "sNaN45"]):
    print(number, number.as_tuple(), number.adjusted(), number.is_signed(), number.number_class(), number.is_zero(), number.is_finite())
print(Decimal("3.140").as_integer_ratio(), Decimal("-12E+3").as_integer_ratio(), Decimal("0.1").real, Decimal(1).imag, Decimal(5).conjugate())

print("as other numbers")
print(int(Decimal("-3.99")), float(Decimal("0.1")), complex(Decimal("2.5")), float(Decimal("1E+400")), float(Decimal("-NaN")), bool(Decimal("0E+9")), bool(Decimal("NaN")))
import math

print(math.floor(Decimal("-3.5")), math.ceil(Decimal("-3.5")), math.trunc(Decimal("-3.5")), round(Decimal("2.5")), round(Decimal("3.5")), round(Decimal("2.675"), 2), round(Decimal("1234"), -2))

print("compared")
print(Decimal("1.0") == Decimal(1) == 1 == 1.0, Decimal("0.1") == 0.1, Decimal("0.5") == 0.5 == Fraction(1, 2), Decimal("0.3") < Fraction(1, 3), Decimal(2) > 1.5, Decimal("1e400") > float("1e308"))
print(Decimal("NaN") == Decimal("NaN"), Decimal("NaN") != 1, Decimal(1) == "1", Decimal(1) == 1 + 0j, Decimal("inf") > 10**100, max(Decimal(3), Decimal("2.9"), 2), sorted([Decimal("1.1"), 1, Decimal("-Infinity"), 1.05]))
print(Decimal("1.0").compare(Decimal("1.00")), Decimal("1.0").compare_total(Decimal("1.00")), Decimal("-2").compare_total_mag(Decimal(1)), Decimal("NaN").compare_total(Decimal("Infinity")), Decimal(1).compare(Decimal("NaN")))
print(hash(Decimal("1.0")) == hash(1), hash(Decimal("0.5")) == hash(0.5), hash(Decimal("1E+100")) == hash(10**100), hash(Decimal("0.1")) == hash(Fraction(1, 10)), hash(Decimal("-Infinity")) == hash(float("-inf")))
print(len({Decimal("1.0"), 1, 1.0, Decimal("1")}))

print("copied")
number = Decimal("-1.50")
print(copy.copy(number) is number, copy.deepcopy(number) is number, pickle.loads(pickle.dumps(number)), number.copy_abs(), number.copy_negate(), number.copy_sign(Decimal(1)))


class Money(Decimal):
    def __str__(self):
        return f"{self.quantize(Decimal('0.01'))} €"


price = Money("12.345")
print(price, repr(price), type(price + 1).__name__, type(Money.from_float(0.5)).__name__, Money(price) == price, isinstance(price, Decimal))
print(getcontext())
