//! The lock room of Lockstep: the GIL and the one door for blocking. It knows
//! nothing of Python values.
//!
//! A [`Sched`] serves one interpreter. An OS thread attaches to it and gets a
//! [`ThreadHandle`], with which it takes the lock, looks up when the breaker
//! word is not zero, and blocks: on a [`WaitQueue`] (a field of a Python-level
//! lock), in a system call, for a descriptor, for time, for a thread's end.
//!
//! ```
//! use lockstep_sched::{Config, Requests, Sched, SpawnOptions, ThreadKind, Wait, WaitKind};
//! let sched = Sched::new(Config::default());
//! let main = sched.attach(ThreadKind::Main).unwrap();
//! main.acquire();
//! let child = main
//!     .spawn(SpawnOptions::default(), |thread| {
//!         // Computing: look at the breaker every N bytecodes.
//!         if thread.breaker().load(std::sync::atomic::Ordering::Relaxed) != 0 {
//!             let requests = thread.check();
//!             assert!(requests.is_empty());
//!         }
//!         // Blocking: without the lock, and nothing of Python's inside.
//!         let (sum, requests) = thread.block(&Wait::new(WaitKind::Call), || 1 + 1);
//!         assert_eq!((sum, requests), (2, Requests::NONE));
//!     })
//!     .unwrap();
//! let _ = main.join(&child, &Wait::new(WaitKind::Join));
//! assert!(child.is_done());
//! main.release();
//! ```

#[cfg(not(target_os = "linux"))]
compile_error!("the lock room sleeps on Linux futexes; another system needs its own parker.rs");

mod clock;
pub mod control;
mod descriptor;
mod door;
mod fork;
mod gil;
mod handle;
mod interrupt;
mod launch;
pub mod limits;
pub mod locale;
mod mapping;
pub mod net;
mod parker;
mod patience;
mod policy;
pub mod process;
mod program;
mod record;
mod registry;
pub mod semaphore;
pub mod signals;
mod spawn;
mod stack;
mod sync;
pub mod users;
mod waiters;

pub use clock::{Clock, Deadline, monotonic};
pub use descriptor::{close, descriptor, duplicate_to, number};
pub use door::{PollFd, Polled};
pub use fork::Fork;
pub use gil::{CPU_WAITER, IO_WAITER, Outcome, Seat};
pub use handle::{ThreadHandle, threads_were_stopped};
pub use interrupt::{Disposition, Interrupter, Requests, disposition, own_signals, set_disposition, set_wakeup_fd, wake_signal};
pub use launch::{Launch, Usage, exit_now, replace_process, wait_usage};
pub use mapping::Mapping;
pub use policy::{Arrival, Free, Policy};
pub use program::{FileAction, Program};
pub use record::{Wait, WaitKind};
pub use registry::{Config, Finalized, Sched, ThreadInfo, ThreadKind};
pub use signals::{precise_timers, set_thread_name};
pub use spawn::{Completion, DEFAULT_STACK, SpawnOptions};
pub use stack::stack_start;
pub use waiters::{Place, WaitQueue};
