//! `posix`: files, directories, the environment and the process, as `os` builds on it.

mod fds;
mod files;
mod fork;
mod process;
mod scan;
mod stat;
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

const NUMBERS: &[(&str, i64)] = &[
    ("O_RDONLY", 0),
    ("O_WRONLY", 1),
    ("O_RDWR", 2),
    ("O_CREAT", 0o100),
    ("O_EXCL", 0o200),
    ("O_NOCTTY", 0o400),
    ("O_TRUNC", 0o1000),
    ("O_APPEND", 0o2000),
    ("O_NONBLOCK", 0o4000),
    ("O_NDELAY", 0o4000),
    ("O_DSYNC", 0o10000),
    ("O_ASYNC", 0o20000),
    ("O_DIRECT", 0o40000),
    ("O_LARGEFILE", 0),
    ("O_DIRECTORY", 0o200_000),
    ("O_NOFOLLOW", 0o400_000),
    ("O_NOATIME", 0o1_000_000),
    ("O_CLOEXEC", 0o2_000_000),
    ("O_SYNC", 0o4_010_000),
    ("O_RSYNC", 0o4_010_000),
    ("O_PATH", 0o10_000_000),
    ("O_TMPFILE", 0o20_200_000),
    ("O_ACCMODE", 3),
    ("F_OK", 0),
    ("X_OK", 1),
    ("W_OK", 2),
    ("R_OK", 4),
    ("EX_OK", 0),
    ("EX_USAGE", 64),
    ("EX_DATAERR", 65),
    ("EX_NOINPUT", 66),
    ("EX_NOUSER", 67),
    ("EX_NOHOST", 68),
    ("EX_UNAVAILABLE", 69),
    ("EX_SOFTWARE", 70),
    ("EX_OSERR", 71),
    ("EX_OSFILE", 72),
    ("EX_CANTCREAT", 73),
    ("EX_IOERR", 74),
    ("EX_TEMPFAIL", 75),
    ("EX_PROTOCOL", 76),
    ("EX_NOPERM", 77),
    ("EX_CONFIG", 78),
    ("WNOHANG", 1),
    ("WUNTRACED", 2),
    ("WCONTINUED", 8),
    ("WEXITED", 4),
    ("WSTOPPED", 2),
    ("WNOWAIT", 0x0100_0000),
    ("P_ALL", 0),
    ("P_PID", 1),
    ("P_PGID", 2),
    ("P_PIDFD", 3),
    ("SEEK_DATA", 3),
    ("SEEK_HOLE", 4),
    ("NGROUPS_MAX", 65536),
    ("TMP_MAX", 238_328),
    ("PRIO_PROCESS", 0),
    ("PRIO_PGRP", 1),
    ("PRIO_USER", 2),
    ("GRND_NONBLOCK", 1),
    ("GRND_RANDOM", 2),
    ("RTLD_LAZY", 1),
    ("RTLD_NOW", 2),
    ("RTLD_GLOBAL", 256),
    ("RTLD_LOCAL", 0),
    ("F_LOCK", 1),
    ("F_TLOCK", 2),
    ("F_ULOCK", 0),
    ("F_TEST", 3),
];

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
    for (name, n) in NUMBERS {
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
        ("struct_rusage", &waits::USAGE),
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
    let (conf, path_conf) = (py.new_dict(), py.new_dict());
    for (name, n) in [
        ("SC_PAGE_SIZE", 30),
        ("SC_PAGESIZE", 30),
        ("SC_NPROCESSORS_ONLN", 84),
        ("SC_NPROCESSORS_CONF", 83),
        ("SC_CLK_TCK", 2),
        ("SC_OPEN_MAX", 4),
        ("SC_IOV_MAX", 60),
        ("SC_ARG_MAX", 0),
    ] {
        dict::set_name(py, &conf, name, Value::int32(n));
    }
    dict::set_name(py, &path_conf, "PC_NAME_MAX", Value::int32(3));
    dict::set_name(py, &namespace, "sysconf_names", conf.into_value());
    dict::set_name(py, &namespace, "pathconf_names", path_conf.into_value());
    Ok(())
}
