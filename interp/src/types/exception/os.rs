//! `OSError` and its subclasses, which the number of the error chooses.

use lockstep_heap::{Ref, Value};
use lockstep_macros::methods;

use super::{Exception, base, base_str, fields, no_keywords, set_field};
use crate::object::raise::{Exc, Result, attribute_error, os_error_kind, type_error, value_error};
use crate::object::{Py, Special, Type};
use crate::types::str::Str;

const ERRNO: usize = 0;
const STRERROR: usize = 1;
const FILENAME: usize = 2;
const FILENAME2: usize = 3;
const WRITTEN: usize = 4;

fields! {
    /// The fields of `OSError`.
    OsErrorFields {
        0 errno set_errno "POSIX exception code",
        1 strerror set_strerror "exception strerror",
        2 filename set_filename "exception filename",
        3 filename2 set_filename2 "second exception filename",
    }
}

/// The class for these arguments, where `OSError` itself was meant.
pub(super) fn kind_for(kind: Exc, args: &[Value]) -> Exc {
    if kind != Exc::OSError || args.len() < 2 || args.len() > 5 {
        return kind;
    }
    match args[0].as_small_int() {
        Some(n) => os_error_kind(i32::try_from(n).unwrap_or(0)),
        None => kind,
    }
}

/// Set the fields from the arguments.
pub(super) fn fill(py: &mut Py, e: &Ref<Exception>, args: &[Value]) -> Result<()> {
    let mut kept = args;
    if (2..=5).contains(&args.len()) {
        set_field(py, e, ERRNO, Some(args[0].clone()));
        set_field(py, e, STRERROR, Some(args[1].clone()));
        if let Some(filename) = args.get(2).filter(|f| !f.is_none()) {
            let blocking = py.type_of(e.as_value()).is(&py.exception_type(Exc::BlockingIOError));
            if blocking && (py.special(filename, Special::Index).is_some() || py.special(filename, Special::Float).is_some()) {
                let n = py.index_clamped(filename)?;
                let n = py.int(n as i64);
                set_field(py, e, WRITTEN, Some(n));
            } else {
                set_field(py, e, FILENAME, Some(filename.clone()));
                if let Some(second) = args.get(4).filter(|f| !f.is_none()) {
                    set_field(py, e, FILENAME2, Some(second.clone()));
                }
                kept = &args[..2];
            }
        }
    }
    super::set_args(py, e, kept);
    Ok(())
}

/// Whether `__init__` sets the fields: the class overrides it, and not `__new__`.
fn use_init(py: &Py, ty: &Ref<Type>) -> bool {
    let os = py.exception_type(Exc::OSError);
    let same = |s: Special| match (&ty.get(py).specials[s as usize], &os.get(py).specials[s as usize]) {
        (Some(a), Some(b)) => a.is(b),
        _ => false,
    };
    !same(Special::Init) && same(Special::New)
}

/// `OSError`
pub(super) struct OsErrorMethods;

#[methods]
impl OsErrorMethods {
    /// Create and return a new object.
    #[staticmethod("(type, /, *args, **kwargs)")]
    fn __new__(py: &mut Py, cls: &Ref<Type>, args: &[Value], kwargs: &Value) -> Result<Value> {
        if use_init(py, cls) {
            let none = py.tuple(Vec::new());
            return Ok(py.make_in(cls, Exception::new(none)).into_value());
        }
        let own = py.exception_type(Exc::OSError);
        let cls = if cls.is(&own) { py.exception_type(kind_for(Exc::OSError, args)) } else { cls.clone() };
        let tuple = py.tuple(args.to_vec());
        let e = py.make_in(&cls, Exception::new(tuple));
        no_keywords(py, &e, kwargs)?;
        fill(py, &e, args)?;
        Ok(e.into_value())
    }
    /// Initialize self.
    #[py("(self, /, *args, **kwargs)")]
    fn __init__(py: &mut Py, this: &Ref<Exception>, args: &[Value], kwargs: &Value) -> Result<()> {
        let ty = py.type_of(this.as_value());
        if use_init(py, &ty) {
            no_keywords(py, this, kwargs)?;
            fill(py, this, args)?;
        }
        Ok(())
    }
    /// Return str(self).
    #[py("(self, /)")]
    fn __str__(py: &mut Py, this: &Ref<Exception>) -> Result<Ref<Str>> {
        let f = |i: usize| this.get(py).field(i).cloned();
        let (errno, strerror, filename, filename2) = (f(ERRNO), f(STRERROR), f(FILENAME), f(FILENAME2));
        if filename.is_none() && (errno.is_none() || strerror.is_none()) {
            return base_str(py, this);
        }
        let errno = py.str_of(&errno.unwrap_or(Value::NONE))?;
        let strerror = py.str_of(&strerror.unwrap_or(Value::NONE))?;
        let mut text = format!("[Errno {errno}] {strerror}");
        if let Some(filename) = filename {
            let name = py.repr(&filename)?;
            text.push_str(&format!(": {name}"));
            if let Some(second) = filename2 {
                let name = py.repr(&second)?;
                text.push_str(&format!(" -> {name}"));
            }
        }
        Ok(py.new_str(&text))
    }
    /// Helper for pickle.
    #[py("(self, /)")]
    fn __reduce__(py: &mut Py, this: &Ref<Exception>) -> Value {
        let (args, filename, second) = {
            let e = this.get(py);
            (e.args.clone(), e.field(FILENAME).cloned(), e.field(FILENAME2).cloned())
        };
        let mut items = this.get(py).arguments().to_vec();
        let args = match filename {
            Some(filename) if items.len() == 2 => {
                items.push(filename);
                if let Some(second) = second {
                    items.extend([Value::NONE, second]);
                }
                py.tuple(items)
            }
            _ => args,
        };
        base::reduce(py, this, args)
    }
    /// Bytes that were written before the error.
    #[getter]
    fn characters_written(py: &mut Py, this: &Ref<Exception>) -> Result<Value> {
        match this.get(py).field(WRITTEN).cloned() {
            Some(n) => Ok(n),
            None => {
                let name = py.intern("characters_written");
                Err(attribute_error("characters_written", this.as_value(), &name))
            }
        }
    }
    #[setter(characters_written)]
    fn set_characters_written(py: &mut Py, this: &Ref<Exception>, value: Option<Value>) -> Result<()> {
        match value {
            None => {
                if this.get(py).field(WRITTEN).is_none() {
                    let name = py.intern("characters_written");
                    return Err(attribute_error("characters_written", this.as_value(), &name));
                }
                set_field(py, this, WRITTEN, None);
            }
            Some(value) => {
                let n = py.index(&value)?;
                if n.as_small_int().is_none() {
                    return Err(if n.is_object() {
                        value_error("cannot fit 'int' into an index-sized integer")
                    } else {
                        type_error("an integer is required")
                    });
                }
                set_field(py, this, WRITTEN, Some(n));
            }
        }
        Ok(())
    }
}
