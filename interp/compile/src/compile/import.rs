//! `import` and `from ... import`.

use lockstep_grammar::{Dialect, Name, Span, tree::*};

use super::unit::Reg;
use super::{Compiler, Res};
use crate::code::{Const, Instr, Intrinsic, Op};

impl<'t> Compiler<'t> {
    /// Imports a module into the temporary `dst`.
    fn import_into(&mut self, dst: Reg, module: &Name, level: u32, from: Const, span: Span) {
        let mark = self.unit.mark();
        let first = self.unit.temps(2);
        // Python 2 looks beside the importing module first, which it calls level -1.
        let implicit = level == 0 && self.options.dialect == Dialect::Python2;
        let level = if implicit { -1 } else { i64::from(level) };
        self.load_const(Const::Int(level), first, span);
        self.load_const(from, first + 1, span);
        let name = self.unit.low_name(module);
        self.unit.op(Op::ImportName, dst, first, name, span);
        self.unit.release(mark);
    }

    pub fn import(&mut self, names: &'t [Alias], span: Span) -> Res {
        for alias in names {
            let mark = self.unit.mark();
            let reg = self.unit.temp();
            self.import_into(reg, &alias.name, 0, Const::None, span);
            match &alias.asname {
                Some(name) => {
                    // `import a.b.c as d` walks down from `a`.
                    for part in alias.name.split('.').skip(1) {
                        let part = self.unit.low_name(&part.into());
                        let next = self.unit.temp();
                        self.unit.op(Op::ImportFrom, next, reg, part, span);
                        self.unit.op(Op::Move, reg, next, 0, span);
                        self.unit.release(mark + 1);
                    }
                    self.store_name(name, reg, span);
                }
                None => {
                    let first = alias.name.split('.').next().unwrap_or("").into();
                    self.store_name(&first, reg, span);
                }
            }
            self.unit.release(mark);
        }
        Ok(())
    }

    pub fn import_from(&mut self, module: Option<&Name>, names: &'t [Alias], level: u32, span: Span) -> Res {
        let wanted = names.iter().map(|alias| Const::Str(alias.name.as_bytes().into())).collect();
        let reg = self.unit.temp();
        let empty = Name::from("");
        self.import_into(reg, module.unwrap_or(&empty), level, Const::Tuple(wanted), span);
        if let [Alias { name, .. }] = names
            && &**name == "*"
        {
            self.unit.intrinsic(Intrinsic::ImportStar, reg, reg, 1, span);
            self.unit.op(Op::Drop, reg, 0, 0, span);
            return Ok(());
        }
        for alias in names {
            let mark = self.unit.mark();
            let target = alias.asname.as_ref().unwrap_or(&alias.name);
            let dst = self.local(target).unwrap_or_else(|| self.unit.temp());
            let name = self.unit.low_name(&alias.name);
            self.unit.emit(Instr::new(Op::ImportFrom, dst, reg, name), span);
            self.store_name(target, dst, span);
            self.unit.release(mark);
        }
        self.unit.op(Op::Drop, reg, 0, 0, span);
        Ok(())
    }
}
