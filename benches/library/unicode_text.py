"""What `unicodedata` knows of characters, and text in normal form."""
# bench: quick=20
import sys
import unicodedata

TEXT = "Ångström naïve façade Žižkov ΑΒΓ αβγ Привет 東京 한글 ﬁne ½ Ⅷ ① é ñ ὕ "
PLAIN = "The quick brown fox jumps over the lazy dog. "


def classes(n):
    """Category, direction, width and class of each character."""
    total = 0
    for ch in TEXT * (n // 20):
        if unicodedata.category(ch)[0] == "L":
            total += 1
        total += len(unicodedata.bidirectional(ch)) + unicodedata.combining(ch)
        total += unicodedata.east_asian_width(ch) == "W"
        total += unicodedata.mirrored(ch)
    return total


def names(n):
    """Names of characters and characters by name."""
    total = 0
    for ch in TEXT * (n // 200):
        name = unicodedata.name(ch)
        total += len(name) + (unicodedata.lookup(name) == ch)
    return total


def numbers(n):
    total = 0.0
    for ch in "0৩९½Ⅷ①x" * (n // 20):
        total += unicodedata.numeric(ch, 0) + unicodedata.digit(ch, 0) + unicodedata.decimal(ch, 0)
    return total


def forms(n):
    """Normal forms of short and long texts."""
    total = 0
    for i in range(n // 20):
        word = TEXT[i % 40:i % 40 + 12]
        for form in ("NFC", "NFD", "NFKC", "NFKD"):
            total += len(unicodedata.normalize(form, word))
        total += unicodedata.is_normalized("NFC", word)
        total += len(unicodedata.normalize("NFC", PLAIN))
    long = TEXT * (n // 20)
    total += len(unicodedata.normalize("NFKD", long)) + len(unicodedata.normalize("NFC", long))
    return total


def without_marks(n):
    """Letters without their accents, the way programs make keys."""
    keys = set()
    for i in range(n // 40):
        parts = unicodedata.normalize("NFKD", TEXT[i % 50:])
        keys.add("".join(ch for ch in parts if not unicodedata.combining(ch)).casefold())
    return len(keys), max(keys)


def main(n):
    for work in (classes, names, numbers, forms, without_marks):
        print("checksum:", work.__name__, work(n * 20))


main(int(sys.argv[1]) if len(sys.argv) > 1 else 22000)
