"""Calls with an unpacked mapping whose keys are plain strs, strs of a subclass, or no strs; what the call does not
take stays as it was, however often it is called."""

import sys


class Name(str):
    pass


class Thing:
    def __init__(self, name):
        self.name = name


def collect(*args, **keywords):
    values = [keywords[key] for key in keywords]
    both = (len(args), len(values), values)
    return both[0] + both[1]


class Holder:
    def take(self, first, **keywords):
        pair = (first, sorted(keywords))
        return len(pair[1])


def own(a, b=2, c=3):
    triple = [a, b, c]
    return len(triple)


first, second = Thing("first"), Thing("second")
mixed = {"a": first, "b": second, Name("c"): 3}
wrong = {"a": first, "b": second, 3: 3}
twice = {"a": first, "b": second}
before = sys.getrefcount(first), sys.getrefcount(second)
holder = Holder()
total = 0
for i in range(2000):
    total += collect(1, 2, **mixed)
    total += holder.take(i, **mixed)
    total += own(**mixed)
    for call in (collect, holder.take, own):
        try:
            call(i, **wrong)
        except TypeError as error:
            last = error
        try:
            call(i, i, i, i, i, **twice)
        except TypeError as error:
            last = error
    rest = (i, [i], {"i": i})
print(total, last)
print((sys.getrefcount(first), sys.getrefcount(second)) == before, first.name, second.name)
for call in (collect, own):
    try:
        call(1, **wrong)
    except TypeError as error:
        print(error)
