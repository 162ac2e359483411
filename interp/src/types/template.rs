//! Template strings: `Template` and `Interpolation` of `string.templatelib`.

use lockstep_compile::code::Intrinsic;
use lockstep_heap::{Frozen, Guarded, Object, Ref, Value, Visitor};
use lockstep_macros::methods;

use crate::object::ops::Next;
use crate::object::raise::{system_error, type_error, value_error};
use crate::object::{NativeType, Py, Result, Type};
use crate::types::dict::{self, Dict};
use crate::types::str::Str;
use crate::types::tuple::Tuple;

/// The payload of an interpolation: a replacement field and its value.
pub struct Interpolation {
    value: Value,
    expression: Value,
    conversion: Value,
    format_spec: Value,
}

impl Object for Interpolation {
    type Access = Frozen;
    const TRACKED: bool = true;
    fn trace(&self, visit: &mut Visitor<'_>) {
        visit.all([&self.value, &self.expression, &self.conversion, &self.format_spec]);
    }
}

/// The payload of a template: texts with interpolations between them.
pub struct Template {
    strings: Ref<Tuple>,
    interpolations: Ref<Tuple>,
}

impl Object for Template {
    type Access = Frozen;
    const TRACKED: bool = true;
    fn trace(&self, visit: &mut Visitor<'_>) {
        visit.all([self.strings.as_value(), self.interpolations.as_value()]);
    }
}

/// The payload of the iterator over a template's parts.
pub struct TemplateIter {
    template: Ref<Template>,
    at: usize,
}

impl Object for TemplateIter {
    type Access = Guarded;
    const TRACKED: bool = true;
    fn trace(&self, visit: &mut Visitor<'_>) {
        visit.reference(&self.template);
    }
}

/// The machine's operations on template strings.
pub fn intrinsic(py: &mut Py, which: Intrinsic, args: &[Value]) -> Result<Value> {
    match (which, args) {
        (Intrinsic::Interpolation, [value, expression, conversion, format_spec]) => {
            define_interpolation(py);
            let payload = Interpolation {
                value: value.clone(),
                expression: expression.clone(),
                conversion: conversion.clone(),
                format_spec: format_spec.clone(),
            };
            Ok(py.make(payload).into_value())
        }
        (Intrinsic::Template, [strings, interpolations]) => {
            match (strings.downcast::<Tuple>(), interpolations.downcast::<Tuple>()) {
                (Some(strings), Some(interpolations)) => Ok(make(py, strings.clone(), interpolations.clone())),
                _ => Err(system_error("a template of something else than tuples")),
            }
        }
        _ => Err(system_error("unknown operation on template strings")),
    }
}

/// Define `Interpolation` once.
fn define_interpolation(py: &mut Py) {
    if py.type_if_defined::<Interpolation>().is_some() {
        return;
    }
    let class = py.define::<Interpolation>();
    let names = ["value", "expression", "conversion", "format_spec"].map(|n| py.str(n));
    let names = py.tuple(names.to_vec());
    let dict = class.get(py).dict.clone();
    dict::set_name(py, &dict, "__match_args__", names);
}

fn make(py: &mut Py, strings: Ref<Tuple>, interpolations: Ref<Tuple>) -> Value {
    py.define::<Template>();
    define_interpolation(py);
    py.make(Template { strings, interpolations }).into_value()
}

fn text_argument(py: &Py, value: &Value, name: &str) -> Result<()> {
    if value.is_a::<Str>() {
        return Ok(());
    }
    Err(type_error(format!("Interpolation() argument '{name}' must be str, not {}", py.type_name(value))))
}

#[methods]
impl Interpolation {
    /// Create and return a new object.
    #[staticmethod("(type, /, value, expression='', conversion=None, format_spec='')")]
    fn __new__(
        py: &mut Py,
        cls: &Ref<Type>,
        value: Value,
        expression: Value,
        conversion: Value,
        format_spec: Value,
    ) -> Result<Value> {
        text_argument(py, &expression, "expression")?;
        if !conversion.is_none() {
            let Some(c) = conversion.downcast::<Str>() else {
                return Err(type_error(format!(
                    "Interpolation() argument 'conversion' must be str, not {}",
                    py.type_name(&conversion)
                )));
            };
            if !matches!(c.as_bytes(), b"s" | b"a" | b"r") {
                return Err(value_error("Interpolation() argument 'conversion' must be one of 's', 'a' or 'r'"));
            }
        }
        text_argument(py, &format_spec, "format_spec")?;
        Ok(py.make_in(cls, Interpolation { value, expression, conversion, format_spec }).into_value())
    }
    /// State for pickling.
    #[py("(self, /)")]
    fn __reduce__(py: &mut Py, this: &Ref<Interpolation>) -> Value {
        let class = py.type_of(this.as_value()).into_value();
        let args = py.tuple(vec![this.value.clone(), this.expression.clone(), this.conversion.clone(), this.format_spec.clone()]);
        py.tuple(vec![class, args])
    }
    /// Return repr(self).
    #[py("(self, /)")]
    fn __repr__(py: &mut Py, this: &Ref<Interpolation>) -> Result<Value> {
        let mut out = b"Interpolation(".to_vec();
        for (k, part) in [&this.value, &this.expression, &this.conversion, &this.format_spec].into_iter().enumerate() {
            if k > 0 {
                out.extend_from_slice(b", ");
            }
            out.extend_from_slice(py.repr(part)?.as_bytes());
        }
        out.push(b')');
        Ok(py.new_str_bytes(&out).into_value())
    }
    /// `s`, `a`, `r` or None.
    #[getter]
    fn conversion(_py: &mut Py, this: &Ref<Interpolation>) -> Value {
        this.conversion.clone()
    }
    /// The text of the expression.
    #[getter]
    fn expression(_py: &mut Py, this: &Ref<Interpolation>) -> Value {
        this.expression.clone()
    }
    /// The format specification.
    #[getter]
    fn format_spec(_py: &mut Py, this: &Ref<Interpolation>) -> Value {
        this.format_spec.clone()
    }
    /// The value of the expression.
    #[getter]
    fn value(_py: &mut Py, this: &Ref<Interpolation>) -> Value {
        this.value.clone()
    }
}

impl NativeType for Interpolation {
    const NAME: &'static str = "Interpolation";
    const MODULE: &'static str = "string.templatelib";
    const DOC: Option<&'static str> = Some("Interpolation object");
    const FLAGS: u32 = 0;
}

/// `a + b` of two texts.
fn glue(py: &mut Py, a: &Value, b: &Value) -> Result<Value> {
    match (a.downcast::<Str>(), b.downcast::<Str>()) {
        (Some(a), Some(b)) => crate::types::str::concat(py, a, b),
        _ => Err(system_error("a template with parts that are no text")),
    }
}

#[methods]
impl Template {
    /// Create and return a new object.
    #[staticmethod("(type, /, *args, **kwargs)")]
    fn __new__(py: &mut Py, _cls: &Ref<Type>, args: &[Value], kwargs: &Value) -> Result<Value> {
        if kwargs.downcast::<Dict>().is_some_and(|d| !d.get(py).is_empty()) {
            return Err(type_error("Template.__new__ only accepts *args arguments"));
        }
        let (mut strings, mut interpolations) = (Vec::new(), Vec::new());
        let mut last = py.empty_str().into_value();
        for arg in args {
            if arg.is_a::<Str>() {
                last = glue(py, &last, arg)?;
            } else if arg.is_a::<Interpolation>() {
                strings.push(std::mem::replace(&mut last, py.empty_str().into_value()));
                interpolations.push(arg.clone());
            } else {
                let got = py.type_name(arg);
                return Err(type_error(format!("Template.__new__ *args need to be of type 'str' or 'Interpolation', got {got}")));
            }
        }
        strings.push(last);
        let (strings, interpolations) = (py.new_tuple(strings), py.new_tuple(interpolations));
        Ok(make(py, strings, interpolations))
    }
    /// Return self+value.
    #[py("(self, value, /)")]
    fn __add__(py: &mut Py, this: &Ref<Template>, value: &Value) -> Result<Value> {
        let Some(other) = value.downcast::<Template>() else {
            let got = py.type_name(value);
            let got = if value.is_a::<Interpolation>() { format!("string.templatelib.{got}") } else { got };
            return Err(type_error(format!(
                "can only concatenate string.templatelib.Template (not \"{got}\") to string.templatelib.Template"
            )));
        };
        let mut strings = this.strings.slice().to_vec();
        if let (Some(last), Some((first, rest))) = (strings.pop(), other.strings.slice().split_first()) {
            strings.push(glue(py, &last, first)?);
            strings.extend_from_slice(rest);
        }
        let mut interpolations = this.interpolations.slice().to_vec();
        interpolations.extend_from_slice(other.interpolations.slice());
        let (strings, interpolations) = (py.new_tuple(strings), py.new_tuple(interpolations));
        Ok(make(py, strings, interpolations))
    }
    /// Implement iter(self): the texts that are not empty, and the interpolations, in order.
    #[py("(self, /)")]
    fn __iter__(py: &mut Py, this: &Ref<Template>) -> Value {
        py.define::<TemplateIter>();
        py.make(TemplateIter { template: this.clone(), at: 0 }).into_value()
    }
    /// State for pickling.
    #[py("(self, /)")]
    fn __reduce__(py: &mut Py, this: &Ref<Template>) -> Result<Value> {
        let builtins = py.shared().builtins.clone();
        let Some(import) = builtins.and_then(|b| crate::types::dict::get_name(py, &b, "__import__")) else {
            return Err(system_error("no __import__"));
        };
        let (name, from) = (py.str("string.templatelib"), py.str("_template_unpickle"));
        let from = py.tuple(vec![from]);
        let module = py.call_named(&import, &[name], &[("fromlist", from)])?;
        let function = py.getattr(&module, "_template_unpickle")?;
        let args = py.tuple(vec![this.strings.to_value(), this.interpolations.to_value()]);
        Ok(py.tuple(vec![function, args]))
    }
    /// Return repr(self).
    #[py("(self, /)")]
    fn __repr__(py: &mut Py, this: &Ref<Template>) -> Result<Value> {
        let mut out = b"Template(strings=".to_vec();
        out.extend_from_slice(py.repr(this.strings.as_value())?.as_bytes());
        out.extend_from_slice(b", interpolations=");
        out.extend_from_slice(py.repr(this.interpolations.as_value())?.as_bytes());
        out.push(b')');
        Ok(py.new_str_bytes(&out).into_value())
    }
    /// The interpolations.
    #[getter]
    fn interpolations(_py: &mut Py, this: &Ref<Template>) -> Value {
        this.interpolations.to_value()
    }
    /// The texts around the interpolations, one more than those.
    #[getter]
    fn strings(_py: &mut Py, this: &Ref<Template>) -> Value {
        this.strings.to_value()
    }
    /// The values of the interpolations.
    #[getter]
    fn values(py: &mut Py, this: &Ref<Template>) -> Value {
        let values =
            this.interpolations.slice().iter().filter_map(|i| Some(i.downcast::<Interpolation>()?.value.clone())).collect();
        py.tuple(values)
    }
}

impl NativeType for Template {
    const NAME: &'static str = "Template";
    const MODULE: &'static str = "string.templatelib";
    const DOC: Option<&'static str> = Some("Template object");
    const FLAGS: u32 = 0;
}

#[methods]
impl TemplateIter {
    /// Implement iter(self).
    #[py("(self, /)")]
    fn __iter__(_py: &mut Py, this: &Ref<TemplateIter>) -> Value {
        this.to_value()
    }
    /// Implement next(self).
    #[py("(self, /)")]
    fn __next__(py: &mut Py, this: &Ref<TemplateIter>) -> Next {
        loop {
            let it = this.get_mut(py);
            let (template, at) = (it.template.clone(), it.at);
            it.at += 1;
            if at % 2 == 1 {
                return Next(template.interpolations.slice().get(at / 2).cloned());
            }
            match template.strings.slice().get(at / 2) {
                Some(s) if s.downcast::<Str>().is_some_and(|s| s.is_empty()) => {}
                Some(s) => return Next(Some(s.clone())),
                None => return Next(None),
            }
        }
    }
}

impl NativeType for TemplateIter {
    const NAME: &'static str = "TemplateIter";
    const MODULE: &'static str = "string.templatelib";
    const FLAGS: u32 = 0;
}
