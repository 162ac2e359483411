//! Starting programs: `os.system` and `os.posix_spawn`.

use std::ffi::CString;

use lockstep_heap::Value;
use lockstep_interp::object::raise::{Result, overflow_error, type_error, value_error};
use lockstep_interp::object::{Exc, Py};
use lockstep_interp::types::int;
use lockstep_interp::types::list::List;
use lockstep_interp::types::tuple::Tuple;
use lockstep_macros::module;
use lockstep_sched::{Disposition, FileAction, Program, Requests, Wait, WaitKind};
use rustix::process::{Pid, WaitOptions};

use crate::system;

const SIGINT: i32 = 2;
const SIGQUIT: i32 = 3;

/// How many `os.system` calls wait, and what the signals that they ignore did before.
#[derive(Default)]
struct Ignored {
    waiting: usize,
    before: Vec<(i32, Disposition)>,
}

/// While a command runs, what is typed at the terminal is for it.
fn ignore(py: &mut Py) {
    let ignored = py.state::<Ignored>();
    ignored.waiting += 1;
    if ignored.waiting > 1 {
        return;
    }
    for signum in [SIGINT, SIGQUIT] {
        if let Ok(before) = lockstep_sched::disposition(signum)
            && before != Disposition::Foreign
            && lockstep_sched::set_disposition(signum, Disposition::Ignore).is_ok()
        {
            ignored.before.push((signum, before));
        }
    }
}

fn attend_again(py: &mut Py) {
    let ignored = py.state::<Ignored>();
    ignored.waiting -= 1;
    if ignored.waiting == 0 {
        for (signum, before) in std::mem::take(&mut ignored.before) {
            // It could be set before.
            drop(lockstep_sched::set_disposition(signum, before));
        }
    }
}

/// Waits for a child; only who wants the script to stop ends that.
fn wait_for(py: &mut Py, pid: i32) -> Result<i32> {
    let wait = Wait::new(WaitKind::Process);
    loop {
        let (waited, requests) = py.thread().block(&wait, || rustix::process::waitpid(Pid::from_raw(pid), WaitOptions::empty()));
        match waited {
            Ok(Some((_, status))) => return Ok(status.as_raw()),
            Ok(None) => {}
            Err(rustix::io::Errno::INTR) if requests.contains(Requests::INTERRUPT) => {
                lockstep_interp::embed::serve(py, requests)?;
            }
            Err(rustix::io::Errno::INTR) => {}
            Err(error) => return Err(system::fail(py, error)),
        }
    }
}

fn text(py: &mut Py, value: &Value) -> Result<CString> {
    let shown = system::fspath(py, value)?;
    let bytes = system::path_of(py, shown, "")?.bytes;
    CString::new(bytes).map_err(|_| value_error("embedded null byte"))
}

fn arguments(py: &mut Py, argv: &Value, function: &str) -> Result<Vec<CString>> {
    if !argv.is_a::<List>() && !argv.is_a::<Tuple>() {
        return Err(type_error(format!("{function}: argv must be a tuple or list")));
    }
    let values = py.collect(argv)?;
    let args: Vec<CString> = values.iter().map(|v| text(py, v)).collect::<Result<_>>()?;
    match args.first() {
        None => Err(value_error(format!("{function}: argv must not be empty"))),
        Some(first) if first.is_empty() => Err(value_error(format!("{function}: argv first element cannot be empty"))),
        Some(_) => Ok(args),
    }
}

fn environment(py: &mut Py, env: &Value, function: &str) -> Result<Vec<CString>> {
    if env.is_none() {
        return Ok(super::environment(py));
    }
    let Some(items) = py.getattr_opt(env, "items")? else {
        return Err(type_error(format!("{function}: environment must be a mapping object or None")));
    };
    let items = py.call(&items, &[])?;
    let mut out = Vec::new();
    for item in py.collect(&items)? {
        let pair = py.collect(&item)?;
        let [key, value] = pair.as_slice() else { return Err(type_error("env.items() must give pairs")) };
        let (key, value) = (text(py, key)?, text(py, value)?);
        if key.is_empty() || key.as_bytes()[1..].contains(&b'=') {
            return Err(value_error("illegal environment variable name"));
        }
        let line = [key.as_bytes(), b"=", value.as_bytes()].concat();
        out.push(CString::new(line).map_err(|_| value_error("embedded null byte"))?);
    }
    Ok(out)
}

fn number(py: &mut Py, value: &Value) -> Result<i32> {
    let n = py.index(value)?;
    let n = int::as_i64(&n).and_then(|n| i32::try_from(n).ok());
    n.ok_or_else(|| overflow_error("Python int too large to convert to C int"))
}

fn wrong_size(name: &str, elements: usize) -> lockstep_interp::Raised {
    type_error(format!("A {name} file_action tuple must have {elements} elements"))
}

fn action(py: &mut Py, value: &Value) -> Result<FileAction> {
    let parts = match value.downcast::<Tuple>().map(|t| t.slice().to_vec()) {
        Some(parts) if !parts.is_empty() => parts,
        _ => return Err(type_error("Each file_actions element must be a non-empty tuple")),
    };
    match (number(py, &parts[0])?, parts.as_slice()) {
        (0, [_, fd, path, flags, mode]) => Ok(FileAction::Open {
            fd: number(py, fd)?,
            path: text(py, path)?,
            flags: number(py, flags)?,
            mode: number(py, mode)? as u32,
        }),
        (0, _) => Err(wrong_size("open", 5)),
        (1, [_, fd]) => Ok(FileAction::Close(number(py, fd)?)),
        (1, _) => Err(wrong_size("close", 2)),
        (2, [_, from, to]) => Ok(FileAction::Duplicate(number(py, from)?, number(py, to)?)),
        (2, _) => Err(wrong_size("dup2", 3)),
        (3, [_, fd]) => Ok(FileAction::CloseFrom(number(py, fd)?)),
        (3, _) => Err(wrong_size("closefrom", 2)),
        _ => Err(type_error("Unknown file_actions identifier")),
    }
}

fn actions(py: &mut Py, values: &Value) -> Result<Vec<FileAction>> {
    if values.is_none() {
        return Ok(Vec::new());
    }
    let values = match py.collect(values) {
        Err(e) if e.is(Exc::TypeError) => return Err(type_error("file_actions must be a sequence or None")),
        values => values?,
    };
    values.iter().map(|value| action(py, value)).collect()
}

fn scheduler(py: &mut Py, value: &Value) -> Result<(Option<i32>, i32)> {
    let parts = value.downcast::<Tuple>().map(|t| t.slice().to_vec());
    let Some([policy, param]) = parts.as_deref() else {
        return Err(type_error("A scheduler tuple must have two elements"));
    };
    let policy = if policy.is_none() { None } else { Some(number(py, policy)?) };
    Ok((policy, super::schedule::priority_in(py, param)?))
}

/// What both functions take besides the program.
struct Given<'a> {
    file_actions: &'a Value,
    setpgroup: Option<&'a Value>,
    resetids: bool,
    setsid: bool,
    setsigmask: &'a Value,
    setsigdef: &'a Value,
    scheduler: Option<&'a Value>,
}

fn signals(py: &mut Py, values: &Value) -> Result<Option<u64>> {
    let bits = crate::_signal::signal_set(py, values)?;
    Ok((bits != 0).then_some(bits))
}

fn spawn(py: &mut Py, (path, argv, env): (&Value, &Value, &Value), given: &Given<'_>, search: bool) -> Result<i32> {
    let function = if search { "posix_spawnp" } else { "posix_spawn" };
    let path = super::path(py, path, function)?;
    let program = Program {
        file: CString::new(path.bytes).map_err(|_| value_error("embedded null byte"))?,
        search,
        args: arguments(py, argv, function)?,
        environment: environment(py, env, function)?,
        actions: actions(py, given.file_actions)?,
        group: given.setpgroup.map(|g| number(py, g)).transpose()?,
        reset_ids: given.resetids,
        new_session: given.setsid,
        mask: signals(py, given.setsigmask)?,
        defaults: signals(py, given.setsigdef)?,
        scheduler: given.scheduler.map(|s| scheduler(py, s)).transpose()?,
    };
    program.start().map_err(|e| {
        let errno = rustix::io::Errno::from_io_error(&e).unwrap_or(rustix::io::Errno::IO);
        system::fail_at(py, errno, &path.shown)
    })
}

/// The functions of this file.
pub struct Programs;

#[module]
impl Programs {
    /// Execute the command in a subshell.
    #[py("(command)")]
    fn system(py: &mut Py, command: &Value) -> Result<i32> {
        let command = text(py, command)?;
        let ignored = 1 << (SIGINT - 1) | 1 << (SIGQUIT - 1);
        let program = Program {
            file: c"/bin/sh".to_owned(),
            args: vec![c"sh".to_owned(), c"-c".to_owned(), command],
            environment: super::environment(py),
            defaults: Some(ignored),
            ..Program::default()
        };
        ignore(py);
        let status = match program.start() {
            Ok(pid) => wait_for(py, pid),
            Err(error) => Err(system::fail_io(py, &error)),
        };
        attend_again(py);
        let status = status?;
        py.check()?;
        Ok(status)
    }
    /// Execute the program specified by path in a new process.
    ///
    ///   path
    ///     Pathname of executable file.
    ///   argv
    ///     Tuple or list of strings.
    ///   env
    ///     Dictionary of strings mapping to strings.
    ///   file_actions
    ///     A sequence of file action tuples.
    ///   setpgroup
    ///     The pgroup to use with the POSIX_SPAWN_SETPGROUP flag.
    ///   resetids
    ///     If the value is `true` the POSIX_SPAWN_RESETIDS will be activated.
    ///   setsid
    ///     If the value is `true` the POSIX_SPAWN_SETSID or POSIX_SPAWN_SETSID_NP will be activated.
    ///   setsigmask
    ///     The sigmask to use with the POSIX_SPAWN_SETSIGMASK flag.
    ///   setsigdef
    ///     The sigmask to use with the POSIX_SPAWN_SETSIGDEF flag.
    ///   scheduler
    ///     A tuple with the scheduler policy (optional) and parameters.
    #[py(
        "(path, argv, env, /, *, file_actions=(), setpgroup=<unbound>, resetids=False, setsid=False, setsigmask=(), setsigdef=(), scheduler=<unbound>)"
    )]
    #[expect(clippy::too_many_arguments, reason = "they are the function's own")]
    fn posix_spawn(
        py: &mut Py,
        path: &Value,
        argv: &Value,
        env: &Value,
        file_actions: &Value,
        setpgroup: Option<&Value>,
        resetids: bool,
        setsid: bool,
        setsigmask: &Value,
        setsigdef: &Value,
        scheduler: Option<&Value>,
    ) -> Result<i32> {
        let given = Given { file_actions, setpgroup, resetids, setsid, setsigmask, setsigdef, scheduler };
        spawn(py, (path, argv, env), &given, false)
    }
    /// Execute the program specified by path in a new process.
    ///
    /// The program is looked for in the folders of PATH; the rest is as for posix_spawn().
    #[py(
        "(path, argv, env, /, *, file_actions=(), setpgroup=<unbound>, resetids=False, setsid=False, setsigmask=(), setsigdef=(), scheduler=<unbound>)"
    )]
    #[expect(clippy::too_many_arguments, reason = "they are the function's own")]
    fn posix_spawnp(
        py: &mut Py,
        path: &Value,
        argv: &Value,
        env: &Value,
        file_actions: &Value,
        setpgroup: Option<&Value>,
        resetids: bool,
        setsid: bool,
        setsigmask: &Value,
        setsigdef: &Value,
        scheduler: Option<&Value>,
    ) -> Result<i32> {
        let given = Given { file_actions, setpgroup, resetids, setsid, setsigmask, setsigdef, scheduler };
        spawn(py, (path, argv, env), &given, true)
    }
}
