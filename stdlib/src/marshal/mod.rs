//! `marshal`: plain values as bytes, in CPython's format.
//!
//! Code objects are those of Lockstep in their own form, which no other Python reads.

mod read;
mod tag;
mod write;

use lockstep_interp::object::raise::Result;
use lockstep_interp::types::buffer;
use lockstep_interp::types::dict;
use lockstep_interp::types::module::Module;
use lockstep_interp::{Py, Ref, Value, module};

/// The version of the format that is written when none is asked for.
const VERSION: i32 = 5;

/// The functions of `marshal`.
pub struct Marshal;

#[module]
impl Marshal {
    /// Write the value on the open file.
    ///
    ///   value
    ///     Must be a supported type.
    ///   file
    ///     Must be a writeable binary file.
    ///   version
    ///     Indicates the data format that dump should use.
    ///   allow_code
    ///     Allow to write code objects.
    ///
    /// If the value has (or contains an object that has) an unsupported type, a
    /// ValueError exception is raised - but garbage data will also be written to the
    /// file. The object will not be properly read back by load().
    #[py("(value, file, version=5, /, *, allow_code=True)")]
    fn dump(py: &mut Py, value: &Value, file: &Value, version: i32, allow_code: bool) -> Result<Value> {
        let bytes = write::dumps(py, value, version, allow_code)?;
        let bytes = py.bytes(&bytes);
        py.call_method(file, "write", &[bytes])
    }
    /// Return the bytes object that would be written to a file by dump(value, file).
    ///
    ///   value
    ///     Must be a supported type.
    ///   version
    ///     Indicates the data format that dumps should use.
    ///   allow_code
    ///     Allow to write code objects.
    ///
    /// Raise a ValueError exception if value has (or contains an object that has) an
    /// unsupported type.
    #[py("(value, version=5, /, *, allow_code=True)")]
    fn dumps(py: &mut Py, value: &Value, version: i32, allow_code: bool) -> Result<Value> {
        let bytes = write::dumps(py, value, version, allow_code)?;
        py.room(bytes.len())?;
        Ok(py.bytes(&bytes))
    }
    /// Read one value from the open file and return it.
    ///
    ///   file
    ///     Must be readable binary file.
    ///   allow_code
    ///     Allow to load code objects.
    ///
    /// If no valid value is read (e.g. because the data has a different Python
    /// version's incompatible marshal format), raise EOFError, ValueError or
    /// TypeError.
    ///
    /// Note: If an object containing an unsupported type was marshalled with
    /// dump(), load() will substitute None for the unmarshallable type.
    #[py("(file, /, *, allow_code=True)")]
    fn load(py: &mut Py, file: &Value, allow_code: bool) -> Result<Value> {
        let source = read::Source::file(py, file)?;
        read::load(py, source, allow_code)
    }
    /// Convert the bytes-like object to a value.
    ///
    ///   allow_code
    ///     Allow to load code objects.
    ///
    /// If no valid value is found, raise EOFError, ValueError or TypeError.  Extra
    /// bytes in the input are ignored.
    #[py("(bytes, /, *, allow_code=True)")]
    fn loads(py: &mut Py, bytes: &Value, allow_code: bool) -> Result<Value> {
        let data = buffer::data(py, bytes)?;
        read::load(py, read::Source::memory(data), allow_code)
    }
}

/// Fill the module.
pub fn init(py: &mut Py, module: &Ref<Module>) -> Result<()> {
    let d = py.module_dict(module);
    py.add_functions::<Marshal>(&d, "marshal");
    dict::set_name(py, &d, "version", Value::int32(VERSION));
    Ok(())
}
