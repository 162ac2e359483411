"""Threads with and without deadlines at a reentrant lock: never two inside, whoever gives up."""

import random
import sys
import threading

sys.setswitchinterval(0.0005)
lock = threading.RLock()
inside = 0
bad = []
finished = [0]


def once(timeout):
    global inside
    if not lock.acquire(timeout=timeout):
        return
    inside += 1
    if inside != 1:
        bad.append(inside)
    for _ in range(300):
        pass
    inside -= 1
    lock.release()


def impatient(rounds):
    for _ in range(rounds):
        once(random.random() * 0.002)
    finished[0] += 1


def patient(rounds):
    for _ in range(rounds):
        once(-1)
    finished[0] += 1


threads = [threading.Thread(target=impatient, args=(60,)) for _ in range(8)]
threads += [threading.Thread(target=patient, args=(300,)) for _ in range(3)]
for t in threads:
    t.start()
for t in threads:
    t.join()
print(bad, inside, finished[0] == len(threads), lock.acquire(blocking=False))
