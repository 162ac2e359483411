"""A submodule is set on the package that stands in `sys.modules` when it has been read."""
import os
import sys
import tempfile
import warnings

with tempfile.TemporaryDirectory() as folder:
    sys.path.insert(0, folder)
    files = {
        "again/__init__.py": "",
        "again/one.py": "import sys\nsys.modules.pop(__package__)\nfrom . import two\n",
        "again/two.py": "",
        "closed/__init__.py": "import sys\nclass Closed:\n    __slots__ = ('__name__', '__path__', '__spec__')\n"
        "new = Closed()\nnew.__name__, new.__path__ = __name__, __path__\nnew.__spec__ = __spec__\nsys.modules[__name__] = new\n",
        "closed/inner.py": "value = 1\n",
    }
    for name, text in files.items():
        os.makedirs(os.path.dirname(os.path.join(folder, name)), exist_ok=True)
        with open(os.path.join(folder, name), "w") as file:
            file.write(text)
    import again.one

    print(again.one.two.__name__, again.two is again.one.two, again is sys.modules["again"])
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        from closed import inner
    print(inner.value, [f"{w.category.__name__}: {w.message}" for w in caught])
    try:
        __import__("")
    except ValueError as error:
        print(error)
    sys.path.remove(folder)
