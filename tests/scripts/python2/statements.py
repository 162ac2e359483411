# Python 2: print, exec, backticks, old raise and except, octal numbers, comparison operators.

import sys

print "hello", 1, 2.5,
print "same line"
print
print >>sys.stdout, "to a stream", None
print ("a", "b"), ("c")
print "%s %d" % ("x", 3)
exec "x = 1 + 1"
print x
exec "y = z * 2" in {"z": 5}
space = {}
exec("w = 7", space)
print space["w"]
try:
    raise ValueError, "old style"
except ValueError, e:
    print "caught", e, e.message
try:
    raise KeyError
except (KeyError, IndexError), error:
    print repr(error)
print `1 + 2`, `"text"`, 1 <> 2, 0777, 0o17, 0xFFL, 10L, 5 / 2, -5 / 2, 5.0 / 2, 5 // 2, 7 % -3
print ur"\n" == u"\\n", u"\u20ac" == unichr(8364), "abc" == u"abc"
print [x for x in range(3)], x
print range(5), map(None, [1, 2], "ab"), filter(lambda c: c > "a", "abc"), zip([1, 2], "xy"), reduce(lambda a, b: a + b, [1, 2, 3])


def unpack((a, b), c=3):
    return a + b + c


print unpack((1, 2)), (lambda (p, q): p * q)((3, 4))
print isinstance("x", basestring), isinstance(u"x", basestring), long(5) == 5, unicode("abc") == u"abc", cmp(1, 2), cmp("b", "a"), unichr(65)
d = {"a": 1, "b": 2}
print d.has_key("a"), sorted(d.keys()), sorted(d.items()), list(d.iteritems()) == d.items(), d.iterkeys().next() in d, sorted(d.itervalues())
print "a,b".split(","), "%s" % "x", "x" + u"y", apply(max, (1, 2)), sys.maxint, int(3.9), round(2.5), pow(2, 3), divmod(7, 2), 1e16
