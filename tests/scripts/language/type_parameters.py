# Type parameters and `type` aliases.

def first[T](items: list[T]) -> T:
    return items[0]


print(first([1, 2]), first.__type_params__, first.__annotations__)


class Box[T, *Ts, **P]:
    def __init__(self, x: T):
        self.x = x

    def method[U](self, u: U):
        return T, U


print(Box.__type_params__, Box.__parameters__, Box.__orig_bases__, Box.__mro__[1].__name__)
print(Box(5).x, Box(1).method(2), Box[int, str, [bool]])


def bounded[T: int, U: (str, bytes)](): ...


T, U = bounded.__type_params__
print(T.__bound__, T.__constraints__, U.__bound__, U.__constraints__, T.__name__)


def lazy[T: does_not_exist](): ...


try:
    lazy.__type_params__[0].__bound__
except NameError as e:
    print(e)

type Pair[A] = tuple[A, A]
print(Pair, Pair.__name__, Pair.__value__, Pair[int], Pair.__type_params__, Pair[int].__origin__)
type Tree = list[Tree] | int
print(Tree.__value__)
type Later = nothing_yet
try:
    Later.__value__
except NameError as e:
    print(e)
nothing_yet = 5
print(Later.__value__)


def defaults[T = int, *Ts = *tuple[int, str], **P = [int]](): ...


for p in defaults.__type_params__:
    print(p, p.__default__, p.has_default())
try:
    T()
except TypeError:
    print("not callable")
try:
    class Sub(T): ...
except TypeError as e:
    print(e)
for wrong in ["def f[T, T](): ...", "class A[T: (yield)]: ...", "def f[T = int, U](): ...", "type X[**P: int] = 1", "def f[T](): nonlocal T",
              "type x.y = 1"]:
    try:
        exec(wrong)
    except SyntaxError as e:
        print(e.msg)
print(isinstance(5, int | str), int | None, list[int] | dict[str, int])
