# What goes wrong with Decimal, and how it is said.
from decimal import *
import decimal

one, nan, snan, inf = Decimal(1), Decimal("NaN"), Decimal("sNaN"), Decimal("Infinity")
for text in """Decimal("x")
Decimal("")
Decimal("1 2")
Decimal("--1")
Decimal("1e")
Decimal("NaNx")
Decimal("1e-99999999999999999999999")
Decimal(None)
Decimal({})
Decimal(b"1")
Decimal((1, 2))
Decimal((2, (1,), 0))
Decimal((0, (10,), 0))
Decimal((0, "12", 0))
Decimal((0, (1,), "x"))
Decimal((0, (1,), 1.5))
Decimal("1", 5)
Decimal.from_float("1")
one / 0
Decimal(0) / 0
one // 0
Decimal(0) // 0
one % 0
divmod(one, 0)
divmod(Decimal(0), 0)
Decimal(0) ** 0
Decimal(-1) ** Decimal("0.5")
Decimal(-1).sqrt()
Decimal(-1).ln()
inf - inf
inf * 0
inf / inf
inf % 2
snan + 1
nan + 1
Decimal(10) ** 1000000000
Decimal(10) ** -1000000000000
Decimal("1e999999") * 10
Decimal(10**30) // 1
Decimal("1234567890123456789012345678901234").quantize(one)
one.quantize(Decimal("1e-40"))
one.quantize(inf)
one.quantize(one, rounding="UP")
one < nan
one < snan
one == snan
nan == nan
hash(nan) == hash(nan)
hash(snan)
int(nan)
int(inf)
float(snan)
round(inf)
round(one, 1.5)
nan.as_integer_ratio()
inf.as_integer_ratio()
one + 1.5
one + "1"
one < "1"
one < 1j
one & 1
one.compare("1")
one.compare(1.5)
one.exp(context=5)
one.shift(Decimal("1.5"))
one.rotate(100)
Decimal(12).logical_and(one)
one.scaleb(10**10)
pow(one, 2, 0)
pow(Decimal(2), -1, 5)
pow(Decimal(2), 5, Decimal("1.5"))
Context(prec=0)
Context(prec="5")
Context(prec=10**30)
Context(Emin=1)
Context(Emax=-1)
Context(rounding="up")
Context(capitals=2)
Context(clamp=-1)
Context(traps=5)
Context(traps=[5])
Context(flags={})
setattr(Context(), "prec", 0)
delattr(Context(), "prec")
setattr(Context(), "traps", [])
Context().flags[5]
Context().flags.__delitem__(Inexact)
Context().add(1, "2")
Context().canonical(1)
setcontext(5)
localcontext(5)
localcontext(prec=-1)
getcontext().create_decimal("NaN" + "1" * 40)
Context(prec=decimal.MAX_PREC, Emax=decimal.MAX_EMAX, Emin=decimal.MIN_EMIN).divide(1, 3)
Context(prec=decimal.MAX_PREC, Emax=decimal.MAX_EMAX, Emin=decimal.MIN_EMIN).divide(1, 4)
Context(prec=decimal.MAX_PREC, Emax=decimal.MAX_EMAX, Emin=decimal.MIN_EMIN).sqrt(16)
format(one, "1000000000000000000")
one.x""".splitlines():
    try:
        print(text, "=", eval(text))
    except Exception as error:
        print(text, "->", type(error).__name__, error)
