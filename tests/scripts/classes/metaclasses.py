# Metaclasses, `__prepare__`, `__init_subclass__`, class decorators, class creation by `type`.

class Meta(type):
    @classmethod
    def __prepare__(meta, name, bases, **kwargs):
        print("prepare", name, [b.__name__ for b in bases], kwargs)
        return {"prepared": True}

    def __new__(meta, name, bases, namespace, **kwargs):
        print("new", name, sorted(k for k in namespace if not k.startswith("__")))
        return super().__new__(meta, name, bases, dict(namespace))

    def __init__(cls, name, bases, namespace, **kwargs):
        print("init", name, kwargs)

    def __call__(cls, *args):
        print("call", cls.__name__)
        return super().__call__(*args)

    def __repr__(cls):
        return f"<the class {cls.__name__}>"

    def __len__(cls):
        return 7

    def __getattr__(cls, name):
        return f"{cls.__name__} has no {name}"

    def __contains__(cls, x):
        return True

    def __getitem__(cls, key):
        return key

    @property
    def meta_property(cls):
        return "seen on the class"


class A(metaclass=Meta, option=1):
    x = 1


class B(A):
    def method(self):
        return __class__


print(A, B, type(B), len(B), B.anything, 5 in A, A[1:2], A.meta_property, B().method(), A.prepared)
try:
    A().meta_property
except AttributeError as e:
    print(e)


class Registry:
    known = []

    def __init_subclass__(cls, /, tag=None, **kwargs):
        super().__init_subclass__(**kwargs)
        cls.known.append((cls.__name__, tag))


class First(Registry, tag="one"): ...


class Second(First): ...


print(Registry.known)
try:
    class Third(Registry, wrong=1): ...
except TypeError as e:
    print(e)
Dynamic = type("Dynamic", (dict,), {"double": lambda self: len(self) * 2})
print(Dynamic(a=1).double(), Dynamic.__name__, Dynamic.__module__)


class M1(type): ...


class M2(type): ...


try:
    class Conflict(M1("X", (), {}), M2("Y", (), {})): ...
except TypeError as e:
    print(e)


def wraps(cls):
    cls.wrapped = True
    return cls


@wraps
class Decorated: ...


print(Decorated.wrapped)


class Substitute:
    def __mro_entries__(self, bases):
        return (list,)


class FromEntries(Substitute()): ...


print(FromEntries.__mro__, FromEntries.__orig_bases__[0].__class__.__name__)


class Generic:
    def __class_getitem__(cls, item):
        return f"{cls.__name__} of {item}"


print(Generic[int], Generic[1, 2])


class Checked(type):
    def __instancecheck__(cls, obj):
        return obj == 5

    def __subclasscheck__(cls, sub):
        return sub is int


class Virtual(metaclass=Checked): ...


print(isinstance(5, Virtual), isinstance(6, Virtual), issubclass(int, Virtual), issubclass(str, (Virtual, bytes)))
