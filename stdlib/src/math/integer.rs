//! Functions of integers: divisors, roots, factorials, choices.

use dashu_int::ops::{BitTest, Gcd, SquareRoot};
use dashu_int::{IBig, UBig};
use lockstep_interp::object::raise::{Result, overflow_error, value_error};
use lockstep_interp::types::int;
use lockstep_interp::{Py, Value, module};

fn integer(py: &mut Py, value: &Value) -> Result<IBig> {
    let n = py.index(value)?;
    Ok(int::to_ibig(&n).unwrap_or(IBig::ZERO))
}

fn magnitude(py: &mut Py, value: &Value) -> Result<UBig> {
    Ok(integer(py, value)?.into_parts().1)
}

/// The product of `first..=last`, split in halves so that the factors are of equal size.
fn product(py: &mut Py, first: u64, last: u64) -> Result<UBig> {
    if first > last {
        return Ok(UBig::ONE);
    }
    if last - first < 16 {
        let mut out = UBig::from(first);
        for n in first + 1..=last {
            out *= UBig::from(n);
        }
        return Ok(out);
    }
    py.check()?;
    let middle = first + (last - first) / 2;
    Ok(product(py, first, middle)? * product(py, middle + 1, last)?)
}

/// `n! / (n - k)!` for any `n`.
fn falling(py: &mut Py, n: &UBig, k: u64) -> Result<UBig> {
    if let Ok(n) = u64::try_from(n) {
        return product(py, n - k + 1, n);
    }
    let mut out = UBig::ONE;
    for i in 0..k {
        out *= n - UBig::from(i);
        py.check()?;
    }
    Ok(out)
}

fn choices(py: &mut Py, n: &Value, k: &Value) -> Result<(UBig, UBig)> {
    let (n, k) = (integer(py, n)?, integer(py, k)?);
    if n < IBig::ZERO {
        return Err(value_error("n must be a non-negative integer"));
    }
    if k < IBig::ZERO {
        return Err(value_error("k must be a non-negative integer"));
    }
    Ok((n.into_parts().1, k.into_parts().1))
}

/// The functions of integers.
pub struct Functions;

#[module]
impl Functions {
    /// Number of ways to choose k items from n items without repetition and without order.
    #[py("(n, k, /)")]
    fn comb(py: &mut Py, n: &Value, k: &Value) -> Result<Value> {
        let (n, k) = choices(py, n, k)?;
        if k > n {
            return Ok(Value::int32(0));
        }
        let k = (&n - &k).min(k);
        let Ok(k) = u64::try_from(&k) else {
            return Err(overflow_error(format!("min(n - k, k) must not exceed {}", u64::MAX)));
        };
        // Exact at every step: i choices of n are a whole number.
        if k < 64 {
            let mut out = UBig::ONE;
            for i in 0..k {
                out = out * (&n - UBig::from(i)) / UBig::from(i + 1);
            }
            return Ok(py.int_from(IBig::from(out)));
        }
        let out = falling(py, &n, k)? / product(py, 1, k)?;
        Ok(py.int_from(IBig::from(out)))
    }
    /// Find n!.
    #[py("(n, /)")]
    fn factorial(py: &mut Py, n: &Value) -> Result<Value> {
        let n = integer(py, n)?;
        if n < IBig::ZERO {
            return Err(value_error("factorial() not defined for negative values"));
        }
        let Ok(n) = i64::try_from(&n) else {
            return Err(overflow_error(format!("factorial() argument should not exceed {}", i64::MAX)));
        };
        let out = product(py, 1, n as u64)?;
        Ok(py.int_from(IBig::from(out)))
    }
    /// Greatest Common Divisor.
    #[py("(*integers)")]
    fn gcd(py: &mut Py, integers: &[Value]) -> Result<Value> {
        if let [a, b] = integers
            && let (Some(a), Some(b)) = (a.as_small_int(), b.as_small_int())
        {
            let (mut a, mut b) = (a.unsigned_abs(), b.unsigned_abs());
            while b != 0 {
                (a, b) = (b, a % b);
            }
            return Ok(py.int(a as i64));
        }
        let mut out = UBig::ZERO;
        for n in integers {
            let n = magnitude(py, n)?;
            out = match (out.is_zero(), n.is_zero()) {
                (true, _) => n,
                (_, true) => out,
                _ => out.gcd(&n),
            };
        }
        Ok(py.int_from(IBig::from(out)))
    }
    /// Return the integer part of the square root of the input.
    #[py("(n, /)")]
    fn isqrt(py: &mut Py, n: &Value) -> Result<Value> {
        let n = integer(py, n)?;
        if n < IBig::ZERO {
            return Err(value_error("isqrt() argument must be nonnegative"));
        }
        let root = n.into_parts().1.sqrt();
        Ok(py.int_from(IBig::from(root)))
    }
    /// Least Common Multiple.
    #[py("(*integers)")]
    fn lcm(py: &mut Py, integers: &[Value]) -> Result<Value> {
        let mut out = UBig::ONE;
        for n in integers {
            let n = magnitude(py, n)?;
            if out.is_zero() {
                continue;
            }
            if n.is_zero() {
                out = UBig::ZERO;
                continue;
            }
            let divisor = (&out).gcd(&n);
            out = out / divisor * n;
            if out.bit_len() > 1 << 20 {
                py.check()?;
            }
        }
        Ok(py.int_from(IBig::from(out)))
    }
    /// Number of ways to choose k items from n items without repetition and with order.
    #[py("(n, k=None, /)")]
    fn perm(py: &mut Py, n: &Value, k: &Value) -> Result<Value> {
        if k.is_none() {
            return Functions::factorial(py, n).map_err(|e| {
                if e.is(lockstep_interp::Exc::ValueError) { value_error("n must be a non-negative integer") } else { e }
            });
        }
        let (n, k) = choices(py, n, k)?;
        if k > n {
            return Ok(Value::int32(0));
        }
        let Ok(k) = u64::try_from(&k) else {
            return Err(overflow_error(format!("k must not exceed {}", u64::MAX)));
        };
        if k == 0 {
            return Ok(Value::int32(1));
        }
        let out = falling(py, &n, k)?;
        Ok(py.int_from(IBig::from(out)))
    }
}
