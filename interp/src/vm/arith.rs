//! Operators, comparisons and truth beyond the loop's fast cases.

use lockstep_compile::code::{Instr, Op};
use lockstep_heap::{Raw, Value};

use super::call::{deliver, enter, push_call, push_method};
use super::frame::Target;
use super::{Flow, fetch, put};
use crate::object::Py;
use crate::object::Special;
use crate::object::raise::Result;
use crate::object::special::{BinaryOp, CompareOp};
use crate::object::strand::{Frame, Return, sense};
use crate::types::function::Function;
use crate::types::list::List;
use crate::types::str::Str;

/// `x // y` of ints; none for the cases that need care.
#[inline(always)]
pub(super) fn floor_div(x: i64, y: i64) -> Option<Raw> {
    if y == 0 {
        return None;
    }
    let (q, r) = (x / y, x % y);
    let q = if r != 0 && (r ^ y) < 0 { q - 1 } else { q };
    if Raw::fits(q) { Some(Raw::from_int(q)) } else { None }
}

/// `x % y` of ints.
#[inline(always)]
pub(super) fn modulo(x: i64, y: i64) -> Option<Raw> {
    if y == 0 {
        return None;
    }
    let r = x % y;
    Some(Raw::from_int(if r != 0 && (r ^ y) < 0 { r + y } else { r }))
}

/// `x / y` of ints.
#[inline(always)]
pub(super) fn true_div(x: Raw, y: Raw) -> Option<Raw> {
    // 48-bit ints are exact floats, so one division rounds correctly.
    if y.int() == 0 { None } else { Some(Raw::from_float(x.int() as f64 / y.int() as f64)) }
}

/// `x ** y` of ints, small exponents.
#[inline]
pub(super) fn pow(x: i64, y: i64) -> Option<Raw> {
    if !(0..=64).contains(&y) {
        return None;
    }
    x.checked_pow(y as u32).filter(|n| Raw::fits(*n)).map(Raw::from_int)
}

/// `x ** y` of floats where nothing special happens.
#[inline]
pub(super) fn pow_float(x: f64, y: f64) -> Option<f64> {
    if x > 0.0 {
        let z = x.powf(y);
        if z.is_finite() && z != 0.0 {
            return Some(z);
        }
    }
    None
}

/// `x << y` of ints.
#[inline(always)]
pub(super) fn lshift(x: i64, y: i64) -> Option<Raw> {
    if !(0..48).contains(&y) {
        return None;
    }
    let n = x.checked_mul(1 << y)?;
    if Raw::fits(n) { Some(Raw::from_int(n)) } else { None }
}

/// `x >> y` of ints.
#[inline(always)]
pub(super) fn rshift(x: i64, y: i64) -> Option<Raw> {
    if y < 0 { None } else { Some(Raw::from_int(x >> y.min(63))) }
}

unsafe fn check(py: &mut Py, frame: *mut Frame, register: u16) -> Result<()> {
    // SAFETY: a register of the running frame.
    if unsafe { *(*frame).base.add(register as usize) } == Raw::UNBOUND {
        // SAFETY: as above.
        return Err(unsafe { super::name::unbound_local(py, frame, register) });
    }
    Ok(())
}

/// For `Is`: UnboundLocalError for an unbound operand.
pub(super) unsafe fn check_bound(py: &mut Py, frame: *mut Frame, i: Instr) -> Result<Flow> {
    // SAFETY: operands of the running frame.
    unsafe {
        check(py, frame, i.b)?;
        check(py, frame, i.c)?;
        Ok(Flow::Next)
    }
}

/// A binary operation on two ints, one of them an object; nothing if it is another one, or may fail.
#[inline(never)]
pub(super) unsafe fn ints_quick(py: &Py, op: BinaryOp, x: Raw, y: Raw) -> Raw {
    // SAFETY: the words are borrowed from registers, which nothing here writes.
    let (a, b) = unsafe { (std::mem::ManuallyDrop::new(Value::from_raw(x)), std::mem::ManuallyDrop::new(Value::from_raw(y))) };
    crate::types::int::quick(py, op, &a, &b).map_or(Raw::NOTHING, Value::into_raw)
}

/// How two exact strs compare, as a truth; nothing for other operands.
#[inline(never)]
pub(super) unsafe fn compare_strs(py: &Py, op: CompareOp, x: Raw, y: Raw) -> Raw {
    // SAFETY: the words are borrowed from registers, which nothing here writes; the shape tells the
    // payload.
    unsafe {
        let is_str = |x: Raw| x.is_ptr() && std::ptr::eq((*x.header()).shape_ptr(), py.strand.shapes.str);
        if !is_str(x) || !is_str(y) {
            return Raw::NOTHING;
        }
        let s = std::mem::ManuallyDrop::new(lockstep_heap::Ref::<Str>::from_raw(x));
        let t = std::mem::ManuallyDrop::new(lockstep_heap::Ref::<Str>::from_raw(y));
        let equal = || x == y || s.as_bytes() == t.as_bytes();
        Raw::from_bool(match op {
            CompareOp::Eq => equal(),
            CompareOp::Ne => !equal(),
            _ => op.accepts(s.as_bytes().cmp(t.as_bytes())),
        })
    }
}

/// Put an int or a word without Python code into the set in a register; false: it takes more.
#[inline(never)]
pub(super) unsafe fn add_quick(py: &mut Py, set: Raw, item: Raw) -> bool {
    // SAFETY: as in `contains_quick`.
    unsafe {
        let item = std::mem::ManuallyDrop::new(Value::from_raw(item));
        let Some(hash) = quick_hash(py, &item) else { return false };
        let set = std::mem::ManuallyDrop::new(lockstep_heap::Ref::<crate::types::set::Set>::from_raw(set));
        match crate::types::set::find_quick(py, &set, &item, hash) {
            Some(None) => {
                let item = Value::clone(&item);
                set.get_mut(py).table.push(hash, item);
                true
            }
            Some(Some(_)) => true,
            None => false,
        }
    }
}

/// `dict[key] = value` in the dict in a register, if the key is new; false: nothing was done.
#[inline(never)]
pub(super) unsafe fn enter_quick(py: &mut Py, dict: Raw, key: Raw, value: Raw) -> bool {
    // SAFETY: as in `contains_quick`.
    unsafe {
        let key = std::mem::ManuallyDrop::new(Value::from_raw(key));
        let Some(hash) = quick_hash(py, &key) else { return false };
        let dict = std::mem::ManuallyDrop::new(lockstep_heap::Ref::<crate::types::dict::Dict>::from_raw(dict));
        if !matches!(crate::types::dict::find_quick(py, &dict, &key, hash), Some(None)) {
            return false;
        }
        let value = std::mem::ManuallyDrop::new(Value::from_raw(value));
        let (key, value) = (Value::clone(&key), Value::clone(&value));
        dict.get_mut(py).push(hash, key, value);
        true
    }
}

/// A binary operation.
#[inline(never)]
pub(super) unsafe fn binary(py: &mut Py, frame: *mut Frame, i: Instr, op: BinaryOp) -> Result<Flow> {
    // SAFETY: operands of the running frame.
    unsafe {
        check(py, frame, i.b)?;
        check(py, frame, i.c)?;
        let (base, locals) = ((*frame).base, (*(*frame).code).locals);
        let a = fetch(base, locals, i.b);
        let b = fetch(base, locals, i.c);
        if op == BinaryOp::Add
            && let (Some(x), Some(y)) = (a.downcast::<Str>(), b.downcast::<Str>())
            && py.is_exact::<Str>(&a)
            && py.is_exact::<Str>(&b)
        {
            let (x, y) = (x.clone(), y.clone());
            drop(a);
            if i.a == i.b {
                // `s += t`: without the register's reference the text can grow in place. There
                // is room, else the register keeps what it had.
                py.room(x.as_bytes().len() + y.as_bytes().len())?;
                put(base, i.a, Value::UNBOUND);
            }
            let value = crate::types::str::append(py, x, &y)?;
            put(base, i.a, value);
            return Ok(Flow::Next);
        }
        // A subclass of str may have a `__rmod__` of its own.
        if op == BinaryOp::Mod
            && let Some(format) = a.downcast::<Str>()
            && py.is_exact::<Str>(&a)
            && (!b.is_a::<Str>() || py.is_exact::<Str>(&b))
        {
            let value = crate::types::str::percent::format(py, format, &b)?;
            put((*frame).base, i.a, value);
            return Ok(Flow::Next);
        }
        binary_values(py, frame, i, op, a, b)
    }
}

/// A binary operation with a number.
#[inline(never)]
pub(super) unsafe fn binary_int(py: &mut Py, frame: *mut Frame, i: Instr, op: BinaryOp) -> Result<Flow> {
    // SAFETY: operands of the running frame.
    unsafe {
        check(py, frame, i.b)?;
        let a = fetch((*frame).base, (*(*frame).code).locals, i.b);
        binary_values(py, frame, i, op, a, Value::int32(i32::from(i.c as i16)))
    }
}

/// Whether a value is an instance of a class without builtin base.
#[inline(always)]
fn is_plain(value: &Value) -> bool {
    value.header().is_some_and(|h| h.shape().tag() == lockstep_heap::Tag::INSTANCE)
}

unsafe fn binary_values(py: &mut Py, frame: *mut Frame, i: Instr, op: BinaryOp, a: Value, b: Value) -> Result<Flow> {
    // SAFETY: operands of the running frame.
    unsafe {
        let base = (*frame).base;
        let in_place = i.d & 1 != 0;
        if (!in_place || op.in_place().is_none_or(|special| py.special(&a, special).is_none()))
            && let Some(result) = py.binary_alike(op, &a, &b)
        {
            put((*frame).base, i.a, result?);
            return Ok(Flow::Next);
        }
        // Instances of plain classes are neither numbers nor lists.
        let plain = is_plain(&a);
        if !plain && let Some(result) = crate::types::int::binary_numbers(py, op, &a, &b) {
            put(base, i.a, result?);
            return Ok(Flow::Next);
        }
        if !plain
            && in_place
            && op == BinaryOp::Add
            && let Some(list) = a.downcast::<List>()
            && py.is_exact::<List>(&a)
        {
            crate::types::list::extend(py, list, &b)?;
            put(base, i.a, a);
            return Ok(Flow::Next);
        }
        // A Python method of the left operand gets a frame, if nothing else comes first.
        let method = if in_place { op.in_place().and_then(|s| py.special(&a, s)) } else { None };
        let method = match method {
            Some(m) => Some(m),
            None => py.special(&a, op.method()),
        };
        if let Some(method) = method
            && method.is_a::<Function>()
        {
            let (left, right) = (py.type_ref(&a), py.type_ref(&b));
            if left.is(right) || !py.is_subtype(right, left) {
                let method = method.clone();
                return push_operator(py, method, a, b, Target::register(i.a));
            }
        }
        let value = if in_place { py.binary_in_place(op, &a, &b)? } else { py.binary(op, &a, &b)? };
        put((*frame).base, i.a, value);
        Ok(Flow::Next)
    }
}

/// Push a frame for the method of an operator; the operands are kept below it.
unsafe fn push_operator(py: &mut Py, method: Value, a: Value, b: Value, target: Target) -> Result<Flow> {
    // SAFETY: pushing leaves two free registers below the frame's.
    unsafe {
        if !push_method(py, &method, &a, std::slice::from_ref(&b), target)? {
            push_call(py, &method, &[a.clone(), b.clone()], &[], target)?;
        }
        let new = py.strand.frame;
        *(*new).base.sub(2) = a.into_raw();
        *(*new).base.sub(1) = b.into_raw();
        (*new).flags |= crate::object::strand::frame_flags::OPERANDS;
        Ok(Flow::Reload)
    }
}

/// The method of the left operand has answered NotImplemented: try the rest.
pub(super) unsafe fn rest_of_operator(py: &mut Py, caller: *mut Frame, a: &Value, b: &Value) -> Result<Value> {
    // SAFETY: the instruction before the caller's `pc` is the operation.
    let op = unsafe { (*(*caller).pc.sub(1)).op };
    let Some(compare) = compared(op) else {
        // SAFETY: as above.
        return unsafe { rest_of_binary(py, caller, a, b) };
    };
    if let Some(result) = py.call_special(b, compare.swapped().method(), std::slice::from_ref(a)) {
        let result = result?;
        if !result.is_not_implemented() {
            return Ok(result);
        }
    }
    py.compare_identity(compare, a, b)
}

/// What an instruction compares by; none if it is no comparison.
#[inline(always)]
fn compared(op: Op) -> Option<CompareOp> {
    Some(match op {
        Op::Lt | Op::JumpLt | Op::JumpLtInt => CompareOp::Lt,
        Op::Le | Op::JumpLe | Op::JumpLeInt => CompareOp::Le,
        Op::Eq | Op::JumpEq | Op::JumpEqInt => CompareOp::Eq,
        Op::Ne | Op::JumpNe | Op::JumpNeInt => CompareOp::Ne,
        Op::Gt | Op::JumpGt | Op::JumpGtInt => CompareOp::Gt,
        Op::Ge | Op::JumpGe | Op::JumpGeInt => CompareOp::Ge,
        _ => return None,
    })
}

/// What a comparing instruction compares by.
#[inline(always)]
pub(super) fn comparison(op: Op) -> CompareOp {
    compared(op).unwrap_or(CompareOp::Eq)
}

/// Where the result of a fused comparison and jump goes.
pub(super) fn branch_target(i: Instr) -> Target {
    Target { ret: Return::Branch, dst: 0, jump: i32::from(i.c as i16), sense: i.d }
}

unsafe fn rest_of_binary(py: &mut Py, caller: *mut Frame, a: &Value, b: &Value) -> Result<Value> {
    // SAFETY: the instruction before the caller's `pc` is the operation.
    let i = unsafe { *(*caller).pc.sub(1) };
    let op = operator(i.op);
    let in_place = i.d & 1 != 0;
    // The in-place method, if that was the one, is followed by the ordinary protocol.
    let was_in_place = in_place && op.in_place().is_some_and(|s| py.special(a, s).is_some());
    if was_in_place {
        return match py.binary(op, a, b) {
            Err(e) if e.is(crate::object::Exc::TypeError) && e.as_object().is_none() => {
                let symbol = format!("{}=", if op == BinaryOp::Pow { "**" } else { op.symbol() });
                Err(py.unsupported(&symbol, a, b))
            }
            other => other,
        };
    }
    let (left, right) = (py.type_of(a), py.type_of(b));
    if !left.is(&right)
        && let Some(method) = py.special_owned(b, op.reflected())
    {
        let result = py.call_unbound(&method, b, std::slice::from_ref(a))?;
        if !result.is_not_implemented() {
            return Ok(result);
        }
    }
    let symbol =
        if in_place { format!("{}=", if op == BinaryOp::Pow { "**" } else { op.symbol() }) } else { op.symbol().to_owned() };
    Err(py.unsupported(&symbol, a, b))
}

/// What an instruction calculates.
pub(super) fn operator(op: Op) -> BinaryOp {
    match op {
        Op::Sub | Op::SubInt => BinaryOp::Sub,
        Op::Mul | Op::MulInt => BinaryOp::Mul,
        Op::TrueDiv => BinaryOp::TrueDiv,
        Op::FloorDiv | Op::FloorDivInt => BinaryOp::FloorDiv,
        Op::Mod | Op::ModInt => BinaryOp::Mod,
        Op::Pow => BinaryOp::Pow,
        Op::LShift | Op::LShiftInt => BinaryOp::LShift,
        Op::RShift | Op::RShiftInt => BinaryOp::RShift,
        Op::And | Op::AndInt => BinaryOp::And,
        Op::Or => BinaryOp::Or,
        Op::Xor => BinaryOp::Xor,
        Op::MatMul => BinaryOp::MatMul,
        Op::Div2 => BinaryOp::Div2,
        _ => BinaryOp::Add,
    }
}

/// `Neg`, `Pos`, `Invert`
pub(super) unsafe fn unary(py: &mut Py, frame: *mut Frame, i: Instr) -> Result<Flow> {
    // SAFETY: operands of the running frame.
    unsafe {
        check(py, frame, i.b)?;
        let a = fetch((*frame).base, (*(*frame).code).locals, i.b);
        let special = match i.op {
            Op::Neg => Special::Neg,
            Op::Pos => Special::Pos,
            _ => Special::Invert,
        };
        if let Some(method) = py.special_owned(&a, special)
            && method.is_a::<Function>()
        {
            return enter(py, frame, &method, &[a], &[], Target::register(i.a));
        }
        let value = py.unary(special, &a)?;
        put((*frame).base, i.a, value);
        Ok(Flow::Next)
    }
}

/// `Not`
pub(super) unsafe fn not(py: &mut Py, frame: *mut Frame, i: Instr) -> Result<Flow> {
    // SAFETY: operands of the running frame.
    unsafe {
        check(py, frame, i.b)?;
        let a = fetch((*frame).base, (*(*frame).code).locals, i.b);
        truth_to(py, frame, &a, Target { ret: Return::Truth, dst: i.a, jump: 0, sense: 0 })
    }
}

/// Deliver the truth of a value; `__bool__` in Python gets a frame.
unsafe fn truth_to(py: &mut Py, frame: *mut Frame, value: &Value, target: Target) -> Result<Flow> {
    // SAFETY: the running frame.
    unsafe {
        if let Some(method) = python_bool(py, value) {
            let target = Target { sense: target.sense | sense::BOOL, ..target };
            return enter(py, frame, &method, std::slice::from_ref(value), &[], target);
        }
        let truth = py.truth(value)?;
        deliver(py, frame, Value::bool(truth), target)
    }
}

/// The `__bool__` of an instance's class, if it is a Python function.
fn python_bool(py: &Py, value: &Value) -> Option<Value> {
    if !is_plain(value) {
        return None;
    }
    py.special(value, Special::Bool).filter(|m| m.is_a::<Function>()).cloned()
}

/// `JumpTrue`, `JumpFalse` of a value that is no bool.
pub(super) unsafe fn jump_truth(py: &mut Py, frame: *mut Frame, i: Instr, wanted: bool) -> Result<Flow> {
    // SAFETY: operands of the running frame.
    unsafe {
        check(py, frame, i.a)?;
        let (base, locals) = ((*frame).base, (*(*frame).code).locals);
        let a = super::peek(base, i.a).clone();
        if i.d != 1
            && let Some(method) = python_bool(py, &a)
        {
            if u32::from(i.a) >= locals {
                put(base, i.a, Value::UNBOUND);
            }
            let target = Target { ret: Return::Branch, dst: 0, jump: i.bc(), sense: sense::BOOL | u8::from(wanted) };
            return enter(py, frame, &method, std::slice::from_ref(&a), &[], target);
        }
        let jumps = py.truth(&a)? == wanted;
        if u32::from(i.a) >= locals && !(jumps && i.d == 1) {
            put(base, i.a, Value::UNBOUND);
        }
        drop(a);
        if jumps {
            (*frame).pc = (*frame).pc.offset(i.bc() as isize);
            return Ok(Flow::Reload);
        }
        Ok(Flow::Next)
    }
}

unsafe fn compare_to(py: &mut Py, frame: *mut Frame, op: CompareOp, a: Value, b: Value, target: Target) -> Result<Flow> {
    // SAFETY: the running frame.
    unsafe {
        if let Some(method) = py.special(&a, op.method())
            && method.is_a::<Function>()
        {
            let (left, right) = (py.type_ref(&a), py.type_ref(&b));
            if left.is(right) || !py.is_subtype(right, left) {
                let method = method.clone();
                return push_operator(py, method, a, b, target);
            }
        }
        let value = py.compare(op, &a, &b)?;
        deliver(py, frame, value, target)
    }
}

/// A comparison as a value.
#[inline(never)]
pub(super) unsafe fn compare(py: &mut Py, frame: *mut Frame, i: Instr, op: CompareOp) -> Result<Flow> {
    // SAFETY: operands of the running frame.
    unsafe {
        check(py, frame, i.b)?;
        check(py, frame, i.c)?;
        let (base, locals) = ((*frame).base, (*(*frame).code).locals);
        let (a, b) = (fetch(base, locals, i.b), fetch(base, locals, i.c));
        compare_to(py, frame, op, a, b, Target::register(i.a))
    }
}

/// A fused comparison and jump.
#[inline(never)]
pub(super) unsafe fn branch(py: &mut Py, frame: *mut Frame, i: Instr, op: CompareOp) -> Result<Flow> {
    // SAFETY: operands of the running frame.
    unsafe {
        check(py, frame, i.a)?;
        check(py, frame, i.b)?;
        let (base, locals) = ((*frame).base, (*(*frame).code).locals);
        let (a, b) = (fetch(base, locals, i.a), fetch(base, locals, i.b));
        compare_to(py, frame, op, a, b, branch_target(i))
    }
}

/// A fused comparison with a number.
#[inline(never)]
pub(super) unsafe fn branch_int(py: &mut Py, frame: *mut Frame, i: Instr, op: CompareOp) -> Result<Flow> {
    // SAFETY: operands of the running frame.
    unsafe {
        check(py, frame, i.a)?;
        let a = fetch((*frame).base, (*(*frame).code).locals, i.a);
        compare_to(py, frame, op, a, Value::int32(i32::from(i.b as i16)), branch_target(i))
    }
}

/// Whether a set or dict has an element, if that can be told without running Python code: the
/// answer as a word, or nothing.
#[inline(never)]
pub(super) unsafe fn contains_quick(py: &mut Py, item: Raw, container: Raw) -> Raw {
    // SAFETY: the words are borrowed from registers, which nothing here writes.
    unsafe {
        let shape = (*container.header()).shape_ptr();
        let item = std::mem::ManuallyDrop::new(Value::from_raw(item));
        if std::ptr::eq(shape, py.strand.shapes.set) {
            let Some(hash) = quick_hash(py, &item) else { return Raw::NOTHING };
            let set = std::mem::ManuallyDrop::new(lockstep_heap::Ref::<crate::types::set::Set>::from_raw(container));
            match crate::types::set::find_quick(py, &set, &item, hash) {
                Some(found) => Raw::from_bool(found.is_some()),
                None => Raw::NOTHING,
            }
        } else if super::subscript::is_plain_dict(py, container, Special::Contains) {
            let Some(hash) = quick_hash(py, &item) else { return Raw::NOTHING };
            let dict = std::mem::ManuallyDrop::new(lockstep_heap::Ref::<crate::types::dict::Dict>::from_raw(container));
            match crate::types::dict::find_quick(py, &dict, &item, hash) {
                Some(found) => Raw::from_bool(found.is_some()),
                None => Raw::NOTHING,
            }
        } else if std::ptr::eq(shape, py.strand.shapes.list) {
            let list = std::mem::ManuallyDrop::new(lockstep_heap::Ref::<List>::from_raw(container));
            among(py, &list.get(py).items, &item)
        } else if std::ptr::eq(shape, py.strand.shapes.tuple) {
            let tuple = std::mem::ManuallyDrop::new(lockstep_heap::Ref::<crate::types::tuple::Tuple>::from_raw(container));
            among(py, tuple.slice(), &item)
        } else {
            Raw::NOTHING
        }
    }
}

/// Whether a value is one of these; nothing if comparing may take Python code.
fn among(py: &Py, items: &[Value], item: &Value) -> Raw {
    for x in items {
        if x.is(item) {
            return Raw::TRUE;
        }
        match crate::object::compare::quick_eq(py, x, item) {
            Some(true) => return Raw::TRUE,
            Some(false) => {}
            None => return Raw::NOTHING,
        }
    }
    Raw::FALSE
}

/// The hash of an int that is a word or of a str.
#[inline(always)]
pub(super) fn quick_hash(py: &Py, item: &Value) -> Option<u64> {
    if let Some(n) = item.as_small_int() {
        return Some(lockstep_text::hash::word(n) as u64);
    }
    let header = item.header()?;
    if std::ptr::eq(header.shape_ptr(), py.strand.shapes.str) {
        return item.downcast::<Str>().map(|s| s.hash(py));
    }
    None
}

/// Test whether the first of two registers is in the second.
#[inline(never)]
pub(super) unsafe fn contains(py: &mut Py, frame: *mut Frame, pair: (u16, u16), target: Target) -> Result<Flow> {
    // SAFETY: operands of the running frame.
    unsafe {
        check(py, frame, pair.0)?;
        check(py, frame, pair.1)?;
        let (base, locals) = ((*frame).base, (*(*frame).code).locals);
        let (item, container) = (fetch(base, locals, pair.0), fetch(base, locals, pair.1));
        if let Some(method) = py.special(&container, Special::Contains)
            && method.is_a::<Function>()
        {
            let method = method.clone();
            return enter(py, frame, &method, &[container, item], &[], target);
        }
        let answer = if let Some(set) = container.downcast::<crate::types::set::Set>()
            && py.is_exact::<crate::types::set::Set>(&container)
        {
            crate::types::set::contains(py, set, &item)?
        } else if py.is_exact::<crate::types::dict::Dict>(&container)
            && let Some(d) = container.downcast::<crate::types::dict::Dict>()
        {
            let hash = py.hash(&item)? as u64;
            crate::types::dict::find(py, d, &item, hash)?.is_some()
        } else {
            py.contains(&container, &item)?
        };
        // Operands end, and their finalisers run, before what comes next.
        drop((item, container));
        py.drain_pending();
        deliver(py, frame, Value::bool(answer), target)
    }
}
