# asyncio: tasks, gathering, cancellation, time-outs, queues, task groups, threads.

import asyncio


async def work(name, delay, fail=False):
    try:
        await asyncio.sleep(delay)
        if fail:
            raise ValueError(name)
        return f"{name} done"
    except asyncio.CancelledError:
        print(name, "cancelled")
        raise


async def main():
    print(await asyncio.gather(work("a", 0.02), work("b", 0.01), asyncio.sleep(0, "plain")))
    print(await asyncio.gather(work("a", 0), work("b", 0, True), return_exceptions=True))
    task = asyncio.create_task(work("long", 10), name="the task")
    await asyncio.sleep(0)
    print(task.done(), task.get_name())
    task.cancel()
    try:
        await task
    except asyncio.CancelledError:
        print("cancelled:", task.cancelled())
    try:
        await asyncio.wait_for(work("slow", 10), 0.01)
    except TimeoutError as e:
        print("timed out", repr(e))
    try:
        async with asyncio.timeout(0.01):
            await asyncio.sleep(10)
    except TimeoutError:
        print("timeout block")
    try:
        async with asyncio.TaskGroup() as group:
            group.create_task(work("fails", 0.01, True))
            group.create_task(work("sibling", 10))
    except* ValueError as e:
        print(e.exceptions)
    queue, seen = asyncio.Queue(2), []

    async def producer():
        for i in range(5):
            await queue.put(i)
        await queue.put(None)

    async def consumer():
        while (item := await queue.get()) is not None:
            seen.append(item)

    await asyncio.gather(producer(), consumer())
    print(seen)
    lock, event = asyncio.Lock(), asyncio.Event()
    order = []

    async def locked(n):
        async with lock:
            order.append(f"in {n}")
            await asyncio.sleep(0)
            order.append(f"out {n}")

    await asyncio.gather(*(locked(i) for i in range(3)))
    print(order)
    asyncio.get_running_loop().call_later(0.01, event.set)
    print(await event.wait())
    done, pending = await asyncio.wait([asyncio.create_task(work("x", 0)), asyncio.create_task(work("y", 10))],
                                       return_when=asyncio.FIRST_COMPLETED)
    print(len(done), len(pending))
    for p in pending:
        p.cancel()
    await asyncio.gather(*pending, return_exceptions=True)
    print(await asyncio.to_thread(lambda: "from a thread"))
    future = asyncio.get_running_loop().create_future()
    future.set_result(5)
    print(await future, future)
    async for t in as_completed_names():
        print(t)


async def as_completed_names():
    for c in asyncio.as_completed([work("second", 0.03), work("first", 0.01)]):
        yield await c


asyncio.run(main())
try:
    asyncio.run(work("outside", 0, True))
except ValueError as e:
    print("out of run:", e)
