//! Code as text: one line for each instruction, nested codes below.

use std::fmt::Write;

use super::object::{Capture, Code, CodeFlags, Const};
use super::op::{Form, Instr, Intrinsic, Op};
use super::operands::jump_target;

/// The code and everything nested in it as text.
pub fn disassemble(code: &Code) -> String {
    let mut out = String::new();
    let mut work = vec![code];
    while let Some(code) = work.pop() {
        if !out.is_empty() {
            out.push('\n');
        }
        one(code, &mut out);
        let inner: Vec<&Code> = code
            .consts
            .iter()
            .filter_map(|value| match value {
                Const::Code(code) => Some(&**code),
                _ => None,
            })
            .collect();
        work.extend(inner.into_iter().rev());
    }
    out
}

/// Writing to a string cannot fail.
macro_rules! put {
    ($out:expr, $($arg:tt)*) => {{ let _ = write!($out, $($arg)*); }};
}

fn one(code: &Code, out: &mut String) {
    put!(out, "code {}", code.qualname);
    if code.arg_count + code.kwonly_count > 0 {
        put!(out, " args {}/{}/{}", code.posonly_count, code.arg_count, code.kwonly_count);
    }
    put!(out, " registers {}+{}", code.locals, code.registers - code.locals);
    for (bit, name) in [
        (CodeFlags::VARARGS, "varargs"),
        (CodeFlags::VARKEYWORDS, "varkeywords"),
        (CodeFlags::GENERATOR, "generator"),
        (CodeFlags::COROUTINE, "coroutine"),
        (CodeFlags::ASYNC_GENERATOR, "async_generator"),
        (CodeFlags::NESTED, "nested"),
        (CodeFlags::METHOD, "method"),
        (CodeFlags::HAS_DOCSTRING, "docstring"),
    ] {
        if code.flags.has(bit) {
            put!(out, " {name}");
        }
    }
    out.push('\n');
    if !code.varnames.is_empty() {
        put!(out, "  locals {}\n", code.varnames.join(" "));
    }
    for (name, reg) in &code.cellvars {
        put!(out, "  cell {name} in {}\n", register(code, *reg));
    }
    for (name, capture) in code.freevars.iter().zip(&code.captures) {
        match capture {
            Capture::Cell(reg) => put!(out, "  free {name} from register {reg}\n"),
            Capture::Free(index) => put!(out, "  free {name} from free {index}\n"),
        }
    }
    let mut line = 0;
    for (index, instr) in code.instrs.iter().enumerate() {
        let position = code.position(index);
        if position.line == line {
            out.push_str("      ");
        } else {
            line = position.line;
            put!(out, "{line:5} ");
        }
        put!(out, "{index:4} {:<16}", instr.op.name());
        let text = operands(code, *instr, index);
        let place = if position.line == 0 {
            String::new()
        } else if position.line == position.end_line {
            format!("{}-{}", position.column, position.end_column)
        } else {
            format!("{}-{}:{}", position.column, position.end_line, position.end_column)
        };
        put!(out, " {text:<34} {place}");
        while out.ends_with(' ') {
            out.pop();
        }
        out.push('\n');
    }
    for handler in &code.handlers {
        put!(
            out,
            "  handler {}..{} -> {} exception in {}\n",
            handler.start,
            handler.end,
            handler.target,
            register(code, handler.register)
        );
    }
}

/// A register: a local's name, `h` for hidden pinned ones, `t` for temporaries.
fn register(code: &Code, reg: u16) -> String {
    match code.varnames.get(usize::from(reg)) {
        Some(name) => name.to_string(),
        None if reg < code.locals => format!("h{}", usize::from(reg) - code.varnames.len()),
        None => format!("t{}", reg - code.locals),
    }
}

/// The operands of the instruction at `index` as text.
pub fn operands(code: &Code, i: Instr, index: usize) -> String {
    let reg = |reg: u16| register(code, reg);
    let target = jump_target(i, index).unwrap_or(0);
    let name = |index: usize| code.names.get(index).map_or("?", |name| name);
    let site = |sites: &[u32]| sites.get(i.site_index()).map_or("?", |index| name(*index as usize)).to_string();
    let row = |first: u16, count: u16| match count {
        0 => "()".to_string(),
        1 => format!("({})", register(code, first)),
        n => format!("({}..{})", register(code, first), register(code, first + n - 1)),
    };
    let d = if i.d == 0 { String::new() } else { format!(" d={}", i.d) };
    match (i.op, i.op.form()) {
        (Op::LoadFree | Op::StoreFree | Op::LoadClosure | Op::LoadLocalOrFree, _) => {
            format!("{} {}", reg(i.a), code.freevars.get(i.bc() as usize).map_or("?", |name| name))
        }
        (Op::DelFree, _) => code.freevars.get(i.bc() as usize).map_or("?", |name| name).to_string(),
        (Op::DelName | Op::DelGlobal, _) => name(i.bc() as usize).to_string(),
        (Op::Loop, _) => format!("-> {target} cost {}", i.a),
        (Op::Unpack | Op::UnpackStar, _) => {
            let star = if i.op == Op::UnpackStar { format!(" * {}", i.d) } else { String::new() };
            format!("{} to {} {}{star}", reg(i.a), reg(i.b), i.c)
        }
        (Op::Format, _) if i.c == 0xFFFF => format!("{} {}{d}", reg(i.a), reg(i.b)),
        (Op::Yield, _) if i.d == 0 => format!("{} {}", reg(i.a), reg(i.b)),
        (Op::CallKw | Op::CallMethodKw, _) => {
            format!("{} {} {}", reg(i.a), i.b, constant(code, i.c.into()))
        }
        (Op::CallEx, _) => format!("{} -> {}{}", reg(i.a), reg(i.c), if i.b == 1 { " with dict" } else { "" }),
        (Op::MakeFunction, _) => {
            format!("{} {} {}{d}", reg(i.a), constant(code, i.c.into()), row(i.b, i.d.count_ones() as u16))
        }
        (Op::ImportName, _) => format!("{} {} {}", reg(i.a), row(i.b, 2), name(i.c.into())),
        (Op::ImportFrom, _) => format!("{} {} {}", reg(i.a), reg(i.b), name(i.c.into())),
        (Op::BuildMap, _) => format!("{} {}", reg(i.a), row(i.b, i.c * 2)),
        (_, Form::None) => String::new(),
        (_, Form::A) => reg(i.a),
        (_, Form::AB) => format!("{} {}{d}", reg(i.a), reg(i.b)),
        (_, Form::ABC) => format!("{} {} {}{d}", reg(i.a), reg(i.b), reg(i.c)),
        (_, Form::ABi) => format!("{} {} #{}{d}", reg(i.a), reg(i.b), i.c as i16),
        (_, Form::Ai) => format!("{} #{}", reg(i.a), i.bc()),
        (_, Form::AK) => format!("{} {}", reg(i.a), constant(code, i.bc() as usize)),
        (_, Form::AN) => format!("{} {}", reg(i.a), name(i.bc() as usize)),
        (_, Form::ABS) if i.op == Op::DelAttr => format!("{}.{}", reg(i.a), site(&code.attr_sites)),
        (_, Form::ABS) => format!("{} {} .{}", reg(i.a), reg(i.b), site(&code.attr_sites)),
        (_, Form::AS) => format!("{} {}", reg(i.a), site(&code.global_sites)),
        (_, Form::J) => format!("-> {target}"),
        (_, Form::AJ) => format!("{}{d} -> {target}", reg(i.a)),
        (_, Form::ABJ) => format!("{} {} -> {target}", reg(i.a), reg(i.b)),
        (_, Form::ABj) => format!("{} {} is {} -> {target}", reg(i.a), reg(i.b), i.d == 1),
        (_, Form::Aij) => format!("{} #{} is {} -> {target}", reg(i.a), i.b as i16, i.d == 1),
        (_, Form::Call) => format!("{} {} -> {} cost {}", reg(i.a), i.b, reg(i.c), i.d),
        (_, Form::Run) => format!("{} {}", reg(i.a), row(i.b, i.c)),
        (_, Form::Intrinsic) => {
            let what = Intrinsic::ALL.get(usize::from(i.c)).map_or("?".into(), |what| format!("{what:?}"));
            format!("{} {what}{}", reg(i.a), row(i.b, i.d.into()))
        }
    }
}

fn constant(code: &Code, index: usize) -> String {
    code.consts.get(index).map_or("?".into(), show)
}

/// A constant as Python would write it, roughly.
fn show(value: &Const) -> String {
    let all = |parts: &[Const]| parts.iter().map(show).collect::<Vec<_>>().join(", ");
    match value {
        Const::None => "None".into(),
        Const::Bool(true) => "True".into(),
        Const::Bool(false) => "False".into(),
        Const::Ellipsis => "...".into(),
        Const::Int(n) => n.to_string(),
        Const::BigInt(n) => n.to_string(),
        Const::Float(x) => format!("{x:?}"),
        Const::Complex(re, im) => format!("{re:?}+{im:?}j"),
        Const::Str(text) => format!("{:?}", String::from_utf8_lossy(text)),
        Const::Bytes(bytes) => format!("b\"{}\"", bytes.escape_ascii()),
        Const::Tuple(parts) => format!("({})", all(parts)),
        Const::FrozenSet(parts) => format!("{{{}}}", all(parts)),
        Const::Slice(parts) => format!("slice({})", all(&parts[..])),
        Const::Code(code) => format!("<code {}>", code.name),
        Const::Frozen(code) => format!("<code {}>", code.name),
    }
}
