//! Type parameters and `type` statements.

use lockstep_grammar::{Name, Span, tree::*};

use super::function::{DEFAULTS, KW_DEFAULTS};
use super::scope::Part;
use super::unit::{Reg, TEMP};
use super::{Compiler, Res};
use crate::code::{Const, Intrinsic, Op};

impl<'t> Compiler<'t> {
    /// A function with type parameters: made by a hidden function that is called at once and
    /// gets the defaults, which belong to the scope outside, as arguments.
    pub fn generic_function(&mut self, def: &'t FunctionDef, dst: Reg, first_line: Span, span: Span) -> Res {
        let callee = self.unit.temp();
        let bits = self.default_extras(&def.args)?;
        let id = self.scopes.of(def, Part::TypeParams);
        let name = format!("<generic parameters of {}>", def.name).into();
        self.begin(id, name, first_line);
        let mut params: Vec<Name> = Vec::new();
        for (bit, name) in [(DEFAULTS, ".defaults"), (KW_DEFAULTS, ".kwdefaults")] {
            if bits & bit != 0 {
                params.push(name.into());
            }
        }
        let count = params.len() as u16;
        self.unit.arg_count = u32::from(count);
        self.declare_registers(&params, span);
        let types = self.unit.pin();
        self.type_params(&def.type_params, types, span)?;
        self.unit.locals.insert(".type_params".into(), types);
        let first = TEMP + self.unit.mark();
        for index in 0..count {
            let reg = self.unit.temp();
            self.unit.op(Op::Move, reg, index, 0, span);
        }
        self.plain_function(def, first, bits, first, first_line, span)?;
        self.unit.op(Op::Return, first, 0, 0, span);
        let code = self.finish(span)?;
        self.make_function(code, callee, None, 0, span);
        self.unit.op(Op::Call, callee, count, dst, span);
        Ok(())
    }

    /// A class with type parameters, made the same way into the last temporary.
    pub fn generic_class(&mut self, def: &'t ClassDef, dst: Reg, first_line: Span, span: Span) -> Res {
        let id = self.scopes.of(def, Part::TypeParams);
        let name = format!("<generic parameters of {}>", def.name).into();
        self.begin(id, name, first_line);
        self.declare_registers(&[], span);
        let mark = self.unit.mark();
        let reg = self.unit.temp();
        self.type_params(&def.type_params, reg, span)?;
        self.store_name(&".type_params".into(), reg, span);
        let hidden: Name = ".type_params".into();
        self.load_access(self.access(&hidden), &hidden, reg, span);
        self.unit.intrinsic(Intrinsic::SubscriptGeneric, reg, reg, 1, span);
        self.store_name(&".generic_base".into(), reg, span);
        self.unit.release(mark);
        let class = self.unit.temp();
        self.plain_class(def, class, first_line, span)?;
        self.unit.op(Op::Return, class, 0, 0, span);
        let code = self.finish(span)?;
        self.make_function(code, dst, None, 0, span);
        self.unit.op(Op::Call, dst, 0, dst, span);
        Ok(())
    }

    pub fn type_alias(&mut self, stmt: &'t Stmt, name: &'t Expr, params: &'t [TypeParam], value: &'t Expr) -> Res {
        let span = stmt.span;
        let ExprKind::Name { id: text } = &name.node else {
            return Ok(());
        };
        let dst = self.unit.temp();
        if params.is_empty() {
            self.alias_value(stmt, text, None, value, dst)?;
        } else {
            let id = self.scopes.of(stmt, Part::TypeParams);
            let hidden = format!("<generic parameters of {text}>").into();
            self.begin(id, hidden, span);
            self.declare_registers(&[], span);
            let types = self.unit.pin();
            self.type_params(params, types, span)?;
            let reg = self.unit.temp();
            self.alias_value(stmt, text, Some(types), value, reg)?;
            self.unit.op(Op::Return, reg, 0, 0, span);
            let code = self.finish(span)?;
            self.make_function(code, dst, None, 0, span);
            self.unit.op(Op::Call, dst, 0, dst, span);
        }
        self.store_name(text, dst, name.span);
        Ok(())
    }

    fn alias_value(&mut self, stmt: &'t Stmt, name: &Name, types: Option<Reg>, value: &'t Expr, dst: Reg) -> Res {
        let span = stmt.span;
        let first = self.unit.temps(3);
        self.load_str(name, first, span);
        match types {
            Some(types) => self.unit.op(Op::Move, first + 1, types, 0, span),
            None => self.unit.op(Op::LoadNone, first + 1, 0, 0, span),
        }
        self.lazy(stmt, Part::Value, name, value, first + 2)?;
        self.unit.intrinsic(Intrinsic::TypeAlias, dst, first, 3, span);
        Ok(())
    }

    /// A function that evaluates `value` when it is called, into `dst`.
    fn lazy<T>(&mut self, node: &T, part: Part, name: &Name, value: &'t Expr, dst: Reg) -> Res {
        let span = value.span;
        let id = self.scopes.of(node, part);
        self.begin_lazy(id, name.clone(), span);
        let reg = self.unit.temp();
        if let ExprKind::Starred { value } = &value.node {
            self.expr_into(value, reg)?;
            self.unit.op(Op::Unpack, reg, reg, 1, span);
        } else {
            self.expr_into(value, reg)?;
        }
        self.unit.op(Op::Return, reg, 0, 0, span);
        let code = self.finish(span)?;
        self.load_const(Const::Tuple([Const::Int(1)].into()), dst, span);
        self.make_function(code, dst, Some(dst), DEFAULTS, span);
        Ok(())
    }

    /// Makes the type parameters, binds their names, and puts their tuple into `dst`.
    fn type_params(&mut self, params: &'t [TypeParam], dst: Reg, span: Span) -> Res {
        let mark = self.unit.mark();
        let row = self.unit.temps(params.len() as u16);
        for (param, reg) in params.iter().zip(row..) {
            let inner = self.unit.mark();
            let first = self.unit.temps(3);
            self.load_str(&param.name, first, param.span);
            let mut count = 1;
            let mut what = match &param.kind {
                TypeParamKind::ParamSpec => Intrinsic::ParamSpec,
                TypeParamKind::TypeVarTuple => Intrinsic::TypeVarTuple,
                TypeParamKind::TypeVar { .. } => Intrinsic::TypeVar,
            };
            if let TypeParamKind::TypeVar { bound } = &param.kind {
                match bound {
                    Some(bound) => {
                        if matches!(bound.node, ExprKind::Tuple { .. }) {
                            what = Intrinsic::TypeVarConstraints;
                        }
                        self.lazy(param, Part::Bound, &param.name, bound, first + 1)?;
                    }
                    None => self.unit.op(Op::LoadNone, first + 1, 0, 0, param.span),
                }
                count = 2;
            }
            match &param.default_value {
                Some(default) => self.lazy(param, Part::Default, &param.name, default, first + count)?,
                None => self.unit.op(Op::LoadNone, first + count, 0, 0, param.span),
            }
            let made = self.unit.pin();
            self.unit.intrinsic(what, made, first, count as u8 + 1, param.span);
            self.store_name(&param.name, made, param.span);
            self.unit.op(Op::Move, reg, made, 0, param.span);
            self.unit.op(Op::Drop, made, 0, 0, param.span);
            self.unit.unpin(made);
            self.unit.release(inner);
        }
        self.unit.op(Op::BuildTuple, dst, row, params.len() as u16, span);
        self.unit.release(mark);
        Ok(())
    }
}
