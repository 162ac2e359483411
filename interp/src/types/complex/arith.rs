//! Arithmetic on complex numbers, real operands kept apart so that signed zeros and infinities
//! come out as C99's Annex G has them.

use super::{Complex, Operand};
use crate::object::raise::{Result, overflow_error, zero_division};

const fn complex(re: f64, im: f64) -> Complex {
    Complex { re, im }
}

/// `a + b`
pub fn add(a: Operand, b: Operand) -> Result<Complex> {
    Ok(match (a, b) {
        (Operand::Complex(a), Operand::Complex(b)) => complex(a.re + b.re, a.im + b.im),
        (Operand::Complex(a), Operand::Real(b)) | (Operand::Real(b), Operand::Complex(a)) => complex(a.re + b, a.im),
        (Operand::Real(a), Operand::Real(b)) => complex(a + b, 0.0),
    })
}

/// `a - b`
pub fn sub(a: Operand, b: Operand) -> Result<Complex> {
    Ok(match (a, b) {
        (Operand::Complex(a), Operand::Complex(b)) => complex(a.re - b.re, a.im - b.im),
        (Operand::Complex(a), Operand::Real(b)) => complex(a.re - b, a.im),
        (Operand::Real(a), Operand::Complex(b)) => complex(a - b.re, -b.im),
        (Operand::Real(a), Operand::Real(b)) => complex(a - b, 0.0),
    })
}

/// `a * b`
pub fn mul(a: Operand, b: Operand) -> Result<Complex> {
    Ok(match (a, b) {
        (Operand::Complex(a), Operand::Complex(b)) => product(a, b),
        (Operand::Complex(a), Operand::Real(b)) | (Operand::Real(b), Operand::Complex(a)) => complex(a.re * b, a.im * b),
        (Operand::Real(a), Operand::Real(b)) => complex(a * b, 0.0),
    })
}

/// `a / b`
pub fn truediv(a: Operand, b: Operand) -> Result<Complex> {
    let by_zero = || zero_division("division by zero");
    match (a, b) {
        (Operand::Complex(a), Operand::Real(b)) => {
            if b == 0.0 {
                return Err(by_zero());
            }
            Ok(complex(a.re / b, a.im / b))
        }
        (Operand::Real(a), Operand::Real(b)) => {
            if b == 0.0 {
                return Err(by_zero());
            }
            Ok(complex(a / b, 0.0))
        }
        (a, Operand::Complex(b)) => quotient(a.to_complex(), b).ok_or_else(by_zero),
    }
}

/// The product; infinities survive a NaN that came from infinity minus infinity.
pub fn product(x: Complex, y: Complex) -> Complex {
    let (ac, bd, ad, bc) = (x.re * y.re, x.im * y.im, x.re * y.im, x.im * y.re);
    let out = complex(ac - bd, ad + bc);
    if !(out.re.is_nan() && out.im.is_nan()) {
        return out;
    }
    let unit = |v: f64| (if v.is_infinite() { 1.0f64 } else { 0.0 }).copysign(v);
    let zero = |v: f64| if v.is_nan() { 0f64.copysign(v) } else { v };
    let (mut a, mut b, mut c, mut d) = (x.re, x.im, y.re, y.im);
    let mut again = false;
    if a.is_infinite() || b.is_infinite() {
        (a, b, c, d) = (unit(a), unit(b), zero(c), zero(d));
        again = true;
    }
    if c.is_infinite() || d.is_infinite() {
        (a, b, c, d) = (zero(a), zero(b), unit(c), unit(d));
        again = true;
    }
    if !again && [ac, bd, ad, bc].iter().any(|v| v.is_infinite()) {
        (a, b, c, d) = (zero(a), zero(b), zero(c), zero(d));
        again = true;
    }
    if again { complex(f64::INFINITY * (a * c - b * d), f64::INFINITY * (a * d + b * c)) } else { out }
}

/// The quotient, none if the divisor is zero. Both parts are first divided by the larger one of
/// the divisor, so that nothing overflows on the way.
pub fn quotient(a: Complex, b: Complex) -> Option<Complex> {
    let out = if b.re.abs() >= b.im.abs() {
        if b.re == 0.0 {
            return None;
        }
        let ratio = b.im / b.re;
        let denominator = b.re + b.im * ratio;
        complex((a.re + a.im * ratio) / denominator, (a.im - a.re * ratio) / denominator)
    } else if b.im.abs() >= b.re.abs() {
        let ratio = b.re / b.im;
        let denominator = b.re * ratio + b.im;
        complex((a.re * ratio + a.im) / denominator, (a.im * ratio - a.re) / denominator)
    } else {
        complex(f64::NAN, f64::NAN)
    };
    if !(out.re.is_nan() && out.im.is_nan()) {
        return Some(out);
    }
    let unit = |v: f64| (if v.is_infinite() { 1.0f64 } else { 0.0 }).copysign(v);
    if (a.re.is_infinite() || a.im.is_infinite()) && b.re.is_finite() && b.im.is_finite() {
        let (x, y) = (unit(a.re), unit(a.im));
        return Some(complex(f64::INFINITY * (x * b.re + y * b.im), f64::INFINITY * (y * b.re - x * b.im)));
    }
    if (b.re.is_infinite() || b.im.is_infinite()) && a.re.is_finite() && a.im.is_finite() {
        let (x, y) = (unit(b.re), unit(b.im));
        return Some(complex(0.0 * (a.re * x + a.im * y), 0.0 * (a.im * x - a.re * y)));
    }
    Some(out)
}

/// `a ** b`
pub fn pow(a: Complex, b: Complex) -> Result<Complex> {
    let by_zero = || zero_division("zero to a negative or complex power");
    let out = if b.im == 0.0 && b.re == b.re.floor() && b.re.abs() <= 100.0 {
        let n = b.re as i32;
        let power = whole_power(a, n.unsigned_abs());
        if n >= 0 { power } else { quotient(complex(1.0, 0.0), power).ok_or_else(by_zero)? }
    } else if a.re == 0.0 && a.im == 0.0 {
        if b.im != 0.0 || b.re < 0.0 {
            return Err(by_zero());
        }
        complex(0.0, 0.0)
    } else {
        let size = a.re.hypot(a.im);
        let angle = a.im.atan2(a.re);
        let (mut length, mut phase) = (size.powf(b.re), angle * b.re);
        if b.im != 0.0 {
            length *= (-angle * b.im).exp();
            phase += b.im * size.ln();
        }
        complex(length * phase.cos(), length * phase.sin())
    };
    if out.re.is_infinite() || out.im.is_infinite() {
        return Err(overflow_error("complex exponentiation"));
    }
    Ok(out)
}

fn whole_power(x: Complex, n: u32) -> Complex {
    let (mut result, mut square, mut left) = (complex(1.0, 0.0), x, n);
    while left > 0 {
        if left & 1 == 1 {
            result = product(result, square);
        }
        left >>= 1;
        square = product(square, square);
    }
    result
}
