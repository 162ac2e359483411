# bytes, bytearray and memoryview.

b = b"Hello, \x00\xff\n"
print(b, b[0], b[1:3], b[-1:], len(b), list(b[:3]), b == bytearray(b), b"a" < b"b", 72 in b, b"llo" in b, bytes(3), bytes([1, 2]), bytes("é", "utf-8"), bytes(b"x"))
print(b.hex(), b.hex(":"), b.hex("-", 2), b.hex(" ", -3), bytes.fromhex("61 62 63"), b"%d %s %x %b %a" % (1, b"s", 255, b"b", "é"), b"abc".decode(), b"\xe9".decode("latin-1"))
print(b"aBc".upper(), b"a,b".split(b","), b" x ".strip(), b"abc".replace(b"b", b"--"), b"abc".find(b"c"), b"a".join([b"1", b"2"]), b"abc".translate(None, b"b"), b"abc".startswith((b"x", b"a")))
print(b"abc".center(7, b"*"), b"5".zfill(3), b"a\tb".expandtabs(2), b"a\nb".splitlines(), b"ab".partition(b"b"), b"Title me".title(), b"12".isdigit(), b"aXbX".rsplit(b"X", 1), b"aab".count(b"a"))
a = bytearray(b"abc")
a[0] = 65
a[1:2] = b"XYZ"
a.append(33)
a.extend([34, 35])
a += b"end"
print(a, a.pop(), a.pop(0), a, a.copy() is a)
a.insert(0, 48)
a.remove(ord("X"))
a.reverse()
del a[::2]
print(a, a * 2, a + b"x", bytearray(2), bytearray("é", "latin-1"))
a.clear()
print(a, bool(a))
data = bytearray(b"0123456789")
m = memoryview(data)
m[0] = ord("A")
m[1:3] = b"BC"
print(data, m[3], m[2:5].tobytes(), m[::-2].tolist(), m.nbytes, m.itemsize, m.format, m.shape, m.readonly, m == data, len(m))
c = m[:8].cast("I")
print(c.tolist() == list(__import__("struct").unpack("2I", data[:8])), c.shape, m[:4].cast("B", [2, 2]).tolist(), memoryview(b"x").readonly, m.hex()[:6])
for bad in ["data.append(1)", "m[0] = 256", "m[0] = 'x'", "m[0:2] = b'x'", "m['a']", "m[99]", "memoryview(b'x')[0] = 1", "b'x'[9]", "b'a' + 'a'", "bytes([256])", "bytes('x')",
            "bytes(-1)", "b'abc'.index(b'z')", "b'' .join(['x'])", "bytes.fromhex('zz')", "b'%s' % 'x'", "b'%d' % b'x'", "data[0] = 300", "bytearray(b'x').remove(5)",
            "b'x'.decode('nope')", "b'\\xff'.decode()", "b'\\x80abc'.decode('ascii')", "hash(bytearray())", "b'x'.split('x')", "int(b'zz')", "b'x'.replace(1, 2)", "memoryview('x')", "m.cast('Z')"]:
    try:
        exec(bad)
        print(bad, "fine")
    except Exception as e:
        print(bad, "->", type(e).__name__, e)
m.release()
c.release()
try:
    m[0]
except ValueError as e:
    print(e)
print(int(b"42"), float(b"1.5"), bytes(memoryview(b"xyz")), b"".join([bytearray(b"a"), memoryview(b"b")]), repr(b"'\"\\\t"), str(b"x"), b"a" * 3, {b"k": 1}[b"k"])
