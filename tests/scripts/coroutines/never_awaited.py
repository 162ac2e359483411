"""What is made and never awaited says so."""
import gc
import sys
import types
import warnings


async def work():
    pass


async def items():
    yield 1


def told(function):
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        function()
        gc.collect()
    for warning in caught:
        print(warning.category.__name__, warning.message, sep=": ")
    if not caught:
        print("nothing")


def run(awaitable):
    try:
        awaitable.send(None)
    except StopIteration as end:
        return end.value


print("-- coroutines")
told(lambda: work() and None)
told(lambda: run(work()))
told(lambda: work().close())
told(lambda: work().cr_frame.clear())

print("-- methods of async generators")
told(lambda: items().asend(None) and None)
told(lambda: items().athrow(ValueError) and None)
told(lambda: items().aclose() and None)
told(lambda: items().__anext__() and None)
told(lambda: run(items().asend(None)))
told(lambda: run(items().aclose()))


async def loop():
    async for item in items():
        pass


told(lambda: run(loop()))


def thrown():
    try:
        run(items().athrow(ValueError, ValueError("x"), None))
    except ValueError as error:
        print("raised", error)


told(thrown)

print("-- where it was made")


def first():
    return work()


def second():
    first()


for depth in (0, 1, 2):
    sys.set_coroutine_origin_tracking_depth(depth)
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        second()
    text = str(caught[0].message).splitlines()
    print(text[:2], [line.rpartition(" in ")[2] for line in text if "File" in line])
sys.set_coroutine_origin_tracking_depth(0)

print("-- their types take arguments")
print(types.GeneratorType[int], types.CoroutineType[int, str, bool], types.AsyncGeneratorType[int])
print(types.CoroutineType.__dict__["__name__"].__doc__, types.AsyncGeneratorType.__dict__["__name__"].__doc__, sep=", ")
