# Errors in threads, in callbacks and at the end of a program.
import threading
def work(n):
    return 1 / n
t = threading.Thread(target=work, args=(0,), name="worker")
t.start()
t.join()
print("the program goes on")
# ----
import threading
class Own(threading.Thread):
    def run(self):
        raise SystemExit
t = Own()
t.start()
t.join()
# ----
from concurrent.futures import ThreadPoolExecutor
def work(n):
    return [][n]
with ThreadPoolExecutor(1) as pool:
    pool.submit(work, 5).result()
# ----
import atexit
@atexit.register
def at_exit():
    raise ValueError("at exit")
# ----
import sys
sys.excepthook = lambda *details: print("own hook", details[0].__name__)
1 / 0
# ----
import sys
def broken(*details):
    raise KeyError("in the hook")
sys.excepthook = broken
1 / 0
# ----
import sys
del sys.excepthook
1 / 0
# ----
import warnings
warnings.warn("careful")
warnings.warn("old", DeprecationWarning)
def f():
    warnings.warn("from the caller", stacklevel=2)
f()
# ----
import traceback
def f():
    traceback.print_stack()
    try:
        1 / 0
    except ZeroDivisionError:
        traceback.print_exc()
        print(traceback.format_exc(limit=0))
f()
# ----
import logging
try:
    {}["k"]
except KeyError:
    logging.exception("logged")
logging.warning("a warning")
# ----
import unittest
class T(unittest.TestCase):
    def test_equal(self):
        self.assertEqual([1, 2], [1, 3])
import io
result = unittest.TextTestRunner(stream=io.StringIO()).run(unittest.defaultTestLoader.loadTestsFromTestCase(T))
print(result.failures[0][1])
# ----
import sys
sys.tracebacklimit = 1
def f(): g()
def g(): 1 / 0
f()
# ----
import sys
def f():
    try:
        1 / 0
    except ZeroDivisionError as e:
        return e
e = f()
raise e.with_traceback(None)
# ----
import sys
sys.stderr.write("no newline")
raise ValueError("after it")
# ----
print("out")
import sys
sys.stdout = None
print("nowhere")
raise ValueError("still said")
