//! `_bisect`: searching and inserting in sorted lists.

use lockstep_interp::object::compare::less;
use lockstep_interp::object::raise::{Result, value_error};
use lockstep_interp::types::list::List;
use lockstep_interp::types::module::Module;
use lockstep_interp::{Py, Ref, Value, module};

/// The place for `x`: after equal items if `right`, else before them.
fn place(py: &mut Py, a: &Value, x: &Value, lo: &Value, hi: &Value, key: &Value, right: bool) -> Result<usize> {
    let lo = py.index_clamped(lo)?;
    let Ok(mut lo) = usize::try_from(lo) else { return Err(value_error("lo must be non-negative")) };
    let hi = if hi.is_none() { -1 } else { py.index_clamped(hi)? };
    let mut hi = match usize::try_from(hi) {
        Ok(hi) => hi,
        Err(_) => py.len(a)?,
    };
    let list = if py.is_exact::<List>(a) { a.downcast::<List>() } else { None };
    while lo < hi {
        let middle = lo + (hi - lo) / 2;
        let item = match list.and_then(|l| l.get(py).items.get(middle).cloned()) {
            Some(item) => item,
            None => {
                let at = py.int(middle as i64);
                py.getitem(a, &at)?
            }
        };
        let item = if key.is_none() { item } else { py.call(key, &[item])? };
        let lower = if right { !less(py, x, &item)? } else { less(py, &item, x)? };
        if lower {
            lo = middle + 1;
        } else {
            hi = middle;
        }
    }
    Ok(lo)
}

fn insert(py: &mut Py, a: &Value, x: &Value, lo: &Value, hi: &Value, key: &Value, right: bool) -> Result<()> {
    let wanted = if key.is_none() { x.clone() } else { py.call(key, std::slice::from_ref(x))? };
    let at = place(py, a, &wanted, lo, hi, key, right)?;
    if py.is_exact::<List>(a)
        && let Some(list) = a.downcast::<List>()
    {
        let items = &mut list.get_mut(py).items;
        let at = at.min(items.len());
        items.insert(at, x.clone());
        return Ok(());
    }
    let at = py.int(at as i64);
    py.call_method(a, "insert", &[at, x.clone()]).map(drop)
}

/// The functions of the module.
struct Functions;

#[module]
impl Functions {
    /// Return the index where to insert item x in list a, assuming a is sorted.
    #[py("(a, x, lo=0, hi=None, *, key=None)", alias = "bisect")]
    fn bisect_right(py: &mut Py, a: &Value, x: &Value, lo: &Value, hi: &Value, key: &Value) -> Result<usize> {
        place(py, a, x, lo, hi, key, true)
    }
    /// Return the index where to insert item x in list a, assuming a is sorted.
    #[py("(a, x, lo=0, hi=None, *, key=None)")]
    fn bisect_left(py: &mut Py, a: &Value, x: &Value, lo: &Value, hi: &Value, key: &Value) -> Result<usize> {
        place(py, a, x, lo, hi, key, false)
    }
    /// Insert item x in list a, and keep it sorted assuming a is sorted.
    #[py("(a, x, lo=0, hi=None, *, key=None)", alias = "insort")]
    fn insort_right(py: &mut Py, a: &Value, x: &Value, lo: &Value, hi: &Value, key: &Value) -> Result<()> {
        insert(py, a, x, lo, hi, key, true)
    }
    /// Insert item x in list a, and keep it sorted assuming a is sorted.
    #[py("(a, x, lo=0, hi=None, *, key=None)")]
    fn insort_left(py: &mut Py, a: &Value, x: &Value, lo: &Value, hi: &Value, key: &Value) -> Result<()> {
        insert(py, a, x, lo, hi, key, false)
    }
}

/// Fill the module.
pub fn init(py: &mut Py, module: &Ref<Module>) -> Result<()> {
    let d = py.module_dict(module);
    py.add_functions::<Functions>(&d, "_bisect");
    Ok(())
}
