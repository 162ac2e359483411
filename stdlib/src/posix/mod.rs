//! `posix`: files, directories, the environment and the process, as `os` builds on it.

mod attributes;
mod conf;
mod conf_names;
mod events;
mod fds;
mod files;
mod fork;
mod numbers;
mod process;
mod programs;
mod scan;
mod schedule;
mod stat;
mod terminals;
mod transfers;
mod users;
mod waits;

use lockstep_heap::{Ref, Value};
use lockstep_interp::object::raise::{Result, not_implemented};
use lockstep_interp::object::{Exc, Py};
use lockstep_interp::types::dict;
use lockstep_interp::types::module::Module;

use crate::system;

pub(crate) use fork::fork;
pub(crate) use process::environment_now as environment;

/// A parameter that names a directory's descriptor: only None is supported.
fn no_dir_fd(dir_fd: &Value) -> Result<()> {
    if dir_fd.is_none() { Ok(()) } else { Err(not_implemented("dir_fd unavailable on this platform")) }
}

/// A path or, where allowed, an open descriptor.
enum Place {
    Path(system::Path),
    Fd(i32),
}

fn place(py: &mut Py, value: &Value, function: &str) -> Result<Place> {
    if lockstep_interp::types::int::is_int(value) {
        return Ok(Place::Fd(i32::try_from(py.index_clamped(value)?).unwrap_or(-1)));
    }
    let name = py.intern("__fspath__");
    let is_path = value.is_a::<lockstep_interp::types::str::Str>()
        || value.is_a::<lockstep_interp::types::bytes::Bytes>()
        || py.lookup_on_type(value, &name).is_some();
    if !is_path {
        let got = py.type_name(value);
        return Err(lockstep_interp::object::raise::type_error(format!(
            "{function}: path should be string, bytes, os.PathLike or integer, not {got}"
        )));
    }
    system::path(py, value, function, "path").map(Place::Path)
}

fn path(py: &mut Py, value: &Value, function: &str) -> Result<system::Path> {
    system::path(py, value, function, "path")
}

/// A result of the system: bytes if the question was in bytes.
fn named(py: &mut Py, bytes: &[u8], is_bytes: bool) -> Value {
    if is_bytes { py.bytes(bytes) } else { system::decode_path(py, bytes) }
}

/// Fills the module.
pub fn init(py: &mut Py, module: &Ref<Module>) -> Result<()> {
    let namespace = py.module_dict(module);
    py.define::<scan::DirEntry>();
    py.define::<scan::ScandirIterator>();
    py.add_functions::<files::Files>(&namespace, "posix");
    py.add_functions::<fds::Fds>(&namespace, "posix");
    py.add_functions::<process::Process>(&namespace, "posix");
    py.add_functions::<fork::Forks>(&namespace, "posix");
    py.add_functions::<waits::Waits>(&namespace, "posix");
    py.add_functions::<scan::Scan>(&namespace, "posix");
    py.add_functions::<stat::StatFunctions>(&namespace, "posix");
    py.add_functions::<attributes::Attributes>(&namespace, "posix");
    py.add_functions::<conf::Conf>(&namespace, "posix");
    py.add_functions::<events::Events>(&namespace, "posix");
    py.add_functions::<programs::Programs>(&namespace, "posix");
    py.add_functions::<schedule::Schedule>(&namespace, "posix");
    py.add_functions::<terminals::Terminals>(&namespace, "posix");
    py.add_functions::<transfers::Transfers>(&namespace, "posix");
    py.add_functions::<users::Users>(&namespace, "posix");
    for (name, n) in numbers::NUMBERS {
        let n = py.int(*n);
        dict::set_name(py, &namespace, name, n);
    }
    let environ = py.new_dict();
    for (key, value) in process::environment() {
        let (key, value) = (py.bytes(&key), py.bytes(&value));
        dict::set(py, &environ, &key, value)?;
    }
    dict::set_name(py, &namespace, "environ", environ.into_value());
    let error = py.exception_type(Exc::OSError).into_value();
    dict::set_name(py, &namespace, "error", error);
    for (name, spec) in [
        ("stat_result", &stat::STAT),
        ("sched_param", &schedule::PARAM),
        ("struct_rusage", &waits::USAGE),
        ("waitid_result", &waits::WAITID),
        ("statvfs_result", &stat::STATVFS),
        ("terminal_size", &process::TERMINAL_SIZE),
        ("times_result", &process::TIMES),
        ("uname_result", &process::UNAME),
    ] {
        let ty = py.struct_type(spec).into_value();
        dict::set_name(py, &namespace, name, ty);
    }
    let entry = py.define::<scan::DirEntry>().into_value();
    dict::set_name(py, &namespace, "DirEntry", entry);
    let have = [
        "HAVE_FCHDIR",
        "HAVE_FCHMOD",
        "HAVE_FCHOWN",
        "HAVE_FSTATVFS",
        "HAVE_FTRUNCATE",
        "HAVE_FUTIMENS",
        "HAVE_LSTAT",
        "HAVE_FDOPENDIR",
    ];
    let have = have.iter().map(|n| py.str(n)).collect();
    let have = py.list(have);
    dict::set_name(py, &namespace, "_have_functions", have);
    conf::names(py, &namespace);
    Ok(())
}
