//! `_operator`: the operators as functions.

mod getters;

use lockstep_interp::object::Special;
use lockstep_interp::object::raise::{Result, type_error};
use lockstep_interp::object::special::{BinaryOp, CompareOp};
use lockstep_interp::types::bytes::Bytes;
use lockstep_interp::types::dict;
use lockstep_interp::types::int;
use lockstep_interp::types::module::Module;
use lockstep_interp::types::str::Str;
use lockstep_interp::{Py, Ref, Value, module};

fn is_sequence(py: &Py, value: &Value) -> bool {
    py.special(value, Special::GetItem).is_some() && !value.is_a::<dict::Dict>()
}

/// The functions of the module.
struct Functions;

#[module]
impl Functions {
    /// Same as a + b.
    #[py("(a, b, /)")]
    fn add(py: &mut Py, a: &Value, b: &Value) -> Result<Value> {
        py.binary(BinaryOp::Add, a, b)
    }
    /// Same as a += b.
    #[py("(a, b, /)")]
    fn iadd(py: &mut Py, a: &Value, b: &Value) -> Result<Value> {
        py.binary_in_place(BinaryOp::Add, a, b)
    }
    /// Same as a - b.
    #[py("(a, b, /)")]
    fn sub(py: &mut Py, a: &Value, b: &Value) -> Result<Value> {
        py.binary(BinaryOp::Sub, a, b)
    }
    /// Same as a -= b.
    #[py("(a, b, /)")]
    fn isub(py: &mut Py, a: &Value, b: &Value) -> Result<Value> {
        py.binary_in_place(BinaryOp::Sub, a, b)
    }
    /// Same as a * b.
    #[py("(a, b, /)")]
    fn mul(py: &mut Py, a: &Value, b: &Value) -> Result<Value> {
        py.binary(BinaryOp::Mul, a, b)
    }
    /// Same as a *= b.
    #[py("(a, b, /)")]
    fn imul(py: &mut Py, a: &Value, b: &Value) -> Result<Value> {
        py.binary_in_place(BinaryOp::Mul, a, b)
    }
    /// Same as a / b.
    #[py("(a, b, /)")]
    fn truediv(py: &mut Py, a: &Value, b: &Value) -> Result<Value> {
        py.binary(BinaryOp::TrueDiv, a, b)
    }
    /// Same as a /= b.
    #[py("(a, b, /)")]
    fn itruediv(py: &mut Py, a: &Value, b: &Value) -> Result<Value> {
        py.binary_in_place(BinaryOp::TrueDiv, a, b)
    }
    /// Same as a // b.
    #[py("(a, b, /)")]
    fn floordiv(py: &mut Py, a: &Value, b: &Value) -> Result<Value> {
        py.binary(BinaryOp::FloorDiv, a, b)
    }
    /// Same as a //= b.
    #[py("(a, b, /)")]
    fn ifloordiv(py: &mut Py, a: &Value, b: &Value) -> Result<Value> {
        py.binary_in_place(BinaryOp::FloorDiv, a, b)
    }
    /// Same as a % b.
    #[py("(a, b, /)")]
    fn r#mod(py: &mut Py, a: &Value, b: &Value) -> Result<Value> {
        py.binary(BinaryOp::Mod, a, b)
    }
    /// Same as a %= b.
    #[py("(a, b, /)")]
    fn imod(py: &mut Py, a: &Value, b: &Value) -> Result<Value> {
        py.binary_in_place(BinaryOp::Mod, a, b)
    }
    /// Same as a ** b.
    #[py("(a, b, /)")]
    fn pow(py: &mut Py, a: &Value, b: &Value) -> Result<Value> {
        py.binary(BinaryOp::Pow, a, b)
    }
    /// Same as a **= b.
    #[py("(a, b, /)")]
    fn ipow(py: &mut Py, a: &Value, b: &Value) -> Result<Value> {
        py.binary_in_place(BinaryOp::Pow, a, b)
    }
    /// Same as a << b.
    #[py("(a, b, /)")]
    fn lshift(py: &mut Py, a: &Value, b: &Value) -> Result<Value> {
        py.binary(BinaryOp::LShift, a, b)
    }
    /// Same as a <<= b.
    #[py("(a, b, /)")]
    fn ilshift(py: &mut Py, a: &Value, b: &Value) -> Result<Value> {
        py.binary_in_place(BinaryOp::LShift, a, b)
    }
    /// Same as a >> b.
    #[py("(a, b, /)")]
    fn rshift(py: &mut Py, a: &Value, b: &Value) -> Result<Value> {
        py.binary(BinaryOp::RShift, a, b)
    }
    /// Same as a >>= b.
    #[py("(a, b, /)")]
    fn irshift(py: &mut Py, a: &Value, b: &Value) -> Result<Value> {
        py.binary_in_place(BinaryOp::RShift, a, b)
    }
    /// Same as a & b.
    #[py("(a, b, /)")]
    fn and_(py: &mut Py, a: &Value, b: &Value) -> Result<Value> {
        py.binary(BinaryOp::And, a, b)
    }
    /// Same as a &= b.
    #[py("(a, b, /)")]
    fn iand(py: &mut Py, a: &Value, b: &Value) -> Result<Value> {
        py.binary_in_place(BinaryOp::And, a, b)
    }
    /// Same as a | b.
    #[py("(a, b, /)")]
    fn or_(py: &mut Py, a: &Value, b: &Value) -> Result<Value> {
        py.binary(BinaryOp::Or, a, b)
    }
    /// Same as a |= b.
    #[py("(a, b, /)")]
    fn ior(py: &mut Py, a: &Value, b: &Value) -> Result<Value> {
        py.binary_in_place(BinaryOp::Or, a, b)
    }
    /// Same as a ^ b.
    #[py("(a, b, /)")]
    fn xor(py: &mut Py, a: &Value, b: &Value) -> Result<Value> {
        py.binary(BinaryOp::Xor, a, b)
    }
    /// Same as a ^= b.
    #[py("(a, b, /)")]
    fn ixor(py: &mut Py, a: &Value, b: &Value) -> Result<Value> {
        py.binary_in_place(BinaryOp::Xor, a, b)
    }
    /// Same as a @ b.
    #[py("(a, b, /)")]
    fn matmul(py: &mut Py, a: &Value, b: &Value) -> Result<Value> {
        py.binary(BinaryOp::MatMul, a, b)
    }
    /// Same as a @= b.
    #[py("(a, b, /)")]
    fn imatmul(py: &mut Py, a: &Value, b: &Value) -> Result<Value> {
        py.binary_in_place(BinaryOp::MatMul, a, b)
    }
    /// Same as a < b.
    #[py("(a, b, /)")]
    fn lt(py: &mut Py, a: &Value, b: &Value) -> Result<Value> {
        py.compare(CompareOp::Lt, a, b)
    }
    /// Same as a <= b.
    #[py("(a, b, /)")]
    fn le(py: &mut Py, a: &Value, b: &Value) -> Result<Value> {
        py.compare(CompareOp::Le, a, b)
    }
    /// Same as a == b.
    #[py("(a, b, /)")]
    fn eq(py: &mut Py, a: &Value, b: &Value) -> Result<Value> {
        py.compare(CompareOp::Eq, a, b)
    }
    /// Same as a != b.
    #[py("(a, b, /)")]
    fn ne(py: &mut Py, a: &Value, b: &Value) -> Result<Value> {
        py.compare(CompareOp::Ne, a, b)
    }
    /// Same as a > b.
    #[py("(a, b, /)")]
    fn gt(py: &mut Py, a: &Value, b: &Value) -> Result<Value> {
        py.compare(CompareOp::Gt, a, b)
    }
    /// Same as a >= b.
    #[py("(a, b, /)")]
    fn ge(py: &mut Py, a: &Value, b: &Value) -> Result<Value> {
        py.compare(CompareOp::Ge, a, b)
    }
    /// Same as abs(a).
    #[py("(a, /)")]
    fn abs(py: &mut Py, a: &Value) -> Result<Value> {
        py.unary(Special::Abs, a)
    }
    /// Same as -a.
    #[py("(a, /)")]
    fn neg(py: &mut Py, a: &Value) -> Result<Value> {
        py.unary(Special::Neg, a)
    }
    /// Same as +a.
    #[py("(a, /)")]
    fn pos(py: &mut Py, a: &Value) -> Result<Value> {
        py.unary(Special::Pos, a)
    }
    /// Same as ~a.
    #[py("(a, /)", alias = "inv")]
    fn invert(py: &mut Py, a: &Value) -> Result<Value> {
        py.unary(Special::Invert, a)
    }
    /// Same as not a.
    #[py("(a, /)")]
    fn not_(py: &mut Py, a: &Value) -> Result<bool> {
        Ok(!py.truth(a)?)
    }
    /// Return True if a is true, False otherwise.
    #[py("(a, /)")]
    fn truth(py: &mut Py, a: &Value) -> Result<bool> {
        py.truth(a)
    }
    /// Same as a is b.
    #[py("(a, b, /)")]
    fn is_(_py: &mut Py, a: &Value, b: &Value) -> bool {
        a.is(b)
    }
    /// Same as a is not b.
    #[py("(a, b, /)")]
    fn is_not(_py: &mut Py, a: &Value, b: &Value) -> bool {
        !a.is(b)
    }
    /// Same as a is None.
    #[py("(a, /)")]
    fn is_none(_py: &mut Py, a: &Value) -> bool {
        a.is_none()
    }
    /// Same as a is not None.
    #[py("(a, /)")]
    fn is_not_none(_py: &mut Py, a: &Value) -> bool {
        !a.is_none()
    }
    /// Same as a.__index__()
    #[py("(a, /)")]
    fn index(py: &mut Py, a: &Value) -> Result<Value> {
        py.index(a)
    }
    /// Same as a + b, for a and b sequences.
    #[py("(a, b, /)")]
    fn concat(py: &mut Py, a: &Value, b: &Value) -> Result<Value> {
        if !is_sequence(py, a) {
            return Err(type_error(format!("'{}' object can't be concatenated", py.type_name(a))));
        }
        py.binary(BinaryOp::Add, a, b)
    }
    /// Same as a += b, for a and b sequences.
    #[py("(a, b, /)")]
    fn iconcat(py: &mut Py, a: &Value, b: &Value) -> Result<Value> {
        if !is_sequence(py, a) {
            return Err(type_error(format!("'{}' object can't be concatenated", py.type_name(a))));
        }
        py.binary_in_place(BinaryOp::Add, a, b)
    }
    /// Same as b in a (note reversed operands).
    #[py("(a, b, /)")]
    fn contains(py: &mut Py, a: &Value, b: &Value) -> Result<bool> {
        py.contains(a, b)
    }
    /// Return the number of items in a which are, or which equal, b.
    #[py("(a, b, /)", name = "countOf")]
    fn count_of(py: &mut Py, a: &Value, b: &Value) -> Result<usize> {
        let mut items = py.iter(a)?;
        let mut count = 0;
        while let Some(x) = items.next(py)? {
            count += usize::from(py.eq(&x, b)?);
        }
        Ok(count)
    }
    /// Return the first index of b in a.
    #[py("(a, b, /)", name = "indexOf")]
    fn index_of(py: &mut Py, a: &Value, b: &Value) -> Result<usize> {
        let mut items = py.iter(a)?;
        let mut at = 0;
        while let Some(x) = items.next(py)? {
            if py.eq(&x, b)? {
                return Ok(at);
            }
            at += 1;
        }
        Err(lockstep_interp::object::raise::value_error("sequence.index(x): x not in sequence"))
    }
    /// Same as a[b].
    #[py("(a, b, /)")]
    fn getitem(py: &mut Py, a: &Value, b: &Value) -> Result<Value> {
        py.getitem(a, b)
    }
    /// Same as a[b] = c.
    #[py("(a, b, c, /)")]
    fn setitem(py: &mut Py, a: &Value, b: &Value, c: Value) -> Result<()> {
        py.setitem(a, b, c)
    }
    /// Same as del a[b].
    #[py("(a, b, /)")]
    fn delitem(py: &mut Py, a: &Value, b: &Value) -> Result<()> {
        py.delitem(a, b)
    }
    /// Return an estimate of the number of items in obj.
    #[py("(obj, default=0, /)")]
    fn length_hint(py: &mut Py, obj: &Value, default: &Value) -> Result<Value> {
        if !int::is_int(default) {
            return Err(type_error(format!("'{}' object cannot be interpreted as an integer", py.type_name(default))));
        }
        py.index_clamped(default)?;
        let hint = py.length_hint(obj, usize::MAX)?;
        Ok(if hint == usize::MAX { default.clone() } else { py.int(hint as i64) })
    }
    /// Same as obj(*args, **kwargs).
    #[py("(obj, /, *args, **kwargs)")]
    fn call(py: &mut Py, obj: &Value, args: &[Value], kwargs: &Value) -> Result<Value> {
        let keywords = py.kwargs(kwargs);
        py.call_kw(obj, args, &keywords)
    }
    /// Return 'a == b', in a time that does not depend on where they differ.
    #[py("(a, b, /)")]
    fn _compare_digest(py: &mut Py, a: &Value, b: &Value) -> Result<bool> {
        let (x, y) = match (a.downcast::<Str>(), b.downcast::<Str>()) {
            (Some(x), Some(y)) => {
                if !x.is_ascii() || !y.is_ascii() {
                    return Err(type_error("comparing strings with non-ASCII characters is not supported"));
                }
                (x.as_bytes().to_vec(), y.as_bytes().to_vec())
            }
            (None, None) => {
                let bytes = |py: &mut Py, v: &Value| match v.downcast::<Bytes>() {
                    Some(b) => Ok(b.slice().to_vec()),
                    None => py.bytes_like(v).map(|b| b.to_vec()),
                };
                (bytes(py, a)?, bytes(py, b)?)
            }
            _ => {
                let (s, t) = (py.type_name(a), py.type_name(b));
                return Err(type_error(format!("unsupported operand types(s) or combination of types: '{s}' and '{t}'")));
            }
        };
        let differing = x.iter().zip(&y).fold(u8::from(x.len() != y.len()), |d, (x, y)| std::hint::black_box(d | (x ^ y)));
        Ok(differing == 0)
    }
}

/// Fill the module.
pub fn init(py: &mut Py, module: &Ref<Module>) -> Result<()> {
    let d = py.module_dict(module);
    py.add_functions::<Functions>(&d, "_operator");
    for (name, ty) in [
        ("itemgetter", py.define::<getters::ItemGetter>()),
        ("attrgetter", py.define::<getters::AttrGetter>()),
        ("methodcaller", py.define::<getters::MethodCaller>()),
    ] {
        dict::set_name(py, &d, name, ty.into_value());
    }
    Ok(())
}
