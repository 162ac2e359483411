//! `zip`: items of several iterators side by side.

use lockstep_heap::{Guarded, Object, Ref, Tag, Value, Visitor};
use lockstep_macros::methods;

use crate::object::ops::Next;
use crate::object::raise::{Raised, Result, value_error};
use crate::object::{NativeType, Py, Type, TypeFlags};

/// The payload of a zip.
pub struct Zip {
    /// The iterators; none at all once it is over.
    pub iterators: Vec<Value>,
    /// Whether iterators of different lengths are an error.
    pub strict: bool,
}

impl Object for Zip {
    type Access = Guarded;
    const TAG: Tag = Tag::ZIP;
    const TRACKED: bool = true;
    fn trace(&self, visit: &mut Visitor<'_>) {
        visit.all(&self.iterators);
    }
    fn clear(&mut self, out: &mut Vec<Value>) {
        out.append(&mut self.iterators);
    }
}

/// The ValueError of `strict=True`: argument `at` (from 0) differs from those before it.
#[cold]
pub fn uneven(function: &str, at: usize, word: &str) -> Raised {
    let before = if at == 1 { "argument 1".to_owned() } else { format!("arguments 1-{at}") };
    value_error(format!("{function}() argument {} is {word} than {before}", at + 1))
}

/// The items of several iterators.
pub type Items = smallvec::SmallVec<[Value; 4]>;

/// One item of each iterator; none at the end of the shortest.
pub fn step(py: &mut Py, iterators: &[Value], strict: bool, function: &str) -> Result<Option<Items>> {
    let mut items = Items::with_capacity(iterators.len());
    for (at, iterator) in iterators.iter().enumerate() {
        match py.next(iterator)? {
            Some(item) => items.push(item),
            None => {
                if !strict {
                    return Ok(None);
                }
                if at > 0 {
                    return Err(uneven(function, at, "shorter"));
                }
                for (other, iterator) in iterators.iter().enumerate().skip(1) {
                    if py.next(iterator)?.is_some() {
                        return Err(uneven(function, other, "longer"));
                    }
                }
                return Ok(None);
            }
        }
    }
    Ok(Some(items))
}

/// The next items of a zip of two iterators.
#[inline]
pub fn advance_pair(py: &mut Py, this: &Ref<Zip>) -> Result<Option<(Value, Value)>> {
    let [a, b] = this.get(py).iterators.as_slice() else { return Ok(None) };
    let (a, b) = (a.clone(), b.clone());
    let Some(x) = py.next(&a)? else { return Ok(None) };
    let Some(y) = py.next(&b)? else { return Ok(None) };
    Ok(Some((x, y)))
}

/// The next tuple of a zip of `N` iterators.
fn advance_by<const N: usize>(py: &mut Py, this: &Ref<Zip>) -> Result<Option<Value>> {
    let mut items = [const { Value::NONE }; N];
    for (at, item) in items.iter_mut().enumerate() {
        let Some(iterator) = this.get(py).iterators.get(at).cloned() else { return Ok(None) };
        let Some(next) = py.next(&iterator)? else { return Ok(None) };
        *item = next;
    }
    Ok(Some(py.tuple_from(items)))
}

/// The next tuple.
#[inline]
pub fn next(py: &mut Py, this: &Ref<Zip>) -> Result<Option<Value>> {
    let it = this.get(py);
    if it.iterators.len() == 2 && !it.strict {
        return Ok(advance_pair(py, this)?.map(|(x, y)| py.tuple_from([x, y])));
    }
    match it.iterators.len() {
        0 => return Ok(None),
        3 if !it.strict => return advance_by::<3>(py, this),
        4 if !it.strict => return advance_by::<4>(py, this),
        _ => {}
    }
    let (iterators, strict) = (Items::from(it.iterators.as_slice()), it.strict);
    Ok(step(py, &iterators, strict, "zip")?.map(|items| py.tuple_with(items.into_iter())))
}

#[methods]
impl Zip {
    /// Create and return a new object.
    #[staticmethod("(type, /, *iterables, strict=False)")]
    fn __new__(py: &mut Py, cls: &Ref<Type>, iterables: &[Value], strict: bool) -> Result<Value> {
        let mut iterators = Vec::with_capacity(iterables.len());
        for iterable in iterables {
            iterators.push(py.get_iter(iterable)?);
        }
        Ok(py.make_in(cls, Zip { iterators, strict }).into_value())
    }
    #[py("(self, /)")]
    fn __iter__(_py: &mut Py, this: &Ref<Zip>) -> Value {
        this.to_value()
    }
    #[py("(self, /)")]
    fn __next__(py: &mut Py, this: &Ref<Zip>) -> Result<Next> {
        next(py, this).map(Next)
    }
    /// Return state information for pickling.
    #[py("(self, /)")]
    fn __reduce__(py: &mut Py, this: &Ref<Zip>) -> Value {
        let (iterators, strict) = (this.get(py).iterators.clone(), this.get(py).strict);
        let arguments = py.tuple(iterators);
        let ty = py.type_of(this.as_value()).into_value();
        let mut parts = vec![ty, arguments];
        if strict {
            parts.push(Value::TRUE);
        }
        py.tuple(parts)
    }
    /// Set state information for unpickling.
    #[py("(self, state, /)")]
    fn __setstate__(py: &mut Py, this: &Ref<Zip>, state: &Value) -> Result<()> {
        let strict = py.truth(state)?;
        this.get_mut(py).strict = strict;
        Ok(())
    }
}

impl NativeType for Zip {
    const NAME: &'static str = "zip";
    const DOC: Option<&'static str> = Some(
        "The zip object yields n-length tuples, where n is the number of iterables\npassed as positional arguments to zip().  The i-th element in every tuple\ncomes from the i-th iterable argument to zip().  This continues until the\nshortest argument is exhausted.\n\nIf strict is true and one of the arguments is exhausted before the others,\nraise a ValueError.\n\n   >>> list(zip('abcdefg', range(3), range(4)))\n   [('a', 0, 0), ('b', 1, 1), ('c', 2, 2)]",
    );
    const FLAGS: u32 = TypeFlags::BASE;
}
