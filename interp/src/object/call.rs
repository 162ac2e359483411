//! Calling from native code.

use lockstep_heap::{Ref, Value, with_args};

use super::py::Py;
use super::raise::{Result, type_error};
use super::special::Special;
use crate::types::native::Native;
use crate::types::str::Str;

/// The keyword arguments of a call.
pub type Keywords = [(Ref<Str>, Value)];

impl Py {
    /// Call with positional arguments.
    #[inline]
    pub fn call(&mut self, callable: &Value, args: &[Value]) -> Result<Value> {
        if let Some(native) = callable.downcast::<Native>() {
            if native.direct as usize == args.len() {
                self.native_stack()?;
                let result = (native.call)(self, args);
                self.drain_pending();
                return result;
            }
            return crate::types::native::call_native(self, native, args, &[]);
        }
        let call = self.interp.hooks.call;
        call(self, callable, args, &[])
    }
    /// Call with positional and keyword arguments.
    pub fn call_kw(&mut self, callable: &Value, args: &[Value], keywords: &[(Ref<Str>, Value)]) -> Result<Value> {
        let call = self.interp.hooks.call;
        call(self, callable, args, keywords)
    }
    /// Call with keyword arguments named by plain text.
    pub fn call_named(&mut self, callable: &Value, args: &[Value], keywords: &[(&str, Value)]) -> Result<Value> {
        let keywords: Vec<_> = keywords.iter().map(|(k, v)| (self.intern(k), v.clone())).collect();
        self.call_kw(callable, args, &keywords)
    }
    /// Call a method by name.
    pub fn call_method(&mut self, object: &Value, name: &str, args: &[Value]) -> Result<Value> {
        let name = self.intern(name);
        self.call_method_str(object, &name, args)
    }
    /// Call a method by interned name.
    pub fn call_method_str(&mut self, object: &Value, name: &Ref<Str>, args: &[Value]) -> Result<Value> {
        let method = self.getattr_str(object, name)?;
        self.call(&method, args)
    }
    /// Call the special method of the value's type, if it has one: no instance attribute counts.
    pub fn call_special(&mut self, object: &Value, special: Special, args: &[Value]) -> Option<Result<Value>> {
        let method = self.special(object, special)?;
        if method.is_none() {
            return None;
        }
        if args.is_empty()
            && let Some(native) = method.downcast::<Native>()
            && native.exact == 1
            && native.binds()
        {
            // The type of the object keeps the method while it is called, or its code is there anyway.
            let call = native.def.call;
            let result = self.native_stack().and_then(|()| with_args([object], |a| call(self, a)));
            self.drain_pending();
            return Some(result);
        }
        let method = method.clone();
        Some(self.call_unbound(&method, object, args))
    }
    /// Call what was found on the type of `object` as its method.
    pub fn call_unbound(&mut self, method: &Value, object: &Value, args: &[Value]) -> Result<Value> {
        if method.is_a::<Native>() || method.is_a::<crate::types::function::Function>() {
            // Functions and natives take the object as first argument when they are methods.
            if method.downcast::<Native>().is_none_or(|n| n.binds()) {
                return match args {
                    [] => with_args([object], |a| self.call(method, a)),
                    [x] => with_args([object, x], |a| self.call(method, a)),
                    [x, y] => with_args([object, x, y], |a| self.call(method, a)),
                    _ => {
                        let mut all = Vec::with_capacity(args.len() + 1);
                        all.push(object.clone());
                        all.extend_from_slice(args);
                        self.call(method, &all)
                    }
                };
            }
        }
        let ty = self.type_of(object);
        let bound = self.bind_descriptor(method, object, &ty)?;
        self.call(&bound, args)
    }
    /// Whether the value can be called.
    pub fn is_callable(&self, value: &Value) -> bool {
        use lockstep_heap::Tag;
        let tag = value.header().map(|h| h.shape().tag());
        matches!(tag, Some(Tag::FUNCTION | Tag::NATIVE | Tag::BOUND_METHOD | Tag::TYPE))
            || self.special(value, Special::Call).is_some()
    }
    /// A TypeError that the value cannot be called.
    #[cold]
    pub fn not_callable(&self, value: &Value) -> super::raise::Raised {
        type_error(format!("'{}' object is not callable", self.type_name(value)))
    }
}
