# Generators: values in and out, `throw`, `close`, `return`, delegation, states.

def echo():
    got = yield "ready"
    while got is not None:
        got = yield f"got {got}"
    return "done"


g = echo()
print(next(g), g.send(1), g.send("x"))
try:
    next(g)
except StopIteration as stop:
    print(stop.value)
print(list(g), next(g, "empty"))


def careful():
    try:
        while True:
            try:
                yield "working"
            except ValueError as e:
                yield f"handled {e}"
    finally:
        print("cleaned up")


g = careful()
print(next(g), g.throw(ValueError("v")), next(g))
g.close()
try:
    g.throw(KeyError("late"))
except KeyError as e:
    print("a finished generator raises", repr(e))


def inner():
    try:
        x = yield 1
        print("inner got", x)
        yield 2
    except KeyError:
        yield "inner caught"
    return "inner result"


def outer():
    result = yield from inner()
    print(result)
    yield from "ab"
    return (yield from [])


g = outer()
print(next(g), g.send("hello"), g.throw(KeyError), list(g))


def stops():
    yield 1
    raise StopIteration("inside")


try:
    list(stops())
except RuntimeError as e:
    print(e, repr(e.__cause__))


def refuses():
    while True:
        try:
            yield
        except GeneratorExit:
            pass


g = refuses()
next(g)
try:
    g.close()
except RuntimeError as e:
    print(e)
for bad in ["echo().send(5)", "g.throw(5)", "next(g)"]:
    g = echo()
    try:
        exec(bad)
    except Exception as e:
        print(type(e).__name__, e)


def reenters():
    yield list(me)


me = reenters()
try:
    next(me)
except ValueError as e:
    print(e)
import inspect

g = echo()
print(inspect.getgeneratorstate(g), end=" ")
next(g)
print(inspect.getgeneratorstate(g), g.gi_frame.f_locals, g.gi_code.co_name, end=" ")
g.close()
print(inspect.getgeneratorstate(g), g.gi_frame)


def returns_early(n):
    if n:
        return
    yield


print(list(returns_early(1)), list(returns_early(0)), type(echo).__name__, echo.__code__.co_flags & 32)


def closing():
    try:
        yield 1
    except GeneratorExit:
        return "value of close"


g = closing()
next(g)
print(g.close(), g.close())


def tree(n):
    if n:
        yield from tree(n - 1)
        yield n
        yield from tree(n - 1)


print(*tree(3))


def primes():
    n, found = 2, []
    while True:
        if all(n % p for p in found):
            found.append(n)
            yield n
        n += 1


import itertools

print(list(itertools.islice(primes(), 10)))
