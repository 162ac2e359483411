//! Short ways through `threading.Condition`: queues, events and barriers enter, leave and notify
//! conditions all the time, nearly always over a plain lock and without anybody waiting. The class
//! stays the one of the library; what is less plain goes the library's own way.

use lockstep_interp::object::Type;
use lockstep_interp::object::native::{Member, Members};
use lockstep_interp::object::raise::runtime_error;
use lockstep_interp::types::module::Module;
use lockstep_interp::types::native::{Kind, Native};
use lockstep_interp::types::str::Str;
use lockstep_interp::{Py, Ref, Result, Value, methods};

use super::lock::{self, Lock};
use super::rlock::{self, RLock};
use crate::_collections::Deque;

/// What is known of the class.
#[derive(Default)]
struct Known {
    class: Option<Ref<Type>>,
    /// The library's own method.
    notify: Option<Value>,
    /// `_lock` and `_waiters`.
    names: Option<(Ref<Str>, Ref<Str>)>,
}

/// The lock of a condition, if it is one of ours.
enum Plain {
    Lock(Ref<Lock>),
    RLock(Ref<RLock>),
}

/// An attribute of the condition itself: the lock, or else the waiters.
fn own(py: &mut Py, this: &Value, waiters: bool) -> Option<Value> {
    let (lock, line) = py.state::<Known>().names.clone()?;
    py.instance_get(this, if waiters { &line } else { &lock })
}

fn plain(py: &mut Py, this: &Value) -> Option<Plain> {
    let value = own(py, this, false)?;
    if let Some(lock) = value.downcast::<Lock>() {
        return Some(Plain::Lock(lock.clone()));
    }
    value.downcast::<RLock>().filter(|_| py.is_exact::<RLock>(&value)).map(|lock| Plain::RLock(lock.clone()))
}

/// `threading.Condition`
struct Methods;

#[methods]
impl Methods {
    /// Acquire the underlying lock.
    #[py("(self)")]
    fn __enter__(py: &mut Py, this: &Value) -> Result<Value> {
        match plain(py, this) {
            Some(Plain::Lock(lock)) => lock::take(py, &lock).map(Value::bool),
            Some(Plain::RLock(lock)) => rlock::take(py, &lock).map(Value::bool),
            None => {
                let lock = py.getattr(this, "_lock")?;
                py.call_method(&lock, "__enter__", &[])
            }
        }
    }

    /// Release the underlying lock.
    #[py("(self, exc_type=<unbound>, exc_value=<unbound>, exc_traceback=<unbound>, /)")]
    fn __exit__(py: &mut Py, this: &Value, kind: Option<Value>, value: Option<Value>, traceback: Option<Value>) -> Result<Value> {
        match plain(py, this) {
            Some(Plain::Lock(lock)) => lock::give(py, &lock).map(|()| Value::NONE),
            Some(Plain::RLock(lock)) => rlock::give(py, &lock).map(|()| Value::NONE),
            None => {
                let lock = py.getattr(this, "_lock")?;
                let given: Vec<Value> = [kind, value, traceback].into_iter().flatten().collect();
                py.call_method(&lock, "__exit__", &given)
            }
        }
    }

    /// Wake up to n threads that wait for the condition, if there are any.
    #[py("(self, n=1)")]
    fn notify(py: &mut Py, this: &Value, n: &Value) -> Result<Value> {
        let ours = py.state::<Known>().class.clone().is_some_and(|class| py.type_ref(this).is(&class));
        let id = py.thread_id();
        let owned = match plain(py, this) {
            Some(Plain::Lock(lock)) if ours => lock.get(py).is_locked(),
            Some(Plain::RLock(lock)) if ours => lock.get(py).is_owned_by(id),
            _ => return library(py, this, n),
        };
        let waiters = own(py, this, true);
        let Some(waiters) = waiters.as_ref().and_then(|w| w.downcast::<Deque>()) else { return library(py, this, n) };
        let Some(mut left) = n.as_small_int() else { return library(py, this, n) };
        if !owned {
            return Err(runtime_error("cannot notify on un-acquired lock"));
        }
        while left > 0
            && let Some(first) = waiters.get(py).first()
        {
            let Some(waiter) = first.downcast::<Lock>() else { return library(py, this, &Value::int32(left as i32)) };
            // One that was released already was notified by somebody who did not get to the end.
            if waiter.get(py).is_locked() {
                lock::give(py, waiter)?;
                left -= 1;
            }
            drop(waiters.get_mut(py).take_first());
        }
        Ok(Value::NONE)
    }
}

/// The library's own `notify`.
#[cold]
fn library(py: &mut Py, this: &Value, n: &Value) -> Result<Value> {
    match py.state::<Known>().notify.clone() {
        Some(notify) => py.call(&notify, &[this.clone(), n.clone()]),
        None => Err(runtime_error("threading is not loaded")),
    }
}

/// `threading` was loaded.
pub(crate) fn install(py: &mut Py, module: &Ref<Module>) -> Result<()> {
    let Some(class) = py.getattr_opt(module.as_value(), "Condition")?.and_then(|c| c.downcast_into::<Type>().ok()) else {
        return Ok(());
    };
    let notify = py.getattr(class.as_value(), "notify")?;
    let names = (py.intern("_lock"), py.intern("_waiters"));
    for member in Methods::MEMBERS {
        if let Member::Method(def) = member {
            let method = Native::new(py, def, Kind::Method, Some(&class));
            py.setattr(class.as_value(), def.name, method)?;
        }
    }
    *py.state::<Known>() = Known { class: Some(class), notify: Some(notify), names: Some(names) };
    Ok(())
}
