//! `_decimal`: decimal floating-point arithmetic of any precision, as the General Decimal Arithmetic
//! specification defines it.
//!
//! | room | what it is |
//! |---|---|
//! | `coefficient`, `number` | numbers, the settings of arithmetic, rounding |
//! | `arith`, `exponential`, `power`, `digits`, `order` | operations on numbers |
//! | `text`, `format` | numbers from and as text |
//! | `signals`, `signal_dict`, `context` | what Python sees of contexts |
//! | `decimal`, `operators`, `methods`, `convert` | what Python sees of numbers |

mod arith;
mod coefficient;
mod context;
mod context_methods;
mod convert;
mod decimal;
mod decimal_tuple;
mod digits;
mod exponential;
mod format;
mod methods;
mod number;
mod operators;
mod order;
mod power;
mod signal_dict;
mod signals;
mod text;

use lockstep_interp::object::call::Keywords;
use lockstep_interp::object::native::Members;
use lockstep_interp::object::raise::Result;
use lockstep_interp::types::dict;
use lockstep_interp::types::module::Module;
use lockstep_interp::{Py, Ref, Value, module};

use context::{Context, ContextManager};
use decimal::Decimal;
use number::{MAX_PREC, MIN_EMIN, MIN_ETINY, Rounding};

/// The longest interchange format.
const IEEE_CONTEXT_MAX_BITS: i64 = 512;

/// The functions of the module.
pub struct DecimalFunctions;

#[module]
impl DecimalFunctions {
    /// Return a context object initialized to the proper values for one of the
    /// IEEE interchange formats.  The argument must be a multiple of 32 and less
    /// than IEEE_CONTEXT_MAX_BITS.
    #[py("(bits, /)", name = "IEEEContext")]
    fn ieee_context(py: &mut Py, bits: i64) -> Result<Ref<Context>> {
        context::interchange(py, bits)
    }
    /// Get the current default context.
    #[py("()")]
    fn getcontext(py: &mut Py) -> Result<Ref<Context>> {
        context::current(py)
    }
    /// Return a context manager that will set the default context to a copy of ctx
    /// on entry to the with-statement and restore the previous default context when
    /// exiting the with-statement. If no context is supplied, a copy of the current
    /// default context is used.
    #[py("(ctx=None, **kwargs)")]
    fn localcontext(py: &mut Py, ctx: &Value, kwargs: &Keywords) -> Result<Ref<ContextManager>> {
        context::manager(py, ctx, kwargs)
    }
    /// Set a new default context.
    #[py("(context, /)")]
    fn setcontext(py: &mut Py, context: &Value) -> Result<()> {
        context::set_current(py, context)
    }
}

/// Whether the types have all their methods.
#[derive(Default)]
struct Complete(bool);

/// Fill the module.
pub fn init(py: &mut Py, module: &Ref<Module>) -> Result<()> {
    let namespace = py.module_dict(module);
    py.add_functions::<DecimalFunctions>(&namespace, "decimal");
    let (decimal, context) = (py.define::<Decimal>(), py.define::<Context>());
    py.define::<ContextManager>();
    if !py.state::<Complete>().0 {
        py.add_members(&decimal, operators::Operators::MEMBERS);
        py.add_members(&decimal, methods::Methods::MEMBERS);
        py.resolve_specials(&decimal);
        py.add_members(&context, context_methods::Unary::MEMBERS);
        py.add_members(&context, context_methods::Binary::MEMBERS);
        py.add_members(&context, context_methods::Others::MEMBERS);
        py.state::<Complete>().0 = true;
        let numbers = lockstep_interp::import::import_module(py, "numbers")?;
        let number = py.getattr(&numbers, "Number")?;
        py.call_method(&number, "register", &[decimal.to_value()])?;
        let rational = py.getattr(&numbers, "Rational")?;
        convert::remember(py, rational)?;
    }
    for (name, class) in signals::named(py)? {
        dict::set_name(py, &namespace, name, class);
    }
    for (template, name) in context::templates(py)?.iter().zip(["DefaultContext", "BasicContext", "ExtendedContext"]) {
        dict::set_name(py, &namespace, name, template.to_value());
    }
    for (_, name) in Rounding::ALL {
        let value = py.intern(name).into_value();
        dict::set_name(py, &namespace, name, value);
    }
    let tuple = decimal_tuple::class(py).into_value();
    for (name, value) in [
        ("Decimal", decimal.into_value()),
        ("Context", context.into_value()),
        ("DecimalTuple", tuple),
        ("MAX_PREC", py.int(MAX_PREC)),
        ("MAX_EMAX", py.int(MAX_PREC)),
        ("MIN_EMIN", py.int(MIN_EMIN)),
        ("MIN_ETINY", py.int(MIN_ETINY)),
        ("IEEE_CONTEXT_MAX_BITS", py.int(IEEE_CONTEXT_MAX_BITS)),
        ("HAVE_THREADS", Value::bool(true)),
        ("HAVE_CONTEXTVAR", Value::bool(true)),
        ("SPEC_VERSION", py.str("1.70")),
        ("__version__", py.str("1.70")),
        ("__libmpdec_version__", py.str("2.5.1")),
    ] {
        dict::set_name(py, &namespace, name, value);
    }
    Ok(())
}
