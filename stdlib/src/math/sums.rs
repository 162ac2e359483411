//! Sums, products and distances.

use lockstep_interp::object::raise::{Result, overflow_error, value_error};
use lockstep_interp::object::special::BinaryOp;
use lockstep_interp::types::tuple::Tuple;
use lockstep_interp::{Py, Value, module};

/// The coordinates of a point.
fn point(py: &mut Py, value: &Value) -> Result<Vec<f64>> {
    let items = match value.downcast::<Tuple>() {
        Some(t) => t.slice().to_vec(),
        None => py.collect(value)?,
    };
    items.iter().map(|x| py.to_f64(x)).collect()
}

/// The length of a vector.
fn norm(vector: &[f64]) -> f64 {
    let (mut max, mut nan) = (0f64, false);
    for x in vector {
        nan |= x.is_nan();
        max = max.max(x.abs());
    }
    let vector: Vec<f64> = vector.iter().map(|x| x.abs()).collect();
    pymath_norm(&vector, max, nan)
}

fn pymath_norm(vector: &[f64], max: f64, nan: bool) -> f64 {
    // The distance from the origin is the norm; infinities and NaNs first, as C has them.
    if max.is_infinite() {
        return max;
    }
    if nan {
        return f64::NAN;
    }
    if max == 0.0 || vector.len() <= 1 {
        return max;
    }
    let origin = vec![0.0; vector.len()];
    pymath::math::dist(vector, &origin)
}

/// The functions of sums.
pub struct Functions;

#[module]
impl Functions {
    /// Return the Euclidean distance between two points p and q.
    #[py("(p, q, /)")]
    fn dist(py: &mut Py, p: &Value, q: &Value) -> Result<f64> {
        let (p, q) = (point(py, p)?, point(py, q)?);
        if p.len() != q.len() {
            return Err(value_error("both points must have the same number of dimensions"));
        }
        let difference: Vec<f64> = p.iter().zip(&q).map(|(a, b)| (a - b).abs()).collect();
        Ok(norm(&difference))
    }
    /// Return an accurate floating-point sum of values in the iterable seq.
    #[py("(seq, /)")]
    fn fsum(py: &mut Py, seq: &Value) -> Result<f64> {
        let mut numbers = Vec::new();
        let mut iter = py.iter(seq)?;
        while let Some(x) = iter.next(py)? {
            numbers.push(py.to_f64(&x)?);
        }
        match pymath::math::fsum(numbers) {
            Ok(x) => Ok(x),
            Err(pymath::Error::EDOM) => Err(value_error("-inf + inf in fsum")),
            Err(pymath::Error::ERANGE) => Err(overflow_error("intermediate overflow in fsum")),
        }
    }
    /// Multidimensional Euclidean distance from the origin to a point.
    #[py("(*coordinates)")]
    fn hypot(py: &mut Py, coordinates: &[Value]) -> Result<f64> {
        let vector = coordinates.iter().map(|x| py.to_f64(x)).collect::<Result<Vec<f64>>>()?;
        Ok(norm(&vector))
    }
    /// Calculate the product of all the elements in the input iterable.
    #[py("(iterable, /, *, start=1)")]
    fn prod(py: &mut Py, iterable: &Value, start: &Value) -> Result<Value> {
        let mut total = start.clone();
        let mut iter = py.iter(iterable)?;
        while let Some(x) = iter.next(py)? {
            total = py.binary(BinaryOp::Mul, &total, &x)?;
        }
        Ok(total)
    }
    /// Return the sum of products of values from two iterables p and q.
    #[py("(p, q, /)")]
    fn sumprod(py: &mut Py, p: &Value, q: &Value) -> Result<Value> {
        let different = || value_error("Inputs are not the same length");
        let (mut a, mut b) = (py.iter(p)?, py.iter(q)?);
        let mut total = Value::int32(0);
        // Floats are gathered and summed exactly in the end of their run.
        let (mut xs, mut ys) = (Vec::new(), Vec::new());
        loop {
            let (x, y) = (a.next(py)?, b.next(py)?);
            let (x, y) = match (x, y) {
                (Some(x), Some(y)) => (x, y),
                (None, None) => break,
                _ => return Err(different()),
            };
            let float = |v: &Value| v.as_float().or_else(|| v.as_small_int().map(|n| n as f64));
            if (x.as_float().is_some() || y.as_float().is_some())
                && let (Some(x), Some(y)) = (float(&x), float(&y))
            {
                xs.push(x);
                ys.push(y);
                continue;
            }
            total = flush(py, total, &mut xs, &mut ys)?;
            let term = py.binary(BinaryOp::Mul, &x, &y)?;
            total = py.binary(BinaryOp::Add, &total, &term)?;
        }
        flush(py, total, &mut xs, &mut ys)
    }
}

/// Add the gathered products of floats.
fn flush(py: &mut Py, total: Value, xs: &mut Vec<f64>, ys: &mut Vec<f64>) -> Result<Value> {
    if xs.is_empty() {
        return Ok(total);
    }
    let sum = match pymath::math::sumprod(xs, ys) {
        Ok(sum) => sum,
        Err(pymath::Error::EDOM) => return Err(value_error("math domain error")),
        Err(pymath::Error::ERANGE) => xs.iter().zip(ys.iter()).map(|(x, y)| x * y).sum(),
    };
    xs.clear();
    ys.clear();
    py.binary(BinaryOp::Add, &total, &Value::float(sum))
}
