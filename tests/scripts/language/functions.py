# Parameters of all kinds, defaults, unpacking in calls, and what is said about wrong calls.

def f(a, b=2, /, c=3, *args, d, e=5, **rest):
    return a, b, c, args, d, e, rest


print(f(1, d=4))
print(f(1, 20, 30, 40, 50, d=4, g=7, a=8))
print(f(*[1, 2], *(3, 4), d=1, **{"x": 1}, **dict(y=2)))
print((lambda *a, **k: (a, k))(1, *"ab", z=1, **{"not a name": 2}))


def shared(item, into=[]):
    into.append(item)
    return into


print(shared(1), shared(2), shared(3, []), shared.__defaults__)


def kinds(a, /, b, *, c): ...


for call in [
    "kinds()", "kinds(1)", "kinds(1, 2)", "kinds(1, 2, 3, c=4)", "kinds(a=1, b=2, c=3)", "kinds(1, 2, c=3, d=4)",
    "kinds(1, 2, b=3, c=4)", "kinds(*5)", "kinds(**5)", "kinds(**{1: 2})", "f(d=1)", "(lambda: 0)(1)",
    "(lambda a, b, c: 0)()", "(lambda *, a, b: 0)()", "(lambda a=1: 0)(1, 2)", "kinds(1, **{'b': 1}, **{'b': 2})",
    "len()", "len(1, 2)", "len(x=1)", "complex(1, 2, 3)", "print(1, bad=2)", "[].append()", "''.join(1, 2)",
]:
    try:
        eval(call)
    except TypeError as e:
        print(e)


def outer():
    def inner(n):
        return 1 if n < 2 else n * inner(n - 1)
    return inner


print(outer()(5), outer().__qualname__, f.__name__, f.__code__.co_varnames)


def documented():
    """Says what it does."""


print(documented.__doc__, documented())
documented.note = 5
print(documented.__dict__)


def annotated(a: int, *b: "text", c: list[int] = []) -> None: ...


print(annotated.__annotations__)


def decorate(name):
    print("makes", name)

    def with_function(g):
        print("applies", name, "to", g.__name__)
        return g
    return with_function


@decorate("outer")
@decorate("inner")
def decorated(): ...


@lambda g: "anything callable"
def replaced(): ...


print(replaced)
