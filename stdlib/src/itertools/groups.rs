//! `groupby` and `tee`.

use lockstep_interp::object::ops::Next;
use lockstep_interp::object::raise::{Result, runtime_error, type_error, value_error};
use lockstep_interp::object::{NativeType, NextFn, PairsFn, Type, TypeFlags};
use lockstep_interp::{Guarded, Object, Py, Ref, Value, Visitor, methods, module};

use super::{advance, step};

/// `groupby`
pub struct GroupBy {
    source: Value,
    key: Option<Value>,
    /// The key of the group that is given out.
    target: Option<Value>,
    current_key: Option<Value>,
    current: Option<Value>,
    /// Identifies the group that may still be read.
    group: u64,
}

impl Object for GroupBy {
    type Access = Guarded;
    const TRACKED: bool = true;
    fn trace(&self, visit: &mut Visitor<'_>) {
        visit.value(&self.source);
        visit.option(&self.key);
        visit.option(&self.target);
        visit.option(&self.current_key);
        visit.option(&self.current);
    }
}

/// Read the next item and its key; false at the end.
fn step(py: &mut Py, this: &Ref<GroupBy>) -> Result<bool> {
    let (source, key) = (this.get(py).source.clone(), this.get(py).key.clone());
    let Some(item) = advance(py, &source)? else { return Ok(false) };
    let key = match key {
        Some(function) => py.call(&function, std::slice::from_ref(&item))?,
        None => item.clone(),
    };
    let it = this.get_mut(py);
    let old = (it.current.replace(item), it.current_key.replace(key));
    drop(old);
    Ok(true)
}

#[methods]
impl GroupBy {
    /// make an iterator that returns consecutive keys and groups from the iterable
    #[staticmethod("(type, iterable, key=None)")]
    fn __new__(py: &mut Py, cls: &Ref<Type>, iterable: &Value, key: &Value) -> Result<Value> {
        let source = py.get_iter(iterable)?;
        let key = (!key.is_none()).then(|| key.clone());
        Ok(py.make_in(cls, GroupBy { source, key, target: None, current_key: None, current: None, group: 0 }).into_value())
    }
    /// Implement iter(self).
    #[py("(self, /)")]
    fn __iter__(_py: &mut Py, this: &Ref<GroupBy>) -> Value {
        this.to_value()
    }
    /// Implement next(self).
    #[py("(self, /)")]
    fn __next__(py: &mut Py, this: &Ref<GroupBy>) -> Result<Next> {
        Ok(Next(GroupBy::pair(py, this)?.map(|(key, group)| py.tuple_from([key, group]))))
    }
}

impl GroupBy {
    /// The next key and its group.
    fn pair(py: &mut Py, this: &Ref<GroupBy>) -> Result<Option<(Value, Value)>> {
        this.get_mut(py).group += 1;
        // Skip the rest of the group that was given out.
        loop {
            let it = this.get(py);
            match (it.current_key.clone(), it.target.clone()) {
                (Some(_), None) => break,
                (Some(current), Some(target)) => {
                    if !py.eq(&target, &current)? {
                        break;
                    }
                }
                (None, _) => {}
            }
            if !step(py, this)? {
                return Ok(None);
            }
            py.step()?;
        }
        let it = this.get_mut(py);
        let key = it.current_key.clone().unwrap_or(Value::NONE);
        let old = it.target.replace(key.clone());
        let group = it.group;
        drop(old);
        let grouper = py.make(Grouper { parent: this.clone(), key: key.clone(), group }).into_value();
        Ok(Some((key, grouper)))
    }
}

impl NativeType for GroupBy {
    const NAME: &'static str = "groupby";
    const MODULE: &'static str = "itertools";
    const NEXT: Option<NextFn> = step!(GroupBy);
    const PAIRS: Option<PairsFn> = Some(|py, iterator| Some(GroupBy::pair(py, iterator.downcast()?)));
    const DOC: Option<&'static str> = Some("make an iterator that returns consecutive keys and groups from the iterable");
    const FLAGS: u32 = TypeFlags::BASE;
}

/// A group of `groupby`.
pub struct Grouper {
    parent: Ref<GroupBy>,
    key: Value,
    group: u64,
}

impl Object for Grouper {
    type Access = Guarded;
    const TRACKED: bool = true;
    fn trace(&self, visit: &mut Visitor<'_>) {
        visit.reference(&self.parent);
        visit.value(&self.key);
    }
}

#[methods]
impl Grouper {
    /// Create and return a new object.
    #[staticmethod("(type, parent, tgtkey, /)")]
    fn __new__(py: &mut Py, cls: &Ref<Type>, parent: &Ref<GroupBy>, tgtkey: Value) -> Value {
        let group = parent.get(py).group;
        py.make_in(cls, Grouper { parent: parent.clone(), key: tgtkey, group }).into_value()
    }
    /// Implement iter(self).
    #[py("(self, /)")]
    fn __iter__(_py: &mut Py, this: &Ref<Grouper>) -> Value {
        this.to_value()
    }
    /// Implement next(self).
    #[py("(self, /)")]
    fn __next__(py: &mut Py, this: &Ref<Grouper>) -> Result<Next> {
        let it = this.get(py);
        let (parent, key, group) = (it.parent.clone(), it.key.clone(), it.group);
        if parent.get(py).group != group {
            return Ok(Next(None));
        }
        if parent.get(py).current.is_none() && !step(py, &parent)? {
            return Ok(Next(None));
        }
        let Some(current) = parent.get(py).current_key.clone() else { return Ok(Next(None)) };
        if !py.eq(&key, &current)? {
            return Ok(Next(None));
        }
        Ok(Next(parent.get_mut(py).current.take()))
    }
}

impl NativeType for Grouper {
    const NAME: &'static str = "_grouper";
    const MODULE: &'static str = "itertools";
    const NEXT: Option<NextFn> = step!(Grouper);
    const DOC: Option<&'static str> = Some("Returns an iterator over one group of groupby.");
    const FLAGS: u32 = 0;
}

/// Items that several `tee` iterators share, in a list of pieces.
struct Piece {
    items: Vec<Value>,
    next: Option<Ref<Shared>>,
}

/// A piece of the items that `tee` iterators share.
pub struct Shared {
    piece: Piece,
    source: Value,
    running: bool,
}

impl Object for Shared {
    type Access = Guarded;
    const TRACKED: bool = true;
    fn trace(&self, visit: &mut Visitor<'_>) {
        visit.all(&self.piece.items);
        if let Some(next) = &self.piece.next {
            visit.reference(next);
        }
        visit.value(&self.source);
    }
}

const PIECE: usize = 64;

#[methods]
impl Shared {}

impl NativeType for Shared {
    const NAME: &'static str = "_tee_dataobject";
    const MODULE: &'static str = "itertools";
    const DOC: Option<&'static str> = Some("Data container common to multiple tee objects.");
    const FLAGS: u32 = 0;
}

/// `tee`'s iterators.
pub struct Tee {
    shared: Ref<Shared>,
    at: usize,
}

impl Object for Tee {
    type Access = Guarded;
    const TRACKED: bool = true;
    fn trace(&self, visit: &mut Visitor<'_>) {
        visit.reference(&self.shared);
    }
}

fn start(py: &mut Py, iterable: &Value) -> Result<Ref<Tee>> {
    let source = py.get_iter(iterable)?;
    if let Some(tee) = source.downcast::<Tee>() {
        let (shared, at) = (tee.get(py).shared.clone(), tee.get(py).at);
        return Ok(py.make(Tee { shared, at }));
    }
    py.define::<Shared>();
    let shared = py.make(Shared { piece: Piece { items: Vec::new(), next: None }, source, running: false });
    Ok(py.make(Tee { shared, at: 0 }))
}

#[methods]
impl Tee {
    /// Create and return a new object.
    #[staticmethod("(type, iterable, /)")]
    fn __new__(py: &mut Py, _cls: &Ref<Type>, iterable: &Value) -> Result<Value> {
        Ok(start(py, iterable)?.into_value())
    }
    /// Implement iter(self).
    #[py("(self, /)")]
    fn __iter__(_py: &mut Py, this: &Ref<Tee>) -> Value {
        this.to_value()
    }
    /// Returns an independent iterator.
    #[py("(self, /)")]
    fn __copy__(py: &mut Py, this: &Ref<Tee>) -> Value {
        let (shared, at) = (this.get(py).shared.clone(), this.get(py).at);
        py.make(Tee { shared, at }).into_value()
    }
    /// Implement next(self).
    #[py("(self, /)")]
    fn __next__(py: &mut Py, this: &Ref<Tee>) -> Result<Next> {
        let it = this.get(py);
        if let Some(item) = it.shared.get(py).piece.items.get(it.at).cloned() {
            this.get_mut(py).at += 1;
            return Ok(Next(Some(item)));
        }
        let (mut shared, mut at) = (it.shared.clone(), it.at);
        if at == PIECE {
            let next = match shared.get(py).piece.next.clone() {
                Some(next) => next,
                None => {
                    let source = shared.get(py).source.clone();
                    let next = py.make(Shared { piece: Piece { items: Vec::new(), next: None }, source, running: false });
                    shared.get_mut(py).piece.next = Some(next.clone());
                    next
                }
            };
            shared = next;
            at = 0;
        }
        let item = match shared.get(py).piece.items.get(at).cloned() {
            Some(item) => item,
            None => {
                if shared.get(py).running {
                    return Err(runtime_error("cannot re-enter the tee iterator"));
                }
                shared.get_mut(py).running = true;
                let source = shared.get(py).source.clone();
                let item = advance(py, &source);
                shared.get_mut(py).running = false;
                let Some(item) = item? else { return Ok(Next(None)) };
                shared.get_mut(py).piece.items.push(item.clone());
                item
            }
        };
        let it = this.get_mut(py);
        let old = std::mem::replace(&mut it.shared, shared);
        it.at = at + 1;
        drop(old);
        Ok(Next(Some(item)))
    }
}

impl NativeType for Tee {
    const NAME: &'static str = "_tee";
    const MODULE: &'static str = "itertools";
    const NEXT: Option<NextFn> = step!(Tee);
    const DOC: Option<&'static str> = Some("Iterator wrapped to make it copyable.");
    const FLAGS: u32 = 0;
}

/// The functions of the module.
pub struct Functions;

#[module]
impl Functions {
    /// Returns a tuple of n independent iterators.
    #[py("(iterable, n=2, /)")]
    fn tee(py: &mut Py, iterable: &Value, n: isize) -> Result<Value> {
        let Ok(n) = usize::try_from(n) else { return Err(value_error("n must be >= 0")) };
        if n > 1 << 24 {
            return Err(type_error("n is too large"));
        }
        let mut out = Vec::with_capacity(n);
        if n > 0 {
            let first = start(py, iterable)?;
            for _ in 1..n {
                let (shared, at) = (first.get(py).shared.clone(), first.get(py).at);
                out.push(py.make(Tee { shared, at }).into_value());
            }
            out.insert(0, first.into_value());
        }
        Ok(py.tuple(out))
    }
}
