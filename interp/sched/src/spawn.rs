//! Starting threads and waiting for their end. Every Python thread is an OS
//! thread of its own; one that has just ended is kept for a moment, because a
//! program that starts one thread usually starts more.

use crate::clock::{NEVER, monotonic};
use crate::gil::Outcome;
use crate::handle::ThreadHandle;
use crate::parker::Word;
use crate::record::{Wait, WaitKind};
use crate::registry::ThreadKind;
use crate::sync::Leaf;
use crate::waiters::WaitQueue;
use std::cell::UnsafeCell;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::{io, ptr};

/// The stack that a thread gets by default. Only touched pages cost memory.
pub const DEFAULT_STACK: usize = 1 << 20;
const MIN_STACK: usize = 64 << 10;

/// How long an ended OS thread is kept for reuse, and how many at most.
const LINGER: u64 = 2_000_000;
const MAX_IDLE: usize = 64;

/// The end of a thread: something to wait for.
#[derive(Debug)]
pub struct Completion {
    thread: u64,
    done: AtomicBool,
    /// Touched only by holders of the lock of the interpreter `sched`.
    waiters: UnsafeCell<WaitQueue>,
    sched: usize,
}

// SAFETY: `waiters` is reached only through `waiters()`, which demands a
// handle of the same interpreter that holds its lock.
unsafe impl Send for Completion {}
// SAFETY: as above.
unsafe impl Sync for Completion {}

impl Completion {
    /// The number of the thread.
    pub fn thread(&self) -> u64 {
        self.thread
    }

    /// Whether the thread has ended.
    pub fn is_done(&self) -> bool {
        self.done.load(Ordering::Acquire)
    }

    /// Marks the thread as ended and wakes who waits for that. The thread
    /// does so itself; after a fork the child does it for the threads it has
    /// not got.
    pub fn finish(&self, holder: &ThreadHandle) {
        self.done.store(true, Ordering::Release);
        self.with_waiters(holder, |waiters| waiters.wake_all(holder));
    }

    fn with_waiters<R>(&self, holder: &ThreadHandle, f: impl FnOnce(&mut WaitQueue) -> R) -> R {
        holder.assert_held();
        assert_eq!(Arc::as_ptr(holder.sched()) as usize, self.sched, "a thread of another interpreter");
        // SAFETY: the caller holds the one lock under which this field is
        // touched, and `f` (in this file only) neither blocks nor re-enters.
        f(unsafe { &mut *self.waiters.get() })
    }
}

/// How a thread is to be started.
#[derive(Debug, Clone, Copy)]
pub struct SpawnOptions {
    /// Bytes of stack; at least 64 KiB are given.
    pub stack_size: usize,
    /// Whether finalisation does not wait for it.
    pub daemon: bool,
}

impl Default for SpawnOptions {
    fn default() -> Self {
        SpawnOptions { stack_size: DEFAULT_STACK, daemon: false }
    }
}

impl ThreadHandle {
    /// Starts a thread that runs `body` with the lock held. It is in the
    /// registry at once; its number is `thread()` of the result. A panic in
    /// `body` ends the thread and nothing else.
    pub fn spawn(&self, options: SpawnOptions, body: impl FnOnce(&ThreadHandle) + Send + 'static) -> io::Result<Arc<Completion>> {
        self.spawn_owned(options, |handle| {
            body(&handle);
            handle
        })
    }

    /// As [`ThreadHandle::spawn`]; `body` owns the handle while it runs.
    pub fn spawn_owned(
        &self,
        options: SpawnOptions,
        body: impl FnOnce(ThreadHandle) -> ThreadHandle + Send + 'static,
    ) -> io::Result<Arc<Completion>> {
        let sched = self.sched().clone();
        let thread = sched.register(ThreadKind::Python { daemon: options.daemon });
        let completion = Arc::new(Completion {
            thread: thread.seat.id,
            done: AtomicBool::new(false),
            waiters: UnsafeCell::new(WaitQueue::new()),
            sched: Arc::as_ptr(&sched) as usize,
        });
        let (theirs, registered) = (completion.clone(), thread.clone());
        let job: Job = Box::new(move || {
            let handle = ThreadHandle::enter(sched.clone(), thread.clone());
            handle.acquire();
            // A panic was reported by its hook; the handle went with it.
            let handle = catch_unwind(AssertUnwindSafe(|| body(handle))).unwrap_or_else(|_| ThreadHandle::enter(sched, thread));
            if !handle.is_held() {
                handle.acquire();
            }
            // Whoever joined it finds it neither running nor listed.
            handle.detach();
            theirs.finish(&handle);
        });
        run_on_thread(options.stack_size.max(MIN_STACK), job).inspect_err(|_| self.sched().unregister(&registered))?;
        Ok(completion)
    }

    /// Waits for the end of a thread, as far as the wait's deadline allows.
    /// `Woken`: it has ended.
    pub fn join(&self, completion: &Completion, wait: &Wait) -> Outcome {
        while !completion.is_done() {
            let place = completion.with_waiters(self, |waiters| waiters.join(self));
            let wait = Wait { kind: WaitKind::Join, owner: completion.thread, ..*wait };
            let outcome = self.wait_on(place, &wait);
            if outcome != Outcome::Woken {
                completion.with_waiters(self, |waiters| waiters.leave(self));
                return if completion.is_done() { Outcome::Woken } else { outcome };
            }
        }
        Outcome::Woken
    }
}

type Job = Box<dyn FnOnce() + Send>;

/// An OS thread between two jobs.
struct Idle {
    stack: usize,
    /// `NO_JOB`, then `HAS_JOB`.
    word: Word,
    job: Leaf<Option<Job>>,
}

const NO_JOB: u32 = 0;
const HAS_JOB: u32 = 1;

static IDLE: Leaf<Vec<Arc<Idle>>> = Leaf::new(Vec::new());

/// Keeps the list of idle threads still while `during` runs (a fork).
pub(crate) fn with_idle_still<R>(during: impl FnOnce(&mut dyn FnMut()) -> R) -> R {
    let mut idle = IDLE.lock();
    // In the child they do not exist; their memory is forgotten.
    during(&mut || std::mem::forget(std::mem::take(&mut *idle)))
}

fn run_on_thread(stack: usize, job: Job) -> io::Result<()> {
    let found = {
        let mut idle = IDLE.lock();
        idle.iter().rposition(|one| one.stack == stack).map(|index| idle.swap_remove(index))
    };
    if let Some(idle) = found {
        *idle.job.lock() = Some(job);
        idle.word.store(HAS_JOB, Ordering::Release);
        idle.word.wake();
        return Ok(());
    }
    start(Box::new((stack, job)))
}

/// Detached from birth: whoever waits for the thread's end does so by its
/// `Completion`. Not `std::thread`, whose bookkeeping doubles the cost.
fn start(first: Box<(usize, Job)>) -> io::Result<()> {
    let stack = first.0;
    let argument = Box::into_raw(first);
    // SAFETY: the attributes are initialised before use and destroyed after;
    // `worker` takes over `argument` if and only if the thread was created.
    unsafe {
        let mut attributes: libc::pthread_attr_t = std::mem::zeroed();
        libc::pthread_attr_init(&raw mut attributes);
        libc::pthread_attr_setdetachstate(&raw mut attributes, libc::PTHREAD_CREATE_DETACHED);
        let mut code = libc::pthread_attr_setstacksize(&raw mut attributes, stack.next_multiple_of(4096));
        if code == 0 {
            let mut id: libc::pthread_t = 0;
            code = libc::pthread_create(&raw mut id, &raw const attributes, worker, argument.cast());
        }
        libc::pthread_attr_destroy(&raw mut attributes);
        if code != 0 {
            drop(Box::from_raw(argument));
            return Err(io::Error::from_raw_os_error(code));
        }
    }
    Ok(())
}

extern "C" fn worker(argument: *mut libc::c_void) -> *mut libc::c_void {
    // SAFETY: `start` handed over a box of exactly this type.
    let (stack, mut job) = *unsafe { Box::from_raw(argument.cast::<(usize, Job)>()) };
    crate::signals::precise_timers();
    loop {
        // Jobs catch their own panics; one in the bookkeeping must not unwind
        // into the system's thread code.
        if catch_unwind(AssertUnwindSafe(job)).is_err() {
            return ptr::null_mut();
        }
        let idle = Arc::new(Idle { stack, word: Word::new(NO_JOB), job: Leaf::new(None) });
        {
            let mut list = IDLE.lock();
            if list.len() >= MAX_IDLE {
                return ptr::null_mut();
            }
            list.push(idle.clone());
        }
        match next_job(&idle) {
            Some(next) => job = next,
            None => return ptr::null_mut(),
        }
    }
}

fn next_job(idle: &Arc<Idle>) -> Option<Job> {
    let mut deadline = monotonic() + LINGER;
    while idle.word.load(Ordering::Acquire) == NO_JOB {
        if !idle.word.sleep_while(NO_JOB, deadline) {
            let mut list = IDLE.lock();
            if let Some(index) = list.iter().position(|one| Arc::ptr_eq(one, idle)) {
                list.swap_remove(index);
                return None;
            }
            // Taken off the list: a job is on its way.
            deadline = NEVER;
        }
    }
    idle.job.lock().take()
}
