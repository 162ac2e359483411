"""Functions of Python 2 modules that are methods or settings now."""
import sys


def join(words, sep=' '):
    return sep.join(words)


def split(s, sep=None, maxsplit=-1):
    return s.split(sep, maxsplit)


def replace(s, old, new, maxreplace=-1):
    return s.replace(old, new, maxreplace)


def upper(s):
    return s.upper()


def lower(s):
    return s.lower()


def strip(s, chars=None):
    return s.strip(chars)


def maketrans(fromstr, tostr):
    return str.maketrans(fromstr, tostr)


def exc_clear():
    pass


def setcheckinterval(interval):
    getattr(sys, 'setcheckinterval', lambda n: None)(interval)


def getcheckinterval():
    return getattr(sys, 'getcheckinterval', lambda: 100)()
