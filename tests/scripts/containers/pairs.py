"""Iterators of pairs in loops that unpack them: the same as their tuples."""
import itertools
import struct


def pairs(iterator):
    out = []
    for a, b in iterator:
        out.append((a, b))
    return out


print(pairs(itertools.pairwise("abcd")), pairs(itertools.pairwise("a")), list(itertools.pairwise([1, 2, 3])))
print(pairs(itertools.zip_longest("ab", "xyz")), pairs(itertools.zip_longest("abc", [], fillvalue=0)), pairs(itertools.zip_longest([], [])))
print([(k, "".join(g)) for k, g in itertools.groupby("aabbbc")])
for key, group in itertools.groupby([1, 3, 2, 4, 5], key=lambda n: n % 2):
    print(key, list(group), end=" ")
print()
for wrong in (itertools.zip_longest("ab", "cd", "ef"), itertools.zip_longest("ab")):
    try:
        pairs(wrong)
    except ValueError as error:
        print(type(error).__name__)


class Pairs(itertools.pairwise):
    def __next__(self):
        return "xy"


it = iter(Pairs("abc"))
for a, b in it:
    print(a, b)
    break


def failing():
    yield 1
    raise KeyError("source")


for make in (itertools.pairwise, itertools.groupby, lambda s: itertools.zip_longest(s, "ab")):
    try:
        for a, b in make(failing()):
            pass
    except KeyError as error:
        print(repr(error))

for format, values in (("<bBhHiIqQ", (-1, 255, -2, 65535, -3, 2**32 - 1, -4, 2**64 - 1)), (">bBhHiIqQ", (1, 2, 3, 4, 5, 6, 7, 8)),
                       ("@3h2x?c5s4p", (1, -2, 3, 5, b"c", b"hello!", b"pas")), ("<efd", (1.5, 2.5, 3.5)), (">efd", (-1.5, 1e10, 1e300)),
                       ("!40i", tuple(range(-20, 20))), ("0s0i", (b"",)), ("", ())):
    packed = struct.pack(format, *values)
    print(format, packed, struct.unpack(format, packed))
for format, value in (("<b", 128), ("<B", -1), (">h", 40000), ("<I", 2**32), ("<q", 2**63), ("<Q", -1), ("<H", "x"), ("c", b"ab"),
                      ("<f", 1e39), ("<e", 70000.0), ("<d", "x"), ("5s", "x"), ("?", 3), ("<i", True)):
    try:
        print(format, struct.pack(format, value))
    except (struct.error, OverflowError) as error:
        print(format, type(error).__name__, error)
