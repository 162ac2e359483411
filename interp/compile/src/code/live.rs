//! Which registers of the compiler's own hold something that code still needs, instruction by
//! instruction: iterators, exit methods, saved exceptions, halves of expressions. A debugger that
//! moves a frame to another line must not go where one is missing.

use std::collections::BTreeMap;

use super::object::Code;
use super::op::{Instr, Op};
use super::operands::{effect, ends_flow, jump_target};

/// What a register holds, by the instruction that needs it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Need {
    /// The iterator of a `for` loop.
    Iterator,
    /// The exit method of a `with` block, or what it is called on.
    Exit,
    /// An exception being handled, or the one handled before.
    Exception,
    /// The exception handled before the block: leaving it puts this one back.
    Handled,
    /// Any other value.
    Object,
}

/// Needed registers of one place in the code.
pub type Live = BTreeMap<u16, Need>;

/// For each instruction the registers that it or a later one reads and nobody writes before:
/// hidden pinned ones and temporaries.
pub fn live(code: &Code) -> Vec<Live> {
    let named = code.varnames.len() as u16;
    let count = code.instrs.len();
    let mut all: Vec<Live> = vec![Live::new(); count];
    loop {
        let mut changed = false;
        for index in (0..count).rev() {
            let new = before(code, &all, index, named);
            if new != all[index] {
                all[index] = new;
                changed = true;
            }
        }
        if !changed {
            return all;
        }
    }
}

/// Whether control can come to each instruction.
pub fn reachable(code: &Code) -> Vec<bool> {
    let mut all = vec![false; code.instrs.len()];
    let mut work = vec![0];
    while let Some(index) = work.pop() {
        let Some(known) = all.get_mut(index) else { continue };
        if std::mem::replace(known, true) {
            continue;
        }
        let instr = code.instrs[index];
        if !ends_flow(instr.op) {
            work.push(index + 1);
        }
        work.extend(jump_target(instr, index).and_then(|at| usize::try_from(at).ok()));
        work.extend(code.handler(index).map(|handler| handler.target as usize));
    }
    all
}

fn before(code: &Code, all: &[Live], index: usize, named: u16) -> Live {
    let instr = code.instrs[index];
    let mut out = Live::new();
    if !ends_flow(instr.op)
        && let Some(next) = all.get(index + 1)
    {
        out.clone_from(next);
    }
    if let Some(next) = jump_target(instr, index).and_then(|at| all.get(usize::try_from(at).ok()?)) {
        out.extend(next);
    }
    for (first, count) in writes(instr) {
        (first..first.saturating_add(count)).for_each(|reg| {
            out.remove(&reg);
        });
    }
    for (reg, need) in reads(instr).into_iter().filter(|(reg, _)| *reg >= named) {
        let known = out.entry(reg).or_insert(need);
        if *known == Need::Object {
            *known = need;
        }
    }
    if let Some(handler) = code.handler(index)
        && let Some(there) = all.get(handler.target as usize)
    {
        let kept = there.iter().filter(|(reg, _)| **reg != handler.register && **reg < code.locals);
        kept.for_each(|(reg, need)| {
            out.entry(*reg).or_insert(*need);
        });
    }
    out
}

/// Rows of registers that an instruction fills.
pub fn writes(instr: Instr) -> Vec<(u16, u16)> {
    match instr.op {
        Op::PushExc => vec![(instr.a, 1)],
        _ => effect(instr).writes,
    }
}

fn reads(instr: Instr) -> Vec<(u16, Need)> {
    let special: &[(u16, Need)] = &match instr.op {
        Op::ForIter => [(instr.a, Need::Iterator), (instr.a, Need::Iterator)],
        Op::GetANext => [(instr.b, Need::Iterator), (instr.b, Need::Iterator)],
        Op::EndAsyncFor => [(instr.a, Need::Iterator), (instr.b, Need::Exception)],
        Op::WithExit | Op::AsyncWithExit => [(instr.a, Need::Exit), (instr.a + 1, Need::Exit)],
        Op::WithExcept | Op::AsyncWithExcept => {
            return vec![(instr.a, Need::Exit), (instr.a + 1, Need::Exit), (instr.b, Need::Exception)];
        }
        Op::PopExc => [(instr.a, Need::Handled), (instr.a, Need::Handled)],
        Op::PushExc => [(instr.b, Need::Exception), (instr.b, Need::Exception)],
        Op::Reraise => [(instr.a, Need::Exception), (instr.a, Need::Exception)],
        Op::JumpNoMatch => [(instr.a, Need::Exception), (instr.b, Need::Object)],
        Op::Yield if instr.d == 1 => [(instr.b, Need::Object), (instr.c, Need::Object)],
        _ => {
            let effect = effect(instr);
            let rows = effect.reads.iter().chain(&effect.borrows);
            return rows.flat_map(|(first, count)| (*first..first.saturating_add(*count)).map(|r| (r, Need::Object))).collect();
        }
    };
    special.to_vec()
}
