"""`f_locals` of a function: a mapping that writes through, and what else it takes."""
import sys


def function(first, obj):
    x = 1
    proxy = sys._getframe().f_locals
    proxy["new"] = "kept"
    proxy[1] = 2
    print("in locals():", sorted(map(str, locals())))
    print(reversed(proxy)[:2], list(proxy)[-2:], len(proxy))
    proxy[obj] = "through " + type(obj).__name__
    return x, sorted(map(str, proxy))


class Text(str):
    pass


class Like:
    def __hash__(self):
        return hash("x")

    def __eq__(self, other):
        return other == "x"


for key in ("x", Text("x"), Like()):
    print(function(0, key))


def unbound(key):
    sys._getframe().f_locals[key] = 5
    print(x)
    x = 1


unbound(Text("x"))

print("-- made of a frame")


def frame():
    a, b = 1, 2
    return sys._getframe()


Proxy = type(frame().f_locals)
print(Proxy.__name__, dict(Proxy(frame())))
for args in ((), (1,), (frame(), 2)):
    try:
        Proxy(*args)
    except TypeError as error:
        print(error)


def itself():
    me = sys._getframe().f_locals
    return repr(me)


print(itself())

print("-- a cleared frame keeps nothing")


def outer():
    x = 5

    def inner():
        y = 6
        return x / 0

    return inner


try:
    outer()()
except ZeroDivisionError as error:
    inner = error.__traceback__.tb_next.tb_frame
print(dict(inner.f_locals))
inner.clear()
print(dict(inner.f_locals))
