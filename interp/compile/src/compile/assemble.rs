//! Turns a finished [`Unit`] into a code object: registers moved together, jumps resolved,
//! costs, positions and the exception table filled in.

use lockstep_grammar::{LineIndex, Span};

use super::unit::{COMP, HIDDEN, Reg, TEMP, Unit};
use std::sync::Arc;

use crate::code::{Capture, Code, CodeFlags, Const, Form, Handler, Instr, Op, Position, object::Name, operands};

/// Largest distance of a fused jump that needs no help.
const NEAR: i64 = 16_000;
/// Instructions a code object may have: distances must fit 24 bits.
const MAX_INSTRS: usize = 8_000_000;

/// Finishes a unit. The error is a message.
pub(super) fn assemble(mut unit: Unit<'_>, filename: &Name, lines: &LineIndex) -> Result<Code, String> {
    if let Some(what) = unit.overflow {
        return Err(what.into());
    }
    let mut marks = fold_marks(&mut unit);
    widen(&mut unit, &mut marks);
    if unit.instrs.len() > MAX_INSTRS {
        return Err("code is too large".into());
    }
    if unit.varnames.len() > usize::from(COMP) {
        return Err("too many local variables".into());
    }
    let named = unit.varnames.len() as u16;
    let comps = unit.comp_registers.len() as u16;
    let locals = u32::from(named) + u32::from(comps) + u32::from(unit.hidden_count);
    let registers = locals + u32::from(unit.temp_max);
    if registers > 0xFFF0 {
        return Err("too many local variables".into());
    }
    let place = |reg: Reg| match reg {
        reg if reg >= TEMP => locals as u16 + (reg - TEMP),
        reg if reg >= HIDDEN => named + comps + (reg - HIDDEN),
        reg if reg >= COMP => named + (reg - COMP),
        reg => reg,
    };
    for constant in &mut unit.low_consts {
        if let Const::Code(code) = constant
            && let Some(code) = Arc::get_mut(code)
        {
            for capture in &mut code.captures {
                if let Capture::Cell(reg) = capture {
                    *reg = place(*reg);
                }
            }
        }
    }
    let docs = u32::from(unit.docstring.is_some());
    let lows = unit.low_consts.len() as u32;
    for instr in &mut unit.instrs {
        let fields = operands::register_fields(*instr);
        if fields & 1 != 0 {
            instr.a = place(instr.a);
        }
        if fields & 2 != 0 {
            instr.b = place(instr.b);
        }
        if fields & 4 != 0 {
            instr.c = place(instr.c);
        }
        match instr.op {
            Op::LoadConst => *instr = Instr::wide(Op::LoadConst, instr.a, instr.bc() + (docs + lows) as i32),
            Op::MakeFunction | Op::CallKw | Op::CallMethodKw => instr.c += docs as u16,
            _ => {}
        }
    }
    resolve(&mut unit);
    costs(&mut unit.instrs);
    let mut ranges = std::mem::take(&mut unit.ranges);
    ranges.retain(|range| range.start < range.end);
    ranges.sort_by_key(|range| (std::cmp::Reverse(range.depth), range.start));
    let handlers = ranges
        .iter()
        .map(|range| Handler {
            start: range.start,
            end: range.end,
            target: unit.labels[range.target.0 as usize],
            register: place(range.register),
        })
        .collect();
    let mut consts: Vec<Const> = Vec::new();
    consts.extend(unit.docstring);
    consts.append(&mut unit.low_consts);
    consts.append(&mut unit.consts);
    let mut varnames = unit.varnames;
    varnames.extend(unit.comp_registers.into_iter().map(|(name, _)| name));
    let mut cellvars: Vec<(Name, u16)> =
        unit.cell_order.iter().filter_map(|name| Some((name.clone(), place(*unit.cells.get(name)?)))).collect();
    let parameters = unit.arg_count
        + unit.kwonly_count
        + u32::from(unit.flags.has(CodeFlags::VARARGS))
        + u32::from(unit.flags.has(CodeFlags::VARKEYWORDS));
    // Parameters as they come, then the others by name.
    cellvars.sort_by(|(a, x), (b, y)| {
        let parameter = |register: u16| if u32::from(register) < parameters { register } else { u16::MAX };
        parameter(*x).cmp(&parameter(*y)).then_with(|| a.cmp(b))
    });
    let captures = unit.captures.iter().copied();
    Ok(Code {
        name: unit.name,
        qualname: unit.qualname,
        filename: filename.clone(),
        first_line: unit.first_line,
        flags: unit.flags,
        arg_count: unit.arg_count,
        posonly_count: unit.posonly_count,
        kwonly_count: unit.kwonly_count,
        cellvars: cellvars.into(),
        captures: captures.collect(),
        varnames: varnames.into(),
        freevars: unit.free.into(),
        locals: locals as u16,
        registers: registers as u16,
        positions: positions(&unit.spans, &marks, lines).into(),
        instrs: unit.instrs.into(),
        consts: consts.into(),
        names: unit.names.into(),
        attr_sites: unit.attr_sites.into(),
        global_sites: unit.global_sites.into(),
        handlers,
    })
}

/// Takes out the instructions that do nothing but have a line, where control reaches what follows
/// through them alone; gives the places and spans of those it took. The table of positions keeps
/// them as rows of no instructions, so that tracing sees their lines and running pays nothing.
fn fold_marks(unit: &mut Unit<'_>) -> Vec<(u32, Span)> {
    let mut targets: Vec<u32> = unit.labels.iter().copied().filter(|label| *label != u32::MAX).collect();
    targets.sort_unstable();
    let last = unit.instrs.len().saturating_sub(1) as u32;
    let gone: Vec<u32> =
        (0..last).filter(|at| unit.instrs[*at as usize].op == Op::Nop && targets.binary_search(&(at + 1)).is_err()).collect();
    if gone.is_empty() {
        return Vec::new();
    }
    let moved = |old: u32| old - gone.partition_point(|at| *at < old) as u32;
    let marks = gone.iter().map(|at| (moved(*at), unit.spans[*at as usize])).collect();
    let mut at = 0;
    unit.instrs.retain(|_| {
        at += 1;
        gone.binary_search(&(at - 1)).is_err()
    });
    at = 0;
    unit.spans.retain(|_| {
        at += 1;
        gone.binary_search(&(at - 1)).is_err()
    });
    unit.renumber(moved);
    marks
}

/// Splits fused jumps that may be too far for their 16 bits into one over a plain jump.
fn widen(unit: &mut Unit<'_>, marks: &mut [(u32, Span)]) {
    if unit.instrs.len() < NEAR as usize {
        return;
    }
    let far: Vec<u32> = unit
        .jumps
        .iter()
        .filter(|(at, label)| {
            let distance = i64::from(unit.labels[label.0 as usize]) - i64::from(*at);
            matches!(unit.instrs[*at as usize].op.form(), Form::ABj | Form::Aij) && distance.abs() > NEAR
        })
        .map(|(at, _)| *at)
        .collect();
    if far.is_empty() {
        return;
    }
    // Where an old index ends up: one more for each jump split before it.
    let moved = |old: u32| old + far.partition_point(|at| *at < old) as u32;
    let mut instrs = Vec::with_capacity(unit.instrs.len() + far.len());
    let mut spans = Vec::with_capacity(unit.spans.len() + far.len());
    let mut next = 0;
    for (index, (instr, span)) in unit.instrs.iter().zip(&unit.spans).enumerate() {
        if far.get(next) == Some(&(index as u32)) {
            next += 1;
            let mut over = *instr;
            over.d ^= 1;
            over.c = 1;
            instrs.extend([over, Instr::new(Op::Jump, 0, 0, 0)]);
            spans.extend([*span, *span]);
        } else {
            instrs.push(*instr);
            spans.push(*span);
        }
    }
    let split: Vec<usize> = (0..unit.jumps.len()).filter(|k| far.binary_search(&unit.jumps[*k].0).is_ok()).collect();
    unit.renumber(moved);
    for k in split {
        unit.jumps[k].0 += 1;
    }
    for (at, _) in marks {
        *at = moved(*at);
    }
    unit.instrs = instrs;
    unit.spans = spans;
}

fn resolve(unit: &mut Unit<'_>) {
    for (at, label) in &unit.jumps {
        let target = unit.labels[label.0 as usize];
        let distance = target as i32 - *at as i32 - 1;
        let instr = &mut unit.instrs[*at as usize];
        match instr.op.form() {
            Form::J | Form::AJ => {
                let d = instr.d;
                *instr = Instr::wide(instr.op, instr.a, distance).with(d);
            }
            Form::ABJ => *instr = Instr::site(instr.op, instr.a, instr.b, distance),
            _ => instr.c = distance as u16,
        }
    }
}

/// Costs of loops and calls, in instructions.
fn costs(instrs: &mut [Instr]) {
    let mut since: u32 = 0;
    for index in 0..instrs.len() {
        since += 1;
        let instr = &mut instrs[index];
        match instr.op {
            Op::Call | Op::CallMethod | Op::CallEx => {
                instr.d = if instr.op == Op::CallEx { instr.d } else { since.clamp(1, 255) as u8 };
                since = 0;
            }
            Op::Loop => {
                instr.a = instr.bc().unsigned_abs().clamp(1, 0xFFFF) as u16;
                since = 0;
            }
            _ => {}
        }
    }
}

fn positions(spans: &[Span], marks: &[(u32, Span)], lines: &LineIndex) -> Box<[(u32, Position)]> {
    let mut rows: Vec<(u32, Position)> = Vec::new();
    let mut last = None;
    let mut marks = marks.iter().peekable();
    for (index, span) in spans.iter().enumerate() {
        while let Some((at, mark)) = marks.next_if(|(at, _)| *at as usize == index) {
            rows.push((*at, position(*mark, lines)));
            last = None;
        }
        if last == Some(*span) {
            continue;
        }
        last = Some(*span);
        rows.push((index as u32, position(*span, lines)));
    }
    rows.into()
}

/// A span in lines and columns; the span that is nowhere has line 0.
pub(super) fn position(span: Span, lines: &LineIndex) -> Position {
    if span == NOWHERE {
        return Position::default();
    }
    let (line, column) = lines.position(span.start);
    let (end_line, end_column) = lines.position(span.end).max((line, column));
    Position { line, end_line, column, end_column }
}

/// The span of instructions that belong to no line.
pub(super) const NOWHERE: Span = Span { start: u32::MAX, end: u32::MAX };
