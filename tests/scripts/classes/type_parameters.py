import pickle
import typing


class Box[T]:
    def __init__(self):
        self.content = 1


class IntBox(Box[int]):
    pass


for made in (Box(), IntBox(), Box[int]()):
    print([vars(pickle.loads(pickle.dumps(made, protocol))).get("content") for protocol in range(6)])

type Alias = int
Other = typing.TypeAliasType("Other", str)
print(Alias.__module__, Other.__module__, pickle.loads(pickle.dumps(Alias)) is Alias)
print(type.__type_params__, Box.__type_params__, typing.TypeAliasType.__module__)

made = type("Made", (), {"__firstlineno__": 42})
print(made.__firstlineno__)
made.__module__ = "elsewhere"
print(hasattr(made, "__firstlineno__"))


class Text(str):
    def __str__(self):
        return "its own"


text = Text("x")
print("{}".format(text), f"{text}", format(text), "{:5}|".format(text), f"{text:>3}", "%s" % text)


class Names(dict):
    def keys(self):
        return ["x", "y"]


print(eval("dir()", {}, Names()))

import re
import weakref


class Answers(dict):
    def __getattr__(self, name):
        return self[name]


def named():
    pass


answers = Answers()
for target in (answers, named, Answers):
    print(re.sub(r"__main__[.]|0x[0-9a-f]+", "", repr(weakref.ref(target))))
