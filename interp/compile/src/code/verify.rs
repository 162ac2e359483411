//! Checks of code: operands in range (`bounds`, cheap, done on everything read from bytes), and
//! the rules for temporaries along each path (`verify`, for tests).

use super::object::{Capture, Code, Const};
use super::op::{Form, Intrinsic, Op};
use super::operands::{effect, ends_flow, jump_target, register_fields, wide_rows};

/// Checks that every operand, jump and table of the code stays in range. Nested codes are not
/// looked at, but for the registers they capture.
pub fn bounds(code: &Code) -> Result<(), String> {
    if code.locals > code.registers {
        return Err("more locals than registers".into());
    }
    if code.varnames.len() > usize::from(code.locals) {
        return Err("more names than locals".into());
    }
    let stars = u64::from(code.flags.has(super::CodeFlags::VARARGS)) + u64::from(code.flags.has(super::CodeFlags::VARKEYWORDS));
    if u64::from(code.arg_count) + u64::from(code.kwonly_count) + stars > code.varnames.len() as u64
        || code.posonly_count > code.arg_count
    {
        return Err("more parameters than locals".into());
    }
    if code.captures.len() != code.freevars.len() {
        return Err("captures do not fit the free variables".into());
    }
    if code.cellvars.iter().any(|(_, reg)| *reg >= code.locals) {
        return Err("cell out of range".into());
    }
    let names = code.names.len();
    if code.attr_sites.iter().chain(&code.global_sites).any(|name| *name as usize >= names) {
        return Err("site out of range".into());
    }
    let len = code.instrs.len();
    match code.instrs.last() {
        Some(last) if ends_flow(last.op) => {}
        _ => return Err("control runs off the end".into()),
    }
    for handler in &code.handlers {
        if handler.start > handler.end
            || handler.end as usize > len
            || handler.target as usize >= len
            || handler.register >= code.locals
        {
            return Err("handler out of range".into());
        }
    }
    for constant in &code.consts {
        if let Some((name, captures)) = match constant {
            Const::Code(inner) => Some((&*inner.name, &inner.captures)),
            Const::Frozen(inner) => Some((inner.name, &inner.captures)),
            _ => None,
        } {
            for capture in captures {
                let fits = match capture {
                    Capture::Cell(reg) => *reg < code.locals,
                    Capture::Free(index) => usize::from(*index) < code.freevars.len(),
                };
                if !fits {
                    return Err(format!("capture of {name} out of range"));
                }
            }
        }
    }
    for (index, instr) in code.instrs.iter().enumerate() {
        let fail = |what: &str| Err(format!("{index}: {instr:?}: {what}"));
        let fields = register_fields(*instr);
        let outside = |bit: u8, reg: u16| fields & bit != 0 && reg >= code.registers;
        let empty = matches!(instr.op.form(), Form::Run | Form::Intrinsic);
        if outside(1, instr.a) || outside(4, instr.c) || outside(2, instr.b) && !empty {
            return fail("register out of range");
        }
        for (first, count) in wide_rows(*instr) {
            if count > 0 && u32::from(first) + count > u32::from(code.registers) {
                return fail("registers out of range");
            }
        }
        if let Some(target) = jump_target(*instr, index)
            && !(0..len as i64).contains(&target)
        {
            return fail("jump out of range");
        }
        let constant = |index: usize| code.consts.get(index);
        let fits = match (instr.op, instr.op.form()) {
            (_, Form::AK) => constant(instr.bc() as u32 as usize).is_some(),
            (_, Form::AN) => (instr.bc() as u32 as usize) < names,
            (_, Form::ABS) => instr.site_index() < code.attr_sites.len(),
            (_, Form::AS) => instr.site_index() < code.global_sites.len(),
            (Op::LoadFree | Op::StoreFree | Op::DelFree | Op::LoadClosure | Op::LoadLocalOrFree, _) => {
                (instr.bc() as u32 as usize) < code.freevars.len()
            }
            (Op::MakeFunction, _) => matches!(constant(instr.c.into()), Some(Const::Code(_) | Const::Frozen(_))),
            (Op::CallKw | Op::CallMethodKw, _) => match constant(instr.c.into()) {
                Some(Const::Tuple(names)) => {
                    names.len() <= usize::from(instr.b) && names.iter().all(|name| matches!(name, Const::Str(_)))
                }
                _ => false,
            },
            (Op::ImportName | Op::ImportFrom, _) => usize::from(instr.c) < names,
            (Op::Intrinsic, _) => usize::from(instr.c) < Intrinsic::ALL.len(),
            (Op::CheckLocal | Op::DelLocal | Op::MakeCell, _) => instr.a < code.locals,
            _ => true,
        };
        if !fits {
            return fail("operand out of range");
        }
    }
    Ok(())
}

/// Checks the code and everything nested in it: [`bounds`], and that on no path a temporary is
/// read that holds nothing, or left behind at a return.
pub fn verify(code: &Code) -> Result<(), String> {
    bounds(code).and_then(|()| temporaries(code)).map_err(|what| format!("{}: {what}", code.qualname))?;
    for constant in &code.consts {
        if let Const::Code(inner) = constant {
            verify(inner)?;
        }
    }
    Ok(())
}

/// What is known of the temporaries before an instruction.
#[derive(Clone, PartialEq)]
struct Temps {
    /// Holds a value on every path.
    full: Vec<bool>,
    /// Holds a value on some path.
    maybe: Vec<bool>,
}

fn temporaries(code: &Code) -> Result<(), String> {
    let count = usize::from(code.registers - code.locals);
    let base = code.locals;
    let mut states: Vec<Option<Temps>> = vec![None; code.instrs.len()];
    let empty = Temps { full: vec![false; count], maybe: vec![false; count] };
    let mut work = vec![(0usize, empty.clone())];
    work.extend(code.handlers.iter().map(|handler| (handler.target as usize, empty.clone())));
    while let Some((mut index, mut state)) = work.pop() {
        loop {
            let known = &mut states[index];
            let merged = match known {
                None => state.clone(),
                Some(old) => Temps {
                    full: old.full.iter().zip(&state.full).map(|(a, b)| *a && *b).collect(),
                    maybe: old.maybe.iter().zip(&state.maybe).map(|(a, b)| *a || *b).collect(),
                },
            };
            if known.as_ref() == Some(&merged) {
                break;
            }
            *known = Some(merged.clone());
            state = merged;
            let instr = code.instrs[index];
            let effect = effect(instr);
            let before = state.clone();
            for (first, row) in effect.reads.iter().chain(&effect.borrows) {
                for reg in *first..*first + *row {
                    if reg >= base && !state.full[usize::from(reg - base)] {
                        return Err(format!("{index}: {instr:?} reads r{reg}, which may hold nothing"));
                    }
                }
            }
            for (first, row) in &effect.reads {
                for reg in (*first..*first + *row).filter(|reg| *reg >= base) {
                    let at = usize::from(reg - base);
                    if !state.full[at] {
                        return Err(format!("{index}: {instr:?} reads r{reg} twice"));
                    }
                    (state.full[at], state.maybe[at]) = (false, false);
                }
            }
            if instr.op == Op::Drop && instr.a >= base {
                let at = usize::from(instr.a - base);
                (state.full[at], state.maybe[at]) = (false, false);
            }
            for (first, row) in &effect.writes {
                for reg in (*first..*first + *row).filter(|reg| *reg >= base) {
                    let at = usize::from(reg - base);
                    (state.full[at], state.maybe[at]) = (true, true);
                }
            }
            if matches!(instr.op, Op::Return | Op::ReturnNone) && state.maybe.iter().any(|full| *full) {
                return Err(format!("{index}: {instr:?} leaves a temporary behind"));
            }
            if let Some(target) = jump_target(instr, index) {
                let mut there = state.clone();
                if matches!(instr.op, Op::JumpTrue | Op::JumpFalse) && instr.d == 1 && instr.a >= base {
                    let at = usize::from(instr.a - base);
                    (there.full[at], there.maybe[at]) = (true, true);
                }
                // The end of an iterator writes no element.
                if instr.op == Op::ForIter {
                    there = before;
                }
                work.push((target as usize, there));
            }
            if ends_flow(instr.op) {
                break;
            }
            index += 1;
        }
    }
    Ok(())
}
