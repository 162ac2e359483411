//! Iterators that join or regroup what other iterators give.

use lockstep_interp::object::ops::Next;
use lockstep_interp::object::raise::{Result, memory_error, type_error, value_error};
use lockstep_interp::object::special::BinaryOp;
use lockstep_interp::object::{NativeType, NextFn, PairsFn, Type, TypeFlags};
use lockstep_interp::types::dict::{self, Dict};
use lockstep_interp::types::tuple::Tuple;
use lockstep_interp::{Guarded, Object, Py, Ref, Value, Visitor, methods};

use super::{Items, advance, step};

/// `accumulate`
pub struct Accumulate {
    source: Value,
    function: Option<Value>,
    total: Option<Value>,
    /// The initial value, until it was given out.
    initial: Option<Value>,
}

impl Object for Accumulate {
    type Access = Guarded;
    const TRACKED: bool = true;
    fn trace(&self, visit: &mut Visitor<'_>) {
        visit.value(&self.source);
        visit.option(&self.function);
        visit.option(&self.total);
        visit.option(&self.initial);
    }
}

#[methods]
impl Accumulate {
    /// Return series of accumulated sums (or other binary function results).
    #[staticmethod("(type, iterable, func=None, *, initial=None)")]
    fn __new__(py: &mut Py, cls: &Ref<Type>, iterable: &Value, func: &Value, initial: &Value) -> Result<Value> {
        let source = py.get_iter(iterable)?;
        let function = (!func.is_none()).then(|| func.clone());
        let initial = (!initial.is_none()).then(|| initial.clone());
        Ok(py.make_in(cls, Accumulate { source, function, total: None, initial }).into_value())
    }
    /// Implement iter(self).
    #[py("(self, /)")]
    fn __iter__(_py: &mut Py, this: &Ref<Accumulate>) -> Value {
        this.to_value()
    }
    /// Implement next(self).
    #[py("(self, /)")]
    fn __next__(py: &mut Py, this: &Ref<Accumulate>) -> Result<Next> {
        if let Some(first) = this.get_mut(py).initial.take() {
            this.get_mut(py).total = Some(first.clone());
            return Ok(Next(Some(first)));
        }
        let source = this.get(py).source.clone();
        let Some(item) = advance(py, &source)? else { return Ok(Next(None)) };
        let it = this.get(py);
        let total = match (it.total.clone(), it.function.clone()) {
            (None, _) => item,
            (Some(total), None) => py.binary(BinaryOp::Add, &total, &item)?,
            (Some(total), Some(function)) => py.call(&function, &[total, item])?,
        };
        let old = this.get_mut(py).total.replace(total.clone());
        drop(old);
        Ok(Next(Some(total)))
    }
}

impl NativeType for Accumulate {
    const NAME: &'static str = "accumulate";
    const MODULE: &'static str = "itertools";
    const NEXT: Option<NextFn> = step!(Accumulate);
    const DOC: Option<&'static str> = Some("Return series of accumulated sums (or other binary function results).");
    const FLAGS: u32 = TypeFlags::BASE;
}

/// `chain`
pub struct Chain {
    /// The iterator over the iterables; none at the end.
    sources: Option<Value>,
    active: Option<Value>,
}

impl Object for Chain {
    type Access = Guarded;
    const TRACKED: bool = true;
    fn trace(&self, visit: &mut Visitor<'_>) {
        visit.option(&self.sources);
        visit.option(&self.active);
    }
}

#[methods]
impl Chain {
    /// Return a chain object whose .__next__() method returns elements from the
    /// first iterable until it is exhausted, then elements from the next
    /// iterable, until all of the iterables are exhausted.
    #[staticmethod("(type, /, *iterables)")]
    fn __new__(py: &mut Py, cls: &Ref<Type>, iterables: &[Value]) -> Result<Value> {
        let iterables = py.tuple(iterables.to_vec());
        let sources = Some(py.get_iter(&iterables)?);
        Ok(py.make_in(cls, Chain { sources, active: None }).into_value())
    }
    /// See PEP 585
    #[classmethod("(type, object, /)")]
    fn __class_getitem__(py: &mut Py, cls: &Value, object: &Value) -> Result<Value> {
        lockstep_interp::types::generic_alias::alias(py, cls, object)
    }
    /// Alternative chain() constructor taking a single iterable argument that evaluates lazily.
    #[classmethod("(type, iterable, /)")]
    fn from_iterable(py: &mut Py, cls: &Ref<Type>, iterable: &Value) -> Result<Value> {
        let sources = Some(py.get_iter(iterable)?);
        Ok(py.make_in(cls, Chain { sources, active: None }).into_value())
    }
    /// Implement iter(self).
    #[py("(self, /)")]
    fn __iter__(_py: &mut Py, this: &Ref<Chain>) -> Value {
        this.to_value()
    }
    /// Implement next(self).
    #[py("(self, /)")]
    fn __next__(py: &mut Py, this: &Ref<Chain>) -> Result<Next> {
        loop {
            let it = this.get(py);
            if let Some(active) = it.active.clone() {
                if let Some(item) = advance(py, &active)? {
                    return Ok(Next(Some(item)));
                }
                let old = this.get_mut(py).active.take();
                drop(old);
                continue;
            }
            let Some(sources) = it.sources.clone() else { return Ok(Next(None)) };
            match advance(py, &sources)? {
                Some(source) => {
                    let active = match py.get_iter(&source) {
                        Ok(active) => active,
                        Err(e) => {
                            this.get_mut(py).sources = None;
                            return Err(e);
                        }
                    };
                    this.get_mut(py).active = Some(active);
                }
                None => {
                    let old = this.get_mut(py).sources.take();
                    drop(old);
                    return Ok(Next(None));
                }
            }
        }
    }
}

impl NativeType for Chain {
    const NAME: &'static str = "chain";
    const MODULE: &'static str = "itertools";
    const NEXT: Option<NextFn> = step!(Chain);
    const DOC: Option<&'static str> = Some(
        "chain(*iterables) --> chain object\n\nThe elements of the first iterable, then those of the next, until all are exhausted.",
    );
    const FLAGS: u32 = TypeFlags::BASE;
}

/// `zip_longest`
pub struct ZipLongest {
    sources: Vec<Option<Value>>,
    active: usize,
    fill: Value,
}

impl Object for ZipLongest {
    type Access = Guarded;
    const TRACKED: bool = true;
    fn trace(&self, visit: &mut Visitor<'_>) {
        visit.all(self.sources.iter().flatten());
        visit.value(&self.fill);
    }
}

#[methods]
impl ZipLongest {
    /// Return a zip_longest object whose .__next__() method returns a tuple.
    #[staticmethod("(type, /, *iterables, **kwargs)")]
    fn __new__(py: &mut Py, cls: &Ref<Type>, iterables: &[Value], kwargs: &Value) -> Result<Value> {
        let mut fill = Value::NONE;
        if let Some(kwargs) = kwargs.downcast::<Dict>()
            && !kwargs.get(py).is_empty()
        {
            let found = dict::get_name(py, kwargs, "fillvalue");
            match found {
                Some(value) if kwargs.get(py).len() == 1 => fill = value,
                _ => return Err(type_error("zip_longest() got an unexpected keyword argument")),
            }
        }
        let mut sources = Vec::with_capacity(iterables.len());
        for iterable in iterables {
            sources.push(Some(py.get_iter(iterable)?));
        }
        let active = sources.len();
        Ok(py.make_in(cls, ZipLongest { sources, active, fill }).into_value())
    }
    /// Implement iter(self).
    #[py("(self, /)")]
    fn __iter__(_py: &mut Py, this: &Ref<ZipLongest>) -> Value {
        this.to_value()
    }
    /// Implement next(self).
    #[py("(self, /)")]
    fn __next__(py: &mut Py, this: &Ref<ZipLongest>) -> Result<Next> {
        let n = this.get(py).sources.len();
        if n == 0 || this.get(py).active == 0 {
            return Ok(Next(None));
        }
        let mut items = Items::with_capacity(n);
        for at in 0..n {
            match ZipLongest::item(py, this, at)? {
                Some(item) => items.push(item),
                None => return Ok(Next(None)),
            }
        }
        Ok(Next(Some(py.tuple_with(items.into_iter()))))
    }
}

impl ZipLongest {
    /// The next item of the source `at`, or what stands for it; none if that was the last source.
    #[inline]
    fn item(py: &mut Py, this: &Ref<ZipLongest>, at: usize) -> Result<Option<Value>> {
        if let Some(source) = this.get(py).sources.get(at).cloned().flatten() {
            match advance(py, &source) {
                Ok(Some(item)) => return Ok(Some(item)),
                Ok(None) => {
                    let it = this.get_mut(py);
                    it.active = it.active.saturating_sub(1);
                    let done = it.active == 0;
                    let old = it.sources[at].take();
                    drop(old);
                    if done {
                        return Ok(None);
                    }
                }
                Err(e) => {
                    this.get_mut(py).active = 0;
                    return Err(e);
                }
            }
        }
        Ok(Some(this.get(py).fill.clone()))
    }

    fn pair(py: &mut Py, this: &Ref<ZipLongest>) -> Result<Option<(Value, Value)>> {
        if this.get(py).active == 0 {
            return Ok(None);
        }
        let Some(first) = ZipLongest::item(py, this, 0)? else { return Ok(None) };
        Ok(ZipLongest::item(py, this, 1)?.map(|second| (first, second)))
    }
}

impl NativeType for ZipLongest {
    const NAME: &'static str = "zip_longest";
    const MODULE: &'static str = "itertools";
    const NEXT: Option<NextFn> = step!(ZipLongest);
    const PAIRS: Option<PairsFn> = Some(|py, iterator| {
        let this = iterator.downcast::<ZipLongest>().filter(|this| this.get(py).sources.len() == 2)?;
        Some(ZipLongest::pair(py, this))
    });
    const DOC: Option<&'static str> = Some(
        "zip_longest(*iterables, fillvalue=None) --> zip_longest object\n\nTuples of the iterables' elements; the shorter iterables are continued by fillvalue.",
    );
    const FLAGS: u32 = TypeFlags::BASE;
}

/// `starmap`
pub struct StarMap {
    function: Value,
    source: Value,
}

impl Object for StarMap {
    type Access = Guarded;
    const TRACKED: bool = true;
    fn trace(&self, visit: &mut Visitor<'_>) {
        visit.value(&self.function);
        visit.value(&self.source);
    }
}

#[methods]
impl StarMap {
    /// Return an iterator whose values are returned from the function evaluated with an argument tuple taken from the given sequence.
    #[staticmethod("(type, function, iterable, /)")]
    fn __new__(py: &mut Py, cls: &Ref<Type>, function: Value, iterable: &Value) -> Result<Value> {
        let source = py.get_iter(iterable)?;
        Ok(py.make_in(cls, StarMap { function, source }).into_value())
    }
    /// Implement iter(self).
    #[py("(self, /)")]
    fn __iter__(_py: &mut Py, this: &Ref<StarMap>) -> Value {
        this.to_value()
    }
    /// Implement next(self).
    #[py("(self, /)")]
    fn __next__(py: &mut Py, this: &Ref<StarMap>) -> Result<Next> {
        let it = this.get(py);
        let (function, source) = (it.function.clone(), it.source.clone());
        let Some(item) = advance(py, &source)? else { return Ok(Next(None)) };
        if let Some(args) = item.downcast::<Tuple>().filter(|_| py.is_exact::<Tuple>(&item)) {
            return py.call(&function, args.slice()).map(Some).map(Next);
        }
        let args = py.collect(&item)?;
        Ok(Next(Some(py.call(&function, &args)?)))
    }
}

impl NativeType for StarMap {
    const NAME: &'static str = "starmap";
    const MODULE: &'static str = "itertools";
    const NEXT: Option<NextFn> = step!(StarMap);
    const DOC: Option<&'static str> = Some(
        "Return an iterator whose values are returned from the function evaluated with an argument tuple taken from the given sequence.",
    );
    const FLAGS: u32 = TypeFlags::BASE;
}

/// `pairwise`
pub struct Pairwise {
    source: Option<Value>,
    old: Option<Value>,
}

impl Object for Pairwise {
    type Access = Guarded;
    const TRACKED: bool = true;
    fn trace(&self, visit: &mut Visitor<'_>) {
        visit.option(&self.source);
        visit.option(&self.old);
    }
}

#[methods]
impl Pairwise {
    /// Return an iterator of overlapping pairs taken from the input iterator.
    #[staticmethod("(type, iterable, /)")]
    fn __new__(py: &mut Py, cls: &Ref<Type>, iterable: &Value) -> Result<Value> {
        let source = Some(py.get_iter(iterable)?);
        Ok(py.make_in(cls, Pairwise { source, old: None }).into_value())
    }
    /// Implement iter(self).
    #[py("(self, /)")]
    fn __iter__(_py: &mut Py, this: &Ref<Pairwise>) -> Value {
        this.to_value()
    }
    /// Implement next(self).
    #[py("(self, /)")]
    fn __next__(py: &mut Py, this: &Ref<Pairwise>) -> Result<Next> {
        Ok(Next(Pairwise::pair(py, this)?.map(|(old, new)| py.tuple_from([old, new]))))
    }
}

impl Pairwise {
    fn pair(py: &mut Py, this: &Ref<Pairwise>) -> Result<Option<(Value, Value)>> {
        let Some(source) = this.get(py).source.clone() else { return Ok(None) };
        if this.get(py).old.is_none() {
            let first = advance(py, &source)?;
            if first.is_none() || this.get(py).source.is_none() {
                this.get_mut(py).source = None;
                return Ok(None);
            }
            this.get_mut(py).old = first;
        }
        // A reentrant call may take further items meanwhile: the old one is remembered here.
        let old = this.get(py).old.clone();
        match (old, advance(py, &source)?) {
            (Some(old), Some(new)) => {
                let last = this.get_mut(py).old.replace(new.clone());
                drop(last);
                Ok(Some((old, new)))
            }
            _ => {
                let it = this.get_mut(py);
                let gone = (it.source.take(), it.old.take());
                drop(gone);
                Ok(None)
            }
        }
    }
}

impl NativeType for Pairwise {
    const NAME: &'static str = "pairwise";
    const MODULE: &'static str = "itertools";
    const NEXT: Option<NextFn> = step!(Pairwise);
    const PAIRS: Option<PairsFn> = Some(|py, iterator| Some(Pairwise::pair(py, iterator.downcast()?)));
    const DOC: Option<&'static str> = Some("Return an iterator of overlapping pairs taken from the input iterator.");
    const FLAGS: u32 = TypeFlags::BASE;
}

/// `batched`
pub struct Batched {
    source: Option<Value>,
    size: usize,
    strict: bool,
}

impl Object for Batched {
    type Access = Guarded;
    const TRACKED: bool = true;
    fn trace(&self, visit: &mut Visitor<'_>) {
        visit.option(&self.source);
    }
}

#[methods]
impl Batched {
    /// Batch data into tuples of length n. The last batch may be shorter than n.
    #[staticmethod("(type, iterable, n, *, strict=False)")]
    fn __new__(py: &mut Py, cls: &Ref<Type>, iterable: &Value, n: isize, strict: bool) -> Result<Value> {
        if n < 1 {
            return Err(value_error("n must be at least one"));
        }
        let source = Some(py.get_iter(iterable)?);
        Ok(py.make_in(cls, Batched { source, size: n as usize, strict }).into_value())
    }
    /// Implement iter(self).
    #[py("(self, /)")]
    fn __iter__(_py: &mut Py, this: &Ref<Batched>) -> Value {
        this.to_value()
    }
    /// Implement next(self).
    #[py("(self, /)")]
    fn __next__(py: &mut Py, this: &Ref<Batched>) -> Result<Next> {
        let it = this.get(py);
        let (size, strict) = (it.size, it.strict);
        let Some(source) = it.source.clone() else { return Ok(Next(None)) };
        let mut items = Vec::new();
        items.try_reserve(size.min(1 << 10)).map_err(|_| memory_error())?;
        while items.len() < size {
            match advance(py, &source)? {
                Some(item) => items.push(item),
                None => {
                    let old = this.get_mut(py).source.take();
                    drop(old);
                    break;
                }
            }
        }
        if items.is_empty() {
            return Ok(Next(None));
        }
        if strict && items.len() < size {
            return Err(value_error("batched(): incomplete batch"));
        }
        Ok(Next(Some(py.tuple(items))))
    }
}

impl NativeType for Batched {
    const NAME: &'static str = "batched";
    const MODULE: &'static str = "itertools";
    const NEXT: Option<NextFn> = step!(Batched);
    const DOC: Option<&'static str> = Some("Batch data into tuples of length n. The last batch may be shorter than n.");
    const FLAGS: u32 = TypeFlags::BASE;
}
