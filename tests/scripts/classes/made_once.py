"""An object whose `__init__` refuses the arguments, or takes unusually many, is made once and ends once."""


class Counted:
    ended = 0

    def __init__(self, a):
        self.a = a

    def __del__(self):
        Counted.ended += 1


for call in (
    lambda: Counted(),
    lambda: Counted(1, 2),
    lambda: Counted(b=1),
    lambda: Counted(1, a=2),
    lambda: Counted(1),
    lambda: Counted(a=1),
):
    Counted.ended = 0
    try:
        call()
    except TypeError as error:
        print(error)
    print("ended:", Counted.ended)


class Many:
    def __init__(self, a, b=0, c=0, d=0, e=0, f=0, g=0, h=0, i=0, j=0, k=0, l=0, m=0, n=0, o=0, p=0, q=0):
        self.first = a

    def __del__(self):
        print("gone:", self.first)


Many(1)
Many(a=2)
Many(3, q=4)


class Missing(Exception):
    def __init__(self, name):
        super().__init__(name)

    def __del__(self):
        Counted.ended += 1


Counted.ended = 0
try:
    Missing()
except TypeError as error:
    print(error)
print("ended:", Counted.ended)


class Wide:
    ended = 0

    def __init__(self, a, b=0):
        c = d = e = f = g = h = i = j = k = l = m = n = o = p = q = r = s = t = u = v = w = x = y = z = a
        self.sum = a + b + c + z

    def __del__(self):
        Wide.ended += 1


def deep(n):
    Wide(1)
    Wide(a=1)
    Wide(1, b=2)
    if n:
        deep(n - 1)


deep(900)
print("made and gone:", Wide.ended)


class Noisy:
    def __init__(self, name):
        self.name = name

    def __eq__(self, other):
        print("eq")
        return True

    def __del__(self):
        print("del", self.name)


if Noisy("x") in [Noisy("y")]:
    print("body")
