//! Functions of the host as Python callables, and conversion of Python values to plain Rust data.

use std::any::Any;
use std::collections::{BTreeMap, HashMap};
use std::hash::{BuildHasher, Hash};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use lockstep_heap::{Frozen, Object, Ref, Value};
use lockstep_macros::methods;

use crate::import;
use crate::object::convert::{FromArg, IntoValue};
use crate::object::raise::{Result, runtime_error, type_error};
use crate::object::{NativeType, Py};
use crate::types::dict::{self, Dict};
use crate::types::str::Str;
use crate::types::tuple::Tuple;

/// A function of the host.
pub type Call = Arc<dyn Fn(&mut Py, &[Value]) -> Result<Value> + Send + Sync>;

/// The payload of `host_function`.
pub struct HostFunction {
    name: String,
    call: Call,
}

impl Object for HostFunction {
    type Access = Frozen;
}

#[methods]
impl HostFunction {
    /// Call self as a function.
    #[py("(self, /, *args)")]
    fn __call__(py: &mut Py, this: &Ref<HostFunction>, args: &[Value]) -> Result<Value> {
        match catch_unwind(AssertUnwindSafe(|| (this.call)(py, args))) {
            Ok(result) => result,
            Err(panic) => Err(runtime_error(format!("the host function {}() panicked: {}", this.name, message(&*panic)))),
        }
    }
    /// Return repr(self).
    #[py("(self, /)")]
    fn __repr__(_py: &mut Py, this: &Ref<HostFunction>) -> String {
        format!("<host function {}>", this.name)
    }
    #[getter]
    fn __name__(py: &mut Py, this: &Ref<HostFunction>) -> Value {
        py.str(&this.name)
    }
}

impl NativeType for HostFunction {
    const NAME: &'static str = "host_function";
    const MODULE: &'static str = "lockstep";
    const FLAGS: u32 = 0;
}

fn message(panic: &(dyn Any + Send)) -> &str {
    panic.downcast_ref::<&str>().copied().or_else(|| panic.downcast_ref::<String>().map(String::as_str)).unwrap_or("no message")
}

/// A callable of the host.
pub fn function(py: &mut Py, name: &str, call: Call) -> Value {
    py.define::<HostFunction>();
    py.make(HostFunction { name: name.to_owned(), call }).into_value()
}

/// Put a module of the host into `sys.modules`.
pub fn install(py: &mut Py, name: &str, functions: &[(String, Call)]) {
    let module = py.new_module(name, None);
    let namespace = py.module_dict(&module);
    for (name, call) in functions {
        let value = function(py, name, call.clone());
        dict::set_name(py, &namespace, name, value);
    }
    if let Some(modules) = py.shared().modules.clone() {
        dict::set_name(py, &modules, name, module.into_value());
    }
}

/// The namespace of `__main__` of an embedded interpreter.
pub fn globals(py: &mut Py) -> Ref<Dict> {
    super::program::main_namespace(py)
}

/// Evaluate an expression in `__main__`.
pub fn eval(py: &mut Py, source: &str) -> Result<Value> {
    use crate::builtins::compile::{self, Settings};
    let settings = Settings::new(py, "<host>", lockstep_grammar::Mode::Eval);
    let code = compile::object(py, source.trim_start_matches([' ', '\t']), &settings)?;
    let namespace = globals(py);
    let builtins = import::load_builtins(py);
    crate::vm::run_code(py, &code, &namespace, &builtins, None, Vec::new())
}

/// A Rust type that a Python value can become.
pub trait FromValue: Sized {
    /// The data, or a TypeError or OverflowError that says why not.
    fn from_value(py: &mut Py, value: &Value) -> Result<Self>;
}

macro_rules! plain {
    ($($t:ty),*) => { $(
        impl FromValue for $t {
            fn from_value(py: &mut Py, value: &Value) -> Result<Self> {
                <$t as FromArg>::from_arg(py, value, "extract", "value")
            }
        }
    )* };
}
plain!(i8, i16, i32, i64, isize, u8, u16, u32, u64, usize, i128, u128, f64, bool);

impl FromValue for Value {
    fn from_value(_: &mut Py, value: &Value) -> Result<Self> {
        Ok(value.clone())
    }
}

impl FromValue for () {
    fn from_value(_: &mut Py, _: &Value) -> Result<Self> {
        Ok(())
    }
}

impl FromValue for String {
    fn from_value(py: &mut Py, value: &Value) -> Result<Self> {
        match value.downcast::<Str>() {
            Some(text) => Ok(text.to_str(py)?.to_owned()),
            None => Err(type_error(format!("expected str, not {}", py.type_name(value)))),
        }
    }
}

impl<T: FromValue> FromValue for Option<T> {
    fn from_value(py: &mut Py, value: &Value) -> Result<Self> {
        if value.is_none() { Ok(None) } else { T::from_value(py, value).map(Some) }
    }
}

impl<T: FromValue> FromValue for Vec<T> {
    fn from_value(py: &mut Py, value: &Value) -> Result<Self> {
        if value.is_a::<Str>() {
            return Err(type_error("expected a sequence, not str"));
        }
        let items = py.collect(value)?;
        items.iter().map(|item| T::from_value(py, item)).collect()
    }
}

fn pairs<K: FromValue, V: FromValue>(py: &mut Py, value: &Value) -> Result<Vec<(K, V)>> {
    let Some(dict) = value.downcast::<Dict>().cloned() else {
        return Err(type_error(format!("expected dict, not {}", py.type_name(value))));
    };
    let entries: Vec<(Value, Value)> = dict.get(py).iter().map(|(k, v)| (k.clone(), v.clone())).collect();
    entries.iter().map(|(k, v)| Ok((K::from_value(py, k)?, V::from_value(py, v)?))).collect()
}

impl<K: FromValue + Eq + Hash, V: FromValue, S: BuildHasher + Default> FromValue for HashMap<K, V, S> {
    fn from_value(py: &mut Py, value: &Value) -> Result<Self> {
        Ok(pairs(py, value)?.into_iter().collect())
    }
}

impl<K: FromValue + Ord, V: FromValue> FromValue for BTreeMap<K, V> {
    fn from_value(py: &mut Py, value: &Value) -> Result<Self> {
        Ok(pairs(py, value)?.into_iter().collect())
    }
}

fn dict_of<K: IntoValue, V: IntoValue>(py: &mut Py, entries: impl Iterator<Item = (K, V)>) -> Value {
    let dict = py.new_dict();
    for (key, value) in entries {
        let (key, value) = (key.into_value(py), value.into_value(py));
        // Plain data is hashable, but for lists; those have no place among keys.
        drop(dict::set(py, &dict, &key, value));
    }
    dict.into_value()
}

/// A dict.
impl<K: IntoValue, V: IntoValue, S> IntoValue for HashMap<K, V, S> {
    fn into_value(self, py: &mut Py) -> Value {
        dict_of(py, self.into_iter())
    }
}
/// A dict.
impl<K: IntoValue, V: IntoValue> IntoValue for BTreeMap<K, V> {
    fn into_value(self, py: &mut Py) -> Value {
        dict_of(py, self.into_iter())
    }
}

macro_rules! tuples {
    ($count:literal: $($name:ident $at:tt)*) => {
        impl<$($name: FromValue),*> FromValue for ($($name,)*) {
            fn from_value(py: &mut Py, value: &Value) -> Result<Self> {
                let items = match value.downcast::<Tuple>() {
                    Some(tuple) => tuple.slice().to_vec(),
                    None => return Err(type_error(format!("expected tuple, not {}", py.type_name(value)))),
                };
                if items.len() != $count {
                    return Err(type_error(format!("expected a tuple of {}, not of {}", $count, items.len())));
                }
                Ok(($($name::from_value(py, &items[$at])?,)*))
            }
        }
        impl<$($name: IntoValue),*> Arguments for ($($name,)*) {
            #[expect(non_snake_case, reason = "one name for type and variable")]
            fn into_arguments(self, py: &mut Py) -> Vec<Value> {
                let ($($name,)*) = self;
                vec![$($name.into_value(py)),*]
            }
        }
        impl<Function, Out, $($name),*> HostCall<($($name,)*)> for Function
        where
            Function: Fn($($name),*) -> Out + Send + Sync + 'static,
            Out: crate::object::convert::IntoResult,
            $($name: FromValue),*
        {
            fn into_call(self, name: &str) -> Call {
                let name = name.to_owned();
                Arc::new(move |py, args| {
                    if args.len() != $count {
                        let plural = if $count == 1 { "" } else { "s" };
                        return Err(type_error(format!("{name}() takes {} argument{plural} but {} were given", $count, args.len())));
                    }
                    self($($name::from_value(py, &args[$at])?),*).into_result(py)
                })
            }
        }
    };
}

/// Arguments for a call of a Python function.
pub trait Arguments {
    /// As values.
    fn into_arguments(self, py: &mut Py) -> Vec<Value>;
}

impl Arguments for () {
    fn into_arguments(self, _: &mut Py) -> Vec<Value> {
        Vec::new()
    }
}

/// A closure over plain data that can be called from Python.
pub trait HostCall<Args> {
    /// As a callable.
    fn into_call(self, name: &str) -> Call;
}

impl<Function, Out> HostCall<()> for Function
where
    Function: Fn() -> Out + Send + Sync + 'static,
    Out: crate::object::convert::IntoResult,
{
    fn into_call(self, name: &str) -> Call {
        let name = name.to_owned();
        Arc::new(move |py, args| {
            if !args.is_empty() {
                return Err(type_error(format!("{name}() takes no arguments ({} given)", args.len())));
            }
            self().into_result(py)
        })
    }
}

tuples!(1: A 0);
tuples!(2: A 0 B 1);
tuples!(3: A 0 B 1 C 2);
tuples!(4: A 0 B 1 C 2 D 3);
tuples!(5: A 0 B 1 C 2 D 3 E 4);
