import os, a.b.c, a.b.c as d
from . import x
from ..pkg.mod import y as z, w
from math import *
