//! A code object in the making: instructions, labels, registers, constants and names.
//!
//! While it is made, registers are numbered in four regions, so that each can grow: named locals
//! from 0, comprehension variables from [`COMP`], hidden pinned ones from [`HIDDEN`], temporaries
//! from [`TEMP`]. `assemble` moves them together.

use std::collections::HashMap;

use lockstep_grammar::Span;

use super::exits::Block;
use super::scope::{Private, ScopeId};
use crate::code::{Capture, CodeFlags, Const, Instr, Intrinsic, Op, marshal, object::Name};

/// A register.
pub(crate) type Reg = u16;

pub(crate) const COMP: Reg = 0x2000;
pub(crate) const HIDDEN: Reg = 0x4000;
pub(crate) const TEMP: Reg = 0x8000;
/// The operand of `Format` that says there is no specification.
pub(crate) const NO_SPEC: Reg = 0xFFFF;

/// Whether a register is a temporary.
pub(crate) const fn is_temp(reg: Reg) -> bool {
    reg >= TEMP
}

/// A place to jump to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Label(pub u32);

/// Instructions covered by a handler.
pub(crate) struct Range {
    pub start: u32,
    pub end: u32,
    pub target: Label,
    pub register: Reg,
    pub depth: u32,
}

/// Which locals are certainly bound here; `None`: nobody gets here.
pub(crate) type Bound = Option<Vec<u64>>;

/// Where the code stands that is only reached if all of `a` and `b` lead to it.
pub(crate) fn meet(a: Bound, b: &Bound) -> Bound {
    match (a, b) {
        (None, other) => other.clone(),
        (some, None) => some,
        (Some(mut a), Some(b)) => {
            a.truncate(b.len());
            a.iter_mut().zip(b).for_each(|(a, b)| *a &= b);
            Some(a)
        }
    }
}

/// A code object in the making.
pub(crate) struct Unit<'t> {
    pub scope: ScopeId,
    /// Where the names of the code around were looked up when this one began.
    pub resume: ScopeId,
    pub name: Name,
    pub qualname: Name,
    pub first_line: u32,
    pub flags: CodeFlags,
    pub arg_count: u32,
    pub posonly_count: u32,
    pub kwonly_count: u32,
    pub private: Option<Private>,
    pub instrs: Vec<Instr>,
    pub spans: Vec<Span>,
    /// Position of each label, `u32::MAX` while unknown.
    pub labels: Vec<u32>,
    /// Jumps: instruction and label.
    pub jumps: Vec<(u32, Label)>,
    pub ranges: Vec<Range>,
    pub blocks: Vec<Block<'t>>,
    /// Hidden registers in the order they were handed out.
    pub touched: Vec<Reg>,
    pub docstring: Option<Const>,
    /// Constants that 16-bit operands name: codes and tuples of keyword names.
    pub low_consts: Vec<Const>,
    pub consts: Vec<Const>,
    const_index: HashMap<Vec<u8>, u32>,
    pub names: Vec<Name>,
    name_index: HashMap<Name, u32>,
    pub attr_sites: Vec<u32>,
    pub global_sites: Vec<u32>,
    global_index: HashMap<u32, u32>,
    pub varnames: Vec<Name>,
    pub locals: HashMap<Name, Reg>,
    /// Locals that live in cells.
    pub cells: HashMap<Name, Reg>,
    pub cell_order: Vec<Name>,
    pub free: Vec<Name>,
    pub captures: Vec<Capture>,
    /// Variables of the comprehensions under way: scope, name, register, is a cell.
    pub comp_locals: Vec<(ScopeId, Name, Reg, bool)>,
    /// Names of the comprehension registers, and whether one is in use.
    pub comp_registers: Vec<(Name, bool)>,
    hidden_free: Vec<Reg>,
    pub hidden_count: u16,
    pub temp_top: u16,
    pub temp_max: u16,
    pub bound: Bound,
    /// Registers that may become unbound again.
    pub deletable: Vec<u64>,
    /// Attributes of `self` assigned in the methods of this class.
    pub static_attributes: Vec<Name>,
    /// Set when a table is full.
    pub overflow: Option<&'static str>,
}

impl Unit<'_> {
    pub fn new(scope: ScopeId, name: Name, qualname: Name, first_line: u32) -> Self {
        Self {
            scope,
            resume: scope,
            name,
            qualname,
            first_line,
            flags: CodeFlags::default(),
            arg_count: 0,
            posonly_count: 0,
            kwonly_count: 0,
            private: None,
            instrs: Vec::new(),
            spans: Vec::new(),
            labels: Vec::new(),
            jumps: Vec::new(),
            ranges: Vec::new(),
            blocks: Vec::new(),
            touched: Vec::new(),
            docstring: None,
            low_consts: Vec::new(),
            consts: Vec::new(),
            const_index: HashMap::new(),
            names: Vec::new(),
            name_index: HashMap::new(),
            attr_sites: Vec::new(),
            global_sites: Vec::new(),
            global_index: HashMap::new(),
            varnames: Vec::new(),
            locals: HashMap::new(),
            cells: HashMap::new(),
            cell_order: Vec::new(),
            free: Vec::new(),
            captures: Vec::new(),
            comp_locals: Vec::new(),
            comp_registers: Vec::new(),
            hidden_free: Vec::new(),
            hidden_count: 0,
            temp_top: 0,
            temp_max: 0,
            bound: Some(Vec::new()),
            deletable: Vec::new(),
            static_attributes: Vec::new(),
            overflow: None,
        }
    }

    // --- instructions

    pub fn emit(&mut self, instr: Instr, span: Span) -> u32 {
        self.instrs.push(instr);
        self.spans.push(span);
        self.instrs.len() as u32 - 1
    }

    pub fn op(&mut self, op: Op, a: Reg, b: u16, c: u16, span: Span) {
        self.emit(Instr::new(op, a, b, c), span);
    }

    pub fn intrinsic(&mut self, what: Intrinsic, dst: Reg, first: Reg, count: u8, span: Span) {
        let first = if count == 0 { dst } else { first };
        self.emit(Instr::new(Op::Intrinsic, dst, first, what as u16).with(count), span);
    }

    pub fn label(&mut self) -> Label {
        self.labels.push(u32::MAX);
        Label(self.labels.len() as u32 - 1)
    }

    pub fn place(&mut self, label: Label) {
        self.labels[label.0 as usize] = self.here();
    }

    /// Instructions have moved: jumps, labels and ranges follow.
    pub fn renumber(&mut self, moved: impl Fn(u32) -> u32) {
        for (at, _) in &mut self.jumps {
            *at = moved(*at);
        }
        for label in self.labels.iter_mut().filter(|label| **label != u32::MAX) {
            *label = moved(*label);
        }
        for range in &mut self.ranges {
            range.start = moved(range.start);
            range.end = moved(range.end);
        }
    }

    /// A line of its own for tracing; it costs nothing where control comes from above alone.
    pub fn line(&mut self, span: Span) {
        self.op(Op::Nop, 0, 0, 0, span);
    }

    /// The span of the last instruction, for one that shall begin no new line.
    pub fn last_span(&self, otherwise: Span) -> Span {
        self.spans.last().copied().unwrap_or(otherwise)
    }

    pub fn here(&self) -> u32 {
        self.instrs.len() as u32
    }

    /// An instruction that jumps.
    pub fn jump_with(&mut self, instr: Instr, to: Label, span: Span) {
        let at = self.emit(instr, span);
        self.jumps.push((at, to));
    }

    pub fn jump(&mut self, to: Label, span: Span) {
        self.jump_with(Instr::new(Op::Jump, 0, 0, 0), to, span);
    }

    pub fn move_to(&mut self, dst: Reg, src: Reg, span: Span) {
        if dst != src {
            self.op(Op::Move, dst, src, 0, span);
        }
    }

    // --- registers

    pub fn temp(&mut self) -> Reg {
        self.temps(1)
    }

    /// The first of `count` new temporaries in a row.
    pub fn temps(&mut self, count: u16) -> Reg {
        let first = self.temp_top;
        if u32::from(first) + u32::from(count) > 0x7000 {
            self.overflow = Some("expression needs too many registers");
            return TEMP;
        }
        self.temp_top += count;
        self.temp_max = self.temp_max.max(self.temp_top);
        TEMP + first
    }

    pub fn mark(&self) -> u16 {
        self.temp_top
    }

    pub fn release(&mut self, mark: u16) {
        self.temp_top = mark;
    }

    /// Whether `reg` is the last temporary in use.
    pub fn is_top(&self, reg: Reg) -> bool {
        is_temp(reg) && reg - TEMP + 1 == self.temp_top
    }

    /// A hidden pinned register.
    pub fn pin(&mut self) -> Reg {
        let reg = match self.hidden_free.pop() {
            Some(reg) => reg,
            None => self.pin_new(1),
        };
        self.touched.push(reg);
        reg
    }

    /// The first of two hidden pinned registers in a row.
    pub fn pin_pair(&mut self) -> Reg {
        self.pin_row(2)
    }

    /// The first of `count` hidden pinned registers in a row.
    pub fn pin_row(&mut self, count: u16) -> Reg {
        let free = &self.hidden_free;
        let at = free.iter().copied().find(|first| (1..count).all(|i| free.contains(&(first + i))));
        let first = match at {
            Some(first) => {
                self.hidden_free.retain(|reg| !(first..first + count).contains(reg));
                first
            }
            None => self.pin_new(count),
        };
        self.touched.extend(first..first + count);
        first
    }

    fn pin_new(&mut self, count: u16) -> Reg {
        if u32::from(self.hidden_count) + u32::from(count) > u32::from(TEMP - HIDDEN) {
            self.overflow = Some("too many nested blocks");
            return HIDDEN;
        }
        self.hidden_count += count;
        HIDDEN + self.hidden_count - count
    }

    pub fn unpin(&mut self, reg: Reg) {
        self.hidden_free.push(reg);
    }

    // --- constants and names

    /// Index of a constant. Equal constants share one.
    pub fn constant(&mut self, value: Const) -> u32 {
        let key = marshal::key(&value);
        if let Some(index) = self.const_index.get(&key) {
            return *index;
        }
        let index = self.consts.len() as u32;
        self.consts.push(value);
        self.const_index.insert(key, index);
        index
    }

    /// Index of a constant that a 16-bit operand names.
    pub fn low_constant(&mut self, value: Const) -> u16 {
        if !matches!(value, Const::Code(_) | Const::Frozen(_))
            && let Some(index) = self.low_consts.iter().position(|old| *old == value)
        {
            return index as u16;
        }
        if self.low_consts.len() >= 0xFFF0 {
            self.overflow = Some("too many constants");
            return 0;
        }
        self.low_consts.push(value);
        self.low_consts.len() as u16 - 1
    }

    pub fn name(&mut self, name: &Name) -> u32 {
        if let Some(index) = self.name_index.get(name) {
            return *index;
        }
        let index = self.names.len() as u32;
        self.names.push(name.clone());
        self.name_index.insert(name.clone(), index);
        index
    }

    /// A name that a 16-bit operand gives.
    pub fn low_name(&mut self, name: &Name) -> u16 {
        let index = self.name(name);
        u16::try_from(index).unwrap_or_else(|_| {
            self.overflow = Some("too many names");
            0
        })
    }

    pub fn attr_site(&mut self, name: &Name) -> i32 {
        let name = self.name(name);
        self.attr_sites.push(name);
        self.attr_sites.len() as i32 - 1
    }

    pub fn global_site(&mut self, name: &Name) -> i32 {
        let name = self.name(name);
        if let Some(site) = self.global_index.get(&name) {
            return *site as i32;
        }
        self.global_sites.push(name);
        let site = self.global_sites.len() as u32 - 1;
        self.global_index.insert(name, site);
        site as i32
    }

    // --- bound locals

    fn bit(reg: Reg) -> Option<usize> {
        match reg {
            reg if reg < COMP => Some(2 * reg as usize),
            reg if reg < HIDDEN => Some(2 * (reg - COMP) as usize + 1),
            _ => None,
        }
    }

    pub fn is_bound(&self, reg: Reg) -> bool {
        let Some(bit) = Self::bit(reg) else {
            return true;
        };
        match &self.bound {
            None => true,
            Some(bits) => bits.get(bit / 64).is_some_and(|word| word >> (bit % 64) & 1 == 1),
        }
    }

    pub fn set_bound(&mut self, reg: Reg, value: bool) {
        let (Some(bit), Some(bits)) = (Self::bit(reg), self.bound.as_mut()) else {
            return;
        };
        if bits.len() <= bit / 64 {
            bits.resize(bit / 64 + 1, 0);
        }
        let mask = 1 << (bit % 64);
        if value {
            bits[bit / 64] |= mask;
        } else {
            bits[bit / 64] &= !mask;
        }
    }

    pub fn set_deletable(&mut self, reg: Reg) {
        let Some(bit) = Self::bit(reg) else { return };
        if self.deletable.len() <= bit / 64 {
            self.deletable.resize(bit / 64 + 1, 0);
        }
        self.deletable[bit / 64] |= 1 << (bit % 64);
    }

    /// What is still certain where control may come back to after running later code.
    pub fn lasting(&self, state: &Bound) -> Bound {
        let mut bits = state.clone()?;
        bits.iter_mut().zip(&self.deletable).for_each(|(bits, gone)| *bits &= !gone);
        Some(bits)
    }

    /// Nobody gets here from above.
    pub fn unreachable(&mut self) {
        self.bound = None;
    }
}
