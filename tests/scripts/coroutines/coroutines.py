# Coroutines without a library: `await`, `__await__`, states, what is said about wrong use.

class Suspend:
    def __init__(self, value):
        self.value = value

    def __await__(self):
        got = yield self.value
        return got


async def add(a, b):
    x = await Suspend(f"first {a}")
    y = await Suspend(f"second {b}")
    return a + b, x, y


async def main():
    return await add(1, 2), "main"


c = main()
print(type(c).__name__, c.send(None), c.send("X"))
try:
    c.send("Y")
except StopIteration as stop:
    print(stop.value)
try:
    c.send(None)
except RuntimeError as e:
    print(e)


async def catches():
    try:
        await Suspend(1)
    except ValueError as e:
        return f"caught {e}"
    finally:
        print("finally")


c = catches()
c.send(None)
try:
    c.throw(ValueError("thrown"))
except StopIteration as stop:
    print(stop.value)
c = catches()
c.send(None)
print(c.cr_frame is not None, c.cr_running, type(c.cr_await).__name__)
c.close()
print(c.cr_frame)


async def wrong(thing):
    await thing


class BadAwait:
    def __await__(self):
        return 5


class CoroutineAwait:
    def __await__(self):
        c = catches()
        c.close()
        return c


for thing in BadAwait(), CoroutineAwait():
    c = wrong(thing)
    try:
        c.send(None)
    except TypeError as e:
        print(e)


async def shared():
    await inner_coroutine


inner_coroutine = catches()
first, second = shared(), shared()
first.send(None)
try:
    second.send(None)
except RuntimeError as e:
    print(e)
first.close()
import types


@types.coroutine
def generator_based():
    got = yield "from a generator"
    return got * 2


async def uses():
    return await generator_based()


c = uses()
print(c.send(None))
try:
    c.send(4)
except StopIteration as stop:
    print(stop.value)
for source in ["def f(): await x", "async def f(): yield from x", "async def f():\n yield 1\n return 2", "await x", "async for x in y: pass",
               "def f(): [await x for x in y]", "lambda: await x", "async with x: pass", "async def f(): x = [yield]"]:
    try:
        compile(source, "", "exec")
        print("fine:", source)
    except SyntaxError as e:
        print(e.msg)
import inspect

c = main()
print(inspect.iscoroutine(c), inspect.iscoroutinefunction(main), inspect.isawaitable(Suspend(1)), inspect.getcoroutinestate(c), c.cr_code.co_name)
c.close()
