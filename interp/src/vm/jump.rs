//! Setting `f_lineno`: a debugger lets a frame go on at another line. Allowed where nothing that the
//! code at that line needs is missing, see `lockstep_compile::code::live`.

use std::collections::BTreeMap;

use lockstep_compile::code::live::{self, Live, Need};
use lockstep_compile::code::{Code, Op};
use lockstep_heap::{Raw, Ref, Value};

use super::trace::is_artificial;
use crate::object::Py;
use crate::object::raise::{Exc, Result, value_error};
use crate::object::strand::{Frame, Told};
use crate::types::frame::{FrameObject, Jump};

/// `frame.f_lineno = line`; none: the number is too large for one.
pub(crate) fn set_line(py: &mut Py, object: &Ref<FrameObject>, line: Option<i64>) -> Result<()> {
    let (told, frame) = py.strand.told;
    let live = object.get(py).live;
    match told {
        Told::Nothing => return Err(value_error("f_lineno can only be set in a trace function")),
        Told::Call if std::ptr::eq(live, frame) => {
            return Err(value_error("can't jump from the 'call' trace event of a new frame"));
        }
        Told::Line if std::ptr::eq(live, frame) => {}
        _ => return Err(value_error("can only jump from a 'line' trace event")),
    }
    if object.get(py).extra.as_ref().is_none_or(|e| e.trace.is_none()) {
        return Err(value_error("f_lineno can only be set in a trace function"));
    }
    let Some(line) = line.and_then(|l| i32::try_from(l).ok()) else { return Err(value_error("lineno out of range")) };
    let code = object.get(py).code.clone();
    let code = &code.code;
    if i64::from(line) < i64::from(code.first_line) {
        return Err(value_error(format!("line {line} comes before the current code block")));
    }
    let starts = line_starts(code);
    let Some(wanted) = starts.iter().map(|(_, at)| *at).filter(|at| i64::from(*at) >= i64::from(line)).min() else {
        return Err(value_error(format!("line {line} comes after the current code block")));
    };
    // SAFETY: the frame is the one that the trace function is told of.
    let from = unsafe { (*frame).index() };
    let targets = starts.iter().filter(|(_, at)| *at == wanted).map(|(index, _)| *index);
    let jump = find(code, from, targets, wanted).map_err(value_error)?;
    bind_locals(py, frame, code.varnames.len())?;
    object.get_mut(py).extra_mut().shown = Some(wanted);
    object.get_mut(py).extra_mut().jump = Some(Box::new(jump));
    Ok(())
}

/// The instructions at which lines begin.
fn line_starts(code: &Code) -> Vec<(u32, u32)> {
    let mut out = Vec::new();
    let mut last = 0;
    let reachable = live::reachable(code);
    let rows = &*code.positions;
    for (k, (first, position)) in rows.iter().enumerate() {
        let end = rows.get(k + 1).map_or(code.instrs.len() as u32, |(next, _)| *next);
        let is_mark = end == *first;
        let at = if is_mark {
            Some(*first)
        } else {
            (*first..end).find(|at| {
                let instr = &code.instrs[*at as usize];
                !is_artificial(instr) && instr.op != Op::MakeGenerator
            })
        };
        if let Some(at) = at
            && position.line != 0
            && position.line != last
            && reachable[at as usize]
        {
            out.push((at, position.line));
            last = position.line;
        }
    }
    out
}

/// Of the places where the line begins the one that keeps most of what the frame has.
fn find(code: &Code, from: usize, targets: impl Iterator<Item = u32>, line: u32) -> std::result::Result<Jump, &'static str> {
    let live = live::live(code);
    let order = |reg: u16, before: usize| (0..before).rev().find(|k| fills(code, *k, reg)).map_or(0, |k| k + 1);
    let here: BTreeMap<u16, Need> = live[from].iter().filter(|(reg, _)| **reg < code.locals).map(|(r, n)| (*r, *n)).collect();
    let mut best: Option<(usize, Jump)> = None;
    let mut why = "cannot find bytecode for specified line";
    for index in targets {
        let there = &live[index as usize];
        match fit(&here, there) {
            Ok(moves) => {
                if best.as_ref().is_some_and(|(kept, _)| *kept >= there.len()) {
                    continue;
                }
                let kept = |reg: &u16| there.contains_key(reg) && !moves.iter().any(|(_, to)| to == reg);
                let moved = |reg: &u16| moves.iter().any(|(source, _)| source == reg);
                let mut gone: Vec<u16> = here.keys().filter(|reg| !kept(reg) && !moved(reg)).copied().collect();
                gone.sort_by_key(|reg| std::cmp::Reverse(order(*reg, from)));
                let handled = gone.iter().filter(|reg| here.get(reg) == Some(&Need::Handled)).copied().collect();
                best = Some((there.len(), Jump { index, line, drops: gone, handled, moves }));
            }
            Err(missing) => {
                let top = missing.into_iter().max_by_key(|(reg, _)| order(*reg, index as usize));
                why = match top {
                    Some((_, Need::Iterator)) => "can't jump into the body of a for loop",
                    Some((_, Need::Exception | Need::Handled)) => "can't jump into an 'except' block as there's no exception",
                    _ => "incompatible stacks",
                };
            }
        }
    }
    best.map(|(_, jump)| jump).ok_or(why)
}

/// Whether an instruction, or the handler that begins with it, fills a register.
fn fills(code: &Code, index: usize, reg: u16) -> bool {
    live::writes(code.instrs[index]).iter().any(|(first, count)| (*first..first + count).contains(&reg))
        || code.handlers.iter().any(|h| h.register == reg && h.target as usize == index)
}

/// What has to be moved where so that everything needed is in its place, or what is missing.
fn fit(here: &BTreeMap<u16, Need>, there: &Live) -> std::result::Result<Vec<(u16, u16)>, Vec<(u16, Need)>> {
    let has = |reg: &u16, need: &Need| here.get(reg) == Some(need);
    let mut spare: Vec<(u16, Need)> =
        here.iter().filter(|(reg, need)| there.get(reg) != Some(need)).map(|(r, n)| (*r, *n)).collect();
    let mut moves = Vec::new();
    let mut missing = Vec::new();
    for (reg, need) in there.iter().filter(|(reg, need)| !has(reg, need)) {
        match spare.iter().position(|(_, other)| other == need) {
            Some(at) => moves.push((spare.remove(at).0, *reg)),
            None => missing.push((*reg, *need)),
        }
    }
    if missing.is_empty() { Ok(moves) } else { Err(missing) }
}

/// Locals that the compiler knows to be bound at the new line must be: those that are not get None.
fn bind_locals(py: &mut Py, frame: *mut Frame, named: usize) -> Result<()> {
    // SAFETY: the named registers of the frame that the trace function is told of.
    let registers = unsafe { std::slice::from_raw_parts((*frame).base, named) };
    let unbound: Vec<usize> = (0..named).filter(|k| registers[*k] == Raw::UNBOUND).collect();
    if unbound.is_empty() {
        return Ok(());
    }
    let plural = if unbound.len() == 1 { "" } else { "s" };
    py.warn(Exc::RuntimeWarning, &format!("assigning None to {} unbound local{plural}", unbound.len()), 1)?;
    for k in unbound {
        // SAFETY: as above; the warning has not ended the frame.
        unsafe {
            let at = (*frame).base.add(k);
            if *at == Raw::UNBOUND {
                *at = Raw::NONE;
            }
        }
    }
    Ok(())
}

/// Let the frame go on where `f_lineno` was set to, if it was. True: its `pc` has changed.
pub(super) unsafe fn take(py: &mut Py, frame: *mut Frame, object: &Ref<FrameObject>) -> bool {
    let Some(jump) = object.get_mut(py).extra.as_mut().and_then(|e| e.jump.take()) else { return false };
    // SAFETY: the running frame: its registers are owned words, the indices those of its code.
    unsafe {
        for reg in &jump.handled {
            super::exc::pop(py, frame, lockstep_compile::code::Instr::new(Op::PopExc, *reg, 0, 0));
        }
        let base = (*frame).base;
        let mut dead = Vec::new();
        let mut empty = |reg: u16| {
            let at = base.add(reg as usize);
            dead.push(Value::from_raw(std::mem::replace(&mut *at, Raw::UNBOUND)));
        };
        jump.drops.iter().for_each(|reg| empty(*reg));
        let code = &*(*frame).code;
        (code.locals as u16..code.registers as u16).for_each(&mut empty);
        let moved: Vec<Raw> =
            jump.moves.iter().map(|(from, _)| std::mem::replace(&mut *base.add(*from as usize), Raw::UNBOUND)).collect();
        for ((_, to), word) in jump.moves.iter().zip(moved) {
            let at = base.add(*to as usize);
            drop(Value::from_raw(std::mem::replace(&mut *at, word)));
        }
        (*frame).pc = code.instrs.get().add(jump.index as usize + 1);
        drop(dead);
    }
    let extra = object.get_mut(py).extra_mut();
    (extra.line, extra.last, extra.shown) = (jump.line, jump.index, None);
    py.drain_pending();
    true
}
