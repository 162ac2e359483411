//! Functions about one or two numbers, texts and identities: `abs`, `bin`, `chr`, `hash`, ...

use lockstep_heap::{Ref, Value, with_args};

use crate::object::raise::{Result, type_error, value_error};
use crate::object::special::BinaryOp;
use crate::object::{Py, Special};
use crate::types::bytearray::ByteArray;
use crate::types::bytes::Bytes;
use crate::types::int;
use crate::types::str::Str;

/// The functions of this file.
pub struct Numbers;

/// The digits of an int with prefix.
fn based(py: &mut Py, number: &Value, radix: u32, prefix: &str) -> Result<String> {
    let number = py.index(number)?;
    if let Some(n) = number.as_small_int() {
        let sign = if n < 0 { "-" } else { "" };
        let n = n.unsigned_abs();
        return Ok(match radix {
            2 => format!("{sign}{prefix}{n:b}"),
            8 => format!("{sign}{prefix}{n:o}"),
            _ => format!("{sign}{prefix}{n:x}"),
        });
    }
    let Some(n) = int::to_ibig(&number) else { return Err(type_error("an integer is required")) };
    let digits = n.in_radix(radix as u8).to_string();
    Ok(match digits.strip_prefix('-') {
        Some(digits) => format!("-{prefix}{digits}"),
        None => format!("{prefix}{digits}"),
    })
}

#[lockstep_macros::module]
impl Numbers {
    /// Return the absolute value of the argument.
    #[py("(number, /)")]
    fn abs(py: &mut Py, number: &Value) -> Result<Value> {
        if let Some(n) = number.as_small_int() {
            return Ok(py.int(n.abs()));
        }
        if let Some(x) = number.as_float() {
            return Ok(Value::float(x.abs()));
        }
        match py.call_special(number, Special::Abs, &[]) {
            Some(result) => result,
            None => Err(type_error(format!("bad operand type for abs(): '{}'", py.type_name(number)))),
        }
    }
    /// Return an ASCII-only representation of an object.
    ///
    /// As repr(), return a string containing a printable representation of an
    /// object, but escape the non-ASCII characters in the string returned by
    /// repr() using \\x, \\u or \\U escapes. This generates a string similar
    /// to that returned by repr() in Python 2.
    #[py("(obj, /)")]
    fn ascii(py: &mut Py, obj: &Value) -> Result<Ref<Str>> {
        py.ascii(obj)
    }
    /// Return the binary representation of an integer.
    ///
    ///    >>> bin(2796202)
    ///    '0b1010101010101010101010'
    #[py("(integer, /)")]
    fn bin(py: &mut Py, integer: &Value) -> Result<String> {
        based(py, integer, 2, "0b")
    }
    /// Return a Unicode string of one character with ordinal i; 0 <= i <= 0x10ffff.
    #[py("(i, /)")]
    fn chr(py: &mut Py, i: &Value) -> Result<Ref<Str>> {
        let n = py.index(i)?;
        let n = match n.as_small_int() {
            Some(n) => n,
            None => return Err(value_error("chr() arg not in range(0x110000)")),
        };
        match u32::try_from(n) {
            Ok(c) if c < 0x110000 => Ok(py.char(c)),
            _ => Err(value_error("chr() arg not in range(0x110000)")),
        }
    }
    /// Return the tuple (x//y, x%y).  Invariant: div*y + mod == x.
    #[py("(x, y, /)")]
    fn divmod(py: &mut Py, x: &Value, y: &Value) -> Result<Value> {
        py.binary(BinaryOp::DivMod, x, y)
    }
    /// Return type(value).__format__(value, format_spec)
    ///
    /// Many built-in types implement format_spec according to the
    /// Format Specification Mini-language. See help('FORMATTING')
    /// for details.
    ///
    /// If type(value) does not supply a method named __format__
    /// and format_spec is empty, then str(value) is returned.
    #[py("(value, format_spec='', /)")]
    fn format(py: &mut Py, value: &Value, format_spec: &Value) -> Result<Ref<Str>> {
        match format_spec.downcast::<Str>() {
            Some(spec) => py.format(value, &spec.clone()),
            None => Err(type_error(format!("format() argument 2 must be str, not {}", py.type_name(format_spec)))),
        }
    }
    /// Return the hash value for the given object.
    ///
    /// Two objects that compare equal must also have the same hash value, but the
    /// reverse is not necessarily true.
    #[py("(obj, /)")]
    fn hash(py: &mut Py, obj: &Value) -> Result<i64> {
        py.hash(obj)
    }
    /// Return the hexadecimal representation of an integer.
    ///
    ///    >>> hex(12648430)
    ///    '0xc0ffee'
    #[py("(integer, /)")]
    fn hex(py: &mut Py, integer: &Value) -> Result<String> {
        based(py, integer, 16, "0x")
    }
    /// Return the identity of an object.
    ///
    /// This is guaranteed to be unique among simultaneously existing objects.
    /// (CPython uses the object's memory address.)
    #[py("(obj, /)")]
    fn id(_py: &mut Py, obj: &Value) -> u64 {
        obj.id()
    }
    /// Return the octal representation of an integer.
    ///
    ///    >>> oct(342391)
    ///    '0o1234567'
    #[py("(integer, /)")]
    fn oct(py: &mut Py, integer: &Value) -> Result<String> {
        based(py, integer, 8, "0o")
    }
    /// Return the ordinal value of a character.
    ///
    /// If the argument is a one-byte bytes object or bytearray, return its
    /// sole byte.
    #[py("(character, /)")]
    fn ord(py: &mut Py, character: &Value) -> Result<u32> {
        if let Some(s) = character.downcast::<Str>() {
            if s.len() != 1 {
                return Err(type_error(format!("ord() expected a character, but string of length {} found", s.len())));
            }
            return Ok(lockstep_text::wtf8::code_points(s.as_bytes()).next().unwrap_or(0));
        }
        let is_bytes = character.is_a::<Bytes>()
            || py.shared().named.get("bytearray").cloned().is_some_and(|t| py.is_instance_of(character, &t));
        if !is_bytes {
            return Err(type_error(format!("ord() expected string of length 1, but {} found", py.type_name(character))));
        }
        let bytes = py.bytes_like(character)?;
        match &*bytes {
            [one] => Ok(u32::from(*one)),
            more => Err(type_error(format!("ord() expected a character, but string of length {} found", more.len()))),
        }
    }
    /// Equivalent to base**exp with 2 arguments or base**exp % mod with 3 arguments.
    ///
    /// Some types, such as ints, are able to use a more efficient algorithm when
    /// invoked using the three argument form.
    #[py("(base, exp, mod=None)")]
    fn pow(py: &mut Py, base: &Value, exp: &Value, r#mod: &Value) -> Result<Value> {
        if r#mod.is_none() {
            return py.binary(BinaryOp::Pow, base, exp);
        }
        for (value, special) in [(base, Special::Pow), (exp, Special::RPow), (r#mod, Special::RPow)] {
            if special == Special::RPow && !value.is(exp) {
                break;
            }
            let (other, receiver) = if special == Special::Pow { (exp, base) } else { (base, exp) };
            if let Some(method) = py.special_owned(receiver, special)
                && !method.is_none()
            {
                let result = with_args([other, r#mod], |a| py.call_unbound(&method, receiver, a))?;
                if !result.is_not_implemented() {
                    return Ok(result);
                }
            }
        }
        let (a, b, c) = (py.type_name(base), py.type_name(exp), py.type_name(r#mod));
        Err(type_error(format!("unsupported operand type(s) for ** or pow(): '{a}', '{b}', '{c}'")))
    }
    /// Return the canonical string representation of the object.
    ///
    /// For many object types, including most builtins, eval() will return
    /// an object equal to the one that was passed.
    #[py("(obj, /)")]
    fn repr(py: &mut Py, obj: &Value) -> Result<Ref<Str>> {
        py.repr(obj)
    }
    /// Round a number to a given precision in decimal digits.
    ///
    /// The return value is an integer if ndigits is omitted or None.  Otherwise
    /// the return value has the same type as the number.  ndigits may be negative.
    #[py("(number, ndigits=None)")]
    fn round(py: &mut Py, number: &Value, ndigits: &Value) -> Result<Value> {
        let name = py.intern("__round__");
        let Some(method) = py.lookup_on_type(number, &name) else {
            return Err(type_error(format!("type {} doesn't define __round__ method", py.type_name(number))));
        };
        if ndigits.is_none() {
            py.call_unbound(&method, number, &[])
        } else {
            py.call_unbound(&method, number, std::slice::from_ref(ndigits))
        }
    }
}

/// The sum of an iterable after `start`.
pub(super) fn sum(py: &mut Py, iterable: &Value, start: &Value) -> Result<Value> {
    for (kind, message) in [
        (start.is_a::<Str>(), "sum() can't sum strings [use ''.join(seq) instead]"),
        (start.is_a::<Bytes>(), "sum() can't sum bytes [use b''.join(seq) instead]"),
        (start.is_a::<ByteArray>(), "sum() can't sum bytearray [use b''.join(seq) instead]"),
    ] {
        if kind {
            return Err(type_error(message));
        }
    }
    let mut items = py.iter(iterable)?;
    let mut total = start.clone();
    let mut next = items.next(py)?;
    if let Some(mut sum) = total.as_small_int() {
        // Whole numbers that fit a word.
        while let Some(item) = &next {
            let value = item.as_small_int().or_else(|| item.as_bool().map(i64::from));
            let Some(added) = value.and_then(|n| sum.checked_add(n)) else { break };
            sum = added;
            next = items.next(py)?;
        }
        total = py.int(sum);
    }
    if next.as_ref().is_some_and(|v| v.as_float().is_some()) && (total.as_small_int().is_some() || total.as_float().is_some())
        || total.as_float().is_some()
    {
        // Floats: with the lost low parts kept (Neumaier).
        let mut sum = py.to_f64(&total)?;
        let mut lost = 0.0;
        loop {
            let Some(item) = &next else { return Ok(Value::float(finish(sum, lost))) };
            let x = match (item.as_float(), item.as_small_int()) {
                (Some(x), _) => {
                    let t = sum + x;
                    lost += if sum.abs() >= x.abs() { (sum - t) + x } else { (x - t) + sum };
                    sum = t;
                    next = items.next(py)?;
                    continue;
                }
                (None, Some(n)) => n as f64,
                (None, None) => break,
            };
            sum += x;
            next = items.next(py)?;
        }
        total = Value::float(finish(sum, lost));
    }
    while let Some(item) = next {
        total = py.binary(BinaryOp::Add, &total, &item)?;
        next = items.next(py)?;
    }
    Ok(total)
}

fn finish(sum: f64, lost: f64) -> f64 {
    if lost != 0.0 && lost.is_finite() { sum + lost } else { sum }
}
