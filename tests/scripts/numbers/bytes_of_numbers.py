"""Numbers as bytes: `struct` in the machine's own order, `int` of bytes-like objects, lengths asked for."""
import struct


def attempt(function, *args):
    try:
        print(function(*args))
    except Exception as error:
        print(type(error).__name__, error)


for code in ("f", "@f", "=f", "<f", ">f"):
    attempt(struct.pack, code, 1e300)
for number in (-1, -(2**63), 2**64 - 1, 2**64, 1.5):
    attempt(struct.pack, "P", number)

for value in (b"100", bytearray(b"100"), memoryview(b"100"), "100"):
    attempt(int, value)
    attempt(int, value, 2)


class Long:
    def __len__(self):
        raise RuntimeError("asked for its length")

    def __iter__(self):
        return iter([1, 2])


class Hint:
    def __iter__(self):
        return iter([1, 2])

    def __length_hint__(self):
        raise RuntimeError("asked for a hint")


for class_ in (Long, Hint):
    for function in (bytes, bytearray, bytearray().extend, list, tuple, set):
        attempt(function, class_())


def emptying(array):
    array.clear()
    yield b"A"


comma = bytearray(b",")
attempt(comma.join, emptying(comma))

for text in ("\0", "2\0i", b"\0", "y"):
    attempt(struct.calcsize, text)
