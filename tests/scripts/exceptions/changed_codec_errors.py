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
