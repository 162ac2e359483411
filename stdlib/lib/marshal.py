"""Stored forms of values. Compiled code is never kept in files here, and nothing else needs it:
the functions say that they are not done."""

version = 5


def _missing(name):
    raise NotImplementedError("marshal.%s is not done" % name)


def dump(value, file, version=version, /, *, allow_code=True):
    """Write the value on the open file."""
    _missing("dump")


def dumps(value, version=version, /, *, allow_code=True):
    """Return the bytes object that would be written to a file by dump(value, file)."""
    _missing("dumps")


def load(file, /, *, allow_code=True):
    """Read one value from the open file and return it."""
    _missing("load")


def loads(data, /, *, allow_code=True):
    """Convert the bytes-like object to a value."""
    _missing("loads")
