# Causes and contexts of exceptions, through handlers, functions, generators and `with`.

def chain(e):
    out = []
    while e is not None:
        how = "cause" if e.__cause__ else "context" if e.__context__ and not e.__suppress_context__ else "end"
        out.append(f"{e!r}:{how}")
        e = e.__cause__ or (None if e.__suppress_context__ else e.__context__)
    return " <- ".join(out)


def fails():
    try:
        raise KeyError("k")
    except KeyError:
        raise ValueError("v")


for source in [
    "fails()",
    "try: fails()\nexcept ValueError as e: raise TypeError('t') from e",
    "try: fails()\nexcept ValueError: raise TypeError('t') from None",
    "try: 1/0\nfinally: {}['x']",
    "try: 1/0\nexcept ZeroDivisionError:\n try: fails()\n except ValueError: pass\n raise OSError('o')",
    "try: 1/0\nexcept Exception as e:\n e.__context__ = KeyError('set')\n raise",
    "raise ValueError from KeyError",
]:
    try:
        exec(source)
    except Exception as e:
        print(chain(e))


def generator():
    try:
        yield
    except KeyError:
        raise ValueError("in the generator")


g = generator()
next(g)
try:
    try:
        raise TypeError("outside")
    except TypeError:
        g.throw(KeyError("thrown in"))
except ValueError as e:
    print(chain(e))


class Exit:
    def __enter__(self): ...

    def __exit__(self, *details):
        raise OSError("exit")


try:
    with Exit():
        raise KeyError("body")
except OSError as e:
    print(chain(e))


def handled_inside():
    try:
        raise KeyError
    except KeyError:
        pass


try:
    try:
        raise ValueError("first")
    except ValueError:
        handled_inside()
        raise TypeError("second")
except TypeError as e:
    print(chain(e))
try:
    try:
        raise ValueError("same")
    except ValueError as e:
        raise e
except ValueError as e:
    print(chain(e))
a, b = ValueError("a"), ValueError("b")
a.__context__ = b
try:
    try:
        raise a
    except ValueError:
        raise b
except ValueError as e:
    print(chain(e), b.__context__ is a, a.__context__)
