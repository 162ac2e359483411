//! `Decimal`: a decimal number as object, and how one is made.

use lockstep_interp::object::raise::{Result, type_error};
use lockstep_interp::object::{NativeType, Type, TypeFlags};
use lockstep_interp::types::float;
use lockstep_interp::types::int;
use lockstep_interp::{Frozen, Object, Py, Ref, Tag, Value, methods};

use super::context;
use super::convert::{How, from_real, from_value};
use super::number::Number;
use super::text;

/// The payload.
pub struct Decimal {
    /// The number.
    pub number: Number,
}

impl Object for Decimal {
    type Access = Frozen;
    const TAG: Tag = Tag::DECIMAL;
}

/// A number as object of a class; of a subclass by calling it.
fn of_class(py: &mut Py, class: &Ref<Type>, number: Number) -> Result<Value> {
    let made = py.make(Decimal { number }).into_value();
    if class.is(&py.type_for::<Decimal>()) { Ok(made) } else { py.call(class.as_value(), &[made]) }
}

#[methods]
impl Decimal {
    #[staticmethod("(type, /, value='0', context=None)")]
    fn __new__(py: &mut Py, cls: &Ref<Type>, value: &Value, context: &Value) -> Result<Value> {
        let context = if context.is_none() { None } else { Some(context::optional(py, context)?) };
        let plain = cls.is(&py.type_for::<Decimal>());
        if plain && py.is_exact::<Decimal>(value) {
            return Ok(value.clone());
        }
        let number = from_value(py, value, How::Exact, context.as_ref())?;
        Ok(if plain { py.make(Decimal { number }) } else { py.make_in(cls, Decimal { number }) }.into_value())
    }
    /// Helper for pickle.
    #[py("(self, /)")]
    fn __reduce__(py: &mut Py, this: &Ref<Decimal>) -> Value {
        let class = py.type_of(this.as_value()).into_value();
        let shown = py.new_ascii(&text::shown(&this.number, true)).into_value();
        let args = py.tuple(vec![shown]);
        py.tuple(vec![class, args])
    }
    /// Class method that converts a float to a decimal number, exactly.
    ///
    /// Since 0.1 is not exactly representable in binary floating point,
    /// Decimal.from_float(0.1) is not the same as Decimal('0.1').
    #[classmethod("(type, f, /)")]
    fn from_float(py: &mut Py, cls: &Ref<Type>, f: &Value) -> Result<Value> {
        let number = from_real(py, f, How::Exact, None)?;
        of_class(py, cls, number)
    }
    /// Class method that converts a real number to a decimal number, exactly.
    #[classmethod("(type, number, /)")]
    fn from_number(py: &mut Py, cls: &Ref<Type>, number: &Value) -> Result<Value> {
        if let Some(decimal) = number.downcast::<Decimal>() {
            if cls.is(&py.type_for::<Decimal>()) && py.is_exact::<Decimal>(number) {
                return Ok(number.clone());
            }
            return of_class(py, cls, decimal.number.clone());
        }
        if !int::is_int(number) && float::as_f64(number).is_none() {
            let shown = py.repr(number)?;
            return Err(type_error(format!("Cannot convert {shown} to Decimal")));
        }
        let number = from_real(py, number, How::Exact, None)?;
        of_class(py, cls, number)
    }
}

impl NativeType for Decimal {
    const NAME: &'static str = "Decimal";
    const MODULE: &'static str = "decimal";
    const DOC: Option<&'static str> = Some(
        "Construct a new Decimal object.\n\nvalue can be an integer, string, tuple, or another Decimal object.  If\nno value is given, return Decimal('0').  The context does not affect\nthe conversion and is only passed to determine if the InvalidOperation\ntrap is active.",
    );
    const FLAGS: u32 = TypeFlags::BASE;
}
