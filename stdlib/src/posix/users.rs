//! Users and groups of the process.

use std::ffi::CString;

use lockstep_heap::Value;
use lockstep_interp::object::Py;
use lockstep_interp::object::raise::{Result, overflow_error, type_error, value_error};
use lockstep_interp::types::int;
use lockstep_interp::types::list::List;
use lockstep_interp::types::str::Str;
use lockstep_interp::types::tuple::Tuple;
use lockstep_macros::module;
use lockstep_sched::users::{self, Kind};
use rustix::io::Errno;
use rustix::process::Uid;

use crate::system;

/// Most groups that `setgroups` takes.
const MOST_GROUPS: usize = 65536;

/// A number of a user or a group; -1 stands for "unchanged".
pub fn id(py: &mut Py, value: &Value, what: &str) -> Result<u32> {
    if !int::is_int(value) {
        return Err(type_error(format!("{what} should be integer, not {}", py.type_name(value))));
    }
    match int::as_i64(value) {
        Some(-1) => Ok(u32::MAX),
        Some(n) if n < 0 => Err(overflow_error(format!("{what} is less than minimum"))),
        // CPython's word for it.
        Some(n) => u32::try_from(n).map_err(|_| overflow_error(format!("{what} is less than minimum"))),
        None => Err(overflow_error(format!("{what} is greater than maximum"))),
    }
}

fn ids<const N: usize>(py: &mut Py, values: [&Value; N], what: &str) -> Result<[u32; N]> {
    let mut out = [0; N];
    for (slot, value) in out.iter_mut().zip(values) {
        *slot = id(py, value, what)?;
    }
    Ok(out)
}

fn done<T>(py: &Py, result: std::io::Result<T>) -> Result<T> {
    result.map_err(|e| system::fail_io(py, &e))
}

fn name(py: &mut Py, value: &Value, function: &str) -> Result<CString> {
    let Some(text) = value.downcast::<Str>() else {
        let got = py.type_name(value);
        return Err(type_error(format!("{function}() argument 1 must be str, not {got}")));
    };
    let bytes = system::encode_path(py, text)?;
    CString::new(bytes).map_err(|_| value_error("embedded null character"))
}

fn shown(py: &Py, ids: &[u32]) -> Vec<Value> {
    ids.iter().map(|id| py.int(i64::from(*id))).collect()
}

/// The functions of this file.
pub struct Users;

#[module]
impl Users {
    /// Returns a list of groups to which a user belongs.
    ///
    ///   user
    ///     username to lookup
    ///   group
    ///     base group id of the user
    #[py("(user, group, /)")]
    fn getgrouplist(py: &mut Py, user: &Value, group: &Value) -> Result<Value> {
        let (user, group) = (name(py, user, "getgrouplist")?, id(py, group, "gid")?);
        let groups = done(py, users::group_list(&user, group))?;
        Ok(py.list(shown(py, &groups)))
    }
    /// Return a tuple of the current process's real, effective, and saved group ids.
    #[py("()")]
    fn getresgid(py: &mut Py) -> Result<Value> {
        let ids = done(py, users::three(Kind::Group))?;
        Ok(py.tuple(shown(py, &ids)))
    }
    /// Return a tuple of the current process's real, effective, and saved user ids.
    #[py("()")]
    fn getresuid(py: &mut Py) -> Result<Value> {
        let ids = done(py, users::three(Kind::User))?;
        Ok(py.tuple(shown(py, &ids)))
    }
    /// Initialize the group access list.
    ///
    /// Call the system initgroups() to initialize the group access list with all of
    /// the groups of which the specified username is a member, plus the specified
    /// group id.
    #[py("(username, gid, /)")]
    fn initgroups(py: &mut Py, username: &Value, gid: &Value) -> Result<()> {
        let path = system::fspath(py, username)?;
        let user = system::path_of(py, path, "")?.bytes;
        let gid = id(py, gid, "gid")?;
        let user = CString::new(user).map_err(|_| value_error("embedded null byte"))?;
        done(py, users::init_groups(&user, gid))
    }
    /// Set the current process's effective group id.
    #[py("(egid, /)")]
    fn setegid(py: &mut Py, egid: &Value) -> Result<()> {
        let id = id(py, egid, "gid")?;
        done(py, users::set_effective(Kind::Group, id))
    }
    /// Set the current process's effective user id.
    #[py("(euid, /)")]
    fn seteuid(py: &mut Py, euid: &Value) -> Result<()> {
        let id = id(py, euid, "uid")?;
        done(py, users::set_effective(Kind::User, id))
    }
    /// Set the current process's group id.
    #[py("(gid, /)")]
    fn setgid(py: &mut Py, gid: &Value) -> Result<()> {
        let id = id(py, gid, "gid")?;
        done(py, users::set(Kind::Group, id))
    }
    /// Set the groups of the current process to list.
    #[py("(groups, /)")]
    fn setgroups(py: &mut Py, groups: &Value) -> Result<()> {
        let is_sequence = groups.is_a::<List>() || groups.is_a::<Tuple>() || py.getattr_opt(groups, "__getitem__")?.is_some();
        if !is_sequence {
            return Err(type_error("setgroups argument must be a sequence"));
        }
        let groups = py.collect(groups)?;
        if groups.len() > MOST_GROUPS {
            return Err(value_error("too many groups"));
        }
        let mut ids = Vec::with_capacity(groups.len());
        for group in &groups {
            if !int::is_int(group) {
                return Err(type_error("groups must be integers"));
            }
            ids.push(id(py, group, "gid")?);
        }
        done(py, users::set_groups(&ids))
    }
    /// Set the current process's real and effective group ids.
    #[py("(rgid, egid, /)")]
    fn setregid(py: &mut Py, rgid: &Value, egid: &Value) -> Result<()> {
        let [real, effective] = ids(py, [rgid, egid], "gid")?;
        done(py, users::set_two(Kind::Group, real, effective))
    }
    /// Set the current process's real, effective, and saved group ids.
    #[py("(rgid, egid, sgid, /)")]
    fn setresgid(py: &mut Py, rgid: &Value, egid: &Value, sgid: &Value) -> Result<()> {
        let [real, effective, saved] = ids(py, [rgid, egid, sgid], "gid")?;
        done(py, users::set_three(Kind::Group, real, effective, saved))
    }
    /// Set the current process's real, effective, and saved user ids.
    #[py("(ruid, euid, suid, /)")]
    fn setresuid(py: &mut Py, ruid: &Value, euid: &Value, suid: &Value) -> Result<()> {
        let [real, effective, saved] = ids(py, [ruid, euid, suid], "uid")?;
        done(py, users::set_three(Kind::User, real, effective, saved))
    }
    /// Set the current process's real and effective user ids.
    #[py("(ruid, euid, /)")]
    fn setreuid(py: &mut Py, ruid: &Value, euid: &Value) -> Result<()> {
        let [real, effective] = ids(py, [ruid, euid], "uid")?;
        done(py, users::set_two(Kind::User, real, effective))
    }
    /// Set the current process's user id.
    #[py("(uid, /)")]
    fn setuid(py: &mut Py, uid: &Value) -> Result<()> {
        let id = id(py, uid, "uid")?;
        done(py, users::set(Kind::User, id))
    }
    /// Change root directory to path.
    #[py("(path)")]
    fn chroot(py: &mut Py, path: &Value) -> Result<()> {
        let p = super::path(py, path, "chroot")?;
        rustix::process::chroot(p.bytes.as_slice()).map_err(|e| system::fail_at(py, e, &p.shown))
    }
    /// Return program scheduling priority.
    #[py("(which, who)")]
    fn getpriority(py: &mut Py, which: i32, who: i32) -> Result<i32> {
        use rustix::process::{Pid, getpriority_pgrp, getpriority_process, getpriority_user};
        let priority = match which {
            0 if who < 0 => Err(Errno::SRCH),
            0 => getpriority_process(Pid::from_raw(who)),
            1 if who < 0 => Err(Errno::SRCH),
            1 => getpriority_pgrp(Pid::from_raw(who)),
            2 => getpriority_user(Uid::from_raw(who as u32)),
            _ => Err(Errno::INVAL),
        };
        priority.map_err(|e| system::fail(py, e))
    }
    /// Set program scheduling priority.
    #[py("(which, who, priority)")]
    fn setpriority(py: &mut Py, which: i32, who: i32, priority: i32) -> Result<()> {
        use rustix::process::{Pid, setpriority_pgrp, setpriority_process, setpriority_user};
        let result = match which {
            0 | 1 if who < 0 => Err(Errno::SRCH),
            0 => setpriority_process(Pid::from_raw(who), priority),
            1 => setpriority_pgrp(Pid::from_raw(who), priority),
            2 => setpriority_user(Uid::from_raw(who as u32), priority),
            _ => Err(Errno::INVAL),
        };
        result.map_err(|e| system::fail(py, e))
    }
}
