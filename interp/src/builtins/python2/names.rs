//! The builtins that Python 2 code sees.

use lockstep_heap::{Ref, Value};

use crate::object::raise::{Result, runtime_error, type_error};
use crate::object::special::CompareOp;
use crate::object::{Exc, Py};
use crate::types::dict::{self, Dict};
use crate::types::str::Str;
use crate::types::tuple::Tuple;

/// The functions of the `__builtin__` module that Python 3 lacks or has changed.
pub struct Python2;

/// The namespace, once it is made.
#[derive(Default)]
struct Made {
    namespace: Option<Ref<Dict>>,
}

/// What stands under `name` in the Python 3 builtins.
fn modern(py: &mut Py, name: &str) -> Result<Value> {
    let builtins = py.shared().builtins.clone();
    match builtins.and_then(|d| dict::get_name(py, &d, name)) {
        Some(value) => Ok(value),
        None => Err(runtime_error(format!("lost builtins.{name}"))),
    }
}

fn listed(py: &mut Py, name: &str, args: &[Value]) -> Result<Value> {
    let function = modern(py, name)?;
    let lazy = py.call(&function, args)?;
    let items = py.collect(&lazy)?;
    Ok(py.list(items))
}

/// The namespace of builtins for Python 2 code.
pub(crate) fn namespace(py: &mut Py) -> Ref<Dict> {
    if let Some(namespace) = py.state::<Made>().namespace.clone() {
        return namespace;
    }
    let module = py.new_module("__builtin__", Some("Built-in functions, exceptions, and other objects."));
    let namespace = py.module_dict(&module);
    if let Some(builtins) = py.shared().builtins.clone() {
        let entries: Vec<(Value, Value)> = builtins.get(py).iter().map(|(k, v)| (k.clone(), v.clone())).collect();
        for (key, value) in entries {
            if let Some(key) = key.downcast::<Str>()
                && !key.as_bytes().starts_with(b"__")
            {
                dict::set_str(py, &namespace, &key.clone(), value);
            }
        }
        for kept in ["__build_class__", "__debug__"] {
            if let Some(value) = dict::get_name(py, &builtins, kept) {
                dict::set_name(py, &namespace, kept, value);
            }
        }
    }
    py.add_functions::<Python2>(&namespace, "__builtin__");
    for (old, new) in [
        ("xrange", "range"),
        ("unicode", "str"),
        ("basestring", "str"),
        ("long", "int"),
        ("unichr", "chr"),
        ("file", "open"),
        ("buffer", "memoryview"),
    ] {
        if let Ok(value) = modern(py, new) {
            dict::set_name(py, &namespace, old, value);
        }
    }
    let standard = py.exception_type(Exc::Exception).into_value();
    dict::set_name(py, &namespace, "StandardError", standard);
    py.state::<Made>().namespace = Some(namespace.clone());
    if let Some(modules) = py.shared().modules.clone() {
        dict::set_name(py, &modules, "__builtin__", module.into_value());
    }
    namespace
}

/// `cmp(a, b)`
pub(super) fn compare(py: &mut Py, a: &Value, b: &Value) -> Result<i64> {
    if py.eq(a, b)? {
        return Ok(0);
    }
    match py.compare_bool(CompareOp::Lt, a, b) {
        Ok(less) => Ok(if less { -1 } else { 1 }),
        // Whatever cannot be ordered is ordered by the names of the types.
        Err(e) if e.is(Exc::TypeError) => Ok(if py.type_name(a) <= py.type_name(b) { -1 } else { 1 }),
        Err(e) => Err(e),
    }
}

#[lockstep_macros::module]
impl Python2 {
    /// Import a module.
    #[py("(name, globals=None, locals=None, fromlist=(), level=-1)")]
    fn __import__(py: &mut Py, name: &Value, globals: &Value, locals: &Value, fromlist: &Value, level: i64) -> Result<Value> {
        let _ = locals;
        let name = crate::import::name_text(py, name)?;
        super::modules::import(py, &name, globals, fromlist, level)
    }
    /// apply(object[, args[, kwargs]]) -> value
    #[py("(object, args=(), kwargs=None, /)")]
    fn apply(py: &mut Py, object: &Value, args: &Value, kwargs: &Value) -> Result<Value> {
        let args = py.collect(args)?;
        let keywords = py.kwargs(kwargs);
        py.call_kw(object, &args, &keywords)
    }
    /// cmp(x, y) -> integer
    #[py("(x, y, /)")]
    fn cmp(py: &mut Py, x: &Value, y: &Value) -> Result<i64> {
        compare(py, x, y)
    }
    /// coerce(x, y) -> (x1, y1)
    #[py("(x, y, /)")]
    fn coerce(py: &mut Py, x: Value, y: Value) -> Result<Value> {
        if x.as_float().is_some() || y.as_float().is_some() {
            let (x, y) = (py.to_f64(&x)?, py.to_f64(&y)?);
            return Ok(py.tuple(vec![Value::float(x), Value::float(y)]));
        }
        Ok(py.tuple(vec![x, y]))
    }
    /// execfile(filename[, globals[, locals]])
    #[py("(filename, globals=None, locals=None, /)")]
    fn execfile(py: &mut Py, filename: &Value, globals: &Value, locals: &Value) -> Result<()> {
        let path = crate::import::path_text(py, filename)?;
        let source = std::fs::read(&path).map_err(|e| crate::object::raise::io_error(py, &e))?;
        let settings = crate::builtins::compile::Settings::new(py, &path, lockstep_grammar::Mode::Exec);
        let code = crate::builtins::compile::bytes(py, &source, &settings)?.into_value();
        crate::builtins::code::execute(py, &code, globals, locals, &Value::NONE)
    }
    /// filter(function or None, sequence) -> list, tuple, or string
    #[py("(function, sequence, /)")]
    fn filter(py: &mut Py, function: Value, sequence: Value) -> Result<Value> {
        let made = listed(py, "filter", &[function, sequence.clone()])?;
        if sequence.is_a::<Tuple>() {
            let items = py.collect(&made)?;
            return Ok(py.tuple(items));
        }
        if sequence.is_a::<Str>() {
            let empty = py.str("");
            return py.call_method(&empty, "join", &[made]);
        }
        Ok(made)
    }
    /// input([prompt]) -> value
    #[py("(prompt='', /)")]
    fn input(py: &mut Py, prompt: &Value) -> Result<Value> {
        let line = crate::builtins::code::read_line(py, prompt)?;
        let eval = modern(py, "eval")?;
        py.call(&eval, &[line])
    }
    /// intern(string) -> string
    #[py("(string, /)")]
    fn intern(py: &mut Py, string: &Value) -> Result<Value> {
        match string.downcast::<Str>() {
            Some(s) => Ok(py.intern_str(&s.clone()).into_value()),
            None => Err(type_error(format!("intern() argument 1 must be string, not {}", py.type_name(string)))),
        }
    }
    /// map(function, sequence[, sequence, ...]) -> list
    #[py("(function, *sequences)")]
    fn map(py: &mut Py, function: &Value, sequences: &[Value]) -> Result<Value> {
        let mut columns = Vec::with_capacity(sequences.len());
        for s in sequences {
            columns.push(py.collect(s)?);
        }
        let rows = columns.iter().map(Vec::len).max().unwrap_or(0);
        let mut out = Vec::with_capacity(rows);
        for row in 0..rows {
            let args: Vec<Value> = columns.iter().map(|c| c.get(row).cloned().unwrap_or(Value::NONE)).collect();
            out.push(match (function.is_none(), args.as_slice()) {
                (false, args) => py.call(function, args)?,
                (true, [one]) => one.clone(),
                (true, _) => py.tuple(args),
            });
        }
        Ok(py.list(out))
    }
    /// range(stop) -> list of integers
    /// range(start, stop[, step]) -> list of integers
    #[py("(*args)")]
    fn range(py: &mut Py, args: &[Value]) -> Result<Value> {
        listed(py, "range", args)
    }
    /// raw_input([prompt]) -> string
    #[py("(prompt='', /)")]
    fn raw_input(py: &mut Py, prompt: &Value) -> Result<Value> {
        crate::builtins::code::read_line(py, prompt)
    }
    /// reduce(function, sequence[, initial]) -> value
    #[py("(function, sequence, initial=<unbound>, /)")]
    fn reduce(py: &mut Py, function: &Value, sequence: &Value, initial: Option<Value>) -> Result<Value> {
        let mut items = py.iter(sequence)?;
        let mut total = match initial {
            Some(initial) => initial,
            None => match items.next(py)? {
                Some(first) => first,
                None => return Err(type_error("reduce() of empty sequence with no initial value")),
            },
        };
        while let Some(item) = items.next(py)? {
            total = py.call(function, &[total, item])?;
        }
        Ok(total)
    }
    /// reload(module) -> module
    #[py("(module, /)")]
    fn reload(py: &mut Py, module: Value) -> Result<Value> {
        let importlib = crate::import::import_module(py, "importlib")?;
        py.call_method(&importlib, "reload", &[module])
    }
    /// round(number[, ndigits]) -> floating point number
    #[py("(number, ndigits=0)")]
    fn round(py: &mut Py, number: &Value, ndigits: i64) -> Result<f64> {
        let x = py.to_f64(number)?;
        if ndigits == 0 {
            return Ok(x.round());
        }
        let round = modern(py, "round")?;
        let (x, n) = (Value::float(x), py.int(ndigits));
        let rounded = py.call(&round, &[x, n])?;
        py.to_f64(&rounded)
    }
    /// sorted(iterable, cmp=None, key=None, reverse=False) --> new sorted list
    #[py("(iterable, cmp=None, key=None, reverse=False)")]
    fn sorted(py: &mut Py, iterable: &Value, cmp: &Value, key: &Value, reverse: bool) -> Result<Value> {
        let key = super::attributes::sort_key(py, cmp, key)?;
        crate::types::list::sorted(py, iterable, &key, reverse)
    }
    /// zip(seq1 [, seq2 [...]]) -> [(seq1[0], seq2[0] ...), (...)]
    #[py("(*sequences)")]
    fn zip(py: &mut Py, sequences: &[Value]) -> Result<Value> {
        listed(py, "zip", sequences)
    }
}
