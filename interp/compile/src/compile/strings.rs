//! f-strings and t-strings.

use lockstep_grammar::{Span, tree::*};

use super::unit::{NO_SPEC, Reg, TEMP, is_temp};
use super::{Compiler, Res, fold};
use crate::code::{Const, Instr, Intrinsic, Op};

/// Parts joined at once; more go through a list.
const ROW: usize = 64;

impl<'t> Compiler<'t> {
    /// An f-string, or one replacement field.
    pub fn joined(&mut self, expr: &'t Expr, dst: Reg) -> Res {
        match &expr.node {
            ExprKind::JoinedStr { values } => match values.as_slice() {
                [] => {
                    self.load_str("", dst, expr.span);
                    Ok(())
                }
                [one] => match &one.node {
                    ExprKind::FormattedValue { .. } => self.joined(one, dst),
                    _ => self.expr_into(one, dst),
                },
                parts if parts.len() <= ROW => {
                    let first = TEMP + self.unit.mark();
                    for part in parts {
                        self.push(part)?;
                    }
                    self.unit.op(Op::BuildString, dst, first, parts.len() as u16, expr.span);
                    Ok(())
                }
                parts => self.join_rows(parts, dst, expr.span),
            },
            ExprKind::FormattedValue { value, conversion, format_spec } => {
                let reg = self.value(value, Some(dst))?;
                let spec = match format_spec {
                    // A field in the specification could bind the name anew.
                    Some(spec) => self.push(spec)?,
                    None => NO_SPEC,
                };
                let conversion = match conversion {
                    Some('s') => 1,
                    Some('r') => 2,
                    Some('a') => 3,
                    _ => 0,
                };
                self.unit.emit(Instr::new(Op::Format, dst, reg, spec).with(conversion), expr.span);
                Ok(())
            }
            _ => self.expr_into(expr, dst),
        }
    }

    /// Joins row by row, each behind what is there already.
    fn join_rows(&mut self, parts: &'t [Expr], dst: Reg, span: Span) -> Res {
        let result = if is_temp(dst) && self.unit.is_top(dst) { dst } else { self.unit.temp() };
        let mark = self.unit.mark();
        for (index, row) in parts.chunks(ROW).enumerate() {
            for part in row {
                self.push(part)?;
            }
            let (first, count) = if index == 0 { (result + 1, row.len()) } else { (result, row.len() + 1) };
            self.unit.op(Op::BuildString, result, first, count as u16, span);
            self.unit.release(mark);
        }
        self.unit.move_to(dst, result, span);
        Ok(())
    }

    /// A t-string.
    pub fn template(&mut self, values: &'t [Expr], dst: Reg, span: Span) -> Res {
        let both = self.unit.temps(2);
        let mark = self.unit.mark();
        // Texts and fields alternate, with empty texts where none is written.
        let mut texts: Vec<Const> = Vec::new();
        let mut text: Vec<u8> = Vec::new();
        let list = both + 1;
        self.unit.op(Op::BuildList, list, list, 0, span);
        for value in values {
            match &value.node {
                ExprKind::Interpolation { value: inner, text: source, conversion, format_spec } => {
                    texts.push(Const::Str(std::mem::take(&mut text).into()));
                    let first = self.push(inner)?;
                    let rest = self.unit.temps(3);
                    self.load_str(source, rest, value.span);
                    match conversion {
                        Some(conversion) => self.load_str(&conversion.to_string(), rest + 1, value.span),
                        None => self.load_const(Const::None, rest + 1, value.span),
                    }
                    match format_spec {
                        Some(spec) => self.expr_into(spec, rest + 2)?,
                        None => self.load_str("", rest + 2, value.span),
                    }
                    self.unit.intrinsic(Intrinsic::Interpolation, first, first, 4, value.span);
                    self.unit.op(Op::ListAppend, list, first, 0, value.span);
                    self.unit.release(mark);
                }
                ExprKind::Constant(constant) => {
                    if let Const::Str(part) = fold::constant(constant) {
                        text.extend_from_slice(&part);
                    }
                }
                _ => {}
            }
        }
        texts.push(Const::Str(text.into()));
        self.load_const(Const::Tuple(texts.into()), both, span);
        self.unit.intrinsic(Intrinsic::ListToTuple, list, list, 1, span);
        self.unit.intrinsic(Intrinsic::Template, dst, both, 2, span);
        Ok(())
    }
}
