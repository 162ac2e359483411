//! `Context`: the settings of arithmetic as object, and which one is in force.

use lockstep_interp::object::call::Keywords;
use lockstep_interp::object::raise::{Raised, Result, attribute_error, overflow_error, type_error, value_error};
use lockstep_interp::object::{NativeType, Type, TypeFlags};
use lockstep_interp::types::int;
use lockstep_interp::types::list::List;
use lockstep_interp::types::str::Str;
use lockstep_interp::{Guarded, Object, Py, Ref, Value, Visitor, methods};

use super::number::condition::ANY_INVALID;
use super::number::condition::{DIVISION_BY_ZERO, OVERFLOW};
use super::number::{MAX_PREC, MIN_EMIN, Rounding, Settings};
use super::signal_dict::{self, SignalDict};
use super::signals;
use crate::_contextvars::{self, ContextVar};

/// The payload.
pub struct Context {
    /// Precision, range and rounding; the conditions are in `flags`.
    pub settings: Settings,
    /// Whether exponents are written with a capital E.
    pub capitals: bool,
    /// The conditions that arose.
    flags: Conditions,
    /// The conditions that raise.
    traps: Conditions,
}

/// A context's flags or traps: bits until a script asks for the dict, which has them from then on.
enum Conditions {
    Bits(u32),
    Dict(Ref<SignalDict>),
}

impl Conditions {
    #[inline]
    fn bits(&self, py: &Py) -> u32 {
        match self {
            Conditions::Bits(bits) => *bits,
            Conditions::Dict(dict) => dict.get(py).bits,
        }
    }
}

impl Object for Context {
    type Access = Guarded;
    const TRACKED: bool = true;
    fn trace(&self, visit: &mut Visitor<'_>) {
        for conditions in [&self.flags, &self.traps] {
            if let Conditions::Dict(dict) = conditions {
                visit.reference(dict);
            }
        }
    }
}

/// What says which context is in force.
#[derive(Default)]
struct Current {
    /// The variable that holds it, made by the first import.
    variable: Option<Ref<ContextVar>>,
    /// `DefaultContext`, `BasicContext`, `ExtendedContext`: copied, never in force themselves.
    templates: Vec<Ref<Context>>,
}

/// What the traps of `DefaultContext` are.
const USUAL_TRAPS: u32 = ANY_INVALID | DIVISION_BY_ZERO | OVERFLOW;

/// The settings of `DefaultContext`.
const USUAL: Settings =
    Settings { prec: 28, emax: 999_999, emin: -999_999, rounding: Rounding::HalfEven, clamp: false, status: 0 };

/// The attributes that can be set.
const SETTINGS: [&str; 8] = ["prec", "rounding", "Emin", "Emax", "capitals", "clamp", "flags", "traps"];

/// A context.
pub fn make(py: &Py, settings: Settings, capitals: bool, flags: u32, traps: u32) -> Ref<Context> {
    py.make(Context { settings, capitals, flags: Conditions::Bits(flags), traps: Conditions::Bits(traps) })
}

/// The conditions that arose, and those that raise.
#[inline]
pub fn conditions(py: &Py, context: &Ref<Context>) -> (u32, u32) {
    let context = context.get(py);
    (context.flags.bits(py), context.traps.bits(py))
}

/// Add conditions to those that arose.
pub fn raise_flags(py: &mut Py, context: &Ref<Context>, status: u32) {
    let flags = conditions(py, context).0 | status;
    set_bits(py, context, true, flags);
}

/// Replace all flags (`flags`), or all traps.
fn set_bits(py: &mut Py, context: &Ref<Context>, flags: bool, bits: u32) {
    let own = context.get_mut(py);
    let place = if flags { &mut own.flags } else { &mut own.traps };
    let dict = match place {
        Conditions::Bits(old) => {
            *old = bits;
            return;
        }
        Conditions::Dict(dict) => dict.clone(),
    };
    dict.get_mut(py).bits = bits;
}

/// The dict of flags (`flags`), or that of traps.
fn dict_of(py: &mut Py, context: &Ref<Context>, flags: bool) -> Result<Value> {
    let own = context.get(py);
    let bits = match if flags { &own.flags } else { &own.traps } {
        Conditions::Dict(dict) => return Ok(dict.to_value()),
        Conditions::Bits(bits) => *bits,
    };
    let dict = signal_dict::make(py, bits)?;
    let own = context.get_mut(py);
    *if flags { &mut own.flags } else { &mut own.traps } = Conditions::Dict(dict.clone());
    Ok(dict.into_value())
}

/// The three contexts that the module names; made by the first import.
pub fn templates(py: &mut Py) -> Result<Vec<Ref<Context>>> {
    use super::number::condition::{CLAMPED, UNDERFLOW};
    if py.state::<Current>().templates.is_empty() {
        let basic = Settings { prec: 9, rounding: Rounding::HalfUp, ..USUAL };
        let extended = Settings { prec: 9, ..USUAL };
        let made = vec![
            make(py, USUAL, true, 0, USUAL_TRAPS),
            make(py, basic, true, 0, USUAL_TRAPS | CLAMPED | UNDERFLOW),
            make(py, extended, true, 0, 0),
        ];
        let variable = _contextvars::decimal_variable(py);
        *py.state::<Current>() = Current { variable: Some(variable), templates: made };
    }
    Ok(py.state::<Current>().templates.clone())
}

/// A copy, flags included.
fn copy(py: &Py, context: &Ref<Context>) -> Ref<Context> {
    let (settings, capitals, flags, traps) = parts(py, context);
    make(py, settings, capitals, flags, traps)
}

/// Settings, capitals, flags and traps.
fn parts(py: &Py, context: &Ref<Context>) -> (Settings, bool, u32, u32) {
    let c = context.get(py);
    (c.settings, c.capitals, c.flags.bits(py), c.traps.bits(py))
}

/// The context in force.
#[inline]
pub fn current(py: &mut Py) -> Result<Ref<Context>> {
    match _contextvars::decimal_known(py).and_then(|known| known.downcast::<Context>()) {
        Some(known) => Ok(known.clone()),
        None => find(py),
    }
}

#[inline(never)]
fn find(py: &mut Py) -> Result<Ref<Context>> {
    templates(py)?;
    let Some(variable) = py.state::<Current>().variable.clone() else { return Err(missing()) };
    let held = _contextvars::decimal_value(py, &variable)?;
    match held.as_ref().and_then(|held| held.downcast::<Context>()) {
        Some(found) => Ok(found.clone()),
        None => {
            let template = py.state::<Current>().templates[0].clone();
            let fresh = copy(py, &template);
            set_bits(py, &fresh, true, 0);
            _contextvars::set_decimal(py, &variable, fresh.to_value())?;
            Ok(fresh)
        }
    }
}

fn missing() -> Raised {
    lockstep_interp::object::raise::runtime_error("the module _decimal was not imported")
}

/// Put a context in force; one of the module's own is copied.
pub fn set_current(py: &mut Py, value: &Value) -> Result<()> {
    let Some(context) = value.downcast::<Context>() else { return Err(type_error("argument must be a context")) };
    let context = if templates(py)?.iter().any(|template| template.is(context)) {
        let copy = copy(py, context);
        set_bits(py, &copy, true, 0);
        copy
    } else {
        context.clone()
    };
    let Some(variable) = py.state::<Current>().variable.clone() else { return Err(missing()) };
    _contextvars::set_decimal(py, &variable, context.to_value())
}

/// An optional argument that is a context, else the one in force.
#[inline]
pub fn optional(py: &mut Py, value: &Value) -> Result<Ref<Context>> {
    if value.is_none() {
        return current(py);
    }
    match value.downcast::<Context>() {
        Some(context) => Ok(context.clone()),
        None => Err(type_error("optional argument must be a context")),
    }
}

/// The settings of a context.
#[inline]
pub fn settings(py: &Py, context: &Ref<Context>) -> Settings {
    context.get(py).settings
}

/// The rounding that a value names.
pub fn rounding_of(value: &Value) -> Result<Rounding> {
    let name = value.downcast::<Str>();
    let found = Rounding::ALL.iter().find(|(_, known)| name.is_some_and(|name| name.as_bytes() == known.as_bytes()));
    found.map(|(rounding, _)| *rounding).ok_or_else(|| {
        type_error(
            "valid values for rounding are:\n  [ROUND_CEILING, ROUND_FLOOR, ROUND_UP, ROUND_DOWN,\n   ROUND_HALF_UP, ROUND_HALF_DOWN, ROUND_HALF_EVEN,\n   ROUND_05UP]",
        )
    })
}

fn integer(value: &Value) -> Result<i64> {
    if !int::is_int(value) {
        return Err(type_error("an integer is required"));
    }
    int::as_i64(value).ok_or_else(|| overflow_error("Python int too large to convert to C ssize_t"))
}

/// The conditions that a value says: a dict, or a list of signals in constructors.
fn conditions_of(py: &mut Py, value: &Value) -> Result<u32> {
    match value.downcast::<List>() {
        Some(list) => signal_dict::bits_of_list(py, list),
        None => signal_dict::bits_of(py, value),
    }
}

/// Change one setting.
fn set(py: &mut Py, context: &Ref<Context>, name: &str, value: &Value) -> Result<()> {
    match name {
        "flags" | "traps" => {
            let bits = conditions_of(py, value)?;
            set_bits(py, context, name == "flags", bits);
            return Ok(());
        }
        "rounding" => {
            let rounding = rounding_of(value)?;
            context.get_mut(py).settings.rounding = rounding;
            return Ok(());
        }
        _ => {}
    }
    let n = integer(value)?;
    let (low, high, message) = match name {
        "prec" => (1, MAX_PREC, "valid range for prec is [1, MAX_PREC]"),
        "Emin" => (MIN_EMIN, 0, "valid range for Emin is [MIN_EMIN, 0]"),
        "Emax" => (0, MAX_PREC, "valid range for Emax is [0, MAX_EMAX]"),
        "capitals" => (0, 1, "valid values for capitals are 0 or 1"),
        _ => (0, 1, "valid values for clamp are 0 or 1"),
    };
    if !(low..=high).contains(&n) {
        return Err(value_error(message));
    }
    let own = context.get_mut(py);
    match name {
        "prec" => own.settings.prec = n,
        "Emin" => own.settings.emin = n,
        "Emax" => own.settings.emax = n,
        "capitals" => own.capitals = n != 0,
        _ => own.settings.clamp = n != 0,
    }
    Ok(())
}

/// Change an attribute of a context from a script.
fn assign(py: &mut Py, context: &Ref<Context>, name: &str, value: Option<&Value>) -> Result<()> {
    let Some(value) = value else {
        let name = py.intern(name);
        return Err(attribute_error("context attributes cannot be deleted", context.as_value(), &name));
    };
    if matches!(name, "flags" | "traps") && value.is_a::<List>() {
        return Err(type_error("argument must be a signal dict"));
    }
    set(py, context, name, value)
}

/// A context of a subclass, or of the class itself, like the first template.
fn fresh(py: &mut Py, class: &Ref<Type>) -> Result<Ref<Context>> {
    let template = templates(py)?[0].clone();
    let (settings, capitals, _, traps) = parts(py, &template);
    Ok(py.make_in(class, Context { settings, capitals, flags: Conditions::Bits(0), traps: Conditions::Bits(traps) }))
}

/// The context of an interchange format.
pub fn interchange(py: &mut Py, bits: i64) -> Result<Ref<Context>> {
    if bits <= 0 || bits > super::IEEE_CONTEXT_MAX_BITS || bits % 32 != 0 {
        let most = super::IEEE_CONTEXT_MAX_BITS;
        return Err(value_error(format!("argument must be a multiple of 32, with a maximum of {most}")));
    }
    let emax = 3 * (1 << (bits / 16 + 3));
    let prec = 9 * (bits / 32) - 2;
    let settings = Settings { prec, emax, emin: 1 - emax, rounding: Rounding::HalfEven, clamp: true, status: 0 };
    Ok(make(py, settings, true, 0, 0))
}

#[methods]
impl Context {
    #[staticmethod(
        "(type, /, prec=None, rounding=None, Emin=None, Emax=None, capitals=None, clamp=None, flags=None, traps=None)"
    )]
    fn __new__(
        py: &mut Py,
        cls: &Ref<Type>,
        prec: &Value,
        rounding: &Value,
        emin: &Value,
        emax: &Value,
        capitals: &Value,
        clamp: &Value,
        flags: &Value,
        traps: &Value,
    ) -> Result<Ref<Context>> {
        let _ = (prec, rounding, emin, emax, capitals, clamp, flags, traps);
        fresh(py, cls)
    }
    /// Initialize self.  See help(type(self)) for accurate signature.
    #[py("(self, /, prec=None, rounding=None, Emin=None, Emax=None, capitals=None, clamp=None, flags=None, traps=None)")]
    fn __init__(
        py: &mut Py,
        this: &Ref<Context>,
        prec: &Value,
        rounding: &Value,
        emin: &Value,
        emax: &Value,
        capitals: &Value,
        clamp: &Value,
        flags: &Value,
        traps: &Value,
    ) -> Result<()> {
        for (name, value) in SETTINGS.into_iter().zip([prec, rounding, emin, emax, capitals, clamp, flags, traps]) {
            if !value.is_none() {
                set(py, this, name, value)?;
            }
        }
        Ok(())
    }
    /// Return a duplicate of the context with all flags cleared.
    #[py("(self, /)")]
    fn __copy__(py: &mut Py, this: &Ref<Context>) -> Ref<Context> {
        copy(py, this)
    }
    /// Helper for pickle.
    #[py("(self, /)")]
    fn __reduce__(py: &mut Py, this: &Ref<Context>) -> Result<Value> {
        let (settings, capitals, flags, traps) = parts(py, this);
        let (flags, traps) = (signals::list(py, flags)?, signals::list(py, traps)?);
        let rounding = py.intern(settings.rounding.name()).into_value();
        let (flags, traps) = (py.list(flags), py.list(traps));
        let args = vec![
            py.int(settings.prec),
            rounding,
            py.int(settings.emin),
            py.int(settings.emax),
            py.int(i64::from(capitals)),
            py.int(i64::from(settings.clamp)),
            flags,
            traps,
        ];
        let args = py.tuple(args);
        let class = py.type_of(this.as_value()).into_value();
        Ok(py.tuple(vec![class, args]))
    }
    /// Return repr(self).
    #[py("(self, /)")]
    fn __repr__(py: &mut Py, this: &Ref<Context>) -> String {
        let (s, capitals, flags, traps) = parts(py, this);
        format!(
            "Context(prec={}, rounding={}, Emin={}, Emax={}, capitals={}, clamp={}, flags={}, traps={})",
            s.prec,
            s.rounding.name(),
            s.emin,
            s.emax,
            u8::from(capitals),
            u8::from(s.clamp),
            signals::names(flags),
            signals::names(traps)
        )
    }
    /// Return a value equal to Emin - prec + 1, which is the minimum exponent value
    /// for subnormal results.  When underflow occurs, the exponent is set to Etiny.
    #[py("(self, /)", name = "Etiny")]
    fn etiny(py: &mut Py, this: &Ref<Context>) -> i64 {
        settings(py, this).etiny()
    }
    /// Return a value equal to Emax - prec + 1.  This is the maximum exponent
    /// if the _clamp field of the context is set to 1 (IEEE clamp mode).  Etop()
    /// must not be negative.
    #[py("(self, /)", name = "Etop")]
    fn etop(py: &mut Py, this: &Ref<Context>) -> i64 {
        settings(py, this).etop()
    }
    /// Reset all flags to False.
    #[py("(self, /)")]
    fn clear_flags(py: &mut Py, this: &Ref<Context>) {
        set_bits(py, this, true, 0);
    }
    /// Set all traps to False.
    #[py("(self, /)")]
    fn clear_traps(py: &mut Py, this: &Ref<Context>) {
        set_bits(py, this, false, 0);
    }
    /// Return a duplicate of the context with all flags cleared.
    #[py("(self, /)")]
    fn copy(py: &mut Py, this: &Ref<Context>) -> Ref<Context> {
        copy(py, this)
    }
    #[getter(name = "Emax")]
    fn emax(py: &mut Py, this: &Ref<Context>) -> i64 {
        settings(py, this).emax
    }
    #[setter("Emax")]
    fn set_emax(py: &mut Py, this: &Ref<Context>, value: Option<&Value>) -> Result<()> {
        assign(py, this, "Emax", value)
    }
    #[getter(name = "Emin")]
    fn emin(py: &mut Py, this: &Ref<Context>) -> i64 {
        settings(py, this).emin
    }
    #[setter("Emin")]
    fn set_emin(py: &mut Py, this: &Ref<Context>, value: Option<&Value>) -> Result<()> {
        assign(py, this, "Emin", value)
    }
    #[getter]
    fn capitals(py: &mut Py, this: &Ref<Context>) -> i64 {
        i64::from(this.get(py).capitals)
    }
    #[setter(capitals)]
    fn set_capitals(py: &mut Py, this: &Ref<Context>, value: Option<&Value>) -> Result<()> {
        assign(py, this, "capitals", value)
    }
    #[getter]
    fn clamp(py: &mut Py, this: &Ref<Context>) -> i64 {
        i64::from(settings(py, this).clamp)
    }
    #[setter(clamp)]
    fn set_clamp(py: &mut Py, this: &Ref<Context>, value: Option<&Value>) -> Result<()> {
        assign(py, this, "clamp", value)
    }
    #[getter]
    fn flags(py: &mut Py, this: &Ref<Context>) -> Result<Value> {
        dict_of(py, this, true)
    }
    #[setter(flags)]
    fn set_flags(py: &mut Py, this: &Ref<Context>, value: Option<&Value>) -> Result<()> {
        assign(py, this, "flags", value)
    }
    #[getter]
    fn prec(py: &mut Py, this: &Ref<Context>) -> i64 {
        settings(py, this).prec
    }
    #[setter(prec)]
    fn set_prec(py: &mut Py, this: &Ref<Context>, value: Option<&Value>) -> Result<()> {
        assign(py, this, "prec", value)
    }
    #[getter]
    fn rounding(py: &mut Py, this: &Ref<Context>) -> Value {
        let name = settings(py, this).rounding.name();
        py.intern(name).into_value()
    }
    #[setter(rounding)]
    fn set_rounding(py: &mut Py, this: &Ref<Context>, value: Option<&Value>) -> Result<()> {
        assign(py, this, "rounding", value)
    }
    #[getter]
    fn traps(py: &mut Py, this: &Ref<Context>) -> Result<Value> {
        dict_of(py, this, false)
    }
    #[setter(traps)]
    fn set_traps(py: &mut Py, this: &Ref<Context>, value: Option<&Value>) -> Result<()> {
        assign(py, this, "traps", value)
    }
}

impl NativeType for Context {
    const NAME: &'static str = "Context";
    const MODULE: &'static str = "decimal";
    const DOC: Option<&'static str> = Some(
        "The context affects almost all operations and controls rounding,\nOver/Underflow, raising of exceptions and much more.  A new context\ncan be constructed as follows:\n\n    >>> c = Context(prec=28, Emin=-425000000, Emax=425000000,\n    ...             rounding=ROUND_HALF_EVEN, capitals=1, clamp=1,\n    ...             traps=[InvalidOperation, DivisionByZero, Overflow],\n    ...             flags=[])\n    >>>",
    );
    const FLAGS: u32 = TypeFlags::BASE;
}

/// The payload of what `localcontext` returns.
pub struct ContextManager {
    /// The context of the block.
    local: Ref<Context>,
    /// The one to come back to.
    global: Ref<Context>,
}

impl Object for ContextManager {
    type Access = lockstep_interp::Frozen;
    const TRACKED: bool = true;
    fn trace(&self, visit: &mut Visitor<'_>) {
        visit.reference(&self.local);
        visit.reference(&self.global);
    }
}

/// A manager of a copy of a context, or of the one in force, with some settings changed.
pub fn manager(py: &mut Py, context: &Value, given: &Keywords) -> Result<Ref<ContextManager>> {
    for (name, _) in given {
        if !SETTINGS.iter().any(|known| known.as_bytes() == name.as_bytes()) {
            return Err(type_error(format!("localcontext() got an unexpected keyword argument '{name}'")));
        }
    }
    let global = current(py)?;
    let source = optional(py, context)?;
    let local = copy(py, &source);
    for (name, value) in given {
        if !value.is_none() {
            set(py, &local, &name.to_string(), value)?;
        }
    }
    Ok(py.make(ContextManager { local, global }))
}

#[methods]
impl ContextManager {
    #[py("(self, /)")]
    fn __enter__(py: &mut Py, this: &Ref<ContextManager>) -> Result<Value> {
        set_current(py, this.local.as_value())?;
        Ok(this.local.to_value())
    }
    #[py("(self, /, *args)")]
    fn __exit__(py: &mut Py, this: &Ref<ContextManager>, args: &[Value]) -> Result<bool> {
        let _ = args;
        set_current(py, this.global.as_value())?;
        Ok(false)
    }
}

impl NativeType for ContextManager {
    const NAME: &'static str = "ContextManager";
    const MODULE: &'static str = "decimal";
    const FLAGS: u32 = TypeFlags::NO_NEW;
}
