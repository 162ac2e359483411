//! `_csv`: rows of fields as lines of text, and back.

mod dialect;
mod reader;
mod writer;

use lockstep_interp::object::raise::{Result, type_error};
use lockstep_interp::types::dict::{self, Dict};
use lockstep_interp::types::int;
use lockstep_interp::types::module::Module;
use lockstep_interp::types::str::Str;
use lockstep_interp::{Exc, Py, Raised, Ref, Value, module};

use crate::notes::error_class;
use dialect::Dialect;
use reader::Reader;
use writer::Writer;

/// The module's error, its registered dialects and its limit.
#[derive(Default)]
struct State {
    error: Option<Value>,
    dialects: Option<Ref<Dict>>,
    limit: Option<i64>,
}

impl State {
    /// The most characters of a field.
    fn field_limit(&self) -> usize {
        usize::try_from(self.limit.unwrap_or(128 * 1024)).unwrap_or(0)
    }
}

/// A `csv.Error`.
#[cold]
fn csv_error(py: &mut Py, message: &str) -> Raised {
    match py.state::<State>().error.clone() {
        Some(class) => {
            let text = py.str(message);
            match py.call(&class, &[text]) {
                Ok(made) => py.raise_value(&made),
                Err(e) => e,
            }
        }
        None => Raised::new(Exc::Exception, message),
    }
}

/// The registered dialects.
fn dialects(py: &mut Py) -> Ref<Dict> {
    match py.state::<State>().dialects.clone() {
        Some(dialects) => dialects,
        None => py.new_dict(),
    }
}

/// The registered dialect of this name.
fn known(py: &mut Py, name: &Value) -> Result<Option<Value>> {
    let all = dialects(py);
    dict::get(py, &all, name)
}

/// The functions of `_csv`.
pub struct Csv;

#[module]
impl Csv {
    /// Sets an upper limit on parsed fields.
    ///
    ///    csv.field_size_limit([limit])
    ///
    /// Returns old limit. If limit is not given, no new limit is set and
    /// the old limit is returned
    #[py("(new_limit=<unrepresentable>)")]
    fn field_size_limit(py: &mut Py, new_limit: Option<&Value>) -> Result<i64> {
        let old = py.state::<State>().field_limit() as i64;
        if let Some(limit) = new_limit {
            if !int::is_int(limit) {
                return Err(type_error("limit must be an integer"));
            }
            let Some(limit) = int::as_i64(limit) else {
                return Err(lockstep_interp::object::raise::overflow_error("Python int too large to convert to C ssize_t"));
            };
            py.state::<State>().limit = Some(limit);
        }
        Ok(old)
    }
    /// Return the dialect instance associated with name.
    #[py("(name)")]
    fn get_dialect(py: &mut Py, name: &Value) -> Result<Value> {
        match known(py, name)? {
            Some(found) => Ok(found),
            None => Err(csv_error(py, "unknown dialect")),
        }
    }
    /// Return a list of all known dialect names.
    ///
    ///    names = csv.list_dialects()
    #[py("()")]
    fn list_dialects(py: &mut Py) -> Value {
        let all = dialects(py);
        let names: Vec<Value> = all.get(py).keys().cloned().collect();
        py.list(names)
    }
    /// csv_reader = reader(iterable [, dialect='excel']
    ///                      [optional keyword args])
    ///    for row in csv_reader:
    ///         process(row)
    ///
    /// The "iterable" argument can be any object that returns a line
    /// of input for each iteration, such as a file object or a list.  The
    /// optional "dialect" parameter is discussed below.  The function
    /// also accepts optional keyword arguments which override settings
    /// provided by the dialect.
    ///
    /// The returned object is an iterator.  Each iteration returns a row
    /// of the CSV file (which can span multiple input lines).
    #[py("(iterable, dialect=<unrepresentable>, /, **fmtparams)")]
    fn reader(py: &mut Py, iterable: &Value, dialect: Option<&Value>, fmtparams: &Value) -> Result<Value> {
        let (dialect, fmtparams) = with_dialect(py, dialect, fmtparams)?;
        let input = py.get_iter(iterable)?;
        let dialect = dialect::of_call(py, dialect.as_ref(), &fmtparams)?;
        Ok(py.make(Reader::new(input, dialect)).into_value())
    }
    /// Create a mapping from a string name to a dialect class.
    #[py("(name, dialect=<unrepresentable>, /, **fmtparams)")]
    fn register_dialect(py: &mut Py, name: &Value, dialect: Option<&Value>, fmtparams: &Value) -> Result<()> {
        if !name.is_a::<Str>() {
            return Err(type_error("dialect name must be a string"));
        }
        let (dialect, fmtparams) = with_dialect(py, dialect, fmtparams)?;
        let dialect = dialect::of_call(py, dialect.as_ref(), &fmtparams)?;
        let all = dialects(py);
        dict::set(py, &all, name, dialect.into_value())
    }
    /// Delete the name/dialect mapping associated with a string name.
    ///
    ///    csv.unregister_dialect(name)
    #[py("(name)")]
    fn unregister_dialect(py: &mut Py, name: &Value) -> Result<()> {
        let all = dialects(py);
        match dict::remove(py, &all, name)? {
            Some(_) => Ok(()),
            None => Err(csv_error(py, "unknown dialect")),
        }
    }
    /// csv_writer = csv.writer(fileobj [, dialect='excel']
    ///                             [optional keyword args])
    ///    for row in sequence:
    ///         csv_writer.writerow(row)
    ///
    ///    [or]
    ///
    ///    csv_writer = csv.writer(fileobj [, dialect='excel']
    ///                             [optional keyword args])
    ///    csv_writer.writerows(rows)
    ///
    /// The "fileobj" argument can be any object that supports the file API.
    #[py("(fileobj, dialect=<unrepresentable>, /, **fmtparams)")]
    fn writer(py: &mut Py, fileobj: &Value, dialect: Option<&Value>, fmtparams: &Value) -> Result<Value> {
        let (dialect, fmtparams) = with_dialect(py, dialect, fmtparams)?;
        let write = match py.getattr_opt(fileobj, "write")? {
            Some(write) if py.is_callable(&write) => write,
            _ => return Err(type_error("argument 1 must have a \"write\" method")),
        };
        let dialect = dialect::of_call(py, dialect.as_ref(), &fmtparams)?;
        Ok(py.make(Writer::new(write, dialect)).into_value())
    }
}

/// The dialect may be given by name too.
fn with_dialect(py: &mut Py, dialect: Option<&Value>, keywords: &Value) -> Result<(Option<Value>, Value)> {
    let Some(own) = keywords.downcast::<Dict>() else { return Ok((dialect.cloned(), keywords.clone())) };
    let name = py.intern("dialect");
    match (dialect, dict::remove_str(py, own, &name)) {
        (Some(_), Some(_)) => Err(type_error("argument for Dialect() given by name ('dialect') and position (1)")),
        (None, Some(given)) => Ok((Some(given), keywords.clone())),
        (given, None) => Ok((given.cloned(), keywords.clone())),
    }
}

/// Fill the module.
pub fn init(py: &mut Py, module: &Ref<Module>) -> Result<()> {
    let d = py.module_dict(module);
    py.add_functions::<Csv>(&d, "_csv");
    let types = [("Dialect", py.define::<Dialect>()), ("Reader", py.define::<Reader>()), ("Writer", py.define::<Writer>())];
    for (name, ty) in types {
        dict::set_name(py, &d, name, ty.into_value());
    }
    let numbers = ["QUOTE_MINIMAL", "QUOTE_ALL", "QUOTE_NONNUMERIC", "QUOTE_NONE", "QUOTE_STRINGS", "QUOTE_NOTNULL"];
    for (n, name) in numbers.iter().enumerate() {
        dict::set_name(py, &d, name, Value::int32(n as i32));
    }
    let dialects = py.new_dict();
    dict::set_name(py, &d, "_dialects", dialects.to_value());
    let base = py.exception_type(Exc::Exception).into_value();
    let known = py.state::<State>().error.clone();
    let class = error_class(py, known, "_csv", "Error", &base, None)?;
    dict::set_name(py, &d, "Error", class.clone());
    *py.state::<State>() = State { error: Some(class), dialects: Some(dialects), limit: None };
    Ok(())
}
