import inspect
import io
import itertools
import sys
import warnings

for kind in (list, tuple, set, frozenset, bool, object, float, zip, enumerate, property, classmethod, memoryview,
             itertools.chain, itertools.product, itertools.groupby, io.StringIO, io.FileIO, type(iter([]))):
    print(kind.__name__, inspect.signature(kind))
for kind in (int, str, dict, range):
    try:
        print(inspect.signature(kind))
    except ValueError as e:
        print(e)
print(int.__add__.__doc__, list.__len__.__doc__, dict.__iter__.__doc__, str.__rmod__.__doc__)
print(bool.__doc__)
print(sys)


def show(f):
    try:
        print(f())
    except Exception as e:
        print(type(e).__name__, e)


class Huge:
    def __len__(self):
        return -2 ** 70


show(lambda: len(Huge()))
show(lambda: sum([bytearray(b"a")], bytearray()))
show(lambda: print >> sys)
show(lambda: print << sys)
show(lambda: eval(memoryview(b"1+1...")[:3]))
show(lambda: SyntaxError("bad", (1, 2)))


class MyInt(int):
    pass


class Index:
    def __index__(self):
        return MyInt(5)

    def __int__(self):
        return True


x = True
for f in (lambda: ~x, lambda: range(Index()), lambda: int(Index())):
    with warnings.catch_warnings(record=True) as seen:
        warnings.simplefilter("always")
        print(f(), [str(w.message)[:60] for w in seen])
