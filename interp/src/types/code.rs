//! `code`: compiled code tied to an interpreter, with its constants as values and its caches.

use std::cell::Cell;
use std::sync::Arc;

use lockstep_compile::code::{Code, CodeFlags, Const, Instr};
use lockstep_heap::{Frozen, Object, Ref, Tag, Value, Visitor};
use lockstep_macros::methods;

use crate::object::{NativeType};

use crate::object::Py;
use crate::types::str::Str;

/// An inline cache of an attribute site. `id` 0 matches nothing.
#[derive(Clone, Copy, Default)]
pub struct AttrCache {
    /// Shape id that the rest holds for.
    pub id: u32,
    /// What was found: see the machine's `attr` file.
    pub kind: u8,
    /// Offset of a slot in bytes, or a place in a dict.
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

/// The payload of a code object.
pub struct CodeObject {
    /// The compiled code.
    pub code: Arc<Code>,
    /// The first instruction; `code` keeps it where it is.
    pub(crate) instrs: *const Instr,
    /// Constants as values.
    pub consts: Box<[Value]>,
    /// Names, interned.
    pub names: Box<[Ref<Str>]>,
    /// Names of registers `0 ..`, interned.
    pub varnames: Box<[Ref<Str>]>,
    /// Caches of attribute sites.
    pub attrs: Box<[Cell<AttrCache>]>,
    /// Caches of global sites.
    pub globals: Box<[Cell<GlobalCache>]>,
    /// `__name__` of functions made of it.
    pub name: Ref<Str>,
    /// `__qualname__` of functions made of it.
    pub qualname: Ref<Str>,
    /// Number of parameters if they are all positional without `*args`; else `u32::MAX`.
    pub simple_args: u32,
    /// Pinned registers.
    pub locals: u32,
    /// All registers.
    pub registers: u32,
    /// A generator, coroutine or async generator.
    pub is_generator: bool,
}

impl Object for CodeObject {
    type Access = Frozen;
    const TAG: Tag = Tag::CODE;
    const TRACKED: bool = true;
    fn trace(&self, visit: &mut Visitor<'_>) {
        visit.all(self.consts.iter());
    }
}

impl Py {
    /// A code object of this interpreter.
    pub fn new_code(&mut self, code: &Arc<Code>) -> Ref<CodeObject> {
        let consts = code.consts.iter().map(|c| self.constant(c)).collect();
        let names: Box<[Ref<Str>]> = code.names.iter().map(|n| self.intern(n)).collect();
        let varnames = code.varnames.iter().map(|n| self.intern(n)).collect();
        let simple = code.kwonly_count == 0 && code.flags.0 & (CodeFlags::VARARGS | CodeFlags::VARKEYWORDS) == 0;
        let payload = CodeObject {
            instrs: code.instrs.as_ptr(),
            consts,
            names,
            varnames,
            attrs: vec![Cell::new(AttrCache::default()); code.attr_sites.len()].into(),
            globals: vec![Cell::new(GlobalCache::default()); code.global_sites.len()].into(),
            name: self.intern(&code.name),
            qualname: self.intern(&code.qualname),
            simple_args: if simple { code.arg_count } else { u32::MAX },
            locals: u32::from(code.locals),
            registers: u32::from(code.registers),
            is_generator: code.flags.0 & (CodeFlags::GENERATOR | CodeFlags::COROUTINE | CodeFlags::ASYNC_GENERATOR) != 0,
            code: code.clone(),
        };
        self.make(payload)
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
        }
    }
}

#[methods]
impl CodeObject {}

impl NativeType for CodeObject {
    const NAME: &'static str = "code";
    const FLAGS: u32 = 0;
}
