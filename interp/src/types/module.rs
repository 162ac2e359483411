//! `module`: its namespace is its attribute dict.

use lockstep_heap::{Frozen, Object, Ref, Tag, Value};
use lockstep_macros::methods;

use crate::object::{NativeType};

use crate::object::Py;
use crate::object::native::{Member, Members};
use crate::types::dict::{self, Dict};
use crate::types::native::{Kind, Native};

/// The payload of a module.
#[derive(Default)]
pub struct Module {
    anchor: lockstep_heap::Anchor,
}

impl Object for Module {
    type Access = Frozen;
    const TAG: Tag = Tag::MODULE;
    const TRACKED: bool = true;
}

/// A weak reference to a module.
pub(crate) fn weak(module: &Ref<Module>) -> lockstep_heap::Weak {
    module.anchor.weak(module.as_value())
}

impl Py {
    /// An empty module.
    pub fn new_module(&mut self, name: &str, doc: Option<&str>) -> Ref<Module> {
        let module = self.make(Module::default());
        if let Some(d) = self.instance_dict(module.as_value()) {
            let name = self.intern(name).into_value();
            dict::set_name(self, &d, "__name__", name);
            let doc = doc.map_or(Value::NONE, |t| self.str(t));
            dict::set_name(self, &d, "__doc__", doc);
            for key in ["__package__", "__loader__", "__spec__"] {
                dict::set_name(self, &d, key, Value::NONE);
            }
        }
        module
    }
    /// A module's namespace.
    pub fn module_dict(&mut self, module: &Ref<Module>) -> Ref<Dict> {
        match self.instance_dict(module.as_value()) {
            Some(d) => d,
            None => self.new_dict(),
        }
    }
    /// Put the functions of a native module into a namespace.
    pub fn add_functions<M: Members>(&mut self, namespace: &Ref<Dict>, module: &str) {
        for member in M::MEMBERS {
            if let Member::Function(def) | Member::StaticMethod(def) = member {
                let owner = self.intern(module).into_value();
                let function = Native::with_owner(self, def, Kind::Static, Some(owner));
                dict::set_name(self, namespace, def.name, function);
            }
        }
    }
}

#[methods]
impl Module {}

impl NativeType for Module {
    const NAME: &'static str = "module";
    const DICT: bool = true;
}
