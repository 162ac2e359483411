//! Calls of `list`, `tuple`, `dict` and `set` themselves, without `__new__` and `__init__`.

use lockstep_heap::{Object, Ref, Tag, Value};

use crate::object::raise::Result;
use crate::object::{Py, Type};
use crate::types::dict::Dict;
use crate::types::list::List;
use crate::types::set::{self, Set};
use crate::types::tuple::Tuple;

/// Whether the type is exactly the one whose payload is `T`.
fn exactly<T: Object>(py: &Py, ty: &Ref<Type>) -> bool {
    std::ptr::eq(&raw const *ty.get(py).shape, &raw const **py.shape_of::<T>())
}

/// `ty(*args)`, if it is a builtin container made of at most one iterable.
#[inline]
pub fn quick(py: &mut Py, ty: &Ref<Type>, args: &[Value]) -> Option<Result<Value>> {
    if args.len() > 1 {
        return None;
    }
    let source = args.first();
    match ty.get(py).shape.tag() {
        Tag::LIST if exactly::<List>(py, ty) => Some(match source {
            Some(source) => py.collect(source).map(|items| py.list(items)),
            None => Ok(py.list(Vec::new())),
        }),
        Tag::TUPLE if exactly::<Tuple>(py, ty) => Some(match source {
            Some(source) if py.is_exact::<Tuple>(source) => Ok(source.clone()),
            Some(source) => py.collect(source).map(|items| py.tuple(items)),
            None => Ok(py.tuple(Vec::new())),
        }),
        Tag::DICT if exactly::<Dict>(py, ty) => {
            let new = py.new_dict();
            Some(match source {
                Some(source) => crate::types::dict::methods::update(py, &new, source).map(|()| new.into_value()),
                None => Ok(new.into_value()),
            })
        }
        Tag::SET if exactly::<Set>(py, ty) => {
            let new = py.make(Set::default());
            Some(match source {
                Some(source) => set::update(py, &new, source).map(|()| new.into_value()),
                None => Ok(new.into_value()),
            })
        }
        _ => None,
    }
}
