# What plays a class without being one: __bases__ and __class__ are asked.
class Abstract:
    def __init__(self, bases):
        self.bases = bases

    @property
    def __bases__(self):
        return self.bases


class Instance:
    def __init__(self, kind):
        self.kind = kind

    @property
    def __class__(self):
        return self.kind


def show(f):
    try:
        print(f())
    except Exception as e:
        print(type(e).__name__, e)


above = Abstract(())
below = Abstract((above,))
show(lambda: isinstance(Instance(below), above))
show(lambda: isinstance(Instance(above), below))
show(lambda: isinstance(3, above))
show(lambda: issubclass(below, above))
show(lambda: issubclass(above, below))
show(lambda: issubclass(int, above))
show(lambda: issubclass(above, int))
show(lambda: isinstance(3, 3))


class Failing:
    @property
    def __bases__(self):
        raise RuntimeError("no bases")


show(lambda: isinstance(3, Failing()))


# A comparison that is None is refused.
class NoEq:
    __eq__ = None


class NoNe:
    __ne__ = None


show(lambda: NoEq() == NoEq())
show(lambda: NoNe() != NoNe())
show(lambda: 1 == NoEq())
show(lambda: type("A\udcdcB", (), {}))

# Classes that refer to themselves through what they hold are collected.
import gc
import weakref


def cycle(container):
    class A:
        held = container
    if isinstance(A.held, list):
        A.held.append(A)
    else:
        A.held[A] = None
    return weakref.ref(A)


for container in ([], {}):
    ref = cycle(container)
    del container
    gc.collect()
    print(ref())
