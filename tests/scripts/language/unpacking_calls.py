# Stars everywhere: displays, calls, returns, subscripts, `for`, and what is rejected.

def f(*a, **k):
    return a, k


a, d = [1, 2], {"x": 1}
print([*a, *a], (*a, 3), {*a, *"ab"} == {1, 2, "a", "b"}, {**d, "y": 2, **{"x": 3}}, f(*a, 0, *a), f(**d, z=2), f(*a, **d, **{"q": 1}), f(*(), **{}))


def returns():
    return *a, 9


def yields():
    yield *a, 9


print(returns(), next(yields()), [x for x in (*a, 3)])
for x in *a, 7:
    print(x, end=" ")
print()
for i, (b, *c) in enumerate([(1, 2, 3), "xy"]):
    print(i, b, c)
(*x,) = "ab"
[y, *z] = range(3)
print(x, y, z)


class Mapping:
    def keys(self):
        return ["k1", "k2"]

    def __getitem__(self, key):
        return key.upper()


print(f(**Mapping()), {**Mapping()}, dict(Mapping()), f(*"ab", *{"k": 1}, *(i for i in range(2))))


def generator():
    print("consumed", end=" ")
    yield from "xy"


print(f(*generator()), [*generator()])
for bad in ["f(*5)", "f(**5)", "f(**{1: 2})", "f(x=1, **{'x': 2})", "[*5]", "{**5}", "{*5}", "f(*a, *None)", "(lambda a: 0)(*[1, 2])", "(lambda a: 0)(**{'b': 1})", "(lambda a: 0)(1, **{'a': 2})", "dict(**{'a': 1}, a=2)", "(lambda *, k: 0)(*[1])", "f(**[1])", "print(*5)",
            "'{}'.format(*5)", "a.append(*a)", "int(*['1', 2, 3, 4])" if 0 else "len(*a)", "f(**{'a': 1}, **{'a': 2})"]:
    try:
        print(bad, eval(bad))
    except TypeError as e:
        print(bad, "->", e)
for bad in ["*a", "*a = 1", "print(*)", "f(**)", "a = *b", "del *a", "x = (*a)", "{**a for a in b}", "[*a for a in b]", "return *a", "*a, *b = c", "f(**k, *a)", "for *x in y: pass", "lambda *: 1", "def g(*, **k): pass", "def g(*a, *b): pass", "def g(**k, **l): pass", "f(**k, 1)"]:
    try:
        compile(bad, "", "exec")
        print(bad, "fine")
    except SyntaxError as e:
        print(bad, "->", e.msg)
