//! `atexit`: functions that run when the program ends.

use lockstep_interp::object::raise::type_error;
use lockstep_interp::types::module::Module;
use lockstep_interp::types::str::Str;
use lockstep_interp::{Py, Ref, Result, Value, module};

/// A registered call.
struct Callback {
    function: Value,
    args: Vec<Value>,
    keywords: Vec<(Ref<Str>, Value)>,
}

/// The registered calls in order.
#[derive(Default)]
struct State {
    callbacks: Vec<Callback>,
}

/// The functions of the module.
pub struct AtExit;

#[module]
impl AtExit {
    /// Register a function to be executed upon normal program termination
    #[py("(*args, **kwargs)")]
    fn register(py: &mut Py, args: &[Value], kwargs: &Value) -> Result<Value> {
        let [function, rest @ ..] = args else {
            return Err(type_error("register() takes at least 1 argument (0 given)"));
        };
        if !py.is_callable(function) {
            return Err(type_error("the first argument must be callable"));
        }
        let callback = Callback { function: function.clone(), args: rest.to_vec(), keywords: py.kwargs(kwargs) };
        py.state::<State>().callbacks.push(callback);
        Ok(function.clone())
    }
    /// Unregister an exit function which was previously registered using atexit.register
    #[py("(func, /)")]
    fn unregister(py: &mut Py, func: &Value) -> Result<()> {
        let mut at = py.state::<State>().callbacks.len();
        while at > 0 {
            at -= 1;
            let Some(function) = py.state::<State>().callbacks.get(at).map(|c| c.function.clone()) else { continue };
            if py.eq(&function, func)? && at < py.state::<State>().callbacks.len() {
                let gone = py.state::<State>().callbacks.remove(at);
                drop(gone);
            }
        }
        Ok(())
    }
    /// Clear the list of previously registered exit functions.
    #[py("()")]
    fn _clear(py: &mut Py) {
        let gone = std::mem::take(&mut py.state::<State>().callbacks);
        drop(gone);
    }
    /// Return the number of registered exit functions.
    #[py("()")]
    fn _ncallbacks(py: &mut Py) -> usize {
        py.state::<State>().callbacks.len()
    }
    /// Run all registered exit functions, the last registered first.
    #[py("()")]
    fn _run_exitfuncs(py: &mut Py) {
        while let Some(callback) = py.state::<State>().callbacks.pop() {
            if let Err(error) = py.call_kw(&callback.function, &callback.args, &callback.keywords) {
                let shown = py.repr_lossy(&callback.function);
                lockstep_interp::builtins::unraisable(py, error, &format!("Exception ignored in atexit callback {shown}"), None);
            }
        }
    }
}

/// Fill the module.
pub fn init(py: &mut Py, module: &Ref<Module>) -> Result<()> {
    let namespace = py.module_dict(module);
    py.add_functions::<AtExit>(&namespace, "atexit");
    Ok(())
}
