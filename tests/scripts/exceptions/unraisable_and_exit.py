# Exceptions that cannot be raised go to `sys.unraisablehook`; what `sys.exit` and `atexit` do.

import gc
import sys
import weakref


def hook(info):
    print("unraisable:", type(info.exc_value).__name__, info.exc_value)


sys.unraisablehook = hook


class Bad:
    def __del__(self):
        raise ValueError("in __del__")


Bad()
b = Bad()
b = None


class Target: ...


t = Target()
r = weakref.ref(t, lambda ref: 1 / 0)
del t
print(r())


class Cycle:
    def __init__(self):
        self.me = self

    def __del__(self):
        raise KeyError("collected")


Cycle()
gc.collect()


def g():
    try:
        yield
    finally:
        raise OSError("closing")


it = g()
next(it)
del it
for code in None, 0, 5, "text", (1, 2):
    try:
        sys.exit(code)
    except SystemExit as e:
        print(repr(e), e.code)
try:
    exit()
except SystemExit as e:
    print(e.code)
try:
    raise SystemExit
except BaseException as e:
    print(isinstance(e, Exception), e.args, e.code)


def excepthook(kind, value, traceback):
    print("excepthook", kind.__name__, value, traceback is not None)


excepthook(*(lambda: (KeyError, KeyError("k"), None))())
import atexit

atexit.register(print, "at exit: first registered runs last")
atexit.register(lambda: print("at exit: second"))
atexit.unregister(len)


class KI(KeyboardInterrupt): ...


try:
    raise KI("stop")
except KeyboardInterrupt as e:
    print(type(e).__mro__[1].__name__, e)
