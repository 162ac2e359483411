//! `_posixshmem`: shared memory by name, as descriptors.

use lockstep_interp::object::raise::{Result, type_error, value_error};
use lockstep_interp::types::module::Module;
use lockstep_interp::types::str::Str;
use lockstep_interp::{Py, Ref, Value, module};
use lockstep_sched::WaitKind;
use rustix::fs::Mode;
use rustix::shm::{self, OFlags};

use crate::system;

fn name(py: &mut Py, path: &Value, function: &str) -> Result<Vec<u8>> {
    let Some(text) = path.downcast::<Str>() else {
        let got = py.type_name(path);
        return Err(type_error(format!("{function}() argument 1 must be str, not {got}")));
    };
    let text = text.to_str(py)?.as_bytes().to_vec();
    if text.contains(&0) { Err(value_error("embedded null character")) } else { Ok(text) }
}

/// The functions of the module.
pub struct Shmem;

#[module]
impl Shmem {
    /// Open a shared memory object.  Returns a file descriptor (integer).
    #[py("(path, flags, mode=511)")]
    fn shm_open(py: &mut Py, path: &Value, flags: i32, mode: i32) -> Result<i32> {
        let name = name(py, path, "shm_open")?;
        let (flags, mode) = (OFlags::from_bits_retain(flags as u32), Mode::from_bits_retain(mode as u32));
        let opened = system::blocking(py, WaitKind::Call, -1, || shm::open(name.as_slice(), flags, mode))?;
        opened.map(lockstep_sched::number).map_err(|e| system::fail_at(py, e, path))
    }
    /// Remove a shared memory object (similar to unlink()).
    ///
    /// Remove a shared memory object name, and, once all processes  have  unmapped
    /// the object, de-allocates and destroys the contents of the associated memory
    /// region.
    #[py("(path)")]
    fn shm_unlink(py: &mut Py, path: &Value) -> Result<()> {
        let name = name(py, path, "shm_unlink")?;
        let removed = system::blocking(py, WaitKind::Call, -1, || shm::unlink(name.as_slice()))?;
        removed.map_err(|e| system::fail_at(py, e, path))
    }
}

/// Fill the module.
pub fn init(py: &mut Py, module: &Ref<Module>) -> Result<()> {
    let d = py.module_dict(module);
    py.add_functions::<Shmem>(&d, "_posixshmem");
    Ok(())
}
