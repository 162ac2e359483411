//! `code`: compiled code tied to an interpreter, with its constants as values and its caches.

use std::cell::{Cell, OnceCell};
use std::sync::Arc;

use lockstep_compile::code::marshal::Frozen;
use lockstep_compile::code::{Capture, Code, CodeFlags, Const, Instr, Op, Position};
use lockstep_heap::{Late, Object, Ref, Tag, Value, Visitor};
use lockstep_macros::methods;

use crate::object::raise::{Result, type_error, value_error};
use crate::object::{NativeType, Py, Type};
use crate::types::generator::Flavour;
use crate::types::str::Str;
use crate::types::tuple::Tuple;

/// An inline cache of an attribute site. `id` 0 matches nothing.
#[derive(Clone, Copy, Default)]
pub struct AttrCache {
    /// Shape id that the rest holds for.
    pub id: u32,
    /// What was found: see the machine's `attr` file.
    pub kind: u8,
    /// Stands for the instruction and the name that it looks for, once something was found: see
    /// there, too.
    pub topic: u16,
    /// Offset of a slot in bytes, a place in a dict, or how a native method is called.
    pub offset: u32,
    /// A dict's keys version, or the id of the shape after adding.
    pub version: u32,
    /// A value found in a class; not counted: alive as long as the shape id is valid.
    pub value: u64,
}

/// An inline cache of a global site: places in the globals and builtins dicts.
#[derive(Clone, Copy, Default)]
pub struct GlobalCache {
    /// Keys version of the globals; 0 matches nothing.
    pub globals: u32,
    /// Keys version of the builtins if the name was found there, else 0.
    pub builtins: u32,
    /// Place of the entry.
    pub place: u32,
}

/// Compiled code; that of the program's own library is read when it is looked at.
pub struct LateCode {
    code: OnceCell<Arc<Code>>,
    frozen: Option<Arc<Frozen>>,
}

impl std::ops::Deref for LateCode {
    type Target = Arc<Code>;
    fn deref(&self) -> &Arc<Code> {
        self.code.get_or_init(|| match &self.frozen {
            Some(frozen) => frozen.code(),
            None => unreachable!("a code object without code"),
        })
    }
}

/// What the machine needs of a code object when it runs.
pub(crate) struct Parts {
    pub(crate) consts: Box<[Value]>,
    pub(crate) names: Box<[Ref<Str>]>,
    pub(crate) varnames: Box<[Ref<Str>]>,
    pub(crate) attrs: Box<[Cell<AttrCache>]>,
    pub(crate) globals: Box<[Cell<GlobalCache>]>,
    pub(crate) simple_args: u32,
    pub(crate) frame_args: u32,
    pub(crate) finalize: bool,
}

/// The payload of a code object. What is late is there once the code was made ready to run.
pub struct CodeObject {
    /// The compiled code.
    pub code: LateCode,
    /// The first instruction, which `code` keeps where it is; null as long as the code is not ready.
    pub(crate) instrs: Cell<*const Instr>,
    /// Constants as values.
    pub consts: Late<Box<[Value]>>,
    /// Names, interned.
    pub names: Late<Box<[Ref<Str>]>>,
    /// Names of registers `0 ..`, interned.
    pub varnames: Late<Box<[Ref<Str>]>>,
    /// Caches of attribute sites.
    pub attrs: Late<Box<[Cell<AttrCache>]>>,
    /// Caches of global sites.
    pub globals: Late<Box<[Cell<GlobalCache>]>>,
    /// Where the cells of its free variables come from.
    pub captures: Box<[Capture]>,
    /// `__name__` of functions made of it.
    pub name: Ref<Str>,
    /// `__qualname__` of functions made of it.
    pub qualname: Ref<Str>,
    /// Number of parameters if they are all positional without `*args`; else, and as long as the
    /// code is not ready, `u32::MAX`.
    pub simple_args: Cell<u32>,
    /// Pinned registers.
    pub locals: u32,
    /// All registers.
    pub registers: u32,
    /// The same if calling it makes a frame; `u32::MAX` if it makes a generator.
    pub frame_args: Cell<u32>,
    /// A generator, coroutine or async generator.
    pub is_generator: bool,
    /// Which of them.
    pub flavour: Flavour,
    /// It has handlers of its own, so the death of a generator may have something to run.
    pub finalize: Cell<bool>,
}

impl Object for CodeObject {
    type Access = lockstep_heap::Frozen;
    const TAG: Tag = Tag::CODE;
    const TRACKED: bool = true;
    fn trace(&self, visit: &mut Visitor<'_>) {
        visit.all(self.consts.iter());
    }
}

const GENERATORS: u32 = CodeFlags::GENERATOR | CodeFlags::COROUTINE | CodeFlags::ASYNC_GENERATOR;

/// Which kind of generator calling code with these flags makes, if it makes one.
fn flavour(flags: CodeFlags) -> Flavour {
    if flags.has(CodeFlags::ASYNC_GENERATOR) {
        Flavour::AsyncGenerator
    } else if flags.has(CodeFlags::COROUTINE) {
        Flavour::Coroutine
    } else {
        Flavour::Generator
    }
}

impl Py {
    /// The code object that [`Py::code_bytes`] wrote.
    pub fn code_from_bytes(&mut self, bytes: &[u8]) -> Result<Value> {
        match lockstep_compile::code::marshal::from_bytes(bytes) {
            Ok(code) => Ok(self.new_code(&code).into_value()),
            Err(e) => Err(value_error(e.to_string())),
        }
    }
    /// Code as bytes, for [`Py::code_from_bytes`].
    pub fn code_bytes(&self, code: &Ref<CodeObject>) -> Vec<u8> {
        lockstep_compile::code::marshal::to_bytes(&code.code)
    }
    /// A code object of this interpreter.
    pub fn new_code(&mut self, code: &Arc<Code>) -> Ref<CodeObject> {
        let parts = self.code_parts(code);
        self.code_of(code, parts)
    }

    fn code_of(&mut self, code: &Arc<Code>, parts: Parts) -> Ref<CodeObject> {
        let payload = CodeObject {
            instrs: Cell::new(code.instrs.as_ptr()),
            consts: Late::new(parts.consts),
            names: Late::new(parts.names),
            varnames: Late::new(parts.varnames),
            attrs: Late::new(parts.attrs),
            globals: Late::new(parts.globals),
            captures: code.captures.clone(),
            name: self.intern(&code.name),
            qualname: self.intern(&code.qualname),
            simple_args: Cell::new(parts.simple_args),
            frame_args: Cell::new(parts.frame_args),
            flavour: flavour(code.flags),
            finalize: Cell::new(parts.finalize),
            locals: u32::from(code.locals),
            registers: u32::from(code.registers),
            is_generator: code.flags.0 & GENERATORS != 0,
            code: LateCode { code: OnceCell::from(code.clone()), frozen: None },
        };
        self.make(payload)
    }

    /// A code object that is made ready when it is to run.
    fn frozen_code(&mut self, code: &Arc<Frozen>) -> Ref<CodeObject> {
        let payload = CodeObject {
            instrs: Cell::new(std::ptr::null()),
            consts: Late::default(),
            names: Late::default(),
            varnames: Late::default(),
            attrs: Late::default(),
            globals: Late::default(),
            captures: code.captures.clone(),
            name: self.intern(code.name),
            qualname: self.intern(code.qualname),
            simple_args: Cell::new(u32::MAX),
            frame_args: Cell::new(u32::MAX),
            flavour: flavour(code.flags),
            finalize: Cell::new(true),
            locals: u32::from(code.locals),
            registers: u32::from(code.registers),
            is_generator: code.flags.0 & GENERATORS != 0,
            code: LateCode { code: OnceCell::new(), frozen: Some(code.clone()) },
        };
        self.make(payload)
    }

    /// What running the code needs.
    pub(crate) fn code_parts(&mut self, code: &Arc<Code>) -> Parts {
        let consts = code.consts.iter().map(|c| self.constant(c)).collect();
        let names: Box<[Ref<Str>]> = code.names.iter().map(|n| self.intern(n)).collect();
        let varnames = code.varnames.iter().map(|n| self.intern(n)).collect();
        let simple = code.kwonly_count == 0 && code.flags.0 & (CodeFlags::VARARGS | CodeFlags::VARKEYWORDS) == 0;
        let is_generator = code.flags.0 & GENERATORS != 0;
        Parts {
            consts,
            names,
            varnames,
            attrs: vec![Cell::new(AttrCache::default()); code.attr_sites.len()].into(),
            globals: vec![Cell::new(GlobalCache::default()); code.global_sites.len()].into(),
            simple_args: if simple { code.arg_count } else { u32::MAX },
            frame_args: if simple && !is_generator { code.arg_count } else { u32::MAX },
            // Every generator has one handler, which turns a StopIteration that gets out into an error.
            finalize: code.handlers.len() > 1 || flavour(code.flags) != Flavour::Generator,
        }
    }

    /// A constant as a value.
    pub fn constant(&mut self, constant: &Const) -> Value {
        match constant {
            Const::None => Value::NONE,
            Const::Bool(b) => Value::bool(*b),
            Const::Ellipsis => Value::ELLIPSIS,
            Const::Int(n) => self.int(*n),
            Const::BigInt(n) => self.int_from(n.clone()),
            Const::Float(x) => Value::float(*x),
            Const::Complex(re, im) => self.make(crate::types::complex::Complex { re: *re, im: *im }).into_value(),
            Const::Str(s) => {
                // Texts that look like names are interned, as CPython does it.
                if s.len() <= 64 && s.iter().all(|b| b.is_ascii_alphanumeric() || *b == b'_') {
                    self.intern_bytes(s).into_value()
                } else {
                    self.new_str_bytes(s).into_value()
                }
            }
            Const::Bytes(b) => self.bytes(b),
            Const::Tuple(items) => {
                let items = items.iter().map(|c| self.constant(c)).collect();
                self.tuple(items)
            }
            Const::FrozenSet(items) => {
                let items = items.iter().map(|c| self.constant(c)).collect::<Vec<_>>();
                crate::types::set::frozen_constant(self, items)
            }
            Const::Slice(parts) => {
                let [a, b, c] = &**parts;
                let (a, b, c) = (self.constant(a), self.constant(b), self.constant(c));
                crate::types::slice::make(self, a, b, c)
            }
            Const::Code(code) => self.new_code(code).into_value(),
            Const::Frozen(code) => self.frozen_code(code).into_value(),
        }
    }
}

/// Names as a tuple of strings.
fn names<'a>(py: &mut Py, names: impl Iterator<Item = &'a str>) -> Value {
    let names = names.map(|n| py.intern(n).into_value()).collect();
    py.tuple(names)
}

/// Bytes of an instruction, as offsets count them.
const INSTRUCTION: usize = 2;

/// What a code object is made of, with one part changed by name.
fn change(py: &mut Py, code: &mut Code, name: &str, value: &Value) -> Result<()> {
    let number = |py: &mut Py| -> Result<u32> {
        match crate::types::int::as_i64(value).and_then(|n| u32::try_from(n).ok()) {
            Some(n) => Ok(n),
            None if crate::types::int::is_int(value) => Err(value_error(format!("replace() argument '{name}' is out of range"))),
            None => Err(type_error(format!("'{}' object cannot be interpreted as an integer", py.type_name(value)))),
        }
    };
    let text = |py: &mut Py| -> Result<Arc<str>> {
        match value.downcast::<Str>() {
            Some(s) => Ok(s.to_str(py)?.into()),
            None => Err(type_error(format!("replace() argument '{name}' must be str, not {}", py.type_name(value)))),
        }
    };
    match name {
        "co_name" => code.name = text(py)?,
        "co_qualname" => code.qualname = text(py)?,
        "co_filename" => code.filename = text(py)?,
        "co_firstlineno" => code.first_line = number(py)?,
        "co_flags" => {
            let flags = number(py)?;
            // The other flags say how frames are laid out and what calls make.
            if (flags ^ code.flags.0) & !CodeFlags::ITERABLE_COROUTINE != 0 {
                return Err(value_error("code: co_flags may only change CO_ITERABLE_COROUTINE"));
            }
            code.flags = CodeFlags(flags);
        }
        _ => return Err(type_error(format!("replace() got an unexpected keyword argument '{name}'"))),
    }
    Ok(())
}

/// Whether two codes are the same but for the file that they are from, their constants left aside.
fn same_but_for_file(a: &Code, b: &Code) -> bool {
    let bare = |code: &Code| Code { filename: b.filename.clone(), consts: Box::default(), ..code.clone() };
    a.instrs == b.instrs && bare(a) == bare(b)
}

#[methods]
impl CodeObject {
    /// Return self==value.
    #[py("(self, value, /)")]
    fn __eq__(py: &mut Py, this: &Ref<CodeObject>, value: &Value) -> Result<Value> {
        let Some(other) = value.downcast::<CodeObject>() else { return Ok(Value::NOT_IMPLEMENTED) };
        crate::vm::ready(py, this);
        crate::vm::ready(py, other);
        let same = this.is(other)
            || Arc::ptr_eq(&this.code, &other.code) && this.consts_equal(py, other)?
            || same_but_for_file(&this.code, &other.code) && this.consts_equal(py, other)?;
        Ok(Value::bool(same))
    }
    /// Return hash(self).
    #[py("(self, /)")]
    fn __hash__(py: &mut Py, this: &Ref<CodeObject>) -> i64 {
        let text = format!("{}:{}:{}:{}", this.code.name, this.code.first_line, this.code.instrs.len(), this.code.arg_count);
        py.new_str(&text).hash(py) as i64
    }
    /// Create a code object. Not for mere mortals.
    #[staticmethod("(type, /, *args, **kwargs)")]
    fn __new__(_py: &mut Py, _cls: &Ref<Type>, _args: &[Value], _kwargs: &Value) -> Result<Value> {
        Err(crate::object::raise::not_implemented("making code objects from their parts; use compile() or code.replace()"))
    }
    /// Return repr(self).
    #[py("(self, /)")]
    fn __repr__(_py: &mut Py, this: &Ref<CodeObject>) -> String {
        let c = &this.code;
        format!("<code object {} at {:#x}, file \"{}\", line {}>", c.name, this.id(), c.filename, c.first_line)
    }
    /// The number of arguments (not including keyword only arguments, * or ** args).
    #[getter]
    fn co_argcount(_py: &mut Py, this: &Ref<CodeObject>) -> u32 {
        this.code.arg_count
    }
    #[getter]
    fn co_cellvars(py: &mut Py, this: &Ref<CodeObject>) -> Value {
        names(py, this.code.cellvars.iter().map(|(n, _)| &**n))
    }
    #[getter]
    fn co_code(py: &mut Py, this: &Ref<CodeObject>) -> Value {
        // One opcode byte per instruction: enough to compare and to measure.
        let code = &this.code;
        let mut bytes = Vec::with_capacity(INSTRUCTION * (1 + code.instrs.len()));
        bytes.extend([Op::Nop as u8, 0]);
        for (index, instr) in code.instrs.iter().enumerate() {
            bytes.extend(code.marks(index).iter().flat_map(|_| [Op::Nop as u8, 0]));
            bytes.extend([instr.op as u8, 0]);
        }
        py.bytes(&bytes)
    }
    #[getter]
    fn co_consts(py: &mut Py, this: &Ref<CodeObject>) -> Value {
        crate::vm::ready(py, this);
        py.tuple(this.consts.to_vec())
    }
    #[getter]
    fn co_exceptiontable(py: &mut Py, _this: &Ref<CodeObject>) -> Value {
        py.bytes(b"")
    }
    #[getter]
    fn co_filename(py: &mut Py, this: &Ref<CodeObject>) -> Value {
        py.str(&this.code.filename)
    }
    #[getter]
    fn co_firstlineno(_py: &mut Py, this: &Ref<CodeObject>) -> u32 {
        this.code.first_line
    }
    #[getter]
    fn co_flags(_py: &mut Py, this: &Ref<CodeObject>) -> u32 {
        this.code.flags.0
    }
    #[getter]
    fn co_freevars(py: &mut Py, this: &Ref<CodeObject>) -> Value {
        names(py, this.code.freevars.iter().map(|n| &**n))
    }
    #[getter]
    fn co_kwonlyargcount(_py: &mut Py, this: &Ref<CodeObject>) -> u32 {
        this.code.kwonly_count
    }
    /// Return iterator over (start, end, lineno).
    #[py("(self, /)")]
    fn co_lines(py: &mut Py, this: &Ref<CodeObject>) -> Result<Value> {
        let code = this.code.clone();
        let mut rows: Vec<(usize, usize, u32)> = Vec::new();
        let mut at = 0;
        for (position, count) in code.places() {
            match rows.last_mut() {
                Some(last) if last.2 == position.line => last.1 = at + count,
                _ => rows.push((at, at + count, position.line)),
            }
            at += count;
        }
        let rows = rows
            .into_iter()
            .map(|(start, end, line)| {
                // Only the place of the call can have the line 0.
                let line = if line == 0 && start > 0 { Value::NONE } else { py.int(i64::from(line)) };
                let (start, end) = (py.int((start * INSTRUCTION) as i64), py.int((end * INSTRUCTION) as i64));
                py.tuple(vec![start, end, line])
            })
            .collect();
        let rows = py.list(rows);
        py.get_iter(&rows)
    }
    #[getter]
    fn co_linetable(py: &mut Py, _this: &Ref<CodeObject>) -> Value {
        py.bytes(b"")
    }
    #[getter]
    fn co_lnotab(py: &mut Py, _this: &Ref<CodeObject>) -> Value {
        py.bytes(b"")
    }
    #[getter]
    fn co_name(_py: &mut Py, this: &Ref<CodeObject>) -> Value {
        this.name.to_value()
    }
    #[getter]
    fn co_names(py: &mut Py, this: &Ref<CodeObject>) -> Value {
        names(py, this.code.names.iter().map(|n| &**n))
    }
    #[getter]
    fn co_nlocals(_py: &mut Py, this: &Ref<CodeObject>) -> usize {
        this.code.varnames.len()
    }
    /// Return iterator over (lineno, end_lineno, col_offset, end_col_offset).
    #[py("(self, /)")]
    fn co_positions(py: &mut Py, this: &Ref<CodeObject>) -> Result<Value> {
        let code = this.code.clone();
        let mut rows = Vec::with_capacity(code.instrs.len());
        for (p, count) in code.places() {
            let row = if p == Position::default() && !rows.is_empty() {
                vec![Value::NONE; 4]
            } else {
                [p.line, p.end_line, p.column, p.end_column].map(|n| py.int(i64::from(n))).to_vec()
            };
            let row = py.tuple(row);
            rows.extend(std::iter::repeat_n(row, count));
        }
        let rows = py.list(rows);
        py.get_iter(&rows)
    }
    #[getter]
    fn co_posonlyargcount(_py: &mut Py, this: &Ref<CodeObject>) -> u32 {
        this.code.posonly_count
    }
    #[getter]
    fn co_qualname(_py: &mut Py, this: &Ref<CodeObject>) -> Value {
        this.qualname.to_value()
    }
    #[getter]
    fn co_stacksize(_py: &mut Py, this: &Ref<CodeObject>) -> u32 {
        this.registers
    }
    #[getter]
    fn co_varnames(py: &mut Py, this: &Ref<CodeObject>) -> Value {
        names(py, this.code.varnames.iter().map(|n| &**n))
    }
    /// Return a copy of the code object with new values for the specified fields.
    #[py("(self, /, **kwargs)", alias = "__replace__")]
    fn replace(py: &mut Py, this: &Ref<CodeObject>, kwargs: &Value) -> Result<Value> {
        crate::vm::ready(py, this);
        let mut code = (**this.code).clone();
        let mut consts = None;
        for (name, value) in crate::types::r#type::keywords_of(py, kwargs) {
            let name = name.to_string();
            if name == "co_consts" {
                let Some(given) = value.downcast::<Tuple>() else {
                    return Err(type_error(format!(
                        "replace() argument 'co_consts' must be tuple, not {}",
                        py.type_name(&value)
                    )));
                };
                if given.len() < this.consts.len() {
                    return Err(value_error("code: co_consts is too small"));
                }
                consts = Some(given.slice().to_vec());
                continue;
            }
            if READ_ONLY.contains(&name.as_str()) {
                let own = py.getattr(this.as_value(), &name)?;
                if !py.eq(&own, &value)? {
                    return Err(value_error(format!("code: {name} describes the instructions and cannot be replaced")));
                }
                continue;
            }
            change(py, &mut code, &name, &value)?;
        }
        let code = Arc::new(code);
        let mut parts = py.code_parts(&code);
        if let Some(consts) = consts {
            parts.consts = consts.into();
        }
        Ok(py.code_of(&code, parts).into_value())
    }
}

/// Parts that belong to the instructions: they may only be given as they are.
const READ_ONLY: &[&str] = &[
    "co_argcount",
    "co_posonlyargcount",
    "co_kwonlyargcount",
    "co_nlocals",
    "co_stacksize",
    "co_code",
    "co_names",
    "co_varnames",
    "co_freevars",
    "co_cellvars",
    "co_linetable",
    "co_exceptiontable",
];

impl CodeObject {
    fn consts_equal(&self, py: &mut Py, other: &CodeObject) -> Result<bool> {
        if self.consts.len() != other.consts.len() {
            return Ok(false);
        }
        for (a, b) in self.consts.iter().zip(other.consts.iter()) {
            if py.type_name(a) != py.type_name(b) || !py.eq(a, b)? {
                return Ok(false);
            }
        }
        Ok(true)
    }
}

impl NativeType for CodeObject {
    const NAME: &'static str = "code";
    const FLAGS: u32 = 0;
}
