a = b = c, *d = e
a += 1; b: int; (c): int = 2; d.e: f = yield
del a, (b, c), d[0]
assert a, b
raise A from b
import a.b.c as d, e
from .. import x
from ...a.b import (c as d, e,)
from f import *
global a, b
nonlocal c
return *a, b
type X[T: int = str, *Ts = *a, **P = []] = T
