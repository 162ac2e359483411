//! What each thread waits for. Written through the door only, with the lock
//! held; readable by anyone at any time (a dump by a watchdog may see the
//! fields of two waits mixed, one made with the lock held never does).

use crate::clock::{Deadline, NEVER};
use std::sync::atomic::{AtomicI32, AtomicU32, AtomicU64, Ordering::Relaxed};

/// The kinds of waiting that a deadlock report or a thread dump tells apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[repr(u32)]
pub enum WaitKind {
    /// Does not wait.
    Nothing,
    /// A lock of the program.
    Lock,
    /// A condition, event, semaphore or barrier.
    Condition,
    /// `time.sleep` and the like.
    Sleep,
    /// The end of a thread.
    Join,
    /// A queue's item or room.
    Queue,
    /// Readiness of several descriptors.
    Select,
    /// Reading from a descriptor.
    Read,
    /// Writing to a descriptor.
    Write,
    /// A connection from outside.
    Accept,
    /// A connection to outside.
    Connect,
    /// The end of a process.
    Process,
    /// A line typed by the user.
    Prompt,
    /// A signal (`sigwait`, `pause`).
    Signal,
    /// Any other system call or native work without the lock.
    Call,
}

impl WaitKind {
    const ALL: [WaitKind; 15] = {
        use WaitKind::*;
        [Nothing, Lock, Condition, Sleep, Join, Queue, Select, Read, Write, Accept, Connect, Process, Prompt, Signal, Call]
    };

    /// How a report says it: "waits for ...".
    pub fn phrase(self) -> &'static str {
        match self {
            WaitKind::Nothing => "nothing",
            WaitKind::Lock => "a lock",
            WaitKind::Condition => "a condition",
            WaitKind::Sleep => "the end of a sleep",
            WaitKind::Join => "the end of a thread",
            WaitKind::Queue => "a queue",
            WaitKind::Select => "one of several descriptors",
            WaitKind::Read => "something to read",
            WaitKind::Write => "room to write",
            WaitKind::Accept => "a connection",
            WaitKind::Connect => "a connection to be made",
            WaitKind::Process => "the end of a process",
            WaitKind::Prompt => "a line from the user",
            WaitKind::Signal => "a signal",
            WaitKind::Call => "a system call",
        }
    }
}

/// One wait, as its caller describes it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Wait {
    /// What sort of thing is waited for.
    pub kind: WaitKind,
    /// The identity of the Python object waited for; zero if none.
    pub object: u64,
    /// The thread that can end the wait (a lock's owner); zero if unknown.
    pub owner: u64,
    /// When the wait ends by itself.
    pub deadline: Deadline,
    /// The file descriptor; -1 if none.
    pub fd: i32,
    /// Requests do not end this wait (they are delivered after it).
    pub deaf: bool,
}

impl Wait {
    /// A wait without end for something of this kind.
    pub const fn new(kind: WaitKind) -> Self {
        Wait { kind, object: 0, owner: 0, deadline: Deadline::NEVER, fd: -1, deaf: false }
    }

    /// Names the object waited for.
    pub const fn object(mut self, id: u64) -> Self {
        self.object = id;
        self
    }

    /// Names the thread that can end the wait.
    pub const fn owner(mut self, thread: u64) -> Self {
        self.owner = thread;
        self
    }

    /// Ends the wait at `deadline`.
    pub const fn until(mut self, deadline: Deadline) -> Self {
        self.deadline = deadline;
        self
    }

    /// Names the file descriptor.
    pub const fn fd(mut self, fd: i32) -> Self {
        self.fd = fd;
        self
    }

    /// Requests shall not end this wait.
    pub const fn deaf(mut self) -> Self {
        self.deaf = true;
        self
    }
}

/// The published record of one thread.
#[derive(Debug)]
pub(crate) struct Record {
    kind: AtomicU32,
    fd: AtomicI32,
    object: AtomicU64,
    owner: AtomicU64,
    deadline: AtomicU64,
}

impl Record {
    pub(crate) const fn new() -> Self {
        Record {
            kind: AtomicU32::new(0),
            fd: AtomicI32::new(-1),
            object: AtomicU64::new(0),
            owner: AtomicU64::new(0),
            deadline: AtomicU64::new(NEVER),
        }
    }

    #[inline]
    pub(crate) fn set(&self, wait: &Wait) {
        self.fd.store(wait.fd, Relaxed);
        self.object.store(wait.object, Relaxed);
        self.owner.store(wait.owner, Relaxed);
        self.deadline.store(wait.deadline.0, Relaxed);
        self.kind.store(wait.kind as u32, Relaxed);
    }

    #[inline]
    pub(crate) fn clear(&self) {
        self.kind.store(WaitKind::Nothing as u32, Relaxed);
    }

    pub(crate) fn get(&self) -> Option<Wait> {
        let kind = WaitKind::ALL.get(self.kind.load(Relaxed) as usize).copied()?;
        if kind == WaitKind::Nothing {
            return None;
        }
        Some(Wait {
            kind,
            object: self.object.load(Relaxed),
            owner: self.owner.load(Relaxed),
            deadline: Deadline(self.deadline.load(Relaxed)),
            fd: self.fd.load(Relaxed),
            deaf: false,
        })
    }
}
