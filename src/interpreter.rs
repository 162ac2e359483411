//! An interpreter in the hands of its host.

use std::cell::Cell;
use std::hash::{BuildHasher, Hasher};
use std::sync::Arc;

use lockstep_interp::embed::host::{self, Arguments, FromValue};
use lockstep_interp::embed::{program, report};
use lockstep_interp::object::convert::IntoValue;
use lockstep_interp::object::py::Interp;
use lockstep_interp::types::dict;
use lockstep_interp::{Exc, Py, Raised, ThreadKind, Value};

use crate::{Builder, Error, Sink};

thread_local! {
    /// Whether this thread is inside an interpreter.
    static INSIDE: Cell<bool> = const { Cell::new(false) };
}

/// A Python interpreter. Interpreters share nothing; any thread of the host may use one, and any
/// number of them run in parallel.
///
/// ```
/// let lockstep = lockstep::Interpreter::builder().build();
/// lockstep.exec("def double(x): return 2 * x").unwrap();
/// let n: i64 = lockstep.call("double", (21,)).unwrap();
/// assert_eq!(n, 42);
/// ```
pub struct Interpreter {
    interp: Arc<Interp>,
}

/// Stops a running script from any thread: it gets a KeyboardInterrupt.
#[derive(Clone, Debug)]
pub struct Interrupter(lockstep_interp::Interrupter);

impl Interrupter {
    /// Stop what runs now.
    pub fn interrupt(&self) {
        self.0.interrupt();
    }
}

impl Interpreter {
    /// Choices first.
    pub fn builder() -> Builder {
        Builder::default()
    }

    pub(crate) fn new(builder: Builder) -> Interpreter {
        let key = match builder.hash_seed {
            Some(seed) => (seed, !seed),
            None => {
                // The standard library's own source of random keys.
                let random = || std::hash::RandomState::new().build_hasher().finish();
                (random(), random())
            }
        };
        let Builder { config, stdout, stderr, signals, modules, .. } = builder;
        let unbuffered = config.flags.unbuffered;
        let interp = Interp::new(config, key);
        if signals {
            interp.own_signals();
        }
        interp.run(ThreadKind::Main, |py| {
            lockstep_interp::embed::setup::initialise(py, &lockstep_stdlib::library::Standard);
            let own = matches!((&stdout, &stderr), (Sink::Stdout, Sink::Stderr));
            lockstep_interp::embed::setup::streams(py, stdout, stderr);
            if own && let Err(error) = lockstep_stdlib::_io::open::install_streams(py, unbuffered) {
                lockstep_interp::embed::report::error(py, error);
            }
            for module in &modules {
                host::install(py, &module.name, &module.functions);
            }
            lockstep_interp::embed::setup::settle(py);
        });
        Interpreter { interp }
    }

    /// Take the lock and work inside the interpreter, as its main thread. None once it is ending.
    /// For programs whose thread this is: its sleeps become precise.
    pub fn main<R>(&self, body: impl FnOnce(&mut Py) -> R) -> Option<R> {
        lockstep_interp::embed::precise_timers();
        self.interp.run(ThreadKind::Main, body)
    }

    /// Take the lock and work inside the interpreter. Values cannot leave: the result must be
    /// plain data. An error leaves as an [`Error`].
    ///
    /// ```
    /// use lockstep::Embed;
    /// let lockstep = lockstep::Interpreter::builder().build();
    /// let total: i64 = lockstep.run(|py| {
    ///     let value = py.evaluate("sum(range(10))")?;
    ///     py.extract(&value)
    /// }).unwrap();
    /// assert_eq!(total, 45);
    /// ```
    ///
    /// ```compile_fail
    /// let lockstep = lockstep::Interpreter::builder().build();
    /// let leaked = lockstep.run(|py| lockstep::Embed::evaluate(py, "[]"));
    /// ```
    pub fn run<R: Send>(&self, body: impl FnOnce(&mut Py) -> Result<R, Raised>) -> Result<R, Error> {
        struct Left;
        impl Drop for Left {
            fn drop(&mut self) {
                INSIDE.set(false);
            }
        }
        if INSIDE.replace(true) {
            return Err(Error::host("this thread is inside an interpreter already: use the `py` it was given"));
        }
        let _left = Left;
        let result = self.interp.run(ThreadKind::Host, |py| {
            let result = body(py).map_err(|error| Error::new(py, error));
            report::flush(py, "stdout");
            result
        });
        result.unwrap_or_else(|| Err(Error::host("the interpreter has been finalized")))
    }

    /// The value of an expression as plain data.
    pub fn eval<T: FromValue + Send>(&self, source: &str) -> Result<T, Error> {
        self.run(|py| {
            let value = py.evaluate(source)?;
            py.extract(&value)
        })
    }

    /// Run statements in `__main__`.
    ///
    /// ```
    /// let out = lockstep::Capture::new();
    /// let lockstep = lockstep::Interpreter::builder().stdout(out.sink()).build();
    /// lockstep.exec("print('hello')").unwrap();
    /// assert_eq!(out.text(), "hello\n");
    /// let error = lockstep.exec("1 / 0").unwrap_err();
    /// assert_eq!(error.to_string(), "ZeroDivisionError: division by zero");
    /// ```
    pub fn exec(&self, source: &str) -> Result<(), Error> {
        self.run(|py| program::run_text(py, source, "<host>"))
    }

    /// Call a function of `__main__`.
    pub fn call<T: FromValue + Send>(&self, name: &str, args: impl Arguments) -> Result<T, Error> {
        self.run(|py| {
            let function = py.global(name)?;
            let args = args.into_arguments(py);
            let value = py.call(&function, &args)?;
            py.extract(&value)
        })
    }

    /// Bind a name of `__main__`.
    ///
    /// ```
    /// let lockstep = lockstep::Interpreter::builder().build();
    /// lockstep.set("numbers", vec![3, 1, 2]).unwrap();
    /// assert_eq!(lockstep.eval::<Vec<i64>>("sorted(numbers)").unwrap(), [1, 2, 3]);
    /// ```
    pub fn set(&self, name: &str, value: impl IntoValue) -> Result<(), Error> {
        self.run(|py| {
            let value = value.into_value(py);
            let globals = host::globals(py);
            dict::set_name(py, &globals, name, value);
            Ok(())
        })
    }

    /// Something that stops a running script.
    pub fn interrupter(&self) -> Interrupter {
        Interrupter(self.interp.sched.interrupter())
    }
}

impl Drop for Interpreter {
    /// Threads end, exit functions run, objects are finalised; daemon threads stop for ever.
    fn drop(&mut self) {
        self.interp.run(ThreadKind::Main, lockstep_interp::embed::finalize::finish);
    }
}

/// What a host does inside an interpreter, beside the methods of [`Py`].
pub trait Embed {
    /// The value of an expression.
    fn evaluate(&mut self, source: &str) -> Result<Value, Raised>;
    /// A value as plain data.
    fn extract<T: FromValue>(&mut self, value: &Value) -> Result<T, Raised>;
    /// A name of `__main__`.
    fn global(&mut self, name: &str) -> Result<Value, Raised>;
}

impl Embed for Py {
    fn evaluate(&mut self, source: &str) -> Result<Value, Raised> {
        host::eval(self, source)
    }
    fn extract<T: FromValue>(&mut self, value: &Value) -> Result<T, Raised> {
        T::from_value(self, value)
    }
    fn global(&mut self, name: &str) -> Result<Value, Raised> {
        let globals = host::globals(self);
        match dict::get_name(self, &globals, name) {
            Some(value) => Ok(value),
            None => Err(Raised::new(Exc::NameError, format!("name '{name}' is not defined"))),
        }
    }
}
