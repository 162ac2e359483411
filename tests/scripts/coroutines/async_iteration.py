# `async for`, `async with`, asynchronous generators and comprehensions.

import asyncio


class Numbers:
    def __init__(self, n):
        self.n = n

    def __aiter__(self):
        return self

    async def __anext__(self):
        if self.n == 0:
            raise StopAsyncIteration
        self.n -= 1
        await asyncio.sleep(0)
        return self.n


class Manager:
    def __init__(self, name, swallow=False):
        self.name, self.swallow = name, swallow

    async def __aenter__(self):
        print("enter", self.name)
        return self.name

    async def __aexit__(self, kind, value, traceback):
        print("exit", self.name, kind and kind.__name__)
        return self.swallow


async def agen(n):
    try:
        for i in range(n):
            got = yield i
            if got:
                print("got", got)
    finally:
        print("agen finally")


async def main():
    async for x in Numbers(3):
        if x == 1:
            continue
        print(x)
    else:
        print("else")
    async with Manager("a") as a, Manager("b"):
        print("inside", a)
    async with Manager("swallows", True):
        raise ValueError
    print([x async for x in Numbers(3)], {x async for x in Numbers(2)}, {x: x async for x in Numbers(2) if x})
    print([await asyncio.sleep(0, i) for i in range(3)], [[y async for y in Numbers(x)] for x in range(3)])
    print([x async for x in (y async for y in Numbers(3) if y)])
    g = agen(3)
    print(await anext(g), await g.asend("sent"), await anext(g))
    print(await anext(g, "default"))
    g = agen(3)
    await anext(g)
    try:
        await g.athrow(KeyError("thrown"))
    except KeyError as e:
        print(repr(e))
    g = agen(3)
    await anext(g)
    await g.aclose()
    try:
        await anext(g)
    except StopAsyncIteration:
        print("closed")
    async for x in agen(10):
        if x == 1:
            break
    for bad in ["async for x in 5: pass", "async with 5: pass", "async for x in BadIter(): pass"]:
        space = {"BadIter": type("BadIter", (), {"__aiter__": lambda self: 5})}
        exec(f"async def f():\n {bad}", space)
        try:
            await space["f"]()
        except TypeError as e:
            print(str(e).split(" (")[0])


asyncio.run(main())


async def total():
    return sum([x async for x in Numbers(5)])


print(asyncio.run(total()))
