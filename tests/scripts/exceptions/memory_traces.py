# tracemalloc: where the memory of objects was asked for.
import gc
import tracemalloc


def many(count):
    return [bytes(100) for _ in range(count)]


class Point:
    pass


def line(function):
    return function.__code__.co_firstlineno


def where(object, above):
    traceback = tracemalloc.get_object_traceback(object)
    return traceback and [frame.lineno - above for frame in traceback]


def main():
    print(tracemalloc.is_tracing(), tracemalloc.get_traced_memory(), where([], 0))
    tracemalloc.start(2)
    kept = many(500)
    single = bytes(4321)
    point = Point()
    print(tracemalloc.get_traceback_limit(), where(single, line(main))[-1], where(point, line(main))[-1])
    print(where(kept[7], line(main))[0], where(kept[7], line(many))[1])
    snapshot = tracemalloc.take_snapshot()
    largest = max(snapshot.statistics("lineno"), key=lambda row: row.size)
    print(largest.traceback[0].lineno - line(many), 500 <= largest.count < 520, 50_000 < largest.size < 100_000)
    before, peak = tracemalloc.get_traced_memory()
    print(peak >= before > 50_000)
    del kept, single, largest
    gc.collect()
    after, peak = tracemalloc.get_traced_memory()
    print(before - after > 50_000, peak >= before)
    tracemalloc.reset_peak()
    print(tracemalloc.get_traced_memory()[1] < before)
    tracemalloc.clear_traces()
    print(where(point, 0), tracemalloc.get_traced_memory()[0] < 10_000)
    tracemalloc.stop()
    print(tracemalloc.is_tracing(), tracemalloc.get_traced_memory())
    for frames in 0, 70_000:
        try:
            tracemalloc.start(frames)
        except ValueError as error:
            print(error)


main()
