//! The statements that only Python 2 has.

use lockstep_grammar::{Span, tree::*};

use super::{Compiler, Res};
use crate::code::{Intrinsic, Op};

impl<'t> Compiler<'t> {
    pub fn print2(&mut self, dest: Option<&'t Expr>, values: &'t [Expr], newline: bool, span: Span) -> Res {
        let file = match dest {
            Some(dest) => {
                let reg = self.unit.pin();
                self.expr_into(dest, reg)?;
                Some(reg)
            }
            None => None,
        };
        let row = self.unit.temps(2);
        let put_file = |this: &mut Self| match file {
            Some(file) => this.unit.op(Op::Move, row, file, 0, span),
            None => this.unit.op(Op::LoadNone, row, 0, 0, span),
        };
        for value in values {
            put_file(self);
            self.expr_into(value, row + 1)?;
            self.unit.intrinsic(Intrinsic::PrintItem, row, row, 2, span);
            self.unit.op(Op::Drop, row, 0, 0, span);
        }
        if newline {
            put_file(self);
            self.unit.intrinsic(Intrinsic::PrintNewline, row, row, 1, span);
            self.unit.op(Op::Drop, row, 0, 0, span);
        }
        if let Some(file) = file {
            self.unit.op(Op::Drop, file, 0, 0, span);
            self.unit.unpin(file);
        }
        Ok(())
    }

    /// The three parts, None where there is none.
    fn three(&mut self, parts: [Option<&'t Expr>; 3], what: Intrinsic, span: Span) -> Res {
        let first = self.unit.temps(3);
        for (part, reg) in parts.into_iter().zip(first..) {
            match part {
                Some(part) => self.expr_into(part, reg)?,
                None => self.unit.op(Op::LoadNone, reg, 0, 0, span),
            }
        }
        self.unit.intrinsic(what, first, first, 3, span);
        self.unit.op(Op::Drop, first, 0, 0, span);
        Ok(())
    }

    pub fn exec2(&mut self, body: &'t Expr, globals: Option<&'t Expr>, locals: Option<&'t Expr>, span: Span) -> Res {
        // `exec(code, globals, locals)` is a tuple here.
        if let (ExprKind::Tuple { elts }, None) = (&body.node, globals)
            && matches!(elts.len(), 2 | 3)
        {
            return self.three([elts.first(), elts.get(1), elts.get(2)], Intrinsic::Exec, span);
        }
        self.three([Some(body), globals, locals], Intrinsic::Exec, span)
    }

    pub fn raise2(&mut self, kind: &'t Expr, value: &'t Expr, trace: Option<&'t Expr>, span: Span) -> Res {
        self.three([Some(kind), Some(value), trace], Intrinsic::RaiseParts, span)?;
        self.unit.unreachable();
        Ok(())
    }
}
