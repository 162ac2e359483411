# The library's containers: deque, heapq, bisect, array, struct.

from array import array
from bisect import bisect, bisect_left, insort
from collections import deque
import heapq
import struct

d = deque([1, 2, 3], maxlen=4)
d.append(4)
d.append(5)
d.appendleft(0)
print(d, d.pop(), d.popleft(), d.maxlen, len(d), d[0], d[-1])
d.extend([7, 8, 9])
d.extendleft("ab")
d.rotate(1)
print(d, d.count("a"), d.index("a"), list(reversed(d)), 7 in d, d.copy() == d, d + deque([1]), d * 1)
d[0] = "set"
d.insert(1, "i") if len(d) < 4 else d.remove("a")
d.reverse()
del d[0]
print(d, deque("ab") < deque("b"), deque([[]]), deque(maxlen=0), bool(deque()))
for bad in ["deque().pop()", "deque().popleft()", "d[99]", "d.remove('zz')", "deque(5)", "deque([], -1)", "deque(maxlen='x')", "for x in d: d.append(x)", "deque([1], 1).insert(0, 5)", "d.index('zz')", "d.rotate('x')", "hash(d)", "d + [1]"]:
    try:
        exec(bad)
    except Exception as e:
        print(bad, "->", type(e).__name__, e)
loop = deque()
loop.append(loop)
print(loop)
h = [5, 3, 8, 1]
heapq.heapify(h)
heapq.heappush(h, 2)
print(heapq.heappop(h), heapq.heappushpop(h, 0), heapq.heapreplace(h, 9), h, heapq.nlargest(2, h), heapq.nsmallest(2, "hello"), list(heapq.merge([1, 4], [2, 3])))
items = [1, 3, 3, 5]
print(bisect(items, 3), bisect_left(items, 3), bisect(items, 4, key=lambda x: -x) if 0 else bisect_left([(1, "a"), (2, "b")], 2, key=lambda x: x[0]))
insort(items, 4)
print(items)
a = array("i", [1, 2, 3])
a.append(4)
a.extend([5])
a[1:3] = array("i", [9])
print(a, a.typecode, a.itemsize, a.tolist(), a.tobytes()[:4], a + a, a * 2, a.index(9), a.count(1), a[::-1], memoryview(a).format, array("d", [1.5]), array("w", "hé") if 0 else array("b", b"ab"), a == array("l", a))
for bad in ["array('b', [200])", "array('i', ['x'])", "a[99]", "a.append('x')", "a.append(2**40)", "array('i').pop()", "a + [1]", "a[0] = 1.5", "array('B', [-1])", "a.remove(99)", "a[0:1] = [1]"]:
    try:
        exec(bad)
    except Exception as e:
        print(bad, "->", type(e).__name__, e)
print(struct.pack("<ihq3sx?f", 1, -2, 3, b"ab", True, 1.5), struct.unpack(">HB", b"\x01\x02\x03"), struct.calcsize("@ic"), struct.unpack_from("<I", b"xx\x01\0\0\0", 2), list(struct.iter_unpack("B", b"ab")), struct.pack("5p", b"abc"), struct.pack("e", 1.5))
for bad in ["struct.pack('B', 300)", "struct.pack('i', 'x')", "struct.pack('z', 1)", "struct.unpack('i', b'')", "struct.pack('ii', 1)", "struct.pack('b', -129)", "struct.pack('s', 1)"]:
    try:
        exec(bad)
    except struct.error as e:
        print(bad, "->", e)
    except Exception as e:
        print(bad, "->", type(e).__name__, e)


print("-- an iterator of a deque that was empty")
from collections import deque

d = deque()
iterator = iter(d)
d.append(10)
try:
    next(iterator)
except RuntimeError as error:
    print(error)
