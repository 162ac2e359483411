//! Modules of the library where they differ from what they say easily: words of errors, edges.

mod common;

use common::check;

#[test]
fn lines_of_mail() {
    check(
        r#"
import binascii
assert binascii.b2a_uu(b'Cat') == b'#0V%T\n' and binascii.a2b_uu(b'#0V%T\n') == b'Cat'
assert binascii.b2a_uu(b'', backtick=True) == b'`\n' and binascii.a2b_uu(b'\xff') == b'\0' * 31
assert binascii.b2a_qp(b'a=b \nc_d', header=True) == b'a=3Db_\nc=5Fd'
assert binascii.b2a_qp(b'a \r\nb\t') == b'a=20\r\nb=09' and binascii.a2b_qp(b'=3D==A=\nb_') == b'==Ab_'
assert all(len(line) <= 76 for line in binascii.b2a_qp(b'x' * 200).split(b'\n'))
for call, text in [
    (lambda: binascii.b2a_uu(b'x' * 46), 'At most 45 bytes at once'),
    (lambda: binascii.a2b_uu(b'!\x7f'), 'Illegal char'),
    (lambda: binascii.a2b_uu(b'!__!'), 'Trailing garbage'),
]:
    try:
        call()
    except binascii.Error as error:
        assert str(error) == text, error
    else:
        assert False, text
"#,
    );
}

#[test]
fn specs_of_what_lies_in_the_program() {
    check(
        r#"
import sys, os, builtins, _collections_abc
import importlib
for module, loader in [(sys, 'BuiltinImporter'), (builtins, 'BuiltinImporter'), (os, 'FrozenImporter'),
                       (_collections_abc, 'FrozenImporter')]:
    assert module.__spec__.loader.__name__ == loader, module
assert os.__spec__.loader_state.origname == 'os' and _collections_abc.__spec__.name == '_collections_abc'
# The importer lives on whatever happens to the names of its modules.
for name in ['importlib', 'importlib._bootstrap', 'importlib._bootstrap_external']:
    sys.modules.pop(name, None)
sys.modules['_frozen_importlib'] = sys.modules['_frozen_importlib_external'] = None
import importlib
assert importlib._bootstrap.__name__ == 'importlib._bootstrap'
"#,
    );
}

#[test]
fn imports_with_odd_arguments() {
    check(
        r#"
import os, sys, tempfile, types, warnings
warnings.simplefilter('ignore')
def fails(kind, text, *arguments):
    try:
        __import__(*arguments)
    except kind as error:
        assert str(error) == text, error
    else:
        assert False, text
spec = lambda parent: types.SimpleNamespace(parent=parent)
fails(ValueError, 'level must be >= 0', 'os', {}, None, (), -1)
fails(TypeError, 'package must be a string', 'x', {'__package__': 42}, None, ('y',), 1)
fails(TypeError, '__spec__.parent must be a string', 'x', {'__spec__': spec(3)}, None, ('y',), 1)
fails(TypeError, '__name__ must be a string', 'x', {'__name__': 3}, None, ('y',), 1)
fails(ModuleNotFoundError, "No module named 'nowhere'", 'x', {'__spec__': spec('nowhere')}, None, ('y',), 1)
with tempfile.TemporaryDirectory() as top:
    sys.path.insert(0, top)
    os.makedirs(os.path.join(top, 'stars'))
    with open(os.path.join(top, 'stars', '__init__.py'), 'w') as f:
        f.write("__all__ = ['*']\n")
    __import__('stars', {}, {}, ['*'])
    sys.modules['stars'].__all__ = [b'x']
    fails(TypeError, 'Item in stars.__all__ must be str, not bytes', 'stars', {}, {}, ['*'])
    sys.modules['stars.gone'] = None
    fails(ModuleNotFoundError, 'import of stars.gone halted; None in sys.modules', 'stars', {}, {}, ['gone'])
    # A package of folders grows with the path.
    for folder in 'ab':
        os.makedirs(os.path.join(top, folder, 'spread'))
        with open(os.path.join(top, folder, 'spread', f'in_{folder}.py'), 'w') as f:
            f.write('')
    sys.path.insert(0, os.path.join(top, 'a'))
    import spread.in_a
    sys.path.insert(0, os.path.join(top, 'b'))
    import spread.in_b
    assert spread.__spec__.origin is None and len(spread.__path__) == 2
"#,
    );
}

#[test]
fn large_numbers_stay_what_they_are() {
    check(
        r#"
import bisect, struct, sys, time, contextvars, codecs
n = sys.maxsize
assert bisect.bisect_left(range(n - 1), n - 3, n - 10, n) == n - 3
decoder = codecs.getincrementaldecoder('utf-8')('surrogatepass')
assert [decoder.decode(bytes([b])) for b in b'\xed\xb0\x80'] == ['', '', '\udc00']
for call, text in [
    (lambda: struct.pack_into('<I', bytearray(10), n, 1), 'pack_into requires a buffer of at least 9223372036854775811'
     ' bytes for packing 4 bytes at offset 9223372036854775807 (actual buffer size is 10)'),
    (lambda: time.asctime((-2**31,) + (1,) * 8), 'year out of range'),
    (lambda: time.strftime('%Y\0'), 'embedded null character'),
    (lambda: time.asctime((1,)), 'asctime(): illegal time tuple argument'),
    (lambda: contextvars.Context(1), 'Context() does not accept any arguments'),
    (lambda: contextvars.ContextVar('a', 'b'), 'ContextVar() takes at most 1 positional argument (2 given)'),
    (lambda: contextvars.Context().run(), 'run() missing 1 required positional argument'),
]:
    try:
        call()
    except (struct.error, OverflowError, ValueError, TypeError) as error:
        assert str(error) == text, error
    else:
        assert False, text
"#,
    );
}
