//! Attributes that only Python 2 code sees: dict methods that return lists, `next`, old names of
//! modules' functions; and the special methods whose names have changed.

use lockstep_heap::{Ref, Value};

use crate::object::raise::{Result, type_error};
use crate::object::{Py, Special};
use crate::types::dict::{self, Dict};
use crate::types::exception::Exception;
use crate::types::function::Function;
use crate::types::list::List;
use crate::types::method::BoundMethod;
use crate::types::module::Module;
use crate::types::native::{Kind, Native};
use crate::types::str::Str;

/// Methods that take the object first.
pub struct Methods;

#[lockstep_macros::module]
impl Methods {
    /// A list of the dict's (key, value) pairs.
    #[py("(self, /)")]
    fn items(py: &mut Py, this: &Value) -> Result<Value> {
        through_list(py, this, "items")
    }
    /// A list of the dict's keys.
    #[py("(self, /)")]
    fn keys(py: &mut Py, this: &Value) -> Result<Value> {
        through_list(py, this, "keys")
    }
    /// A list of the dict's values.
    #[py("(self, /)")]
    fn values(py: &mut Py, this: &Value) -> Result<Value> {
        through_list(py, this, "values")
    }
    /// Whether the dict has the key.
    #[py("(self, key, /)")]
    fn has_key(py: &mut Py, this: &Value, key: &Value) -> Result<bool> {
        py.contains(this, key)
    }
    /// An iterator over the (key, value) pairs.
    #[py("(self, /)")]
    fn iteritems(py: &mut Py, this: &Value) -> Result<Value> {
        through_iterator(py, this, "items")
    }
    /// An iterator over the keys.
    #[py("(self, /)")]
    fn iterkeys(py: &mut Py, this: &Value) -> Result<Value> {
        through_iterator(py, this, "keys")
    }
    /// An iterator over the values.
    #[py("(self, /)")]
    fn itervalues(py: &mut Py, this: &Value) -> Result<Value> {
        through_iterator(py, this, "values")
    }
    /// The next item.
    #[py("(self, /)")]
    fn next(py: &mut Py, this: &Value) -> Result<Value> {
        py.next_or_raise(this)
    }
    /// The name of a thread.
    #[py("(self)", name = "getName")]
    fn get_name(py: &mut Py, this: &Value) -> Result<Value> {
        py.getattr(this, "name")
    }
    /// Name a thread.
    #[py("(self, name)", name = "setName")]
    fn set_name(py: &mut Py, this: &Value, name: Value) -> Result<()> {
        py.setattr(this, "name", name)
    }
    /// Whether a thread is a daemon.
    #[py("(self)", name = "isDaemon")]
    fn is_daemon(py: &mut Py, this: &Value) -> Result<Value> {
        py.getattr(this, "daemon")
    }
    /// Make a thread a daemon.
    #[py("(self, daemonic)", name = "setDaemon")]
    fn set_daemon(py: &mut Py, this: &Value, daemonic: Value) -> Result<()> {
        py.setattr(this, "daemon", daemonic)
    }
    /// Sort the list; `cmp` compares two items.
    #[py("(self, cmp=None, key=None, reverse=False)")]
    fn sort(py: &mut Py, this: &Value, cmp: &Value, key: &Value, reverse: &Value) -> Result<()> {
        let key = sort_key(py, cmp, key)?;
        let method = py.getattr(this, "sort")?;
        py.call_named(&method, &[], &[("key", key), ("reverse", reverse.clone())]).map(drop)
    }
    /// Text as it is: there is one kind of text here.
    #[py("(self, encoding=None, errors=None)")]
    fn decode(_py: &mut Py, this: &Value, encoding: &Value, errors: &Value) -> Value {
        let _ = (encoding, errors);
        this.clone()
    }
    /// `__cmp__` as equality.
    #[py("(self, other, /)")]
    fn __eq__(py: &mut Py, this: &Value, other: &Value) -> Result<bool> {
        Ok(by_cmp(py, this, other)? == 0)
    }
    /// `__cmp__` as inequality.
    #[py("(self, other, /)")]
    fn __ne__(py: &mut Py, this: &Value, other: &Value) -> Result<bool> {
        Ok(by_cmp(py, this, other)? != 0)
    }
    /// `__cmp__` as order.
    #[py("(self, other, /)")]
    fn __lt__(py: &mut Py, this: &Value, other: &Value) -> Result<bool> {
        Ok(by_cmp(py, this, other)? < 0)
    }
    /// `__cmp__` as order.
    #[py("(self, other, /)")]
    fn __le__(py: &mut Py, this: &Value, other: &Value) -> Result<bool> {
        Ok(by_cmp(py, this, other)? <= 0)
    }
    /// `__cmp__` as order.
    #[py("(self, other, /)")]
    fn __gt__(py: &mut Py, this: &Value, other: &Value) -> Result<bool> {
        Ok(by_cmp(py, this, other)? > 0)
    }
    /// `__cmp__` as order.
    #[py("(self, other, /)")]
    fn __ge__(py: &mut Py, this: &Value, other: &Value) -> Result<bool> {
        Ok(by_cmp(py, this, other)? >= 0)
    }
}

fn through_list(py: &mut Py, this: &Value, name: &str) -> Result<Value> {
    let lazy = py.call_method(this, name, &[])?;
    let items = py.collect(&lazy)?;
    Ok(py.list(items))
}

fn through_iterator(py: &mut Py, this: &Value, name: &str) -> Result<Value> {
    let lazy = py.call_method(this, name, &[])?;
    py.get_iter(&lazy)
}

fn by_cmp(py: &mut Py, this: &Value, other: &Value) -> Result<i64> {
    let order = py.call_method(this, "__cmp__", std::slice::from_ref(other))?;
    match crate::types::int::as_i64(&order) {
        Some(n) => Ok(n),
        None => Err(type_error("an integer is required")),
    }
}

/// The key function that stands for `cmp` and `key` together.
pub(super) fn sort_key(py: &mut Py, cmp: &Value, key: &Value) -> Result<Value> {
    if cmp.is_none() {
        return Ok(key.clone());
    }
    if !key.is_none() {
        return Err(type_error("cmp and key together are not supported"));
    }
    let functools = crate::import::import_module(py, "functools")?;
    py.call_method(&functools, "cmp_to_key", std::slice::from_ref(cmp))
}

/// A function of the table as method of an object.
fn method(py: &mut Py, name: &str, object: &Value) -> Option<Value> {
    use crate::object::native::{Member, Members};
    let def = Methods::MEMBERS.iter().find_map(|m| match m {
        Member::Function(def) if def.name == name => Some(def),
        _ => None,
    })?;
    let function = Native::with_owner(py, def, Kind::Static, None);
    Some(BoundMethod::bind(py, &function, object))
}

/// Attributes of modules that have moved: module, old name, where it is now.
const MOVED: &[(&str, &str, &str, &str)] = &[
    ("threading", "currentThread", "threading", "current_thread"),
    ("threading", "activeCount", "threading", "active_count"),
    ("threading", "_sleep", "time", "sleep"),
    ("threading", "_time", "time", "time"),
    ("sys", "maxint", "sys", "maxsize"),
    ("itertools", "izip", "builtins", "zip"),
    ("itertools", "imap", "builtins", "map"),
    ("itertools", "ifilter", "builtins", "filter"),
    ("itertools", "izip_longest", "itertools", "zip_longest"),
    ("itertools", "ifilterfalse", "itertools", "filterfalse"),
    ("os", "getcwdu", "os", "getcwd"),
    ("time", "clock", "time", "perf_counter"),
    ("string", "letters", "string", "ascii_letters"),
    ("string", "lowercase", "string", "ascii_lowercase"),
    ("string", "uppercase", "string", "ascii_uppercase"),
    ("operator", "div", "operator", "truediv"),
    ("_thread", "start_new", "_thread", "start_new_thread"),
    ("_thread", "allocate", "_thread", "allocate_lock"),
    ("types", "StringType", "builtins", "str"),
    ("types", "UnicodeType", "builtins", "str"),
    ("types", "IntType", "builtins", "int"),
    ("types", "LongType", "builtins", "int"),
    ("types", "FloatType", "builtins", "float"),
    ("types", "ListType", "builtins", "list"),
    ("types", "TupleType", "builtins", "tuple"),
    ("types", "DictType", "builtins", "dict"),
    ("types", "StringTypes", "builtins", "str"),
    ("types", "ClassType", "builtins", "type"),
    ("types", "BooleanType", "builtins", "bool"),
    ("string", "maketrans", "_python2.strings", "maketrans"),
    ("string", "join", "_python2.strings", "join"),
    ("string", "split", "_python2.strings", "split"),
    ("string", "replace", "_python2.strings", "replace"),
    ("string", "upper", "_python2.strings", "upper"),
    ("string", "lower", "_python2.strings", "lower"),
    ("string", "strip", "_python2.strings", "strip"),
    ("string", "atoi", "builtins", "int"),
    ("string", "atof", "builtins", "float"),
    ("collections", "Callable", "collections.abc", "Callable"),
    ("collections", "Iterable", "collections.abc", "Iterable"),
    ("collections", "Mapping", "collections.abc", "Mapping"),
    ("collections", "MutableMapping", "collections.abc", "MutableMapping"),
    ("collections", "Sequence", "collections.abc", "Sequence"),
    ("sys", "exc_clear", "_python2.strings", "exc_clear"),
    ("sys", "setcheckinterval", "_python2.strings", "setcheckinterval"),
    ("sys", "getcheckinterval", "_python2.strings", "getcheckinterval"),
];

/// Other names of methods and attributes, tried when the object lacks the old one.
const RENAMED: &[(&str, &str)] = &[
    ("notifyAll", "notify_all"),
    ("isSet", "is_set"),
    ("isAlive", "is_alive"),
    ("func_name", "__name__"),
    ("func_code", "__code__"),
    ("func_defaults", "__defaults__"),
    ("func_globals", "__globals__"),
    ("func_doc", "__doc__"),
    ("func_closure", "__closure__"),
    ("im_func", "__func__"),
    ("im_self", "__self__"),
    ("assertItemsEqual", "assertCountEqual"),
    ("assertEquals", "assertEqual"),
    ("assertNotEquals", "assertNotEqual"),
    ("assert_", "assertTrue"),
    ("failUnless", "assertTrue"),
    ("failIf", "assertFalse"),
    ("failUnlessEqual", "assertEqual"),
    ("failUnlessRaises", "assertRaises"),
    ("assertRaisesRegexp", "assertRaisesRegex"),
    ("assertRegexpMatches", "assertRegex"),
    ("gi_frame", "gi_frame"),
];

/// An attribute as Python 2 code sees it; none: as Python 3 code sees it.
pub(crate) fn attribute(py: &mut Py, object: &Value, name: &Ref<Str>) -> Result<Option<Value>> {
    let Some(text) = name.as_str() else { return Ok(None) };
    match text {
        "keys" | "values" | "items" if object.is_a::<Dict>() => {
            // A subclass with a method of its own is left alone.
            let ty = py.type_of(object);
            let own = py.type_for::<Dict>();
            let (found, plain) = (py.lookup(&ty, name), py.lookup(&own, name));
            if let (Some(found), Some(plain)) = (found, plain)
                && found.is(&plain)
            {
                return Ok(method(py, text, object));
            }
            Ok(None)
        }
        "has_key" | "iteritems" | "iterkeys" | "itervalues" if missing(py, object, name)? && has(py, object, "keys")? => {
            Ok(method(py, text, object))
        }
        "next" if py.special(object, Special::Next).is_some() && missing(py, object, name)? => Ok(method(py, text, object)),
        "getName" | "setName" | "isDaemon" | "setDaemon" if has(py, object, "daemon")? => Ok(method(py, text, object)),
        "sort" if py.is_exact::<List>(object) => Ok(method(py, text, object)),
        "decode" if object.is_a::<Str>() => Ok(method(py, text, object)),
        "message" if object.is_a::<Exception>() && missing(py, object, name)? => {
            let args = object.downcast::<Exception>().map(|e| e.get(py).args.clone()).unwrap_or(Value::NONE);
            let args = py.collect(&args)?;
            Ok(Some(if let [one] = args.as_slice() { one.clone() } else { py.str("") }))
        }
        _ => {
            if let Some(module) = object.downcast::<Module>().cloned() {
                let namespace = py.module_dict(&module);
                let own = dict::get_name(py, &namespace, "__name__").and_then(|n| n.downcast::<Str>().map(|s| s.to_string()));
                let moved = MOVED.iter().find(|(m, old, ..)| *old == text && own.as_deref() == Some(*m));
                if let Some((_, _, module, new)) = moved {
                    let module = crate::import::import_module(py, module)?;
                    return py.getattr(&module, new).map(Some);
                }
            }
            if let Some((_, new)) = RENAMED.iter().find(|(old, _)| *old == text)
                && new != &text
                && has(py, object, new)?
            {
                return py.getattr(object, new).map(Some);
            }
            Ok(None)
        }
    }
}

fn has(py: &mut Py, object: &Value, name: &str) -> Result<bool> {
    Ok(py.getattr_opt(object, name)?.is_some())
}

fn missing(py: &mut Py, object: &Value, name: &Ref<Str>) -> Result<bool> {
    let ty = py.type_of(object);
    Ok(py.lookup(&ty, name).is_none() && py.instance_get(object, name).is_none())
}

/// What the body of a class named `__metaclass__`.
pub(crate) fn metaclass(py: &mut Py, body: &Ref<Function>, namespace: &Value) -> Option<Value> {
    let python2 = body.get(py).code.code.flags.has(lockstep_compile::code::CodeFlags::PYTHON2);
    let namespace = namespace.downcast::<Dict>().filter(|_| python2)?;
    dict::get_name(py, namespace, "__metaclass__")
}

/// The namespace of a class of Python 2 code before the class is made: special methods get
/// their new names.
pub(crate) fn finish_class(py: &mut Py, body: &Value, namespace: &Value) {
    let Some(function) = body.downcast::<Function>() else { return };
    let python2 = function.get(py).code.code.flags.has(lockstep_compile::code::CodeFlags::PYTHON2);
    if !python2 {
        return;
    }
    let Some(namespace) = namespace.downcast::<Dict>().cloned() else { return };
    for (old, new) in [("__nonzero__", "__bool__"), ("next", "__next__"), ("__div__", "__truediv__"), ("__unicode__", "__str__")]
    {
        if let Some(value) = dict::get_name(py, &namespace, old)
            && dict::get_name(py, &namespace, new).is_none()
        {
            dict::set_name(py, &namespace, new, value);
        }
    }
    if dict::get_name(py, &namespace, "__cmp__").is_none() {
        return;
    }
    for name in ["__eq__", "__ne__", "__lt__", "__le__", "__gt__", "__ge__"] {
        if dict::get_name(py, &namespace, name).is_some() {
            continue;
        }
        use crate::object::native::{Member, Members};
        let found = Methods::MEMBERS.iter().find_map(|m| match m {
            Member::Function(def) if def.name == name => Some(def),
            _ => None,
        });
        if let Some(def) = found {
            let function = Native::with_owner(py, def, Kind::Method, None);
            dict::set_name(py, &namespace, name, function);
        }
    }
}
