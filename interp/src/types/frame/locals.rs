//! Local variables of frames from outside: `f_locals`, `locals()`.

use lockstep_heap::{Frozen, Object, Ref, Value, Visitor};
use lockstep_macros::methods;

use super::FrameObject;
use crate::object::raise::{Result, key_error, type_error, value_error};
use crate::object::strand::Frame;
use crate::object::{NativeType, Py, Type};
use crate::types::dict::{self, Dict};
use crate::types::list::List;
use crate::types::sequence;
use crate::types::str::Str;
use crate::types::tuple::Tuple;

/// The locals of a function's frame as a new dict.
pub fn snapshot(py: &mut Py, frame: *mut Frame) -> Ref<Dict> {
    let d = py.new_dict();
    for (name, value) in crate::vm::named_locals(py, frame) {
        dict::set_str(py, &d, &name, value);
    }
    d
}

/// `f_locals`: the mapping of a class or module body, else a proxy.
pub(super) fn of_frame(py: &mut Py, frame: &Ref<FrameObject>) -> Value {
    let optimized = frame.get(py).code.code.flags.has(lockstep_compile::code::CodeFlags::OPTIMIZED);
    if !optimized {
        if let Some(locals) = crate::vm::frame_mapping(py, frame) {
            return locals;
        }
        if let Some(globals) = frame.get(py).globals(py) {
            return globals.into_value();
        }
    }
    py.define::<LocalsProxy>();
    py.make(LocalsProxy { frame: frame.clone() }).into_value()
}

/// A local variable that is bound.
pub(crate) fn local(py: &mut Py, frame: &Ref<FrameObject>, name: &str) -> Option<Value> {
    match of_frame(py, frame) {
        v if v.is_a::<LocalsProxy>() => crate::vm::frame_variable(py, frame, name)?,
        v => match v.downcast::<Dict>() {
            Some(d) => dict::get_name(py, d, name),
            None => None,
        },
    }
}

/// The names of the local variables that are bound.
pub(crate) fn local_names(py: &mut Py, frame: &Ref<FrameObject>) -> Vec<String> {
    match of_frame(py, frame) {
        v if v.is_a::<LocalsProxy>() => crate::vm::frame_variables(py, frame).into_iter().map(|(n, _)| n.to_string()).collect(),
        v => match v.downcast::<Dict>() {
            Some(d) => d.get(py).keys().filter_map(|k| k.downcast::<Str>().map(|s| s.to_string())).collect(),
            None => Vec::new(),
        },
    }
}

/// The payload of a view of a function's local variables that writes through.
pub struct LocalsProxy {
    frame: Ref<FrameObject>,
}

impl Object for LocalsProxy {
    type Access = Frozen;
    const TRACKED: bool = true;
    fn trace(&self, visit: &mut Visitor<'_>) {
        visit.reference(&self.frame);
    }
}

impl LocalsProxy {
    fn extra(py: &Py, this: &Ref<LocalsProxy>) -> Option<Ref<Dict>> {
        this.frame.get(py).extra.as_ref()?.locals.clone()
    }
    /// The variable that a key means: equal to its name, whatever it is.
    fn name_of(py: &mut Py, this: &Ref<LocalsProxy>, key: &Value) -> Result<Option<String>> {
        if let Some(name) = key.downcast::<Str>()
            && py.is_exact::<Str>(key)
        {
            return Ok(Some(name.to_string()));
        }
        let hash = py.hash(key)?;
        for name in crate::vm::frame_names(py, &this.frame) {
            if py.hash(name.as_value())? == hash && py.eq(name.as_value(), key)? {
                return Ok(Some(name.to_string()));
            }
        }
        Ok(None)
    }
    fn lookup(py: &mut Py, this: &Ref<LocalsProxy>, key: &Value) -> Result<Option<Value>> {
        if let Some(name) = Self::name_of(py, this, key)?
            && let Some(value) = crate::vm::frame_variable(py, &this.frame, &name)
        {
            return Ok(value);
        }
        match Self::extra(py, this) {
            Some(extra) => dict::get(py, &extra, key),
            None => py.hash(key).map(|_| None),
        }
    }
    fn assign(py: &mut Py, this: &Ref<LocalsProxy>, key: &Value, value: Value) -> Result<()> {
        if let Some(name) = Self::name_of(py, this, key)?
            && crate::vm::set_frame_variable(py, &this.frame, &name, &value)
        {
            return Ok(());
        }
        let extra = match Self::extra(py, this) {
            Some(extra) => extra,
            None => {
                let extra = py.new_dict();
                this.frame.get_mut(py).extra_mut().locals = Some(extra.clone());
                extra
            }
        };
        dict::set(py, &extra, key, value)
    }
    fn pairs(py: &mut Py, this: &Ref<LocalsProxy>) -> Vec<(Value, Value)> {
        let mut out: Vec<(Value, Value)> =
            crate::vm::frame_variables(py, &this.frame).into_iter().map(|(n, v)| (n.into_value(), v)).collect();
        if let Some(extra) = Self::extra(py, this) {
            out.extend(extra.get(py).iter().map(|(k, v)| (k.clone(), v.clone())));
        }
        out
    }
    fn to_dict(py: &mut Py, this: &Ref<LocalsProxy>) -> Result<Ref<Dict>> {
        let d = py.new_dict();
        for (k, v) in Self::pairs(py, this) {
            dict::set(py, &d, &k, v)?;
        }
        Ok(d)
    }
}

#[methods]
impl LocalsProxy {
    /// Return self[key].
    #[py("(self, key, /)")]
    fn __getitem__(py: &mut Py, this: &Ref<LocalsProxy>, key: &Value) -> Result<Value> {
        match Self::lookup(py, this, key)? {
            Some(value) => Ok(value),
            None => {
                let text = match key.downcast::<Str>() {
                    Some(name) => py.str(&format!("local variable '{name}' is not defined")),
                    None => key.clone(),
                };
                Err(key_error(text))
            }
        }
    }
    /// Set self[key] to value.
    #[py("(self, key, value, /)")]
    fn __setitem__(py: &mut Py, this: &Ref<LocalsProxy>, key: &Value, value: Value) -> Result<()> {
        Self::assign(py, this, key, value)
    }
    /// Delete self[key].
    #[py("(self, key, /)")]
    fn __delitem__(py: &mut Py, this: &Ref<LocalsProxy>, key: &Value) -> Result<()> {
        Self::pop(py, this, key, None).map(drop)
    }
    /// Return key in self.
    #[py("(self, key, /)")]
    fn __contains__(py: &mut Py, this: &Ref<LocalsProxy>, key: &Value) -> Result<bool> {
        Ok(Self::lookup(py, this, key)?.is_some())
    }
    /// Return len(self).
    #[py("(self, /)")]
    fn __len__(py: &mut Py, this: &Ref<LocalsProxy>) -> usize {
        Self::pairs(py, this).len()
    }
    /// Implement iter(self).
    #[py("(self, /)")]
    fn __iter__(py: &mut Py, this: &Ref<LocalsProxy>) -> Result<Value> {
        let keys = Self::keys(py, this);
        py.get_iter(&keys)
    }
    /// Create a proxy of a frame's variables.
    #[staticmethod("(type, /, *args)")]
    fn __new__(py: &mut Py, cls: &Ref<Type>, args: &[Value]) -> Result<Value> {
        let [frame] = args else {
            return Err(type_error(format!("FrameLocalsProxy expected 1 argument, got {}", args.len())));
        };
        match frame.downcast::<FrameObject>() {
            Some(frame) => Ok(py.make_in(cls, LocalsProxy { frame: frame.clone() }).into_value()),
            None => Err(type_error(format!("expect frame, not {}", py.type_name(frame)))),
        }
    }
    /// The names from the last to the first, as a list.
    #[py("(self, /)")]
    fn __reversed__(py: &mut Py, this: &Ref<LocalsProxy>) -> Value {
        let mut keys: Vec<Value> = Self::pairs(py, this).into_iter().map(|(k, _)| k).collect();
        keys.reverse();
        py.list(keys)
    }
    /// Return repr(self).
    #[py("(self, /)")]
    fn __repr__(py: &mut Py, this: &Ref<LocalsProxy>) -> Result<Value> {
        sequence::guarded_repr(py, this.as_value(), "{...}", |py, out| {
            let d = Self::to_dict(py, this)?;
            sequence::push_repr(py, out, d.as_value())
        })
    }
    /// Return self==value.
    #[py("(self, value, /)")]
    fn __eq__(py: &mut Py, this: &Ref<LocalsProxy>, value: &Value) -> Result<Value> {
        if let Some(other) = value.downcast::<LocalsProxy>() {
            return Ok(Value::bool(other.frame.is(&this.frame)));
        }
        if !value.is_a::<Dict>() {
            return Ok(Value::NOT_IMPLEMENTED);
        }
        let d = Self::to_dict(py, this)?;
        py.eq(d.as_value(), value).map(Value::bool)
    }
    /// Return self|value.
    #[py("(self, value, /)")]
    fn __or__(py: &mut Py, this: &Ref<LocalsProxy>, value: &Value) -> Result<Value> {
        let d = Self::to_dict(py, this)?;
        let other = match value.downcast::<LocalsProxy>().cloned() {
            Some(other) => Self::to_dict(py, &other)?,
            None => match value.downcast::<Dict>() {
                Some(d) => d.clone(),
                None => return Ok(Value::NOT_IMPLEMENTED),
            },
        };
        let pairs: Vec<(Value, Value)> = other.get(py).iter().map(|(k, v)| (k.clone(), v.clone())).collect();
        for (k, v) in pairs {
            dict::set(py, &d, &k, v)?;
        }
        Ok(d.into_value())
    }
    /// Return self|=value.
    #[py("(self, value, /)")]
    fn __ior__(py: &mut Py, this: &Ref<LocalsProxy>, value: &Value) -> Result<Value> {
        Self::update(py, this, value)?;
        Ok(this.to_value())
    }
    /// A list of the names.
    #[py("(self, /)")]
    fn keys(py: &mut Py, this: &Ref<LocalsProxy>) -> Value {
        let keys = Self::pairs(py, this).into_iter().map(|(k, _)| k).collect();
        py.list(keys)
    }
    /// A list of the values.
    #[py("(self, /)")]
    fn values(py: &mut Py, this: &Ref<LocalsProxy>) -> Value {
        let values = Self::pairs(py, this).into_iter().map(|(_, v)| v).collect();
        py.list(values)
    }
    /// A list of the names with their values.
    #[py("(self, /)")]
    fn items(py: &mut Py, this: &Ref<LocalsProxy>) -> Value {
        let items = Self::pairs(py, this).into_iter().map(|(k, v)| py.tuple(vec![k, v])).collect();
        py.list(items)
    }
    /// The value of a name, or the default.
    #[py("(self, key, default=None, /)")]
    fn get(py: &mut Py, this: &Ref<LocalsProxy>, key: &Value, default: Value) -> Result<Value> {
        Ok(Self::lookup(py, this, key)?.unwrap_or(default))
    }
    /// The variables as a dict.
    #[py("(self, /)")]
    fn copy(py: &mut Py, this: &Ref<LocalsProxy>) -> Result<Ref<Dict>> {
        Self::to_dict(py, this)
    }
    /// The value of a name; the default is assigned if there is none.
    #[py("(self, key, default=None, /)")]
    fn setdefault(py: &mut Py, this: &Ref<LocalsProxy>, key: &Value, default: Value) -> Result<Value> {
        if let Some(value) = Self::lookup(py, this, key)? {
            return Ok(value);
        }
        Self::assign(py, this, key, default.clone())?;
        Ok(default)
    }
    /// Remove a name that is no variable of the function.
    #[py("(self, key, default=<unbound>, /)")]
    fn pop(py: &mut Py, this: &Ref<LocalsProxy>, key: &Value, default: Option<Value>) -> Result<Value> {
        if let Some(name) = Self::name_of(py, this, key)?
            && crate::vm::frame_variable(py, &this.frame, &name).is_some()
        {
            return Err(value_error("cannot remove local variables from FrameLocalsProxy"));
        }
        let removed = match Self::extra(py, this) {
            Some(extra) => dict::remove(py, &extra, key)?,
            None => None,
        };
        match (removed, default) {
            (Some((_, value)), _) | (None, Some(value)) => Ok(value),
            (None, None) => Err(key_error(key.clone())),
        }
    }
    /// Assign the items of a mapping or of pairs.
    #[py("(self, other, /)")]
    fn update(py: &mut Py, this: &Ref<LocalsProxy>, other: &Value) -> Result<()> {
        let items = match py.getattr_opt(other, "items")? {
            Some(items) => py.call(&items, &[])?,
            None => other.clone(),
        };
        for pair in py.collect(&items)? {
            let parts = match (pair.downcast::<Tuple>(), pair.downcast::<List>()) {
                (Some(t), _) => t.slice().to_vec(),
                (_, Some(l)) => l.get(py).items.clone(),
                _ => py.collect(&pair)?,
            };
            let [key, value] = &parts[..] else {
                return Err(type_error("update() argument must be dict or another FrameLocalsProxy"));
            };
            Self::assign(py, this, key, value.clone())?;
        }
        Ok(())
    }
}

impl NativeType for LocalsProxy {
    const NAME: &'static str = "FrameLocalsProxy";
    const FLAGS: u32 = crate::object::TypeFlags::MAPPING;
    const UNHASHABLE: bool = true;
}
