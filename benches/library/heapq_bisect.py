"""Heaps and sorted lists: a task queue, merging, largest and smallest, insertion, look-up."""
# bench: quick=20
import heapq
import sys
from bisect import bisect, bisect_left, insort


def numbers(n):
    """The same pseudo-random numbers everywhere."""
    state = 12345
    out = []
    for _ in range(n):
        state = (state * 1103515245 + 12345) & 0x7FFFFFFF
        out.append(state >> 8)
    return out


def tasks(values):
    """Tuples pushed and popped in the order of their times."""
    heap = []
    total = 0
    for serial, value in enumerate(values):
        heapq.heappush(heap, (value, serial))
        if len(heap) > 500:
            total += heapq.heappop(heap)[1] & 255
    while heap:
        total = (total * 31 + heapq.heappop(heap)[1]) % 1000003
    return total


def plain(values):
    """Heaps of ints and floats."""
    heap = list(values)
    heapq.heapify(heap)
    total = 0
    while len(heap) > 10:
        total = (total * 31 + heapq.heappop(heap)) % 1000003
    floats = [value / 7 for value in values[:1000]]
    heapq.heapify(floats)
    for value in values:
        total += heapq.heappushpop(floats, value / 3) > heapq.heapreplace(floats, value / 5)
    return total


def extremes(values):
    """The largest and smallest few, and the merge of sorted runs."""
    runs = [sorted(values[i::8]) for i in range(8)]
    merged = list(heapq.merge(*runs))
    return (heapq.nlargest(5, values), heapq.nsmallest(5, values, key=lambda v: v % 1009),
            merged == sorted(values), merged[len(merged) // 2])


def insertion(values):
    """A list kept sorted, and grades by break points."""
    ordered = []
    for value in values:
        insort(ordered, value)
    points = [p * 80000 for p in range(1, 100)]
    grades = [0] * 100
    for value in values:
        grades[bisect(points, value)] += 1
        grades[bisect_left(ordered, value) % 100] += 1
    return ordered[:3], grades[:5], grades[-5:]


def main(n):
    values = numbers(n * 10)
    for work in (tasks, plain, extremes):
        print("checksum:", work.__name__, work(values))
    print("checksum:", "insertion", insertion(values[:n * 5]))


main(int(sys.argv[1]) if len(sys.argv) > 1 else 14000)
