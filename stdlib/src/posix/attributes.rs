//! Extended attributes of files.

use lockstep_heap::Value;
use lockstep_interp::object::Py;
use lockstep_interp::object::raise::{Result, value_error};
use lockstep_macros::module;
use lockstep_sched::WaitKind;
use rustix::fs::{self, XattrFlags};
use rustix::io::Errno;

use super::Place;
use crate::system;

/// What the system is asked about.
enum At {
    Fd(i32),
    Path(Vec<u8>),
}

/// Where the attributes are, and how it is shown.
struct File {
    at: At,
    shown: Value,
    follow: bool,
}

/// The file that a script names: a path, a descriptor, or none for this folder.
fn file(py: &mut Py, path: &Value, follow: bool, function: &str) -> Result<File> {
    if path.is_none() {
        let here = py.str(".");
        let at = At::Path(super::path(py, &here, function)?.bytes);
        return Ok(File { at, shown: Value::NONE, follow });
    }
    let at = match super::place(py, path, function)? {
        Place::Fd(fd) => At::Fd(fd),
        Place::Path(p) => At::Path(p.bytes),
    };
    if matches!(at, At::Fd(1..)) && !follow {
        return Err(value_error(format!("{function}: cannot use fd and follow_symlinks together")));
    }
    Ok(File { at, shown: path.clone(), follow })
}

fn attribute(py: &mut Py, name: &Value, function: &str) -> Result<Vec<u8>> {
    system::path(py, name, function, "attribute").map(|p| p.bytes)
}

fn fail(py: &Py, error: Errno, file: &File) -> lockstep_interp::Raised {
    if file.shown.is_none() { system::fail(py, error) } else { system::fail_at(py, error, &file.shown) }
}

/// Fills a buffer that the system says is too small until it is not.
fn growing(mut call: impl FnMut(&mut Vec<u8>) -> rustix::io::Result<usize>) -> rustix::io::Result<Vec<u8>> {
    for size in [256, 4096, 1 << 16, 1 << 20] {
        let mut bytes = vec![0; size];
        match call(&mut bytes) {
            Err(Errno::RANGE) => {}
            Err(error) => return Err(error),
            Ok(len) => {
                bytes.truncate(len);
                return Ok(bytes);
            }
        }
    }
    Err(Errno::RANGE)
}

/// The functions of this file.
pub struct Attributes;

#[module]
impl Attributes {
    /// Return the value of extended attribute attribute on path.
    ///
    /// path may be either a string, a path-like object, or an open file descriptor.
    /// If follow_symlinks is False, and the last element of the path is a symbolic
    ///   link, getxattr will examine the symbolic link itself instead of the file
    ///   the link points to.
    #[py("(path, attribute, *, follow_symlinks=True)")]
    fn getxattr(py: &mut Py, path: &Value, attribute: &Value, follow_symlinks: bool) -> Result<Value> {
        let file = file(py, path, follow_symlinks, "getxattr")?;
        let name = self::attribute(py, attribute, "getxattr")?;
        let (at, follow) = (&file.at, file.follow);
        let value = system::blocking(py, WaitKind::Call, -1, || {
            growing(|to| match at {
                At::Fd(fd) => fs::fgetxattr(system::fd(*fd)?, name.as_slice(), &mut to[..]),
                At::Path(p) if follow => fs::getxattr(p.as_slice(), name.as_slice(), &mut to[..]),
                At::Path(p) => fs::lgetxattr(p.as_slice(), name.as_slice(), &mut to[..]),
            })
        })?;
        value.map(|value| py.bytes(&value)).map_err(|e| fail(py, e, &file))
    }
    /// Return a list of extended attributes on path.
    ///
    /// path may be either None, a string, a path-like object, or an open file descriptor.
    /// if path is None, listxattr will examine the current directory.
    /// If follow_symlinks is False, and the last element of the path is a symbolic
    ///   link, listxattr will examine the symbolic link itself instead of the file
    ///   the link points to.
    #[py("(path=None, *, follow_symlinks=True)")]
    fn listxattr(py: &mut Py, path: &Value, follow_symlinks: bool) -> Result<Value> {
        let file = file(py, path, follow_symlinks, "listxattr")?;
        let (at, follow) = (&file.at, file.follow);
        let names = system::blocking(py, WaitKind::Call, -1, || {
            growing(|to| match at {
                At::Fd(fd) => fs::flistxattr(system::fd(*fd)?, &mut to[..]),
                At::Path(p) if follow => fs::listxattr(p.as_slice(), &mut to[..]),
                At::Path(p) => fs::llistxattr(p.as_slice(), &mut to[..]),
            })
        })?;
        let names = names.map_err(|e| fail(py, e, &file))?;
        let names = names.split(|b| *b == 0).filter(|n| !n.is_empty());
        let names = names.map(|n| system::decode_path(py, n)).collect();
        Ok(py.list(names))
    }
    /// Remove extended attribute attribute on path.
    ///
    /// path may be either a string, a path-like object, or an open file descriptor.
    /// If follow_symlinks is False, and the last element of the path is a symbolic
    ///   link, removexattr will modify the symbolic link itself instead of the file
    ///   the link points to.
    #[py("(path, attribute, *, follow_symlinks=True)")]
    fn removexattr(py: &mut Py, path: &Value, attribute: &Value, follow_symlinks: bool) -> Result<()> {
        let file = file(py, path, follow_symlinks, "removexattr")?;
        let name = self::attribute(py, attribute, "removexattr")?;
        let (at, follow) = (&file.at, file.follow);
        let removed = system::blocking(py, WaitKind::Call, -1, || match at {
            At::Fd(fd) => fs::fremovexattr(system::fd(*fd)?, name.as_slice()),
            At::Path(p) if follow => fs::removexattr(p.as_slice(), name.as_slice()),
            At::Path(p) => fs::lremovexattr(p.as_slice(), name.as_slice()),
        })?;
        removed.map_err(|e| fail(py, e, &file))
    }
    /// Set extended attribute attribute on path to value.
    ///
    /// path may be either a string, a path-like object,  or an open file descriptor.
    /// If follow_symlinks is False, and the last element of the path is a symbolic
    ///   link, setxattr will modify the symbolic link itself instead of the file
    ///   the link points to.
    #[py("(path, attribute, value, flags=0, *, follow_symlinks=True)")]
    fn setxattr(py: &mut Py, path: &Value, attribute: &Value, value: &Value, flags: i32, follow_symlinks: bool) -> Result<()> {
        let file = file(py, path, follow_symlinks, "setxattr")?;
        let name = self::attribute(py, attribute, "setxattr")?;
        let value = lockstep_interp::types::buffer::to_vec(py, value)?;
        let flags = XattrFlags::from_bits_retain(flags as u32);
        let (at, follow) = (&file.at, file.follow);
        let set = system::blocking(py, WaitKind::Call, -1, || match at {
            At::Fd(fd) => fs::fsetxattr(system::fd(*fd)?, name.as_slice(), &value, flags),
            At::Path(p) if follow => fs::setxattr(p.as_slice(), name.as_slice(), &value, flags),
            At::Path(p) => fs::lsetxattr(p.as_slice(), name.as_slice(), &value, flags),
        })?;
        set.map_err(|e| fail(py, e, &file))
    }
}
