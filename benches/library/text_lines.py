"""Text files: written, read line by line, whole and in pieces, in several encodings and line ends."""
# bench: quick=20
import io
import os
import sys
import tempfile


def write(path, n, encoding="utf-8", newline=None, word="plain"):
    with open(path, "w", encoding=encoding, newline=newline) as file:
        for i in range(n):
            file.write(f"{i},{word},{i * 7 % 1000}\n")
        file.writelines("%d;%s\n" % (i, word) for i in range(n // 4))
        print(n, word, sep="\t", file=file)
    return os.path.getsize(path)


def read(path, encoding="utf-8", newline=None):
    total = 0
    with open(path, encoding=encoding, newline=newline) as file:
        for line in file:
            if line.endswith("7\n"):
                total += len(line)
            total += len(line.rstrip("\n"))
    return total


def other_ways(path):
    """readline, readlines, read in pieces, bytes."""
    total = 0
    with open(path, encoding="utf-8") as file:
        while line := file.readline():
            total += len(line)
    with open(path, encoding="utf-8") as file:
        total += len(file.readlines())
    with open(path, encoding="utf-8") as file:
        while piece := file.read(1000):
            total += piece.count("\n")
    with open(path, "rb") as file:
        for line in file:
            total += line[0]
    with open(path, encoding="utf-8") as file:
        total += len(file.read().splitlines())
    return total


def copy(source, target):
    """From file to file, with a change."""
    with open(source, encoding="utf-8") as lines, open(target, "w", encoding="utf-8") as out:
        for number, line in enumerate(lines):
            out.write(line.upper() if number % 3 else line)
    with open(target, "a", encoding="utf-8") as out:
        out.write("end\n")
    with open(target, encoding="utf-8") as file:
        return sum(line.isupper() for line in file)


def in_memory(n):
    """The same with no file."""
    buffer = io.StringIO()
    for i in range(n):
        buffer.write("row ")
        buffer.write(str(i))
        buffer.write("\n")
    buffer.seek(0)
    return sum(len(line) for line in buffer), len(buffer.getvalue())


def main(n):
    n *= 100
    with tempfile.TemporaryDirectory() as folder:
        plain, mixed, target = (os.path.join(folder, name) for name in ("plain", "mixed", "target"))
        print("checksum: plain", write(plain, n), read(plain), other_ways(plain))
        print("checksum: mixed", write(mixed, n // 2, word="Käse 東京"), read(mixed), other_ways(mixed))
        print("checksum: crlf", write(mixed, n // 2, newline="\r\n"), read(mixed), read(mixed, newline=""))
        print("checksum: latin", write(mixed, n // 4, "latin-1", word="Käse"), read(mixed, "latin-1"))
        print("checksum: wide", write(mixed, n // 4, "utf-16", word="Käse"), read(mixed, "utf-16"))
        print("checksum: copy", copy(plain, target), in_memory(n))


main(int(sys.argv[1]) if len(sys.argv) > 1 else 2000)
