# Python 2 with `from __future__`, and the old names of the library.

from __future__ import division, print_function, unicode_literals

import Queue
import StringIO
import itertools
import string
import thread
import urllib
import urlparse

print(5 / 2, 5 // 2, "text", sep="|")
for bad in ["int('x')", "[].pop()", "unknown", "len(5)", "1 / 0"]:
    try:
        print(eval(bad))
    except Exception as e:
        print(bad, type(e).__name__, e)
out = StringIO.StringIO()
print("into it", file=out)
print(out.getvalue(), string.upper("x"), list(itertools.izip([1], [2])), urllib.quote("a b"), urlparse.urlparse("http://x/y").netloc)
print(sorted({1, 2}), list(xrange(0, 6, 2)), xrange(3)[1], len(xrange(10)), list(reversed(xrange(3))), 1 << 40)
q = Queue.Queue()
lock = thread.allocate_lock()
with lock:
    q.put(lock.locked())
print(q.get(), lock.locked())
