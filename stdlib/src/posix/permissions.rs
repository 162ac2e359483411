//! Who may do what with a file, whose it is, and when it was used.

use lockstep_heap::Value;
use lockstep_interp::object::Py;
use lockstep_interp::object::raise::{Result, not_implemented, type_error, value_error};
use lockstep_interp::types::tuple::Tuple;
use lockstep_macros::module;
use lockstep_sched::WaitKind;
use rustix::fs::{Access, AtFlags, Mode, Timespec, Timestamps, UTIME_NOW};
use rustix::process::{Gid, Uid};

use super::users::id;
use super::{Place, place_at};
use crate::system;

/// The functions of this file.
pub struct Permissions;

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

/// `chown` and its kin; -1 leaves an owner or group as it is.
fn owner(py: &mut Py, path: &Value, uid: &Value, gid: &Value, dir_fd: &Value, follow: bool, function: &str) -> Result<()> {
    let uid = Some(id(py, uid, "uid")?).filter(|n| *n != u32::MAX).map(Uid::from_raw);
    let gid = Some(id(py, gid, "gid")?).filter(|n| *n != u32::MAX).map(Gid::from_raw);
    match place_at(py, path, function, dir_fd, follow)? {
        Place::Fd(n) => {
            let result = system::blocking(py, WaitKind::Call, n, || rustix::fs::fchown(system::fd(n)?, uid, gid))?;
            result.map_err(|e| system::fail(py, e))
        }
        Place::Path(p) => {
            let at = super::at(py, dir_fd)?;
            let flags = if follow { AtFlags::empty() } else { AtFlags::SYMLINK_NOFOLLOW };
            let bytes = p.bytes.as_slice();
            let result = system::blocking(py, WaitKind::Call, -1, || rustix::fs::chownat(at, bytes, uid, gid, flags))?;
            result.map_err(|e| system::fail_at(py, e, &p.shown))
        }
    }
}

#[module]
impl Permissions {
    /// Change the access permissions of a file.
    #[py("(path, mode, *, dir_fd=None, follow_symlinks=True)")]
    fn chmod(py: &mut Py, path: &Value, mode: u32, dir_fd: &Value, follow_symlinks: bool) -> Result<()> {
        if !follow_symlinks {
            return Err(not_implemented("chmod: follow_symlinks unavailable on this platform"));
        }
        match place_at(py, path, "chmod", dir_fd, true)? {
            Place::Fd(n) => {
                system::fd(n).and_then(|fd| rustix::fs::fchmod(fd, Mode::from_raw_mode(mode))).map_err(|e| system::fail(py, e))
            }
            Place::Path(p) => {
                let at = super::at(py, dir_fd)?;
                let changed = rustix::fs::chmodat(at, p.bytes.as_slice(), Mode::from_raw_mode(mode), AtFlags::empty());
                changed.map_err(|e| system::fail_at(py, e, &p.shown))
            }
        }
    }
    #[py("(fd, mode)")]
    fn fchmod(py: &mut Py, fd: i32, mode: u32) -> Result<()> {
        system::fd(fd).and_then(|fd| rustix::fs::fchmod(fd, Mode::from_raw_mode(mode))).map_err(|e| system::fail(py, e))
    }
    /// Change the owner and group id of path to the numeric uid and gid.
    #[py("(path, uid, gid, *, dir_fd=None, follow_symlinks=True)")]
    fn chown(py: &mut Py, path: &Value, uid: &Value, gid: &Value, dir_fd: &Value, follow_symlinks: bool) -> Result<()> {
        owner(py, path, uid, gid, dir_fd, follow_symlinks, "chown")
    }
    /// Change the owner and group id of path to the numeric uid and gid.
    #[py("(path, uid, gid)")]
    fn lchown(py: &mut Py, path: &Value, uid: &Value, gid: &Value) -> Result<()> {
        let path = system::fspath(py, path)?;
        owner(py, &path, uid, gid, &Value::NONE, false, "lchown")
    }
    /// Change the owner and group id of the file specified by file descriptor.
    #[py("(fd, uid, gid)")]
    fn fchown(py: &mut Py, fd: &Value, uid: &Value, gid: &Value) -> Result<()> {
        let number = system::descriptor_of(py, fd)?;
        let fd = Value::int32(number);
        owner(py, &fd, uid, gid, &Value::NONE, true, "fchown")
    }
    /// Set the access and modified time of path.
    #[py("(path, times=None, *, ns=<unrepresentable>, dir_fd=None, follow_symlinks=True)")]
    fn utime(py: &mut Py, path: &Value, times: &Value, ns: Option<&Value>, dir_fd: &Value, follow_symlinks: bool) -> Result<()> {
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
        match place_at(py, path, "utime", dir_fd, follow_symlinks)? {
            Place::Fd(n) => system::fd(n).and_then(|fd| rustix::fs::futimens(fd, &stamps)).map_err(|e| system::fail(py, e)),
            Place::Path(p) => {
                let at = super::at(py, dir_fd)?;
                rustix::fs::utimensat(at, p.bytes.as_slice(), &stamps, flags).map_err(|e| system::fail_at(py, e, &p.shown))
            }
        }
    }
    /// Use the real uid/gid to test for access to a path.
    #[py("(path, mode, *, dir_fd=None, effective_ids=False, follow_symlinks=True)")]
    fn access(py: &mut Py, path: &Value, mode: u32, dir_fd: &Value, effective_ids: bool, follow_symlinks: bool) -> Result<bool> {
        let at = super::at(py, dir_fd)?;
        let p = super::path(py, path, "access")?;
        let mut flags = AtFlags::empty();
        flags.set(AtFlags::EACCESS, effective_ids);
        flags.set(AtFlags::SYMLINK_NOFOLLOW, !follow_symlinks);
        let mode = Access::from_bits_retain(mode);
        let allowed = system::blocking(py, WaitKind::Call, -1, || rustix::fs::accessat(at, p.bytes.as_slice(), mode, flags))?;
        Ok(allowed.is_ok())
    }
}
