# Prelude
import sys
H = 10**30
M = sys.maxsize
def t(*functions):
    for f in functions:
        try: print("ok", repr(f())[:60])
        except BaseException as e: print(type(e).__name__, str(e)[:100])
# ----
# Repetition, shifts and powers without bound.
t(lambda: "x" * 10**13, lambda: b"x" * 10**13, lambda: [0] * 10**13, lambda: (0,) * 10**13, lambda: bytearray(10**13), lambda: bytes(10**13), lambda: "x" * H, lambda: [0] * H, lambda: [] * H, lambda: bytes(-1), lambda: bytes(H))
t(lambda: 1 << H, lambda: 1 >> H, lambda: -1 >> H, lambda: 0 << H, lambda: 1 << -1, lambda: 2.0 ** H, lambda: (-8) ** 0.5, lambda: 0 ** H, lambda: 1 ** H, lambda: (-1) ** H)
# ----
# Sizes as indices, slices, ranges.
t(lambda: [1][H], lambda: "abc"[H], lambda: "abc"[-H:H:H], lambda: "abc"[::-H], lambda: [1, 2][::-M - 1], lambda: [1][::0], lambda: (1,)[M], lambda: b"x"[-M - 1:], lambda: memoryview(b"abc")[::-M].tolist())
t(lambda: range(H)[H // 2], lambda: len(range(H)), lambda: range(H)[::H // 2], lambda: list(range(H, H + 2)), lambda: range(-H, H, H)[-1], lambda: range(0, M)[-1], lambda: len(range(-M - 1, M)), lambda: H in range(H + 1), lambda: list(range(M - 1, M + 2)), lambda: list(range(2**47 - 1, 2**47 + 1)), lambda: list(reversed(range(-2**47 - 1, -2**47 + 1))), lambda: range(1, 10)[H:], lambda: range(M).index(M - 1), lambda: range(1).count(H))
t(lambda: "abc".find("a", -H, H), lambda: slice(H, -H, 3).indices(5), lambda: slice(None, None, -H).indices(H), lambda: enumerate("a", H).__next__(), lambda: bytearray(b"x").insert(H, 1), lambda: bytes([H]))
# ----
# Widths and precisions.
t(lambda: "%*d" % (10**13, 1), lambda: "%*d" % (H, 1), lambda: "%.*f" % (10**13, 1.0), lambda: "%99999999999999999999d" % 1, lambda: format(1, "99999999999999999999d"), lambda: format("x", "10000000000000"), lambda: format(1.0, "10000000000000"), lambda: format(1.0, ".10000000000000f"), lambda: len(format(1.0, ".100000f")), lambda: "{:{}}".format(1, H), lambda: "{0[99999999999999999999999]}".format([1]), lambda: "{99999999999999999999999}".format(1))
t(lambda: "x".ljust(H), lambda: "x".ljust(10**13), lambda: "x".center(10**13), lambda: "x".zfill(10**13), lambda: "\t".expandtabs(10**13), lambda: "\t\t".expandtabs(2**31 - 1).isspace() if 0 else "abc".replace("", "x" * 10, -M), lambda: "a,b".split(",", H), lambda: b"abc".hex(":", H), lambda: (1).to_bytes(H), lambda: (1).to_bytes(10**13), lambda: "%c" % H, lambda: chr(H))
# ----
# Numbers as text.
t(lambda: str(10**5000), lambda: int("1" * 5000), lambda: f"{10**5000}", lambda: "%d" % 10**5000, lambda: len(hex(10**5000)), lambda: len("%x" % 16**5000), lambda: int("z" * 10000, 36).bit_length(), lambda: int("0" * 100000), lambda: float("1" * 400), lambda: float("1e" + "9" * 400), lambda: float("0." + "0" * 400 + "1"), lambda: complex("1" * 400), lambda: float(10**5000), lambda: 10**5000 / 3, lambda: 10**5000 / 10**4999, lambda: 10**5000 == 1.0, lambda: 10**5000 < float("inf"), lambda: round(1.5, H), lambda: round(1.5, -H), lambda: float.fromhex("0x1p99999999999999999999"), lambda: int("1", H))
# ----
# Containers that lie about their length.
class L:
    def __init__(self, n): self.n = n
    def __len__(self): return self.n
    def __iter__(self): return iter([1, 2])
    def __getitem__(self, i): return [1, 2][i]
class Hint:
    def __init__(self, n): self.n = n
    def __length_hint__(self): return self.n
    def __iter__(self): return iter([1, 2])
for n in (-1, H, "x", 0): t(lambda: list(L(n)), lambda: len(L(n)), lambda: bool(L(n)), lambda: list(reversed(L(n))))
for n in (-1, "x", 0): t(lambda: list(Hint(n)), lambda: tuple(Hint(n)), lambda: bytearray(Hint(n)))
# ----
# A power that takes forever can be interrupted.
import signal
def stop(*a): raise TimeoutError
signal.signal(signal.SIGALRM, stop)
for source in ("10**10**9", "str(10**10**8) if sys.set_int_max_str_digits(0) is None else 0", "[x for x in range(10**12) if x < 0]", "while True: pass"):
    signal.setitimer(signal.ITIMER_REAL, 0.2)
    try: exec(source); print("done")
    except TimeoutError: print("interrupted")
    signal.setitimer(signal.ITIMER_REAL, 0)
