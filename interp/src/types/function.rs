//! `function`: a Python function.

use lockstep_heap::{Guarded, Object, Ref, Tag, Value, Visitor};
use lockstep_macros::methods;

use crate::object::raise::{Result, type_error, value_error};
use crate::object::{NativeType, Py, Type};
use crate::types::code::CodeObject;
use crate::types::dict::Dict;
use crate::types::str::Str;
use crate::types::tuple::Tuple;

/// The payload of a Python function. The machine reads it directly at calls.
pub struct Function {
    /// `__code__`
    pub code: Ref<CodeObject>,
    /// `__globals__`
    pub globals: Ref<Dict>,
    /// `__builtins__`
    pub builtins: Ref<Dict>,
    /// Cells of the free variables, in the code's order.
    pub closure: Box<[Value]>,
    /// `__defaults__` as a tuple, or nothing.
    pub defaults: Option<Value>,
    /// `__kwdefaults__`, or nothing.
    pub kwdefaults: Option<Value>,
    /// `__name__`
    pub name: Ref<Str>,
    /// `__qualname__`
    pub qualname: Ref<Str>,
    /// What is rarely there.
    pub extra: Option<Box<FunctionExtra>>,
}

/// Rare parts of a function.
#[derive(Default)]
pub struct FunctionExtra {
    /// `__annotate__`
    pub annotate: Option<Value>,
    /// `__annotations__`, once computed or set.
    pub annotations: Option<Value>,
    /// `__type_params__`
    pub type_params: Option<Value>,
    /// `__doc__` if it was set.
    pub doc: Option<Value>,
    /// `__module__` if it was set.
    pub module: Option<Value>,
}

impl Object for Function {
    type Access = Guarded;
    const TAG: Tag = Tag::FUNCTION;
    const TRACKED: bool = true;
    fn trace(&self, visit: &mut Visitor<'_>) {
        visit.reference(&self.code);
        visit.reference(&self.globals);
        visit.reference(&self.builtins);
        visit.all(self.closure.iter());
        visit.option(&self.defaults);
        visit.option(&self.kwdefaults);
        if let Some(extra) = &self.extra {
            for v in [&extra.annotate, &extra.annotations, &extra.type_params, &extra.doc, &extra.module] {
                visit.option(v);
            }
        }
    }
    fn clear(&mut self, out: &mut Vec<Value>) {
        out.extend(std::mem::take(&mut self.closure));
        out.extend(self.defaults.take());
        out.extend(self.kwdefaults.take());
        if let Some(extra) = self.extra.take() {
            out.extend([extra.annotate, extra.annotations, extra.type_params, extra.doc, extra.module].into_iter().flatten());
        }
    }
}

impl Function {
    fn extra_mut<'a>(py: &'a mut Py, this: &'a Ref<Function>) -> &'a mut FunctionExtra {
        this.get_mut(py).extra.get_or_insert_default()
    }
}

fn must_be_str(py: &Py, what: &str, value: Option<Value>) -> Result<Ref<Str>> {
    match value.map(|v| v.downcast_into::<Str>()) {
        Some(Ok(text)) => Ok(text),
        Some(Err(_)) | None => {
            let _ = py;
            Err(type_error(format!("{what} must be set to a string object")))
        }
    }
}

/// `__annotations__`, computed on first use.
fn annotations(py: &mut Py, this: &Ref<Function>) -> Result<Value> {
    let extra = this.get(py).extra.as_ref();
    if let Some(known) = extra.and_then(|e| e.annotations.clone()) {
        return Ok(known);
    }
    let annotate = extra.and_then(|e| e.annotate.clone());
    let made = match annotate {
        Some(annotate) if py.is_callable(&annotate) => {
            let made = py.call(&annotate, &[Value::int32(1)])?;
            if !made.is_a::<Dict>() {
                return Err(type_error(format!("__annotate__() must return a dict, not {}", py.type_name(&made))));
            }
            made
        }
        _ => py.new_dict().into_value(),
    };
    Function::extra_mut(py, this).annotations = Some(made.clone());
    Ok(made)
}

/// The cells of `closure` for code with `wanted` free variables.
fn cells(py: &mut Py, closure: &Value, wanted: usize, name: &Ref<Str>) -> Result<Box<[Value]>> {
    let cells: Vec<Value> = match closure.downcast::<Tuple>() {
        Some(t) => t.slice().to_vec(),
        None if closure.is_none() && wanted == 0 => Vec::new(),
        None if closure.is_none() => return Err(type_error("arg 5 (closure) must be tuple")),
        None => return Err(type_error("arg 5 (closure) must be None or tuple")),
    };
    if cells.len() != wanted {
        return Err(value_error(format!("{name} requires closure of length {wanted}, not {}", cells.len())));
    }
    for cell in &cells {
        if !cell.is_a::<super::cell::Cell>() {
            return Err(type_error(format!("arg 5 (closure) expected cell, found {}", py.type_name(cell))));
        }
    }
    Ok(cells.into())
}

#[methods]
impl Function {
    /// Call self as a function.
    #[py("(self, /, *args, **kwargs)")]
    fn __call__(py: &mut Py, this: &Ref<Function>, args: &[Value], kwargs: &Value) -> Result<Value> {
        let keywords = crate::types::r#type::keywords_of(py, kwargs);
        py.call_kw(this.as_value(), args, &keywords)
    }
    /// Return an attribute of instance, which is of type owner.
    #[py("(self, instance, owner=None, /)")]
    fn __get__(py: &mut Py, this: &Ref<Function>, instance: &Value, owner: &Value) -> Result<Value> {
        if instance.is_none() {
            if owner.is_none() {
                return Err(type_error("__get__(None, None) is invalid"));
            }
            return Ok(this.to_value());
        }
        Ok(super::method::BoundMethod::bind(py, this.as_value(), instance))
    }
    /// Create and return a new object.
    #[staticmethod("(type, code, globals, name=None, argdefs=None, closure=None, kwdefaults=None)")]
    fn __new__(
        py: &mut Py,
        _cls: &Ref<Type>,
        code: &Value,
        globals: &Value,
        name: &Value,
        argdefs: &Value,
        closure: &Value,
        kwdefaults: &Value,
    ) -> Result<Value> {
        let Some(code) = code.downcast::<CodeObject>().cloned() else {
            return Err(type_error(format!("function() argument 'code' must be code, not {}", py.type_name(code))));
        };
        let Some(globals) = globals.downcast::<Dict>().cloned() else {
            return Err(type_error(format!("function() argument 'globals' must be dict, not {}", py.type_name(globals))));
        };
        let name = match name.downcast::<Str>() {
            Some(name) => name.clone(),
            None if name.is_none() => code.name.clone(),
            None => return Err(type_error("arg 3 (name) must be None or string")),
        };
        if !argdefs.is_none() && !argdefs.is_a::<Tuple>() {
            return Err(type_error("arg 4 (defaults) must be None or tuple"));
        }
        if !kwdefaults.is_none() && !kwdefaults.is_a::<Dict>() {
            return Err(type_error("arg 6 (kwdefaults) must be None or dict"));
        }
        let wanted = code.code.freevars.len();
        let code_name = code.name.clone();
        let closure = cells(py, closure, wanted, &code_name)?;
        let builtins = crate::vm::builtins_of(py, &globals);
        let some = |v: &Value| if v.is_none() { None } else { Some(v.clone()) };
        let qualname = code.qualname.clone();
        let (defaults, kwdefaults) = (some(argdefs), some(kwdefaults));
        Ok(py.make(Function { code, globals, builtins, closure, defaults, kwdefaults, name, qualname, extra: None }).into_value())
    }
    /// Return repr(self).
    #[py("(self, /)")]
    fn __repr__(py: &mut Py, this: &Ref<Function>) -> String {
        format!("<function {} at {:#x}>", this.get(py).qualname, this.id())
    }
    #[getter]
    fn __annotate__(py: &mut Py, this: &Ref<Function>) -> Option<Value> {
        this.get(py).extra.as_ref()?.annotate.clone()
    }
    #[setter(__annotate__)]
    fn set_annotate(py: &mut Py, this: &Ref<Function>, value: Option<Value>) -> Result<()> {
        let Some(value) = value else { return Err(type_error("__annotate__ cannot be deleted")) };
        if value.is_none() {
            Function::extra_mut(py, this).annotate = None;
            return Ok(());
        }
        if !py.is_callable(&value) {
            return Err(type_error("__annotate__ must be callable or None"));
        }
        let extra = Function::extra_mut(py, this);
        extra.annotate = Some(value);
        extra.annotations = None;
        Ok(())
    }
    /// Dict of annotations in a function object.
    #[getter]
    fn __annotations__(py: &mut Py, this: &Ref<Function>) -> Result<Value> {
        annotations(py, this)
    }
    #[setter(__annotations__)]
    fn set_annotations(py: &mut Py, this: &Ref<Function>, value: Option<Value>) -> Result<()> {
        let value = value.filter(|v| !v.is_none());
        if value.as_ref().is_some_and(|v| !v.is_a::<Dict>()) {
            return Err(type_error("__annotations__ must be set to a dict object"));
        }
        let extra = Function::extra_mut(py, this);
        extra.annotations = value;
        extra.annotate = None;
        Ok(())
    }
    #[getter]
    fn __builtins__(py: &mut Py, this: &Ref<Function>) -> Value {
        this.get(py).builtins.to_value()
    }
    #[getter]
    fn __closure__(py: &mut Py, this: &Ref<Function>) -> Option<Value> {
        let closure = this.get(py).closure.to_vec();
        if closure.is_empty() { None } else { Some(py.tuple(closure)) }
    }
    #[getter]
    fn __code__(py: &mut Py, this: &Ref<Function>) -> Value {
        this.get(py).code.to_value()
    }
    #[setter(__code__)]
    fn set_code(py: &mut Py, this: &Ref<Function>, value: Option<Value>) -> Result<()> {
        let Some(code) = value.as_ref().and_then(|v| v.downcast::<CodeObject>()) else {
            return Err(type_error("__code__ must be set to a code object"));
        };
        let (have, wanted) = (this.get(py).closure.len(), code.code.freevars.len());
        if have != wanted {
            let name = this.get(py).name.to_string();
            return Err(value_error(format!("{name}() requires a code object with {have} free vars, not {wanted}")));
        }
        // Caches of call sites know functions by their code: replacing it changes what they compare.
        this.get_mut(py).code = code.clone();
        Ok(())
    }
    #[getter]
    fn __defaults__(py: &mut Py, this: &Ref<Function>) -> Option<Value> {
        this.get(py).defaults.clone()
    }
    #[setter(__defaults__)]
    fn set_defaults(py: &mut Py, this: &Ref<Function>, value: Option<Value>) -> Result<()> {
        let value = value.filter(|v| !v.is_none());
        if value.as_ref().is_some_and(|v| !v.is_a::<Tuple>()) {
            return Err(type_error("__defaults__ must be set to a tuple object"));
        }
        this.get_mut(py).defaults = value;
        Ok(())
    }
    #[getter]
    fn __doc__(py: &mut Py, this: &Ref<Function>) -> Value {
        let f = this.get(py);
        match f.extra.as_ref().and_then(|e| e.doc.clone()) {
            Some(doc) => doc,
            None => {
                let code = f.code.clone();
                crate::vm::docstring(py, &code)
            }
        }
    }
    #[setter(__doc__)]
    fn set_doc(py: &mut Py, this: &Ref<Function>, value: Option<Value>) {
        Function::extra_mut(py, this).doc = Some(value.unwrap_or(Value::NONE));
    }
    #[getter]
    fn __globals__(py: &mut Py, this: &Ref<Function>) -> Value {
        this.get(py).globals.to_value()
    }
    #[getter]
    fn __kwdefaults__(py: &mut Py, this: &Ref<Function>) -> Option<Value> {
        this.get(py).kwdefaults.clone()
    }
    #[setter(__kwdefaults__)]
    fn set_kwdefaults(py: &mut Py, this: &Ref<Function>, value: Option<Value>) -> Result<()> {
        let value = value.filter(|v| !v.is_none());
        if value.as_ref().is_some_and(|v| !v.is_a::<Dict>()) {
            return Err(type_error("__kwdefaults__ must be set to a dict object"));
        }
        this.get_mut(py).kwdefaults = value;
        Ok(())
    }
    #[getter]
    fn __module__(py: &mut Py, this: &Ref<Function>) -> Value {
        let f = this.get(py);
        if let Some(module) = f.extra.as_ref().and_then(|e| e.module.clone()) {
            return module;
        }
        let globals = f.globals.clone();
        super::dict::get_name(py, &globals, "__name__").unwrap_or(Value::NONE)
    }
    #[setter(__module__)]
    fn set_module(py: &mut Py, this: &Ref<Function>, value: Option<Value>) {
        Function::extra_mut(py, this).module = Some(value.unwrap_or(Value::NONE));
    }
    #[getter]
    fn __name__(py: &mut Py, this: &Ref<Function>) -> Value {
        this.get(py).name.to_value()
    }
    #[setter(__name__)]
    fn set_name(py: &mut Py, this: &Ref<Function>, value: Option<Value>) -> Result<()> {
        let name = must_be_str(py, "__name__", value)?;
        this.get_mut(py).name = name;
        Ok(())
    }
    #[getter]
    fn __qualname__(py: &mut Py, this: &Ref<Function>) -> Value {
        this.get(py).qualname.to_value()
    }
    #[setter(__qualname__)]
    fn set_qualname(py: &mut Py, this: &Ref<Function>, value: Option<Value>) -> Result<()> {
        let name = must_be_str(py, "__qualname__", value)?;
        this.get_mut(py).qualname = name;
        Ok(())
    }
    /// Get the declared type parameters for a function.
    #[getter]
    fn __type_params__(py: &mut Py, this: &Ref<Function>) -> Value {
        match this.get(py).extra.as_ref().and_then(|e| e.type_params.clone()) {
            Some(params) => params,
            None => py.tuple(Vec::new()),
        }
    }
    #[setter(__type_params__)]
    fn set_type_params(py: &mut Py, this: &Ref<Function>, value: Option<Value>) -> Result<()> {
        match value {
            Some(value) if value.is_a::<Tuple>() => {
                Function::extra_mut(py, this).type_params = Some(value);
                Ok(())
            }
            _ => Err(type_error("__type_params__ must be set to a tuple")),
        }
    }
}

impl NativeType for Function {
    const NAME: &'static str = "function";
    const FLAGS: u32 = 0;
    const DICT: bool = true;
    const DOC: Option<&'static str> = Some("Create a function object.");
}
