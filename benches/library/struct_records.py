"""Binary records: packing and unpacking of fixed and odd formats, iteration, buffers."""
# bench: quick=50
import struct
import sys


def records(n):
    """One record after the other, by a compiled format."""
    layout = struct.Struct("<IHhBxd8s")
    packed = []
    for i in range(n):
        packed.append(layout.pack(i, i & 65535, -(i & 1023), i & 255, i / 8, b"name%d" % (i % 1000)))
    data = b"".join(packed)
    total = 0
    for serial, low, negative, byte, value, name in layout.iter_unpack(data):
        total += serial + low + negative + byte + int(value) + len(name.rstrip(b"\0"))
    for offset in range(0, len(data), layout.size):
        total += layout.unpack_from(data, offset)[2]
    return total, len(data)


def messages(n):
    """Headers in network order by format text, bodies in a buffer."""
    buffer = bytearray(64)
    total = 0
    for i in range(n):
        struct.pack_into("!BBHI", buffer, 8, 1, i & 127, i & 65535, i)
        kind, flags, length, number = struct.unpack_from("!BBHI", buffer, 8)
        total += kind + flags + length + number
        total += struct.unpack(">H", struct.pack(">H", i & 65535))[0]
    return total, bytes(buffer[8:16])


def arrays(n):
    """Many numbers by one format."""
    row = struct.Struct("<64i")
    floats = struct.Struct("<64f")
    values = list(range(-32, 32))
    total = 0
    for i in range(n // 16):
        numbers = row.unpack(row.pack(*values))
        total += numbers[i % 64]
        total += int(sum(floats.unpack(floats.pack(*values))))
    return total


def main(n):
    for work in (records, messages, arrays):
        print("checksum:", work.__name__, work(n * 20))


main(int(sys.argv[1]) if len(sys.argv) > 1 else 22000)
