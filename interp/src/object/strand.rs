//! A strand: a chain of frames with their registers. Plain data; the machine (`vm`) gives it life.

use lockstep_compile::code::Instr;
use lockstep_heap::{Raw, Shape, Value};

/// What happens with the result when a frame returns.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum Return {
    /// Into register `dst` of the caller.
    Register,
    /// Out of the loop, to the native code that called.
    Native,
    /// Thrown away.
    Discard,
    /// `__init__`: must be None; register `dst` gets the new object, kept in `extra`.
    Init,
    /// `__new__` of a class called with what is kept in `extra`, a tuple of the class and the
    /// arguments: if it returns an instance, that is initialised; register `dst` gets it.
    New,
    /// Truth goes into `dst` (inverted if `sense` lacks `TRUE`).
    Truth,
    /// The caller jumps by `jump` if the truth is the one that `sense` says.
    Branch,
    /// Item of a `for` loop: into `dst`; StopIteration ends the loop by `jump`.
    Iterate,
    /// A value handed out by a generator or sent to one: into `dst`; its end jumps by `jump`
    /// and puts its value into `dst`.
    Send,
}

/// Frame flags.
pub mod frame_flags {
    /// The registers lie in a chunk that was begun for this frame.
    pub const NEW_CHUNK: u8 = 1;
    /// The frame belongs to a generator object, which owns frame and registers.
    pub const GENERATOR: u8 = 2;
    /// A frame object exists and must take the registers over at the end.
    pub const OBSERVED: u8 = 4;
    /// The operands of the caller's operator lie in the two registers below the frame's:
    /// NotImplemented makes the machine try the rest of the protocol.
    pub const OPERANDS: u8 = 8;
    /// Entered while instrumented; no trace function has been told yet.
    pub const FRESH: u8 = 16;
    /// A generator's frame that handles an exception of its own, not one of whoever resumed it.
    pub const HANDLING: u8 = 32;
}

/// How `Return::Truth` and `Return::Branch` look at a result.
pub mod sense {
    /// The truth that is wanted is true.
    pub const TRUE: u8 = 1;
    /// The result is that of `__bool__`, which must be a bool.
    pub const BOOL: u8 = 2;
}

/// A running function. Reached by raw pointers from the machine alone.
#[repr(C)]
pub struct Frame {
    /// The caller, or the next free frame.
    pub prev: *mut Frame,
    /// The next instruction, saved whenever other code runs.
    pub pc: *const Instr,
    /// First register.
    pub base: *mut Raw,
    /// End of the register memory that lies behind `base`.
    pub limit: *mut Raw,
    /// The code object's payload; `func` keeps it alive.
    pub code: *const crate::types::code::CodeObject,
    /// The function, owned; or the code object itself for module and class bodies.
    pub func: Raw,
    /// The globals dict; `func` or `locals_owner` keeps it alive.
    pub globals: Raw,
    /// The builtins dict.
    pub builtins: Raw,
    /// Locals mapping of module, class and exec bodies; owned, or nothing.
    pub locals: Raw,
    /// The new object (`Return::Init`), class and arguments (`Return::New`) or the generator; owned,
    /// or nothing.
    pub extra: Raw,
    /// The frame object, owned, if somebody asked for it.
    pub object: Raw,
    /// The exception that was being handled when a generator was resumed; owned, or nothing.
    pub handled: Raw,
    /// Jump distance of `Return::Branch`, `Iterate`, `Send`.
    pub jump: i32,
    /// Register of the caller for the result.
    pub dst: u16,
    /// See [`Return`].
    pub ret: Return,
    /// See [`frame_flags`].
    pub flags: u8,
    /// What `Return::Branch` and `Return::Truth` want, see [`sense`].
    pub sense: u8,
    /// Last line reported to a trace function.
    pub traced_line: u32,
}

/// What a trace function is being told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Told {
    /// No trace function runs.
    Nothing,
    /// A new frame begins.
    Call,
    /// A line begins, or an instruction, or a generator goes on.
    Line,
    /// Anything else.
    Other,
}

/// A piece of register memory.
pub struct Chunk {
    /// The registers.
    pub words: Box<[Raw]>,
    /// First free register when the next chunk was begun.
    pub top: *mut Raw,
}

/// Shapes that the loop tests for by address.
#[derive(Clone, Copy)]
pub struct Shapes {
    /// Of functions.
    pub function: *const Shape,
    /// Of lists.
    pub list: *const Shape,
    /// Of tuples.
    pub tuple: *const Shape,
    /// Of iterators over ranges of immediate ints.
    pub range: *const Shape,
    /// Of dicts.
    pub dict: *const Shape,
    /// Of sets.
    pub set: *const Shape,
    /// Of strings.
    pub str: *const Shape,
    /// Of native functions.
    pub native: *const Shape,
    /// Of generators.
    pub generator: *const Shape,
    /// Of coroutines.
    pub coroutine: *const Shape,
    /// Of async generators.
    pub async_generator: *const Shape,
    /// Of iterators over lists.
    pub list_iter: *const Shape,
    /// Of iterators over tuples.
    pub tuple_iter: *const Shape,
    /// Of iterators over strings.
    pub str_iter: *const Shape,
    /// The one-character strings of Latin-1.
    pub chars: *const lockstep_heap::Ref<crate::types::str::Str>,
}

/// The state of the machine on one thread.
pub struct Strand {
    /// The running frame, null outside Python code.
    pub frame: *mut Frame,
    /// Frames for reuse, linked by `prev`.
    pub free: *mut Frame,
    /// Register memory; the last one is in use.
    pub chunks: Vec<Chunk>,
    /// The chunk that was given back last.
    pub spare: Option<Chunk>,
    /// Registers of the first chunk.
    pub first_chunk: usize,
    /// Frames on the strand.
    pub depth: u32,
    /// `sys.setrecursionlimit`
    pub limit: u32,
    /// Bytecodes left until the breaker is read.
    pub ticks: i32,
    /// Items that native loops may take until the breaker is read; see `embed::pace`.
    pub steps: i32,
    /// How often they have read it since the machine last did.
    pub looks: u32,
    /// The exception being handled (`sys.exception()`).
    pub handled: Option<Value>,
    /// Lowest stack address that native code may reach.
    pub stack_end: usize,
    /// The machine's table of handlers in force; null before the first run.
    pub handlers: *const (),
    /// Whether every instruction is looked at first (`sys.settrace` and the like, exact counting).
    pub instrumented: bool,
    /// `sys.settrace` function.
    pub trace: Option<Value>,
    /// `sys.setprofile` function.
    pub profile: Option<Value>,
    /// Inside a trace or profile function.
    pub tracing: bool,
    /// What the trace function is told of, and the frame it is about.
    pub told: (Told, *mut Frame),
    /// Native functions that a profile function has been told about, with the calling frames.
    pub native_calls: Vec<(*mut Frame, Value)>,
    /// `sys.set_asyncgen_hooks`: called at the first iteration, and instead of closing.
    pub async_hooks: (Option<Value>, Option<Value>),
    /// The current context of `contextvars`, once one was asked for.
    pub context: Option<Value>,
    /// See [`Shapes`].
    pub shapes: Shapes,
    /// Containers whose `repr` is under way.
    pub shown: Vec<u64>,
    /// The machine's result on its way to native code; owned, or nothing.
    pub result: Raw,
    /// The error that looks for a handler, between two functions of the machine.
    pub error: Option<super::raise::Raised>,
    /// Last references that the machine is about to drop; or nothing.
    pub dying: [Raw; 3],
    /// How many frames coroutines remember of where they were made.
    pub origin_depth: u32,
    /// Bytecodes that an instruction counted which will run, and count them, again.
    pub owed: i32,
}

impl Strand {
    /// Drops the values that are kept besides the frames.
    pub fn let_go(&mut self) {
        drop((self.handled.take(), self.trace.take(), self.profile.take(), self.context.take(), self.error.take()));
        drop((std::mem::take(&mut self.native_calls), std::mem::take(&mut self.async_hooks)));
    }

    /// A strand that runs nothing. `stack_end`: see the field.
    pub fn new(stack_end: usize) -> Strand {
        Strand {
            frame: std::ptr::null_mut(),
            free: std::ptr::null_mut(),
            chunks: Vec::new(),
            spare: None,
            first_chunk: crate::vm::FIRST_CHUNK,
            depth: 0,
            limit: 1000,
            ticks: 100,
            steps: 0,
            looks: 0,
            handled: None,
            stack_end,
            handlers: std::ptr::null(),
            instrumented: false,
            trace: None,
            profile: None,
            tracing: false,
            told: (Told::Nothing, std::ptr::null_mut()),
            context: None,
            native_calls: Vec::new(),
            async_hooks: (None, None),
            shapes: Shapes {
                function: std::ptr::null(),
                list: std::ptr::null(),
                tuple: std::ptr::null(),
                range: std::ptr::null(),
                dict: std::ptr::null(),
                set: std::ptr::null(),
                str: std::ptr::null(),
                native: std::ptr::null(),
                generator: std::ptr::null(),
                coroutine: std::ptr::null(),
                async_generator: std::ptr::null(),
                list_iter: std::ptr::null(),
                tuple_iter: std::ptr::null(),
                str_iter: std::ptr::null(),
                chars: std::ptr::null(),
            },
            shown: Vec::new(),
            result: Raw::NOTHING,
            error: None,
            dying: [Raw::NOTHING; 3],
            origin_depth: 0,
            owed: 0,
        }
    }
}
