//! Iterators without an end: `count`, `cycle`, `repeat`.

use lockstep_interp::object::ops::Next;
use lockstep_interp::object::raise::{Result, type_error};
use lockstep_interp::object::special::BinaryOp;
use lockstep_interp::object::{NativeType, NextFn, Special, Type, TypeFlags};
use lockstep_interp::types::int;
use lockstep_interp::{Guarded, Object, Py, Ref, Value, Visitor, methods};

use super::{advance, step};

/// `count`
pub struct Count {
    next: Value,
    step: Value,
    /// The next number and a step of one, while both fit: `next` is not kept up to date then.
    fast: Option<i64>,
}

impl Object for Count {
    type Access = Guarded;
    const TRACKED: bool = true;
    fn trace(&self, visit: &mut Visitor<'_>) {
        visit.value(&self.next);
        visit.value(&self.step);
    }
}

fn is_number(py: &Py, value: &Value) -> bool {
    [Special::Int, Special::Float, Special::Index, Special::Complex].into_iter().any(|s| py.special(value, s).is_some())
        && !value.is_a::<lockstep_interp::types::str::Str>()
}

fn current(py: &Py, this: &Ref<Count>) -> Value {
    match this.get(py).fast {
        Some(n) => py.int(n),
        None => this.get(py).next.clone(),
    }
}

#[methods]
impl Count {
    /// Return a count object whose .__next__() method returns consecutive values.
    #[staticmethod("(type, start=0, step=1)")]
    fn __new__(py: &mut Py, cls: &Ref<Type>, start: Value, step: Value) -> Result<Value> {
        if !is_number(py, &start) || !is_number(py, &step) {
            return Err(type_error("a number is required"));
        }
        let one = step.as_small_int() == Some(1);
        let fast = if one { start.as_small_int() } else { None };
        Ok(py.make_in(cls, Count { next: start, step, fast }).into_value())
    }
    /// Implement iter(self).
    #[py("(self, /)")]
    fn __iter__(_py: &mut Py, this: &Ref<Count>) -> Value {
        this.to_value()
    }
    /// Implement next(self).
    #[py("(self, /)")]
    fn __next__(py: &mut Py, this: &Ref<Count>) -> Result<Next> {
        let it = this.get_mut(py);
        if let Some(n) = it.fast {
            it.fast = n.checked_add(1);
            if let Some(value) = Value::small_int(n) {
                return Ok(Next(Some(value)));
            }
            let value = py.int(n);
            if this.get(py).fast.is_none() {
                let next = py.binary(BinaryOp::Add, &value, &Value::int32(1))?;
                this.get_mut(py).next = next;
            }
            return Ok(Next(Some(value)));
        }
        let (value, step) = (it.next.clone(), it.step.clone());
        let next = py.binary(BinaryOp::Add, &value, &step)?;
        let old = std::mem::replace(&mut this.get_mut(py).next, next);
        drop(old);
        Ok(Next(Some(value)))
    }
    /// Return state information for pickling.
    #[py("(self, /)")]
    fn __reduce__(py: &mut Py, this: &Ref<Count>) -> Value {
        let class = py.type_of(this.as_value()).into_value();
        let (next, step) = (current(py, this), this.get(py).step.clone());
        let args = if int::as_i64(&step) == Some(1) { vec![next] } else { vec![next, step] };
        let args = py.tuple(args);
        py.tuple(vec![class, args])
    }
    /// Return repr(self).
    #[py("(self, /)")]
    fn __repr__(py: &mut Py, this: &Ref<Count>) -> Result<String> {
        let name = py.class_name(this.as_value());
        let (next, step) = (current(py, this), this.get(py).step.clone());
        let next = py.repr(&next)?;
        if step.as_small_int() == Some(1) {
            return Ok(format!("{name}({next})"));
        }
        let step = py.repr(&step)?;
        Ok(format!("{name}({next}, {step})"))
    }
}

impl NativeType for Count {
    const NAME: &'static str = "count";
    const MODULE: &'static str = "itertools";
    const NEXT: Option<NextFn> = step!(Count);
    const DOC: Option<&'static str> = Some("Return a count object whose .__next__() method returns consecutive values.");
    const FLAGS: u32 = TypeFlags::BASE;
}

/// `cycle`
pub struct Cycle {
    /// The source, until it is exhausted.
    source: Option<Value>,
    saved: Vec<Value>,
    at: usize,
}

impl Object for Cycle {
    type Access = Guarded;
    const TRACKED: bool = true;
    fn trace(&self, visit: &mut Visitor<'_>) {
        visit.option(&self.source);
        visit.all(&self.saved);
    }
}

#[methods]
impl Cycle {
    /// Return elements from the iterable until it is exhausted. Then repeat the sequence indefinitely.
    #[staticmethod("(type, iterable, /)")]
    fn __new__(py: &mut Py, cls: &Ref<Type>, iterable: &Value) -> Result<Value> {
        let source = Some(py.get_iter(iterable)?);
        Ok(py.make_in(cls, Cycle { source, saved: Vec::new(), at: 0 }).into_value())
    }
    /// Implement iter(self).
    #[py("(self, /)")]
    fn __iter__(_py: &mut Py, this: &Ref<Cycle>) -> Value {
        this.to_value()
    }
    /// Implement next(self).
    #[py("(self, /)")]
    fn __next__(py: &mut Py, this: &Ref<Cycle>) -> Result<Next> {
        if let Some(source) = this.get(py).source.clone() {
            if let Some(item) = advance(py, &source)? {
                this.get_mut(py).saved.push(item.clone());
                return Ok(Next(Some(item)));
            }
            let old = this.get_mut(py).source.take();
            drop(old);
        }
        let it = this.get_mut(py);
        let item = it.saved.get(it.at).cloned();
        it.at = if it.at + 1 >= it.saved.len() { 0 } else { it.at + 1 };
        Ok(Next(item))
    }
}

impl NativeType for Cycle {
    const NAME: &'static str = "cycle";
    const MODULE: &'static str = "itertools";
    const NEXT: Option<NextFn> = step!(Cycle);
    const DOC: Option<&'static str> =
        Some("Return elements from the iterable until it is exhausted. Then repeat the sequence indefinitely.");
    const FLAGS: u32 = TypeFlags::BASE;
}

/// `repeat`
pub struct Repeat {
    object: Value,
    left: Option<u64>,
}

impl Object for Repeat {
    type Access = Guarded;
    const TRACKED: bool = true;
    fn trace(&self, visit: &mut Visitor<'_>) {
        visit.value(&self.object);
    }
}

#[methods]
impl Repeat {
    /// Create an iterator which returns the object for the specified number of times.
    #[staticmethod("(type, object, times=<unbound>)")]
    fn __new__(py: &mut Py, cls: &Ref<Type>, object: Value, times: Option<&Value>) -> Result<Value> {
        let left = match times {
            Some(n) => {
                let n = py.index(n)?;
                let n = int::as_i64(&n).ok_or_else(|| {
                    lockstep_interp::object::raise::overflow_error("Python int too large to convert to C ssize_t")
                })?;
                Some(n.max(0) as u64)
            }
            None => None,
        };
        Ok(py.make_in(cls, Repeat { object, left }).into_value())
    }
    /// Implement iter(self).
    #[py("(self, /)")]
    fn __iter__(_py: &mut Py, this: &Ref<Repeat>) -> Value {
        this.to_value()
    }
    /// Private method returning an estimate of len(list(it)).
    #[py("(self, /)")]
    fn __length_hint__(py: &mut Py, this: &Ref<Repeat>) -> Result<u64> {
        this.get(py).left.ok_or_else(|| type_error("len() of unsized object"))
    }
    /// Implement next(self).
    #[py("(self, /)")]
    fn __next__(py: &mut Py, this: &Ref<Repeat>) -> Next {
        let it = this.get_mut(py);
        match &mut it.left {
            Some(0) => return Next(None),
            Some(n) => *n -= 1,
            None => {}
        }
        Next(Some(it.object.clone()))
    }
    /// Return state information for pickling.
    #[py("(self, /)")]
    fn __reduce__(py: &mut Py, this: &Ref<Repeat>) -> Value {
        let class = py.type_of(this.as_value()).into_value();
        let (object, left) = (this.get(py).object.clone(), this.get(py).left);
        let mut args = vec![object];
        args.extend(left.map(|n| py.int(n as i64)));
        let args = py.tuple(args);
        py.tuple(vec![class, args])
    }
    /// Return repr(self).
    #[py("(self, /)")]
    fn __repr__(py: &mut Py, this: &Ref<Repeat>) -> Result<String> {
        let name = py.class_name(this.as_value());
        let (object, left) = (this.get(py).object.clone(), this.get(py).left);
        let object = py.repr(&object)?;
        Ok(match left {
            Some(n) => format!("{name}({object}, {n})"),
            None => format!("{name}({object})"),
        })
    }
}

impl NativeType for Repeat {
    const NAME: &'static str = "repeat";
    const MODULE: &'static str = "itertools";
    const NEXT: Option<NextFn> = step!(Repeat, simple);
    const DOC: Option<&'static str> =
        Some("repeat(object [,times]) -> an iterator which returns the object\nfor the specified number of times, or endlessly.");
    const FLAGS: u32 = TypeFlags::BASE;
}
