# Binary operators: left method, right method, who goes first, what is said when nobody knows.

class Loud:
    def __init__(self, name):
        self.name = name

    def __repr__(self):
        return self.name


BINARY = {"+": "add", "-": "sub", "*": "mul", "/": "truediv", "//": "floordiv", "%": "mod", "**": "pow",
          "<<": "lshift", ">>": "rshift", "&": "and", "|": "or", "^": "xor", "@": "matmul"}
for op, name in BINARY.items():
    setattr(Loud, f"__{name}__", lambda self, other, op=op: f"{self} {op} {other}")
    setattr(Loud, f"__r{name}__", lambda self, other, op=op: f"{other} {op} {self} (right)")
a, b = Loud("a"), Loud("b")
for op in BINARY:
    print(eval(f"a {op} b"), ",", eval(f"a {op} 1"), ",", eval(f"1 {op} b"))


class Child(Loud):
    def __radd__(self, other):
        return f"the child first: {other} + {self}"


print(a + Child("c"))
print(Child("c") + a)

for op in BINARY:
    try:
        eval(f"object() {op} 1")
    except TypeError as e:
        print(e)

Loud.__neg__ = lambda self: f"-{self}"
Loud.__pos__ = lambda self: f"+{self}"
Loud.__invert__ = lambda self: f"~{self}"
print(-a, +a, ~a)
for op in "-", "+", "~":
    try:
        eval(op + "'text'")
    except TypeError as e:
        print(e)

Loud.__divmod__ = lambda self, other: "divmod"
Loud.__rdivmod__ = lambda self, other: "rdivmod"
Loud.__abs__ = lambda self: "abs"
Loud.__round__ = lambda self, digits=None: f"round {digits}"
print(divmod(a, 1), divmod(1, a), abs(a), round(a), round(a, 2))
Loud.__pow__ = lambda self, other, mod=None: f"pow {other} {mod}"
print(pow(a, 2), pow(a, 2, 3), a ** 4)

print(2 ** 3 ** 2, -2 ** 2, 2 ** -1, not 1 == 2, 7 // -2, 7 % -2, 1 + 2 * 3 - 4 / 2, 6 & 3 | 8 ^ 1, 1 << 2 + 1)
