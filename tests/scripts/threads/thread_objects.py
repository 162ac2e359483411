# Threads as objects: names, states, daemons, locals, exceptions, what ends a program.

import threading


def body(*args, **kwargs):
    print("in", threading.current_thread().name, args, kwargs)


t = threading.Thread(target=body, name="worker", args=(1,), kwargs={"k": 2})
print(t.is_alive(), t.ident, t.daemon, t.name)
t.start()
t.join()
print(t.is_alive(), t.ident is not None)
for bad in ["t.start()", "threading.current_thread().join()", "threading.Thread(target=body).join()", "threading.Thread(group=1)",
            "threading.Thread(body, 1, 2, 3, 4)", "setattr(t, 'daemon', True) or threading.Thread().run()", "threading.stack_size(5)"]:
    try:
        exec(bad)
        print("fine")
    except (RuntimeError, AssertionError, TypeError, ValueError) as e:
        print(type(e).__name__, e)


class Own(threading.Thread):
    def run(self):
        self.result = 42


o = Own()
o.start()
o.join(5)
print(o.result, threading.main_thread().name, threading.active_count())

local = threading.local()
local.x = "main"
seen = []


def sees():
    seen.append(hasattr(local, "x"))
    local.x = "other"
    seen.append(local.x)


t = threading.Thread(target=sees)
t.start()
t.join()
print(seen, local.x)


class Init(threading.local):
    def __init__(self, n):
        self.n = n


init = Init(5)
t = threading.Thread(target=lambda: seen.append(init.n))
t.start()
t.join()
print(seen[-1])


def hook(args):
    print("hook", args.exc_type.__name__, args.exc_value, args.thread.name)


threading.excepthook = hook
t = threading.Thread(target=lambda: 1 / 0, name="fails")
t.start()
t.join()
t = threading.Thread(target=lambda: exit(5), name="SystemExit is silent")
t.start()
t.join()

import queue

q = queue.Queue(2)
q.put(1)
q.put(2)
for bad in ["q.put(3, block=False)", "q.put(3, timeout=0.01)", "queue.Queue().get(False)", "queue.Queue().task_done()"]:
    try:
        exec(bad)
    except Exception as e:
        print(type(e).__name__, e)
print(q.get(), q.qsize(), q.full(), q.get(), q.empty())
p = queue.PriorityQueue()
for n in 3, 1, 2:
    p.put(n)
print([p.get() for _ in range(3)], queue.LifoQueue().maxsize)
q.shutdown()
try:
    q.get()
except queue.ShutDown as e:
    print(repr(e))

from concurrent.futures import ThreadPoolExecutor, as_completed, wait

with ThreadPoolExecutor(3) as pool:
    print(list(pool.map(pow, range(4), [2] * 4)), pool.submit(len, "abc").result())
    f = pool.submit(int, "x")
    print(repr(f.exception()), f.done(), f.cancel())
    fs = [pool.submit(lambda n=n: n * n) for n in range(3)]
    print(sorted(f.result() for f in as_completed(fs)), len(wait(fs).done))
try:
    pool.submit(len)
except RuntimeError as e:
    print(e)
print(sorted(x.name for x in threading.enumerate()))
threading.Thread(target=threading.Event().wait, daemon=True).start()
print("the daemon does not keep the program")
