//! Arithmetic and comparison of ints and floats; other operands go to `vm/arith.rs`.

use lockstep_compile::code::{Instr, Op};
use lockstep_heap::{Raw, Tag, Value};

use super::{At, Exit, handlers};
use crate::object::Py;
use crate::object::special::CompareOp;
use crate::object::strand::{Frame, Return};
use crate::types::code::CodeObject;
use crate::types::float;
use crate::vm::frame::Target;
use crate::vm::{Flow, arith, fetch, push, put};

/// Two operands as floats, if one of them is a float and the other a float or an int.
#[inline(always)]
fn floats(x: Raw, y: Raw) -> Option<(f64, f64)> {
    if x.is_float() {
        if y.is_float() {
            return Some((x.float(), y.float()));
        }
        return if y.is_int() { Some((x.float(), y.int() as f64)) } else { None };
    }
    if y.is_float() && x.is_int() { Some((x.int() as f64, y.float())) } else { None }
}

/// A handler for two registers: what to do with two ints, with two floats. The second function, which is
/// for all other operands, keeps the first short: it needs no more machine registers than are free.
macro_rules! arithmetic {
    ($($name:ident, $mixed:ident |$x:ident, $y:ident| $int:expr, |$p:ident, $q:ident| $float:expr;)*) => { handlers! { $(
        fn $name(at, py, i) {
            let ($x, $y) = (at.r(i.b), at.r(i.c));
            if $x.both_int($y) {
                let result: Option<Raw> = $int;
                if let Some(n) = result { return at.put(py, i.a, n); }
            } else if $x.is_float() && $y.is_float() {
                let ($p, $q) = ($x.float(), $y.float());
                let result: Option<f64> = $float;
                if let Some(f) = result { return at.put(py, i.a, Raw::from_float(f)); }
            }
            $mixed(py, at.frame, at.base, at.pc, at.code)
        }
    )* }
    mixed! { $($mixed |$p, $q| $float;)* } };
}

/// The same for operations of which the one of floats is longer.
macro_rules! integral {
    ($($name:ident, $mixed:ident |$x:ident, $y:ident| $int:expr, |$p:ident, $q:ident| $float:expr;)*) => { handlers! { $(
        fn $name(at, py, i) {
            let ($x, $y) = (at.r(i.b), at.r(i.c));
            if $x.both_int($y) {
                let result: Option<Raw> = $int;
                if let Some(n) = result { return at.put(py, i.a, n); }
            }
            $mixed(py, at.frame, at.base, at.pc, at.code)
        }
    )* }
    mixed! { $($mixed |$p, $q| $float;)* } };
}

/// Two registers that are not both ints, or ints whose result does not fit.
macro_rules! mixed {
    ($($name:ident |$p:ident, $q:ident| $float:expr;)*) => { $(
        #[inline(never)]
        unsafe fn $name(py: &mut Py, frame: *mut Frame, base: *mut Raw, pc: *const Instr, code: *const CodeObject) -> Exit {
            // SAFETY: the contract of `Handler`, with `pc` behind the instruction.
            unsafe {
                let (at, i) = (At { frame, base, pc, code }, &*pc.sub(1));
                if let Some(($p, $q)) = floats(at.r(i.b), at.r(i.c)) {
                    let result: Option<f64> = $float;
                    if let Some(f) = result {
                        return at.put(py, i.a, Raw::from_float(f));
                    }
                }
                operate(py, frame, base, pc, code)
            }
        }
    )* };
}

/// A handler for a register and a number in the instruction.
macro_rules! arithmetic_int {
    ($($name:ident |$x:ident, $y:ident| $int:expr, |$p:ident, $q:ident| $float:expr;)*) => { handlers! { $(
        fn $name(at, py, i) {
            let $x = at.r(i.b);
            let $y = i64::from(i.c as i16);
            if $x.is_int() {
                let result: Option<Raw> = $int;
                if let Some(n) = result { return at.put(py, i.a, n); }
            } else if $x.is_float() {
                let ($p, $q) = ($x.float(), $y as f64);
                let result: Option<f64> = $float;
                if let Some(f) = result { return at.put(py, i.a, Raw::from_float(f)); }
            }
            operate_int(py, at.frame, at.base, at.pc, at.code)
        }
    )* } };
}

/// The same for operations of which the one of floats is longer, or is none.
macro_rules! integral_int {
    ($($name:ident $(, $mixed:ident)? |$x:ident, $y:ident| $int:expr $(, |$p:ident, $q:ident| $float:expr)?;)*) => {
        handlers! { $(
            fn $name(at, py, i) {
                let $x = at.r(i.b);
                let $y = i64::from(i.c as i16);
                if $x.is_int() {
                    let result: Option<Raw> = $int;
                    if let Some(n) = result { return at.put(py, i.a, n); }
                }
                $( if $x.is_float() { return $mixed(py, at.frame, at.base, at.pc, at.code); } )?
                operate_int(py, at.frame, at.base, at.pc, at.code)
            }
        )* }
        $($(
            #[inline(never)]
            unsafe fn $mixed(py: &mut Py, frame: *mut Frame, base: *mut Raw, pc: *const Instr, code: *const CodeObject) -> Exit {
                // SAFETY: the contract of `Handler`, with `pc` behind the instruction; the operand is a float.
                unsafe {
                    let (at, i) = (At { frame, base, pc, code }, &*pc.sub(1));
                    let ($p, $q) = (at.r(i.b).float(), f64::from(i.c as i16));
                    let result: Option<f64> = $float;
                    if let Some(f) = result {
                        return at.put(py, i.a, Raw::from_float(f));
                    }
                    operate_int(py, frame, base, pc, code)
                }
            }
        )?)*
    };
}

/// A handler for two ints.
macro_rules! bits {
    ($($name:ident |$x:ident, $y:ident| $int:expr;)*) => { handlers! { $(
        fn $name(at, py, i) {
            let ($x, $y) = (at.r(i.b), at.r(i.c));
            if $x.both_int($y) {
                let result: Option<Raw> = $int;
                if let Some(n) = result { return at.put(py, i.a, n); }
            }
            operate(py, at.frame, at.base, at.pc, at.code)
        }
    )* } };
}

macro_rules! comparison {
    ($($name:ident $cmp:tt;)*) => { handlers! { $(
        fn $name(at, py, i) {
            let (x, y) = (at.r(i.b), at.r(i.c));
            if x.both_int(y) { return at.put(py, i.a, Raw::from_bool(x.int_high() $cmp y.int_high())); }
            if x.is_float() && y.is_float() { return at.put(py, i.a, Raw::from_bool(x.float() $cmp y.float())); }
            compare(py, at.frame, at.base, at.pc, at.code)
        }
    )* } };
}

/// Compare two registers and jump.
macro_rules! branch {
    ($($name:ident $cmp:tt;)*) => { handlers! { $(
        fn $name(at, py, i) {
            let (x, y) = (at.r(i.a), at.r(i.b));
            let result = if x.both_int(y) { x.int_high() $cmp y.int_high() }
                else if x.is_float() && y.is_float() { x.float() $cmp y.float() }
                else { return branch(py, at.frame, at.base, at.pc, at.code); };
            if result == (i.d != 0) { at.jump(i32::from(i.c as i16)).next(py) } else { at.next(py) }
        }
    )* } };
}

/// Compare a register with a number and jump.
macro_rules! branch_int {
    ($($name:ident $op:ident $cmp:tt;)*) => { handlers! { $(
        fn $name(at, py, i) {
            let x = at.r(i.a);
            if !x.is_int() {
                return at.slow(py, |py, frame, i| arith::branch_int(py, frame, i, CompareOp::$op));
            }
            if (x.int() $cmp i64::from(i.b as i16)) == (i.d != 0) { at.jump(i32::from(i.c as i16)).next(py) } else { at.next(py) }
        }
    )* } };
}

/// Whether a word is an int object, or one of a subclass.
#[inline(always)]
unsafe fn is_big(x: Raw) -> bool {
    // SAFETY: the register keeps the object alive.
    x.is_ptr() && unsafe { (*x.header()).shape().tag() == Tag::BIG_INT }
}

/// The int that a truth is to a sum, a difference or a product.
#[inline(always)]
fn number(op: Op, x: Raw) -> Raw {
    if x.is_bool() && matches!(op, Op::Add | Op::Sub | Op::Mul) { Raw::from_int(i64::from(x == Raw::TRUE)) } else { x }
}

/// A binary operation of an int that does not fit, or another operand, and the number in the instruction.
#[inline(never)]
unsafe fn operate_int(py: &mut Py, frame: *mut Frame, base: *mut Raw, pc: *const Instr, code: *const CodeObject) -> Exit {
    // SAFETY: the contract of `Handler`, with `pc` behind the instruction.
    unsafe {
        let i = *pc.sub(1);
        let at = At { frame, base, pc, code };
        let x = at.r(i.b);
        if x.is_int() || is_big(x) {
            let value = arith::ints_quick(py, arith::operator(i.op), x, Raw::from_int(i64::from(i.c as i16)));
            if value.0 != 0 {
                let dying = if i.a == i.b { Raw::NOTHING } else { at.consume(i.b) };
                return at.put_and_drop(py, i.a, value, dying);
            }
        }
        at.slow(py, |py, frame, i| arith::binary_int(py, frame, i, arith::operator(i.op)))
    }
}

/// A binary operation of other operands: a method in Python gets a frame at once.
#[inline(never)]
unsafe fn operate(py: &mut Py, frame: *mut Frame, base: *mut Raw, pc: *const Instr, code: *const CodeObject) -> Exit {
    // SAFETY: the contract of `Handler`, with `pc` behind the instruction.
    unsafe {
        (*frame).pc = pc;
        let i = *pc.sub(1);
        let at = At { frame, base, pc, code };
        let (x, y) = (number(i.op, at.r(i.b)), number(i.op, at.r(i.c)));
        if (x.is_int() || is_big(x)) && (y.is_int() || is_big(y)) {
            let value = arith::ints_quick(py, arith::operator(i.op), x, y);
            if value.0 != 0 {
                let (p, q) = (at.consume(i.b), at.consume(i.c));
                let old = at.exchange(i.a, value);
                return if p.0 | q.0 | old.0 == 0 { at.next(py) } else { at.bury(py, [p, q, old]) };
            }
        }
        if push::binary(py, frame, i, arith::operator(i.op)) {
            return At::load(py).next(py);
        }
        At { frame, base, pc, code }.slow(py, |py, frame, i| arith::binary(py, frame, i, arith::operator(i.op)))
    }
}

/// A comparison of other operands as a value.
#[inline(never)]
unsafe fn compare(py: &mut Py, frame: *mut Frame, base: *mut Raw, pc: *const Instr, code: *const CodeObject) -> Exit {
    // SAFETY: the contract of `Handler`, with `pc` behind the instruction.
    unsafe {
        (*frame).pc = pc;
        let i = *pc.sub(1);
        let at = At { frame, base, pc, code };
        let answer = arith::compare_strs(py, arith::comparison(i.op), at.r(i.b), at.r(i.c));
        if answer != Raw::NOTHING {
            let (p, q) = (at.consume(i.b), at.consume(i.c));
            let old = at.exchange(i.a, answer);
            return if p.0 | q.0 | old.0 == 0 { at.next(py) } else { at.bury(py, [p, q, old]) };
        }
        if push::compare(py, frame, (i.b, i.c), arith::comparison(i.op), Target::register(i.a)) {
            return At::load(py).next(py);
        }
        At { frame, base, pc, code }.slow(py, |py, frame, i| arith::compare(py, frame, i, arith::comparison(i.op)))
    }
}

/// A comparison of other operands, with its jump.
#[inline(never)]
unsafe fn branch(py: &mut Py, frame: *mut Frame, base: *mut Raw, pc: *const Instr, code: *const CodeObject) -> Exit {
    // SAFETY: the contract of `Handler`, with `pc` behind the instruction.
    unsafe {
        (*frame).pc = pc;
        let i = *pc.sub(1);
        let at = At { frame, base, pc, code };
        let answer = arith::compare_strs(py, arith::comparison(i.op), at.r(i.a), at.r(i.b));
        if answer != Raw::NOTHING {
            let (p, q) = (at.consume(i.a), at.consume(i.b));
            let at = if (answer == Raw::TRUE) == (i.d != 0) { at.jump(i32::from(i.c as i16)) } else { at };
            return at.next_and_drop(py, p, q);
        }
        if push::compare(py, frame, (i.a, i.b), arith::comparison(i.op), arith::branch_target(i)) {
            return At::load(py).next(py);
        }
        At { frame, base, pc, code }.slow(py, |py, frame, i| arith::branch(py, frame, i, arith::comparison(i.op)))
    }
}

/// A quotient of floats; none for a zero divisor.
macro_rules! divided {
    ($q:expr, $value:expr) => {
        if $q != 0.0 { Some($value) } else { None }
    };
}

arithmetic! {
    add, add_mixed |x, y| x.int_high().checked_add(y.int_high()).map(Raw::from_int_high), |p, q| Some(p + q);
    sub, sub_mixed |x, y| x.int_high().checked_sub(y.int_high()).map(Raw::from_int_high), |p, q| Some(p - q);
    mul, mul_mixed |x, y| x.int().checked_mul(y.int_high()).map(Raw::from_int_high), |p, q| Some(p * q);
    true_div, true_div_mixed |x, y| arith::true_div(x, y), |p, q| divided!(q, p / q);
}

integral! {
    floor_div, floor_div_mixed |x, y| arith::floor_div(x.int(), y.int()), |p, q| divided!(q, float::floor_div(p, q));
    modulo, modulo_mixed |x, y| arith::modulo(x.int(), y.int()), |p, q| divided!(q, float::modulo(p, q));
    div2, div2_mixed |x, y| arith::floor_div(x.int(), y.int()), |p, q| divided!(q, p / q);
    power, power_mixed |x, y| arith::pow(x.int(), y.int()), |p, q| arith::pow_float(p, q);
}

arithmetic_int! {
    add_int |x, y| x.int_high().checked_add(y << 16).map(Raw::from_int_high), |p, q| Some(p + q);
    sub_int |x, y| x.int_high().checked_sub(y << 16).map(Raw::from_int_high), |p, q| Some(p - q);
    mul_int |x, y| x.int_high().checked_mul(y).map(Raw::from_int_high), |p, q| Some(p * q);
}

integral_int! {
    floor_div_int, floor_div_float |x, y| arith::floor_div(x.int(), y), |p, q| divided!(q, float::floor_div(p, q));
    mod_int, mod_float |x, y| arith::modulo(x.int(), y), |p, q| divided!(q, float::modulo(p, q));
    and_int |x, y| Some(Raw::from_int(x.int() & y));
    rshift_int |x, y| arith::rshift(x.int(), y);
    lshift_int |x, y| arith::lshift(x.int(), y);
}

bits! {
    lshift |x, y| arith::lshift(x.int(), y.int());
    rshift |x, y| arith::rshift(x.int(), y.int());
    and |x, y| Some(Raw(x.0 & y.0));
    or |x, y| Some(Raw(x.0 | y.0));
    xor |x, y| Some(Raw::from_int(x.int() ^ y.int()));
}

comparison! {
    lt <;
    le <=;
    eq ==;
    ne !=;
    gt >;
    ge >=;
}

branch! {
    jump_lt <;
    jump_le <=;
    jump_eq ==;
    jump_ne !=;
    jump_gt >;
    jump_ge >=;
}

branch_int! {
    jump_lt_int Lt <;
    jump_le_int Le <=;
    jump_eq_int Eq ==;
    jump_ne_int Ne !=;
    jump_gt_int Gt >;
    jump_ge_int Ge >=;
}

/// `Not` of what is not a bool.
#[inline(never)]
unsafe fn not_otherwise(py: &mut Py, frame: *mut Frame, base: *mut Raw, pc: *const Instr, code: *const CodeObject) -> Exit {
    // SAFETY: the contract of `Handler`.
    unsafe {
        let (at, i) = (At { frame, base, pc, code }, &*pc.sub(1));
        (*frame).pc = pc;
        if at.r(i.b).is_ptr() && push::truth(py, frame, i.b, Target { ret: Return::Truth, ..Target::register(i.a) }) {
            return At::load(py).next(py);
        }
        at.slow(py, |py, frame, i| arith::not(py, frame, i))
    }
}

handlers! {
    fn matmul(at, py, _i) { operate(py, at.frame, at.base, at.pc, at.code) }
    fn neg(at, py, i) {
        let x = at.r(i.b);
        if x.is_int() && x.int() != Raw::INT_MIN {
            return at.put(py, i.a, Raw::from_int(-x.int()));
        }
        if x.is_float() {
            return at.put(py, i.a, Raw::from_float(-x.float()));
        }
        at.slow(py, |py, frame, i| arith::unary(py, frame, i))
    }
    fn unary(at, py, _i) { at.slow(py, |py, frame, i| arith::unary(py, frame, i)) }
    fn not(at, py, i) {
        let x = at.r(i.b);
        if x.is_bool() {
            return at.put(py, i.a, Raw::from_bool(x == Raw::FALSE));
        }
        not_otherwise(py, at.frame, at.base, at.pc, at.code)
    }
    fn is(at, py, i) {
        let (x, y) = (at.r(i.b), at.r(i.c));
        if x == Raw::UNBOUND || y == Raw::UNBOUND {
            return at.slow(py, |py, frame, i| arith::check_bound(py, frame, i).map(|_| Flow::Next));
        }
        let same = x == y;
        let result = Raw::from_bool(same == (i.op == Op::Is));
        let p = at.consume(i.b);
        if p.0 != 0 && !same && at.is_temporary(i.c) {
            // The rare case of two operands that may both die here.
            *at.base.add(i.b as usize) = p;
            return at.slow(py, |_, frame, i| {
                let (base, locals) = ((*frame).base, (*(*frame).code).locals);
                let operands = (fetch(base, locals, i.b), fetch(base, locals, i.c));
                let same = operands.0.is(&operands.1);
                drop(operands);
                put(base, i.a, Value::bool(same == (i.op == Op::Is)));
                Ok(Flow::Next)
            });
        }
        let q = at.consume(i.c);
        at.put_and_drop(py, i.a, result, Raw(p.0 | q.0))
    }
}
