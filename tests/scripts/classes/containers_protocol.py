# A class as a container: items, slices, length, iteration, `__missing__`, `__index__`, copying.

class Row:
    def __init__(self, *items):
        self.items = list(items)

    def __len__(self):
        return len(self.items)

    def __getitem__(self, key):
        print("get", key, end="; ")
        return self.items[key]

    def __setitem__(self, key, value):
        print("set", key, value)
        self.items[key] = value

    def __delitem__(self, key):
        print("del", key)
        del self.items[key]

    def __reversed__(self):
        return iter(["reversed"])

    def __contains__(self, x):
        return x == "everything"


r = Row(1, 2, 3)
print(r[0], r[-1], r[1:], r[::2], len(r), bool(Row()))
r[0] = 5
r[1:2] = [7, 8]
del r[0]
print(list(r), list(reversed(r)), "everything" in r, 1 in r)
first, *rest = r
print(first, rest)


class Keys:
    def __getitem__(self, key):
        return key


k = Keys()
print(k[1, 2], k[1:2, ::3], k[...], k[()], k[:], k[1,], k[{}])
print(k[*[1, 2]], k[*"ab", 1:2])


class Default(dict):
    def __missing__(self, key):
        self[key] = key * 2
        return self[key]


d = Default(a=1)
print(d["a"], d["b"], d, d.get("c"), "c" in d)


class Index:
    def __init__(self, n):
        self.n = n

    def __index__(self):
        return self.n


print([10, 20, 30][Index(1)], "abc"[Index(-1)], [1, 2, 3][Index(0):Index(2)], hex(Index(255)), range(Index(3)), [0] * Index(2))
for bad in ["[1][1.0]", "[1]['a']", "'abc'[None]", "(1,)[5]", "{}['k']", "{}[[]]", "5[0]", "[1][Index('x')]", "[][0:1:0]", "range(3)[7]",
            "None[0]", "Row()[0]", "int[0]", "print[1]", "[1, 2][Keys()]", "'a'[1:'b']"]:
    try:
        eval(bad)
    except Exception as e:
        print(type(e).__name__, e)

import copy


class Node:
    def __init__(self, value, next=None):
        self.value, self.next = value, next


n = Node([1])
n.next = n
shallow, deep = copy.copy(n), copy.deepcopy(n)
print(shallow.value is n.value, deep.value is n.value, deep.next is deep)


class Custom:
    def __copy__(self):
        return "copied"

    def __deepcopy__(self, memo):
        return "deeply"


print(copy.copy(Custom()), copy.deepcopy([Custom()]), copy.deepcopy({1: (2, [3])}))
