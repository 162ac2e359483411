//! `sys.settrace` and `sys.setprofile`: calling the functions at the machine's events.

use lockstep_heap::Value;

use crate::object::Py;

impl Py {
    /// `sys.gettrace()`
    pub fn trace_function(&self) -> Option<Value> {
        self.strand.trace.clone()
    }
    /// `sys.settrace()` for this thread; none: no tracing.
    pub fn set_trace_function(&mut self, function: Option<Value>) {
        let begins = function.is_some();
        let old = std::mem::replace(&mut self.strand.trace, function);
        if old.is_none() && begins {
            self.shared_mut().trace_epoch += 1;
        }
        drop(old);
        self.other_loop();
    }
    /// `sys.getprofile()`
    pub fn profile_function(&self) -> Option<Value> {
        self.strand.profile.clone()
    }
    /// `sys.setprofile()` for this thread; none: no profiling.
    pub fn set_profile_function(&mut self, function: Option<Value>) {
        let old = std::mem::replace(&mut self.strand.profile, function);
        drop(old);
        self.strand.native_calls.clear();
        self.other_loop();
    }
    /// Tell `hook` of events, or nobody any longer. Other threads see it when they begin.
    pub fn set_monitor(&mut self, hook: Option<crate::object::py::MonitorHook>) {
        let shared = self.shared_mut();
        if shared.monitor.is_none() && hook.is_some() {
            shared.trace_epoch += 1;
        }
        shared.monitor = hook;
        self.other_loop();
    }
    /// Let the running loop look soon whether it is the right one.
    fn other_loop(&mut self) {
        self.refresh_mode();
        self.strand.ticks = self.strand.ticks.min(0);
    }
    /// Whether a trace or profile function is running; returns what was before.
    pub fn set_tracing(&mut self, tracing: bool) -> bool {
        std::mem::replace(&mut self.strand.tracing, tracing)
    }
}
