# Colours of terminals and themes of them: the library's module of this name, run when something of it is
# first wanted. Its data classes bring along `dataclasses` and `inspect` and have methods compiled from text;
# most programs that import `traceback`, `logging` or `unittest` never show a colour.

import _imp
import _thread

_filling = _thread.RLock()
_busy = False


def _fill():
    global _busy
    names = globals()
    with _filling:
        if _busy or "__getattr__" not in names:
            return
        _busy = True
        try:
            # What somebody has set before is to stay.
            given = {name: value for name, value in names.items() if _bare.get(name, _bare) is not value}
            exec(_imp.get_frozen_object("_colorize_library"), names)
            names.update(given)
            del names["__getattr__"], names["__dir__"]
        finally:
            _busy = False


def __getattr__(name):
    _fill()
    try:
        return globals()[name]
    except KeyError:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}") from None


def __dir__():
    _fill()
    return list(globals())


def get_theme(**options):
    _fill()
    return globals()["get_theme"](**options)


_bare = dict(globals())
