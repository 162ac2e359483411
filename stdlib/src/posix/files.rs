//! Functions on paths.

use lockstep_heap::Value;
use lockstep_interp::object::Py;
use lockstep_interp::object::raise::{Result, type_error, value_error};
use lockstep_interp::types::tuple::Tuple;
use lockstep_macros::module;
use lockstep_sched::WaitKind;
use rustix::fs::{Access, AtFlags, CWD, FlockOperation, Mode, Timespec, Timestamps, UTIME_NOW};
use rustix::io::Errno;
use rustix::process::{Gid, Uid};

use super::{Place, named, no_dir_fd, path, place};
use crate::system;

/// The functions of this file.
pub struct Files;

fn one<R: Send>(
    py: &mut Py,
    value: &Value,
    function: &str,
    call: impl Fn(&[u8]) -> rustix::io::Result<R> + Send + Sync,
) -> Result<R> {
    let p = path(py, value, function)?;
    let bytes = p.bytes;
    let result = system::blocking(py, WaitKind::Call, -1, || call(&bytes))?;
    result.map_err(|e| system::fail_at(py, e, &p.shown))
}

fn two(
    py: &mut Py,
    a: &Value,
    b: &Value,
    function: &str,
    call: impl Fn(&[u8], &[u8]) -> rustix::io::Result<()> + Send + Sync,
) -> Result<()> {
    let a = system::path(py, a, function, "src")?;
    let b = system::path(py, b, function, "dst")?;
    let (x, y) = (a.bytes, b.bytes);
    let result = system::blocking(py, WaitKind::Call, -1, || call(&x, &y))?;
    result.map_err(|e| system::fail_at_two(py, e, &a.shown, &b.shown))
}

fn moment(py: &mut Py, value: &Value) -> Result<Timespec> {
    if let Some(n) = lockstep_interp::types::int::as_i64(value) {
        return Ok(Timespec { tv_sec: n, tv_nsec: 0 });
    }
    let x = py.to_f64(value)?;
    if x.is_nan() {
        return Err(value_error("Invalid value NaN (not a number)"));
    }
    let seconds = x.floor();
    let nanos = ((x - seconds) * 1e9).floor().clamp(0.0, 999_999_999.0);
    Ok(Timespec { tv_sec: seconds as i64, tv_nsec: nanos as i64 })
}

#[module]
impl Files {
    /// Return a list containing the names of the files in the directory.
    #[py("(path=None)")]
    fn listdir(py: &mut Py, path: &Value) -> Result<Value> {
        let dot = py.str(".");
        let path = if path.is_none() { &dot } else { path };
        let (names, is_bytes) = super::scan::names(py, path, "listdir")?;
        let names = names.into_iter().map(|(name, ..)| named(py, &name, is_bytes)).collect();
        Ok(py.list(names))
    }
    /// Create a directory.
    #[py("(path, mode=511, *, dir_fd=None)")]
    fn mkdir(py: &mut Py, path: &Value, mode: u32, dir_fd: &Value) -> Result<()> {
        no_dir_fd(dir_fd)?;
        one(py, path, "mkdir", |p| rustix::fs::mkdir(p, Mode::from_raw_mode(mode)))
    }
    /// Remove a directory.
    #[py("(path, *, dir_fd=None)")]
    fn rmdir(py: &mut Py, path: &Value, dir_fd: &Value) -> Result<()> {
        no_dir_fd(dir_fd)?;
        one(py, path, "rmdir", |p| rustix::fs::rmdir(p))
    }
    /// Remove a file (same as remove()).
    #[py("(path, *, dir_fd=None)")]
    fn unlink(py: &mut Py, path: &Value, dir_fd: &Value) -> Result<()> {
        no_dir_fd(dir_fd)?;
        one(py, path, "unlink", |p| rustix::fs::unlink(p))
    }
    /// Remove a file (same as unlink()).
    #[py("(path, *, dir_fd=None)")]
    fn remove(py: &mut Py, path: &Value, dir_fd: &Value) -> Result<()> {
        no_dir_fd(dir_fd)?;
        one(py, path, "remove", |p| rustix::fs::unlink(p))
    }
    /// Rename a file or directory.
    #[py("(src, dst, *, src_dir_fd=None, dst_dir_fd=None)")]
    fn rename(py: &mut Py, src: &Value, dst: &Value, src_dir_fd: &Value, dst_dir_fd: &Value) -> Result<()> {
        no_dir_fd(src_dir_fd)?;
        no_dir_fd(dst_dir_fd)?;
        two(py, src, dst, "rename", |a, b| rustix::fs::rename(a, b))
    }
    /// Rename a file or directory, overwriting the destination.
    #[py("(src, dst, *, src_dir_fd=None, dst_dir_fd=None)")]
    fn replace(py: &mut Py, src: &Value, dst: &Value, src_dir_fd: &Value, dst_dir_fd: &Value) -> Result<()> {
        no_dir_fd(src_dir_fd)?;
        no_dir_fd(dst_dir_fd)?;
        two(py, src, dst, "replace", |a, b| rustix::fs::rename(a, b))
    }
    /// Create a hard link to a file.
    #[py("(src, dst, *, src_dir_fd=None, dst_dir_fd=None, follow_symlinks=True)")]
    fn link(py: &mut Py, src: &Value, dst: &Value, src_dir_fd: &Value, dst_dir_fd: &Value, follow_symlinks: bool) -> Result<()> {
        no_dir_fd(src_dir_fd)?;
        no_dir_fd(dst_dir_fd)?;
        let flags = if follow_symlinks { AtFlags::SYMLINK_FOLLOW } else { AtFlags::empty() };
        two(py, src, dst, "link", |a, b| rustix::fs::linkat(CWD, a, CWD, b, flags))
    }
    /// Create a symbolic link pointing to src named dst.
    #[py("(src, dst, target_is_directory=False, *, dir_fd=None)")]
    fn symlink(py: &mut Py, src: &Value, dst: &Value, target_is_directory: bool, dir_fd: &Value) -> Result<()> {
        let _ = target_is_directory;
        no_dir_fd(dir_fd)?;
        two(py, src, dst, "symlink", |a, b| rustix::fs::symlink(a, b))
    }
    /// Return a string representing the path to which the symbolic link points.
    #[py("(path, *, dir_fd=None)")]
    fn readlink(py: &mut Py, path: &Value, dir_fd: &Value) -> Result<Value> {
        no_dir_fd(dir_fd)?;
        let p = super::path(py, path, "readlink")?;
        match rustix::fs::readlink(p.bytes.as_slice(), Vec::new()) {
            Ok(target) => Ok(named(py, target.as_bytes(), p.is_bytes)),
            Err(e) => Err(system::fail_at(py, e, &p.shown)),
        }
    }
    /// Change the access permissions of a file.
    #[py("(path, mode, *, dir_fd=None, follow_symlinks=True)")]
    fn chmod(py: &mut Py, path: &Value, mode: u32, dir_fd: &Value, follow_symlinks: bool) -> Result<()> {
        no_dir_fd(dir_fd)?;
        if !follow_symlinks {
            return Err(lockstep_interp::object::raise::not_implemented("chmod: follow_symlinks unavailable on this platform"));
        }
        match place(py, path, "chmod")? {
            Place::Fd(n) => {
                system::fd(n).and_then(|fd| rustix::fs::fchmod(fd, Mode::from_raw_mode(mode))).map_err(|e| system::fail(py, e))
            }
            Place::Path(p) => {
                rustix::fs::chmod(p.bytes.as_slice(), Mode::from_raw_mode(mode)).map_err(|e| system::fail_at(py, e, &p.shown))
            }
        }
    }
    #[py("(fd, mode)")]
    fn fchmod(py: &mut Py, fd: i32, mode: u32) -> Result<()> {
        system::fd(fd).and_then(|fd| rustix::fs::fchmod(fd, Mode::from_raw_mode(mode))).map_err(|e| system::fail(py, e))
    }
    /// Change the owner and group id of path to the numeric uid and gid.
    #[py("(path, uid, gid, *, dir_fd=None, follow_symlinks=True)")]
    fn chown(py: &mut Py, path: &Value, uid: i64, gid: i64, dir_fd: &Value, follow_symlinks: bool) -> Result<()> {
        no_dir_fd(dir_fd)?;
        let uid = u32::try_from(uid).ok().map(Uid::from_raw);
        let gid = u32::try_from(gid).ok().map(Gid::from_raw);
        let flags = if follow_symlinks { AtFlags::empty() } else { AtFlags::SYMLINK_NOFOLLOW };
        match place(py, path, "chown")? {
            Place::Fd(n) => system::fd(n).and_then(|fd| rustix::fs::fchown(fd, uid, gid)).map_err(|e| system::fail(py, e)),
            Place::Path(p) => {
                rustix::fs::chownat(CWD, p.bytes.as_slice(), uid, gid, flags).map_err(|e| system::fail_at(py, e, &p.shown))
            }
        }
    }
    /// Set the access and modified time of path.
    #[py("(path, times=None, *, ns=<unrepresentable>, dir_fd=None, follow_symlinks=True)")]
    fn utime(py: &mut Py, path: &Value, times: &Value, ns: Option<&Value>, dir_fd: &Value, follow_symlinks: bool) -> Result<()> {
        no_dir_fd(dir_fd)?;
        if !times.is_none() && ns.is_some() {
            return Err(value_error("utime: you may specify either 'times' or 'ns' but not both"));
        }
        let pair = |v: &Value| v.downcast::<Tuple>().and_then(|t| t.slice().first_chunk::<2>().filter(|_| t.len() == 2).cloned());
        let stamps = if let Some(ns) = ns {
            let Some(both) = pair(ns) else { return Err(type_error("utime: 'ns' must be a tuple of two ints")) };
            let mut out = [Timespec { tv_sec: 0, tv_nsec: 0 }; 2];
            for (to, from) in out.iter_mut().zip(&both) {
                let n = py.index_clamped(from)? as i64;
                *to = Timespec { tv_sec: n.div_euclid(1_000_000_000), tv_nsec: n.rem_euclid(1_000_000_000) };
            }
            out
        } else if times.is_none() {
            [Timespec { tv_sec: 0, tv_nsec: UTIME_NOW as _ }; 2]
        } else {
            let Some([a, b]) = pair(times) else {
                return Err(type_error("utime: 'times' must be either a tuple of two ints or None"));
            };
            [moment(py, &a)?, moment(py, &b)?]
        };
        let stamps = Timestamps { last_access: stamps[0], last_modification: stamps[1] };
        let flags = if follow_symlinks { AtFlags::empty() } else { AtFlags::SYMLINK_NOFOLLOW };
        match place(py, path, "utime")? {
            Place::Fd(n) => system::fd(n).and_then(|fd| rustix::fs::futimens(fd, &stamps)).map_err(|e| system::fail(py, e)),
            Place::Path(p) => {
                rustix::fs::utimensat(CWD, p.bytes.as_slice(), &stamps, flags).map_err(|e| system::fail_at(py, e, &p.shown))
            }
        }
    }
    /// Use the real uid/gid to test for access to a path.
    #[py("(path, mode, *, dir_fd=None, effective_ids=False, follow_symlinks=True)")]
    fn access(py: &mut Py, path: &Value, mode: u32, dir_fd: &Value, effective_ids: bool, follow_symlinks: bool) -> Result<bool> {
        let _ = (effective_ids, follow_symlinks);
        no_dir_fd(dir_fd)?;
        let p = super::path(py, path, "access")?;
        Ok(rustix::fs::access(p.bytes.as_slice(), Access::from_bits_truncate(mode)).is_ok())
    }
    /// Return a unicode string representing the current working directory.
    #[py("()")]
    fn getcwd(py: &mut Py) -> Result<Value> {
        match rustix::process::getcwd(Vec::new()) {
            Ok(at) => Ok(system::decode_path(py, at.as_bytes())),
            Err(e) => Err(system::fail(py, e)),
        }
    }
    #[py("()")]
    fn getcwdb(py: &mut Py) -> Result<Value> {
        match rustix::process::getcwd(Vec::new()) {
            Ok(at) => Ok(py.bytes(at.as_bytes())),
            Err(e) => Err(system::fail(py, e)),
        }
    }
    /// Change the current working directory to the specified path.
    #[py("(path)")]
    fn chdir(py: &mut Py, path: &Value) -> Result<()> {
        match place(py, path, "chdir")? {
            Place::Fd(n) => system::fd(n).and_then(rustix::process::fchdir).map_err(|e| system::fail(py, e)),
            Place::Path(p) => rustix::process::chdir(p.bytes.as_slice()).map_err(|e| system::fail_at(py, e, &p.shown)),
        }
    }
    #[py("(fd)")]
    fn fchdir(py: &mut Py, fd: i32) -> Result<()> {
        system::fd(fd).and_then(rustix::process::fchdir).map_err(|e| system::fail(py, e))
    }
    /// Create a "fifo" (a POSIX named pipe).
    #[py("(path, mode=438, *, dir_fd=None)")]
    fn mkfifo(py: &mut Py, path: &Value, mode: u32, dir_fd: &Value) -> Result<()> {
        no_dir_fd(dir_fd)?;
        one(py, path, "mkfifo", |p| rustix::fs::mkfifoat(CWD, p, Mode::from_raw_mode(mode)))
    }
    /// Return the file system path representation of the object.
    #[py("(path)")]
    fn fspath(py: &mut Py, path: &Value) -> Result<Value> {
        system::fspath(py, path)
    }
    /// Force write of everything to disk.
    #[py("()")]
    fn sync(_py: &mut Py) {
        rustix::fs::sync();
    }
    #[py("(fd, command, length, /)")]
    fn lockf(py: &mut Py, fd: i32, command: i32, length: i64) -> Result<()> {
        let operation = match (command, length) {
            (0, 0) => FlockOperation::Unlock,
            (1, 0) => FlockOperation::LockExclusive,
            (2, 0) => FlockOperation::NonBlockingLockExclusive,
            _ => return Err(system::fail(py, Errno::INVAL)),
        };
        let result = system::blocking(py, WaitKind::Lock, fd, || rustix::fs::fcntl_lock(system::fd(fd)?, operation))?;
        result.map_err(|e| system::fail(py, e))
    }
}
