//! Making an interpreter: heap, lock, types, builtins.

use std::collections::HashMap;
use std::sync::Arc;

use hashbrown::HashTable;
use lockstep_heap::{GilCell, Heap, Shape, Value};
use lockstep_sched::{Sched, ThreadHandle, ThreadKind};

use crate::object::py::{Config, Hooks, Interp, Shared};
use crate::object::strand::Strand;
use crate::object::{Exc, Py, Special};

/// Native stack that stays free below the deepest call.
const RESERVE: usize = 256 * 1024;

pub(crate) fn shared(config: Config, hash_key: (u64, u64)) -> Shared {
    Shared {
        by_tag: [const { None }; 64],
        by_id: HashMap::new(),
        exceptions: Vec::with_capacity(Exc::ALL.len()),
        named: HashMap::new(),
        interned: HashTable::new(),
        chars: Vec::new(),
        specials: Vec::with_capacity(Special::COUNT),
        empty_tuple: None,
        hash_key,
        dict_versions: 0,
        modules: None,
        builtins: None,
        sys: None,
        state: HashMap::new(),
        config,
        method_cache: Vec::new(),
        weakrefs: HashMap::new(),
        weakref_cleared: None,
        signal_handler: None,
        unraisable: None,
    }
}

impl Interp {
    /// A new interpreter without any thread; `hash_key` keys the hashes of strings.
    pub fn new(config: Config, hash_key: (u64, u64)) -> Arc<Interp> {
        let sched = Sched::new(lockstep_sched::Config::default());
        sched.set_check_interval(config.check_interval as u32);
        Arc::new(Interp {
            heap: GilCell::new(Heap::new()),
            sched,
            shared: GilCell::new(shared(config, hash_key)),
            hooks: Hooks { call: crate::vm::call_any, resume: crate::vm::resume, drain: crate::builtins::collect::drain },
        })
    }

    /// Attach the current thread and run `body` with the lock held. None if the interpreter is
    /// ending.
    pub fn run<R>(self: &Arc<Interp>, kind: ThreadKind, body: impl FnOnce(&mut Py) -> R) -> Option<R> {
        let thread = self.sched.attach(kind).ok()?;
        thread.acquire();
        Some(self.run_attached(thread, body))
    }

    /// Run `body` on a thread that holds the lock already.
    pub fn run_attached<R>(self: &Arc<Interp>, thread: ThreadHandle, body: impl FnOnce(&mut Py) -> R) -> R {
        let mut py = Py { interp: self.clone(), thread, strand: Strand::new(stack_end()) };
        py.strand.ticks = super::check_interval(&py);
        crate::vm::with_heap(&mut py, body)
    }
}

/// The lowest stack address that native code of this thread may reach.
fn stack_end() -> usize {
    let here = 0u8;
    let here = (&raw const here) as usize;
    // Where the bounds are not known the smallest stack that threads get is assumed.
    let start = lockstep_sched::stack_start().unwrap_or(here - (64 << 10));
    start + RESERVE.min((here - start) / 4)
}

/// Make types and builtins of a new interpreter. Called once, by its first thread.
pub fn initialise(py: &mut Py) {
    bootstrap(py);
    crate::types::define_all(py);
    crate::builtins::install(py);
}

/// The first objects: interned names, `type`, `object`, and what they need.
fn bootstrap(py: &mut Py) {
    use crate::types::dict::Dict;
    use crate::types::list::List;
    use crate::types::native::{GetSet, Native};
    use crate::types::str::Str;
    use crate::types::tuple::Tuple;
    py.register_shape::<Str>(&Shape::plain_tail::<Str>());
    py.register_shape::<Tuple>(&Shape::plain_tail::<Tuple>());
    py.register_shape::<Dict>(&Shape::plain::<Dict>());
    py.register_shape::<List>(&Shape::plain::<List>());
    py.register_shape::<Native>(&Shape::plain::<Native>());
    py.register_shape::<GetSet>(&Shape::plain::<GetSet>());
    py.register_shape::<crate::object::Type>(&Shape::plain::<crate::object::Type>().derive(false, 0, 0));
    for c in 0..256u32 {
        let mut bytes = Vec::new();
        lockstep_text::wtf8::push(&mut bytes, c);
        let s = py.intern_bytes(&bytes);
        py.shared_mut().chars.push(s);
    }
    for special in Special::ALL {
        let name = py.intern(special.name());
        py.shared_mut().specials.push(name);
    }
    let empty = py.heap().make_tail::<Tuple>(py.shape_of::<Tuple>(), (), std::iter::empty::<Value>());
    py.shared_mut().empty_tuple = Some(empty);
}
