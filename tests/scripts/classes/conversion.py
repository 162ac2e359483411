# `__repr__`, `__str__`, `__format__`, `__bytes__`, `__int__`, `__float__`, `__complex__`, `__hash__`.

class R:
    def __repr__(self):
        return "R()"


class S(R):
    def __str__(self):
        return "an S"

    def __format__(self, spec):
        return f"S<{spec}>"


r, s = R(), S()
print(r, s, [r, s], f"{r} {s} {s:spec} {s!r} {s!s:>6}", "%s %r" % (s, s), "{} {!r} {:x}".format(s, s, s))
print(format(s, "q"), format(r), str(r), repr(s), ascii("é\u20ac"))


class N:
    def __init__(self, n):
        self.n = n

    def __int__(self):
        return self.n

    def __float__(self):
        return self.n + 0.5

    def __complex__(self):
        return complex(self.n, 1)

    def __bytes__(self):
        return b"bytes"

    def __trunc__(self):
        return 9

    def __round__(self, digits=None):
        return ("round", digits)

    def __floor__(self):
        return "floor"

    def __ceil__(self):
        return "ceil"


import math

n = N(3)
print(int(n), float(n), complex(n), bytes(n), math.trunc(n), round(n), round(n, 2), math.floor(n), math.ceil(n))


class Bad:
    def __repr__(self):
        return 5

    def __int__(self):
        return "x"

    def __complex__(self):
        return 1

    def __bytes__(self):
        return "x"

    def __hash__(self):
        return "x"

    def __format__(self, spec):
        return 5

    def __index__(self):
        return 1.5

    def __len__(self):
        return "x"


for call in "repr", "str", "int", "complex", "bytes", "hash", "format", "hex", "len":
    try:
        print(call, eval(call)(Bad()))
    except Exception as e:
        print(call, type(e).__name__, e)
for bad in ["int(object())", "float([])", "int('x')", "float('x')", "int('12', 40)", "int(5, 2)", "complex('1+')", "bytes('x')",
            "bytes(object())", "format(object(), 'x')", "'%d' % 'x'", "int('')", "float('')", "int(' 1 2 ')", "chr('a')", "ord('')"]:
    try:
        eval(bad)
    except Exception as e:
        print(type(e).__name__, e)


class H:
    def __init__(self, n):
        self.n = n

    def __hash__(self):
        return hash(self.n)

    def __eq__(self, other):
        return self.n == other


print({H(1): "x"}[1], hash(H(5)) == hash(5), {H(2), 2, 2.0, H(2)} == {2}, hash(1.0) == hash(1) == hash(True))


class NoHash(H):
    __hash__ = None


class EqOnly:
    def __eq__(self, other):
        return True


for x in NoHash(1), EqOnly(), [], {}, set(), bytearray(), slice([]):
    try:
        hash(x)
    except TypeError as e:
        print(e)
