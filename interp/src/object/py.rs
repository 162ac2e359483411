//! `Py`: the proof that the lock is held, and with it the way to everything of an interpreter.

use std::any::{Any, TypeId};
use std::collections::HashMap;
use std::ffi::OsString;
use std::sync::Arc;

use hashbrown::HashTable;
use lockstep_heap::{Addresses, GilCell, Heap, Object, Ref, ShapeRef, TailRef, Value, Weak};
use lockstep_sched::{Sched, ThreadHandle};

use super::class::Type;
use super::raise::{Exc, Result};
use super::strand::Strand;
use crate::types::dict::Dict;
use crate::types::list::List;
use crate::types::str::Str;
use crate::types::tuple::Tuple;

/// What the object room asks of the machine, so that it need not name it.
pub struct Hooks {
    /// Call any callable: positional arguments, then keyword names and values.
    pub call: fn(&mut Py, &Value, &[Value], &[(Ref<Str>, Value)]) -> Result<Value>,
    /// Resume a generator-like object: `Ok(None)` at its end, whose value is stored.
    pub resume: fn(&mut Py, &Value, Value) -> Result<Option<Value>>,
    /// Run finalisers of the dead.
    pub drain: fn(&mut Py),
}

/// Hashes keys that no script chooses: names of native types, and [`TypeId`]s, which are hashes.
#[derive(Clone, Copy, Default)]
pub(crate) struct PlainHasher(u64);

/// Makes [`PlainHasher`]s.
pub(crate) type Plain = std::hash::BuildHasherDefault<PlainHasher>;

impl std::hash::Hasher for PlainHasher {
    fn write(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.0 = (self.0 ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3);
        }
        // The tables look at the highest bits too.
        self.0 = self.0.wrapping_mul(0x9E37_79B9_7F4A_7C15);
    }
    fn write_u64(&mut self, hash: u64) {
        self.0 = hash;
    }
    fn finish(&self) -> u64 {
        self.0
    }
}

/// An interpreter: everything its threads share. Guarded by its lock.
pub struct Interp {
    /// Its memory. Declared first: dropped after `shared` by [`Interp::shut`].
    pub(crate) heap: GilCell<Box<Heap>>,
    /// Its lock, door and threads.
    pub sched: Arc<Sched>,
    pub(crate) shared: GilCell<Shared>,
    pub(crate) hooks: Hooks,
}

/// What is told of an event of `sys.monitoring`.
pub type MonitorHook = fn(&mut Py, &Ref<crate::types::frame::FrameObject>, Event, Value) -> Result<()>;

/// The events of `sys.monitoring` that the machine reports, with the numbers of their bits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum Event {
    /// A function begins.
    Start = 0,
    /// A generator goes on.
    Resume = 1,
    /// A function returns; with the value.
    Return = 2,
    /// A generator hands out a value.
    Yield = 3,
    /// Another line begins; with its number.
    Line = 5,
    /// An instruction is about to run.
    Instruction = 6,
    /// An exception is raised or passes; with it.
    Raise = 11,
    /// A frame ends by an exception; with it.
    Unwind = 13,
}

/// What `compile()` asks the library about syntax trees as objects.
#[derive(Clone, Copy, Debug)]
pub struct TreeHooks {
    /// Whether an object is a node.
    pub is_tree: fn(&mut Py, &Value) -> bool,
    /// The objects of a tree: its text, the tree, whether comments of types are kept, the level at
    /// which it is to be optimised.
    pub to_object: fn(&mut Py, &str, &mut lockstep_grammar::Mod, bool, Option<u8>) -> Result<Value>,
    /// The tree of an object, and the lines and columns of its spans.
    pub from_object: fn(&mut Py, &Value, lockstep_grammar::Mode) -> Result<(lockstep_grammar::Mod, lockstep_grammar::LineIndex)>,
}

/// The guarded part of [`Interp`].
pub struct Shared {
    pub(crate) by_tag: [Option<ShapeRef>; 64],
    pub(crate) by_id: HashMap<TypeId, ShapeRef, Plain>,
    /// The builtin exception classes, by number.
    pub(crate) exceptions: Vec<Ref<Type>>,
    /// Other builtin types that share a payload, by name.
    pub(crate) named: HashMap<&'static str, Ref<Type>, Plain>,
    /// The shapes of natives, by what they are to Python.
    pub(crate) native_shapes: Vec<ShapeRef>,
    /// Native types of modules, which live as long as the interpreter.
    pub(crate) native_types: Vec<Ref<Type>>,
    pub(crate) interned: HashTable<Ref<Str>>,
    /// The names that Rust code asked for last, by the address of its text.
    pub(crate) names: Vec<Option<Ref<Str>>>,
    /// One-character strings of Latin-1.
    pub(crate) chars: Vec<Ref<Str>>,
    /// The empty string.
    pub(crate) empty_str: Option<Ref<Str>>,
    pub(crate) specials: Vec<Ref<Str>>,
    /// Special methods by the address of their interned names.
    pub(crate) special_numbers: HashMap<u64, super::special::Special, Addresses>,
    pub(crate) empty_tuple: Option<Ref<Tuple>>,
    pub(crate) hash_key: (u64, u64),
    pub(crate) dict_versions: u32,
    /// `sys.getrecursionlimit()` of new threads.
    pub(crate) recursion_limit: u32,
    /// `__class__`, once it was asked for.
    pub(crate) class_name: Option<Ref<Str>>,
    /// The shape of None, once there is one.
    pub(crate) none_shape: Option<ShapeRef>,
    /// The shape of True and False, once there is one.
    pub(crate) bool_shape: Option<ShapeRef>,
    /// The types of iterators over dicts, in the order of their names.
    pub(crate) dict_iterators: Vec<Ref<Type>>,
    /// `sys.modules`
    pub modules: Option<Ref<Dict>>,
    /// The namespace of the `builtins` module.
    pub builtins: Option<Ref<Dict>>,
    /// The namespace of the `sys` module.
    pub sys: Option<Ref<Dict>>,
    /// Where the threads are.
    pub(crate) strands: crate::vm::Strands,
    /// State of modules, one value per Rust type.
    pub(crate) state: Vec<(TypeId, Box<dyn Any>)>,
    /// Where in `state` those that were asked for last are, by their types.
    pub(crate) state_lines: [u16; STATE_LINES],
    /// `-O`, `--py2` and the like.
    pub config: Config,
    /// Method lookups through the MRO: (type, name) -> value.
    pub(crate) method_cache: Vec<super::class::CacheLine>,
    /// What attribute sites found out, for sites that see many shapes.
    pub(crate) sites: crate::vm::Sites,
    /// Weak references: address of an object -> its weak reference objects, not kept alive.
    pub(crate) weakrefs: HashMap<u64, Vec<Weak>, Addresses>,
    /// A script or `faulthandler` handles SIGQUIT itself.
    pub quit_handled: bool,
    /// Makes the dump that a signal asks for; false: the signal goes on to its handler.
    pub signal_dump: Option<fn(&mut Py, i32) -> bool>,
    /// Writes text to a stream that it knows; none if it does not.
    pub stream_write: Option<fn(&mut Py, &Value, &[u8]) -> Option<Result<()>>>,
    /// Runs a signal handler.
    pub signal_handler: Option<fn(&mut Py, i32) -> Result<()>>,
    /// Reports an error that nobody can catch: error, message, object.
    pub unraisable: Option<fn(&mut Py, super::raise::Raised, &str, Option<Value>)>,
    /// `sys.monitoring`, if a tool asks for events: the frame, the event, what belongs to it.
    pub monitor: Option<MonitorHook>,
    /// Counts when somebody began to look at lines: what frames knew of theirs before is stale.
    pub trace_epoch: u64,
    /// `compile()` of and to syntax trees.
    pub tree_hooks: Option<TreeHooks>,
    /// The native and frozen modules.
    pub library: &'static dyn crate::import::Library,
}

/// How an interpreter is set up.
#[derive(Clone, Debug)]
pub struct Config {
    /// `sys.argv`
    pub argv: Vec<OsString>,
    /// `-O` level.
    pub optimize: u8,
    /// Chosen dialect; none: Python 3, and Python 2 where only that parses.
    pub dialect: Option<lockstep_grammar::Dialect>,
    /// `sys.get_int_max_str_digits()`
    pub int_max_str_digits: usize,
    /// Bytecodes between two looks at the breaker.
    pub check_interval: i32,
    /// Whether every instruction is counted.
    pub exact: bool,
    /// `sys.orig_argv`
    pub orig_argv: Vec<OsString>,
    /// `sys.executable`
    pub executable: String,
    /// `sys.path`, without the entry of the frozen library.
    pub path: Vec<String>,
    /// `-W` options, in order.
    pub warn_options: Vec<String>,
    /// `-X` options, in order.
    pub x_options: Vec<String>,
    /// `sys.flags`
    pub flags: Flags,
}

/// Switches of the command line, as `sys.flags` shows them.
#[derive(Clone, Copy, Debug, Default)]
pub struct Flags {
    /// `-i`
    pub inspect: bool,
    /// A prompt is running.
    pub interactive: bool,
    /// `-B`
    pub dont_write_bytecode: bool,
    /// `-s`
    pub no_user_site: bool,
    /// `-S`
    pub no_site: bool,
    /// `-E`
    pub ignore_environment: bool,
    /// `-v`
    pub verbose: u8,
    /// `-b`
    pub bytes_warning: u8,
    /// `-q`
    pub quiet: bool,
    /// `-I`
    pub isolated: bool,
    /// `-u`
    pub unbuffered: bool,
    /// `-P`
    pub safe_path: bool,
    /// `-X dev`
    pub dev_mode: bool,
    /// `-d`
    pub debug: u8,
    /// `PYTHONHASHSEED=0`
    pub fixed_hash: bool,
    /// `-X utf8`
    pub utf8_mode: bool,
}

impl Config {
    /// `sys.getcheckinterval()` where nobody has chosen another.
    pub const CHECK_INTERVAL: i32 = 100;
}

impl Default for Config {
    fn default() -> Self {
        Config {
            argv: vec![OsString::new()],
            optimize: 0,
            dialect: None,
            int_max_str_digits: 4300,
            check_interval: Config::CHECK_INTERVAL,
            exact: false,
            orig_argv: Vec::new(),
            executable: String::new(),
            path: Vec::new(),
            warn_options: Vec::new(),
            x_options: Vec::new(),
            flags: Flags::default(),
        }
    }
}

/// The lock is held by this thread: reading what is shared borrows it shared, writing and
/// calling borrow it exclusively.
pub struct Py {
    pub(crate) interp: Arc<Interp>,
    pub(crate) thread: ThreadHandle,
    pub(crate) strand: Strand,
}

impl Py {
    /// The memory of the interpreter.
    #[inline(always)]
    pub fn heap(&self) -> &Heap {
        self.interp.heap.get(self)
    }
    /// The interpreter.
    pub fn interp(&self) -> &Arc<Interp> {
        &self.interp
    }
    /// The thread's place at the lock and the door.
    pub fn thread(&mut self) -> &mut ThreadHandle {
        &mut self.thread
    }
    /// Shared data, to read.
    #[inline(always)]
    pub fn shared(&self) -> &Shared {
        self.interp.shared.get(self)
    }
    /// Shared data, to write.
    #[inline(always)]
    pub fn shared_mut(&mut self) -> &mut Shared {
        // The cell is borrowed through a second count of the interpreter, so that the proof can
        // be borrowed exclusively; the borrow cannot outlive either.
        let interp: *const Interp = Arc::as_ptr(&self.interp);
        crate::vm::shared_mut(interp, self)
    }
    /// The exception being handled.
    pub fn handled(&self) -> Option<&Value> {
        self.strand.handled.as_ref()
    }
    /// Change the exception being handled; returns the one before.
    pub fn set_handled(&mut self, exception: Option<Value>) -> Option<Value> {
        std::mem::replace(&mut self.strand.handled, exception)
    }
    /// The current context of `contextvars` on this thread.
    pub fn context(&self) -> Option<&Value> {
        self.strand.context.as_ref()
    }
    /// Change the current context; returns the one before.
    pub fn set_context_value(&mut self, context: Option<Value>) -> Option<Value> {
        std::mem::replace(&mut self.strand.context, context)
    }
    /// `sys.getrecursionlimit()`
    pub fn recursion_limit(&self) -> u32 {
        self.strand.limit
    }
    /// `sys.setrecursionlimit()` for this thread and those that begin later.
    pub fn set_recursion_limit(&mut self, limit: u32) {
        self.strand.limit = limit;
        self.shared_mut().recursion_limit = limit;
    }
    /// The hooks for asynchronous generators: first iteration, finalizer.
    pub fn async_hooks(&self) -> (Option<Value>, Option<Value>) {
        self.strand.async_hooks.clone()
    }
    /// Change the hooks for asynchronous generators.
    pub fn set_async_hooks(&mut self, first: Option<Value>, finalizer: Option<Value>) {
        let old = std::mem::replace(&mut self.strand.async_hooks, (first, finalizer));
        drop(old);
    }
    /// Number of Python frames on this thread.
    pub fn depth(&self) -> u32 {
        self.strand.depth
    }

    // ---------------------------------------------------------------- making objects

    /// The root shape of the type whose payload is `T`.
    #[inline(always)]
    pub fn shape_of<T: Object>(&self) -> &ShapeRef {
        let shared = self.shared();
        let found = if T::TAG != lockstep_heap::Tag::NONE {
            shared.by_tag[T::TAG.index()].as_ref()
        } else {
            shared.by_id.get(&TypeId::of::<T>())
        };
        match found {
            Some(shape) => shape,
            None => unregistered(std::any::type_name::<T>()),
        }
    }
    /// The type whose payload is `T`, if it was defined.
    pub fn type_if_defined<T: Object>(&self) -> Option<Ref<Type>> {
        let shape = self.shared().by_id.get(&TypeId::of::<T>())?;
        if shape.type_raw() == lockstep_heap::Raw::NOTHING {
            return None;
        }
        shape.type_value().downcast::<Type>().cloned()
    }
    /// The type whose payload is `T`.
    pub fn type_for<T: Object>(&self) -> Ref<Type> {
        match self.shape_of::<T>().type_value().downcast::<Type>() {
            Some(ty) => ty.clone(),
            None => unregistered(std::any::type_name::<T>()),
        }
    }
    /// A builtin type that shares its payload with others, by name (`"int"`, `"NoneType"`).
    pub fn type_named(&self, name: &str) -> Ref<Type> {
        match self.shared().named.get(name) {
            Some(ty) => ty.clone(),
            None => unregistered(name),
        }
    }
    /// The class of a builtin exception.
    pub fn exception_type(&self, kind: Exc) -> Ref<Type> {
        self.shared().exceptions[kind as usize].clone()
    }
    /// A new object of the type whose payload is `T`.
    #[inline]
    pub fn make<T: Object>(&self, payload: T) -> Ref<T> {
        self.heap().make(self.shape_of::<T>(), payload)
    }
    /// A new object of `ty`, whose payload must be `T` (a subclass of a native type).
    pub fn make_in<T: Object>(&self, ty: &Ref<Type>, payload: T) -> Ref<T> {
        let shape = &ty.get(self).shape;
        self.heap().make(shape, payload)
    }
    /// A new object with a tail copied from a slice, of `ty`.
    pub fn make_tail_in<T: Object + TailRef>(&self, ty: &Ref<Type>, fixed: T::Fixed, tail: &[T::Element]) -> Ref<T>
    where
        T::Element: Clone,
    {
        let shape = &ty.get(self).shape;
        self.heap().make_tail(shape, fixed, tail.iter().cloned())
    }
    /// A tuple.
    pub fn tuple(&self, items: Vec<Value>) -> Value {
        self.new_tuple(items).into_value()
    }
    /// A tuple of copies.
    pub fn tuple_of(&self, items: &[Value]) -> Value {
        match &self.shared().empty_tuple {
            Some(empty) if items.is_empty() => empty.to_value(),
            _ => self.heap().make_tail::<Tuple>(self.shape_of::<Tuple>(), (), items.iter().cloned()).into_value(),
        }
    }
    /// A tuple of what an iterator makes; it may use the heap.
    #[inline]
    pub fn tuple_with(&self, items: impl ExactSizeIterator<Item = Value>) -> Value {
        match &self.shared().empty_tuple {
            Some(empty) if items.len() == 0 => empty.to_value(),
            _ => self.heap().make_tail::<Tuple>(self.shape_of::<Tuple>(), (), items).into_value(),
        }
    }
    /// A tuple, typed.
    pub fn new_tuple(&self, items: Vec<Value>) -> Ref<Tuple> {
        if items.is_empty()
            && let Some(empty) = &self.shared().empty_tuple
        {
            return empty.clone();
        }
        self.heap().make_tail_list(self.shape_of::<Tuple>(), (), items)
    }
    /// A tuple of a fixed number of items.
    #[inline]
    pub fn tuple_from<const N: usize>(&self, items: [Value; N]) -> Value {
        self.heap().make_tail_array::<Tuple, N>(self.shape_of::<Tuple>(), (), items).into_value()
    }
    /// A list.
    #[inline]
    pub fn list(&self, items: Vec<Value>) -> Value {
        self.new_list(items).into_value()
    }
    /// A list, typed.
    #[inline]
    pub fn new_list(&self, items: Vec<Value>) -> Ref<List> {
        self.make(List { items })
    }
    /// An empty dict.
    pub fn new_dict(&self) -> Ref<Dict> {
        self.make(Dict::default())
    }
    /// An int.
    #[inline]
    pub fn int(&self, n: i64) -> Value {
        match Value::small_int(n) {
            Some(v) => v,
            None => crate::types::int::big(self, n.into()),
        }
    }
    /// An int from any integer of Rust.
    pub fn int_from(&self, n: impl Into<dashu_int::IBig>) -> Value {
        crate::types::int::from_ibig(self, n.into())
    }

    // ---------------------------------------------------------------- state of modules

    /// The state of type `S`, made on first use.
    pub fn state<S: Default + 'static>(&mut self) -> &mut S {
        let id = TypeId::of::<S>();
        let mut hash = PlainHasher::default();
        std::hash::Hash::hash(&id, &mut hash);
        let shared = self.shared_mut();
        let line = &mut shared.state_lines[hash.0 as usize % STATE_LINES];
        if shared.state.get(usize::from(*line)).is_none_or(|(known, _)| *known != id) {
            *line = find_state(&mut shared.state, id, || Box::<S>::default());
        }
        match shared.state.get_mut(usize::from(*line)).and_then(|(_, state)| state.downcast_mut::<S>()) {
            Some(state) => state,
            None => unregistered(std::any::type_name::<S>()),
        }
    }
    /// The state of type `S`, if there is one.
    pub fn state_if<S: 'static>(&self) -> Option<&S> {
        let id = TypeId::of::<S>();
        let states = &self.shared().state;
        states.iter().find(|(known, _)| *known == id)?.1.downcast_ref::<S>()
    }
}

/// How many states of modules are found without a search, at best.
pub(crate) const STATE_LINES: usize = 64;

/// The place of a state in the list, where it is put if it is not there.
#[cold]
#[inline(never)]
fn find_state(states: &mut Vec<(TypeId, Box<dyn Any>)>, id: TypeId, make: impl FnOnce() -> Box<dyn Any>) -> u16 {
    let found = states.iter().position(|(known, _)| *known == id);
    let at = found.unwrap_or_else(|| {
        states.push((id, make()));
        states.len() - 1
    });
    u16::try_from(at).unwrap_or(u16::MAX)
}

#[cold]
#[inline(never)]
fn unregistered(name: &str) -> ! {
    panic!("the type {name} was used before it was defined in this interpreter")
}
