# Modules as objects: attributes, `sys.modules`, `__getattr__`, reloading, what `dir` shows.

import math
import sys
import types

m = types.ModuleType("made", "its doc")
print(m, m.__name__, m.__doc__, m.__dict__["__spec__"], sorted(m.__dict__), m.__loader__, m.__package__)
exec("x = 1\ndef f(): return x", m.__dict__)
m.x = 5
print(m.f(), m.f.__module__, m.f.__globals__ is m.__dict__, dir(m)[-2:])
del m.x
for bad in ["m.f()", "m.nope", "del m.nope", "types.ModuleType()", "math.nope", "import math.pi", "sys.modules['gone']", "del math.__name__; repr(math)"]:
    try:
        exec(bad)
    except Exception as e:
        print(bad, "->", type(e).__name__, e)
math.__name__ = "math"
print(type(math).__name__, math.__name__, math.__spec__.name, sys.__name__, "math" in sys.modules, sys.modules["math"] is math, __name__)


class Lazy(types.ModuleType):
    @property
    def computed(self):
        return "computed"

    def __call__(self):
        return "called"


m.__class__ = Lazy
print(m.computed, m(), type(m).__name__, repr(m))
sys.modules["made"] = m
import made

print(made is m, __import__("made") is m, sys.modules.pop("made") is m)
try:
    import made
except ImportError as e:
    print(e, e.name, e.path)
import os.path as p
import collections.abc
import xml.dom

print(p is os.path if "os" in globals() else p.__name__ == "posixpath", collections.abc.Sized.__name__, xml.dom.__name__, xml.__name__)
print([n for n in ("__name__", "__doc__", "__builtins__", "__spec__") if n in globals()])
