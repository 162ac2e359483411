"""`__eq__ = None` cannot be called, by `==` and by the `!=` that goes by it."""


class N:
    __eq__ = None


n = N()
for question in (lambda: n == 1, lambda: n != 1, lambda: 1 != n, lambda: n != n):
    try:
        print(question())
    except TypeError as error:
        print(error)
