//! What the system says of its limits: `sysconf` and its kin.

use std::ffi::CString;

use lockstep_heap::Value;
use lockstep_interp::object::Py;
use lockstep_interp::object::raise::{Result, overflow_error, type_error, value_error};
use lockstep_interp::types::dict;
use lockstep_interp::types::int;
use lockstep_interp::types::str::Str;
use lockstep_macros::module;
use lockstep_sched::limits;

use super::{Place, conf_names};
use crate::system;

/// The number of a name; numbers stand for themselves.
fn number(py: &mut Py, name: &Value, table: &[(&str, i32)]) -> Result<i32> {
    if let Some(text) = name.downcast::<Str>() {
        let found = table.iter().find(|(known, _)| known.as_bytes() == text.as_bytes());
        return found.map(|(_, n)| *n).ok_or_else(|| value_error("unrecognized configuration name"));
    }
    if !int::is_int(name) && py.special(name, lockstep_interp::object::Special::Index).is_none() {
        return Err(type_error("configuration names must be strings or integers"));
    }
    let n = py.index(name)?;
    let n = int::as_i64(&n).and_then(|n| i32::try_from(n).ok());
    n.ok_or_else(|| overflow_error("Python int too large to convert to C int"))
}

/// The functions of this file.
pub struct Conf;

#[module]
impl Conf {
    /// Return a string-valued system configuration variable.
    #[py("(name, /)")]
    fn confstr(py: &mut Py, name: &Value) -> Result<Value> {
        let number = number(py, name, conf_names::TEXTS)?;
        let text = limits::text(number).map_err(|e| system::fail_io(py, &e))?;
        Ok(text.map_or(Value::NONE, |text| system::decode_path(py, &text)))
    }
    /// Return the configuration limit name for the file descriptor fd.
    ///
    /// If there is no limit, return -1.
    #[py("(fd, name, /)")]
    fn fpathconf(py: &mut Py, fd: &Value, name: &Value) -> Result<i64> {
        let fd = system::descriptor_of(py, fd)?;
        let number = number(py, name, conf_names::PATHS)?;
        limits::of_descriptor(fd, number).map_err(|e| system::fail_io(py, &e))
    }
    /// Return the configuration limit name for the file or directory path.
    ///
    /// If there is no limit, return -1.
    /// On some platforms, path may also be specified as an open file descriptor.
    ///   If this functionality is unavailable, using it raises an exception.
    #[py("(path, name)")]
    fn pathconf(py: &mut Py, path: &Value, name: &Value) -> Result<i64> {
        let place = super::place(py, path, "pathconf")?;
        let number = number(py, name, conf_names::PATHS)?;
        match place {
            Place::Fd(fd) => limits::of_descriptor(fd, number).map_err(|e| system::fail_io(py, &e)),
            Place::Path(p) => {
                let path = CString::new(p.bytes).map_err(|_| value_error("embedded null byte"))?;
                limits::of_path(&path, number).map_err(|e| {
                    let errno = rustix::io::Errno::from_io_error(&e).unwrap_or(rustix::io::Errno::IO);
                    system::fail_at(py, errno, &p.shown)
                })
            }
        }
    }
    /// Return an integer-valued system configuration variable.
    #[py("(name, /)")]
    fn sysconf(py: &mut Py, name: &Value) -> Result<i64> {
        let number = number(py, name, conf_names::SYSTEM)?;
        limits::system(number).map_err(|e| system::fail_io(py, &e))
    }
}

/// The dicts of names.
pub fn names(py: &mut Py, namespace: &lockstep_heap::Ref<dict::Dict>) {
    for (attribute, table) in
        [("confstr_names", conf_names::TEXTS), ("pathconf_names", conf_names::PATHS), ("sysconf_names", conf_names::SYSTEM)]
    {
        let names = py.new_dict();
        for (name, n) in table {
            dict::set_name(py, &names, name, Value::int32(*n));
        }
        dict::set_name(py, namespace, attribute, names.into_value());
    }
}
