//! Calls: callee and arguments in consecutive temporaries; stars through a tuple and a dict.

use lockstep_grammar::{Name, Span, tree::*};

use super::names::Access;
use super::scope::ScopeKind;
use super::unit::Reg;
use super::{Compiler, Res};
use crate::code::{CodeFlags, Const, Instr, Intrinsic, Op};

/// More arguments than this go through a tuple.
const MANY: usize = 200;

/// Whether a call has no stars and not too many arguments.
pub(crate) fn is_plain_call(args: &[Expr], keywords: &[Keyword]) -> bool {
    args.len() + keywords.len() <= MANY
        && !args.iter().any(|arg| matches!(arg.node, ExprKind::Starred { .. }))
        && keywords.iter().all(|keyword| keyword.arg.is_some())
}

impl<'t> Compiler<'t> {
    /// The arguments and the call: `callee` is the last temporary but for the receiver of a
    /// method and `laid` arguments that follow it already.
    pub fn call_tail(
        &mut self,
        callee: Reg,
        method: bool,
        laid: u16,
        args: &'t [Expr],
        keywords: &'t [Keyword],
        out: Reg,
        span: Span,
    ) -> Res {
        if !is_plain_call(args, keywords) {
            return self.call_spread(callee, laid, args, keywords, out, span);
        }
        for arg in args {
            self.push(arg)?;
        }
        let count = laid + args.len() as u16;
        if keywords.is_empty() {
            let op = if method { Op::CallMethod } else { Op::Call };
            self.unit.op(op, callee, count, out, span);
            return Ok(());
        }
        let mut names = Vec::new();
        for keyword in keywords {
            self.push(&keyword.value)?;
            if let Some(name) = &keyword.arg {
                // Also in a class as it stands: a private name is not mangled here.
                names.push(Const::Str(name.as_bytes().into()));
            }
        }
        let count = count + names.len() as u16;
        let names = self.unit.low_constant(Const::Tuple(names.into()));
        let op = if method { Op::CallMethodKw } else { Op::CallKw };
        self.unit.op(op, callee, count, names, span);
        self.unit.move_to(out, callee, span);
        Ok(())
    }

    fn call_spread(&mut self, callee: Reg, laid: u16, args: &'t [Expr], keywords: &'t [Keyword], out: Reg, span: Span) -> Res {
        let spread = if laid > 0 { callee + 1 } else { self.unit.temp() };
        match args {
            [Expr { node: ExprKind::Starred { value }, .. }] if laid == 0 => self.expr_into(value, spread)?,
            [] if laid == 0 => self.load_const(Const::Tuple([].into()), spread, span),
            _ if args.len() <= MANY && !args.iter().any(|arg| matches!(arg.node, ExprKind::Starred { .. })) => {
                if laid == 0 {
                    self.unit.release(spread - super::unit::TEMP);
                }
                for arg in args {
                    self.push(arg)?;
                }
                self.unit.op(Op::BuildTuple, spread, spread, laid + args.len() as u16, span);
                self.unit.release(spread - super::unit::TEMP + 1);
            }
            _ => {
                self.unit.op(Op::BuildList, spread, spread, laid, span);
                self.unit.release(spread - super::unit::TEMP + 1);
                self.extend_list(spread, args)?;
                self.unit.intrinsic(Intrinsic::ListToTuple, spread, spread, 1, span);
            }
        }
        self.spread_keywords(callee, keywords, out, span)
    }

    /// The dict of keywords behind the tuple of arguments, and the call.
    pub fn spread_keywords(&mut self, callee: Reg, keywords: &'t [Keyword], out: Reg, span: Span) -> Res {
        let with_dict = !keywords.is_empty();
        if with_dict {
            let dict = self.unit.temp();
            let mut rest = keywords;
            if let [Keyword { arg: None, value, .. }] = keywords {
                // The call takes any mapping.
                self.expr_into(value, dict)?;
                rest = &[];
            }
            let mut started = false;
            while let Some(first) = rest.first() {
                let mark = self.unit.mark();
                if first.arg.is_none() {
                    if !started {
                        self.unit.op(Op::BuildMap, dict, dict, 0, span);
                    }
                    let value = self.value(&first.value, None)?;
                    self.unit.op(Op::DictMerge, dict, value, callee, span);
                    rest = &rest[1..];
                } else {
                    let named = rest.iter().take_while(|keyword| keyword.arg.is_some()).count().min(30);
                    let part = self.unit.mark() + super::unit::TEMP;
                    for keyword in &rest[..named] {
                        let key = self.unit.temp();
                        let name = keyword.arg.clone().unwrap_or_else(|| Name::from(""));
                        self.load_str(&name, key, keyword.span);
                        self.push(&keyword.value)?;
                    }
                    if started {
                        self.unit.op(Op::BuildMap, part, part, named as u16, span);
                        self.unit.op(Op::DictMerge, dict, part, callee, span);
                    } else {
                        self.unit.op(Op::BuildMap, dict, part, named as u16, span);
                    }
                    rest = &rest[named..];
                }
                started = true;
                self.unit.release(mark);
            }
        }
        self.unit.emit(Instr::new(Op::CallEx, callee, u16::from(with_dict), out), span);
        Ok(())
    }

    /// `super().name` and `super().name(...)`: the number of links of the chain it covers.
    pub fn super_call(&mut self, links: &[&'t Expr], base: Reg, dst: Reg) -> Res<Option<usize>> {
        let [call, attribute, rest @ ..] = links else {
            return Ok(None);
        };
        let (ExprKind::Call { func, args, keywords }, ExprKind::Attribute { attr, .. }) = (&call.node, &attribute.node) else {
            return Ok(None);
        };
        let ExprKind::Name { id } = &func.node else {
            return Ok(None);
        };
        let scope = &self.scopes.all[self.scope];
        if &**id != "super"
            || !keywords.is_empty()
            || !scope.kind.is_function_like()
            || scope.kind == ScopeKind::GenExpr
            || self.access(id) != Access::Global
            || args.iter().any(|arg| matches!(arg.node, ExprKind::Starred { .. }))
        {
            return Ok(None);
        }
        let class: Name = "__class__".into();
        let first = match args.as_slice() {
            [] => {
                let function = matches!(self.scopes.all[self.unit.scope].kind, ScopeKind::Function | ScopeKind::Lambda);
                let star = self.unit.flags.has(CodeFlags::VARARGS) && self.unit.arg_count == 0;
                let Some(name) = self.unit.varnames.first().filter(|_| self.unit.arg_count > 0 || star) else {
                    return Ok(None);
                };
                if !function || star || self.free_index(&class).is_none() {
                    return Ok(None);
                }
                Some(name.clone())
            }
            [_, _] => None,
            _ => return Ok(None),
        };
        let at = self.unit.temps(3);
        self.load_name(id, at, func.span)?;
        match first {
            Some(name) => {
                self.load_access(self.access(&class), &class, at + 1, call.span);
                // The register of the parameter, which a cell may have taken over.
                self.load_access(self.access(&name), &name, at + 2, call.span);
            }
            None => {
                self.expr_into(&args[0], at + 1)?;
                self.expr_into(&args[1], at + 2)?;
            }
        }
        let name = self.mangled(attr);
        let site = self.unit.attr_site(&name);
        let top = base - super::unit::TEMP + 1;
        if let [Expr { node: ExprKind::Call { args, keywords, .. }, span }, rest @ ..] = rest
            && is_plain_call(args, keywords)
        {
            self.unit.emit(Instr::site(Op::LoadSuperMethod, base, at, site), attribute.span);
            self.unit.release(top);
            self.unit.temp();
            let out = if rest.is_empty() { dst } else { base };
            self.call_tail(base, true, 0, args, keywords, out, *span)?;
            return Ok(Some(3));
        }
        let out = if rest.is_empty() { dst } else { base };
        self.unit.emit(Instr::site(Op::LoadSuperAttr, out, at, site), attribute.span);
        Ok(Some(2))
    }
}
