//! Attribute access: the protocol of `object.__getattribute__`, `__setattr__`, `__delattr__`.

use lockstep_heap::{Ref, Tag, Value, with_args};

use super::class::{Type, TypeFlags};
use super::py::Py;
use super::raise::{Exc, Result, attribute_error, no_attribute, type_error};
use super::special::Special;
use crate::types::dict::{self, Dict};
use crate::types::method::{BoundMethod, ClassMethod, StaticMethod};
use crate::types::native::{GetSet, Member, Native};
use crate::types::str::Str;

impl Py {
    /// `getattr(object, name)`
    pub fn getattr(&mut self, object: &Value, name: &str) -> Result<Value> {
        let name = self.intern(name);
        self.getattr_str(object, &name)
    }
    /// `getattr(object, name)` with an interned name.
    pub fn getattr_str(&mut self, object: &Value, name: &Ref<Str>) -> Result<Value> {
        match self.getattr_opt_str(object, name)? {
            Some(value) => Ok(value),
            None => Err(no_attribute(self, object, name)),
        }
    }
    /// The attribute, or none where `getattr` raises AttributeError.
    pub fn getattr_opt(&mut self, object: &Value, name: &str) -> Result<Option<Value>> {
        let name = self.intern(name);
        match self.getattr_opt_str(object, &name) {
            Err(e) if e.is(Exc::AttributeError) => Ok(None),
            other => other,
        }
    }
    /// The same for an interned name.
    pub fn getattr_if(&mut self, object: &Value, name: &Ref<Str>) -> Result<Option<Value>> {
        match self.getattr_opt_str(object, name) {
            Err(e) if e.is(Exc::AttributeError) => Ok(None),
            other => other,
        }
    }
    /// The attribute; none if the default lookup does not find it. Own `__getattribute__` and
    /// `__getattr__` methods raise their AttributeErrors.
    pub fn getattr_opt_str(&mut self, object: &Value, name: &Ref<Str>) -> Result<Option<Value>> {
        let flags = self.type_ref(object).get(self).flags;
        if !flags.has(TypeFlags::CUSTOM_GET) {
            return self.generic_getattr(object, name);
        }
        let found = if flags.has(TypeFlags::CUSTOM_GETATTRIBUTE) {
            if let Some(ty) = object.downcast::<Type>()
                && self.special(object, Special::GetAttribute).is_some_and(|m| m.is_a::<Native>())
                && self.special(object, Special::GetAttr).is_none()
            {
                let ty = ty.clone();
                return self.type_getattr(&ty, name);
            }
            match self.call_special(object, Special::GetAttribute, &[name.to_value()]) {
                Some(found) => found.map(Some),
                None => Ok(None),
            }
        } else {
            self.generic_getattr(object, name)
        };
        let error = match found {
            Ok(Some(value)) => return Ok(Some(value)),
            Ok(None) => None,
            Err(e) if e.is(Exc::AttributeError) => Some(e),
            Err(e) => return Err(e),
        };
        match self.call_special(object, Special::GetAttr, &[name.to_value()]) {
            Some(result) => result.map(Some),
            None => match error {
                Some(e) => Err(e),
                None => Ok(None),
            },
        }
    }

    /// `object.__getattribute__`: none if there is no such attribute.
    pub fn generic_getattr(&mut self, object: &Value, name: &Ref<Str>) -> Result<Option<Value>> {
        let ty = self.type_of(object);
        let meta = self.lookup(&ty, name);
        if let Some(meta) = &meta
            && self.governs_reading(meta)
        {
            return self.bind_descriptor(meta, object, &ty).map(Some);
        }
        if let Some(value) = self.instance_get(object, name) {
            return Ok(Some(value));
        }
        match meta {
            Some(meta) => self.bind_descriptor(&meta, object, &ty).map(Some),
            None => Ok(None),
        }
    }

    /// Whether an attribute of a class goes before the object's own when it is read: it has
    /// `__get__` beside `__set__` or `__delete__`.
    pub fn governs_reading(&self, value: &Value) -> bool {
        let both = TypeFlags::DATA_DESCRIPTOR | TypeFlags::DESCRIPTOR;
        value.is_object() && self.type_ref(value).get(self).flags.0 & both == both
    }

    /// Whether the value's type has `__set__` or `__delete__`.
    pub fn is_data_descriptor(&self, value: &Value) -> bool {
        value.is_object() && self.type_ref(value).get(self).flags.has(TypeFlags::DATA_DESCRIPTOR)
    }

    /// What a value found on the type of `object` gives as attribute of `object`.
    pub fn bind_descriptor(&mut self, found: &Value, object: &Value, ty: &Ref<Type>) -> Result<Value> {
        let Some(header) = found.header() else { return Ok(found.clone()) };
        match header.shape().tag() {
            Tag::FUNCTION => return Ok(BoundMethod::bind(self, found, object)),
            Tag::NATIVE => {
                if let Some(native) = found.downcast::<Native>() {
                    return crate::types::native::bind(self, native, object, ty);
                }
            }
            Tag::GET_SET => {
                if let Some(get_set) = found.downcast::<GetSet>() {
                    return GetSet::read(self, get_set, object);
                }
            }
            Tag::MEMBER => {
                if let Some(member) = found.downcast::<Member>() {
                    return Member::read(self, member, object);
                }
            }
            Tag::CLASS_METHOD if self.is_exact::<ClassMethod>(found) => {
                if let Some(method) = found.downcast::<ClassMethod>() {
                    return Ok(ClassMethod::bind_to(self, method, ty));
                }
            }
            Tag::STATIC_METHOD if self.is_exact::<StaticMethod>(found) => {
                if let Some(method) = found.downcast::<StaticMethod>() {
                    return Ok(method.get(self).function.clone());
                }
            }
            _ => {}
        }
        if !self.type_ref(found).get(self).flags.has(TypeFlags::DESCRIPTOR) {
            return Ok(found.clone());
        }
        match self.special_owned(found, Special::Get) {
            Some(get) => with_args([object, ty.as_value()], |a| self.call_unbound(&get, found, a)),
            None => Ok(found.clone()),
        }
    }

    /// What a value found in a class gives as attribute of the class itself.
    pub fn bind_to_class(&mut self, found: &Value, ty: &Ref<Type>) -> Result<Value> {
        let Some(header) = found.header() else { return Ok(found.clone()) };
        match header.shape().tag() {
            Tag::FUNCTION => return Ok(found.clone()),
            Tag::NATIVE => {
                if let Some(native) = found.downcast::<Native>() {
                    return Ok(crate::types::native::bind_class(self, native, ty));
                }
            }
            Tag::CLASS_METHOD if self.is_exact::<ClassMethod>(found) => {
                if let Some(method) = found.downcast::<ClassMethod>() {
                    return Ok(ClassMethod::bind_to(self, method, ty));
                }
            }
            Tag::STATIC_METHOD if self.is_exact::<StaticMethod>(found) => {
                if let Some(method) = found.downcast::<StaticMethod>() {
                    return Ok(method.get(self).function.clone());
                }
            }
            _ => {}
        }
        if !self.type_ref(found).get(self).flags.has(TypeFlags::DESCRIPTOR) {
            return Ok(found.clone());
        }
        match self.special_owned(found, Special::Get) {
            Some(get) => with_args([&Value::NONE, ty.as_value()], |a| self.call_unbound(&get, found, a)),
            None => Ok(found.clone()),
        }
    }

    /// The attribute in the object's own storage, no descriptors.
    pub fn instance_get(&self, object: &Value, name: &Ref<Str>) -> Option<Value> {
        let header = object.header()?;
        let shape = header.shape();
        if !shape.has_dict() {
            return None;
        }
        if shape.dict_mode() {
            let dict = header.dict(self)?;
            return dict.downcast::<Dict>()?.get(self).get_str(name).cloned();
        }
        let index = shape.find(name.as_value())?;
        header.slot(shape.members() + index, self)
    }

    /// Put an attribute into the object's own storage. False if it has none.
    pub fn instance_set(&mut self, object: &Value, name: &Ref<Str>, value: Value) -> bool {
        let Some(header) = object.header() else { return false };
        let shape = header.shape();
        if !shape.has_dict() {
            return false;
        }
        if !shape.dict_mode() {
            let members = shape.members();
            if let Some(index) = shape.find(name.as_value()) {
                drop(header.set_slot(members + index, Some(value), self));
                return true;
            }
            if name.header().has(lockstep_heap::flags::INTERNED)
                && let Some(wider) = shape.add(name.as_value())
            {
                let index = wider.len() - 1;
                header.change_shape(&wider, self);
                drop(header.set_slot(members + index, Some(value), self));
                return true;
            }
        }
        match self.instance_dict(object) {
            Some(d) => {
                dict::set_str(self, &d, name, value);
                true
            }
            None => false,
        }
    }

    /// Remove an attribute from the object's own storage. False if it is not there.
    pub fn instance_del(&mut self, object: &Value, name: &Ref<Str>) -> bool {
        if self.instance_get(object, name).is_none() {
            return false;
        }
        match self.instance_dict(object) {
            Some(d) => dict::remove_str(self, &d, name).is_some(),
            None => false,
        }
    }

    /// The object's attribute dict; the object goes over to one if it has its attributes inline.
    pub fn instance_dict(&mut self, object: &Value) -> Option<Ref<Dict>> {
        let header = object.header()?;
        let shape = header.shape();
        if !shape.has_dict() {
            return None;
        }
        if let Some(dict) = header.dict(self) {
            return dict.downcast_into().ok();
        }
        let dict = self.new_dict();
        let inline = header.take_inline(self);
        for (name, value) in inline {
            if let Some(name) = name.downcast::<Str>() {
                dict::set_str(self, &dict, name, value);
            }
        }
        header.to_dict_mode(dict.to_value(), self);
        Some(dict)
    }

    /// `setattr(object, name, value)`; a missing value deletes.
    pub fn setattr(&mut self, object: &Value, name: &str, value: Value) -> Result<()> {
        let name = self.intern(name);
        self.setattr_str(object, &name, Some(value))
    }
    /// `setattr` or, without a value, `delattr`, with an interned name.
    pub fn setattr_str(&mut self, object: &Value, name: &Ref<Str>, value: Option<Value>) -> Result<()> {
        if !self.type_ref(object).get(self).flags.has(TypeFlags::CUSTOM_SET) {
            return self.generic_setattr(object, name, value);
        }
        let result = match value {
            Some(value) => self.call_special(object, Special::SetAttr, &[name.to_value(), value]),
            None => self.call_special(object, Special::DelAttr, &[name.to_value()]),
        };
        match result {
            Some(result) => result.map(drop),
            None => Err(no_attribute(self, object, name)),
        }
    }

    /// `object.__setattr__` and `object.__delattr__`.
    pub fn generic_setattr(&mut self, object: &Value, name: &Ref<Str>, value: Option<Value>) -> Result<()> {
        let ty = self.type_of(object);
        let meta = self.lookup(&ty, name);
        if let Some(meta) = &meta
            && self.is_data_descriptor(meta)
        {
            return self.set_through(meta, object, name, value);
        }
        let done = match value {
            Some(value) => self.instance_set(object, name, value),
            None => self.instance_del(object, name),
        };
        if done {
            return Ok(());
        }
        let has_dict = object.header().is_some_and(|h| h.shape().has_dict());
        if has_dict {
            return Err(no_attribute(self, object, name));
        }
        let class = self.type_name(object);
        let message = if meta.is_some() {
            format!("'{class}' object attribute '{name}' is read-only")
        } else {
            format!("'{class}' object has no attribute '{name}' and no __dict__ for setting new attributes")
        };
        Err(attribute_error(message, object, name))
    }

    /// Write or delete through a data descriptor.
    pub fn set_through(&mut self, descriptor: &Value, object: &Value, name: &Ref<Str>, value: Option<Value>) -> Result<()> {
        let (special, args) = match &value {
            Some(v) => (Special::Set, vec![object.clone(), v.clone()]),
            None => (Special::Delete, vec![object.clone()]),
        };
        match self.call_special(descriptor, special, &args) {
            Some(result) => result.map(drop),
            None => {
                let what = if value.is_some() { "__set__" } else { "__delete__" };
                Err(attribute_error(what, object, name))
            }
        }
    }

    /// An attribute name given by a script: must be a str; comes back interned.
    pub fn attribute_name(&mut self, name: &Value) -> Result<Ref<Str>> {
        match name.downcast::<Str>() {
            Some(s) => Ok(self.intern_str(s)),
            None => Err(type_error(format!("attribute name must be string, not '{}'", self.type_name(name)))),
        }
    }

    /// `type.__getattribute__`: an attribute of a class.
    pub fn type_getattr(&mut self, ty: &Ref<Type>, name: &Ref<Str>) -> Result<Option<Value>> {
        let meta_type = self.type_of(ty.as_value());
        let meta = self.lookup(&meta_type, name);
        if let Some(meta) = &meta
            && self.governs_reading(meta)
        {
            return self.bind_descriptor(meta, ty.as_value(), &meta_type).map(Some);
        }
        if let Some(found) = self.lookup(ty, name) {
            return self.bind_to_class(&found, ty).map(Some);
        }
        match meta {
            Some(meta) => self.bind_descriptor(&meta, ty.as_value(), &meta_type).map(Some),
            None => Ok(None),
        }
    }

    /// `type.__setattr__` and `type.__delattr__`.
    pub fn type_setattr(&mut self, ty: &Ref<Type>, name: &Ref<Str>, value: Option<Value>) -> Result<()> {
        if ty.get(self).flags.has(TypeFlags::IMMUTABLE) {
            let class = self.full_name(ty);
            return Err(type_error(format!("cannot set '{name}' attribute of immutable type '{class}'")));
        }
        let meta_type = self.type_of(ty.as_value());
        if let Some(meta) = self.lookup(&meta_type, name)
            && self.is_data_descriptor(&meta)
        {
            return self.set_through(&meta, ty.as_value(), name, value);
        }
        let dict = ty.get(self).dict.clone();
        match value {
            Some(value) => dict::set_str(self, &dict, name, value),
            None => {
                if dict::remove_str(self, &dict, name).is_none() {
                    return Err(no_attribute(self, ty.as_value(), name));
                }
            }
        }
        self.type_changed(ty, name);
        Ok(())
    }
}
