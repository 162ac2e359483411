//! `_heapq`: priority queues in lists.

use lockstep_interp::object::compare::less;
use lockstep_interp::object::raise::{Result, index_error, runtime_error, type_error};
use lockstep_interp::types::list::List;
use lockstep_interp::types::module::Module;
use lockstep_interp::{Py, Ref, Value, module};

fn heap<'a>(py: &Py, value: &'a Value, function: &str) -> Result<&'a Ref<List>> {
    match value.downcast::<List>() {
        Some(list) => Ok(list),
        None => Err(type_error(format!("{function}() argument must be list, not {}", py.type_name(value)))),
    }
}

fn item(py: &Py, list: &Ref<List>, at: usize) -> Result<Value> {
    list.get(py).items.get(at).cloned().ok_or_else(|| index_error("index out of range"))
}

/// Whether `a` goes before `b`; an error if the heap changed size meanwhile.
fn before(py: &mut Py, list: &Ref<List>, len: usize, a: &Value, b: &Value, max: bool) -> Result<bool> {
    let answer = if max { less(py, b, a)? } else { less(py, a, b)? };
    if list.get(py).items.len() != len {
        return Err(runtime_error("list changed size during iteration"));
    }
    Ok(answer)
}

/// Move the item at `at` towards the root until its parent goes before it.
fn rise(py: &mut Py, list: &Ref<List>, start: usize, mut at: usize, max: bool) -> Result<()> {
    let len = list.get(py).items.len();
    let new = item(py, list, at)?;
    while at > start {
        let parent = (at - 1) >> 1;
        let other = item(py, list, parent)?;
        if !before(py, list, len, &new, &other, max)? {
            break;
        }
        list.get_mut(py).items.swap(parent, at);
        at = parent;
    }
    Ok(())
}

/// Move the item at `at` down to a leaf along the smaller children, then up to its place.
fn sink(py: &mut Py, list: &Ref<List>, start: usize, max: bool) -> Result<()> {
    let len = list.get(py).items.len();
    let mut at = start;
    while 2 * at + 1 < len {
        let mut child = 2 * at + 1;
        if child + 1 < len {
            let (a, b) = (item(py, list, child)?, item(py, list, child + 1)?);
            if !before(py, list, len, &a, &b, max)? {
                child += 1;
            }
        }
        list.get_mut(py).items.swap(at, child);
        at = child;
    }
    rise(py, list, start, at, max)
}

fn push(py: &mut Py, list: &Ref<List>, value: Value, max: bool) -> Result<()> {
    list.get_mut(py).items.push(value);
    let last = list.get(py).items.len() - 1;
    rise(py, list, 0, last, max)
}

fn pop(py: &mut Py, list: &Ref<List>, max: bool) -> Result<Value> {
    let Some(last) = list.get_mut(py).items.pop() else { return Err(index_error("index out of range")) };
    match list.get_mut(py).items.first_mut() {
        Some(first) => {
            let out = std::mem::replace(first, last);
            sink(py, list, 0, max)?;
            Ok(out)
        }
        None => Ok(last),
    }
}

fn replace(py: &mut Py, list: &Ref<List>, value: Value, max: bool) -> Result<Value> {
    let Some(first) = list.get_mut(py).items.first_mut() else { return Err(index_error("index out of range")) };
    let out = std::mem::replace(first, value);
    sink(py, list, 0, max)?;
    Ok(out)
}

fn push_pop(py: &mut Py, list: &Ref<List>, value: Value, max: bool) -> Result<Value> {
    let Some(first) = list.get(py).items.first().cloned() else { return Ok(value) };
    let smaller = if max { less(py, &value, &first)? } else { less(py, &first, &value)? };
    match (smaller, list.get(py).items.is_empty()) {
        (false, _) => Ok(value),
        (true, true) => Err(index_error("index out of range")),
        (true, false) => replace(py, list, value, max),
    }
}

fn order(py: &mut Py, list: &Ref<List>, max: bool) -> Result<()> {
    for at in (0..list.get(py).items.len() / 2).rev() {
        sink(py, list, at, max)?;
    }
    Ok(())
}

/// The functions of the module.
struct Functions;

#[module]
impl Functions {
    /// Push item onto heap, maintaining the heap invariant.
    #[py("(heap, item, /)")]
    fn heappush(py: &mut Py, heap: &Value, item: Value) -> Result<()> {
        let list = self::heap(py, heap, "heappush")?;
        push(py, list, item, false)
    }
    /// Pop the smallest item off the heap, maintaining the heap invariant.
    #[py("(heap, /)")]
    fn heappop(py: &mut Py, heap: &Value) -> Result<Value> {
        let list = self::heap(py, heap, "heappop")?;
        pop(py, list, false)
    }
    /// Pop and return the current smallest value, and add the new item.
    #[py("(heap, item, /)")]
    fn heapreplace(py: &mut Py, heap: &Value, item: Value) -> Result<Value> {
        let list = self::heap(py, heap, "heapreplace")?;
        replace(py, list, item, false)
    }
    /// Push item on the heap, then pop and return the smallest item from the heap.
    #[py("(heap, item, /)")]
    fn heappushpop(py: &mut Py, heap: &Value, item: Value) -> Result<Value> {
        let list = self::heap(py, heap, "heappushpop")?;
        push_pop(py, list, item, false)
    }
    /// Transform list into a heap, in-place, in O(len(heap)) time.
    #[py("(heap, /)")]
    fn heapify(py: &mut Py, heap: &Value) -> Result<()> {
        let list = self::heap(py, heap, "heapify")?;
        order(py, list, false)
    }
    /// Push item onto max heap, maintaining the heap invariant.
    #[py("(heap, item, /)")]
    fn heappush_max(py: &mut Py, heap: &Value, item: Value) -> Result<()> {
        let list = self::heap(py, heap, "heappush_max")?;
        push(py, list, item, true)
    }
    /// Maxheap variant of heappop.
    #[py("(heap, /)")]
    fn heappop_max(py: &mut Py, heap: &Value) -> Result<Value> {
        let list = self::heap(py, heap, "heappop_max")?;
        pop(py, list, true)
    }
    /// Maxheap variant of heapreplace.
    #[py("(heap, item, /)")]
    fn heapreplace_max(py: &mut Py, heap: &Value, item: Value) -> Result<Value> {
        let list = self::heap(py, heap, "heapreplace_max")?;
        replace(py, list, item, true)
    }
    /// Maxheap variant of heappushpop.
    #[py("(heap, item, /)")]
    fn heappushpop_max(py: &mut Py, heap: &Value, item: Value) -> Result<Value> {
        let list = self::heap(py, heap, "heappushpop_max")?;
        push_pop(py, list, item, true)
    }
    /// Maxheap variant of heapify.
    #[py("(heap, /)")]
    fn heapify_max(py: &mut Py, heap: &Value) -> Result<()> {
        let list = self::heap(py, heap, "heapify_max")?;
        order(py, list, true)
    }
}

/// Fill the module.
pub fn init(py: &mut Py, module: &Ref<Module>) -> Result<()> {
    let d = py.module_dict(module);
    py.add_functions::<Functions>(&d, "_heapq");
    Ok(())
}
