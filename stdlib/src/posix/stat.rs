//! `stat` and its relatives.

use lockstep_heap::Value;
use lockstep_interp::object::Py;
use lockstep_interp::object::raise::Result;
use lockstep_interp::types::structseq::StructSpec;
use lockstep_macros::module;
use rustix::fs::{AtFlags, Stat};

use super::{Place, path, place, place_at};
use crate::system;

/// `os.stat_result`
pub static STAT: StructSpec = StructSpec {
    name: "stat_result",
    module: "os",
    doc: "stat_result: Result from stat, fstat, or lstat.",
    fields: &[
        "st_mode",
        "st_ino",
        "st_dev",
        "st_nlink",
        "st_uid",
        "st_gid",
        "st_size",
        "",
        "",
        "",
        "st_atime",
        "st_mtime",
        "st_ctime",
        "st_atime_ns",
        "st_mtime_ns",
        "st_ctime_ns",
        "st_blksize",
        "st_blocks",
        "st_rdev",
    ],
    visible: 10,
    constructible: true,
};

/// `os.statvfs_result`
pub static STATVFS: StructSpec = StructSpec {
    name: "statvfs_result",
    module: "os",
    doc: "statvfs_result: Result from statvfs or fstatvfs.",
    fields: &[
        "f_bsize",
        "f_frsize",
        "f_blocks",
        "f_bfree",
        "f_bavail",
        "f_files",
        "f_ffree",
        "f_favail",
        "f_flag",
        "f_namemax",
        "f_fsid",
    ],
    visible: 10,
    constructible: true,
};

/// A `stat_result`.
pub fn value(py: &mut Py, s: &Stat) -> Value {
    let times =
        [(s.st_atime, s.st_atime_nsec as i64), (s.st_mtime, s.st_mtime_nsec as i64), (s.st_ctime, s.st_ctime_nsec as i64)];
    let mut out = Vec::with_capacity(19);
    out.push(py.int(i64::from(s.st_mode)));
    out.push(py.int_from(s.st_ino));
    out.push(py.int_from(s.st_dev));
    out.push(py.int_from(s.st_nlink));
    out.push(py.int(i64::from(s.st_uid)));
    out.push(py.int(i64::from(s.st_gid)));
    out.push(py.int(s.st_size));
    for (seconds, _) in times {
        out.push(py.int(seconds));
    }
    for (seconds, nanos) in times {
        out.push(Value::float(seconds as f64 + 1e-9 * nanos as f64));
    }
    for (seconds, nanos) in times {
        out.push(py.int_from(i128::from(seconds) * 1_000_000_000 + i128::from(nanos)));
    }
    out.push(py.int(s.st_blksize));
    out.push(py.int(s.st_blocks));
    out.push(py.int_from(s.st_rdev));
    py.struct_seq(&STAT, out)
}

/// The functions of this file.
pub struct StatFunctions;

#[module]
impl StatFunctions {
    /// Perform a stat system call on the given path.
    #[py("(path, *, dir_fd=None, follow_symlinks=True)", name = "stat")]
    fn stat_path(py: &mut Py, path: &Value, dir_fd: &Value, follow_symlinks: bool) -> Result<Value> {
        let result = match place_at(py, path, "stat", dir_fd, follow_symlinks)? {
            Place::Fd(n) => system::fd(n).and_then(rustix::fs::fstat).map_err(|e| system::fail(py, e)),
            Place::Path(p) => {
                let flags = if follow_symlinks { AtFlags::empty() } else { AtFlags::SYMLINK_NOFOLLOW };
                let at = super::at(py, dir_fd)?;
                rustix::fs::statat(at, p.bytes.as_slice(), flags).map_err(|e| system::fail_at(py, e, &p.shown))
            }
        };
        result.map(|s| value(py, &s))
    }
    /// Perform a stat system call on the given path, without following symbolic links.
    #[py("(path, *, dir_fd=None)")]
    fn lstat(py: &mut Py, path: &Value, dir_fd: &Value) -> Result<Value> {
        let at = super::at(py, dir_fd)?;
        let p = self::path(py, path, "lstat")?;
        match rustix::fs::statat(at, p.bytes.as_slice(), AtFlags::SYMLINK_NOFOLLOW) {
            Ok(s) => Ok(value(py, &s)),
            Err(e) => Err(system::fail_at(py, e, &p.shown)),
        }
    }
    /// Perform a stat system call on the given file descriptor.
    #[py("(fd)")]
    fn fstat(py: &mut Py, fd: i32) -> Result<Value> {
        match system::fd(fd).and_then(rustix::fs::fstat) {
            Ok(s) => Ok(value(py, &s)),
            Err(e) => Err(system::fail(py, e)),
        }
    }
    /// Perform a statvfs system call on the given path.
    #[py("(path)", alias = "fstatvfs")]
    fn statvfs(py: &mut Py, path: &Value) -> Result<Value> {
        let found = match place(py, path, "statvfs")? {
            Place::Fd(n) => system::fd(n).and_then(rustix::fs::fstatvfs).map_err(|e| system::fail(py, e))?,
            Place::Path(p) => rustix::fs::statvfs(p.bytes.as_slice()).map_err(|e| system::fail_at(py, e, &p.shown))?,
        };
        let numbers = [
            found.f_bsize,
            found.f_frsize,
            found.f_blocks,
            found.f_bfree,
            found.f_bavail,
            found.f_files,
            found.f_ffree,
            found.f_favail,
            found.f_flag.bits(),
            found.f_namemax,
            found.f_fsid,
        ];
        let values = numbers.iter().map(|n| py.int_from(*n)).collect();
        Ok(py.struct_seq(&STATVFS, values))
    }
}
