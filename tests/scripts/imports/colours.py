"""Modules that might show colours bring along what colours need only when one is shown."""
import sys
import logging
import traceback

print("dataclasses" in sys.modules, "_colorize" in sys.modules)

import _colorize

print(_colorize.can_colorize.__name__, _colorize.COLORIZE)
try:
    _colorize.nothing
except AttributeError as error:
    print(error)

_colorize.COLORIZE = False
print("ANSIColors" in dir(_colorize), _colorize.COLORIZE, _colorize.can_colorize())
print(repr(_colorize.ANSIColors.RED), repr(_colorize.get_colors().RED))
print(_colorize.__name__, _colorize.ANSIColors.__module__)

try:
    1 / 0
except ZeroDivisionError:
    print(traceback.format_exc().splitlines()[-1])
