//! Encodings and compressed data through the library.

mod common;

use common::check;

#[test]
fn east_asian_encodings_are_cpythons() {
    check(
        r"
import codecs, zlib
sums = {
    'gb2312': 1996295038, 'gbk': 1732702581, 'gb18030': 2050583300, 'big5': 826666980, 'cp950': 3480764002,
    'big5hkscs': 3171301854, 'euc_jp': 3805598129, 'shift_jis': 1694704722, 'cp932': 3867520797,
    'euc_kr': 1062239740, 'cp949': 2621044513,
}
# What CPython 3.13 makes of every character, as a check sum.
for name, expected in sums.items():
    total = 0
    for c in range(0x30000):
        try:
            shown = chr(c).encode(name)
        except UnicodeEncodeError as error:
            shown = error.start, error.end, error.reason, error.encoding
        total = zlib.crc32(ascii(shown).encode(), total)
    assert total == expected, name
",
    );
}

#[test]
fn characters_come_in_pieces() {
    check(
        r"
import codecs, io
decoder = codecs.getincrementaldecoder('gb18030')()
data = '\u554a\U0001f600'.encode('gb18030')
assert ''.join(decoder.decode(data[i:i + 1]) for i in range(len(data))) == '\u554a\U0001f600'
assert decoder.decode(data[:1]) == '' and decoder.getstate() == (data[:1], 0)
try:
    decoder.decode(b'', True)
except UnicodeDecodeError as error:
    assert error.reason == 'incomplete multibyte sequence'
else:
    assert False
encoder = codecs.getincrementalencoder('big5hkscs')()
assert encoder.encode('\xca') == b'' and encoder.encode('\u0304') == b'\x88\x62'
reader = codecs.getreader('euc_kr')(io.BytesIO('\uac00\nb\uac02'.encode('euc_kr')))
assert reader.readline() == '\uac00\n' and reader.read() == 'b\uac02'
assert b'a\xffb'.decode('shift_jis', 'replace') == 'a\ufffdb'
assert '\u0e01'.encode('cp932', 'xmlcharrefreplace') == b'&#3585;'
codecs.register_error('test.far', lambda error: ('x', 100))
for wrong, kind in [
    (lambda: '\u0e01'.encode('gbk', 'test.far'), IndexError),
    (lambda: decoder.setstate(5), TypeError),
    (lambda: setattr(decoder, 'errors', 5), TypeError),
    (lambda: codecs.getreader('gbk')(5).read(), AttributeError),
]:
    try:
        wrong()
    except kind:
        pass
    else:
        assert False
",
    );
}

#[test]
fn bzip2_goes_there_and_back() {
    check(
        r"
import bz2
data = bytes(range(256)) * 2000
packed = bz2.compress(data)
assert bz2.decompress(packed + packed) == data * 2
decoder = bz2.BZ2Decompressor()
out = decoder.decompress(packed + b'tail', 10)
assert len(out) == 10 and not decoder.needs_input
while not decoder.eof:
    out += decoder.decompress(b'', 70000)
assert out == data and decoder.unused_data == b'tail'
for wrong, kind in [
    (lambda: decoder.decompress(b'x'), EOFError),
    (lambda: bz2.decompress(b'x' * 20), OSError),
    (lambda: bz2.decompress(packed[:-5]), ValueError),
    (lambda: bz2.BZ2Compressor(0), ValueError),
]:
    try:
        wrong()
    except kind:
        pass
    else:
        assert False
",
    );
}
