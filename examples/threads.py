"""Three workers take numbers from a queue and add their squares under a lock."""
import queue
import threading

tasks = queue.Queue()
lock = threading.Lock()
total = 0


def worker():
    global total
    while True:
        number = tasks.get()
        if number is None:
            break
        with lock:
            total += number * number


threads = [threading.Thread(target=worker) for _ in range(3)]
for thread in threads:
    thread.start()
for number in range(1, 101):
    tasks.put(number)
for _ in threads:
    tasks.put(None)
for thread in threads:
    thread.join()
print("sum of squares:", total)
