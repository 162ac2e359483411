//! Who the process is to the system: users and groups, of all its threads at once.

use std::ffi::CStr;
use std::{io, ptr};

fn check(result: i32) -> io::Result<()> {
    if result == 0 { Ok(()) } else { Err(io::Error::last_os_error()) }
}

/// The user or the group of a process.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// The user.
    User,
    /// The group.
    Group,
}

/// `setuid`, `setgid`
pub fn set(kind: Kind, id: u32) -> io::Result<()> {
    // SAFETY: numbers only.
    check(unsafe {
        match kind {
            Kind::User => libc::setuid(id),
            Kind::Group => libc::setgid(id),
        }
    })
}

/// `seteuid`, `setegid`
pub fn set_effective(kind: Kind, id: u32) -> io::Result<()> {
    // SAFETY: numbers only.
    check(unsafe {
        match kind {
            Kind::User => libc::seteuid(id),
            Kind::Group => libc::setegid(id),
        }
    })
}

/// `setreuid`, `setregid`
pub fn set_two(kind: Kind, real: u32, effective: u32) -> io::Result<()> {
    // SAFETY: numbers only.
    check(unsafe {
        match kind {
            Kind::User => libc::setreuid(real, effective),
            Kind::Group => libc::setregid(real, effective),
        }
    })
}

/// `setresuid`, `setresgid`
pub fn set_three(kind: Kind, real: u32, effective: u32, saved: u32) -> io::Result<()> {
    // SAFETY: numbers only.
    check(unsafe {
        match kind {
            Kind::User => libc::setresuid(real, effective, saved),
            Kind::Group => libc::setresgid(real, effective, saved),
        }
    })
}

/// `getresuid`, `getresgid`: real, effective, saved.
pub fn three(kind: Kind) -> io::Result<[u32; 3]> {
    let [mut real, mut effective, mut saved] = [0; 3];
    // SAFETY: fills in ours.
    check(unsafe {
        match kind {
            Kind::User => libc::getresuid(&raw mut real, &raw mut effective, &raw mut saved),
            Kind::Group => libc::getresgid(&raw mut real, &raw mut effective, &raw mut saved),
        }
    })?;
    Ok([real, effective, saved])
}

/// Sets the supplementary groups.
pub fn set_groups(groups: &[u32]) -> io::Result<()> {
    // SAFETY: the slice outlives the call.
    check(unsafe { libc::setgroups(groups.len(), groups.as_ptr()) })
}

/// Sets the supplementary groups to those of a user and one more.
pub fn init_groups(user: &CStr, group: u32) -> io::Result<()> {
    // SAFETY: the name outlives the call.
    check(unsafe { libc::initgroups(user.as_ptr(), group) })
}

/// The groups of a user and one more.
pub fn group_list(user: &CStr, group: u32) -> io::Result<Vec<u32>> {
    let mut count: i32 = 64;
    loop {
        let room = usize::try_from(count).unwrap_or(0);
        let mut groups = vec![0; room];
        // SAFETY: `groups` has room for as many as `count` says.
        let found = unsafe { libc::getgrouplist(user.as_ptr(), group, groups.as_mut_ptr(), ptr::from_mut(&mut count)) };
        if found >= 0 {
            groups.truncate(usize::try_from(count).unwrap_or(0));
            return Ok(groups);
        }
        // The call said how many there are; if it did not, try twice as many.
        if usize::try_from(count).is_ok_and(|n| n <= room) {
            count = i32::try_from(room * 2).map_err(|_| io::Error::from_raw_os_error(libc::ENOMEM))?;
        }
    }
}
