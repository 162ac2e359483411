//! `_posixsubprocess`: starting programs. The arguments are laid out here; fork and exec are in
//! the lock room (`lockstep_sched::Launch`).

use std::ffi::CString;

use lockstep_interp::object::raise::{Result, io_error, overflow_error, type_error, value_error};
use lockstep_interp::types::bytes::Bytes;
use lockstep_interp::types::module::Module;
use lockstep_interp::types::str::Str;
use lockstep_interp::{Exc, Py, Ref, Value, module};
use lockstep_sched::{Fork, Launch};

use crate::posix;
use crate::system;

/// A str, bytes or path as the system knows it.
fn text(py: &mut Py, value: &Value) -> Result<CString> {
    let shown = system::fspath(py, value)?;
    let bytes = system::path_of(py, shown, "")?.bytes;
    CString::new(bytes).map_err(|_| value_error("embedded null byte"))
}

fn texts(py: &mut Py, values: &Value) -> Result<Vec<CString>> {
    let values = py.collect(values)?;
    values.iter().map(|value| text(py, value)).collect()
}

/// A number of a user or a group; none: not to be changed.
fn identity(py: &mut Py, value: &Value, what: &str) -> Result<Option<u32>> {
    if value.is_none() {
        return Ok(None);
    }
    if !lockstep_interp::types::int::is_int(value) {
        return Err(type_error(format!("{what} should be integer, not {}", py.type_name(value))));
    }
    match u32::try_from(py.index_clamped(value)?) {
        Ok(number) => Ok(Some(number)),
        Err(_) if py.index_clamped(value)? < 0 => Err(overflow_error(format!("{what} is less than minimum"))),
        Err(_) => Err(overflow_error(format!("{what} is greater than maximum"))),
    }
}

/// The numbers of `fds_to_keep`: ascending and not negative.
fn kept(py: &mut Py, values: &Value) -> Result<Vec<i32>> {
    let mut kept = Vec::new();
    for value in py.collect(values)? {
        let number = match lockstep_interp::types::int::is_int(&value) {
            true => i32::try_from(py.index_clamped(&value)?).unwrap_or(-1),
            false => -1,
        };
        if number < 0 || kept.last().is_some_and(|last| *last >= number) {
            return Err(value_error("bad value(s) in fds_to_keep"));
        }
        kept.push(number);
    }
    Ok(kept)
}

/// The functions of the module.
pub struct Subprocess;

#[module]
impl Subprocess {
    /// Spawn a fresh new child process.
    #[py(
        "(args, executable_list, close_fds, pass_fds, cwd, env, p2cread, p2cwrite, c2pread, c2pwrite, errread, errwrite, errpipe_read, errpipe_write, restore_signals, call_setsid, pgid_to_set, gid, extra_groups, uid, child_umask, preexec_fn, /)"
    )]
    fn fork_exec(
        py: &mut Py,
        args: &Value,
        executable_list: &Value,
        close_fds: bool,
        pass_fds: &Value,
        cwd: &Value,
        env: &Value,
        p2cread: i32,
        p2cwrite: i32,
        c2pread: i32,
        c2pwrite: i32,
        errread: i32,
        errwrite: i32,
        errpipe_read: i32,
        errpipe_write: i32,
        restore_signals: bool,
        call_setsid: bool,
        pgid_to_set: i32,
        gid: &Value,
        extra_groups: &Value,
        uid: &Value,
        child_umask: i32,
        preexec_fn: &Value,
    ) -> Result<i32> {
        if close_fds && errpipe_write < 3 {
            return Err(value_error("errpipe_write must be >= 3"));
        }
        let keep = kept(py, pass_fds)?;
        let programs = texts(py, executable_list)?;
        let args = texts(py, args)?;
        let environment = if env.is_none() { posix::environment(py) } else { texts(py, env)? };
        let folder = if cwd.is_none() { None } else { Some(text(py, cwd)?) };
        let groups = if extra_groups.is_none() {
            None
        } else {
            let mut groups = Vec::new();
            for group in py.collect(extra_groups)? {
                let number = match identity(py, &group, "gid") {
                    Err(e) if e.is(Exc::OverflowError) => return Err(value_error("invalid group id")),
                    number => number?,
                };
                groups.extend(number);
            }
            Some(groups)
        };
        let launch = Launch {
            programs,
            args,
            environment,
            folder,
            close_others: close_fds,
            keep,
            standard: [p2cread, c2pwrite, errwrite],
            parents: [p2cwrite, c2pread, errread, errpipe_read],
            report: errpipe_write,
            restore_signals,
            new_session: call_setsid,
            group: (pgid_to_set >= 0).then_some(pgid_to_set),
            groups,
            gid: identity(py, gid, "gid")?,
            uid: identity(py, uid, "uid")?,
            umask: u32::try_from(child_umask).ok(),
        };
        if preexec_fn.is_none() {
            return launch.start().map_err(|error| io_error(py, &error));
        }
        // The function runs in a child that is a whole interpreter.
        match posix::fork(py)? {
            Fork::Parent(pid) => Ok(pid),
            Fork::Child => launch.become_child(|| {
                py.call(preexec_fn, &[]).ok()?;
                // What the function put into the environment is there for the program.
                Some(if env.is_none() { posix::environment(py) } else { launch.environment.clone() })
            }),
        }
    }
}

/// Fills the namespace.
pub fn init(py: &mut Py, module: &Ref<Module>) -> Result<()> {
    let namespace = py.module_dict(module);
    py.add_functions::<Subprocess>(&namespace, "_posixsubprocess");
    Ok(())
}

/// Strings of a sequence or a mapping's items, for the `exec` family.
pub(crate) fn arguments(py: &mut Py, values: &Value) -> Result<Vec<CString>> {
    if values.is_a::<Str>() || values.is_a::<Bytes>() {
        return Err(type_error("argv must be a tuple or list"));
    }
    texts(py, values)
}

/// `NAME=value` for each item of a mapping.
pub(crate) fn variables(py: &mut Py, mapping: &Value) -> Result<Vec<CString>> {
    let items = py.call_method(mapping, "items", &[])?;
    let mut out = Vec::new();
    for item in py.collect(&items)? {
        let pair = py.collect(&item)?;
        let [name, value] = pair.as_slice() else {
            return Err(type_error("env.items() returned something other than pairs"));
        };
        let (name, value) = (text(py, name)?.into_bytes(), text(py, value)?.into_bytes());
        if name.is_empty() || name.contains(&b'=') {
            return Err(value_error("illegal environment variable name"));
        }
        let whole = [name, value].join(&b'=');
        out.push(CString::new(whole).map_err(|_| value_error("embedded null byte"))?);
    }
    Ok(out)
}
