# `__getattr__`, `__getattribute__`, `__setattr__`, `__delattr__`, `__dir__`, module `__getattr__`.

class Falls:
    known = 1

    def __getattr__(self, name):
        if name.startswith("_"):
            raise AttributeError(name)
        return f"made {name}"


f = Falls()
print(f.known, f.other, hasattr(f, "_x"), getattr(f, "_x", "default"))


class All:
    def __init__(self):
        self.seen = []

    def __getattribute__(self, name):
        seen = object.__getattribute__(self, "seen")
        seen.append(name)
        return object.__getattribute__(self, name)

    def __len__(self):
        return 5


a = All()
a.missing if hasattr(a, "missing") else None
print(len(a), a.seen)


class Guarded:
    def __setattr__(self, name, value):
        if name == "secret":
            raise AttributeError("refused")
        super().__setattr__(name, value + 1)

    def __delattr__(self, name):
        print("deletes", name)
        super().__delattr__(name)

    def __dir__(self):
        return ["z", "a"]


g = Guarded()
g.x = 1
print(g.x, dir(g))
del g.x
for bad in ["g.secret = 1", "g.x", "del g.x", "setattr(g, 1, 2)", "getattr(g, 5)", "delattr(g, None)"]:
    try:
        exec(bad)
    except Exception as e:
        print(type(e).__name__, e)

import sys
import types

module = types.ModuleType("dynamic", "A doc.")


def module_getattr(name):
    if name.startswith("__"):
        raise AttributeError(name)
    return name * 2


module.__getattr__ = module_getattr
sys.modules["dynamic"] = module
import dynamic
from dynamic import ab

print(dynamic.xy, ab, dynamic.__doc__, dynamic)
print(vars(types.SimpleNamespace(a=1)), types.SimpleNamespace(b=[2]))
try:
    vars(5)
except TypeError as e:
    print(e)
