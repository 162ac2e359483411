# `try`, `except`, `else`, `finally`: which clause runs, what is raised, what is left behind.

def run(what):
    try:
        what()
    except (KeyError, IndexError) as e:
        print("lookup", repr(e))
        return "from except"
    except ValueError:
        print("value")
    except Exception as e:
        print("other", type(e).__name__)
        raise RuntimeError("wrapped") from e
    else:
        print("else")
        return "from else"
    finally:
        print("finally")
    return "end"


print(run(lambda: {}["k"]), run(lambda: [][0]), run(lambda: int("x")), run(lambda: None), sep="\n")
try:
    run(lambda: 1 / 0)
except RuntimeError as e:
    print(e, repr(e.__cause__), e.__suppress_context__)


def finally_wins():
    try:
        return "try"
    finally:
        print("but first this")


print(finally_wins())


def nested():
    try:
        try:
            raise KeyError("inner")
        finally:
            print("inner finally")
    except KeyError as e:
        try:
            raise ValueError("second") from None
        except ValueError as e2:
            return e2.__context__ is e, e2.__cause__, e2.__suppress_context__


print(nested())


def reraise():
    try:
        raise OSError(2, "gone", "file.txt")
    except OSError as e:
        print(e, e.errno, e.strerror, e.filename, type(e).__name__, e.args)
        raise


try:
    reraise()
except FileNotFoundError as e:
    print("again", e.__traceback__.tb_next is not None)
for bad in ["raise", "raise 5", "raise ValueError from 5", "try: pass\nexcept 5: pass\nraise KeyError", "try: 1/0\nexcept 5: pass",
            "raise type('X', (Exception,), {'__new__': lambda c: 1})"]:
    try:
        exec(bad)
    except BaseException as e:
        print(type(e).__name__, e)


class Custom(Exception):
    def __init__(self, code, **details):
        super().__init__(code, details)
        self.code = code


try:
    raise Custom(5, why="because")
except Custom as e:
    print(e.code, e, repr(e), e.args)
try:
    raise KeyError
except LookupError as e:
    print(repr(e), str(e) == "")
print(str(KeyError("k")), repr(ValueError(1, 2)), ValueError(), str(ValueError("a", "b")))
import sys

try:
    raise ValueError("now")
except ValueError:
    print(sys.exc_info()[1], sys.exception())
print(sys.exc_info())
e = ValueError("noted")
e.add_note("first")
e.add_note("second")
print(e.__notes__, BaseException.__subclasses__()[:1] != [])


def generator():
    try:
        yield 1
    except ValueError as e:
        yield f"caught {e}"


g = generator()
next(g)
print(g.throw(ValueError("thrown")))
for i in range(2):
    try:
        if i:
            raise ValueError(i)
    except ValueError as e:
        print("loop", e)
        break
    finally:
        print("each time", i)
