# Contexts: settings, flags, traps, which one is in force.
import contextvars
import copy
import pickle
import threading
from decimal import *
import decimal

print(getcontext())
print(DefaultContext, BasicContext, ExtendedContext, sep="\n")
print(decimal.MAX_PREC, decimal.MAX_EMAX, decimal.MIN_EMIN, decimal.MIN_ETINY, decimal.HAVE_THREADS, decimal.HAVE_CONTEXTVAR)

print("settings")
ctx = Context(prec=6, rounding=ROUND_HALF_DOWN, Emin=-99, Emax=99, capitals=0, clamp=1, flags=[Rounded], traps=[DivisionByZero])
print(ctx, ctx.Etiny(), ctx.Etop(), ctx.radix())
print(ctx.divide(1, 3), ctx.multiply(Decimal("1e60"), 10), ctx.create_decimal("3.14159265"), ctx.create_decimal_from_float(0.1), ctx.to_sci_string(Decimal("1E+9")), ctx.to_eng_string(Decimal("1E+10")))
print(ctx.add(1, 2), ctx.subtract(1, 2), ctx.divide_int(7, 2), ctx.remainder(7, 2), ctx.divmod(7, 2), ctx.power(2, 10), ctx.power(2, 10, 7), ctx.fma(2, 3, 4), ctx.sqrt(2), ctx.exp(1), ctx.ln(2), ctx.log10(3))
print(ctx.compare(1, 2), ctx.max(1, 2), ctx.quantize(5, Decimal("0.1")), ctx.plus(Decimal("1.23456789")), ctx.minus(3), ctx.abs(-3), ctx.normalize(Decimal("1.500")), ctx.is_zero(0), ctx.number_class(-5), ctx.same_quantum(1, 2), ctx.copy_sign(1, -1))
other = ctx.copy()
other.prec, other.rounding, other.Emax, other.capitals = 3, ROUND_UP, 9, 1
print(other, copy.copy(ctx).prec, pickle.loads(pickle.dumps(other)))

print("flags")
ctx.clear_flags()
print(ctx.flags[Inexact], ctx.divide(1, 3), ctx.flags[Inexact], [signal.__name__ for signal, up in ctx.flags.items() if up])
print(len(ctx.flags), Inexact in ctx.flags, ctx.flags == other.flags, ctx.flags == ctx.flags.copy())
ctx.clear_flags()
for name, action in [
    ("overflow", lambda c: c.multiply(Decimal("9e99"), 10)),
    ("underflow", lambda c: c.divide(Decimal("1e-99"), 3)),
    ("underflow to zero", lambda c: c.divide(Decimal("1e-99"), 10**20)),
    ("subnormal", lambda c: c.divide(Decimal("1e-99"), 10)),
    ("clamped", lambda c: c.create_decimal("1e99")),
    ("rounded", lambda c: c.create_decimal("1.000000000")),
    ("invalid", lambda c: c.divide(0, 0)),
    ("syntax", lambda c: c.create_decimal("x")),
    ("root", lambda c: c.sqrt(-1)),
]:
    print(name, action(ctx), ctx)
    ctx.clear_flags()

print("traps")
ctx.traps[Inexact] = True
for text in ["ctx.divide(1, 3)", "ctx.divide(1, 0)", "ctx.divide(1, 4)", "ctx.divide(0, 0)", "ctx.divide(Decimal('sNaN'), 1)"]:
    try:
        print(text, "=", eval(text))
    except ArithmeticError as error:
        print(text, "raised", type(error).__name__, error)
ctx.clear_traps()
print(ctx.divide(1, 0), ctx.flags[DivisionByZero], ctx)
print([c.__name__ for c in Overflow.__mro__], [c.__name__ for c in DivisionUndefined.__mro__] if hasattr(decimal, "DivisionUndefined") else "")
print(issubclass(DivisionByZero, ZeroDivisionError), issubclass(FloatOperation, TypeError), issubclass(InvalidOperation, ArithmeticError))

print("in force")
with localcontext() as inner:
    inner.prec = 5
    print(Decimal(1) / 7, getcontext() is inner)
    with localcontext(Context(prec=3)):
        print(Decimal(1) / 7)
    print(Decimal(1) / 7)
print(Decimal(1) / 7)
with localcontext(ExtendedContext, prec=4, rounding=ROUND_UP, traps={s: False for s in getcontext().flags}) as inner:
    print(Decimal(1) / 7, Decimal(1) / 0, inner)
setcontext(BasicContext)
print(Decimal(1) / 7, getcontext() is BasicContext, getcontext().prec)


def other_thread():
    print("thread", getcontext().prec, Decimal(2) / 3)
    getcontext().prec = 7
    print("thread", Decimal(2) / 3)


thread = threading.Thread(target=other_thread, context=contextvars.Context()) if False else threading.Thread(target=other_thread)
thread.start()
thread.join()
print(Decimal(2) / 3)


def elsewhere():
    setcontext(Context(prec=2))
    return Decimal(2) / 3


print(contextvars.copy_context().run(elsewhere), Decimal(2) / 3)
getcontext().traps[FloatOperation] = True
for text in ["Decimal(1.5)", "Decimal(1) < 1.5", "Decimal(1) == 1.5", "Decimal.from_float(1.5)"]:
    try:
        print(text, eval(text))
    except FloatOperation as error:
        print(text, "raised", error)
