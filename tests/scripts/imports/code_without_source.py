"""Files of code without their source; modules of the library name a file."""
import importlib
import json
import os
import py_compile
import sys
import tempfile

with tempfile.TemporaryDirectory() as folder:
    sys.path.insert(0, folder)
    os.mkdir(os.path.join(folder, "packaged"))
    for name in ("alone", "packaged/__init__", "packaged/inner"):
        source = os.path.join(folder, name + ".py")
        with open(source, "w") as file:
            file.write(f"value = {name!r}\n")
        py_compile.compile(source, cfile=source + "c", doraise=True)
        os.remove(source)
    import alone
    import packaged.inner

    for module in (alone, packaged, packaged.inner):
        print(module.__name__, module.value, os.path.relpath(module.__file__, folder), type(module.__loader__).__name__)
    with open(os.path.join(folder, "broken.pyc"), "wb") as file:
        file.write(b"no code at all, whatever the name says")
    try:
        importlib.import_module("broken")
    except ImportError as error:
        print(type(error).__name__, error.name)
    sys.path.remove(folder)

print([os.path.basename(module.__file__) for module in (os, json, json.decoder)], os.__spec__.name)
