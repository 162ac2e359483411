//! Starting programs the system's way: `posix_spawn`.

use std::ffi::{CString, c_char};
use std::{io, mem, ptr};

use crate::signals::to_set;

/// What happens to descriptors on the way.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FileAction {
    /// A file is opened as descriptor.
    Open {
        /// The descriptor.
        fd: i32,
        /// The file.
        path: CString,
        /// `O_RDONLY` and its kin.
        flags: i32,
        /// Permissions of a new file.
        mode: u32,
    },
    /// A descriptor is closed.
    Close(i32),
    /// The first becomes the second too.
    Duplicate(i32, i32),
    /// This one and all above are closed.
    CloseFrom(i32),
}

/// A program to start.
#[derive(Debug, Default)]
pub struct Program {
    /// The file; without a slash it is looked for if `search`.
    pub file: CString,
    /// Whether to look through `PATH`.
    pub search: bool,
    /// The arguments, beginning with the program's own name.
    pub args: Vec<CString>,
    /// The environment, as `NAME=value`.
    pub environment: Vec<CString>,
    /// In this order.
    pub actions: Vec<FileAction>,
    /// The process group to join; 0: its own.
    pub group: Option<i32>,
    /// Whether effective users and groups become the real ones.
    pub reset_ids: bool,
    /// Whether it leads a new session.
    pub new_session: bool,
    /// Signals that it blocks.
    pub mask: Option<u64>,
    /// Signals that get their defaults back.
    pub defaults: Option<u64>,
    /// Policy (none: unchanged) and priority.
    pub scheduler: Option<(Option<i32>, i32)>,
}

fn check(code: i32) -> io::Result<()> {
    if code == 0 { Ok(()) } else { Err(io::Error::from_raw_os_error(code)) }
}

/// The system's list of actions.
struct Actions(Box<libc::posix_spawn_file_actions_t>);

impl Actions {
    fn new(actions: &[FileAction]) -> io::Result<Actions> {
        // SAFETY: overwritten by the call that follows.
        let mut list = Actions(Box::new(unsafe { mem::zeroed() }));
        let raw: *mut libc::posix_spawn_file_actions_t = &raw mut *list.0;
        // SAFETY: `raw` points to the list until it is dropped; the system copies paths.
        unsafe {
            check(libc::posix_spawn_file_actions_init(raw))?;
            for action in actions {
                check(match action {
                    FileAction::Open { fd, path, flags, mode } => {
                        libc::posix_spawn_file_actions_addopen(raw, *fd, path.as_ptr(), *flags, *mode)
                    }
                    FileAction::Close(fd) => libc::posix_spawn_file_actions_addclose(raw, *fd),
                    FileAction::Duplicate(from, to) => libc::posix_spawn_file_actions_adddup2(raw, *from, *to),
                    FileAction::CloseFrom(fd) => libc::posix_spawn_file_actions_addclosefrom_np(raw, *fd),
                })?;
            }
        }
        Ok(list)
    }
}

impl Drop for Actions {
    fn drop(&mut self) {
        // SAFETY: initialised by `new` (an all-zero one holds nothing).
        unsafe { libc::posix_spawn_file_actions_destroy(&raw mut *self.0) };
    }
}

/// The system's attributes.
struct Attributes(Box<libc::posix_spawnattr_t>);

impl Attributes {
    fn new(program: &Program) -> io::Result<Attributes> {
        // SAFETY: overwritten by the call that follows.
        let mut attributes = Attributes(Box::new(unsafe { mem::zeroed() }));
        let raw: *mut libc::posix_spawnattr_t = &raw mut *attributes.0;
        let mut flags = 0;
        // SAFETY: `raw` points to the attributes until they are dropped; all else is ours.
        unsafe {
            check(libc::posix_spawnattr_init(raw))?;
            if let Some(group) = program.group {
                flags |= libc::POSIX_SPAWN_SETPGROUP;
                check(libc::posix_spawnattr_setpgroup(raw, group))?;
            }
            if program.reset_ids {
                flags |= libc::POSIX_SPAWN_RESETIDS;
            }
            if program.new_session {
                flags |= i32::from(libc::POSIX_SPAWN_SETSID);
            }
            if let Some(mask) = program.mask {
                flags |= libc::POSIX_SPAWN_SETSIGMASK;
                let set = to_set(mask);
                check(libc::posix_spawnattr_setsigmask(raw, &raw const set))?;
            }
            if let Some(defaults) = program.defaults {
                flags |= libc::POSIX_SPAWN_SETSIGDEF;
                let set = to_set(defaults);
                check(libc::posix_spawnattr_setsigdefault(raw, &raw const set))?;
            }
            if let Some((policy, priority)) = program.scheduler {
                if let Some(policy) = policy {
                    flags |= libc::POSIX_SPAWN_SETSCHEDULER;
                    check(libc::posix_spawnattr_setschedpolicy(raw, policy))?;
                }
                flags |= libc::POSIX_SPAWN_SETSCHEDPARAM;
                let mut param: libc::sched_param = mem::zeroed();
                param.sched_priority = priority;
                check(libc::posix_spawnattr_setschedparam(raw, &raw const param))?;
            }
            check(libc::posix_spawnattr_setflags(raw, flags as libc::c_short))?;
        }
        Ok(attributes)
    }
}

impl Drop for Attributes {
    fn drop(&mut self) {
        // SAFETY: initialised by `new` (an all-zero one holds nothing).
        unsafe { libc::posix_spawnattr_destroy(&raw mut *self.0) };
    }
}

impl Program {
    /// Starts it; the number of the child.
    pub fn start(&self) -> io::Result<i32> {
        let actions = Actions::new(&self.actions)?;
        let attributes = Attributes::new(self)?;
        let vector = |strings: &[CString]| -> Vec<*mut c_char> {
            strings.iter().map(|s| s.as_ptr().cast_mut()).chain([ptr::null_mut()]).collect()
        };
        let (args, environment) = (vector(&self.args), vector(&self.environment));
        let start = if self.search { libc::posix_spawnp } else { libc::posix_spawn };
        let mut pid = 0;
        // SAFETY: all of it is ours, ends as the call expects, and outlives it.
        check(unsafe {
            start(
                &raw mut pid,
                self.file.as_ptr(),
                &raw const *actions.0,
                &raw const *attributes.0,
                args.as_ptr(),
                environment.as_ptr(),
            )
        })?;
        Ok(pid)
    }
}
