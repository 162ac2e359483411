//! Starting other programs: `fork` and `exec` with nothing of ours between the two but system
//! calls. Everything that the child needs is laid out before, so that it never allocates: another
//! thread may have held the allocator's lock at the fork.

use std::ffi::{CStr, CString, c_char};
use std::{io, ptr};

/// What a child process becomes, and how it gets there.
#[derive(Debug, Default)]
pub struct Launch {
    /// Files to try in turn.
    pub programs: Vec<CString>,
    /// The arguments, beginning with the program's own name.
    pub args: Vec<CString>,
    /// The environment, as `NAME=value`.
    pub environment: Vec<CString>,
    /// The folder to go to first.
    pub folder: Option<CString>,
    /// Whether descriptors from 3 on are closed, but for those to keep.
    pub close_others: bool,
    /// Descriptors that the program inherits, in ascending order.
    pub keep: Vec<i32>,
    /// What become the descriptors 0, 1 and 2; -1: they stay.
    pub standard: [i32; 3],
    /// The parent's ends of pipes, closed at once; -1: none.
    pub parents: [i32; 4],
    /// Where a failure is reported, as `NAME:errno in hex:text`.
    pub report: i32,
    /// Whether the signals that the runtime ignores get their defaults back.
    pub restore_signals: bool,
    /// Whether it leads a new session.
    pub new_session: bool,
    /// The process group to join; 0: its own.
    pub group: Option<i32>,
    /// Supplementary groups.
    pub groups: Option<Vec<u32>>,
    /// The group to run as.
    pub gid: Option<u32>,
    /// The user to run as.
    pub uid: Option<u32>,
    /// The mask of permissions of new files.
    pub umask: Option<u32>,
}

/// Null-terminated arrays of the strings of a [`Launch`].
struct Vectors {
    args: Vec<*const c_char>,
    environment: Vec<*const c_char>,
}

fn vector(strings: &[CString]) -> Vec<*const c_char> {
    strings.iter().map(|s| s.as_ptr()).chain([ptr::null()]).collect()
}

/// Which call failed: `errno`, and what the report says of it.
struct Failure(i32, &'static [u8]);

fn errno() -> i32 {
    // SAFETY: the thread's own errno.
    unsafe { *libc::__errno_location() }
}

fn check(result: i32, text: &'static [u8]) -> Result<i32, Failure> {
    if result < 0 { Err(Failure(errno(), text)) } else { Ok(result) }
}

const BEFORE: &[u8] = b"noexec";
const FOLDER: &[u8] = b"noexec:chdir";

impl Launch {
    /// Forks and runs the program in the child; returns the child's number. That it could not be
    /// run stands in the report.
    pub fn start(&self) -> io::Result<i32> {
        let vectors = self.vectors();
        // SAFETY: the child makes system calls only (`prepare` and `run`).
        match unsafe { libc::fork() } {
            -1 => Err(io::Error::last_os_error()),
            0 => match self.prepare() {
                Ok(()) => self.run(&vectors),
                Err(failure) => self.fail(failure),
            },
            pid => Ok(pid),
        }
    }

    /// In a child that was forked with [`crate::ThreadHandle::fork`]: runs `between` when the
    /// descriptors are in place, then the program, with the environment that `between` gives; if it
    /// gives none, the report says that it failed.
    pub fn become_child(&self, between: impl FnOnce() -> Option<Vec<CString>>) -> ! {
        if let Err(failure) = self.prepare() {
            self.fail(failure);
        }
        let Some(environment) = between() else {
            self.say(&[b"SubprocessError:0:Exception occurred in preexec_fn."]);
            exit_now(255)
        };
        self.run(&Vectors { args: vector(&self.args), environment: vector(&environment) })
    }

    fn vectors(&self) -> Vectors {
        Vectors { args: vector(&self.args), environment: vector(&self.environment) }
    }

    /// Reports a failure and ends the process.
    fn fail(&self, Failure(number, text): Failure) -> ! {
        let mut digits = [0; 8];
        self.say(&[b"OSError:", hex(number as u32, &mut digits), b":", text]);
        exit_now(255)
    }

    fn say(&self, parts: &[&[u8]]) {
        for part in parts {
            // SAFETY: writes bytes that the caller holds.
            unsafe { libc::write(self.report, part.as_ptr().cast(), part.len()) };
        }
    }

    /// The last step of the child's way: the process becomes the program.
    fn run(&self, vectors: &Vectors) -> ! {
        if self.close_others {
            self.close_rest();
        }
        let mut first = 0;
        for program in &self.programs {
            // SAFETY: the strings and both arrays, which end with null, live in `self` and `vectors`.
            unsafe { libc::execve(program.as_ptr(), vectors.args.as_ptr(), vectors.environment.as_ptr()) };
            if first == 0 && !matches!(errno(), libc::ENOENT | libc::ENOTDIR) {
                first = errno();
            }
        }
        self.fail(Failure(if first == 0 { errno() } else { first }, b""))
    }

    /// All but the program: system calls on numbers and on memory that was there before.
    fn prepare(&self) -> Result<(), Failure> {
        for &fd in self.keep.iter().filter(|fd| **fd != self.report) {
            check(inherit(fd), BEFORE)?;
        }
        for &fd in self.parents.iter().filter(|fd| **fd != -1) {
            // SAFETY: a number only.
            check(unsafe { libc::close(fd) }, BEFORE)?;
        }
        self.place_standard()?;
        if let Some(folder) = &self.folder {
            // SAFETY: a string of ours.
            check(unsafe { libc::chdir(folder.as_ptr()) }, FOLDER)?;
        }
        if let Some(mask) = self.umask {
            // SAFETY: a number only.
            unsafe { libc::umask(mask as libc::mode_t) };
        }
        if self.restore_signals {
            for signum in [libc::SIGPIPE, libc::SIGXFSZ] {
                // SAFETY: the default action is nobody's function.
                unsafe { libc::signal(signum, libc::SIG_DFL) };
            }
        }
        self.take_identity()
    }

    /// Moves the child's ends to the descriptors 0, 1 and 2. One that lies in the way of another
    /// is moved aside first.
    fn place_standard(&self) -> Result<(), Failure> {
        let [input, mut output, mut error] = self.standard;
        if output == 0 {
            output = check(aside(output), BEFORE)?;
        }
        while error == 0 || error == 1 {
            error = check(aside(error), BEFORE)?;
        }
        for (from, to) in [(input, 0), (output, 1), (error, 2)] {
            if from == to {
                check(inherit(from), BEFORE)?;
            } else if from != -1 {
                // SAFETY: numbers only.
                check(unsafe { libc::dup2(from, to) }, BEFORE)?;
            }
        }
        Ok(())
    }

    fn take_identity(&self) -> Result<(), Failure> {
        // SAFETY: numbers, and an array of ours with its length.
        unsafe {
            if self.new_session {
                check(libc::setsid(), BEFORE)?;
            }
            if let Some(group) = self.group {
                check(libc::setpgid(0, group), BEFORE)?;
            }
            if let Some(groups) = &self.groups {
                check(libc::setgroups(groups.len(), groups.as_ptr()), BEFORE)?;
            }
            if let Some(gid) = self.gid {
                check(libc::setregid(gid, gid), BEFORE)?;
            }
            if let Some(uid) = self.uid {
                check(libc::setreuid(uid, uid), BEFORE)?;
            }
        }
        Ok(())
    }

    /// Closes what the program does not inherit.
    fn close_rest(&self) {
        let mut from = 3;
        for &keep in self.keep.iter().filter(|fd| **fd >= 3) {
            close_range(from, keep - 1);
            from = keep + 1;
        }
        close_range(from, i32::MAX);
    }
}

fn inherit(fd: i32) -> i32 {
    // SAFETY: numbers only.
    unsafe {
        let flags = libc::fcntl(fd, libc::F_GETFD);
        if flags < 0 { flags } else { libc::fcntl(fd, libc::F_SETFD, flags & !libc::FD_CLOEXEC) }
    }
}

/// Another number for a descriptor, which the program does not inherit.
fn aside(fd: i32) -> i32 {
    // SAFETY: numbers only.
    unsafe { libc::fcntl(fd, libc::F_DUPFD_CLOEXEC, 0) }
}

fn close_range(from: i32, to: i32) {
    if from > to {
        return;
    }
    // SAFETY: closes by number; nothing of ours is used after but the report, which is kept.
    unsafe {
        if libc::syscall(libc::SYS_close_range, from, to, 0) == 0 {
            return;
        }
        let mut limit: libc::rlimit = std::mem::zeroed();
        let most = match libc::getrlimit(libc::RLIMIT_NOFILE, &raw mut limit) {
            0 => limit.rlim_cur.min(1 << 20) as i32,
            _ => 1024,
        };
        for fd in from..=to.min(most) {
            libc::close(fd);
        }
    }
}

fn hex(mut number: u32, digits: &mut [u8; 8]) -> &[u8] {
    let mut at = digits.len();
    loop {
        at -= 1;
        digits[at] = b"0123456789abcdef"[(number & 15) as usize];
        number >>= 4;
        if number == 0 {
            return &digits[at..];
        }
    }
}

/// Makes this process run another program. Returns only if that fails.
pub fn replace_process(program: &CStr, args: &[CString], environment: &[CString]) -> io::Error {
    let (args, environment) = (vector(args), vector(environment));
    // SAFETY: strings and arrays of ours, which end with null.
    unsafe { libc::execve(program.as_ptr(), args.as_ptr(), environment.as_ptr()) };
    io::Error::last_os_error()
}

/// Ends the process at once: no destructors, no buffers, no handlers.
pub fn exit_now(status: i32) -> ! {
    // SAFETY: does not return.
    unsafe { libc::_exit(status) }
}

/// What a process used: user and system time in seconds, then the system's counters.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Usage {
    /// Seconds in user mode.
    pub user: f64,
    /// Seconds in the kernel.
    pub system: f64,
    /// `ru_maxrss` to `ru_nivcsw`.
    pub counts: [i64; 14],
}

/// `wait4(2)`: process, status and usage.
pub fn wait_usage(pid: i32, options: i32) -> io::Result<(i32, i32, Usage)> {
    let mut status = 0;
    // SAFETY: all-zero is a valid rusage, here to be overwritten.
    let mut raw: libc::rusage = unsafe { std::mem::zeroed() };
    // SAFETY: both are ours.
    let pid = unsafe { libc::wait4(pid, &raw mut status, options, &raw mut raw) };
    if pid < 0 {
        return Err(io::Error::last_os_error());
    }
    let seconds = |time: libc::timeval| time.tv_sec as f64 + time.tv_usec as f64 * 1e-6;
    let counts = [
        raw.ru_maxrss,
        raw.ru_ixrss,
        raw.ru_idrss,
        raw.ru_isrss,
        raw.ru_minflt,
        raw.ru_majflt,
        raw.ru_nswap,
        raw.ru_inblock,
        raw.ru_oublock,
        raw.ru_msgsnd,
        raw.ru_msgrcv,
        raw.ru_nsignals,
        raw.ru_nvcsw,
        raw.ru_nivcsw,
    ];
    Ok((pid, status, Usage { user: seconds(raw.ru_utime), system: seconds(raw.ru_stime), counts }))
}
