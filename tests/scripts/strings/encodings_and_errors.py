# Encodings and their error handlers.

text = "aé€😀"
for codec in "utf-8", "utf-16", "utf-16-le", "utf-32-be", "utf-8-sig", "utf-7", "unicode_escape", "raw_unicode_escape", "cp1252", "latin-1", "ascii", "punycode", "idna", "koi8-r":
    for errors in "strict", "ignore", "replace", "backslashreplace", "xmlcharrefreplace", "namereplace":
        try:
            data = text.encode(codec, errors)
            print(codec, errors, data, ascii(data.decode(codec)))
        except Exception as e:
            print(codec, errors, type(e).__name__, ascii(str(e)))
for data, codec in [(b"\xff", "utf-8"), (b"\xe2\x82", "utf-8"), (b"a\xc0\x80b", "utf-8"), (b"\xed\xa0\x80", "utf-8"), (b"\xf4\x90\x80\x80", "utf-8"), (b"\x00", "utf-16"), (b"\x00\xd8", "utf-16-le"),
                    (b"\x80", "ascii"), (b"\x81", "cp1252"), (b"\\x1", "unicode_escape"), (b"+AGE", "utf-7"), (b"\x00\x11\x00\x00", "utf-32-be")]:
    for errors in "strict", "ignore", "replace", "backslashreplace", "surrogateescape":
        try:
            print(data, codec, errors, ascii(data.decode(codec, errors)))
        except Exception as e:
            print(data, codec, errors, type(e).__name__, e)
print("\udcff".encode("utf-8", "surrogateescape"), "\ud800".encode("utf-8", "surrogatepass"), b"\xed\xa0\x80".decode("utf-8", "surrogatepass") == "\ud800")
import codecs

import codecs

codecs.register_error("shout", lambda e: (f"<{e.object[e.start:e.end]!r}>", e.end))
print(b"ab\xff".decode("ascii", "shout"), b"a\xffb".decode("utf-8", "shout"))
codecs.register_error("bad", lambda e: 5)
for bad in ["'é'.encode('ascii', 'bad')", "'é'.encode('ascii', 'unknown')", "'x'.encode('no-codec')", "codecs.lookup('nope')", "'x'.encode('hex')", "b'x'.decode('rot13')"]:
    try:
        eval(bad)
    except Exception as e:
        print(bad, "->", type(e).__name__, e)
decoder = codecs.getincrementaldecoder("utf-8")()
print([decoder.decode(bytes([b])) for b in "é€".encode()], codecs.encode("abc", "rot13"), codecs.encode(b"ab", "hex"), codecs.decode("6162", "hex"), codecs.lookup("UTF8").name)
try:
    "aé".encode("ascii")
except UnicodeEncodeError as e:
    print(e.encoding, e.object, e.start, e.end, e.reason)
