# Comprehensions of lists, sets, dicts; generator expressions; where their names live.

print([i * i for i in range(5) if i % 2])
print({i % 3 for i in range(10)}, {i: str(i) for i in range(3)})
print([(i, j) for i in range(3) if i for j in range(i) if j < 2])
print([[i + j for j in range(2)] for i in range(2)])
print([x for x, in [(1,), (2,)]], [a + b for a, *b in [([1], 2), ([3], 4)]] if False else "nested targets")
print(sum(x for x in range(10)), list(x for x in "abc"), dict((k, v) for k, v in zip("ab", (1, 2))))
print([i for i in range(6) if i > 1 if i < 5], [y for x in [1, 2] for y in [x, -x]])
i = "outside"
print([i for i in range(2)], i)


def order(n):
    print("order", n, end=" ")
    return range(n)


g = (x for x in order(2))
print("the first iterable is evaluated at once", list(g))
g = (x / 0 for x in range(2))
try:
    next(g)
except ZeroDivisionError as e:
    print(e)
print(list(g))


class C:
    n = 3
    a = [i for i in range(n)]
    try:
        b = [n for i in range(2)]
    except NameError as e:
        b = str(e)


print(C.a, C.b)
print([lambda: i for i in range(2)][0](), [f() for f in [lambda: i for i in range(2)]])
print([k := j for j in range(3)], k)
print([*range(3), *"ab"], {*[1, 2], 3}, {**{"a": 1}, "b": 2, **{"a": 3}}, (*[1], *[2]))
print({k: v for k, v in {"a": 1}.items() if v}, {x for x in ()} == set())
matrix = [[1, 2], [3, 4]]
print([[row[i] for row in matrix] for i in range(2)], [x for row in matrix for x in row])
def spam(n): return [locals()["m"] for m in range(n)]
print(spam(2))


print("-- locals() inside of one has its variables, too")
outside = "here"
print([(locals(), eval("item"), eval("outside")) for item in (1, 2)], "item" in locals())


class Body:
    attribute = 1
    seen = [locals() for item in (1, 2)]


print(Body.seen)


def function(parameter):
    seen = [sorted(locals()) for item in (1,)]
    return seen, sorted(locals())


print(function(1))
