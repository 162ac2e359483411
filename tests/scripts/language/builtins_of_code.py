"""Code looks its builtins up in `__builtins__` of its globals, whatever mapping that is."""
import types


def attempt(function, *args, **named):
    try:
        print("ok", function(*args, **named))
    except Exception as error:
        print(type(error).__name__, error)


class Loud(dict):
    def __getitem__(self, key):
        print("asked for", key)
        return super().__getitem__(key)


print("-- a mapping that is no dict")
attempt(eval, "found", {"__builtins__": types.MappingProxyType({"found": 1})})
attempt(eval, "missing", {"__builtins__": types.MappingProxyType({})})
attempt(eval, "found", {"__builtins__": 5})
attempt(eval, "found", {"__builtins__": [1]})

print("-- a dict with a way of its own")
attempt(eval, "found", {"__builtins__": Loud(found=1)})
attempt(eval, "missing", {"__builtins__": Loud(found=1)})

print("-- import and class")
attempt(exec, "import one.two", {"__builtins__": types.MappingProxyType({})})
names = {"__builtins__": types.MappingProxyType({"__import__": lambda *args: args})}
exec("import one.two", names)
name, outer, inner, wanted, level = names["one"]
print(name, outer is names, inner is names, wanted, level)
attempt(exec, "class A: pass", {"__builtins__": {}})
attempt(exec, "class A: pass", {"__builtins__": types.MappingProxyType({})})

print("-- globals that cannot be written")


class Fixed(dict):
    def __setitem__(self, key, value):
        raise ValueError(f"{key} is fixed")


attempt(exec, "x = 1", Fixed())
attempt(exec, "global x; x = 1", Fixed())

print("-- cells given to exec: free variables in the order of their names")


def make():
    zulu, alpha, mike = "z", "a", "m"

    def show():
        print(zulu, alpha, mike)

    return show


show = make()
print(show.__code__.co_freevars, make.__code__.co_cellvars)
exec(show.__code__, closure=tuple(types.CellType(name) for name in ["A", "M", "Z"]))


def parameters(two, one, *rest, three, **more):
    local = 1
    return lambda: (one, two, three, rest, more, local)


print(parameters.__code__.co_cellvars)

print("-- a text without a statement")
for text in ["", "\n", "# only this\n", "# one\n# two\n"]:
    try:
        compile(text, "name", "single")
    except SyntaxError as error:
        print(error.args)
exec(compile("", "name", "exec"))

print("-- a `super` of the program's own")


class Parent:
    def name(self):
        return "parent"


class Child(Parent):
    def name(self):
        return super().name()

    def both(self):
        return super(Child, self).name()


class Stand:
    def __init__(self, *args):
        self.args = args

    def name(self):
        return f"{len(self.args)} arguments"


print(Child().name(), Child().both())
super = Stand
print(Child().name(), Child().both())
del super
print(Child().name(), Child().both())
