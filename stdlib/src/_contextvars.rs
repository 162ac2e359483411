//! `_contextvars`: context variables. Each thread has a current context; entering another one
//! puts it in its place for the time of a call.

use lockstep_interp::object::raise::{key_error, lookup_error, runtime_error, type_error, value_error};
use lockstep_interp::object::{NativeType, Py, Result, Type, TypeFlags};
use lockstep_interp::types::dict::{self, Dict};
use lockstep_interp::types::module::Module;
use lockstep_interp::types::str::Str;
use lockstep_interp::{Frozen, Guarded, Object, Ref, Value, Visitor, methods, module};

/// The payload of a `Context`.
pub struct Context {
    /// Variables (by identity: they hash so) to values.
    values: Ref<Dict>,
    entered: bool,
    /// What the variable of `decimal` holds, which every operation of it asks for; none: look it up.
    decimal: Option<Value>,
}

impl Object for Context {
    type Access = Guarded;
    const TRACKED: bool = true;
    fn trace(&self, visit: &mut Visitor<'_>) {
        visit.reference(&self.values);
        visit.option(&self.decimal);
    }
}

impl NativeType for Context {
    const NAME: &'static str = "Context";
    const MODULE: &'static str = "_contextvars";
    const FLAGS: u32 = TypeFlags::MAPPING;
    const UNHASHABLE: bool = true;
}

/// The payload of a `ContextVar`.
pub struct ContextVar {
    name: Ref<Str>,
    default: Option<Value>,
}

impl Object for ContextVar {
    type Access = Frozen;
    const TRACKED: bool = true;
    fn trace(&self, visit: &mut Visitor<'_>) {
        visit.option(&self.default);
    }
}

impl NativeType for ContextVar {
    const NAME: &'static str = "ContextVar";
    const MODULE: &'static str = "_contextvars";
    const FLAGS: u32 = 0;
}

/// The payload of a `Token`.
pub struct Token {
    variable: Value,
    context: Value,
    old: Option<Value>,
    used: bool,
}

impl Object for Token {
    type Access = Guarded;
    const TRACKED: bool = true;
    fn trace(&self, visit: &mut Visitor<'_>) {
        visit.all([&self.variable, &self.context]);
        visit.option(&self.old);
    }
}

impl NativeType for Token {
    const NAME: &'static str = "Token";
    const MODULE: &'static str = "_contextvars";
    const FLAGS: u32 = 0;
}

/// The current context of the thread, made on first use.
fn current(py: &mut Py) -> Ref<Context> {
    if let Some(context) = py.context().and_then(|c| c.downcast::<Context>()) {
        return context.clone();
    }
    let values = py.new_dict();
    let context = py.make(Context { values, entered: false, decimal: None });
    py.set_context_value(Some(context.to_value()));
    context
}

fn copy_of(py: &mut Py, context: &Ref<Context>) -> Ref<Context> {
    let values = context.get(py).values.clone();
    let copy = values.get(py).duplicate();
    let values = py.make(copy);
    py.make(Context { values, entered: false, decimal: None })
}

fn variable<'a>(py: &mut Py, key: &'a Value) -> Result<&'a Ref<ContextVar>> {
    match key.downcast::<ContextVar>() {
        Some(v) => Ok(v),
        None => Err(type_error(format!("a ContextVar key was expected, got {}", py.repr_lossy(key)))),
    }
}

#[methods]
impl Context {
    #[staticmethod("(type, /, *args, **kwargs)")]
    fn __new__(py: &mut Py, cls: &Ref<Type>, args: &[Value], kwargs: &Value) -> Result<Ref<Context>> {
        if !args.is_empty() || !py.kwargs(kwargs).is_empty() {
            return Err(type_error("Context() does not accept any arguments"));
        }
        let values = py.new_dict();
        Ok(py.make_in(cls, Context { values, entered: false, decimal: None }))
    }
    /// Call a function in this context.
    #[py("(self, /, *args, **kwargs)")]
    fn run(py: &mut Py, this: &Ref<Context>, args: &[Value], kwargs: &Value) -> Result<Value> {
        let [callable, args @ ..] = args else { return Err(type_error("run() missing 1 required positional argument")) };
        if this.get(py).entered {
            let shown = py.repr_lossy(this.as_value());
            return Err(runtime_error(format!("cannot enter context: {shown} is already entered")));
        }
        this.get_mut(py).entered = true;
        let before = py.set_context_value(Some(this.to_value()));
        let keywords = py.kwargs(kwargs);
        let result = py.call_kw(callable, args, &keywords);
        drop(py.set_context_value(before));
        this.get_mut(py).entered = false;
        result
    }
    /// A shallow copy.
    #[py("(self, /)")]
    fn copy(py: &mut Py, this: &Ref<Context>) -> Ref<Context> {
        copy_of(py, this)
    }
    /// The value of a variable, or the default.
    #[py("(self, key, default=None, /)")]
    fn get(py: &mut Py, this: &Ref<Context>, key: &Value, default: Value) -> Result<Value> {
        variable(py, key)?;
        let values = Ref::get(this, py).values.clone();
        Ok(dict::get(py, &values, key)?.unwrap_or(default))
    }
    #[py("(self, key, /)")]
    fn __getitem__(py: &mut Py, this: &Ref<Context>, key: &Value) -> Result<Value> {
        variable(py, key)?;
        let values = Ref::get(this, py).values.clone();
        dict::get(py, &values, key)?.ok_or_else(|| key_error(key.clone()))
    }
    #[py("(self, key, /)")]
    fn __contains__(py: &mut Py, this: &Ref<Context>, key: &Value) -> Result<bool> {
        variable(py, key)?;
        let values = Ref::get(this, py).values.clone();
        Ok(dict::get(py, &values, key)?.is_some())
    }
    #[py("(self, /)")]
    fn __len__(py: &mut Py, this: &Ref<Context>) -> usize {
        let values = Ref::get(this, py).values.clone();
        values.get(py).len()
    }
    #[py("(self, /)")]
    fn __iter__(py: &mut Py, this: &Ref<Context>) -> Result<Value> {
        let values = Ref::get(this, py).values.clone();
        py.get_iter(values.as_value())
    }
    /// The variables.
    #[py("(self, /)")]
    fn keys(py: &mut Py, this: &Ref<Context>) -> Result<Value> {
        let values = Ref::get(this, py).values.clone();
        py.call_method(values.as_value(), "keys", &[])
    }
    /// The values.
    #[py("(self, /)")]
    fn values(py: &mut Py, this: &Ref<Context>) -> Result<Value> {
        let values = Ref::get(this, py).values.clone();
        py.call_method(values.as_value(), "values", &[])
    }
    /// Pairs of variable and value.
    #[py("(self, /)")]
    fn items(py: &mut Py, this: &Ref<Context>) -> Result<Value> {
        let values = Ref::get(this, py).values.clone();
        py.call_method(values.as_value(), "items", &[])
    }
    #[py("(self, other, /)")]
    fn __eq__(py: &mut Py, this: &Ref<Context>, other: &Value) -> Result<Value> {
        let Some(other) = other.downcast::<Context>() else { return Ok(Value::NOT_IMPLEMENTED) };
        let (a, b) = (Ref::get(this, py).values.to_value(), Ref::get(other, py).values.to_value());
        Ok(Value::bool(py.eq(&a, &b)?))
    }
}

#[methods]
impl ContextVar {
    #[staticmethod("(type, /, *args, default=<unbound>)")]
    fn __new__(py: &mut Py, cls: &Ref<Type>, args: &[Value], default: Option<Value>) -> Result<Ref<ContextVar>> {
        let [name] = args else {
            let (how, given) = (if args.is_empty() { "exactly" } else { "at most" }, args.len());
            return Err(type_error(format!("ContextVar() takes {how} 1 positional argument ({given} given)")));
        };
        let Some(name) = name.downcast::<Str>() else { return Err(type_error("context variable name must be a str")) };
        Ok(py.make_in(cls, ContextVar { name: name.clone(), default }))
    }
    /// Its name.
    #[getter]
    fn name(_py: &mut Py, this: &Ref<ContextVar>) -> Value {
        this.name.to_value()
    }
    /// The value in the current context.
    #[py("(self, default=<unbound>, /)")]
    fn get(py: &mut Py, this: &Ref<ContextVar>, default: Option<Value>) -> Result<Value> {
        let context = current(py);
        let values = Ref::get(&context, py).values.clone();
        if let Some(value) = dict::get(py, &values, this.as_value())? {
            return Ok(value);
        }
        match default.or_else(|| this.default.clone()) {
            Some(value) => Ok(value),
            None => {
                let shown = py.repr_lossy(this.as_value());
                Err(lookup_error(shown))
            }
        }
    }
    /// Set the value in the current context; the token undoes it.
    #[py("(self, value, /)")]
    fn set(py: &mut Py, this: &Ref<ContextVar>, value: Value) -> Result<Ref<Token>> {
        let context = current(py);
        let values = Ref::get(&context, py).values.clone();
        let old = dict::get(py, &values, this.as_value())?;
        dict::set(py, &values, this.as_value(), value)?;
        let token = Token { variable: this.to_value(), context: context.into_value(), old, used: false };
        Ok(py.make(token))
    }
    /// Undo a `set`.
    #[py("(self, token, /)")]
    fn reset(py: &mut Py, this: &Ref<ContextVar>, token: &Value) -> Result<()> {
        let Some(token) = token.downcast::<Token>() else {
            return Err(type_error(format!("expected an instance of Token, got {}", py.repr_lossy(token))));
        };
        let shown = |py: &mut Py| py.repr_lossy(token.as_value());
        let (own, context, old, used) = {
            let t = Ref::get(token, py);
            (t.variable.is(this.as_value()), t.context.clone(), t.old.clone(), t.used)
        };
        if used {
            let shown = shown(py);
            return Err(runtime_error(format!("{shown} has already been used once")));
        }
        if !own {
            let shown = shown(py);
            return Err(value_error(format!("{shown} was created by a different ContextVar")));
        }
        let now = current(py);
        if !now.as_value().is(&context) {
            let shown = shown(py);
            return Err(value_error(format!("{shown} was created in a different Context")));
        }
        token.get_mut(py).used = true;
        let values = Ref::get(&now, py).values.clone();
        match old {
            Some(old) => dict::set(py, &values, this.as_value(), old),
            None => dict::remove(py, &values, this.as_value()).map(drop),
        }
    }
    #[classmethod("(type, item, /)")]
    fn __class_getitem__(py: &mut Py, cls: &Value, item: &Value) -> Result<Value> {
        lockstep_interp::types::generic_alias::alias(py, cls, item)
    }
    #[py("(self, /)")]
    fn __repr__(py: &mut Py, this: &Ref<ContextVar>) -> Result<String> {
        let name = py.repr(this.name.as_value())?;
        let default = match &this.default {
            Some(d) => format!(" default={}", py.repr(d)?),
            None => String::new(),
        };
        Ok(format!("<ContextVar name={name}{default} at {:#x}>", this.id()))
    }
}

#[methods]
impl Token {
    /// See PEP 585
    #[classmethod("(type, object, /)")]
    fn __class_getitem__(py: &mut Py, cls: &Value, object: &Value) -> Result<Value> {
        lockstep_interp::types::generic_alias::alias(py, cls, object)
    }
    /// The variable.
    #[getter]
    fn var(py: &mut Py, this: &Ref<Token>) -> Value {
        Ref::get(this, py).variable.clone()
    }
    /// The value before, or `Token.MISSING`.
    #[getter]
    fn old_value(py: &mut Py, this: &Ref<Token>) -> Result<Value> {
        match Ref::get(this, py).old.clone() {
            Some(old) => Ok(old),
            None => {
                let class = py.type_for::<Token>().into_value();
                py.getattr(&class, "MISSING")
            }
        }
    }
    #[py("(self, /)")]
    fn __enter__(_py: &mut Py, this: &Ref<Token>) -> Value {
        this.to_value()
    }
    #[py("(self, type, value, traceback, /)")]
    fn __exit__(py: &mut Py, this: &Ref<Token>, _kind: &Value, _value: &Value, _traceback: &Value) -> Result<()> {
        let variable = Ref::get(this, py).variable.clone();
        py.call_method(&variable, "reset", &[this.to_value()]).map(drop)
    }
    #[py("(self, /)")]
    fn __repr__(py: &mut Py, this: &Ref<Token>) -> Result<String> {
        let (variable, used) = (Ref::get(this, py).variable.clone(), Ref::get(this, py).used);
        let variable = py.repr(&variable)?;
        Ok(format!("<Token{} var={variable} at {:#x}>", if used { " used" } else { "" }, this.id()))
    }
}

/// The functions of the module.
pub struct ContextVars;

#[module]
impl ContextVars {
    /// A copy of the current context.
    #[py("()")]
    fn copy_context(py: &mut Py) -> Ref<Context> {
        let context = current(py);
        copy_of(py, &context)
    }
}

/// Fill the module.
pub fn init(py: &mut Py, module: &Ref<Module>) -> Result<()> {
    let namespace = py.module_dict(module);
    py.add_functions::<ContextVars>(&namespace, "_contextvars");
    for (name, class) in
        [("Context", py.define::<Context>()), ("ContextVar", py.define::<ContextVar>()), ("Token", py.define::<Token>())]
    {
        dict::set_name(py, &namespace, name, class.into_value());
    }
    let token = py.type_for::<Token>();
    let missing = py.object_class().clone().into_value();
    let missing = py.call(&missing, &[])?;
    let own = token.get(py).dict.clone();
    dict::set_name(py, &own, "MISSING", missing);
    Ok(())
}

/// The variable of `decimal`, which nobody else knows.
pub fn decimal_variable(py: &mut Py) -> Ref<ContextVar> {
    py.define::<Context>();
    py.define::<ContextVar>();
    let name = py.intern("decimal_context");
    py.make(ContextVar { name, default: None })
}

/// What it holds in the current context, if that was looked up.
#[inline]
pub fn decimal_known(py: &Py) -> Option<&Value> {
    py.context()?.downcast::<Context>()?.get(py).decimal.as_ref()
}

/// What it holds in the current context.
pub fn decimal_value(py: &mut Py, variable: &Ref<ContextVar>) -> Result<Option<Value>> {
    let context = current(py);
    let values = Ref::get(&context, py).values.clone();
    let found = dict::get(py, &values, variable.as_value())?;
    drop(std::mem::replace(&mut context.get_mut(py).decimal, found.clone()));
    Ok(found)
}

/// Set it in the current context.
pub fn set_decimal(py: &mut Py, variable: &Ref<ContextVar>, value: Value) -> Result<()> {
    let context = current(py);
    let values = Ref::get(&context, py).values.clone();
    drop(context.get_mut(py).decimal.replace(value.clone()));
    dict::set(py, &values, variable.as_value(), value)
}
