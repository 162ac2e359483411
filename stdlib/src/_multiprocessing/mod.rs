//! `_multiprocessing`: the locks that processes share.

mod semlock;

use std::ffi::CString;

use lockstep_interp::object::raise::{Result, io_error, type_error, value_error};
use lockstep_interp::types::dict;
use lockstep_interp::types::module::Module;
use lockstep_interp::types::str::Str;
use lockstep_interp::{Py, Ref, Value, module};
use lockstep_sched::semaphore::{LARGEST, Semaphore};

/// A semaphore's name as the system knows it. `argument`: how messages name the parameter.
fn name(py: &mut Py, value: &Value, argument: &str) -> Result<CString> {
    let Some(text) = value.downcast::<Str>() else {
        let got = py.type_name(value);
        return Err(type_error(format!("{argument} must be str, not {got}")));
    };
    let text = text.to_str(py)?.as_bytes().to_vec();
    CString::new(text).map_err(|_| value_error("embedded null character"))
}

/// The functions of the module.
pub struct Functions;

#[module]
impl Functions {
    #[py("(name, /)")]
    fn sem_unlink(py: &mut Py, name: &Value) -> Result<()> {
        let name = self::name(py, name, "sem_unlink() argument")?;
        Semaphore::unlink(&name).map_err(|e| io_error(py, &e))
    }
}

/// Fill the module.
pub fn init(py: &mut Py, module: &Ref<Module>) -> Result<()> {
    let d = py.module_dict(module);
    py.add_functions::<Functions>(&d, "_multiprocessing");
    let class = py.define::<semlock::SemLock>();
    let own = class.get(py).dict.clone();
    dict::set_name(py, &own, "SEM_VALUE_MAX", Value::int32(LARGEST));
    dict::set_name(py, &d, "SemLock", class.into_value());
    let flags = py.new_dict();
    for name in ["HAVE_SEM_OPEN", "HAVE_SEM_TIMEDWAIT"] {
        dict::set_name(py, &flags, name, Value::int32(1));
    }
    dict::set_name(py, &d, "flags", flags.into_value());
    Ok(())
}
