# Targets of an assignment: several, nested, starred, subscripts, attributes; the order of evaluation.

a = b = c = [1]
print(a is b is c)

x, (y, [z, w]) = 1, (2, [3, 4])
print(x, y, z, w)

first, *middle, last = range(6)
print(first, middle, last)
*start, end = "abc"
print(start, end)
head, *tail = [1]
print(head, tail)
(only,) = {7}
print(only)
[*everything] = (1, 2)
print(everything)
for i, *rest in [(1, 2, 3), (4,), "xyz"]:
    print(i, rest)

x, y = y, x
print(x, y)


def show(name, value):
    print("evaluates", name)
    return value


class Place:
    def __setitem__(self, key, value):
        print("item", key, "=", value)

    def __setattr__(self, name, value):
        print("attribute", name, "=", value)


place = Place()
show("target 1", place)[show("key 1", 1)] = show("target 2", place).name = show("value", 5)

i = 0
items = [0, 0]
i, items[i] = 1, 9
print(i, items)

for bad in "a, b = 1,", "a, *b, c = 1,", "a, b = 5", "a, b = {}":
    try:
        exec(bad)
    except Exception as e:
        print(type(e).__name__, e)
