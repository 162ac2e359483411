"""Errors of codecs whose attributes are changed; what SyntaxError takes."""


def attempt(function, *args):
    try:
        print(function(*args))
    except Exception as error:
        print(type(error).__name__, error)


error = UnicodeEncodeError("baz", "xxxxx", 1, 5, "foo")
print(error)
error.end = 2
print(error)
error.start = 1000
print(error.start, error.end, error)
error.end = 5
error.encoding = 4000
print(error)
error = UnicodeDecodeError("baz", b"xxxxx", 1, 5, "foo")
error.start = 1000
print(error.start, error)
error = UnicodeTranslateError("xxxx", 1, 5, "foo")
print(error)

attempt(SyntaxError, "bad", ("file", 1, 2))
attempt(SyntaxError, "bad", ("file", 1, 2, "text", 1))
attempt(SyntaxError, "bad", ("file", 1, 2, "text"))


print("-- what a handler may put in place of a character")
import codecs


def handler(replacement, back=0):
    def handle(error):
        nonlocal back
        if back:
            back -= 1
            return replacement, 0
        return replacement, error.end

    return handle


for encoding, replacement in [
    ("ascii", "abc"),
    ("latin-1", "\xe9"),
    ("utf-8", "\xe9"),
    ("utf-8", b"\xff"),
    ("utf-16", "x"),
    ("utf-16-le", b"abc"),
    ("utf-16-le", b"ab"),
    ("utf-32-be", b"ab"),
    ("utf-32-be", b"abcd"),
]:
    codecs.register_error("page.handler", handler(replacement, 1))
    attempt("[\udc80]".encode, encoding, "page.handler")
