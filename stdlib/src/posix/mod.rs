//! `posix`: files, directories, the environment and the process, as `os` builds on it.

mod attributes;
mod conf;
mod conf_names;
mod events;
mod fds;
mod files;
mod fork;
mod numbers;
mod permissions;
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
use lockstep_interp::object::raise::{Result, overflow_error, type_error, value_error};
use lockstep_interp::object::{Exc, Py, Special};
use lockstep_interp::types::module::Module;
use lockstep_interp::types::{dict, int};
use rustix::fs::CWD;
use std::os::fd::BorrowedFd;

use crate::system;

pub(crate) use fork::fork;
pub(crate) use process::{chosen_cpu_count, environment_now as environment, variable};

/// The directory that a relative path begins in: None is the current one.
fn at(py: &mut Py, dir_fd: &Value) -> Result<BorrowedFd<'static>> {
    if dir_fd.is_none() {
        return Ok(CWD);
    }
    if py.special(dir_fd, Special::Index).is_none() {
        let got = py.type_name(dir_fd);
        return Err(type_error(format!("argument should be integer or None, not {got}")));
    }
    let number = py.index(dir_fd)?;
    let number = int::as_i64(&number).and_then(|n| i32::try_from(n).ok());
    let number = number.ok_or_else(|| overflow_error("fd is greater than maximum"))?;
    system::fd(number).map_err(|e| system::fail(py, e))
}

/// A path or, where allowed, an open descriptor.
enum Place {
    Path(system::Path),
    Fd(i32),
}

fn place(py: &mut Py, value: &Value, function: &str) -> Result<Place> {
    if int::is_int(value) {
        let n = py.index_clamped(value)?;
        let limit = if n < 0 { "less than minimum" } else { "greater than maximum" };
        return i32::try_from(n).map(Place::Fd).map_err(|_| overflow_error(format!("fd is {limit}")));
    }
    let name = py.intern("__fspath__");
    let is_path = value.is_a::<lockstep_interp::types::str::Str>()
        || value.is_a::<lockstep_interp::types::bytes::Bytes>()
        || py.lookup_on_type(value, &name).is_some();
    if !is_path {
        let got = py.type_name(value);
        return Err(type_error(format!("{function}: path should be string, bytes, os.PathLike or integer, not {got}")));
    }
    system::path(py, value, function, "path").map(Place::Path)
}

/// A place for a function that takes `dir_fd` and `follow_symlinks` too: they say nothing of a descriptor.
fn place_at(py: &mut Py, value: &Value, function: &str, dir_fd: &Value, follow_symlinks: bool) -> Result<Place> {
    let place = place(py, value, function)?;
    if matches!(place, Place::Fd(_)) {
        if !dir_fd.is_none() {
            return Err(value_error(format!("{function}: can't specify dir_fd without matching path")));
        }
        if !follow_symlinks {
            return Err(value_error(format!("{function}: cannot use fd and follow_symlinks together")));
        }
    }
    Ok(place)
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
    py.add_functions::<permissions::Permissions>(&namespace, "posix");
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
    schedule::complete(py);
    let entry = py.define::<scan::DirEntry>().into_value();
    dict::set_name(py, &namespace, "DirEntry", entry);
    let have = numbers::HAVE.iter().map(|n| py.str(n)).collect();
    let have = py.list(have);
    dict::set_name(py, &namespace, "_have_functions", have);
    conf::names(py, &namespace);
    Ok(())
}
