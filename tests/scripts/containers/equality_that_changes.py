"""Keys whose comparison changes the container that is searched."""


class Busy:
    def __init__(self, act):
        self.act = act
        self.calls = 0

    def __hash__(self):
        return 1

    def __eq__(self, other):
        self.calls += 1
        return self.act(other)


def elsewhere(other):
    s.add(99)
    s.discard(99)
    d[99] = 1
    del d[99]
    return False


s, d = {1}, {1: "one"}
key = Busy(elsewhere)
print(key in s, key.calls)
print(key in d, key.calls)
print(d.get(key, "none"), sorted(s), d)


def away(other):
    s.clear()
    return True


s = {1, 2}
key = Busy(away)
print(key in s, s)


def replaced(other):
    d.clear()
    return True


d = {1: "one"}
key = Busy(replaced)
print(key in d, d)
