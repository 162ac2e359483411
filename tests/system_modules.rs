//! Modules over the system's own services: locales, file control, mappings.

mod common;

use common::check;

#[test]
fn locales_are_the_interpreters_own() {
    check(
        "
import locale, _locale, gettext
assert locale.setlocale(locale.LC_NUMERIC) == 'C'
assert locale.setlocale(locale.LC_ALL, 'C') == 'C'
assert locale.getlocale() == (None, None)
assert locale.localeconv()['decimal_point'] == '.' and locale.localeconv()['grouping'] == []
assert locale.setlocale(locale.LC_CTYPE, 'C.UTF-8') == 'C.UTF-8'
assert locale.nl_langinfo(locale.CODESET) == locale.getencoding() == 'UTF-8'
assert locale.setlocale(locale.LC_ALL).startswith('LC_CTYPE=C.UTF-8;LC_NUMERIC=C;')
assert locale.setlocale(locale.LC_ALL, locale.setlocale(locale.LC_ALL)).startswith('LC_CTYPE=C.UTF-8;')
assert sorted('bCa', key=locale.strxfrm) == ['C', 'a', 'b'] and locale.strcoll('a', 'b') < 0
assert gettext.gettext('message') == _locale.gettext('message') == 'message'
for arguments, kind, text in [
    ((6, 'xx_YY'), locale.Error, 'unsupported locale setting'),
    ((99,), locale.Error, 'locale query failed'),
    ((0, 5), TypeError, 'setlocale() argument 2 must be str or None, not int'),
    ((0, 'a\\0'), ValueError, 'embedded null character'),
]:
    try:
        _locale.setlocale(*arguments)
    except kind as error:
        assert str(error) == text, error
    else:
        assert False, arguments
",
    );
}

#[test]
fn file_locks_wait() {
    check(
        "
import fcntl, os, struct, tempfile, threading
with tempfile.NamedTemporaryFile() as a, open(a.name) as b:
    fcntl.flock(a, fcntl.LOCK_EX)
    try:
        fcntl.flock(b, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        pass
    else:
        assert False
    threading.Timer(0.05, fcntl.flock, (a, fcntl.LOCK_UN)).start()
    fcntl.flock(b, fcntl.LOCK_EX)
    lock = struct.pack('hhqqi', fcntl.F_WRLCK, 0, 0, 0, 0)
    assert struct.unpack('hhqqi', fcntl.fcntl(a, fcntl.F_GETLK, lock))[0] == fcntl.F_UNLCK
    fcntl.lockf(a, fcntl.LOCK_EX)
    for bad in (1 << 20, 1 << 30):
        try:
            fcntl.fcntl(a, fcntl.F_GETLK, bad)
        except OSError as error:
            assert error.errno == 14
        else:
            assert False
r, w = os.pipe()
os.write(w, b'abc')
size = bytearray(4)
assert fcntl.ioctl(r, 0x541B, size) == 0 and size == b'\\3\\0\\0\\0'
",
    );
}

#[test]
fn mappings_are_memory() {
    check(
        "
import mmap, os, re, tempfile
with tempfile.TemporaryFile() as file:
    file.write(bytes(range(256)) * 32)
    file.flush()
    with mmap.mmap(file.fileno(), 0) as m:
        assert len(m) == 8192 and m[5] == 5 and m[-1:] == b'\\xff' and m[8:0:-4] == b'\\x08\\x04'
        m[:3] = b'abc'
        assert os.pread(file.fileno(), 3, 0) == b'abc'
        assert m.find(b'\\x05', 10) == 261 and m.rfind(b'\\x05') == 8192 - 251
        assert m.readline().endswith(b'\\n') and m.tell() == 11
        assert re.search(b'bc', m).start() == 1
        with memoryview(m) as view:
            view[0] = 90
            for method, argument in (m.close, ()), (m.resize, (1,)):
                try:
                    method(*argument)
                except BufferError:
                    pass
                else:
                    assert False
        m.resize(4096)
        assert os.fstat(file.fileno()).st_size == 4096 and m[0] == 90
    try:
        m[0]
    except ValueError as error:
        assert str(error) == 'mmap closed or invalid'
    else:
        assert False
shared = mmap.mmap(-1, 100)
child = os.fork()
if child == 0:
    shared[:5] = b'hello'
    os._exit(0)
os.waitpid(child, 0)
assert shared[:5] == b'hello'
",
    );
}

/// Where CPython dies of a signal.
#[test]
fn a_file_cut_under_its_mapping_is_an_error() {
    check(
        "
import mmap, tempfile
with tempfile.TemporaryFile() as file:
    file.write(bytes(8192))
    file.flush()
    m = mmap.mmap(file.fileno(), 8192)
    file.seek(0)
    file.truncate()
    for attempt in (lambda: m[0]), (lambda: m[:]), (lambda: m.find(b'x')):
        try:
            attempt()
        except OSError as error:
            assert error.errno == 14
        else:
            assert False
    m.resize(4096)
    assert m[0] == 0
",
    );
}

#[test]
fn programs_are_started() {
    check(
        "
import os, posix
os.environ['SHOWN'] = '7'
assert os.waitstatus_to_exitcode(os.system('exit $SHOWN')) == 7
def run(*actions, **rest):
    pid = os.posix_spawn('/bin/sh', ['sh', '-c', 'echo hello >&5; exit 4'], os.environ, file_actions=actions, **rest)
    news = os.waitid(os.P_PID, pid, os.WEXITED)
    return news.si_status, news.si_code
r, w = os.pipe()
assert run((os.POSIX_SPAWN_DUP2, w, 5), setpgroup=0) == (4, os.CLD_EXITED)
assert os.read(r, 10) == b'hello\\n'
for wrong, kind in ([5], TypeError), ([(9,)], TypeError), ([(os.POSIX_SPAWN_CLOSE, -1)], OSError):
    try:
        run(*wrong)
    except kind:
        pass
    else:
        assert False, wrong
",
    );
}

#[test]
fn bytes_move_between_descriptors() {
    check(
        "
import os, tempfile
r, w = os.pipe()
assert os.writev(w, [b'ab', bytearray(b'cde')]) == 5
one, two = bytearray(2), bytearray(10)
assert os.readv(r, [one, two]) == 5 and one == b'ab' and two[:3] == b'cde'
with tempfile.TemporaryFile() as file:
    file.write(b'0123456789')
    file.flush()
    assert os.preadv(file.fileno(), [one], 3) == 2 and one == b'34'
    assert os.sendfile(w, file.fileno(), 5, 3) == 3 and os.read(r, 10) == b'567'
    file.seek(0)
    assert os.readinto(file.fileno(), two) == 10 and two == b'0123456789'
e = os.eventfd(3)
os.eventfd_write(e, 4)
assert os.eventfd_read(e) == 7
assert os.sysconf('SC_PAGESIZE') == os.sysconf(os.sysconf_names['SC_PAGESIZE'])
try:
    os.readv(r, [b'x'])
except BufferError as error:
    assert str(error) == 'Object is not writable.'
else:
    assert False
",
    );
}

#[test]
fn processes_share_locks_and_memory() {
    check(
        "
import multiprocessing, os
from multiprocessing import shared_memory
context = multiprocessing.get_context('fork')
lock, done, queue = context.Lock(), context.Event(), context.SimpleQueue()
memory = shared_memory.SharedMemory(create=True, size=8, track=False)
def work(name):
    other = shared_memory.SharedMemory(name, track=False)
    for _ in range(100):
        with lock:
            other.buf[0] = (other.buf[0] + 1) % 256
    other.close()
    queue.put('done')
    done.wait(10)
processes = [context.Process(target=work, args=(memory.name,)) for _ in range(2)]
for process in processes:
    process.start()
assert [queue.get(), queue.get()] == ['done'] * 2
done.set()
for process in processes:
    process.join()
    assert process.exitcode == 0
assert memory.buf[0] == 200
memory.close()
memory.unlink()
try:
    lock.release()
except ValueError as error:
    assert str(error) == 'semaphore or lock released too many times'
else:
    assert False
",
    );
}

#[test]
fn dumps_tell_who_waits_for_whom() {
    check(
        "
import faulthandler, tempfile, threading, time
lock = threading.Lock()
lock.acquire()
waiter = threading.Thread(target=lock.acquire, name='waiter')
waiter.start()
time.sleep(0.05)
with tempfile.TemporaryFile('w+') as file:
    faulthandler.dump_traceback(file)
    file.seek(0)
    text = file.read()
    assert '[waiter] (most recent call first):\\n  waits for a lock at ' in text and ', held by thread ' in text, text
    file.seek(0)
    file.truncate()
    faulthandler.dump_traceback_later(0.05, file=file)
    time.sleep(0.2)
    faulthandler.dump_traceback_later(60, file=file)
    faulthandler.cancel_dump_traceback_later()
    file.seek(0)
    assert file.read().startswith('Timeout (0:00:00.050000)!\\nThread 0x')
lock.release()
waiter.join()
for wrong, kind in ((object(), AttributeError), (-1, ValueError)):
    try:
        faulthandler.dump_traceback(wrong)
    except kind:
        pass
    else:
        assert False
",
    );
}

#[test]
fn paths_begin_in_a_folder_by_descriptor() {
    check(
        "
import os, shutil, stat, tempfile
with tempfile.TemporaryDirectory() as top:
    fd = os.open(top, os.O_RDONLY)
    os.mkdir('a', dir_fd=fd)
    with open(os.open('a/f', os.O_CREAT | os.O_WRONLY, dir_fd=fd), 'w') as f:
        f.write('text')
    os.symlink('f', 'a/l', dir_fd=fd)
    os.rename('a/f', 'a/g', src_dir_fd=fd, dst_dir_fd=fd)
    os.symlink('g', 'a/m', dir_fd=fd)
    assert os.stat('a/m', dir_fd=fd).st_size == 4 and os.access('a/g', os.R_OK, dir_fd=fd)
    assert stat.S_ISLNK(os.stat('a/l', dir_fd=fd, follow_symlinks=False).st_mode)
    inner = os.open('a', os.O_RDONLY, dir_fd=fd)
    entries = {e.name: e.is_file() for e in os.scandir(inner)}
    assert entries == {'g': True, 'l': False, 'm': True}, entries
    assert [names for _, _, names, _ in os.fwalk(top)][1]
    with open('a/g', 'r+', opener=lambda path, flags: os.open(path, flags, dir_fd=fd)) as f:
        os.lockf(f.fileno(), os.F_TLOCK, 100)
        os.lockf(f.fileno(), os.F_TEST, 100)
    os.close(inner)
    shutil.rmtree('a', dir_fd=fd)
    assert os.listdir(fd) == [] and shutil.rmtree.avoids_symlink_attacks
    for call, text in [
        (lambda: os.stat('a', dir_fd='b'), 'argument should be integer or None, not str'),
        (lambda: os.stat(fd, dir_fd=fd), \"stat: can't specify dir_fd without matching path\"),
        (lambda: os.stat(fd, follow_symlinks=False), 'stat: cannot use fd and follow_symlinks together'),
        (lambda: os.chown('a', 'b', 1), 'uid should be integer, not str'),
    ]:
        try:
            call()
        except (TypeError, ValueError) as error:
            assert str(error) == text, error
        else:
            assert False, text
    os.close(fd)
",
    );
}
