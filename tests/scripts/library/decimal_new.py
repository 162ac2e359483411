# What Python 3.14 brought to decimal: from_number, IEEEContext, separators in fractions.
# Python 3.14
from decimal import Decimal, IEEEContext, IEEE_CONTEXT_MAX_BITS, localcontext
from fractions import Fraction

print(Decimal.from_number(314), Decimal.from_number(0.5), Decimal.from_number(Decimal("3.14")), Decimal.from_number(True))
for other in ("3.14", Fraction(1, 3), None):
    try:
        print(Decimal.from_number(other))
    except TypeError as error:
        print(error)

print(IEEE_CONTEXT_MAX_BITS)
for bits in (32, 64, 128, 512):
    print(bits, IEEEContext(bits))
for bits in (0, -32, 33, 544):
    try:
        IEEEContext(bits)
    except ValueError as error:
        print(bits, error)
with localcontext(IEEEContext(64)):
    print(Decimal(1) / 3, Decimal("1E+384"), Decimal("1E-398") / 2)

number = Decimal("1234567.1234567")
for spec in ("_", ",", "_.3f", ",._f", "_.,f", "._", ".5,f", "020_.4_f", ".10_e", "005", "#.0f"):
    print(repr(spec), format(number, spec))
print(pow(2, Decimal(10), 1000), pow(Decimal(2), 10, 1000))
