"""Regular expressions: searches, findall, finditer, sub, split, words, classes, bytes, a tokenizer."""
# bench: quick=40
import re
import sys

WORDS = ("alpha beta gamma delta epsilon return while import yield lambda value_1 x2 total count "
         "Ünïcode straße naïve 3.14 42 0xff 1e10 user@example.org 2026-11-29 12:30:05 "
         "\"quoted text\" 'single' <b>bold</b> <i>it</i> (a+b)*c; key=value; http://example.org/p?q=1").split()


def make_text(lines, ascii_only):
    words = [w for w in WORDS if w.isascii()] if ascii_only else WORDS
    out, state = [], 12345
    for _ in range(lines):
        line = []
        for _ in range(10):
            state = (state * 1103515245 + 12345) & 0x7FFFFFFF
            line.append(words[(state >> 8) % len(words)])
        out.append(" ".join(line))
    return "\n".join(out) + "\n"


def searching(text):
    """A search that goes through the whole text and finds nothing, or something late."""
    yield re.search(r"no such thing", text) is None
    yield re.search(r"[A-Z][0-9]{3}", text) is None
    yield re.search(r"(?:foo|bar|quux)\d", text) is None
    yield re.search(r"\bzeta\b", text) is None
    yield re.search(r"\d+\.\d+\.\d+", text) is None
    yield re.search(r"(\w+)-\1-\1", text) is None


def finding(text):
    yield len(re.findall(r"\w+", text))
    yield len(re.findall(r"\d+", text))
    yield len(re.findall(r"\b(?:return|while|import|yield|lambda)\b", text))
    yield len(re.findall(r"(\w+)@(\w+)\.org", text))
    yield len(re.findall(r"(\d{4})-(\d\d)-(\d\d)", text))
    yield len(re.findall(r"<(\w)>(.*?)</\1>", text))
    yield len(re.findall(r"\"[^\"\n]*\"|'[^'\n]*'", text))
    yield len(re.findall(r"\w+(?=;)", text))
    yield len(re.findall(r"(?<==)\w+", text))
    yield len(re.findall(r"^.*return.*$", text, re.MULTILINE))
    yield len(re.findall(r"gamma|delta", text, re.IGNORECASE))
    yield len(re.findall(r"[aeiou]{2,}", text, re.IGNORECASE))
    yield len(re.findall(r"(?:[a-z]+ )+", text))
    yield len(re.findall(r"(?:\d\d:?){3}", text))


def iterating(text):
    total = 0
    for m in re.finditer(r"(?P<key>\w+)=(?P<value>[^;\s]+)", text):
        total += m.start("value") + len(m["key"]) + m.end()
    yield total
    yield sum(m.lastindex or 0 for m in re.finditer(r"(\d+)|([a-z]+)|([^\w\s])", text))


def replacing(text):
    yield len(re.sub(r"\s+", " ", text))
    yield len(re.sub(r"(\w+)@(\w+)", r"\2 at \1", text))
    yield len(re.sub(r"[a-z]+", lambda m: m.group().title(), text))
    yield re.subn(r"(?i)the|alpha", "<>", text)[1]


def splitting(text):
    yield len(re.split(r"[\s;,]+", text))
    yield len(re.split(r"(\W)", text))


TOKENS = re.compile(r"""
    (?P<number>0[xX][0-9a-fA-F]+|\d+(?:\.\d*)?(?:[eE][-+]?\d+)?)
  | (?P<name>[^\W\d]\w*)
  | (?P<string>"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*')
  | (?P<space>[ \t]+)
  | (?P<newline>\r?\n)
  | (?P<operator>\*\*|//|[-+*/=<>!]=|[-+*/=<>()\[\]{}.,:;@?&%])
  | (?P<other>.)
""", re.VERBOSE)


def tokenizing(text):
    """As the library's own tokenizers work: match at a position, again and again."""
    counts, at, match = {}, 0, TOKENS.match
    while m := match(text, at):
        kind = m.lastgroup
        counts[kind] = counts.get(kind, 0) + 1
        at = m.end()
    yield at == len(text)
    yield from sorted(counts.values())


def on_bytes(data):
    yield len(re.findall(rb"\w+", data))
    yield len(re.findall(rb"[\x80-\xff]+", data))
    yield len(re.sub(rb"(\d+)", rb"<\1>", data))
    yield len(re.split(rb"\s*;\s*", data))
    yield re.search(rb"(?s)x2.*zzz", data) is None


def short_ones():
    """Small subjects: what a call costs."""
    date = re.compile(r"(\d{4})-(\d{2})-(\d{2})$")
    name = re.compile(r"[A-Za-z_]\w*\Z")
    found = 0
    for i in range(400):
        found += date.match("2026-11-%02d" % (i % 40)) is not None
        found += name.match("name_%d" % i) is not None
        found += date.match("name") is not None
        found += name.fullmatch("a-b") is not None
        found += int(date.match("2026-11-29").group(3))
    yield found


def main(n):
    mix = 0
    for ascii_only in (True, False):
        text = make_text(n * 4, ascii_only)
        for part in (searching(text), finding(text), iterating(text), replacing(text), splitting(text),
                     tokenizing(text), on_bytes(text.encode()), short_ones()):
            for value in part:
                mix = (mix * 131 + int(value)) % 1000000007
    print("checksum: %d" % mix)


main(int(sys.argv[1]) if len(sys.argv) > 1 else 400)
