//! Tuple, list, set and dict displays.

use lockstep_grammar::{Span, tree::*};

use super::unit::{Reg, TEMP, is_temp};
use super::{Compiler, Res};
use crate::code::{Const, Intrinsic, Op};

/// Elements laid out in registers at once; more are added one by one.
const ROW: usize = 32;

impl<'t> Compiler<'t> {
    /// A temporary to build in, for a result that goes to `dst`.
    fn building(&mut self, dst: Reg) -> Reg {
        if is_temp(dst) { dst } else { self.unit.temp() }
    }

    /// The constants that all of `elts` amount to.
    fn all_constant(&self, elts: &[Expr]) -> Option<Vec<Const>> {
        elts.iter().map(|elt| self.folded(elt)).collect()
    }

    fn row(&mut self, elts: &'t [Expr]) -> Res<Reg> {
        let first = TEMP + self.unit.mark();
        for elt in elts {
            self.push(elt)?;
        }
        Ok(first)
    }

    pub fn tuple(&mut self, elts: &'t [Expr], dst: Reg, span: Span) -> Res {
        if elts.len() <= ROW && !has_star(elts) {
            let first = self.row(elts)?;
            let first = if elts.is_empty() { dst } else { first };
            self.unit.op(Op::BuildTuple, dst, first, elts.len() as u16, span);
            return Ok(());
        }
        let list = self.building(dst);
        self.unit.op(Op::BuildList, list, list, 0, span);
        self.extend_list(list, elts)?;
        self.unit.intrinsic(Intrinsic::ListToTuple, dst, list, 1, span);
        Ok(())
    }

    pub fn list(&mut self, elts: &'t [Expr], dst: Reg, span: Span) -> Res {
        if elts.len() >= 3
            && let Some(values) = self.all_constant(elts)
        {
            let list = self.building(dst);
            self.unit.op(Op::BuildList, list, list, 0, span);
            let row = self.unit.temp();
            self.load_const(Const::Tuple(values.into()), row, span);
            self.unit.op(Op::ListExtend, list, row, 0, span);
            self.unit.move_to(dst, list, span);
            return Ok(());
        }
        if elts.len() <= ROW && !has_star(elts) {
            let first = self.row(elts)?;
            let first = if elts.is_empty() { dst } else { first };
            self.unit.op(Op::BuildList, dst, first, elts.len() as u16, span);
            return Ok(());
        }
        let list = self.building(dst);
        self.unit.op(Op::BuildList, list, list, 0, span);
        self.extend_list(list, elts)?;
        self.unit.move_to(dst, list, span);
        Ok(())
    }

    /// Adds elements to a list that is being built.
    pub fn extend_list(&mut self, list: Reg, elts: &'t [Expr]) -> Res {
        for elt in elts {
            let mark = self.unit.mark();
            if let ExprKind::Starred { value } = &elt.node {
                let reg = self.value(value, None)?;
                self.unit.op(Op::ListExtend, list, reg, 0, elt.span);
            } else {
                let reg = self.value(elt, None)?;
                self.unit.op(Op::ListAppend, list, reg, 0, elt.span);
            }
            self.unit.release(mark);
        }
        Ok(())
    }

    pub fn set(&mut self, elts: &'t [Expr], dst: Reg, span: Span) -> Res {
        let set = self.building(dst);
        if elts.len() >= 3
            && let Some(values) = self.all_constant(elts)
        {
            self.unit.op(Op::BuildSet, set, set, 0, span);
            let row = self.unit.temp();
            self.load_const(Const::FrozenSet(values.into()), row, span);
            self.unit.op(Op::SetUpdate, set, row, 0, span);
            self.unit.move_to(dst, set, span);
            return Ok(());
        }
        if elts.len() <= ROW && !has_star(elts) {
            let first = self.row(elts)?;
            self.unit.op(Op::BuildSet, dst, first, elts.len() as u16, span);
            return Ok(());
        }
        self.unit.op(Op::BuildSet, set, set, 0, span);
        for elt in elts {
            let mark = self.unit.mark();
            let (op, value) = match &elt.node {
                ExprKind::Starred { value } => (Op::SetUpdate, &**value),
                _ => (Op::SetAdd, elt),
            };
            let reg = self.value(value, None)?;
            self.unit.op(op, set, reg, 0, elt.span);
            self.unit.release(mark);
        }
        self.unit.move_to(dst, set, span);
        Ok(())
    }

    pub fn dict(&mut self, keys: &'t [Option<Expr>], values: &'t [Expr], dst: Reg, span: Span) -> Res {
        let direct = keys.iter().take_while(|key| key.is_some()).count().min(ROW / 2);
        if direct == keys.len() {
            let first = self.pairs(keys, values)?;
            let first = if direct == 0 { dst } else { first };
            self.unit.op(Op::BuildMap, dst, first, direct as u16, span);
            return Ok(());
        }
        let dict = self.building(dst);
        let mark = self.unit.mark();
        let first = self.pairs(&keys[..direct], &values[..direct])?;
        let first = if direct == 0 { dict } else { first };
        self.unit.op(Op::BuildMap, dict, first, direct as u16, span);
        self.unit.release(mark);
        for (key, value) in keys.iter().zip(values).skip(direct) {
            match key {
                Some(key) => {
                    let key_reg = self.stable_key(key, value)?;
                    let reg = self.value(value, None)?;
                    self.unit.op(Op::MapAdd, dict, key_reg, reg, span);
                }
                None => {
                    let reg = self.value(value, None)?;
                    self.unit.op(Op::DictUpdate, dict, reg, 0, span);
                }
            }
            self.unit.release(mark);
        }
        self.unit.move_to(dst, dict, span);
        Ok(())
    }

    /// A key that stays as it is while its value is evaluated.
    fn stable_key(&mut self, key: &'t Expr, value: &Expr) -> Res<Reg> {
        if self.may_rebind(value) { self.push(key) } else { self.value(key, None) }
    }

    fn pairs(&mut self, keys: &'t [Option<Expr>], values: &'t [Expr]) -> Res<Reg> {
        let first = TEMP + self.unit.mark();
        for (key, value) in keys.iter().zip(values) {
            if let Some(key) = key {
                self.push(key)?;
            }
            self.push(value)?;
        }
        Ok(first)
    }
}

fn has_star(elts: &[Expr]) -> bool {
    elts.iter().any(|elt| matches!(elt.node, ExprKind::Starred { .. }))
}
