# Local, enclosing, global and builtin names.

x = "global"


def reads():
    return x


def writes():
    global x, made
    x = "changed"
    made = 1


writes()
print(reads(), made)


def counter():
    n = 0

    def step():
        nonlocal n
        n += 1
        return n
    return step


a, b = counter(), counter()
print(a(), a(), b(), a.__closure__[0].cell_contents)

functions = [lambda: i for i in range(3)]
print([g() for g in functions], [(lambda i=i: i)() for i in range(3)])


def unbound():
    print(value)
    value = 1


def deleted():
    value = 1
    del value
    return value


def free():
    def inner():
        return later
    inner()
    later = 1


for g in unbound, deleted, free, lambda: nowhere:
    try:
        g()
    except NameError as e:
        print(type(e).__name__, e)


class Body:
    x = "class"
    seen = [x for _ in range(1)]
    y = x

    def method(self):
        return x


print(Body.seen, Body.y, Body().method())


def in_class():
    x = "enclosing"

    class Inner:
        print(x)
        x = "own"
        print(x)
    return Inner.x


print(in_class())


def local_names(a, b=2):
    c = 3
    return sorted(locals())


print(local_names(1))
print([x for x in range(3)], x)
del x
try:
    x
except NameError as e:
    print(e)
len = lambda thing: "mine"
print(len([]))
del len
print(len([]))
try:
    raise ValueError
except ValueError as caught:
    pass
try:
    caught
except NameError as e:
    print(e)


def exec_in_function():
    exec("made_by_exec = 1")
    return "made_by_exec" in locals()


print(exec_in_function(), eval("y + z", {"y": 1}, {"z": 2}))


print("-- names of keywords are no private names, those of parameters are")


def named(**names):
    return names


class Private:
    def call(self):
        return named(__x=1), named(**{"__y": 2}, __x=1), named(*[], __x=1), self.method(__z=3)

    def method(self, **names):
        return names

    def parameter(self, __a=1, *, __b=2):
        return __a

    class Inner(metaclass=lambda name, bases, body, **names: names, __key=1):
        pass


print(Private().call(), Private.Inner, Private.parameter.__code__.co_varnames)
print(sorted(named(**{"_Private__a": 1})), Private().parameter(_Private__a=4))
