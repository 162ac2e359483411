# `import` in all its forms: names, aliases, packages, relative imports, `__all__`, cycles.

import os
import sys
import tempfile
import textwrap

folder = tempfile.mkdtemp()


def write(name, text):
    path = os.path.join(folder, name)
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "w") as f:
        f.write(textwrap.dedent(text))


write("plain.py", "print('plain runs', __name__)\nx = 1\n_hidden = 2\n")
write("pack/__init__.py", "print('pack runs')\n__all__ = ['sub', 'name']\nname = 'pack name'\nfrom . import sub\n")
write("pack/sub.py", "from . import name\nfrom .. import nothing\n" if 0 else "from . import name\nvalue = name + '!'\ndef f(): from .other import deep; return deep\n")
write("pack/other.py", "deep = __package__ + ' ' + __name__\n")
write("pack/inner/__init__.py", "from ..sub import value\nfrom .. import name as up\n")
write("space/module.py", "here = __name__\n")
write("fails.py", "print('begins')\nraise ValueError('inside')\n")
write("cycle_a.py", "import cycle_b\nx = 1\n")
write("cycle_b.py", "import cycle_a\ndef get(): return cycle_a.x\ntry:\n    cycle_a.x\nexcept AttributeError as e:\n    print(str(e).replace(__file__[:-10], 'FOLDER'))\n")
write("cycle_c.py", "from cycle_d import y\nx = 1\n")
write("cycle_d.py", "from cycle_c import x\ny = 1\n")
write("broken.py", "def f(:\n")
write("dynamic.py", "def __getattr__(name):\n    if name.startswith('__'): raise AttributeError(name)\n    return name.upper()\n")
write("main/__main__.py", "print('as a program')\n")
sys.path.insert(0, folder)
sys.dont_write_bytecode = True

import plain
import plain as p
from plain import x, x as y

print(plain is p, x, y, plain.__name__, os.path.basename(plain.__file__), plain.__spec__.name, repr(plain.__package__))
import pack.sub
import pack.inner as inner
from pack import *
from pack.sub import f

print(pack.sub.value, inner.up, inner.value, name, sub.__name__, f(), pack.__path__ == [os.path.join(folder, "pack")], inner.__package__)
import space.module
from space import module as m

print(m.here, space.__file__ if hasattr(space, "__file__") else "a namespace")
import cycle_a

print(cycle_a.cycle_b.get())
from dynamic import anything

print(anything)
for bad in ["import nowhere", "import pack.nowhere", "import plain.x", "from plain import nope", "from nowhere import x", "from . import x", "import fails", "import fails", "import cycle_c", "import broken", "from os import path.x",
            "from plain import *, x", "import nowhere.deeper", "from pack.sub import nope", "__import__('pack.sub', fromlist=['zz']).value", "import sys.path", "from ..up import x"]:
    try:
        exec(bad, {"__name__": "__main__"})
        print(bad, "fine")
    except Exception as e:
        print(bad, "->", type(e).__name__, str(e).replace(folder, "FOLDER"))
print("fails" in sys.modules, "cycle_c" in sys.modules)
sys.modules["made_up"] = 5
import made_up

print(made_up)
sys.modules["blocked"] = None
try:
    import blocked
except ImportError as e:
    print(type(e).__name__, e, e.name)
import importlib.util

print(importlib.import_module(".sub", "pack").value, importlib.reload(plain).x, importlib.util.find_spec("pack.other").name, importlib.util.find_spec("nowhere"))
import runpy

print(runpy.run_path(os.path.join(folder, "main"))["__name__"], runpy.run_module("plain")["x"])


class Finder:
    def find_spec(self, name, path, target=None):
        if name == "virtual":
            return importlib.util.spec_from_loader(name, self)

    def create_module(self, spec):
        return None

    def exec_module(self, module):
        module.origin = "made by a finder"


sys.meta_path.append(Finder())
import virtual

print(virtual.origin)
import shutil

shutil.rmtree(folder)
