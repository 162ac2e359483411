"""Digests: many of small messages, some of large ones, and keyed ones."""
# bench: quick=10
import hashlib
import hmac
import sys

NAMES = ("md5", "sha1", "sha256", "sha512", "sha3_256", "blake2b", "blake2s")


def small(n):
    """Short messages: what counts is making the object."""
    total = 0
    for i in range(n):
        text = b"message %d" % i
        total += hashlib.sha256(text).digest()[0] + hashlib.md5(text).digest()[1]
        total += len(hashlib.sha1(text).hexdigest()) + hashlib.blake2b(text, digest_size=16).digest()[2]
    return total


def named(n):
    """Algorithms chosen by name, in pieces."""
    total = 0
    for i in range(n // 8):
        for name in NAMES:
            digest = hashlib.new(name)
            digest.update(b"header")
            copy = digest.copy()
            copy.update(b"%d" % i)
            total += copy.digest()[0] + digest.digest_size
    return total


def chain(n):
    """Each digest is the next message."""
    link = b"start"
    for _ in range(n):
        link = hashlib.sha256(link).digest()
    return link.hex()


def keyed(n):
    """Messages with a key."""
    total = 0
    for i in range(n // 8):
        total += hmac.new(b"secret", b"body %d" % i, "sha256").digest()[0]
        total += hmac.digest(b"secret", b"body %d" % i, "sha1")[0]
    return total


def large(n):
    """A megabyte or so at a time."""
    data = bytes(range(256)) * (n // 8)
    return [hashlib.new(name, data).hexdigest()[:8] for name in NAMES]


def main(n):
    for work in (small, named, chain, keyed, large):
        print("checksum:", work.__name__, work(n * 8))


main(int(sys.argv[1]) if len(sys.argv) > 1 else 20000)
