//! Functions on paths.

use lockstep_heap::Value;
use lockstep_interp::object::Py;
use lockstep_interp::object::raise::Result;
use lockstep_macros::module;
use lockstep_sched::WaitKind;
use lockstep_sched::control::{self, RangeLock};
use rustix::fs::{AtFlags, FileType, Mode};
use rustix::io::Errno;

use super::{Place, named, path, place};
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
        let at = super::at(py, dir_fd)?;
        one(py, path, "mkdir", |p| rustix::fs::mkdirat(at, p, Mode::from_raw_mode(mode)))
    }
    /// Remove a directory.
    #[py("(path, *, dir_fd=None)")]
    fn rmdir(py: &mut Py, path: &Value, dir_fd: &Value) -> Result<()> {
        let at = super::at(py, dir_fd)?;
        one(py, path, "rmdir", |p| rustix::fs::unlinkat(at, p, AtFlags::REMOVEDIR))
    }
    /// Remove a file (same as remove()).
    #[py("(path, *, dir_fd=None)")]
    fn unlink(py: &mut Py, path: &Value, dir_fd: &Value) -> Result<()> {
        let at = super::at(py, dir_fd)?;
        one(py, path, "unlink", |p| rustix::fs::unlinkat(at, p, AtFlags::empty()))
    }
    /// Remove a file (same as unlink()).
    #[py("(path, *, dir_fd=None)")]
    fn remove(py: &mut Py, path: &Value, dir_fd: &Value) -> Result<()> {
        let at = super::at(py, dir_fd)?;
        one(py, path, "remove", |p| rustix::fs::unlinkat(at, p, AtFlags::empty()))
    }
    /// Rename a file or directory.
    #[py("(src, dst, *, src_dir_fd=None, dst_dir_fd=None)")]
    fn rename(py: &mut Py, src: &Value, dst: &Value, src_dir_fd: &Value, dst_dir_fd: &Value) -> Result<()> {
        let (from, to) = (super::at(py, src_dir_fd)?, super::at(py, dst_dir_fd)?);
        two(py, src, dst, "rename", |a, b| rustix::fs::renameat(from, a, to, b))
    }
    /// Rename a file or directory, overwriting the destination.
    #[py("(src, dst, *, src_dir_fd=None, dst_dir_fd=None)")]
    fn replace(py: &mut Py, src: &Value, dst: &Value, src_dir_fd: &Value, dst_dir_fd: &Value) -> Result<()> {
        let (from, to) = (super::at(py, src_dir_fd)?, super::at(py, dst_dir_fd)?);
        two(py, src, dst, "replace", |a, b| rustix::fs::renameat(from, a, to, b))
    }
    /// Create a hard link to a file.
    #[py("(src, dst, *, src_dir_fd=None, dst_dir_fd=None, follow_symlinks=True)")]
    fn link(py: &mut Py, src: &Value, dst: &Value, src_dir_fd: &Value, dst_dir_fd: &Value, follow_symlinks: bool) -> Result<()> {
        let (from, to) = (super::at(py, src_dir_fd)?, super::at(py, dst_dir_fd)?);
        let flags = if follow_symlinks { AtFlags::SYMLINK_FOLLOW } else { AtFlags::empty() };
        two(py, src, dst, "link", |a, b| rustix::fs::linkat(from, a, to, b, flags))
    }
    /// Create a symbolic link pointing to src named dst.
    #[py("(src, dst, target_is_directory=False, *, dir_fd=None)")]
    fn symlink(py: &mut Py, src: &Value, dst: &Value, target_is_directory: bool, dir_fd: &Value) -> Result<()> {
        let _ = target_is_directory;
        let at = super::at(py, dir_fd)?;
        two(py, src, dst, "symlink", |a, b| rustix::fs::symlinkat(a, at, b))
    }
    /// Return a string representing the path to which the symbolic link points.
    #[py("(path, *, dir_fd=None)")]
    fn readlink(py: &mut Py, path: &Value, dir_fd: &Value) -> Result<Value> {
        let at = super::at(py, dir_fd)?;
        let p = super::path(py, path, "readlink")?;
        match rustix::fs::readlinkat(at, p.bytes.as_slice(), Vec::new()) {
            Ok(target) => Ok(named(py, target.as_bytes(), p.is_bytes)),
            Err(e) => Err(system::fail_at(py, e, &p.shown)),
        }
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
        let at = super::at(py, dir_fd)?;
        one(py, path, "mkfifo", |p| rustix::fs::mkfifoat(at, p, Mode::from_raw_mode(mode)))
    }
    /// Create a node in the file system.
    #[py("(path, mode=384, device=0, *, dir_fd=None)")]
    fn mknod(py: &mut Py, path: &Value, mode: u32, device: u64, dir_fd: &Value) -> Result<()> {
        let at = super::at(py, dir_fd)?;
        let (kind, mode) = (FileType::from_raw_mode(mode), Mode::from_raw_mode(mode));
        one(py, path, "mknod", |p| rustix::fs::mknodat(at, p, kind, mode, device))
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
        // The kinds as `struct flock` numbers them.
        let (kind, wait) = match command {
            0 => (2, true),
            1 => (1, true),
            2 => (1, false),
            3 => (1, false),
            _ => return Err(system::fail(py, Errno::INVAL)),
        };
        let lock = RangeLock { kind, whence: 1, start: 0, len: length };
        let result = system::blocking(py, WaitKind::Lock, fd, || {
            let done = match command {
                3 => match control::range_is_free(fd, lock) {
                    Ok(false) => return Err(Errno::ACCESS),
                    asked => asked.map(drop),
                },
                _ => control::lock_range(fd, lock, wait),
            };
            done.map_err(|e| Errno::from_io_error(&e).unwrap_or(Errno::IO))
        })?;
        result.map_err(|e| system::fail(py, e))
    }
}
