# Locks of all kinds: who waits, who may release, time-outs, `with`.

import queue
import textwrap
import threading
import time

lock = threading.Lock()
print(lock.acquire(), lock.locked(), lock.acquire(blocking=False), lock.acquire(timeout=0.01))
lock.release()
for bad in ["lock.release()", "threading.RLock().release()", "lock.acquire(timeout=-5)", "lock.acquire(False, timeout=1)",
            "lock.acquire(timeout=10**20)", "threading.Semaphore(-1)", "threading.Condition().wait()", "threading.Condition().notify()",
            "threading.BoundedSemaphore(1).release()"]:
    try:
        exec(bad)
    except Exception as e:
        print(type(e).__name__, e)
rlock = threading.RLock()
with rlock, rlock:
    seen = []
    t = threading.Thread(target=lambda: seen.append(rlock.acquire(blocking=False)))
    t.start()
    t.join()
    print("another thread gets it:", seen)
total = 0


def add():
    global total
    for _ in range(1000):
        with lock:
            total += 1


threads = [threading.Thread(target=add) for _ in range(4)]
for t in threads:
    t.start()
for t in threads:
    t.join()
print(total)
condition = threading.Condition()
items = []


def consumer():
    with condition:
        while not items:
            condition.wait()
        print("consumed", items.pop())


t = threading.Thread(target=consumer)
t.start()
with condition:
    items.append("item")
    condition.notify()
t.join()
with condition:
    print(condition.wait(0.01), condition.wait_for(lambda: True), condition.wait_for(lambda: 0, 0.01))
event = threading.Event()
print(event.wait(0.01), event.is_set())
threading.Timer(0.01, event.set).start()
print(event.wait(5), event.is_set())
semaphore = threading.Semaphore(2)
print([semaphore.acquire(blocking=False) for _ in range(3)])
semaphore.release(2)
barrier = threading.Barrier(3, action=lambda: print("all here"))
places = []
threads = [threading.Thread(target=lambda: places.append(barrier.wait())) for _ in range(3)]
for t in threads:
    t.start()
for t in threads:
    t.join()
print(sorted(places), barrier.n_waiting)
barrier.abort()
try:
    barrier.wait()
except threading.BrokenBarrierError as e:
    print(repr(e))
start = time.monotonic()
lock.acquire()
lock.acquire(timeout=0.05)
print(0.04 < time.monotonic() - start < 4)

# Whoever looks at a lock all the time does not keep others from it, however the rounds of the loop and
# the turns of the threads fall together.
line = queue.Queue()
taken = []
taker = threading.Thread(target=lambda: taken.extend(iter(line.get, None)))
taker.start()
for rounds in range(12):
    line.put(rounds)
    spin = "while not line.empty():\n    n = 0\n" + "    n += 1\n" * rounds
    exec("def wait():\n" + textwrap.indent(spin, "    ") + "wait()")
line.put(None)
taker.join()
print(taken)
