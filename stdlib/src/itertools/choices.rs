//! Iterators over choices: `product`, `combinations`, `permutations`.

use lockstep_interp::object::ops::Next;
use lockstep_interp::object::raise::{Result, memory_error, type_error, value_error};
use lockstep_interp::object::{NativeType, NextFn, Type, TypeFlags};
use lockstep_interp::types::dict::{self, Dict};
use lockstep_interp::{Guarded, Object, Py, Ref, Value, Visitor, methods};

use super::{Items, step};

/// Which places of the pools the next choice has; none: at the end.
type Places = Option<Vec<usize>>;

/// `product`
pub struct Product {
    pools: Vec<Vec<Value>>,
    places: Places,
    started: bool,
}

impl Object for Product {
    type Access = Guarded;
    const TRACKED: bool = true;
    fn trace(&self, visit: &mut Visitor<'_>) {
        visit.all(self.pools.iter().flatten());
    }
}

#[methods]
impl Product {
    /// Cartesian product of input iterables.  Equivalent to nested for-loops.
    #[staticmethod("(type, /, *iterables, **kwargs)")]
    fn __new__(py: &mut Py, cls: &Ref<Type>, iterables: &[Value], kwargs: &Value) -> Result<Value> {
        let mut repeat = 1;
        if let Some(kwargs) = kwargs.downcast::<Dict>()
            && !kwargs.get(py).is_empty()
        {
            match dict::get_name(py, kwargs, "repeat") {
                Some(n) if kwargs.get(py).len() == 1 => {
                    let n = py.index_clamped(&n)?;
                    repeat = usize::try_from(n).map_err(|_| value_error("repeat argument cannot be negative"))?;
                }
                _ => {
                    let name = kwargs.get(py).keys().next().cloned().unwrap_or(Value::NONE);
                    let name = py.str_of(&name)?;
                    return Err(type_error(format!("product() got an unexpected keyword argument '{name}'")));
                }
            }
        }
        let mut one = Vec::with_capacity(iterables.len());
        if repeat > 0 {
            for iterable in iterables {
                one.push(py.collect(iterable)?);
            }
        }
        let total = one
            .len()
            .checked_mul(repeat)
            .ok_or_else(|| lockstep_interp::object::raise::overflow_error("repeat argument too large"))?;
        let mut pools = Vec::new();
        pools.try_reserve(total).map_err(|_| memory_error())?;
        for _ in 0..if one.is_empty() { 0 } else { repeat } {
            pools.extend(one.iter().cloned());
        }
        let places = (!pools.iter().any(Vec::is_empty)).then(|| vec![0; pools.len()]);
        Ok(py.make_in(cls, Product { pools, places, started: false }).into_value())
    }
    /// Implement iter(self).
    #[py("(self, /)")]
    fn __iter__(_py: &mut Py, this: &Ref<Product>) -> Value {
        this.to_value()
    }
    /// Implement next(self).
    #[py("(self, /)")]
    fn __next__(py: &mut Py, this: &Ref<Product>) -> Next {
        let it = this.get_mut(py);
        let Product { pools, places, started } = it;
        let Some(at) = places else { return Next(None) };
        if *started {
            let mut i = at.len();
            loop {
                if i == 0 {
                    *places = None;
                    return Next(None);
                }
                i -= 1;
                at[i] += 1;
                if at[i] < pools[i].len() {
                    break;
                }
                at[i] = 0;
            }
        }
        *started = true;
        let items: Items = at.iter().zip(pools.iter()).map(|(i, pool)| pool[*i].clone()).collect();
        Next(Some(py.tuple_with(items.into_iter())))
    }
}

impl NativeType for Product {
    const NAME: &'static str = "product";
    const MODULE: &'static str = "itertools";
    const NEXT: Option<NextFn> = step!(Product, simple);
    const DOC: Option<&'static str> = Some(
        "product(*iterables, repeat=1) --> product object\n\nCartesian product of input iterables.  Equivalent to nested for-loops.",
    );
    const FLAGS: u32 = TypeFlags::BASE;
}

/// The length of the choices, an argument.
fn length(n: isize) -> Result<usize> {
    usize::try_from(n).map_err(|_| value_error("r must be non-negative"))
}

/// `combinations`
pub struct Combinations {
    pool: Vec<Value>,
    places: Places,
    started: bool,
}

impl Object for Combinations {
    type Access = Guarded;
    const TRACKED: bool = true;
    fn trace(&self, visit: &mut Visitor<'_>) {
        visit.all(&self.pool);
    }
}

fn first_places(count: usize, r: usize, place: impl Fn(usize) -> usize) -> Result<Places> {
    if r > count {
        return Ok(None);
    }
    Ok(Some((0..r).map(place).collect()))
}

#[methods]
impl Combinations {
    /// Return successive r-length combinations of elements in the iterable.
    #[staticmethod("(type, iterable, r)")]
    fn __new__(py: &mut Py, cls: &Ref<Type>, iterable: &Value, r: isize) -> Result<Value> {
        let pool = py.collect(iterable)?;
        let places = first_places(pool.len(), length(r)?, |i| i)?;
        Ok(py.make_in(cls, Combinations { pool, places, started: false }).into_value())
    }
    /// Implement iter(self).
    #[py("(self, /)")]
    fn __iter__(_py: &mut Py, this: &Ref<Combinations>) -> Value {
        this.to_value()
    }
    /// Implement next(self).
    #[py("(self, /)")]
    fn __next__(py: &mut Py, this: &Ref<Combinations>) -> Next {
        let Combinations { pool, places, started } = this.get_mut(py);
        let Some(at) = places else { return Next(None) };
        if *started {
            let (n, r) = (pool.len(), at.len());
            match (0..r).rev().find(|&i| at[i] != i + n - r) {
                None => {
                    *places = None;
                    return Next(None);
                }
                Some(i) => {
                    at[i] += 1;
                    for j in i + 1..r {
                        at[j] = at[j - 1] + 1;
                    }
                }
            }
        }
        *started = true;
        let items: Items = at.iter().map(|&i| pool[i].clone()).collect();
        Next(Some(py.tuple_with(items.into_iter())))
    }
}

impl NativeType for Combinations {
    const NAME: &'static str = "combinations";
    const MODULE: &'static str = "itertools";
    const NEXT: Option<NextFn> = step!(Combinations, simple);
    const DOC: Option<&'static str> = Some(
        "Return successive r-length combinations of elements in the iterable.\n\ncombinations(range(4), 3) --> (0,1,2), (0,1,3), (0,2,3), (1,2,3)",
    );
    const FLAGS: u32 = TypeFlags::BASE;
}

/// `combinations_with_replacement`
pub struct CombinationsWithReplacement {
    pool: Vec<Value>,
    places: Places,
    started: bool,
}

impl Object for CombinationsWithReplacement {
    type Access = Guarded;
    const TRACKED: bool = true;
    fn trace(&self, visit: &mut Visitor<'_>) {
        visit.all(&self.pool);
    }
}

#[methods]
impl CombinationsWithReplacement {
    /// Return successive r-length combinations of elements in the iterable allowing individual elements to have successive repeats.
    #[staticmethod("(type, iterable, r)")]
    fn __new__(py: &mut Py, cls: &Ref<Type>, iterable: &Value, r: isize) -> Result<Value> {
        let pool = py.collect(iterable)?;
        let r = length(r)?;
        let places = if pool.is_empty() && r > 0 {
            None
        } else {
            let mut places = Vec::new();
            places.try_reserve_exact(r).map_err(|_| memory_error())?;
            places.resize(r, 0);
            Some(places)
        };
        Ok(py.make_in(cls, CombinationsWithReplacement { pool, places, started: false }).into_value())
    }
    /// Implement iter(self).
    #[py("(self, /)")]
    fn __iter__(_py: &mut Py, this: &Ref<CombinationsWithReplacement>) -> Value {
        this.to_value()
    }
    /// Implement next(self).
    #[py("(self, /)")]
    fn __next__(py: &mut Py, this: &Ref<CombinationsWithReplacement>) -> Next {
        let CombinationsWithReplacement { pool, places, started } = this.get_mut(py);
        let Some(at) = places else { return Next(None) };
        if *started {
            let last = pool.len().wrapping_sub(1);
            match (0..at.len()).rev().find(|&i| at[i] != last) {
                None => {
                    *places = None;
                    return Next(None);
                }
                Some(i) => {
                    let next = at[i] + 1;
                    at[i..].fill(next);
                }
            }
        }
        *started = true;
        let items: Items = at.iter().map(|&i| pool[i].clone()).collect();
        Next(Some(py.tuple_with(items.into_iter())))
    }
}

impl NativeType for CombinationsWithReplacement {
    const NAME: &'static str = "combinations_with_replacement";
    const MODULE: &'static str = "itertools";
    const NEXT: Option<NextFn> = step!(CombinationsWithReplacement, simple);
    const DOC: Option<&'static str> = Some(
        "Return successive r-length combinations of elements in the iterable allowing individual elements to have successive repeats.\n\ncombinations_with_replacement('ABC', 2) --> ('A','A'), ('A','B'), ('A','C'), ('B','B'), ('B','C'), ('C','C')",
    );
    const FLAGS: u32 = TypeFlags::BASE;
}

/// `permutations`
pub struct Permutations {
    pool: Vec<Value>,
    /// The order of the whole pool; the first `r` places are the choice.
    order: Places,
    cycles: Vec<usize>,
    r: usize,
    started: bool,
}

impl Object for Permutations {
    type Access = Guarded;
    const TRACKED: bool = true;
    fn trace(&self, visit: &mut Visitor<'_>) {
        visit.all(&self.pool);
    }
}

#[methods]
impl Permutations {
    /// Return successive r-length permutations of elements in the iterable.
    #[staticmethod("(type, iterable, r=None)")]
    fn __new__(py: &mut Py, cls: &Ref<Type>, iterable: &Value, r: &Value) -> Result<Value> {
        let pool = py.collect(iterable)?;
        let n = pool.len();
        let r = if r.is_none() {
            n
        } else {
            if !lockstep_interp::types::int::is_int(r) {
                return Err(type_error("Expected int as r"));
            }
            length(py.index_clamped(r)?)?
        };
        let order = (r <= n).then(|| (0..n).collect());
        let cycles = (0..r.min(n)).map(|i| n - i).collect();
        Ok(py.make_in(cls, Permutations { pool, order, cycles, r, started: false }).into_value())
    }
    /// Implement iter(self).
    #[py("(self, /)")]
    fn __iter__(_py: &mut Py, this: &Ref<Permutations>) -> Value {
        this.to_value()
    }
    /// Implement next(self).
    #[py("(self, /)")]
    fn __next__(py: &mut Py, this: &Ref<Permutations>) -> Next {
        let Permutations { pool, order, cycles, r, started } = this.get_mut(py);
        let Some(places) = order else { return Next(None) };
        if *started {
            let n = pool.len();
            let mut i = *r;
            loop {
                if i == 0 {
                    *order = None;
                    return Next(None);
                }
                i -= 1;
                cycles[i] -= 1;
                if cycles[i] == 0 {
                    places[i..].rotate_left(1);
                    cycles[i] = n - i;
                } else {
                    let j = n - cycles[i];
                    places.swap(i, j);
                    break;
                }
            }
        }
        *started = true;
        let items: Items = places[..*r].iter().map(|&i| pool[i].clone()).collect();
        Next(Some(py.tuple_with(items.into_iter())))
    }
}

impl NativeType for Permutations {
    const NAME: &'static str = "permutations";
    const MODULE: &'static str = "itertools";
    const NEXT: Option<NextFn> = step!(Permutations, simple);
    const DOC: Option<&'static str> = Some(
        "Return successive r-length permutations of elements in the iterable.\n\npermutations(range(3), 2) --> (0,1), (0,2), (1,0), (1,2), (2,0), (2,1)",
    );
    const FLAGS: u32 = TypeFlags::BASE;
}
