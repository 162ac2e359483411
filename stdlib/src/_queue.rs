//! `_queue`: the unbounded queue `SimpleQueue`.

use std::collections::VecDeque;

use lockstep_interp::object::raise::{Exc, Raised, value_error};
use lockstep_interp::object::{NativeType, Type};
use lockstep_interp::types::dict;
use lockstep_interp::types::module::Module;
use lockstep_interp::{Guarded, Object, Py, Ref, Result, Value, Visitor, methods};
use lockstep_sched::{Deadline, Outcome, Wait, WaitKind, WaitQueue};

use crate::_thread::timeout;

/// The payload of a `SimpleQueue`.
#[derive(Default)]
pub struct SimpleQueue {
    items: VecDeque<Value>,
    waiters: WaitQueue,
}

impl Object for SimpleQueue {
    type Access = Guarded;
    const TRACKED: bool = true;
    fn trace(&self, visit: &mut Visitor<'_>) {
        visit.all(&self.items);
    }
    fn clear(&mut self, out: &mut Vec<Value>) {
        out.extend(self.items.drain(..));
    }
}

impl SimpleQueue {
    fn waiters(&mut self) -> &mut WaitQueue {
        &mut self.waiters
    }
}

/// What the module keeps.
#[derive(Default)]
struct State {
    empty: Option<Value>,
}

fn empty(py: &mut Py) -> Raised {
    match py.state::<State>().empty.clone() {
        Some(class) => py.raise_value(&class),
        None => Raised::empty(Exc::Exception),
    }
}

fn put(py: &mut Py, this: &Ref<SimpleQueue>, item: Value) -> Result<()> {
    let queue = this.get_mut(py);
    if queue.items.try_reserve(1).is_err() {
        return Err(lockstep_interp::object::raise::memory_error());
    }
    queue.items.push_back(item);
    if !queue.waiters.is_empty() {
        py.wake_in(this, SimpleQueue::waiters, 1);
    }
    Ok(())
}

#[methods]
impl SimpleQueue {
    #[staticmethod("(cls, /)")]
    fn __new__(py: &mut Py, cls: &Ref<Type>) -> Value {
        py.make_in(cls, SimpleQueue::default()).into_value()
    }

    /// Put the item on the queue; it never blocks.
    #[py("(self, item, block=True, timeout=None)")]
    fn put(py: &mut Py, this: &Ref<SimpleQueue>, item: Value, block: &Value, timeout: &Value) -> Result<()> {
        let _ = (block, timeout);
        self::put(py, this, item)
    }

    /// Put the item on the queue; it never blocks.
    #[py("(self, item)")]
    fn put_nowait(py: &mut Py, this: &Ref<SimpleQueue>, item: Value) -> Result<()> {
        self::put(py, this, item)
    }

    /// Remove and return an item from the queue.
    #[py("(self, block=True, timeout=None)")]
    fn get(py: &mut Py, this: &Ref<SimpleQueue>, block: &Value, timeout: &Value) -> Result<Value> {
        let block = py.truth(block)?;
        let deadline = if timeout.is_none() || !block {
            Deadline::NEVER
        } else {
            let seconds = timeout::seconds(py, timeout)?;
            if seconds < 0.0 {
                return Err(value_error("'timeout' must be a non-negative number"));
            }
            timeout::deadline(py, seconds)
        };
        if !block && this.get(py).items.is_empty() {
            return Err(empty(py));
        }
        let mut woken = false;
        loop {
            if let Some(item) = this.get_mut(py).items.pop_front() {
                return Ok(item);
            }
            let wait = Wait::new(WaitKind::Queue).object(this.id()).until(deadline);
            match py.wait_in(this, SimpleQueue::waiters, woken, &wait)? {
                Outcome::Woken => woken = true,
                Outcome::Interrupted => {}
                Outcome::TimedOut => {
                    return match this.get_mut(py).items.pop_front() {
                        Some(item) => Ok(item),
                        None => Err(empty(py)),
                    };
                }
            }
        }
    }

    /// Remove and return an item from the queue without blocking.
    #[py("(self)")]
    fn get_nowait(py: &mut Py, this: &Ref<SimpleQueue>) -> Result<Value> {
        match this.get_mut(py).items.pop_front() {
            Some(item) => Ok(item),
            None => Err(empty(py)),
        }
    }

    /// Return True if the queue is empty, False otherwise (not reliable!).
    #[py("(self)")]
    fn empty(py: &mut Py, this: &Ref<SimpleQueue>) -> bool {
        this.get(py).items.is_empty()
    }

    /// Return the approximate size of the queue (not reliable!).
    #[py("(self)")]
    fn qsize(py: &mut Py, this: &Ref<SimpleQueue>) -> usize {
        this.get(py).items.len()
    }

    /// See PEP 585
    #[classmethod("(cls, item, /)")]
    fn __class_getitem__(py: &mut Py, cls: &Value, item: Value) -> Result<Value> {
        let types = lockstep_interp::import::import_module(py, "types")?;
        let alias = py.getattr(&types, "GenericAlias")?;
        py.call(&alias, &[cls.clone(), item])
    }
}

impl NativeType for SimpleQueue {
    const NAME: &'static str = "SimpleQueue";
    const MODULE: &'static str = "_queue";
    const DOC: Option<&'static str> = Some("Simple, unbounded, reentrant FIFO queue.");
}

/// Fills the namespace.
pub fn init(py: &mut Py, module: &Ref<Module>) -> Result<()> {
    let namespace = py.module_dict(module);
    let class = py.define::<SimpleQueue>().into_value();
    dict::set_name(py, &namespace, "SimpleQueue", class);
    let base = py.exception_type(Exc::Exception).into_value();
    let bases = py.tuple(vec![base]);
    let attributes = py.new_dict();
    for (name, text) in [("__module__", "_queue"), ("__doc__", "Exception raised by Queue.get(block=0)/get_nowait().")] {
        let text = py.str(text);
        dict::set_name(py, &attributes, name, text);
    }
    let (name, meta) = (py.str("Empty"), py.plain_metatype().clone());
    let empty = py.call(meta.as_value(), &[name, bases, attributes.into_value()])?;
    py.state::<State>().empty = Some(empty.clone());
    dict::set_name(py, &namespace, "Empty", empty);
    Ok(())
}
