# `with`: enter and exit, several managers, exceptions that are swallowed, looked up on the type.

class Manager:
    def __init__(self, name, swallow=False):
        self.name, self.swallow = name, swallow

    def __enter__(self):
        print("enter", self.name)
        return self.name.upper()

    def __exit__(self, kind, value, traceback):
        print("exit", self.name, kind and kind.__name__, value, traceback is not None)
        return self.swallow


with Manager("a") as a, Manager("b"):
    print("inside", a)
with (
    Manager("c") as c,
    Manager("d") as (first, *rest),
):
    print(c, first, rest)
with Manager("swallows", True):
    1 / 0
try:
    with Manager("outer"), Manager("inner"):
        raise KeyError("k")
except KeyError as e:
    print("came out:", e)


def leaves():
    for i in range(3):
        with Manager(f"loop {i}"):
            if i == 0:
                continue
            return "returned"


print(leaves())


class FailsToEnter(Manager):
    def __enter__(self):
        raise ValueError("enter")


class FailsToExit(Manager):
    def __exit__(self, *details):
        raise ValueError("exit")


try:
    with Manager("first"), FailsToEnter("second"):
        print("never")
except ValueError as e:
    print(e, e.__context__)
try:
    with FailsToExit("x"):
        raise KeyError("body")
except ValueError as e:
    print(e, repr(e.__context__))

for thing in [type("OnlyEnter", (), {"__enter__": lambda s: 1})()]:
    try:
        with thing:
            pass
    except TypeError as e:
        print(e)
instance = type("I", (), {})()
instance.__enter__ = instance.__exit__ = lambda *a: None
try:
    with instance:
        pass
except TypeError:
    print("methods of the instance do not count")

from contextlib import ExitStack, closing, contextmanager, nullcontext, suppress


@contextmanager
def managed():
    print("before")
    try:
        yield "value"
    except ValueError as e:
        print("handled", e)
    finally:
        print("after")


with managed() as value:
    print(value)
    raise ValueError("v")
with ExitStack() as stack:
    stack.enter_context(Manager("stacked"))
    stack.callback(print, "callback")
    with suppress(ZeroDivisionError), nullcontext(5) as five:
        print(five)
        1 / 0
