# Prelude
import sys, threading, atexit, os
# ----
# Streams closed, gone or replaced before the end.
print("printed")
sys.stdout.close()
# ----
sys.stdout = None
print("nowhere")
sys.stderr = None
1 / 0
# ----
del sys.stdout, sys.stderr
try: print("x")
except RuntimeError as e: os.write(1, f"{e}\n".encode())
# ----
os.close(1)
print("closed below")
# ----
os.close(2)
1 / 0
# ----
# Threads at the end.
def late():
    import time
    time.sleep(0.05)
    print("the program waits for this thread")
threading.Thread(target=late).start()
threading.Thread(target=lambda: threading.Event().wait(), daemon=True).start()
def spin():
    while True: pass
threading.Thread(target=spin, daemon=True).start()
print("main ends")
# ----
class D:
    def __del__(self):
        print("del at the end", sys is not None, os is not None)
        self.again = D2()
class D2:
    def __del__(self): print("made during the end")
kept = D()
loop = D2(); loop.loop = loop
# ----
t = threading.Thread(target=lambda: os._exit(7))
t.start(); t.join()
print("never")
# ----
os.abort()
# ----
import signal
signal.signal(signal.SIGTERM, lambda *a: sys.exit(9))
os.kill(os.getpid(), signal.SIGTERM)
while True: pass
# ----
import signal
os.kill(os.getpid(), signal.SIGTERM)
while True: pass
# ----
import signal
def handler(*a): raise ValueError("in the handler")
signal.signal(signal.SIGALRM, handler)
signal.setitimer(signal.ITIMER_REAL, 0.05)
threading.Lock().acquire() and threading.Event().wait(30)
# ----
import signal
os.kill(os.getpid(), signal.SIGINT)
while True: pass
# ----
sys.exit(-1)
# ----
sys.exit(256 + 5)
# ----
raise SystemExit(None)
# ----
class E(SystemExit):
    code = 5
raise E
# ----
try: sys.exit(4)
finally: print("finally")
# ----
def gen():
    try: yield
    finally: print("a generator ends with the program")
g = gen(); next(g)
# ----
sys.setrecursionlimit(50)
def f(): f()
try: f()
except RecursionError: print("low limit")
for bad in (0, -1, 10**30, "x", 5):
    try: sys.setrecursionlimit(bad)
    except Exception as e: print(type(e).__name__)
# ----
sys.setrecursionlimit(10**6)
def f(n): return f(n + 1) if n < 200000 else n
print(f(0))
def r(n): return max(r(n + 1), 0, key=lambda x: x) if n < 200000 else n
class A:
    def __init__(self, n): self.n = n
    def __add__(self, o): return sorted([1], key=lambda x: A(self.n + 1) + 1)
try: A(0) + 1
except RecursionError: print("the native stack ends before the limit does")
# ----
import gc
gc.collect(); gc.disable(); gc.enable(); gc.set_threshold(1); [[] for _ in range(1000)]; gc.set_threshold(0)
for bad in (-1, 99, "x"):
    try: gc.collect(bad)
    except Exception as e: print(type(e).__name__)
gc.callbacks.append(lambda *a: 1 / 0)
sys.unraisablehook = lambda info: print(type(info.exc_value).__name__)
gc.collect()
gc.callbacks.clear()
print(len(gc.get_objects()) > 100, gc.get_referrers(gc)[:0], gc.is_tracked([]))
# ----
# Files left open are warned of when there is nothing left to warn with.
import subprocess
for options in (["-W", "always"], ["-W", "error"], ["-W", "ignore"], []):
    for program in ("f = open('/dev/null', 'rb', 0)", "import warnings; warnings.showwarning = print; f = open('/dev/null')"):
        p = subprocess.run([sys.executable, *options, "-c", program], capture_output=True, text=True)
        print(options, p.stdout, p.stderr, p.returncode)
