//! Signals: their exception classes, and what becomes of the conditions that an operation met.

use lockstep_interp::object::raise::{Result, key_error, memory_error, runtime_error};
use lockstep_interp::types::dict;
use lockstep_interp::{Exc, Py, Raised, Ref, Value};

use super::context::Context;
use super::number::condition::{
    ANY_INVALID, CLAMPED, CONVERSION_SYNTAX, DIVISION_BY_ZERO, DIVISION_IMPOSSIBLE, DIVISION_UNDEFINED, FLOAT_OPERATION, INEXACT,
    INVALID_CONTEXT, INVALID_OPERATION, MEMORY, OVERFLOW, ROUNDED, STOPPED, SUBNORMAL, UNDERFLOW,
};

/// The signals in the order of `SignalDict`: name and conditions.
pub const SIGNALS: [(&str, u32); 9] = [
    ("InvalidOperation", ANY_INVALID),
    ("FloatOperation", FLOAT_OPERATION),
    ("DivisionByZero", DIVISION_BY_ZERO),
    ("Overflow", OVERFLOW),
    ("Underflow", UNDERFLOW),
    ("Subnormal", SUBNORMAL),
    ("Inexact", INEXACT),
    ("Rounded", ROUNDED),
    ("Clamped", CLAMPED),
];

/// The conditions that are classes of their own below `InvalidOperation`, which is the first.
const CONDITIONS: [(&str, u32); 5] = [
    ("InvalidOperation", INVALID_OPERATION),
    ("ConversionSyntax", CONVERSION_SYNTAX),
    ("DivisionImpossible", DIVISION_IMPOSSIBLE),
    ("DivisionUndefined", DIVISION_UNDEFINED),
    ("InvalidContext", INVALID_CONTEXT),
];

/// What is said of a key that is no signal.
const NO_SIGNAL: &str = "valid values for signals are:\n  [InvalidOperation, FloatOperation, DivisionByZero,\n   Overflow, Underflow, Subnormal, Inexact, Rounded,\n   Clamped]";

/// The exception classes.
#[derive(Clone)]
pub struct Classes {
    /// The base of all.
    pub exception: Value,
    /// In the order of [`SIGNALS`].
    pub signals: [Value; 9],
    /// In the order of `CONDITIONS`.
    conditions: [Value; 5],
}

/// The classes of this interpreter.
#[derive(Default)]
struct Known(Option<Classes>);

/// The exception classes; made by the first import.
pub fn classes(py: &mut Py) -> Result<Classes> {
    match &py.state::<Known>().0 {
        Some(classes) => Ok(classes.clone()),
        None => make(py),
    }
}

fn class(py: &mut Py, name: &str, bases: &[&Value]) -> Result<Value> {
    let metaclass = py.plain_metatype().clone();
    let bases = py.tuple(bases.iter().map(|b| (*b).clone()).collect());
    let own = py.new_dict();
    let home = py.intern("decimal").into_value();
    dict::set_name(py, &own, "__module__", home);
    let name = py.intern(name).into_value();
    py.call(metaclass.as_value(), &[name, bases, own.into_value()])
}

fn make(py: &mut Py) -> Result<Classes> {
    let builtin = |py: &mut Py, kind| py.exception_type(kind).into_value();
    let (arithmetic, types) = (builtin(py, Exc::ArithmeticError), builtin(py, Exc::TypeError));
    let zero = builtin(py, Exc::ZeroDivisionError);
    let exception = class(py, "DecimalException", &[&arithmetic])?;
    let invalid = class(py, "InvalidOperation", &[&exception])?;
    let float = class(py, "FloatOperation", &[&exception, &types])?;
    let division = class(py, "DivisionByZero", &[&exception, &zero])?;
    let [subnormal, inexact, rounded, clamped] = {
        let plain = |py: &mut Py, name| class(py, name, &[&exception]);
        [plain(py, "Subnormal")?, plain(py, "Inexact")?, plain(py, "Rounded")?, plain(py, "Clamped")?]
    };
    let overflow = class(py, "Overflow", &[&inexact, &rounded])?;
    let underflow = class(py, "Underflow", &[&inexact, &rounded, &subnormal])?;
    let below = |py: &mut Py, name| class(py, name, &[&invalid]);
    let conditions = [
        invalid.clone(),
        below(py, "ConversionSyntax")?,
        below(py, "DivisionImpossible")?,
        class(py, "DivisionUndefined", &[&invalid, &zero])?,
        below(py, "InvalidContext")?,
    ];
    let signals = [invalid, float, division, overflow, underflow, subnormal, inexact, rounded, clamped];
    let classes = Classes { exception, signals, conditions };
    py.state::<Known>().0 = Some(classes.clone());
    Ok(classes)
}

/// Every class with its name.
pub fn named(py: &mut Py) -> Result<Vec<(&'static str, Value)>> {
    let classes = classes(py)?;
    let mut all = vec![("DecimalException", classes.exception)];
    all.extend(SIGNALS.iter().map(|(name, _)| *name).zip(classes.signals));
    all.extend(CONDITIONS.iter().map(|(name, _)| *name).zip(classes.conditions).skip(1));
    Ok(all)
}

/// The conditions of a signal given by its class.
pub fn conditions_of(py: &mut Py, key: &Value) -> Result<u32> {
    let classes = classes(py)?;
    match classes.signals.iter().position(|class| class.is(key)) {
        Some(n) => Ok(SIGNALS[n].1),
        None => {
            let message = py.str(NO_SIGNAL);
            Err(key_error(message))
        }
    }
}

/// The classes of the signals among conditions.
pub fn list(py: &mut Py, status: u32) -> Result<Vec<Value>> {
    let classes = classes(py)?;
    Ok(SIGNALS.iter().zip(classes.signals).filter(|((_, bits), _)| status & bits != 0).map(|(_, class)| class).collect())
}

/// The names of the signals among conditions, as a context's repr lists them.
pub fn names(status: u32) -> String {
    let mut names: Vec<&str> = Vec::new();
    for bit in 0..u32::BITS {
        let condition = status & 1 << bit;
        if condition == 0 {
            continue;
        }
        let found = SIGNALS.iter().find(|(_, bits)| bits & condition != 0).map(|(name, _)| *name);
        names.extend(found.filter(|name| !names.contains(name)));
    }
    format!("[{}]", names.join(", "))
}

/// Add the conditions that an operation met to a context's flags; the error if one of them is trapped.
#[inline]
pub fn settle(py: &mut Py, context: &Ref<Context>, status: u32) -> Result<()> {
    if status == 0 {
        return Ok(());
    }
    let (flags, traps) = super::context::conditions(py, context);
    if flags & status != status {
        super::context::raise_flags(py, context, status & !STOPPED);
    }
    if status & (traps | MEMORY | STOPPED) == 0 { Ok(()) } else { Err(trapped(py, status, traps)) }
}

#[cold]
fn trapped(py: &mut Py, status: u32, traps: u32) -> Raised {
    if status & MEMORY != 0 {
        return memory_error();
    }
    if status & STOPPED != 0 {
        return runtime_error("the computation was stopped");
    }
    let raised = status & traps;
    let classes = match classes(py) {
        Ok(classes) => classes,
        Err(error) => return error,
    };
    let Some(first) = SIGNALS.iter().position(|(_, bits)| raised & bits != 0) else { return memory_error() };
    let conditions = CONDITIONS.iter().zip(&classes.conditions).map(|((_, bits), class)| (*bits, class));
    let signals = SIGNALS.iter().zip(&classes.signals).skip(1).map(|((_, bits), class)| (*bits, class));
    let met = conditions.chain(signals).filter(|(bits, _)| raised & bits != 0).map(|(_, class)| class.clone()).collect();
    let met = py.list(met);
    match py.call(&classes.signals[first], &[met]) {
        Ok(made) => py.raise_value(&made),
        Err(error) => error,
    }
}
