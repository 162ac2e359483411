# The methods of str, with their arguments and edges.

s = "Hello, World"
print(s.lower(), s.upper(), s.title(), s.swapcase(), s.casefold(), "ß".upper(), "ŉ".title(), "ǆ".capitalize(), "İ".lower() == "i̇")
print(s.find("o"), s.rfind("o"), s.find("o", 5), s.find("z"), s.find(""), s.find("", 99), s.index("W"), s.count("l"), "aaa".count("aa"), "abc".count(""))
print(s.startswith("He"), s.endswith(("x", "ld")), s.startswith("o", 4), s.startswith(""), "".startswith("", 1), s.startswith(()))
print(s.split(), s.split("o"), s.split("o", 1), s.rsplit("o", 1), " a  b ".split(), " a  b ".split(" "), "".split(), "".split("x"), "a\tb\nc d".split(None, 1))
print("a\nb\r\nc\rd\x0be\x1cf\u2028g".splitlines(), "a\n\nb\n".splitlines(True), s.partition(", "), s.rpartition("x"), s.partition("x"))
print("  x ".strip() + "|", "xxaxx".strip("x"), "abcba".lstrip("ab"), "abcba".rstrip("ab"), "\u2003x\u00a0".strip(), "pre-fix".removeprefix("pre-"), "fix".removesuffix("ix"))
print("a".center(4, "*"), "a".ljust(3) + "|", "a".rjust(3, "é"), "-5".zfill(4), "+x".zfill(5), "".zfill(2), "a\tb\t".expandtabs(4), "\t".expandtabs(0) + "|")
print("abcabc".replace("b", "X"), "abcabc".replace("b", "X", 1), "abc".replace("", "-"), "".replace("", "x"), "aaa".replace("aa", "b"), "abc".replace("b", ""))
print(", ".join(["a", "b"]), "".join(()), "x".join("abc"), "-".join({"k": 1}))
print("abc".translate({97: "X", 98: None, ord("c"): 0x20AC}), "abc".translate(str.maketrans("ab", "yz", "c")), str.maketrans({"a": 1, 98: "z"}))
for text in "abc", "123", "²", "½", "٣", "aB", "", " ", "_x1", "1x", "class", "é", "Title Case", "\n", "A", "〇":
    print(repr(text), [int(getattr(text, name)()) for name in ("isalpha", "isdigit", "isdecimal", "isnumeric", "isalnum", "isidentifier",
                                                               "islower", "isupper", "istitle", "isspace", "isprintable", "isascii")])
print("abc" * 2, 2 * "ab", "a" + "b", "b" in "abc", "" in "", "abc"[1], "abc"[-1], "abcdef"[1:5:2], "abc"[::-1], "abc"[5:], "héllo"[1:3], len("héllo€😀"))
print("😀é"[0], "a😀b"[1:], "😀".encode(), "€uro".find("u"), "ä€😀x".index("x"), "x😀" * 2, sorted("zaé😀"), max("aé"), "é" < "z", "Z" < "a")
print("%s %r %d %5.2f %x %o %e %c %% %-5s| %+d %05d %#x %.2s" % ("s", "r", 5, 3.14159, 255, 8, 12345.678, "c", "l", 3, 42, 255, "abc"))
print("%(a)s %(b)03d" % {"a": 1, "b": 2}, "%*d|%-*d|" % (5, 1, 5, 2), "%c" % 65, "%i %u" % (1.9, 2), "%s" % ((1,),), "%a" % "é", "%G %g" % (1e10, 1e-5))
print(ascii("é😀\x00\u20ac"), repr("a'b"), repr('a"b\''), repr("\t\n\x7f\xa0\ud800\u200b"), repr("é"), str(b"x", "ascii"), str())
print("A\u0301".isidentifier(), "ﬁ".upper(), "ﬁ".casefold(), "ΑΣ".lower(), "ς".upper(), "i".upper(), "ı".upper())
print("abc".__contains__("b"), "abc".__getitem__(0), "a".__add__("b"), "a".__mul__(3), "a".__eq__(1), "a".__lt__("b"), "abc".__len__(), "a".__mod__(()), "a".__hash__() == hash("a"))
import string

print(string.ascii_letters, string.Template("$a ${b} $$").substitute(a=1, b=2), string.capwords("a b c"), string.Formatter().format("{} {x}", 1, x=2))
