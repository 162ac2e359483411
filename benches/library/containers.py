"""The containers of `collections`: deque, Counter, OrderedDict, defaultdict, namedtuple, ChainMap."""
# bench: quick=20
import sys
from collections import ChainMap, Counter, OrderedDict, defaultdict, deque, namedtuple


def queue(n):
    """A window that moves, rotations, and a queue of work."""
    window = deque(maxlen=50)
    total = 0
    for i in range(n):
        window.append(i * 7 % 101)
        total += window[0] + window[-1]
    work = deque(range(100))
    for i in range(n):
        item = work.popleft()
        work.append(item + 1)
        if i % 10 == 0:
            work.rotate(3)
            work.appendleft(work.pop())
    return total, sum(work), sum(window)


def counts(n):
    """Counts words and letters, adds the counts up."""
    words = ("the quick brown fox jumps over the lazy dog and the cat %d" % (n % 10)).split() * n
    counter = Counter(words)
    for i in range(n):
        counter[words[i]] += 1
    letters = Counter("how much wood would a woodchuck chuck" * (n // 4))
    both = counter + letters
    both.subtract(letters)
    return counter.most_common(3), letters.most_common(2), sum(both.values())


def orders(n):
    """A cache whose entries move to the end."""
    cache = OrderedDict()
    hits = 0
    for i in range(n):
        key = i * i % 257
        if key in cache:
            cache.move_to_end(key)
            hits += 1
        else:
            cache[key] = i
            if len(cache) > 90:
                cache.popitem(last=False)
    return hits, len(cache), next(iter(cache)), sum(cache.values())


def groups(n):
    """Lists, sets and numbers by key."""
    lists = defaultdict(list)
    sets = defaultdict(set)
    sums = defaultdict(int)
    for i in range(n):
        key = i % 97
        lists[key].append(i)
        sets[i % 13].add(key)
        sums[key] += i
    return len(lists), sum(map(len, lists.values())), sum(map(len, sets.values())), sums[96]


Point = namedtuple("Point", "x y label")


def records(n):
    """Named tuples: made, read, replaced."""
    total = 0
    for i in range(n):
        point = Point(i, i + 1, "p")
        total += point.x * 2 + point.y
        if i % 8 == 0:
            total += point._replace(x=5).x + len(point._asdict())
    return total


def layers(n):
    """Names looked up through layers of dicts."""
    scope = ChainMap({"a": 1}, {"b": 2}, {"c": 3, "a": 9})
    total = 0
    for i in range(n // 4):
        total += scope["a"] + scope["c"] + scope.get("d", i)
        scope["b"] = i
    return total, sorted(scope.items())


def main(n):
    for work in (queue, counts, orders, groups, records, layers):
        print("checksum:", work.__name__, work(n * 100))


main(int(sys.argv[1]) if len(sys.argv) > 1 else 3000)
