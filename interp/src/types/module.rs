//! `module`: its namespace is its attribute dict.

use lockstep_heap::{Frozen, Object, Ref, Tag, Value};
use lockstep_macros::methods;

use crate::import::shadow::Suspect;
use crate::object::native::{Member, Members};
use crate::object::raise::{Raised, Result, attribute_error, type_error};
use crate::object::{NativeType, Py, Type};
use crate::types::dict::{self, Dict};
use crate::types::native::{Kind, Native};
use crate::types::str::Str;

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

/// Text of an entry of the namespace.
fn entry(py: &mut Py, this: &Ref<Module>, name: &str) -> Option<Value> {
    let d = py.module_dict(this);
    dict::get_name(py, &d, name)
}

/// The AttributeError of a module without the attribute.
fn missing(py: &mut Py, this: &Ref<Module>, name: &Ref<Str>) -> Raised {
    let own = entry(py, this, "__name__").and_then(|n| n.downcast::<Str>().map(ToString::to_string));
    let message = match own {
        Some(module) => {
            let file = entry(py, this, "__file__").and_then(|f| f.downcast::<Str>().map(ToString::to_string));
            Suspect { module: &module, file: file.as_deref() }.no_attribute(py, name)
        }
        None => format!("module has no attribute '{name}'"),
    };
    attribute_error(message, this.as_value(), name)
}

#[methods]
impl Module {
    /// __dir__() -> list
    #[py("(self, /)")]
    fn __dir__(py: &mut Py, this: &Ref<Module>) -> Result<Value> {
        if let Some(hook) = entry(py, this, "__dir__") {
            return py.call(&hook, &[]);
        }
        let d = py.getattr(this.as_value(), "__dict__")?;
        if !d.is_a::<Dict>() {
            return Err(type_error("<module>.__dict__ is not a dictionary"));
        }
        let names = py.collect(&d)?;
        Ok(py.list(names))
    }
    /// Return getattr(self, name).
    #[py("(self, name, /)")]
    fn __getattribute__(py: &mut Py, this: &Ref<Module>, name: &Value) -> Result<Value> {
        let name = py.attribute_name(name)?;
        if let Some(value) = py.generic_getattr(this.as_value(), &name)? {
            return Ok(value);
        }
        // What the importer makes only when somebody asks.
        if let Some(text) = name.as_str() {
            let d = py.module_dict(this);
            if let Some(value) = crate::import::late_attribute(py, &d, text)? {
                return Ok(value);
            }
        }
        if let Some(hook) = entry(py, this, "__getattr__") {
            return py.call(&hook, &[name.into_value()]);
        }
        Err(missing(py, this, &name))
    }
    /// Initialize self.
    #[py("(self, name, doc=None)")]
    fn __init__(py: &mut Py, this: &Ref<Module>, name: &Value, doc: Value) -> Result<()> {
        if !name.is_a::<Str>() {
            return Err(type_error(format!("module.__init__() argument 'name' must be str, not {}", py.type_name(name))));
        }
        let d = py.module_dict(this);
        dict::set_name(py, &d, "__name__", name.clone());
        dict::set_name(py, &d, "__doc__", doc);
        for key in ["__package__", "__loader__", "__spec__"] {
            dict::set_name(py, &d, key, Value::NONE);
        }
        Ok(())
    }
    #[staticmethod("(type, /, *args, **kwargs)")]
    fn __new__(py: &mut Py, cls: &Ref<Type>, _args: &[Value], _kwargs: &Value) -> Value {
        py.make_in(cls, Module { anchor: lockstep_heap::Anchor::default() }).into_value()
    }
    /// Return repr(self).
    #[py("(self, /)")]
    fn __repr__(py: &mut Py, this: &Ref<Module>) -> Result<String> {
        let spec = match entry(py, this, "__spec__") {
            Some(spec) => Some(spec),
            None => {
                let d = py.module_dict(this);
                crate::import::late_attribute(py, &d, "__spec__")?
            }
        };
        let spec = spec.filter(|s| !s.is_none());
        if let Some(spec) = &spec
            && let Some(name) = py.getattr_opt(spec, "name")?
        {
            let name = py.repr(&name)?;
            let origin = py.getattr_opt(spec, "origin")?.filter(|o| !o.is_none());
            let located = match py.getattr_opt(spec, "has_location")? {
                Some(flag) => py.truth(&flag)?,
                None => false,
            };
            return match origin {
                Some(origin) if located => Ok(format!("<module {name} from {}>", py.repr(&origin)?)),
                Some(origin) => Ok(format!("<module {name} ({})>", py.str_of(&origin)?)),
                None => match py.getattr_opt(spec, "loader")?.filter(|l| !l.is_none()) {
                    Some(loader) => Ok(format!("<module {name} ({})>", py.repr(&loader)?)),
                    None => Ok(format!("<module {name}>")),
                },
            };
        }
        let name = match entry(py, this, "__name__") {
            Some(name) => py.repr(&name)?.to_string(),
            None => "'?'".to_owned(),
        };
        if let Some(file) = entry(py, this, "__file__") {
            return Ok(format!("<module {name} from {}>", py.repr(&file)?));
        }
        match entry(py, this, "__loader__").filter(|l| !l.is_none()) {
            Some(loader) => Ok(format!("<module {name} ({})>", py.repr(&loader)?)),
            None => Ok(format!("<module {name}>")),
        }
    }
    #[getter]
    fn __annotate__(py: &mut Py, this: &Ref<Module>) -> Value {
        entry(py, this, "__annotate__").unwrap_or(Value::NONE)
    }
    #[setter(__annotate__)]
    fn set_annotate(py: &mut Py, this: &Ref<Module>, value: Option<Value>) -> Result<()> {
        let Some(value) = value else { return Err(type_error("cannot delete __annotate__ attribute")) };
        if !value.is_none() && !py.is_callable(&value) {
            return Err(type_error("__annotate__ must be callable or None"));
        }
        let d = py.module_dict(this);
        if !value.is_none() {
            let key = py.intern("__annotations__");
            drop(dict::remove_str(py, &d, &key));
        }
        dict::set_name(py, &d, "__annotate__", value);
        Ok(())
    }
    #[getter]
    fn __annotations__(py: &mut Py, this: &Ref<Module>) -> Result<Value> {
        if let Some(known) = entry(py, this, "__annotations__") {
            return Ok(known);
        }
        let made = match entry(py, this, "__annotate__").filter(|a| !a.is_none()) {
            Some(annotate) => {
                let made = py.call(&annotate, &[Value::int32(1)])?;
                if !made.is_a::<Dict>() {
                    return Err(type_error(format!("__annotate__() must return a dict, not {}", py.type_name(&made))));
                }
                made
            }
            None => py.new_dict().into_value(),
        };
        let d = py.module_dict(this);
        dict::set_name(py, &d, "__annotations__", made.clone());
        Ok(made)
    }
    #[setter(__annotations__)]
    fn set_annotations(py: &mut Py, this: &Ref<Module>, value: Option<Value>) -> Result<()> {
        let d = py.module_dict(this);
        match value {
            Some(value) => dict::set_name(py, &d, "__annotations__", value),
            None => {
                let key = py.intern("__annotations__");
                if dict::remove_str(py, &d, &key).is_none() {
                    return Err(attribute_error("__annotations__", this.as_value(), &key));
                }
            }
        }
        let key = py.intern("__annotate__");
        drop(dict::remove_str(py, &d, &key));
        Ok(())
    }
    #[getter]
    fn __dict__(py: &mut Py, this: &Ref<Module>) -> Value {
        py.module_dict(this).into_value()
    }
}

impl NativeType for Module {
    const NAME: &'static str = "module";
    const DICT: bool = true;
    const DOC: Option<&'static str> =
        Some("Create a module object.\n\nThe name must be a string; the optional docstring can have any type.");
}
