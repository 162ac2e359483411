# `del` of names, attributes, items and slices.

x, y, z = 1, 2, 3
del x, (y, [z])
for name in "xyz":
    try:
        eval(name)
    except NameError as e:
        print(e)
items = list(range(10))
del items[0], items[-1]
print(items)
del items[2:4]
print(items)
del items[::2]
print(items)
d = {"a": 1, "b": 2}
del d["a"]
print(d)


class Logs:
    def __delattr__(self, name):
        print("delattr", name)

    def __delitem__(self, key):
        print("delitem", key)


o = Logs()
del o.a, o[1], o[1:2], o[1, 2:3, ...]


class Plain:
    shared = 1


p = Plain()
p.own = 1
del p.own
for statement in "del p.own", "del p.shared", "del d['a']", "del items[99]", "del nothing", "del (1).real", "del 'abc'[0]", "del p[0]":
    try:
        exec(statement)
    except Exception as e:
        print(type(e).__name__, e)


class Ends:
    def __del__(self):
        print("gone")


e = Ends()
f = e
del e
print("one left")
del f
print("after")
