//! `complex`: a pair of floats.

use lockstep_heap::{Frozen, Object, Value};
use lockstep_macros::methods;

use crate::object::{NativeType};

use crate::object::{Py, Result};

/// The payload of a complex number.
#[derive(Clone, Copy)]
pub struct Complex {
    /// Real part.
    pub re: f64,
    /// Imaginary part.
    pub im: f64,
}

impl Object for Complex {
    type Access = Frozen;
}

/// `x ** y` for a negative `x` and a fractional `y`.
pub fn power_of_negative(py: &mut Py, x: f64, y: f64) -> Result<Value> {
    let (length, angle) = ((-x).powf(y), std::f64::consts::PI * y);
    Ok(py.make(Complex { re: length * angle.cos(), im: length * angle.sin() }).into_value())
}

#[methods]
impl Complex {}

impl NativeType for Complex {
    const NAME: &'static str = "complex";
}
