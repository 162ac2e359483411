//! Forking: a real `fork` with the lock held. The locks of this room are
//! taken before, in the one order registry, queues, idle threads, and let go
//! on both sides after; then the child forgets the threads it has not got.

use crate::gil::state;
use crate::handle::ThreadHandle;
use crate::interrupt::forget_lookers;
use crate::patience::forget_others;
use crate::registry::Thread;
use crate::spawn::with_idle_still;
use std::collections::BTreeMap;
use std::io;
use std::sync::Arc;
use std::sync::atomic::Ordering;

/// On which side of a fork we are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fork {
    /// In the parent; the number of the child.
    Parent(i32),
    /// In the child.
    Child,
}

impl ThreadHandle {
    /// Forks the process; the caller holds the lock. In the child the calling
    /// thread is the only one and the main one, holds the lock, and nothing
    /// is requested of it. Threads that it has not got never wake from a
    /// queue: those queues may be used on.
    pub fn fork(&self) -> io::Result<Fork> {
        self.assert_held();
        let sched = self.sched();
        let mut threads = sched.threads.lock();
        let pid = sched.gil.with_queues_still(|| {
            with_idle_still(|forget_idle| {
                // SAFETY: of the locks that the child will use, this room's
                // are held by this thread, the allocator's are the C
                // library's care, and the rest is the embedder's contract.
                let pid = unsafe { libc::fork() };
                if pid == 0 {
                    forget_idle();
                    forget_others();
                    forget_lookers();
                }
                pid
            })
        });
        match pid {
            -1 => Err(io::Error::last_os_error()),
            0 => {
                self.alone(&mut threads);
                drop(threads);
                Ok(Fork::Child)
            }
            pid => Ok(Fork::Parent(pid)),
        }
    }

    /// Makes this the only thread. For a child made by other means than
    /// [`ThreadHandle::fork`], while no other thread was in the lock room.
    pub fn after_fork_child(&self) {
        self.assert_held();
        self.alone(&mut self.sched().threads.lock());
    }

    fn alone(&self, threads: &mut BTreeMap<u64, Arc<Thread>>) {
        let sched = self.sched();
        for thread in threads.values().filter(|thread| thread.seat.id != self.id()) {
            // So that a waker passes it over; see `Seat::settle`.
            thread.seat.word.store(state::DEAD, Ordering::Relaxed);
        }
        threads.retain(|&id, _| id == self.id());
        sched.gil.reset_owned(self.seat());
        sched.signals.store(0, Ordering::Relaxed);
        self.seat().pending.store(0, Ordering::Relaxed);
        // SAFETY: no arguments, no memory.
        let tid = unsafe { libc::syscall(libc::SYS_gettid) };
        self.seat().tid.store(tid as u32, Ordering::Relaxed);
        if !self.is_main() {
            sched.set_main(self.thread());
        }
    }
}
