# "Did you mean": names, attributes, imports, keyword arguments, forgotten imports, `self`.
def function(parameter_name):
    return paramter_name
function(1)
# ----
value = 1
print(valeu)
# ----
pritn("x")
# ----
import collections
collections.OrderedDcit
# ----
[].appendd
# ----
"".jion([1])
# ----
class C:
    def __init__(self):
        self.attribute = 1
        self._private = 2
    def method(self):
        return attribute
C().method()
# ----
class C:
    blech = 1
    def method(self):
        return blech
C().method()
# ----
class C:
    attribute = 1
C().atribute
# ----
class C:
    __slots__ = ("position",)
C().postion
# ----
import sys
sys.exti
# ----
time.sleep(1)
# ----
datetime.now()
# ----
def f(parameter): ...
f(paramter=1)
# ----
print("x", edn="")
# ----
import clolections
# ----
import os.nothing
# ----
from . import something
# ----
None.attribute
# ----
x = 5
x.real_
# ----
nowhere_near_anything_at_all
# ----
class A:
    pass
A().x.y
# ----
class A:
    a = 1
    b = a1
# ----
def f():
    print(local)
    local = 1
f()
# ----
True_ = 1
print(true)
# ----
import math
math.pie
# ----
"text".lenght()
# ----
{}.kyes()
# ----
raise SystemExit("a message")
# ----
raise SystemExit(3)
# ----
import sys
sys.exit(["a", "list"])
# ----
exit()
# ----
raise KeyboardInterrupt
# ----
raise GeneratorExit("x")
