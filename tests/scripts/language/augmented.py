# `x op= y` uses the in-place method if there is one, else the plain one, and evaluates its target once.

for op in "+ - * / // % ** << >> & | ^ @".split():
    class Plain:
        def __getattr__(self, name):
            raise AttributeError(name)

    name = {"+": "add", "-": "sub", "*": "mul", "/": "truediv", "//": "floordiv", "%": "mod", "**": "pow",
            "<<": "lshift", ">>": "rshift", "&": "and", "|": "or", "^": "xor", "@": "matmul"}[op]
    setattr(Plain, f"__i{name}__", lambda self, other, name=name: f"i{name} {other}")
    space = {"x": Plain()}
    exec(f"x {op}= 1", space)
    delattr(Plain, f"__i{name}__")
    setattr(Plain, f"__{name}__", lambda self, other, name=name: f"{name} {other}")
    space["y"] = Plain()
    exec(f"y {op}= 2", space)
    print(op, "|", space["x"], "|", space["y"])

items = [1, 2]
same = items
items += (3,)
print(same, items is same)
items = items + [4]
print(same, items)

t = (1, [2])
try:
    t[1] += [3]
except TypeError as e:
    print(e, t)


def index():
    print("once")
    return 0


items = [10]
items[index()] += 5
print(items)


class Declines:
    def __iadd__(self, other):
        return NotImplemented

    def __add__(self, other):
        return "fell back"


d = Declines()
d += 1
print(d)

try:
    n = 1
    n += "x"
except TypeError as e:
    print(e)
try:
    n @= 2
except TypeError as e:
    print(e)
