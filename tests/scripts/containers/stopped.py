"""StopIteration from a function that an iterator calls ends the loop."""
import itertools


def stop(*args):
    raise StopIteration


for make in (lambda: map(stop, [1]), lambda: filter(stop, [1]), lambda: itertools.takewhile(stop, [1]), lambda: itertools.dropwhile(stop, [1]),
             lambda: itertools.filterfalse(stop, [1]), lambda: itertools.starmap(stop, [(1,)]), lambda: itertools.accumulate([1, 2], stop),
             lambda: itertools.groupby([1, 2], stop), lambda: itertools.chain.from_iterable(map(stop, [1])), lambda: zip([1], map(stop, [1])),
             lambda: itertools.compress([1], map(stop, [1])), lambda: itertools.islice(map(stop, [1]), 3), lambda: itertools.pairwise(map(stop, [1, 2])),
             lambda: itertools.zip_longest("a", map(stop, "b"))):
    print(list(make()), [x for x in make()], end=" ")
    try:
        for a, b in make():
            print("pair", a, b, end=" ")
    except (TypeError, ValueError) as error:
        print(type(error).__name__, end=" ")
    for item in make():
        print("item", item, end=" ")
    try:
        next(make())
        print("more")
    except StopIteration:
        print("end")


class Counted(itertools.count):
    def __next__(self):
        return super().__next__() * 10


print(list(itertools.islice(Counted(3), 3)), [a for a, _ in zip(Counted(1), "ab")])


class Own(itertools.chain):
    pass


print(list(Own("ab", "c")), sum(Own([1], [2])), [x for x in Own("x")])
