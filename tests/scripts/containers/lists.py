# Lists: every method, slices on both sides, sorting, equality, repr of itself.

a = [3, 1, 2]
a.append(5)
a.extend("ab")
a.insert(1, "in")
a.insert(-100, "first")
a.insert(100, "last")
print(a, len(a), a.index(2), a.count(1), a.pop(), a.pop(0), a.pop(-2), a)
a.remove("in")
a.reverse()
print(a, a.copy() == a, a.copy() is a, a * 2, 2 * [1], [1] + [2], 3 in a, a.__contains__(99))
b = list(range(10))
print(b[2:5], b[:-3], b[::3], b[::-1], b[8:2:-2], b[100:], b[-100:2], b[5:2], b[slice(1, 4)], b[-1], b[True])
b[2:5] = "xyz"
b[::4] = [100, 200, 300]
b[1:1] = [7, 8]
b[-1:] = []
print(b)
b[5:2] = ["odd"]
del b[::2]
print(b)
b[:] = []
print(b, b is b[:])
for bad in ["a[99]", "a[99] = 1", "del a[99]", "a['x']", "a[1.5]", "a[::2] = [1]", "a[::0]", "a.remove(99)", "[].pop()", "a.pop(99)", "a.index('x')" if 0 else "a.pop('x')", "a + (1,)", "a + None", "a * 1.5", "a < 1", "a[1:2] = 5",
            "a[None]", "[1, 'a'].sort()", "a.sort(1)", "a.sort(key=5)", "list(1, 2)", "list(5)", "a.extend(5)", "a.insert('x', 1)", "a += 5", "a[0:1:'x']"]:
    try:
        exec(bad)
    except Exception as e:
        print(bad, "->", type(e).__name__, e)
words = ["banana", "Apple", "cherry", "apple", "fig"]
print(sorted(words), sorted(words, key=str.lower), sorted(words, key=len, reverse=True), sorted([(1, "b"), (1, "a"), (0, "c")]))
words.sort(key=lambda w: (len(w), w))
print(words, sorted([3, 1, 2], reverse=True), sorted([1.5, 1, True, 0.5]), sorted("hello"), sorted({3: 1, 1: 2}), sorted([]), sorted([[2], [1, 5], [1]]))
import functools

print(sorted([3, 1, 2], key=functools.cmp_to_key(lambda x, y: y - x)), list(reversed([1, 2])), max([3, 1], key=lambda x: -x), min([], default="none"))
print([1, 2] == [1, 2.0], [1] < [1, 2], [2] > [1, 9], [] < [1], [1, [2]] == [1, [2]], [1] == (1,), [1] != [2], not [], [[]] and "true")
loop = [1]
loop.append(loop)
print(loop, loop[1][1][0], str([[], (), {}, "s", None]), [0] * 0, [[]] * 2, list("abc"), [*range(3), *"x"], list({1: 2}), list(map(str, [1])))
x = [[0] * 2] * 2
x[0][0] = 1
print(x, x[0] is x[1])
a = b = [1]
a += [2]
a = a + [3]
print(a, b)


class Sub(list):
    def __getitem__(self, i):
        return ("sub", i)


s = Sub([1, 2])
print(s[0], s, list(s), s + [3], type(s + [3]).__name__, type(s[:]).__name__, type(s.copy()).__name__, s == [1, 2], sorted(Sub([2, 1])), [x for x in s])
it = [1, 2, 3, 4]
print([it.pop() for _ in it], it, sum([[1], [2]], []), [i for i in [1, 2, 3] if i != 2], any([]), all([]), list(zip([1, 2], [3])), [None] * 2 == [None, None])
