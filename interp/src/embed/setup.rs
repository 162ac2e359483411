//! Making an interpreter: heap, lock, types, builtins.

use std::collections::HashMap;
use std::sync::Arc;

use hashbrown::HashTable;
use lockstep_heap::{GilCell, Heap, Shape, Value};
use lockstep_sched::{Sched, ThreadHandle, ThreadKind};

use super::stream::{Sink, Stream};
use crate::object::py::{Config, Hooks, Interp, Shared};
use crate::object::strand::Strand;
use crate::object::{Exc, Py, Special};
use crate::types::dict;

/// Native stack that stays free below the deepest call.
const RESERVE: usize = 256 * 1024;

pub(crate) fn shared(config: Config, hash_key: (u64, u64)) -> Shared {
    Shared {
        by_tag: [const { None }; 64],
        by_id: HashMap::default(),
        exceptions: Vec::with_capacity(Exc::ALL.len()),
        named: HashMap::default(),
        native_shapes: Vec::new(),
        native_types: Vec::new(),
        interned: HashTable::new(),
        chars: Vec::new(),
        names: vec![None; crate::types::str::NAMES],
        empty_str: None,
        specials: Vec::with_capacity(Special::COUNT),
        special_numbers: HashMap::default(),
        empty_tuple: None,
        hash_key,
        dict_versions: 0,
        recursion_limit: 1000,
        class_name: None,
        none_shape: None,
        bool_shape: None,
        dict_iterators: Vec::new(),
        modules: None,
        builtins: None,
        sys: None,
        strands: crate::vm::Strands::default(),
        state: Vec::new(),
        state_lines: [0; crate::object::py::STATE_LINES],
        config,
        method_cache: Vec::new(),
        sites: crate::vm::Sites::default(),
        weakrefs: HashMap::default(),
        quit_handled: false,
        signal_dump: None,
        stream_write: None,
        signal_handler: None,
        unraisable: None,
        monitor: None,
        trace_epoch: 0,
        tree_hooks: None,
        library: &crate::import::NoLibrary,
    }
}

impl Interp {
    /// A new interpreter without any thread; `hash_key` keys the hashes of strings.
    pub fn new(config: Config, hash_key: (u64, u64)) -> Arc<Interp> {
        let sched = Sched::new(lockstep_sched::Config::default());
        sched.set_check_interval(config.check_interval as u32);
        let heap = Heap::new();
        let asked = sched.clone();
        heap.on_threshold(move || asked.request(lockstep_sched::Requests::COLLECT));
        Arc::new(Interp {
            heap: GilCell::new(heap),
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
        py.refresh_mode();
        py.strand.ticks = super::check_interval(&py);
        py.strand.limit = py.shared().recursion_limit;
        crate::vm::with_heap(&mut py, body)
    }

    /// The same for a thread that was started for the purpose; gives the handle back.
    pub(crate) fn run_and_return(self: &Arc<Interp>, thread: ThreadHandle, body: impl FnOnce(&mut Py)) -> ThreadHandle {
        let mut py = self.strand_of(thread);
        crate::vm::with_heap(&mut py, body);
        thread_of(py)
    }

    /// A thread's machine, on the heap: of its stack a waiting thread then needs two pages, not three.
    #[inline(never)]
    fn strand_of(self: &Arc<Interp>, thread: ThreadHandle) -> Box<Py> {
        let mut py = Box::new(Py { interp: self.clone(), thread, strand: Strand::new(stack_end()) });
        py.refresh_mode();
        py.strand.ticks = super::check_interval(&py);
        py.strand.limit = py.shared().recursion_limit;
        py.strand.first_chunk = crate::vm::SMALL_CHUNK;
        py
    }
}

/// The handle of a thread whose machine is not needed any more.
#[inline(never)]
fn thread_of(py: Box<Py>) -> ThreadHandle {
    let py = *py;
    py.thread
}

/// The lowest stack address that native code of this thread may reach.
fn stack_end() -> usize {
    let here = 0u8;
    let here = (&raw const here) as usize;
    // Where the bounds are not known, or the host runs this on a stack of its own, the smallest stack
    // that threads get is assumed.
    let start = lockstep_sched::stack_start().filter(|start| *start < here).unwrap_or(here - (64 << 10));
    start + RESERVE.min((here - start) / 4)
}

/// Make types and builtins of a new interpreter. Called once, by its first thread.
pub fn initialise(py: &mut Py, library: &'static dyn crate::import::Library) {
    bootstrap(py);
    crate::types::define_all(py);
    py.shared_mut().library = library;
    let modules = py.new_dict();
    py.shared_mut().modules = Some(modules);
    crate::builtins::install(py);
    sys(py);
}

/// The `sys` module: the namespace that the interpreter itself needs; the library's native `sys`
/// fills in the rest.
fn sys(py: &mut Py) {
    let module = py.new_module("sys", None);
    let namespace = py.module_dict(&module);
    crate::import::leave_for_later(py, &namespace);
    py.shared_mut().sys = Some(namespace.clone());
    let config = py.shared().config.clone();
    let argv = config.argv.iter().map(|a| py.os_str(a)).collect();
    let argv = py.list(argv);
    let mut path: Vec<Value> = config.path.iter().map(|p| py.str(p)).collect();
    path.push(py.str(crate::import::find::FROZEN_ENTRY));
    let path = py.list(path);
    let modules = py.shared().modules.as_ref().map_or(Value::NONE, lockstep_heap::Ref::to_value);
    let (meta_path, path_hooks, cache) = (crate::import::finders(py), py.list(Vec::new()), py.new_dict().into_value());
    for (name, value) in [
        ("argv", argv),
        ("path", path),
        ("modules", modules),
        ("meta_path", meta_path),
        ("path_hooks", path_hooks),
        ("path_importer_cache", cache),
    ] {
        dict::set_name(py, &namespace, name, value);
    }
    let modules = py.shared().modules.clone();
    if let Some(modules) = modules {
        dict::set_name(py, &modules, "sys", module.into_value());
    }
    let library = py.shared().library;
    if let Some(def) = library.natives().iter().find(|def| def.name == "sys")
        && let Some(module) = crate::import::loaded(py, "sys")
        && let Some(module) = module.downcast::<crate::types::module::Module>().cloned()
        && let Err(error) = (def.init)(py, &module)
    {
        super::report::error(py, error);
    }
}

/// Make `sys.stdout` and `sys.stderr` plain streams.
pub fn streams(py: &mut Py, stdout: Sink, stderr: Sink) {
    let Some(sys) = py.shared().sys.clone() else { return };
    for (sink, name, shown) in [(stdout, "stdout", "<stdout>"), (stderr, "stderr", "<stderr>")] {
        let stream = Stream::make(py, sink, shown).into_value();
        dict::set_name(py, &sys, name, stream.clone());
        dict::set_name(py, &sys, &format!("__{name}__"), stream);
    }
}

/// The interpreter is set up: what is there now the collector need not look at.
pub fn settle(py: &mut Py) {
    py.heap().freeze();
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
    let empty = py.intern_bytes(b"");
    py.shared_mut().empty_str = Some(empty);
    for special in Special::ALL {
        let name = py.intern(special.name());
        py.shared_mut().special_numbers.insert(name.id(), *special);
        py.shared_mut().specials.push(name);
    }
    let empty = py.heap().make_tail::<Tuple>(py.shape_of::<Tuple>(), (), std::iter::empty::<Value>());
    py.shared_mut().empty_tuple = Some(empty);
}

impl Interp {
    /// The signals of this process go to this interpreter; SIGINT is noted for its main thread.
    pub fn own_signals(self: &Arc<Interp>) {
        lockstep_sched::own_signals(&self.sched);
        // SIGPIPE and SIGXFSZ: the call that met the limit says so.
        for signum in [13, 25] {
            drop(lockstep_sched::set_disposition(signum, lockstep_sched::Disposition::Ignore));
        }
        // SIGINT, and SIGQUIT, which shows where every thread is; who started the process may have it
        // ignore them. Without a handler they would end it at once: no worse than before.
        for signum in [2, 3] {
            if !matches!(lockstep_sched::disposition(signum), Ok(lockstep_sched::Disposition::Ignore)) {
                drop(lockstep_sched::set_disposition(signum, lockstep_sched::Disposition::Noted));
            }
        }
    }
}
