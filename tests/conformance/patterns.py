"""Random patterns against random texts, under two interpreters.

    python3 patterns.py LOCKSTEP [--peer PYTHON] [--seed N] [--count N]

Prints the cases on which the two disagree, and exits with 1 if there are any. To be run by hand,
under CPython 3.13; a round of 20,000 cases takes less than a minute.
"""
import argparse
import json
import random
import re
import subprocess
import sys
import tempfile
import warnings

LETTERS = "aabbcAB1_ -\n.éßÉİıKkſsΣσ\u017f\u212a日🎉\ud800"
BYTES = "aabbcAB1_ -\n.\xe9\x80\xff"
ATOMS = ["a", "b", "c", "A", ".", r"\w", r"\W", r"\d", r"\s", r"\S", r"\D", r"\b", r"\B", "^", "$", r"\A", r"\Z",
         "[ab]", "[^a]", "[a-cA-C]", r"[\w-]", r"[^\W\d_]", "[^\n]", r"[\s\S]", "ab", "abc", "é", "[é-ß]", "ſ", "k", "σ",
         "İ", "i", "[^é]", "日", "[日🎉]", "[\U0001f300-\U0001f600]", "(?!)", "", "K", "1", "_"]
QUANTIFIERS = ["*", "+", "?", "*?", "+?", "??", "{2}", "{1,2}", "{0,3}", "{,2}?", "{2,}", "{1,}?", "*+", "++", "?+",
               "{1,2}+", "{2}?", "{0}", "{1}"]


class Maker:
    def __init__(self, rng):
        self.rng = rng
        self.groups = 0
        self.closed = []

    def atom(self, depth):
        rng = self.rng
        kind = rng.randrange(20)
        if depth <= 0 or kind < 9:
            return rng.choice(ATOMS)
        if kind < 12:
            self.groups += 1
            number = self.groups
            body = self.alternatives(depth - 1)
            self.closed.append(number)
            return "(%s%s)" % (rng.choice(["", "", "?P<g%d>" % number]), body)
        if kind < 15:
            return "(?:%s)" % self.alternatives(depth - 1)
        if kind == 15:
            return "(?%s%s)" % (rng.choice(["=", "!"]), self.alternatives(depth - 1))
        if kind == 16:
            return "(?<%s%s)" % (rng.choice("=!"), "".join(rng.choice(ATOMS) for _ in range(rng.randrange(1, 3))))
        if kind == 17:
            return "(?>%s)" % self.alternatives(depth - 1)
        if kind == 18 and self.closed:
            return "\\%d" % rng.choice(self.closed)
        if kind == 19 and self.closed:
            return "(?(%d)%s|%s)" % (rng.choice(self.closed), self.sequence(depth - 1), self.sequence(depth - 1))
        return "(?%s:%s)" % (rng.choice(["i", "s", "m", "-i", "a", "ai"]), self.alternatives(depth - 1))

    def sequence(self, depth):
        out = []
        for _ in range(self.rng.choice([1, 1, 2, 2, 3])):
            out.append(self.atom(depth))
            if self.rng.random() < 0.4:
                out.append(self.rng.choice(QUANTIFIERS))
        return "".join(out)

    def alternatives(self, depth):
        count = self.rng.choice([1, 1, 1, 2, 2, 3])
        return "|".join(self.sequence(depth) for _ in range(count))


def cases(seed, count):
    rng = random.Random(seed)
    made = 0
    while made < count:
        pattern = Maker(rng).alternatives(3)
        flags = rng.choice([0, 0, 0, re.I, re.M, re.S, re.A, re.I | re.M, re.I | re.A, re.S | re.M])
        in_bytes = rng.random() < 0.2
        try:
            if in_bytes:
                if flags & re.A:
                    continue
                re.compile(pattern.encode("latin-1"), flags)
            else:
                re.compile(pattern, flags)
        except (re.error, UnicodeEncodeError, OverflowError, RecursionError):
            continue
        ascii_only = rng.random() < 0.4
        alphabet = BYTES if in_bytes else LETTERS[:13] if ascii_only else LETTERS
        text = "".join(rng.choice(alphabet) for _ in range(rng.randrange(0, 11)))
        if not text and r"\B" in pattern:
            continue  # Not matched before 3.14.
        pos, end = rng.choice([(0, 99), (0, 99), (1, 99), (2, 5), (0, 4)])
        yield [pattern, int(flags), in_bytes, text, pos, end]
        made += 1


def shown(m):
    return m and [m.span(), m.regs, m.groups(), m.lastindex, m.lastgroup, m.pos, m.endpos]


def results(pattern, flags, in_bytes, text, pos, end):
    if in_bytes:
        pattern, text = pattern.encode("latin-1"), text.encode("latin-1")
    p = re.compile(pattern, flags)
    yield shown(p.match(text, pos, end))
    yield shown(p.search(text, pos, end))
    yield shown(p.fullmatch(text, pos, end))
    yield p.findall(text, pos, end)
    yield [shown(m) for m in p.finditer(text, pos, end)]
    yield p.split(text)
    yield p.subn(b"<\\g<0>>" if in_bytes else "<\\g<0>>", text)
    scanner, found = p.scanner(text, pos, end), []
    while len(found) < 20 and (m := scanner.match()):
        found.append(m.span())
    yield found


def work(path):
    warnings.simplefilter("ignore")
    for line in open(path, encoding="ascii"):
        try:
            print(ascii(list(results(*json.loads(line)))))
        except Exception as e:
            print("%s: %s" % (type(e).__name__, ascii(str(e))))


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("lockstep")
    parser.add_argument("--peer", default=sys.executable)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--count", type=int, default=20000)
    options = parser.parse_args()
    warnings.simplefilter("ignore")
    made = list(cases(options.seed, options.count))
    with tempfile.NamedTemporaryFile("w", suffix=".json", encoding="ascii") as file:
        file.writelines(json.dumps(case) + "\n" for case in made)
        file.flush()
        outputs = [subprocess.run([program, __file__, "--work", file.name], stdout=subprocess.PIPE, text=True)
                   for program in (options.lockstep, options.peer)]
    for output in outputs:
        if output.returncode or len(output.stdout.splitlines()) != len(made):
            print("%s ended early" % output.args[0], output.returncode)
            return 1
    differences = 0
    for case, ours, theirs in zip(made, *(output.stdout.splitlines() for output in outputs)):
        if ours != theirs:
            differences += 1
            print("case  ", ascii(case))
            print("ours  ", ours)
            print("theirs", theirs)
    print("%d cases, %d differences" % (len(made), differences))
    return int(differences > 0)


if sys.argv[1:2] == ["--work"]:
    work(sys.argv[2])
else:
    sys.exit(main())
