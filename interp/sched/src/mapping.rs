//! Memory that is a file's, or shared with child processes: `mmap` behind a safe type.
//!
//! A file that becomes shorter leaves pages behind that the system answers with SIGBUS, which
//! would end the process. While there are mappings of files a handler puts an empty page there
//! instead and marks the mapping as lost; a SIGBUS of any other origin goes where it went before.

use std::sync::atomic::{AtomicBool, AtomicPtr, AtomicUsize, Ordering};
use std::{io, mem, ptr, slice};

/// Flags that would put a mapping where something else of ours may be.
const PLACED: i32 = libc::MAP_FIXED | libc::MAP_FIXED_NOREPLACE | libc::MAP_GROWSDOWN;
/// Advice that takes pages away from child processes.
const NOT_IN_CHILDREN: i32 = libc::MADV_DONTFORK;

/// Where a mapping of a file lies: an entry of the list that the handler looks into. Entries are
/// used again and never freed, so that the handler needs no lock.
struct Watched {
    start: AtomicUsize,
    len: AtomicUsize,
    lost: AtomicBool,
    used: AtomicBool,
    next: *const Watched,
}

static WATCHED: AtomicPtr<Watched> = AtomicPtr::new(ptr::null_mut());
static PAGE: AtomicUsize = AtomicUsize::new(4096);
/// What was done with SIGBUS before; null: the handler is not in force.
static BEFORE: AtomicPtr<libc::sigaction> = AtomicPtr::new(ptr::null_mut());

fn entries() -> impl Iterator<Item = &'static Watched> {
    let mut next: *const Watched = WATCHED.load(Ordering::Acquire);
    std::iter::from_fn(move || {
        // SAFETY: null or an entry of the list; entries are never freed.
        let entry = unsafe { next.as_ref() }?;
        next = entry.next;
        Some(entry)
    })
}

/// An entry for a mapping.
fn watch(start: usize, len: usize) -> &'static Watched {
    let unused = entries().find(|e| e.used.compare_exchange(false, true, Ordering::AcqRel, Ordering::Relaxed).is_ok());
    let entry = unused.unwrap_or_else(|| {
        let mut head = WATCHED.load(Ordering::Acquire);
        let entry = Box::leak(Box::new(Watched {
            start: AtomicUsize::new(0),
            len: AtomicUsize::new(0),
            lost: AtomicBool::new(false),
            used: AtomicBool::new(true),
            next: head,
        }));
        while let Err(other) = WATCHED.compare_exchange(head, entry, Ordering::AcqRel, Ordering::Acquire) {
            head = other;
            entry.next = head;
        }
        entry
    });
    entry.lost.store(false, Ordering::Relaxed);
    entry.len.store(len, Ordering::Relaxed);
    entry.start.store(start, Ordering::Release);
    entry
}

/// A page of a mapping is gone: put an empty one there. Only atomics and one system call.
extern "C" fn on_bus_error(signum: i32, info: *mut libc::siginfo_t, context: *mut libc::c_void) {
    // SAFETY: the system gives a valid structure; for SIGBUS it has the address.
    let address = unsafe { if (*info).si_code > 0 { (*info).si_addr() as usize } else { 0 } };
    let found = entries().find(|entry| {
        let start = entry.start.load(Ordering::Acquire);
        start != 0 && (start..start + entry.len.load(Ordering::Relaxed)).contains(&address)
    });
    if let Some(entry) = found {
        let page = PAGE.load(Ordering::Relaxed);
        let flags = libc::MAP_FIXED | libc::MAP_PRIVATE | libc::MAP_ANONYMOUS;
        let place = (address & !(page - 1)) as *mut libc::c_void;
        // SAFETY: the page belongs to a mapping of ours, whose bytes are plain data.
        let made = unsafe { libc::mmap(place, page, libc::PROT_READ | libc::PROT_WRITE, flags, -1, 0) };
        if made != libc::MAP_FAILED {
            entry.lost.store(true, Ordering::Relaxed);
            return;
        }
    }
    pass_on(signum, info, context);
}

/// What would have happened without our handler.
fn pass_on(signum: i32, info: *mut libc::siginfo_t, context: *mut libc::c_void) {
    // SAFETY: set before the handler was, and never freed.
    let before = unsafe { BEFORE.load(Ordering::Acquire).as_ref() };
    let handler = before.map_or(libc::SIG_DFL, |b| b.sa_sigaction);
    match before {
        Some(before) if handler != libc::SIG_DFL && handler != libc::SIG_IGN => {
            if before.sa_flags & libc::SA_SIGINFO == 0 {
                // SAFETY: a handler without SA_SIGINFO takes the number only.
                unsafe { mem::transmute::<usize, extern "C" fn(i32)>(handler)(signum) };
            } else {
                type Full = extern "C" fn(i32, *mut libc::siginfo_t, *mut libc::c_void);
                // SAFETY: a handler with SA_SIGINFO takes these three.
                unsafe { mem::transmute::<usize, Full>(handler)(signum, info, context) };
            }
        }
        _ => {
            // SAFETY: the default is in force again; the signal comes when this handler returns.
            unsafe {
                libc::signal(signum, libc::SIG_DFL);
                libc::raise(signum);
            }
        }
    }
}

/// Puts the handler in force, once in a process.
fn guard() {
    if !BEFORE.load(Ordering::Acquire).is_null() {
        return;
    }
    // SAFETY: asks for a number.
    let page = unsafe { libc::sysconf(libc::_SC_PAGESIZE) };
    PAGE.store(usize::try_from(page).unwrap_or(4096), Ordering::Relaxed);
    // SAFETY: all-zero is a valid action; both are ours.
    unsafe {
        let mut before: libc::sigaction = mem::zeroed();
        libc::sigaction(libc::SIGBUS, ptr::null(), &raw mut before);
        let before = Box::into_raw(Box::new(before));
        if BEFORE.compare_exchange(ptr::null_mut(), before, Ordering::AcqRel, Ordering::Relaxed).is_err() {
            drop(Box::from_raw(before));
            return;
        }
        let mut action: libc::sigaction = mem::zeroed();
        action.sa_sigaction = on_bus_error as extern "C" fn(i32, *mut libc::siginfo_t, *mut libc::c_void) as usize;
        action.sa_flags = libc::SA_SIGINFO | libc::SA_ONSTACK;
        libc::sigaction(libc::SIGBUS, &raw const action, ptr::null_mut());
    }
}

fn check(result: i32) -> io::Result<()> {
    if result == 0 { Ok(()) } else { Err(io::Error::last_os_error()) }
}

/// A mapping of a file or of memory without one.
pub struct Mapping {
    start: *mut u8,
    len: usize,
    readable: bool,
    writable: bool,
    watched: Option<&'static Watched>,
    /// The process that made it, if its children do not have it.
    only_in: Option<u32>,
}

impl Mapping {
    /// Maps `len` bytes of the file from `offset` on; without a file: empty memory.
    pub fn new(fd: Option<i32>, len: usize, protection: i32, flags: i32, offset: i64) -> io::Result<Mapping> {
        if flags & PLACED != 0 {
            return Err(io::Error::from_raw_os_error(libc::EINVAL));
        }
        // SAFETY: the system chooses a place where nothing is.
        let start = unsafe { libc::mmap(ptr::null_mut(), len, protection, flags, fd.unwrap_or(-1), offset) };
        if start == libc::MAP_FAILED {
            return Err(io::Error::last_os_error());
        }
        guard();
        Ok(Mapping {
            start: start.cast(),
            len,
            readable: protection & (libc::PROT_READ | libc::PROT_WRITE) != 0,
            writable: protection & libc::PROT_WRITE != 0,
            watched: Some(watch(start as usize, len)),
            only_in: None,
        })
    }

    /// Number of bytes.
    pub fn len(&self) -> usize {
        self.len
    }

    /// Never: the system maps no empty range.
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// Whether some of the file's bytes are gone, or this process never had them.
    pub fn is_lost(&self) -> bool {
        self.is_foreign() || self.watched.is_some_and(|w| w.lost.load(Ordering::Relaxed))
    }

    fn is_foreign(&self) -> bool {
        self.only_in.is_some_and(|pid| pid != std::process::id())
    }

    /// The bytes; none if they may not be read.
    pub fn bytes(&self) -> &[u8] {
        if !self.readable || self.is_foreign() {
            return &[];
        }
        // SAFETY: the mapping is readable and alive as long as `self`. Other processes may change
        // shared bytes meanwhile: they are plain data, read without an assumption about them.
        unsafe { slice::from_raw_parts(self.start, self.len) }
    }

    /// The bytes, to write; none if they may not be written.
    pub fn bytes_mut(&mut self) -> &mut [u8] {
        if !self.writable || self.is_foreign() {
            return &mut [];
        }
        // SAFETY: as above, and writable; in this process nobody else has a slice of it.
        unsafe { slice::from_raw_parts_mut(self.start, self.len) }
    }

    /// Writes changes in a range back to the file.
    pub fn flush(&self, start: usize, len: usize) -> io::Result<()> {
        if start.checked_add(len).is_none_or(|end| end > self.len) || self.is_foreign() {
            return Err(io::Error::from_raw_os_error(libc::EINVAL));
        }
        // SAFETY: the range is inside the mapping.
        check(unsafe { libc::msync(self.start.add(start).cast(), len, libc::MS_SYNC) })
    }

    /// Tells the system how a range will be used. Advice that would make the bytes inaccessible
    /// is refused.
    pub fn advise(&mut self, advice: i32, start: usize, len: usize) -> io::Result<()> {
        let known = matches!(advice, 0..=4 | 8..=25 | 100 | 101);
        if !known || start.checked_add(len).is_none_or(|end| end > self.len) || self.is_foreign() {
            return Err(io::Error::from_raw_os_error(libc::EINVAL));
        }
        // SAFETY: the range is inside the mapping, and stays readable (and writable) as it was.
        check(unsafe { libc::madvise(self.start.add(start).cast(), len, advice) })?;
        if advice == NOT_IN_CHILDREN {
            self.only_in = Some(std::process::id());
        }
        Ok(())
    }

    /// Changes the size; the bytes may move. The file's own size is the caller's affair.
    pub fn resize(&mut self, len: usize) -> io::Result<()> {
        if self.is_foreign() {
            return Err(io::Error::from_raw_os_error(libc::EINVAL));
        }
        if let Some(watched) = self.watched.take() {
            forget(watched);
        }
        // SAFETY: `&mut self`: nobody has a slice of the bytes.
        let start = unsafe { libc::mremap(self.start.cast(), self.len, len, libc::MREMAP_MAYMOVE) };
        let failed = (start == libc::MAP_FAILED).then(io::Error::last_os_error);
        if failed.is_none() {
            (self.start, self.len) = (start.cast(), len);
        }
        self.watched = Some(watch(self.start as usize, self.len));
        failed.map_or(Ok(()), Err)
    }
}

fn forget(watched: &Watched) {
    watched.start.store(0, Ordering::Release);
    watched.used.store(false, Ordering::Release);
}

impl Drop for Mapping {
    fn drop(&mut self) {
        if let Some(watched) = self.watched {
            forget(watched);
        }
        // In a child that never got it something else may be there.
        if !self.is_foreign() {
            // SAFETY: ours, and nobody has a slice of it any more.
            unsafe { libc::munmap(self.start.cast(), self.len) };
        }
    }
}
