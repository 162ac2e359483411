//! `make_scanner`: reads JSON values as a decoder says.

use lockstep_interp::object::raise::{Result, type_error, value_error};
use lockstep_interp::object::{NativeType, Type, TypeFlags};
use lockstep_interp::types::str::Str;
use lockstep_interp::{Frozen, Object, Py, Ref, Value, Visitor, methods};

use super::scan::{self, Options, Scan};

/// The payload of a scanner.
pub struct Scanner {
    strict: Value,
    object_hook: Value,
    object_pairs_hook: Value,
    parse_float: Value,
    parse_int: Value,
    parse_constant: Value,
    options: Options,
}

impl Object for Scanner {
    type Access = Frozen;
    const TRACKED: bool = true;
    fn trace(&self, visit: &mut Visitor<'_>) {
        visit.all([&self.strict, &self.object_hook, &self.object_pairs_hook]);
        visit.all([&self.parse_float, &self.parse_int, &self.parse_constant]);
        let o = &self.options;
        visit.all([&o.object_hook, &o.pairs_hook, &o.parse_float, &o.parse_int].into_iter().flatten());
        visit.value(&o.parse_constant);
    }
}

/// A hook, none if it is None.
fn hook(value: &Value) -> Option<Value> {
    if value.is_none() { None } else { Some(value.clone()) }
}

/// A parser, none if it is the builtin class of this name.
fn parser(py: &Py, value: &Value, builtin: &str) -> Option<Value> {
    if value.is(py.type_named(builtin).as_value()) { None } else { Some(value.clone()) }
}

#[methods]
impl Scanner {
    /// Create and return a new object.
    #[staticmethod("(type, /, context)")]
    fn __new__(py: &mut Py, cls: &Ref<Type>, context: &Value) -> Result<Value> {
        let strict = py.getattr(context, "strict")?;
        let is_strict = py.truth(&strict)?;
        let object_hook = py.getattr(context, "object_hook")?;
        let object_pairs_hook = py.getattr(context, "object_pairs_hook")?;
        let parse_float = py.getattr(context, "parse_float")?;
        let parse_int = py.getattr(context, "parse_int")?;
        let parse_constant = py.getattr(context, "parse_constant")?;
        let options = Options {
            strict: is_strict,
            object_hook: hook(&object_hook),
            pairs_hook: hook(&object_pairs_hook),
            parse_float: parser(py, &parse_float, "float"),
            parse_int: parser(py, &parse_int, "int"),
            parse_constant: parse_constant.clone(),
        };
        let strict = Value::bool(is_strict);
        let made = Scanner { strict, object_hook, object_pairs_hook, parse_float, parse_int, parse_constant, options };
        Ok(py.make_in(cls, made).into_value())
    }
    /// Call self as a function.
    #[py("(self, /, string, idx)")]
    fn __call__(py: &mut Py, this: &Ref<Scanner>, string: &Value, idx: isize) -> Result<Value> {
        let Some(s) = string.downcast::<Str>() else {
            return Err(type_error(format!("first argument must be a string, not {}", py.type_name(string))));
        };
        let Ok(start) = usize::try_from(idx) else { return Err(value_error("idx cannot be negative")) };
        if start >= s.len() {
            return Err(lockstep_interp::object::raise::stop_iteration(py.int(start as i64)));
        }
        let mut at = if s.is_ascii() { start } else { lockstep_text::wtf8::byte_offset(s.as_bytes(), start) };
        let value = Scan::new(s, &this.options).value(py, &mut at)?;
        let end = py.int(scan::place(s, at) as i64);
        Ok(py.tuple(vec![value, end]))
    }
    /// strict
    #[getter]
    fn strict(_py: &mut Py, this: &Ref<Scanner>) -> Value {
        this.strict.clone()
    }
    /// object_hook
    #[getter]
    fn object_hook(_py: &mut Py, this: &Ref<Scanner>) -> Value {
        this.object_hook.clone()
    }
    /// object_pairs_hook
    #[getter]
    fn object_pairs_hook(_py: &mut Py, this: &Ref<Scanner>) -> Value {
        this.object_pairs_hook.clone()
    }
    /// parse_float
    #[getter]
    fn parse_float(_py: &mut Py, this: &Ref<Scanner>) -> Value {
        this.parse_float.clone()
    }
    /// parse_int
    #[getter]
    fn parse_int(_py: &mut Py, this: &Ref<Scanner>) -> Value {
        this.parse_int.clone()
    }
    /// parse_constant
    #[getter]
    fn parse_constant(_py: &mut Py, this: &Ref<Scanner>) -> Value {
        this.parse_constant.clone()
    }
}

impl NativeType for Scanner {
    const NAME: &'static str = "Scanner";
    const MODULE: &'static str = "_json";
    const DOC: Option<&'static str> = Some("JSON scanner object");
    const FLAGS: u32 = TypeFlags::BASE;
}
