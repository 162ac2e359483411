//! Iterators that leave items out.

use lockstep_interp::object::ops::Next;
use lockstep_interp::object::raise::{Result, value_error};
use lockstep_interp::object::{NativeType, NextFn, Type, TypeFlags};
use lockstep_interp::types::int;
use lockstep_interp::{Guarded, Object, Py, Ref, Value, Visitor, methods};

use super::{advance, step};

/// `compress`
pub struct Compress {
    data: Value,
    selectors: Value,
}

impl Object for Compress {
    type Access = Guarded;
    const TRACKED: bool = true;
    fn trace(&self, visit: &mut Visitor<'_>) {
        visit.value(&self.data);
        visit.value(&self.selectors);
    }
}

#[methods]
impl Compress {
    /// Return data elements corresponding to true selector elements.
    #[staticmethod("(type, data, selectors)")]
    fn __new__(py: &mut Py, cls: &Ref<Type>, data: &Value, selectors: &Value) -> Result<Value> {
        let (data, selectors) = (py.get_iter(data)?, py.get_iter(selectors)?);
        Ok(py.make_in(cls, Compress { data, selectors }).into_value())
    }
    /// Implement iter(self).
    #[py("(self, /)")]
    fn __iter__(_py: &mut Py, this: &Ref<Compress>) -> Value {
        this.to_value()
    }
    /// Implement next(self).
    #[py("(self, /)")]
    fn __next__(py: &mut Py, this: &Ref<Compress>) -> Result<Next> {
        let (data, selectors) = (this.get(py).data.clone(), this.get(py).selectors.clone());
        loop {
            let Some(item) = advance(py, &data)? else { return Ok(Next(None)) };
            let Some(selector) = advance(py, &selectors)? else { return Ok(Next(None)) };
            if py.truth(&selector)? {
                return Ok(Next(Some(item)));
            }
            py.step()?;
        }
    }
}

impl NativeType for Compress {
    const NAME: &'static str = "compress";
    const MODULE: &'static str = "itertools";
    const NEXT: Option<NextFn> = step!(Compress);
    const DOC: Option<&'static str> = Some("Return data elements corresponding to true selector elements.");
    const FLAGS: u32 = TypeFlags::BASE;
}

/// `dropwhile`
pub struct DropWhile {
    predicate: Value,
    source: Value,
    started: bool,
}

impl Object for DropWhile {
    type Access = Guarded;
    const TRACKED: bool = true;
    fn trace(&self, visit: &mut Visitor<'_>) {
        visit.value(&self.predicate);
        visit.value(&self.source);
    }
}

#[methods]
impl DropWhile {
    /// Drop items from the iterable while predicate(item) is true.
    #[staticmethod("(type, predicate, iterable, /)")]
    fn __new__(py: &mut Py, cls: &Ref<Type>, predicate: Value, iterable: &Value) -> Result<Value> {
        let source = py.get_iter(iterable)?;
        Ok(py.make_in(cls, DropWhile { predicate, source, started: false }).into_value())
    }
    /// Implement iter(self).
    #[py("(self, /)")]
    fn __iter__(_py: &mut Py, this: &Ref<DropWhile>) -> Value {
        this.to_value()
    }
    /// Implement next(self).
    #[py("(self, /)")]
    fn __next__(py: &mut Py, this: &Ref<DropWhile>) -> Result<Next> {
        let source = this.get(py).source.clone();
        loop {
            let Some(item) = advance(py, &source)? else { return Ok(Next(None)) };
            if this.get(py).started {
                return Ok(Next(Some(item)));
            }
            let predicate = this.get(py).predicate.clone();
            let drops = py.call(&predicate, std::slice::from_ref(&item))?;
            if !py.truth(&drops)? {
                this.get_mut(py).started = true;
                return Ok(Next(Some(item)));
            }
            py.step()?;
        }
    }
}

impl NativeType for DropWhile {
    const NAME: &'static str = "dropwhile";
    const MODULE: &'static str = "itertools";
    const NEXT: Option<NextFn> = step!(DropWhile);
    const DOC: Option<&'static str> = Some("Drop items from the iterable while predicate(item) is true.");
    const FLAGS: u32 = TypeFlags::BASE;
}

/// `takewhile`
pub struct TakeWhile {
    predicate: Value,
    source: Value,
    stopped: bool,
}

impl Object for TakeWhile {
    type Access = Guarded;
    const TRACKED: bool = true;
    fn trace(&self, visit: &mut Visitor<'_>) {
        visit.value(&self.predicate);
        visit.value(&self.source);
    }
}

#[methods]
impl TakeWhile {
    /// Return successive entries from an iterable as long as the predicate evaluates to true for each entry.
    #[staticmethod("(type, predicate, iterable, /)")]
    fn __new__(py: &mut Py, cls: &Ref<Type>, predicate: Value, iterable: &Value) -> Result<Value> {
        let source = py.get_iter(iterable)?;
        Ok(py.make_in(cls, TakeWhile { predicate, source, stopped: false }).into_value())
    }
    /// Implement iter(self).
    #[py("(self, /)")]
    fn __iter__(_py: &mut Py, this: &Ref<TakeWhile>) -> Value {
        this.to_value()
    }
    /// Implement next(self).
    #[py("(self, /)")]
    fn __next__(py: &mut Py, this: &Ref<TakeWhile>) -> Result<Next> {
        if this.get(py).stopped {
            return Ok(Next(None));
        }
        let (source, predicate) = (this.get(py).source.clone(), this.get(py).predicate.clone());
        let Some(item) = advance(py, &source)? else { return Ok(Next(None)) };
        let takes = py.call(&predicate, std::slice::from_ref(&item))?;
        if py.truth(&takes)? {
            return Ok(Next(Some(item)));
        }
        this.get_mut(py).stopped = true;
        Ok(Next(None))
    }
}

impl NativeType for TakeWhile {
    const NAME: &'static str = "takewhile";
    const MODULE: &'static str = "itertools";
    const NEXT: Option<NextFn> = step!(TakeWhile);
    const DOC: Option<&'static str> =
        Some("Return successive entries from an iterable as long as the predicate evaluates to true for each entry.");
    const FLAGS: u32 = TypeFlags::BASE;
}

/// `filterfalse`
pub struct FilterFalse {
    /// None: the items' own truth.
    predicate: Option<Value>,
    source: Value,
}

impl Object for FilterFalse {
    type Access = Guarded;
    const TRACKED: bool = true;
    fn trace(&self, visit: &mut Visitor<'_>) {
        visit.option(&self.predicate);
        visit.value(&self.source);
    }
}

#[methods]
impl FilterFalse {
    /// Return those items of iterable for which function(item) is false.
    #[staticmethod("(type, function, iterable, /)")]
    fn __new__(py: &mut Py, cls: &Ref<Type>, function: &Value, iterable: &Value) -> Result<Value> {
        let source = py.get_iter(iterable)?;
        let own = function.is_none() || function.is(py.type_named("bool").as_value());
        let predicate = (!own).then(|| function.clone());
        Ok(py.make_in(cls, FilterFalse { predicate, source }).into_value())
    }
    /// Implement iter(self).
    #[py("(self, /)")]
    fn __iter__(_py: &mut Py, this: &Ref<FilterFalse>) -> Value {
        this.to_value()
    }
    /// Implement next(self).
    #[py("(self, /)")]
    fn __next__(py: &mut Py, this: &Ref<FilterFalse>) -> Result<Next> {
        let (source, predicate) = (this.get(py).source.clone(), this.get(py).predicate.clone());
        loop {
            let Some(item) = advance(py, &source)? else { return Ok(Next(None)) };
            let truth = match &predicate {
                Some(predicate) => {
                    let answer = py.call(predicate, std::slice::from_ref(&item))?;
                    py.truth(&answer)?
                }
                None => py.truth(&item)?,
            };
            if !truth {
                return Ok(Next(Some(item)));
            }
            py.step()?;
        }
    }
}

impl NativeType for FilterFalse {
    const NAME: &'static str = "filterfalse";
    const MODULE: &'static str = "itertools";
    const NEXT: Option<NextFn> = step!(FilterFalse);
    const DOC: Option<&'static str> = Some("Return those items of iterable for which function(item) is false.");
    const FLAGS: u32 = TypeFlags::BASE;
}

/// `islice`
pub struct ISlice {
    source: Option<Value>,
    /// Number of items taken from the source so far.
    taken: u64,
    /// The place of the next item.
    next: u64,
    stop: Option<u64>,
    step: u64,
}

impl Object for ISlice {
    type Access = Guarded;
    const TRACKED: bool = true;
    fn trace(&self, visit: &mut Visitor<'_>) {
        visit.option(&self.source);
    }
}

/// A bound of a slice: none for `None`.
fn bound(py: &mut Py, value: &Value, message: &str) -> Result<Option<u64>> {
    if value.is_none() {
        return Ok(None);
    }
    let n = match py.index(value) {
        Ok(n) => int::as_i64(&n),
        Err(e) if e.is(lockstep_interp::Exc::TypeError) => None,
        Err(e) => return Err(e),
    };
    match n {
        Some(n) if n >= 0 => Ok(Some(n as u64)),
        _ => Err(value_error(message)),
    }
}

#[methods]
impl ISlice {
    /// Return an iterator whose next() method returns selected values from an iterable.
    #[staticmethod("(type, iterable, start, stop=<unbound>, step=<unbound>, /)")]
    fn __new__(
        py: &mut Py,
        cls: &Ref<Type>,
        iterable: &Value,
        start: &Value,
        stop: Option<&Value>,
        step: Option<&Value>,
    ) -> Result<Value> {
        const STOP: &str = "Stop argument for islice() must be None or an integer: 0 <= x <= sys.maxsize.";
        const BOTH: &str = "Indices for islice() must be None or an integer: 0 <= x <= sys.maxsize.";
        let (next, stop) = match stop {
            None => (0, bound(py, start, STOP)?),
            Some(stop) => {
                let stop = bound(py, stop, STOP)?;
                (bound(py, start, BOTH)?.unwrap_or(0), stop)
            }
        };
        let step = match step {
            Some(step) => bound(py, step, "Step for islice() must be a positive integer or None.")?.unwrap_or(1),
            None => 1,
        };
        if step == 0 {
            return Err(value_error("Step for islice() must be a positive integer or None."));
        }
        let source = Some(py.get_iter(iterable)?);
        Ok(py.make_in(cls, ISlice { source, taken: 0, next, stop, step }).into_value())
    }
    /// Implement iter(self).
    #[py("(self, /)")]
    fn __iter__(_py: &mut Py, this: &Ref<ISlice>) -> Value {
        this.to_value()
    }
    /// Implement next(self).
    #[py("(self, /)")]
    fn __next__(py: &mut Py, this: &Ref<ISlice>) -> Result<Next> {
        let it = this.get(py);
        let Some(source) = it.source.clone() else { return Ok(Next(None)) };
        let target = it.stop.map_or(it.next, |stop| it.next.min(stop));
        while this.get(py).taken < target {
            if advance(py, &source)?.is_none() {
                this.get_mut(py).source = None;
                return Ok(Next(None));
            }
            this.get_mut(py).taken += 1;
            if target > 1000 {
                py.step()?;
            }
        }
        let it = this.get_mut(py);
        if it.stop.is_some_and(|stop| it.taken >= stop) {
            let old = it.source.take();
            drop(old);
            return Ok(Next(None));
        }
        let Some(item) = advance(py, &source)? else {
            let old = this.get_mut(py).source.take();
            drop(old);
            return Ok(Next(None));
        };
        let it = this.get_mut(py);
        it.taken += 1;
        it.next = it.next.saturating_add(it.step);
        if let Some(stop) = it.stop {
            it.next = it.next.min(stop);
        }
        Ok(Next(Some(item)))
    }
}

impl NativeType for ISlice {
    const NAME: &'static str = "islice";
    const MODULE: &'static str = "itertools";
    const NEXT: Option<NextFn> = step!(ISlice);
    const DOC: Option<&'static str> = Some(
        "islice(iterable, stop) --> islice object\nislice(iterable, start, stop[, step]) --> islice object\n\nThe items that a slice with these bounds would select.",
    );
    const FLAGS: u32 = TypeFlags::BASE;
}
