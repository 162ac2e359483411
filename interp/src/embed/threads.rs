//! Python threads: starting one, waiting in queues that lie inside objects, thread-local
//! state, the check and switch intervals.

use std::io;
use std::sync::Arc;
use std::time::Duration;

use lockstep_grammar::Dialect;
use lockstep_heap::{Guarded, Object, Ref};
use lockstep_sched::{Completion, Fork, Outcome, Requests, SpawnOptions, Wait, WaitQueue};

use super::serve;
use crate::object::Py;
use crate::object::raise::Result;

/// What an interpreter keeps about its threads.
#[derive(Default)]
pub struct Threads {
    /// Called on a thread that is about to end: drops what belongs to it alone.
    at_end: Vec<fn(&mut Py, u64)>,
    /// Started threads that have not ended.
    running: usize,
}

impl Py {
    /// Start a Python thread that runs `body`. Values reach it as handles.
    pub fn spawn(&mut self, options: SpawnOptions, body: impl FnOnce(&mut Py) + Send + 'static) -> io::Result<Arc<Completion>> {
        let interp = self.interp.clone();
        self.state::<Threads>().running += 1;
        self.mode_changed();
        let limit = self.strand.limit;
        let started = self.thread.spawn_owned(options, move |thread| {
            interp.run_and_return(thread, |py| {
                py.strand.limit = limit;
                py.refresh_mode();
                body(py);
                py.end_thread();
                if py.thread.is_main() {
                    // Of a process that was forked from this thread nothing is left to run.
                    super::finalize::finish(py);
                    lockstep_sched::exit_now(0);
                }
            })
        });
        if started.is_err() {
            self.state::<Threads>().running -= 1;
        }
        started
    }

    /// Fork the process. In the child this is the only thread and the main one.
    pub fn fork(&mut self) -> io::Result<Fork> {
        let forked = self.thread.fork()?;
        if forked == Fork::Child {
            self.forget_other_strands();
            self.state::<Threads>().running = 0;
            self.mode_changed();
        }
        Ok(forked)
    }

    /// Have `drop_state` called on every thread that ends, with the thread's number.
    pub fn at_thread_end(&mut self, drop_state: fn(&mut Py, u64)) {
        let hooks = &mut self.state::<Threads>().at_end;
        if !hooks.iter().any(|h| std::ptr::fn_addr_eq(*h, drop_state)) {
            hooks.push(drop_state);
        }
    }

    fn end_thread(&mut self) {
        let id = self.thread.id();
        self.strand.let_go();
        for hook in self.state::<Threads>().at_end.clone() {
            hook(self, id);
        }
        self.drain_pending();
        let threads = self.state::<Threads>();
        // In a forked child this may be the main thread.
        threads.running = threads.running.saturating_sub(1);
        self.mode_changed();
    }

    /// How many started threads run.
    pub fn running_threads(&mut self) -> usize {
        self.state::<Threads>().running
    }

    /// The number of this thread: `threading.get_ident()`.
    pub fn thread_id(&self) -> u64 {
        self.thread.id()
    }

    /// Wait once in a queue that lies inside an object. `front`: this thread was woken before
    /// and found that another one was quicker. What interrupts the wait is attended to; look at
    /// the object again whatever the outcome.
    pub fn wait_in<T>(
        &mut self,
        object: &Ref<T>,
        queue: fn(&mut T) -> &mut WaitQueue,
        front: bool,
        wait: &Wait,
    ) -> Result<Outcome>
    where
        T: Object<Access = Guarded>,
    {
        // The queue leaves the object for the moment of joining: both need the proof.
        let mut line = std::mem::take(queue(object.get_mut(self)));
        let place = if front { line.join_front(&self.thread) } else { line.join(&self.thread) };
        *queue(object.get_mut(self)) = line;
        let outcome = self.thread.wait_on(place, wait);
        if outcome != Outcome::Woken {
            let mut line = std::mem::take(queue(object.get_mut(self)));
            line.leave(&self.thread);
            *queue(object.get_mut(self)) = line;
        }
        if outcome == Outcome::Interrupted {
            let requests = self.thread.requests();
            serve(self, requests)?;
        }
        Ok(outcome)
    }

    /// Wake up to `count` of those who wait in a queue inside an object; how many there were.
    #[inline]
    pub fn wake_in<T>(&mut self, object: &Ref<T>, queue: fn(&mut T) -> &mut WaitQueue, count: usize) -> usize
    where
        T: Object<Access = Guarded>,
    {
        if queue(object.get_mut(self)).is_empty() {
            return 0;
        }
        let mut line = std::mem::take(queue(object.get_mut(self)));
        let woken = line.wake(&self.thread, count);
        *queue(object.get_mut(self)) = line;
        woken
    }

    /// Run `call`, which may block, without the lock, and attend to what came meanwhile.
    pub fn unlocked<R>(&mut self, wait: &Wait, call: impl FnOnce() -> R + Send) -> Result<R> {
        let (result, requests) = self.thread.block(wait, call);
        serve(self, requests)?;
        Ok(result)
    }

    // ---------------------------------------------------------------- intervals and modes

    /// `sys.getcheckinterval()`: bytecodes between two looks at the breaker.
    pub fn check_interval(&self) -> u32 {
        self.interp.sched.check_interval()
    }
    /// `sys.setcheckinterval()`. From now on every instruction counts, so that the lock can
    /// change hands between any two.
    pub fn set_check_interval(&mut self, bytecodes: u32) {
        self.interp.sched.set_check_interval(bytecodes);
        self.shared_mut().config.exact = true;
        self.mode_changed();
        self.strand.ticks = super::check_interval(self);
    }
    /// `sys.getswitchinterval()`, in seconds.
    pub fn switch_interval(&self) -> f64 {
        self.interp.sched.switch_interval().as_secs_f64()
    }
    /// `sys.setswitchinterval()`; zero: the lock changes hands at every check.
    pub fn set_switch_interval(&mut self, interval: Duration) {
        self.interp.sched.set_switch_interval(interval);
    }

    /// Whether the lock may change hands between any two instructions.
    fn counts_exactly(&self) -> bool {
        let config = &self.shared().config;
        config.exact || config.dialect == Some(Dialect::Python2) && self.state_if::<Threads>().is_some_and(|t| t.running > 0)
    }

    /// Choose the loop for this thread: every check does.
    #[inline]
    pub(crate) fn refresh_mode(&mut self) {
        let instrumented = self.strand.trace.is_some()
            || self.strand.profile.is_some()
            || self.shared().monitor.is_some()
            || self.counts_exactly()
            || self.heap().is_observed();
        if instrumented != self.strand.instrumented {
            self.set_instrumented(instrumented);
        }
    }

    /// The mode may have changed: others see it at their next check.
    fn mode_changed(&mut self) {
        self.refresh_mode();
    }
}

/// Take the requests that are for whoever runs and that no one need attend to.
pub(crate) fn settle(py: &mut Py) {
    let _ = py.thread.take(Requests::DRAIN);
}
