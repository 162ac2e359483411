def g(n):
    x = yield n
    y = yield from inner(x)
    return y
async def co(source):
    async with source as s:
        async for item in s:
            yield await item
async def collect(source):
    return [x async for x in source if await x]
