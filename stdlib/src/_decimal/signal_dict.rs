//! `SignalDict`: a context's flags or traps as mapping of signals to truth values.

use lockstep_interp::object::raise::{Result, key_error, type_error, value_error};
use lockstep_interp::object::special::CompareOp;
use lockstep_interp::object::{NativeType, Type, TypeFlags};
use lockstep_interp::types::dict::{self, Dict};
use lockstep_interp::types::list::List;
use lockstep_interp::{Guarded, Object, Py, Ref, Value, methods};

use super::signals::{self, SIGNALS};

/// The payload.
pub struct SignalDict {
    /// Conditions, not signals: one bit each.
    pub bits: u32,
    /// Whether it is a context's: others can be made, but not used.
    owned: bool,
}

impl Object for SignalDict {
    type Access = Guarded;
}

/// The class of a context's dicts: the native type with what `MutableMapping` adds.
#[derive(Default)]
struct Known(Option<Ref<Type>>);

/// That class; made by the first import.
pub fn class(py: &mut Py) -> Result<Ref<Type>> {
    if let Some(class) = &py.state::<Known>().0 {
        return Ok(class.clone());
    }
    let base = py.define::<SignalDict>().into_value();
    let mapping = lockstep_interp::import::import_module(py, "_collections_abc")?;
    let mapping = py.getattr(&mapping, "MutableMapping")?;
    let metaclass = py.type_of(&mapping).into_value();
    let name = py.intern("SignalDict").into_value();
    let own = py.new_dict();
    let home = py.intern("decimal").into_value();
    dict::set_name(py, &own, "__module__", home);
    let slots = py.tuple(Vec::new());
    dict::set_name(py, &own, "__slots__", slots);
    let bases = py.tuple(vec![base, mapping]);
    let class = py.call(&metaclass, &[name, bases, own.into_value()])?;
    let Some(class) = class.downcast::<Type>() else { return Err(type_error("SignalDict is no class")) };
    py.state::<Known>().0 = Some(class.clone());
    Ok(class.clone())
}

/// A dict with these conditions.
pub fn make(py: &mut Py, bits: u32) -> Result<Ref<SignalDict>> {
    let class = class(py)?;
    Ok(py.make_in(&class, SignalDict { bits, owned: true }))
}

/// Its conditions, if it is a context's.
fn bits(py: &Py, dict: &Ref<SignalDict>) -> Result<u32> {
    let dict = dict.get(py);
    if dict.owned { Ok(dict.bits) } else { Err(value_error("invalid signal dict")) }
}

/// The conditions that a value stands for: a `SignalDict`, or a dict that knows every signal.
pub fn bits_of(py: &mut Py, value: &Value) -> Result<u32> {
    if let Some(own) = value.downcast::<SignalDict>() {
        return bits(py, own);
    }
    let Some(entries) = value.downcast::<Dict>() else { return Err(type_error("argument must be a signal dict")) };
    if entries.get(py).len() != SIGNALS.len() {
        let message = py.str("invalid signal dict");
        return Err(key_error(message));
    }
    let mut bits = 0;
    for (class, (_, conditions)) in signals::classes(py)?.signals.iter().zip(SIGNALS) {
        let Some(set) = dict::get(py, entries, class)? else {
            let message = py.str("invalid signal dict");
            return Err(key_error(message));
        };
        if py.truth(&set)? {
            bits |= conditions;
        }
    }
    Ok(bits)
}

/// The conditions of a list of signals.
pub fn bits_of_list(py: &mut Py, list: &Ref<List>) -> Result<u32> {
    let items = list.get(py).items.clone();
    let mut bits = 0;
    for item in &items {
        bits |= signals::conditions_of(py, item)?;
    }
    Ok(bits)
}

fn compared(py: &mut Py, this: &Ref<SignalDict>, other: &Value, op: CompareOp) -> Result<Value> {
    let own = bits(py, this)?;
    let other = if let Some(other) = other.downcast::<SignalDict>() {
        bits(py, other)?
    } else if other.is_a::<Dict>() {
        match bits_of(py, other) {
            Ok(bits) => bits,
            Err(error) if error.is(lockstep_interp::Exc::KeyError) => return Ok(Value::NOT_IMPLEMENTED),
            Err(error) => return Err(error),
        }
    } else {
        return Ok(Value::NOT_IMPLEMENTED);
    };
    Ok(Value::bool((own == other) == (op == CompareOp::Eq)))
}

#[methods]
impl SignalDict {
    #[staticmethod("(type, /)")]
    fn __new__(py: &mut Py, cls: &Ref<Type>) -> Ref<SignalDict> {
        py.make_in(cls, SignalDict { bits: 0, owned: false })
    }
    /// Return repr(self).
    #[py("(self, /)")]
    fn __repr__(py: &mut Py, this: &Ref<SignalDict>) -> Result<String> {
        let bits = bits(py, this)?;
        let shown: Vec<String> = SIGNALS
            .iter()
            .map(|(name, conditions)| {
                let set = if bits & conditions == 0 { "False" } else { "True" };
                format!("<class 'decimal.{name}'>:{set}")
            })
            .collect();
        Ok(format!("{{{}}}", shown.join(", ")))
    }
    /// Return len(self).
    #[py("(self, /)")]
    fn __len__(py: &mut Py, this: &Ref<SignalDict>) -> Result<usize> {
        bits(py, this)?;
        Ok(SIGNALS.len())
    }
    /// Implement iter(self).
    #[py("(self, /)")]
    fn __iter__(py: &mut Py, this: &Ref<SignalDict>) -> Result<Value> {
        bits(py, this)?;
        let signals = signals::classes(py)?.signals.to_vec();
        let signals = py.tuple(signals);
        py.get_iter(&signals)
    }
    /// Return self[key].
    #[py("(self, key, /)")]
    fn __getitem__(py: &mut Py, this: &Ref<SignalDict>, key: &Value) -> Result<bool> {
        let bits = bits(py, this)?;
        Ok(bits & signals::conditions_of(py, key)? != 0)
    }
    /// Set self[key] to value.
    #[py("(self, key, value, /)")]
    fn __setitem__(py: &mut Py, this: &Ref<SignalDict>, key: &Value, value: &Value) -> Result<()> {
        bits(py, this)?;
        let conditions = signals::conditions_of(py, key)?;
        let set = py.truth(value)?;
        let bits = &mut this.get_mut(py).bits;
        if set {
            *bits |= conditions;
        } else {
            *bits &= !conditions;
        }
        Ok(())
    }
    /// Delete self[key].
    #[py("(self, key, /)")]
    fn __delitem__(_py: &mut Py, this: &Ref<SignalDict>, _key: &Value) -> Result<()> {
        let _ = this;
        Err(value_error("signal keys cannot be deleted"))
    }
    /// Return self==value.
    #[py("(self, value, /)")]
    fn __eq__(py: &mut Py, this: &Ref<SignalDict>, value: &Value) -> Result<Value> {
        compared(py, this, value, CompareOp::Eq)
    }
    /// Return self!=value.
    #[py("(self, value, /)")]
    fn __ne__(py: &mut Py, this: &Ref<SignalDict>, value: &Value) -> Result<Value> {
        compared(py, this, value, CompareOp::Ne)
    }
    /// A plain dict of the same contents.
    #[py("(self, /)")]
    fn copy(py: &mut Py, this: &Ref<SignalDict>) -> Result<Value> {
        let bits = bits(py, this)?;
        let copy = py.new_dict();
        for (class, (_, conditions)) in signals::classes(py)?.signals.iter().zip(SIGNALS) {
            dict::set(py, &copy, class, Value::bool(bits & conditions != 0))?;
        }
        Ok(copy.into_value())
    }
}

impl NativeType for SignalDict {
    const NAME: &'static str = "SignalDictMixin";
    const MODULE: &'static str = "decimal";
    const FLAGS: u32 = TypeFlags::BASE;
    const UNHASHABLE: bool = true;
}
