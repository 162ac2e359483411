# A class whose `__next__` is the bound method of another iterator.


def numbers():
    yield 1
    yield 2
    yield 3


def made_of(iterator):
    class Borrowed:
        __next__ = iterator.__next__

        def __iter__(self):
            return self

    return Borrowed()


for make in numbers, lambda: iter([1, 2, 3]), lambda: iter({1: 2}), lambda: map(abs, [-1]):
    print(next(made_of(make())), list(made_of(make())), [x for x in made_of(make())], sum(made_of(make())))
    for item in made_of(make()):
        print(item)
