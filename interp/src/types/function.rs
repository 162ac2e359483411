//! `function`: a Python function.

use lockstep_heap::{Guarded, Object, Ref, Tag, Value, Visitor};
use lockstep_macros::methods;

use crate::object::{NativeType};

use crate::types::code::CodeObject;
use crate::types::dict::Dict;
use crate::types::str::Str;

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

#[methods]
impl Function {}

impl NativeType for Function {
    const NAME: &'static str = "function";
    const FLAGS: u32 = 0;
    const DICT: bool = true;
}
