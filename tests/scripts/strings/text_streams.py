"""Text streams over streams of bytes: what is read ahead, written later, and shown."""
import io
import os
import tempfile


def attempt(function):
    try:
        print(function())
    except Exception as error:
        print(type(error).__name__, error)


print("-- reading and writing where nobody can seek")
pair = io.BufferedRWPair(io.BytesIO(b"one\ntwo\nthree\n"), sink := io.BytesIO())
text = io.TextIOWrapper(pair, encoding="ascii")
line = text.readline()
text.write(line.upper())
print(repr(line), repr(text.readline()), repr(text.read()))
text.flush()
print(sink.getvalue())

print("-- a byte order mark only at the beginning")
raw = io.BytesIO()
text = io.TextIOWrapper(raw, encoding="ascii")
text.write("abc\n")
text.reconfigure(encoding="utf-8-sig")
text.write("d\xe9f\n")
text.flush()
print(raw.getvalue())

print("-- what waits is never more than a piece")


class Pieces(io.RawIOBase):
    def __init__(self):
        self.sizes = []

    def writable(self):
        return True

    def write(self, data):
        self.sizes.append(len(data))
        return len(data)


pieces = Pieces()
text = io.TextIOWrapper(pieces, encoding="ascii")
for size in (3, 3, 8193, 3, 8192, 10):
    text.write("x" * size)
text.flush()
print(pieces.sizes, text._CHUNK_SIZE)

print("-- classes of the program, and after detach")


class Text(io.TextIOWrapper):
    pass


class Reader(io.BufferedReader):
    pass


class File(io.FileIO):
    pass


print(Text(io.BytesIO(), encoding="ascii"), Reader(io.BytesIO()), io.BufferedReader(io.BytesIO()))
with File(os.devnull) as file:
    print(file)
print(file)
text = io.TextIOWrapper(io.BytesIO(), encoding="ascii")
text.detach()
print(text, text.encoding, text.line_buffering)
attempt(text.read)

print("-- one that failed to begin")
text = io.TextIOWrapper(io.BytesIO(b"abc"), encoding="ascii")
attempt(lambda: text.__init__(io.BytesIO(), encoding="ascii", newline="xyzzy"))
attempt(text.read)
attempt(lambda: io.TextIOWrapper(io.BytesIO(), encoding="\udcfe"))

print("-- readinto1 reads on what is larger than the buffer")


class Parts(io.RawIOBase):
    def __init__(self, *parts):
        self.parts = list(parts)

    def readable(self):
        return True

    def readinto(self, room):
        part = self.parts.pop(0) if self.parts else b""
        room[: len(part)] = part
        return len(part)


reader = io.BufferedReader(Parts(b"abc", b"de", b"fgh", b"jkl"), 10)
for size in (2, 2, 2, 20, 20):
    if size == 20:
        reader.peek(1)
    room = bytearray(size)
    print(room[: reader.readinto1(room)])

print("-- seeking within what was read ahead")
with tempfile.TemporaryFile() as file:
    file.write(bytes(range(100)))
    file.seek(0)
    print(file.read(10)[-1], file.seek(-5, 1), file.read(1), file.seek(50), file.read(1), file.seek(-60, 2), file.read(1), file.tell())


class Wrong(io.RawIOBase):
    def readable(self):
        return True

    def readinto(self, room):
        return b""


try:
    io.BufferedReader(Wrong()).readline()
except OSError as error:
    print(error, repr(error.__cause__))
