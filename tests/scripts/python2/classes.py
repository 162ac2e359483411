# Python 2: old and new classes, methods, metaclasses, special methods of old.

class Old:
    def __init__(self, x):
        self.x = x

    def show(self):
        return "old %s" % self.x

    def __cmp__(self, other):
        return cmp(self.x, other.x)

    def __nonzero__(self):
        return self.x != 0

    def __unicode__(self):
        return u"unicode %s" % self.x

    def __div__(self, other):
        return "div"

    def __coerce__(self, other):
        return None


class New(object):
    class_attribute = 1

    def __init__(self):
        super(New, self).__init__()

    def next(self):
        raise StopIteration

    def __iter__(self):
        return self


o, p = Old(1), Old(2)
print o.show(), o < p, o == Old(1), max([p, o]).x, bool(Old(0)), unicode(o), o / 2
print list(New())
print isinstance(o, Old), o.__class__.__name__, sorted(k for k in o.__dict__), hasattr(o, "missing")


class Meta(type):
    def __new__(meta, name, bases, namespace):
        namespace["tag"] = name.lower()
        return type.__new__(meta, name, bases, namespace)


class WithMeta(object):
    __metaclass__ = Meta


print WithMeta.tag, type(WithMeta).__name__


class Base(object):
    def f(self):
        return "base"


class Child(Base):
    def f(self):
        return "child of " + super(Child, self).f()


print Child().f(), Child.__mro__[1].__name__, Child.f(Child())
try:
    o.missing
except AttributeError, e:
    print "AttributeError"


def outer():
    x = 1

    def inner():
        return x
    return inner


print outer()(), outer.func_name, outer.func_code.co_name, outer.func_defaults


def gen():
    got = yield 1
    print "got", got
    yield 2


g = gen()
print g.next(), g.send("x")
with open("/dev/null") as f:
    print f.read() == ""
