//! Frames, the exception being handled, tracing.

use lockstep_interp::object::raise::{Exc, Raised, type_error, value_error};
use lockstep_interp::types::exception::Exception;
use lockstep_interp::types::tuple::Tuple;
use lockstep_interp::{Py, Ref, Result, Value, module};

/// Functions of `sys`.
pub(super) struct Frames;

fn traceback(py: &Py, e: &Ref<Exception>) -> Value {
    e.get(py).traceback.clone().unwrap_or(Value::NONE)
}

fn function(value: &Value) -> Option<Value> {
    if value.is_none() { None } else { Some(value.clone()) }
}

#[module]
impl Frames {
    /// Return the current exception.
    #[py("()")]
    fn exception(py: &mut Py) -> Option<Value> {
        py.handled().cloned()
    }
    /// Return current exception information: (type, value, traceback).
    #[py("()")]
    fn exc_info(py: &mut Py) -> Value {
        let handled = py.handled().cloned();
        let items = match handled.as_ref().and_then(|e| e.downcast::<Exception>()) {
            Some(e) => vec![py.type_of(e.as_value()).into_value(), e.to_value(), traceback(py, e)],
            None => vec![Value::NONE, Value::NONE, Value::NONE],
        };
        py.tuple(items)
    }
    /// Exit the interpreter by raising SystemExit(status).
    #[py("(status=None, /)")]
    fn exit(py: &mut Py, status: &Value) -> Result<()> {
        let args = match status.downcast::<Tuple>() {
            Some(t) if py.is_exact::<Tuple>(status) => t.slice().to_vec(),
            _ if status.is_none() => Vec::new(),
            _ => vec![status.clone()],
        };
        Err(Raised::args(Exc::SystemExit, args))
    }
    /// Return a frame object from the call stack.
    #[py("(depth=0, /)")]
    fn _getframe(py: &mut Py, depth: i32) -> Result<Value> {
        super::hooks::audit_event(py, "sys._getframe", &[])?;
        match py.frame_at(depth.max(0) as usize) {
            Some(frame) => Ok(frame.into_value()),
            None => Err(value_error("call stack is not deep enough")),
        }
    }
    /// Return the name of the module for a calling frame.
    #[py("(depth=0)")]
    fn _getframemodulename(py: &mut Py, depth: i32) -> Result<Value> {
        let Some(frame) = py.frame_at(depth.max(0) as usize) else { return Ok(Value::NONE) };
        let Some(globals) = frame.get(py).globals(py) else { return Ok(Value::NONE) };
        Ok(lockstep_interp::types::dict::get_name(py, &globals, "__name__").unwrap_or(Value::NONE))
    }
    /// Return a dict mapping each thread's identifier to its current stack frame.
    #[py("()")]
    fn _current_frames(py: &mut Py) -> Result<Value> {
        let out = py.new_dict();
        for (id, frame) in py.current_frames() {
            let id = py.int_from(id);
            lockstep_interp::types::dict::set(py, &out, &id, frame.into_value())?;
        }
        Ok(out.into_value())
    }
    /// Return a dict mapping each identifier to the exception its thread is handling.
    #[py("()")]
    fn _current_exceptions(py: &mut Py) -> Result<Value> {
        let out = py.new_dict();
        for (id, handled) in py.current_exceptions() {
            let id = py.int_from(id);
            lockstep_interp::types::dict::set(py, &out, &id, handled.unwrap_or(Value::NONE))?;
        }
        Ok(out.into_value())
    }
    /// Set the global debug tracing function.
    #[py("(function, /)")]
    fn settrace(py: &mut Py, function: &Value) {
        let function = self::function(function);
        py.set_trace_function(function);
    }
    /// Return the global debug tracing function set with sys.settrace.
    #[py("()")]
    fn gettrace(py: &mut Py) -> Option<Value> {
        py.trace_function()
    }
    /// Set the profiling function.
    #[py("(function, /)")]
    fn setprofile(py: &mut Py, function: &Value) {
        let function = self::function(function);
        py.set_profile_function(function);
    }
    /// Return the profiling function set with sys.setprofile.
    #[py("()")]
    fn getprofile(py: &mut Py) -> Option<Value> {
        py.profile_function()
    }
    /// Call func(*args), while tracing is enabled.
    #[py("(func, args, /)")]
    fn call_tracing(py: &mut Py, func: &Value, args: &Value) -> Result<Value> {
        let Some(tuple) = args.downcast::<Tuple>() else {
            return Err(type_error(format!("call_tracing() argument 2 must be tuple, not {}", py.type_name(args))));
        };
        let args = tuple.slice().to_vec();
        let before = py.set_tracing(false);
        let result = py.call(func, &args);
        py.set_tracing(before);
        result
    }
    /// Return the current value of the recursion limit.
    #[py("()")]
    fn getrecursionlimit(py: &mut Py) -> u32 {
        py.recursion_limit()
    }
    /// Set the maximum depth of the Python interpreter stack to n.
    #[py("(limit, /)")]
    fn setrecursionlimit(py: &mut Py, limit: i32) -> Result<()> {
        let Ok(limit) = u32::try_from(limit) else {
            return Err(value_error("recursion limit must be greater or equal than 1"));
        };
        if limit < 1 {
            return Err(value_error("recursion limit must be greater or equal than 1"));
        }
        let depth = py.depth();
        if depth >= limit {
            return Err(Raised::new(
                Exc::RecursionError,
                format!("cannot set the recursion limit to {limit} at the recursion depth {depth}: the limit is too low"),
            ));
        }
        py.set_recursion_limit(limit);
        Ok(())
    }
    /// Return the installed asynchronous generators hooks.
    #[py("()")]
    fn get_asyncgen_hooks(py: &mut Py) -> Value {
        let (first, last) = py.async_hooks();
        super::info::hooks(py, first, last)
    }
    /// Set a finalizer and an iteration hook for asynchronous generators.
    #[py("(firstiter=<unbound>, finalizer=<unbound>)")]
    fn set_asyncgen_hooks(py: &mut Py, firstiter: Option<Value>, finalizer: Option<Value>) -> Result<()> {
        for (hook, name) in [(&finalizer, "finalizer"), (&firstiter, "firstiter")] {
            if let Some(hook) = hook
                && !hook.is_none()
                && !py.is_callable(hook)
            {
                return Err(type_error(format!("callable {name} expected, got {}", py.type_name(hook))));
            }
        }
        let (first, last) = py.async_hooks();
        let choose = |new: Option<Value>, old: Option<Value>| match new {
            None => old,
            Some(v) if v.is_none() => None,
            new => new,
        };
        py.set_async_hooks(choose(firstiter, first), choose(finalizer, last));
        Ok(())
    }
    /// Check status of origin tracking for coroutine objects in this thread.
    #[py("()")]
    fn get_coroutine_origin_tracking_depth(py: &mut Py) -> i64 {
        i64::from(py.coroutine_origin_depth())
    }
    /// Enable or disable origin tracking for coroutine objects in this thread.
    #[py("(depth)")]
    fn set_coroutine_origin_tracking_depth(py: &mut Py, depth: i32) -> Result<()> {
        if depth < 0 {
            return Err(value_error("depth must be >= 0"));
        }
        py.set_coroutine_origin_depth(depth.unsigned_abs());
        Ok(())
    }
}
