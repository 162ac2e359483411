//! Functions that read and change settings of the interpreter, and small facts about objects.

use std::time::Duration;

use lockstep_interp::object::Type;
use lockstep_interp::object::raise::{type_error, value_error};
use lockstep_interp::types::dict;
use lockstep_interp::types::str::Str;
use lockstep_interp::{Py, Ref, Result, Value, flags, module};

/// The least number that `set_int_max_str_digits` accepts, beside zero.
const LEAST_DIGITS: i64 = 640;

/// Functions of `sys`.
pub(super) struct Settings;

#[module]
impl Settings {
    /// Return the current default encoding used by the Unicode implementation.
    #[py("()")]
    fn getdefaultencoding(_py: &mut Py) -> &'static str {
        "utf-8"
    }
    /// Return the encoding used to convert Unicode filenames to OS filenames.
    #[py("()")]
    fn getfilesystemencoding(_py: &mut Py) -> &'static str {
        "utf-8"
    }
    /// Return the error mode used for Unicode to OS filename conversion.
    #[py("()")]
    fn getfilesystemencodeerrors(_py: &mut Py) -> &'static str {
        "surrogateescape"
    }
    /// Remove the descriptors that belong to instances of a class that is replaced by another.
    #[py("(type, /)")]
    fn _clear_type_descriptors(py: &mut Py, ty: &Ref<Type>) {
        for name in ["__dict__", "__weakref__"] {
            let name = py.intern(name);
            let own = ty.get(py).dict.clone();
            if own.get(py).get_str(&name).is_some() {
                dict::remove_str(py, &own, &name);
                py.type_changed(ty, &name);
            }
        }
    }
    /// ``Intern'' the given string.
    #[py("(string, /)")]
    fn intern(py: &mut Py, string: &Value) -> Result<Value> {
        match string.downcast::<Str>() {
            Some(s) if py.is_exact::<Str>(string) => Ok(py.intern_str(s).into_value()),
            Some(_) => Err(type_error(format!("can't intern {}", py.type_name(string)))),
            None => Err(type_error(format!("intern() argument must be str, not {}", py.type_name(string)))),
        }
    }
    /// Return True if the given string is "interned".
    #[py("(string, /)")]
    fn _is_interned(py: &mut Py, string: &Value) -> Result<bool> {
        match string.downcast::<Str>() {
            Some(s) => Ok(s.header().has(flags::INTERNED)),
            None => Err(type_error(format!("_is_interned() argument must be str, not {}", py.type_name(string)))),
        }
    }
    /// Return the size of object in bytes.
    #[py("(object, default=<unbound>)")]
    fn getsizeof(py: &mut Py, object: &Value, default: Option<Value>) -> Result<Value> {
        let class = py.type_of(object);
        let name = py.intern("__sizeof__");
        let result = match py.lookup(&class, &name) {
            Some(method) => py.call_unbound(&method, object, &[]),
            None => Err(type_error(format!("Type {} doesn't define __sizeof__", class.get(py).name))),
        };
        let size = match result {
            Ok(size) => size,
            Err(_) if default.is_some() => return Ok(default.unwrap_or(Value::NONE)),
            Err(e) => return Err(e),
        };
        let size: i64 = lockstep_interp::object::convert::FromArg::from_arg(py, &size, "getsizeof", "size")?;
        if size < 0 {
            return Err(value_error("__sizeof__() should return >= 0"));
        }
        let tracked = object.header().is_some_and(|h| h.has(flags::TRACKED));
        Ok(py.int(size + if tracked { 16 } else { 0 }))
    }
    /// Return the reference count of object.
    #[py("(object, /)")]
    fn getrefcount(_py: &mut Py, object: &Value) -> u64 {
        // What needs no object is never freed.
        if object.is_object() { object.ref_count() } else { u64::from(u32::MAX) }
    }
    /// Return the number of memory blocks currently allocated.
    #[py("()")]
    fn getallocatedblocks(_py: &mut Py) -> i64 {
        0
    }
    /// Return the current switch interval of the threads, in seconds.
    #[py("()")]
    fn getswitchinterval(py: &mut Py) -> f64 {
        py.switch_interval()
    }
    /// Set the ideal thread switching delay inside the interpreter.
    #[py("(interval, /)")]
    fn setswitchinterval(py: &mut Py, interval: f64) -> Result<()> {
        if interval.is_nan() || interval < 0.0 {
            return Err(value_error("switch interval must be strictly positive"));
        }
        py.set_switch_interval(Duration::try_from_secs_f64(interval).unwrap_or(Duration::MAX));
        Ok(())
    }
    /// Return the number of bytecodes between two looks at what other threads want.
    #[py("()")]
    fn getcheckinterval(py: &mut Py) -> u32 {
        py.check_interval()
    }
    /// Let the lock change hands every n bytecodes, between any two instructions.
    #[py("(n, /)")]
    fn setcheckinterval(py: &mut Py, n: i64) {
        py.set_check_interval(n.clamp(1, 1 << 30) as u32);
    }
    /// Return the maximum string digits limit for non-binary int<->str conversions.
    #[py("()")]
    fn get_int_max_str_digits(py: &mut Py) -> usize {
        py.shared().config.int_max_str_digits
    }
    /// Set the maximum string digits limit for non-binary int<->str conversions.
    #[py("(maxdigits)")]
    fn set_int_max_str_digits(py: &mut Py, maxdigits: i64) -> Result<()> {
        if maxdigits != 0 && maxdigits < LEAST_DIGITS {
            return Err(value_error(format!("maxdigits must be 0 or larger than {LEAST_DIGITS}")));
        }
        py.shared_mut().config.int_max_str_digits = maxdigits as usize;
        Ok(())
    }
    /// Return the flags that are used for dlopen calls.
    #[py("()")]
    fn getdlopenflags(py: &mut Py) -> i64 {
        py.state::<Dlopen>().0.unwrap_or(2)
    }
    /// Set the flags used by the interpreter for dlopen calls.
    #[py("(flags, /)")]
    fn setdlopenflags(py: &mut Py, flags: i64) {
        py.state::<Dlopen>().0 = Some(flags);
    }
    /// Return True if Python is exiting.
    #[py("()")]
    fn is_finalizing(py: &mut Py) -> bool {
        py.thread().sched().is_finalizing()
    }
    /// Return True if the GIL is currently enabled: it always is.
    #[py("()")]
    fn _is_gil_enabled(_py: &mut Py) -> bool {
        true
    }
    /// Clear the internal type lookup cache: it looks after itself.
    #[py("()", alias = "_clear_internal_caches")]
    fn _clear_type_cache(_py: &mut Py) {}
    /// Private function for getting PyConfig.cpu_count
    #[py("()")]
    fn _get_cpu_count_config(py: &mut Py) -> i64 {
        crate::posix::chosen_cpu_count(py).map_or(-1, i64::from)
    }
    /// Return whether a stack profiler trampoline is active.
    #[py("()")]
    fn is_stack_trampoline_active(_py: &mut Py) -> bool {
        false
    }
    /// Return the number of elements of the unicode interned dictionary
    #[py("(*, _only_immortal=False)")]
    fn getunicodeinternedsize(_py: &mut Py, _only_immortal: &Value) -> i64 {
        0
    }
}

#[derive(Default)]
struct Dlopen(Option<i64>);
