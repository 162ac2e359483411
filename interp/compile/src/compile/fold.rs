//! Constant folding, within the limits of size that CPython sets.

use dashu_int::IBig;
use lockstep_grammar::tree::*;

use crate::code::Const;

/// Bits a folded int may have.
const MAX_BITS: usize = 128;
/// Elements a folded tuple may have.
const MAX_TUPLE: usize = 256;
/// Bytes a folded str or bytes may have.
const MAX_TEXT: usize = 4096;

/// A literal as a constant.
pub fn constant(value: &Constant) -> Const {
    match value {
        Constant::None => Const::None,
        Constant::True => Const::Bool(true),
        Constant::False => Const::Bool(false),
        Constant::Ellipsis => Const::Ellipsis,
        Constant::Int(n) => Const::Int(*n),
        Constant::BigInt(n) => Const::BigInt((**n).clone()),
        Constant::Float(x) => Const::Float(*x),
        Constant::Complex(imaginary) => Const::Complex(0.0, *imaginary),
        Constant::ComplexPair(re, im) => Const::Complex(*re, *im),
        Constant::Tuple(parts) => Const::Tuple(parts.iter().map(constant).collect()),
        Constant::FrozenSet(parts) => Const::FrozenSet(parts.iter().map(constant).collect()),
        Constant::Str { value, .. } => Const::Str(value.as_bytes().into()),
        Constant::Bytes(bytes) => Const::Bytes(bytes.as_ref().into()),
    }
}

/// What an expression amounts to without running anything.
pub(crate) fn fold(expr: &Expr, python2: bool, optimize: u8) -> Option<Const> {
    match &expr.node {
        ExprKind::Constant(value) => Some(constant(value)),
        ExprKind::Name { id } if &**id == "__debug__" => Some(Const::Bool(optimize == 0)),
        ExprKind::Tuple { elts } => {
            let parts: Option<Vec<Const>> = elts.iter().map(|elt| fold(elt, python2, optimize)).collect();
            Some(Const::Tuple(parts?.into()))
        }
        ExprKind::UnaryOp { op, operand } => unary(*op, &fold(operand, python2, optimize)?),
        ExprKind::BinOp { .. } => {
            let mut rights = Vec::new();
            let mut at = expr;
            while let ExprKind::BinOp { left, op, right } = &at.node {
                rights.push((*op, right));
                at = left;
            }
            let mut value = fold(at, python2, optimize)?;
            for (op, right) in rights.into_iter().rev() {
                value = binary(op, &value, &fold(right, python2, optimize)?, python2)?;
            }
            Some(value)
        }
        ExprKind::Slice { lower, upper, step } => {
            let part = |part: &Option<Box<Expr>>| match part {
                None => Some(Const::None),
                Some(expr) => fold(expr, python2, optimize),
            };
            Some(Const::Slice([part(lower)?, part(upper)?, part(step)?].into()))
        }
        ExprKind::Subscript { value, slice } => {
            if !matches!(value.node, ExprKind::Constant(_) | ExprKind::Tuple { .. }) {
                return None;
            }
            subscript(&fold(value, python2, optimize)?, &fold(slice, python2, optimize)?)
        }
        _ => None,
    }
}

/// Whether a constant is true.
pub(crate) fn truth(value: &Const) -> Option<bool> {
    Some(match value {
        Const::None => false,
        Const::Bool(value) => *value,
        Const::Ellipsis => true,
        Const::Int(n) => *n != 0,
        Const::BigInt(n) => *n != IBig::ZERO,
        Const::Float(x) => *x != 0.0,
        Const::Complex(re, im) => *re != 0.0 || *im != 0.0,
        Const::Str(bytes) | Const::Bytes(bytes) => !bytes.is_empty(),
        Const::Tuple(parts) | Const::FrozenSet(parts) => !parts.is_empty(),
        Const::Slice(_) | Const::Code(_) | Const::Frozen(_) => return None,
    })
}

/// Whether two constants are equal as keys of a dict: numbers by value.
pub(crate) fn equal(a: &Const, b: &Const) -> bool {
    let number = |value: &Const| match value {
        Const::Complex(re, im) if *im == 0.0 => Some(*re),
        value => float(value),
    };
    a == b || matches!((number(a), number(b)), (Some(a), Some(b)) if a == b)
}

fn big(value: &Const) -> Option<IBig> {
    match value {
        Const::Bool(value) => Some(IBig::from(*value as u8)),
        Const::Int(n) => Some(IBig::from(*n)),
        Const::BigInt(n) => Some(n.clone()),
        _ => None,
    }
}

fn small(value: IBig) -> Const {
    match i64::try_from(&value) {
        Ok(n) => Const::Int(n),
        Err(_) => Const::BigInt(value),
    }
}

fn bits(value: &IBig) -> usize {
    use dashu_int::ops::{Abs, BitTest};
    value.clone().abs().bit_len()
}

fn float(value: &Const) -> Option<f64> {
    match value {
        Const::Float(x) => Some(*x),
        Const::Bool(value) => Some(f64::from(u8::from(*value))),
        Const::Int(n) if n.unsigned_abs() < 1 << 53 => Some(*n as f64),
        _ => None,
    }
}

fn unary(op: UnaryOp, value: &Const) -> Option<Const> {
    Some(match (op, value) {
        (UnaryOp::Not, value) => Const::Bool(!truth(value)?),
        (UnaryOp::UAdd | UnaryOp::USub, Const::Float(x)) => Const::Float(if op == UnaryOp::USub { -x } else { *x }),
        (UnaryOp::UAdd, Const::Complex(re, im)) => Const::Complex(*re, *im),
        (UnaryOp::USub, Const::Complex(re, im)) => Const::Complex(-re, -im),
        (UnaryOp::UAdd, value) => small(big(value)?),
        (UnaryOp::USub, value) => small(-big(value)?),
        (UnaryOp::Invert, Const::Bool(_)) => return None,
        (UnaryOp::Invert, value) => small(-big(value)? - IBig::ONE),
    })
}

/// `left op right`, unless it fails or gets too large.
pub(crate) fn binary(op: Operator, left: &Const, right: &Const, python2: bool) -> Option<Const> {
    if python2 && op == Operator::Div {
        return None;
    }
    match (left, right) {
        (Const::Complex(..), _) | (_, Const::Complex(..)) => complexes(op, left, right),
        (Const::Float(_), _) | (_, Const::Float(_)) => floats(op, float(left)?, float(right)?),
        (Const::Bool(a), Const::Bool(b)) if matches!(op, Operator::BitAnd | Operator::BitOr | Operator::BitXor) => {
            Some(Const::Bool(match op {
                Operator::BitAnd => a & b,
                Operator::BitOr => a | b,
                _ => a ^ b,
            }))
        }
        (Const::Bool(_) | Const::Int(_) | Const::BigInt(_), Const::Bool(_) | Const::Int(_) | Const::BigInt(_)) => {
            integers(op, left, right)
        }
        (Const::Str(a), Const::Str(b)) if op == Operator::Add => {
            (a.len() + b.len() <= MAX_TEXT).then(|| Const::Str([&**a, &**b].concat().into()))
        }
        (Const::Bytes(a), Const::Bytes(b)) if op == Operator::Add => {
            (a.len() + b.len() <= MAX_TEXT).then(|| Const::Bytes([&**a, &**b].concat().into()))
        }
        (Const::Tuple(a), Const::Tuple(b)) if op == Operator::Add => {
            (a.len() + b.len() <= MAX_TUPLE).then(|| Const::Tuple([&**a, &**b].concat().into()))
        }
        (sequence, Const::Int(n)) | (Const::Int(n), sequence) if op == Operator::Mult => repeat(sequence, *n),
        _ => None,
    }
}

fn repeat(value: &Const, count: i64) -> Option<Const> {
    let count = usize::try_from(count.max(0)).ok()?;
    let fits = |len: usize, limit: usize| len.checked_mul(count).is_some_and(|total| total <= limit);
    Some(match value {
        Const::Str(text) if fits(text.len(), MAX_TEXT) => Const::Str(text.repeat(count).into()),
        Const::Bytes(text) if fits(text.len(), MAX_TEXT) => Const::Bytes(text.repeat(count).into()),
        Const::Tuple(parts) if fits(parts.len(), MAX_TUPLE) => {
            Const::Tuple(std::iter::repeat_n(&parts[..], count).flatten().cloned().collect())
        }
        _ => return None,
    })
}

fn integers(op: Operator, left: &Const, right: &Const) -> Option<Const> {
    let (a, b) = (big(left)?, big(right)?);
    let negative = b < IBig::ZERO;
    let zero = b == IBig::ZERO;
    Some(small(match op {
        Operator::Add => a + b,
        Operator::Sub => a - b,
        Operator::Mult if bits(&a) + bits(&b) <= MAX_BITS => a * b,
        Operator::FloorDiv | Operator::Mod if !zero => {
            let (mut quotient, mut rest) = (a.clone() / b.clone(), a % b.clone());
            if rest != IBig::ZERO && (rest < IBig::ZERO) != negative {
                quotient -= IBig::ONE;
                rest += b;
            }
            if op == Operator::Mod { rest } else { quotient }
        }
        Operator::Div if !zero => return floats(op, float(left)?, float(right)?),
        Operator::Pow if negative => return floats(op, float(left)?, float(right)?),
        Operator::Pow => {
            let exponent = usize::try_from(&b).ok()?;
            if bits(&a).checked_mul(exponent).is_none_or(|total| total > MAX_BITS) {
                return None;
            }
            a.pow(exponent)
        }
        Operator::LShift if !negative => {
            let count = usize::try_from(&b).ok()?;
            if bits(&a).checked_add(count).is_none_or(|total| total > MAX_BITS) {
                return None;
            }
            a << count
        }
        Operator::RShift if !negative => a >> usize::try_from(&b).ok()?,
        Operator::BitAnd => a & b,
        Operator::BitOr => a | b,
        Operator::BitXor => a ^ b,
        _ => return None,
    }))
}

fn floats(op: Operator, a: f64, b: f64) -> Option<Const> {
    Some(Const::Float(match op {
        Operator::Add => a + b,
        Operator::Sub => a - b,
        Operator::Mult => a * b,
        Operator::Div if b != 0.0 => a / b,
        Operator::Mod | Operator::FloorDiv if b != 0.0 && a.is_finite() && b.is_finite() => {
            let mut rest = a % b;
            let mut quotient = (a - rest) / b;
            if rest != 0.0 {
                if (b < 0.0) != (rest < 0.0) {
                    rest += b;
                    quotient -= 1.0;
                }
            } else {
                rest = 0.0_f64.copysign(b);
            }
            if op == Operator::Mod {
                rest
            } else if quotient != 0.0 {
                let floor = quotient.floor();
                if quotient - floor > 0.5 { floor + 1.0 } else { floor }
            } else {
                0.0_f64.copysign(a / b)
            }
        }
        Operator::Pow if a > 0.0 || (a == 0.0 && b >= 0.0) || (a < 0.0 && b.fract() == 0.0) => {
            let power = a.powf(b);
            // An overflow raises at run time.
            if !power.is_finite() && a.is_finite() && b.is_finite() {
                return None;
            }
            power
        }
        _ => return None,
    }))
}

fn complexes(op: Operator, left: &Const, right: &Const) -> Option<Const> {
    // A real operand has no imaginary part at all, which matters for the sign of zero.
    let parts = |value: &Const| match value {
        Const::Complex(re, im) => Some((*re, Some(*im))),
        value => Some((float(value)?, None)),
    };
    let ((a, b), (c, d)) = (parts(left)?, parts(right)?);
    Some(match (op, b, d) {
        (Operator::Add, Some(b), Some(d)) => Const::Complex(a + c, b + d),
        (Operator::Add, Some(im), None) | (Operator::Add, None, Some(im)) => Const::Complex(a + c, im),
        (Operator::Sub, Some(b), Some(d)) => Const::Complex(a - c, b - d),
        (Operator::Sub, Some(b), None) => Const::Complex(a - c, b),
        (Operator::Sub, None, Some(d)) => Const::Complex(a - c, -d),
        (Operator::Mult, Some(b), Some(d)) => Const::Complex(a * c - b * d, a * d + b * c),
        (Operator::Mult, Some(b), None) => Const::Complex(a * c, b * c),
        (Operator::Mult, None, Some(d)) => Const::Complex(a * c, a * d),
        _ => return None,
    })
}

fn subscript(value: &Const, index: &Const) -> Option<Const> {
    let Const::Int(index) = index else {
        return None;
    };
    let at = |len: usize| {
        let index = if *index < 0 { index + len as i64 } else { *index };
        usize::try_from(index).ok().filter(|index| *index < len)
    };
    match value {
        Const::Tuple(parts) => parts.get(at(parts.len())?).cloned(),
        Const::Bytes(bytes) => Some(Const::Int(i64::from(*bytes.get(at(bytes.len())?)?))),
        Const::Str(text) if text.is_ascii() => Some(Const::Str([*text.get(at(text.len())?)?].into())),
        _ => None,
    }
}
