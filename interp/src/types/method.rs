//! `method`: a function bound to an object; `classmethod`, `staticmethod` and `property`.

use lockstep_heap::{Frozen, Guarded, Object, Tag, Value, Visitor};
use lockstep_macros::methods;

use crate::object::{NativeType};

use crate::object::Py;

/// The payload of a bound method.
pub struct BoundMethod {
    /// `__func__`
    pub function: Value,
    /// `__self__`
    pub receiver: Value,
}

impl Object for BoundMethod {
    type Access = Frozen;
    const TAG: Tag = Tag::BOUND_METHOD;
    const TRACKED: bool = true;
    fn trace(&self, visit: &mut Visitor<'_>) {
        visit.value(&self.function);
        visit.value(&self.receiver);
    }
}

impl BoundMethod {
    /// `function` bound to `receiver`.
    #[inline]
    pub fn bind(py: &Py, function: &Value, receiver: &Value) -> Value {
        py.make(BoundMethod { function: function.clone(), receiver: receiver.clone() }).into_value()
    }
}

/// The payload of a `classmethod`.
pub struct ClassMethod {
    /// `__func__`
    pub function: Value,
}

impl Object for ClassMethod {
    type Access = Guarded;
    const TAG: Tag = Tag::CLASS_METHOD;
    const TRACKED: bool = true;
    fn trace(&self, visit: &mut Visitor<'_>) {
        visit.value(&self.function);
    }
}

/// The payload of a `staticmethod`.
pub struct StaticMethod {
    /// `__func__`
    pub function: Value,
}

impl Object for StaticMethod {
    type Access = Guarded;
    const TAG: Tag = Tag::STATIC_METHOD;
    const TRACKED: bool = true;
    fn trace(&self, visit: &mut Visitor<'_>) {
        visit.value(&self.function);
    }
}

/// The payload of a `property`.
#[derive(Default)]
pub struct Property {
    /// `fget`
    pub get: Option<Value>,
    /// `fset`
    pub set: Option<Value>,
    /// `fdel`
    pub del: Option<Value>,
    /// `__doc__`
    pub doc: Option<Value>,
    /// `__name__`
    pub name: Option<Value>,
    /// The documentation is that of the getter.
    pub getter_doc: bool,
}

impl Object for Property {
    type Access = Guarded;
    const TAG: Tag = Tag::PROPERTY;
    const TRACKED: bool = true;
    fn trace(&self, visit: &mut Visitor<'_>) {
        for v in [&self.get, &self.set, &self.del, &self.doc, &self.name] {
            visit.option(v);
        }
    }
    fn clear(&mut self, out: &mut Vec<Value>) {
        let p = std::mem::take(self);
        out.extend([p.get, p.set, p.del, p.doc, p.name].into_iter().flatten());
    }
}

#[methods]
impl BoundMethod {}

impl NativeType for BoundMethod {
    const NAME: &'static str = "method";
    const FLAGS: u32 = 0;
}

#[methods]
impl ClassMethod {}

impl NativeType for ClassMethod {
    const NAME: &'static str = "classmethod";
    const DICT: bool = true;
}

#[methods]
impl StaticMethod {}

impl NativeType for StaticMethod {
    const NAME: &'static str = "staticmethod";
    const DICT: bool = true;
}

#[methods]
impl Property {}

impl NativeType for Property {
    const NAME: &'static str = "property";
}
