//! The instruction set: one table that gives each instruction its documentation, its operands
//! and its effect, and is used by the compiler, the disassembler and the machine alike.
//!
//! An instruction is 64 bits: `op: u8, d: u8, a: u16, b: u16, c: u16`. Operands are registers
//! of the current frame unless the table says otherwise. `bc` is the 32-bit number made of `b`
//! (low half) and `c` (high half); `cd` the 24-bit number made of `c` (low) and `d` (high);
//! both are signed where they are jump distances, counted in instructions from the *next* one.
//!
//! Registers `0 .. code.locals` are **pinned**: the named locals first (arguments in order,
//! then the others), then the compiler's hidden ones (iterators, saved exceptions, `with`
//! managers). Registers from `code.locals` on are **temporaries**. The one rule of the machine:
//!
//! > *an instruction that reads a pinned register borrows it, one that reads a temporary
//! > consumes it* (afterwards the temporary holds nothing), and one that writes a register
//! > drops what was there. A temporary must not be read twice. The result may go into the
//! > register of an operand.
//!
//! Consequences: at `Return` all temporaries are empty; after an exception every temporary is
//! dropped before the handler runs; a value needed twice is moved into a pinned register.
//! Reading a pinned register that may be unbound needs a `CheckLocal` first, except as operand
//! of the arithmetic, comparison, attribute and subscript instructions, which check themselves.

/// What the operands of an instruction mean, for the disassembler.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// No operand.
    None,
    /// `a` register.
    A,
    /// `a`, `b` registers.
    AB,
    /// `a`, `b`, `c` registers.
    ABC,
    /// `a`, `b` registers, `c` signed 16-bit number.
    ABi,
    /// `a` register, `bc` signed 32-bit number.
    Ai,
    /// `a` register, `bc` index of a constant.
    AK,
    /// `a` register, `bc` index of a name.
    AN,
    /// `a` register, `b` register, `cd` index of an attribute site.
    ABS,
    /// `a` register, `cd` index of a global site (`b` unused).
    AS,
    /// `bc` jump distance.
    J,
    /// `a` register, `bc` jump distance.
    AJ,
    /// `a`, `b` registers, `cd` jump distance.
    ABJ,
    /// `a`, `b` registers, `c` jump distance of 16 bits, `d` sense.
    ABj,
    /// `a` register, `b` signed number, `c` jump distance of 16 bits, `d` sense.
    Aij,
    /// `a` first register, `b` count, `c` register of the result.
    Call,
    /// `a` result, `b` first register, `c` count.
    Run,
    /// `a` result, `b` first register, `c` intrinsic, `d` count.
    Intrinsic,
}

macro_rules! ops {
    ($( $(#[doc = $doc:literal])* $name:ident $form:ident ),* $(,)?) => {
        /// The instructions. See the module's documentation for how operands are written.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        #[repr(u8)]
        pub enum Op { $( $(#[doc = $doc])* $name ),* }

        impl Op {
            /// Every instruction, in the order of their numbers.
            pub const ALL: &'static [Op] = &[ $( Op::$name ),* ];
            /// The name of the instruction.
            pub const fn name(self) -> &'static str { match self { $( Op::$name => stringify!($name) ),* } }
            /// What its operands mean.
            pub const fn form(self) -> Form { match self { $( Op::$name => Form::$form ),* } }
            /// Its documentation.
            pub const fn doc(self) -> &'static str { match self { $( Op::$name => concat!($($doc, "\n"),*) ),* } }
        }
    };
}

ops! {
    // --- moving
    /// Nothing.
    Nop None,
    /// `a = b`.
    Move AB,
    /// `a = constant[bc]`.
    LoadConst AK,
    /// `a = bc` as an int.
    LoadInt Ai,
    /// `a = None`.
    LoadNone A,
    /// Drop what `a` holds; `a` becomes unbound. Never fails (see `DelLocal`).
    Drop A,
    /// `del a` of a named local: UnboundLocalError if unbound.
    DelLocal A,
    /// UnboundLocalError if the named local `a` is unbound.
    CheckLocal A,
    /// Pinned register `a` becomes a new cell that holds what `a` held (or nothing).
    MakeCell A,
    /// `a = cell b's content`; UnboundLocalError/NameError if empty.
    LoadCell AB,
    /// `cell a's content = b`.
    StoreCell AB,
    /// Empty the cell `a`; NameError if empty.
    DelCell A,
    /// `a = content of free variable bc`; NameError if empty.
    LoadFree Ai,
    /// `content of free variable bc = a`.
    StoreFree Ai,
    /// Empty the free variable `bc`; NameError if empty. (`a` unused.)
    DelFree Ai,
    /// `a = the cell of free variable bc itself` (for `__class__` of zero-argument super and `__classcell__`).
    LoadClosure Ai,
    /// In a class body: `a = locals[freevars[bc]]` if there, else the content of free variable `bc`.
    LoadLocalOrFree Ai,
    /// `a = global or builtin`, by global site `cd`.
    LoadGlobal AS,
    /// `globals[names[bc]] = a`.
    StoreGlobal AN,
    /// `del globals[names[bc]]`. (`a` unused.)
    DelGlobal AN,
    /// `a = name` looked up in locals, globals, builtins (module and class bodies), by global site `cd`.
    LoadName AS,
    /// `locals[names[bc]] = a`.
    StoreName AN,
    /// `del locals[names[bc]]`. (`a` unused.)
    DelName AN,
    // --- attributes and subscripts
    /// `a = b.name`, name of attribute site `cd`.
    LoadAttr ABS,
    /// `a.name = b`, name of attribute site `cd`.
    StoreAttr ABS,
    /// `del a.name`, name of attribute site `cd`. (`b` unused.)
    DelAttr ABS,
    /// For a call `b.name(...)`: `a, a+1 = function, b` where the attribute is a method of the
    /// type of `b`, else `a, a+1 = nothing, b.name`. Used with `CallMethod`/`CallMethodKw`.
    LoadMethod ABS,
    /// `a = super attribute`: `b, b+1, b+2` hold the name `super` as looked up, the class, the
    /// instance; name of attribute site `cd`.
    LoadSuperAttr ABS,
    /// The same for a call, into `a, a+1` as `LoadMethod`.
    LoadSuperMethod ABS,
    /// `a = b[c]`.
    GetItem ABC,
    /// `a = b[c]` with `c` a signed 16-bit number.
    GetItemInt ABi,
    /// `a[b] = c`.
    SetItem ABC,
    /// `del a[b]`.
    DelItem AB,
    /// `a = b[c : c+1]`, bounds in two registers.
    GetSlice ABC,
    /// `a[b : b+1] = c`, bounds in two registers.
    SetSlice ABC,
    /// `a = slice(b, b+1)` (c = 2) or `slice(b, b+1, b+2)` (c = 3).
    BuildSlice Run,
    // --- arithmetic. `d` = 1: the in-place form (`+=`), whose result goes where the compiler says.
    /// `a = b + c`.
    Add ABC,
    /// `a = b - c`.
    Sub ABC,
    /// `a = b * c`.
    Mul ABC,
    /// `a = b / c` (Python 3).
    TrueDiv ABC,
    /// `a = b // c`.
    FloorDiv ABC,
    /// `a = b % c`.
    Mod ABC,
    /// `a = b ** c`.
    Pow ABC,
    /// `a = b << c`.
    LShift ABC,
    /// `a = b >> c`.
    RShift ABC,
    /// `a = b & c`.
    And ABC,
    /// `a = b | c`.
    Or ABC,
    /// `a = b ^ c`.
    Xor ABC,
    /// `a = b @ c`.
    MatMul ABC,
    /// `a = b / c` of Python 2 (`__div__`, integer division of ints).
    Div2 ABC,
    /// `a = b + c` with `c` a number.
    AddInt ABi,
    /// `a = b - c` with `c` a number.
    SubInt ABi,
    /// `a = b * c` with `c` a number.
    MulInt ABi,
    /// `a = b // c` with `c` a number.
    FloorDivInt ABi,
    /// `a = b % c` with `c` a number.
    ModInt ABi,
    /// `a = b & c` with `c` a number.
    AndInt ABi,
    /// `a = b >> c` with `c` a number.
    RShiftInt ABi,
    /// `a = b << c` with `c` a number.
    LShiftInt ABi,
    /// `a = -b`.
    Neg AB,
    /// `a = +b`.
    Pos AB,
    /// `a = ~b`.
    Invert AB,
    /// `a = not b`.
    Not AB,
    // --- comparison
    /// `a = b < c`.
    Lt ABC,
    /// `a = b <= c`.
    Le ABC,
    /// `a = b == c`.
    Eq ABC,
    /// `a = b != c`.
    Ne ABC,
    /// `a = b > c`.
    Gt ABC,
    /// `a = b >= c`.
    Ge ABC,
    /// `a = b is c`.
    Is ABC,
    /// `a = b is not c`.
    IsNot ABC,
    /// `a = b in c`.
    In ABC,
    /// `a = b not in c`.
    NotIn ABC,
    // --- jumps
    /// Go on at `bc`.
    Jump J,
    /// Go back to `bc` (negative): the end of a loop's body. `a` = cost of the body in bytecodes.
    Loop AJ,
    /// Jump if `a` is true. `d` = 1: a temporary is kept when the jump is taken.
    JumpTrue AJ,
    /// Jump if `a` is false. `d` = 1: a temporary is kept when the jump is taken.
    JumpFalse AJ,
    /// Jump if `a` is None.
    JumpNone AJ,
    /// Jump if `a` is not None.
    JumpNotNone AJ,
    /// Jump if `(a < b)` is `d`.
    JumpLt ABj,
    /// Jump if `(a <= b)` is `d`.
    JumpLe ABj,
    /// Jump if `(a == b)` is `d`.
    JumpEq ABj,
    /// Jump if `(a != b)` is `d`.
    JumpNe ABj,
    /// Jump if `(a > b)` is `d`.
    JumpGt ABj,
    /// Jump if `(a >= b)` is `d`.
    JumpGe ABj,
    /// Jump if `(a in b)` is `d`.
    JumpIn ABj,
    /// Jump if `(a < number b)` is `d`.
    JumpLtInt Aij,
    /// Jump if `(a <= number b)` is `d`.
    JumpLeInt Aij,
    /// Jump if `(a == number b)` is `d`.
    JumpEqInt Aij,
    /// Jump if `(a != number b)` is `d`.
    JumpNeInt Aij,
    /// Jump if `(a > number b)` is `d`.
    JumpGtInt Aij,
    /// Jump if `(a >= number b)` is `d`.
    JumpGeInt Aij,
    // --- iteration and unpacking
    /// `a = iter(b)`; `a` is pinned when used by `ForIter`.
    GetIter AB,
    /// `b = next(a)`; at the end drop the pinned iterator `a` and jump by `cd`.
    ForIter ABJ,
    /// Spread the iterable `a` over exactly `c` registers from `b`.
    Unpack ABC,
    /// Spread the iterable `a` over `c` registers from `b`, a list of the middle, `d` registers more.
    UnpackStar ABC,
    // --- building
    /// `a = tuple of c registers from b`.
    BuildTuple Run,
    /// `a = list of c registers from b`.
    BuildList Run,
    /// `a = set of c registers from b`.
    BuildSet Run,
    /// `a = dict of c pairs (key, value) from b`.
    BuildMap Run,
    /// `a = the c strings from b joined`.
    BuildString Run,
    /// Append `b` to the list `a` (`a` is borrowed even if a temporary; also the next four).
    ListAppend AB,
    /// Extend the list `a` with the iterable `b`.
    ListExtend AB,
    /// Add `b` to the set `a`.
    SetAdd AB,
    /// Add the elements of `b` to the set `a`.
    SetUpdate AB,
    /// `a[b] = c` for the dict `a`.
    MapAdd ABC,
    /// Update the dict `a` from the mapping `b` (`{**b}`).
    DictUpdate AB,
    /// Merge the mapping `b` into the dict `a` of keyword arguments of the call of `c` (borrowed,
    /// for the message); TypeError on a repeated or non-string key.
    DictMerge ABC,
    /// `a = format(b converted by d (0 none, 1 str, 2 repr, 3 ascii), spec c)`; `c` = 0xFFFF: no spec.
    Format ABC,
    // --- calls
    /// Call `a` with the `b` arguments that follow it; the result goes to `c`. `d` = cost.
    Call Call,
    /// Call as laid out by `LoadMethod a`: `b` arguments from `a+2`; the result goes to `c`. `d` = cost.
    CallMethod Call,
    /// Call `a` with `b` arguments from `a+1`, the last of them named by the tuple `constant[c]`; the result goes to `a`.
    CallKw Call,
    /// As `CallKw` with the layout of `CallMethod`; the result goes to `a`.
    CallMethodKw Call,
    /// Call `a` with the tuple `a+1` and the dict `a+2` (unbound if there is none; b = 1 if there is); the result goes to `c`.
    /// `a+1` may also be any other iterable (`f(*x)`) and `a+2` any other mapping (`f(**x)`), which the
    /// instruction spreads.
    CallEx Call,
    /// Return `a`.
    Return A,
    /// Return None. `b` is 1 at the end of a function, which is no line of its own.
    ReturnNone None,
    /// `a = function of code constant c`. The extras lie from `b` on, in this order, each there
    /// if its bit of `d` is set: 1 tuple of defaults, 2 dict of keyword defaults, 4 annotate
    /// function, 8 tuple of type parameters. Closure cells are those named by the code's captures.
    MakeFunction Run,
    // --- generators and coroutines
    /// First instruction of a generator, coroutine or async generator: make the object and return it.
    MakeGenerator None,
    /// Hand out `b`; when resumed, `a` = the value sent. `d` = 1: inside a delegation whose
    /// iterator is the pinned register `c` (`throw` and `close` go there first).
    Yield ABC,
    /// `a = iterator for yield from b` (`d` = 1: in a coroutine, coroutines allowed).
    GetYieldFrom AB,
    /// `a = awaitable iterator of b`; `d`: 0 await, 1 the result of `__aenter__`, 2 of `__aexit__`.
    GetAwaitable AB,
    /// Send the temporary `b` to the pinned iterator `a`: `b` = what it yields; if it ends,
    /// `b` = its value, drop `a` and jump by `cd`.
    Send ABJ,
    /// `a = aiter(b)`.
    GetAIter AB,
    /// `a = awaitable of anext(b)`, `b` pinned.
    GetANext AB,
    /// `b` is the exception of an `async for`'s `anext`: if StopAsyncIteration drop the pinned
    /// iterator `a` and go on, else raise it again.
    EndAsyncFor AB,
    // --- with
    /// Enter the manager `b`: pinned `a, a+1` = its exit method as a callable pair; `c = __enter__()`.
    WithEnter ABC,
    /// Leave without an exception: call the exit pair pinned at `a` with three Nones and drop it.
    WithExit A,
    /// Leave with the exception `b` (borrowed): `c` = the exit pair's answer; drop the pair.
    WithExcept ABC,
    /// As `WithEnter` for `async with`: `c` = awaitable of `__aenter__()`.
    AsyncWithEnter ABC,
    /// As `WithExit`: `b` = awaitable of `__aexit__(None, None, None)`; drops the pair at `a`.
    AsyncWithExit AB,
    /// As `WithExcept`: `c` = awaitable of `__aexit__(...)`; drops the pair at `a`.
    AsyncWithExcept ABC,
    // --- exceptions
    /// Handler entry: pinned `a` = the exception handled so far; the one in pinned `b` becomes it.
    PushExc AB,
    /// Handler exit: the exception handled becomes again the one saved in pinned `a`.
    PopExc A,
    /// Jump by `cd` unless the exception in pinned `a` matches the class or tuple `b`.
    JumpNoMatch ABJ,
    /// Raise `a`. Chains `__context__`. `b` is 1 where it is no line of its own.
    Raise A,
    /// Raise `a` from `b`.
    RaiseFrom AB,
    /// Raise again the exception in pinned `a`, which is handed over; traceback goes on as it was.
    /// `b` is 1 where the frame is to be seen at the instruction that raised it first.
    Reraise A,
    /// `raise` alone: the exception being handled, RuntimeError if there is none.
    RaiseAgain None,
    // --- import
    /// `a = __import__(names[c], globals, locals, fromlist in b+1, level in b)`.
    ImportName Run,
    /// `a = from b import names[c]` (`b` borrowed even if a temporary).
    ImportFrom Run,
    // --- rare operations
    /// `a = intrinsic c applied to d registers from b`.
    Intrinsic Intrinsic,
}

/// The rare operations behind [`Op::Intrinsic`]: arguments lie in consecutive registers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[repr(u8)]
pub enum Intrinsic {
    /// `()` -> the builtin `__build_class__`.
    BuildClass,
    /// `()` -> the class AssertionError.
    AssertionError,
    /// `(list)` -> tuple.
    ListToTuple,
    /// `(module)` -> None; `from module import *` into the locals of the frame.
    ImportStar,
    /// `()` -> the locals mapping of the frame (class bodies, annotation scopes).
    Locals,
    /// `()` -> None; make `__annotations__` in locals if missing (module and class bodies).
    SetupAnnotations,
    /// `(value)` -> wrapped value, for `yield` in an async generator.
    AsyncGenWrap,
    /// `(exception)` -> RuntimeError if a StopIteration leaves a generator, else it raises it on.
    StopIterationError,
    /// `(value)` -> None; shows the value of an interactive statement (`sys.displayhook`).
    DisplayHook,
    /// `(subject)` -> bool: is it a mapping in the sense of `match`.
    MatchMapping,
    /// `(subject)` -> bool: is it a sequence in the sense of `match`.
    MatchSequence,
    /// `(subject)` -> `len(subject)`.
    Len,
    /// `(subject, keys tuple)` -> tuple of values, or None.
    MatchKeys,
    /// `(subject, keys tuple)` -> dict of the rest of the mapping.
    MatchRest,
    /// `(subject, class, count of positional patterns, tuple of keyword names)` -> tuple of values, or None.
    MatchClass,
    /// `(exception, type)` -> tuple `(matched part or None, rest or None)` for `except*`; checks the type.
    SplitGroup,
    /// `(original exception, list of raised and unhandled)` -> exception to raise again, or None.
    PrepReraiseStar,
    /// `(name, lazy bound or None, lazy default or None)` -> TypeVar.
    TypeVar,
    /// `(name, lazy constraints function, lazy default or None)` -> TypeVar with constraints.
    TypeVarConstraints,
    /// `(name, lazy default or None)` -> ParamSpec.
    ParamSpec,
    /// `(name, lazy default or None)` -> TypeVarTuple.
    TypeVarTuple,
    /// `(tuple of type parameters)` -> `Generic[...]` base.
    SubscriptGeneric,
    /// `(name, tuple of type parameters or None, lazy value function)` -> TypeAliasType.
    TypeAlias,
    /// `(function, tuple of type parameters)` -> the function.
    SetTypeParams,
    /// `(value, str expression, conversion str or None, format spec str)` -> Interpolation.
    Interpolation,
    /// `(tuple of str, tuple of Interpolation)` -> Template.
    Template,
    /// `(file or None, value)` -> None; one item of a Python 2 print statement.
    PrintItem,
    /// `(file or None)` -> None; the line end of a Python 2 print statement.
    PrintNewline,
    /// `(code, globals or None, locals or None)` -> None; Python 2 exec statement.
    Exec,
    /// `(kind, value or None, traceback or None)` -> never; Python 2 raise with commas.
    RaiseParts,
    /// `(value)` -> repr(value), for backquotes.
    Repr,
    /// `(format)`: raises NotImplementedError unless `format <= 2`; start of an `__annotate__` function.
    CheckAnnotateFormat,
    /// `(dict, key)`-like lookups in class annotation scopes: `(classdict, name)` -> value from
    /// the class dict, else global or builtin.
    LoadFromDictOrGlobal,
    /// `(classdict, name, cell)` -> value from the class dict, else the content of the cell.
    LoadFromDictOrCell,
    /// `(value)` -> a fresh cell holding it.
    NewCell,
}

impl Intrinsic {
    /// Every intrinsic, in the order of their numbers.
    pub const ALL: &'static [Intrinsic] = &[
        Self::BuildClass,
        Self::AssertionError,
        Self::ListToTuple,
        Self::ImportStar,
        Self::Locals,
        Self::SetupAnnotations,
        Self::AsyncGenWrap,
        Self::StopIterationError,
        Self::DisplayHook,
        Self::MatchMapping,
        Self::MatchSequence,
        Self::Len,
        Self::MatchKeys,
        Self::MatchRest,
        Self::MatchClass,
        Self::SplitGroup,
        Self::PrepReraiseStar,
        Self::TypeVar,
        Self::TypeVarConstraints,
        Self::ParamSpec,
        Self::TypeVarTuple,
        Self::SubscriptGeneric,
        Self::TypeAlias,
        Self::SetTypeParams,
        Self::Interpolation,
        Self::Template,
        Self::PrintItem,
        Self::PrintNewline,
        Self::Exec,
        Self::RaiseParts,
        Self::Repr,
        Self::CheckAnnotateFormat,
        Self::LoadFromDictOrGlobal,
        Self::LoadFromDictOrCell,
        Self::NewCell,
    ];
}

/// One instruction.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(C, align(8))]
pub struct Instr {
    /// What to do.
    pub op: Op,
    /// Small extra operand.
    pub d: u8,
    /// First operand.
    pub a: u16,
    /// Second operand.
    pub b: u16,
    /// Third operand.
    pub c: u16,
}

impl Instr {
    /// An instruction of three 16-bit operands.
    pub const fn new(op: Op, a: u16, b: u16, c: u16) -> Self {
        Self { op, d: 0, a, b, c }
    }

    /// An instruction with a 32-bit second operand.
    pub const fn wide(op: Op, a: u16, bc: i32) -> Self {
        let n = bc as u32;
        Self { op, d: 0, a, b: n as u16, c: (n >> 16) as u16 }
    }

    /// An instruction with a 24-bit third operand; `cd` must fit.
    pub const fn site(op: Op, a: u16, b: u16, cd: i32) -> Self {
        let n = cd as u32;
        Self { op, d: (n >> 16) as u8, a, b, c: n as u16 }
    }

    /// The same with `d` set.
    #[must_use]
    pub const fn with(mut self, d: u8) -> Self {
        self.d = d;
        self
    }

    /// The 32-bit operand made of `b` and `c`.
    #[inline(always)]
    pub const fn bc(&self) -> i32 {
        ((self.b as u32) | ((self.c as u32) << 16)) as i32
    }

    /// The signed 24-bit operand made of `c` and `d`.
    #[inline(always)]
    pub const fn cd(&self) -> i32 {
        (self.c as i32) | (((self.d as i8) as i32) << 16)
    }

    /// The index of the site made of `c` and `d`.
    #[inline(always)]
    pub const fn site_index(&self) -> usize {
        (self.c as usize) | ((self.d as usize) << 16)
    }
}

const _: () = assert!(size_of::<Instr>() == 8);
