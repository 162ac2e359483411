# Format specifications of Decimal.
import warnings
from decimal import ROUND_UP, Decimal, getcontext, localcontext

numbers = [Decimal(x) for x in ("0", "-0.001", "1234567.891", "1E+20", "1.5E-10", "Infinity", "-NaN")]
specs = ["", "f", ".2f", ".0f", ",", ",.2f", "e", ".3e", "E", "g", ".3g", "%", ".1%", "+", " ", "020", "+020,.1f", "<15", "^15", "=15", "*^25,", "z.1f", "z.2f", "n", "é>12.2f"]
for spec in specs:
    print(f"{spec!r:12}", [format(number, spec) for number in numbers])
print(f"{Decimal('12345678.9'):012,.1f}", f"{Decimal('1234'):06,}", f"{Decimal('1234'):08,}", f"{Decimal('0.000012'):.3}", f"{Decimal('99.5'):.0f}", f"{Decimal('100'):.2e}", f"{Decimal('0E+3'):f}", f"{Decimal('0E-3'):.1e}")
with localcontext(rounding=ROUND_UP, capitals=0):
    print(f"{Decimal('1.21'):.1f}", Decimal("1E+9"), f"{Decimal('1E+9')}", f"{Decimal('1E+9'):E}", repr(Decimal("1E-9")))
print("%s %r %d %.2f %10s" % ((Decimal("2.50"),) * 5))
print(format(Decimal("1234567.5"), "n"), Decimal(1234567).__format__("n", {"decimal_point": ",", "thousands_sep": ".", "grouping": "\3\2"}), Decimal("1234567.5").__format__(",.2f", {"decimal_point": "·", "thousands_sep": "'"}))
for spec in ["x", ".f", "<010", "s", ",,", "5.5.5", "é", "z", "#g", "Z"]:
    try:
        print(repr(spec), format(Decimal("12.50"), spec))
    except ValueError as error:
        print(repr(spec), "->", error)
with warnings.catch_warnings(record=True) as caught:
    warnings.simplefilter("always")
    print(format(Decimal("12.50"), "N"), caught[0].message, caught[0].category.__name__)
