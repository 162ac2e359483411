//! `resource`: what a process may use, and what it has used.

use lockstep_interp::object::raise::{Result, overflow_error, value_error};
use lockstep_interp::types::dict;
use lockstep_interp::types::int;
use lockstep_interp::types::module::Module;
use lockstep_interp::types::structseq::StructSpec;
use lockstep_interp::{Exc, Py, Ref, Value, module};
use rustix::process::{Pid, Resource as Kind, Rlimit};
use rustix::time::{ClockId, clock_gettime};

use crate::system;

static USAGE: StructSpec = StructSpec {
    name: "struct_rusage",
    module: "resource",
    doc: "struct_rusage: Result from getrusage.\n\nThis object may be accessed either as a tuple of\n    (utime,stime,maxrss,ixrss,idrss,isrss,minflt,majflt,\n    nswap,inblock,oublock,msgsnd,msgrcv,nsignals,nvcsw,nivcsw)\nor via the attributes ru_utime, ru_stime, ru_maxrss, and so on.",
    fields: &[
        "ru_utime",
        "ru_stime",
        "ru_maxrss",
        "ru_ixrss",
        "ru_idrss",
        "ru_isrss",
        "ru_minflt",
        "ru_majflt",
        "ru_nswap",
        "ru_inblock",
        "ru_oublock",
        "ru_msgsnd",
        "ru_msgrcv",
        "ru_nsignals",
        "ru_nvcsw",
        "ru_nivcsw",
    ],
    visible: 16,
    constructible: true,
};

/// The kinds of limits by their numbers.
const KINDS: &[(&str, i64, Kind)] = &[
    ("RLIMIT_CPU", 0, Kind::Cpu),
    ("RLIMIT_FSIZE", 1, Kind::Fsize),
    ("RLIMIT_DATA", 2, Kind::Data),
    ("RLIMIT_STACK", 3, Kind::Stack),
    ("RLIMIT_CORE", 4, Kind::Core),
    ("RLIMIT_RSS", 5, Kind::Rss),
    ("RLIMIT_NPROC", 6, Kind::Nproc),
    ("RLIMIT_NOFILE", 7, Kind::Nofile),
    ("RLIMIT_OFILE", 7, Kind::Nofile),
    ("RLIMIT_MEMLOCK", 8, Kind::Memlock),
    ("RLIMIT_AS", 9, Kind::As),
    ("RLIMIT_SIGPENDING", 11, Kind::Sigpending),
    ("RLIMIT_MSGQUEUE", 12, Kind::Msgqueue),
    ("RLIMIT_NICE", 13, Kind::Nice),
    ("RLIMIT_RTPRIO", 14, Kind::Rtprio),
    ("RLIMIT_RTTIME", 15, Kind::Rttime),
];

fn kind(number: i64) -> Result<Kind> {
    match KINDS.iter().find(|(_, n, _)| *n == number) {
        Some((_, _, kind)) => Ok(*kind),
        None => Err(value_error("invalid resource specified")),
    }
}

fn pair(py: &Py, limit: Rlimit) -> Value {
    let shown = |n: Option<u64>| n.and_then(|n| i64::try_from(n).ok()).map_or_else(|| py.int(-1), |n| py.int(n));
    py.tuple(vec![shown(limit.current), shown(limit.maximum)])
}

/// Limits that a script gave.
fn limits(py: &mut Py, value: &Value) -> Result<Rlimit> {
    let items = py.collect(value)?;
    let [soft, hard] = items.as_slice() else { return Err(value_error("expected a tuple of 2 integers")) };
    let mut numbers = [None; 2];
    for (slot, value) in numbers.iter_mut().zip([soft, hard]) {
        let n = py.index(value)?;
        *slot = match int::as_i64(&n) {
            Some(-1) => None,
            Some(n) => Some(n as u64),
            None => return Err(overflow_error("Python int too large to convert to C long")),
        };
    }
    let [current, maximum] = numbers;
    if current.unwrap_or(u64::MAX) > maximum.unwrap_or(u64::MAX) {
        return Err(value_error("current limit exceeds maximum limit"));
    }
    Ok(Rlimit { current, maximum })
}

/// The numbers of a process's `stat` file behind its name, from field 3 on.
fn stat(path: &str) -> Vec<i64> {
    let text = std::fs::read_to_string(path).unwrap_or_default();
    let rest = text.rsplit_once(") ").map_or("", |(_, rest)| rest);
    rest.split_whitespace().map(|n| n.parse().unwrap_or(0)).collect()
}

/// A line of a process's `status` file.
fn status(path: &str, name: &str) -> i64 {
    let text = std::fs::read_to_string(path).unwrap_or_default();
    let line = text.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(':'));
    line.and_then(|l| l.split_whitespace().next()).and_then(|n| n.parse().ok()).unwrap_or(0)
}

/// The functions of `resource`.
pub struct Resource;

#[module]
impl Resource {
    #[py("()")]
    fn getpagesize(_py: &mut Py) -> usize {
        rustix::param::page_size()
    }
    #[py("(resource, /)")]
    fn getrlimit(py: &mut Py, resource: i64) -> Result<Value> {
        let kind = kind(resource)?;
        Ok(pair(py, rustix::process::getrlimit(kind)))
    }
    /// The times of the process and of its threads are those of its clocks; the counts are the
    /// kernel's.
    #[py("(who, /)")]
    fn getrusage(py: &mut Py, who: i64) -> Result<Value> {
        let (folder, clock) = match who {
            0 => ("/proc/self", Some(ClockId::ProcessCPUTime)),
            1 => ("/proc/thread-self", Some(ClockId::ThreadCPUTime)),
            -1 => ("/proc/self", None),
            _ => return Err(value_error("invalid who parameter")),
        };
        let numbers = stat(&format!("{folder}/stat"));
        let field = |i: usize| numbers.get(i - 3).copied().unwrap_or(0);
        let second = rustix::param::clock_ticks_per_second().max(1) as f64;
        let (status_file, io_file) = (format!("{folder}/status"), format!("{folder}/io"));
        let (mut user, mut own, faults, reads);
        let (mut largest, mut blocks, mut switches) = (0, [0; 2], [0; 2]);
        if let Some(clock) = clock {
            (user, own) = (field(14) as f64 / second, field(15) as f64 / second);
            let time = clock_gettime(clock);
            let all = time.tv_sec as f64 + time.tv_nsec as f64 / 1e9;
            // The kernel counts ticks; the clock knows the sum.
            let part = if user + own > 0.0 { user / (user + own) } else { 1.0 };
            (user, own) = (all * part, all * (1.0 - part));
            (faults, reads) = (field(10), field(12));
            largest = status("/proc/self/status", "VmHWM");
            blocks = [status(&io_file, "read_bytes") / 512, status(&io_file, "write_bytes") / 512];
            switches = [status(&status_file, "voluntary_ctxt_switches"), status(&status_file, "nonvoluntary_ctxt_switches")];
        } else {
            (user, own) = (field(16) as f64 / second, field(17) as f64 / second);
            (faults, reads) = (field(11), field(13));
        }
        let mut values = vec![Value::float(user), Value::float(own)];
        let counts = [largest, 0, 0, 0, faults, reads, 0, blocks[0], blocks[1], 0, 0, 0, switches[0], switches[1]];
        values.extend(counts.iter().map(|n| py.int(*n)));
        Ok(py.struct_seq(&USAGE, values))
    }
    /// prlimit(pid, resource, [limits])
    #[py("(pid, resource, limits=None, /)")]
    fn prlimit(py: &mut Py, pid: i32, resource: i64, limits: &Value) -> Result<Value> {
        let kind = kind(resource)?;
        let own = pid == 0 || pid as u32 == std::process::id();
        let process = if pid == 0 { None } else { Pid::from_raw(pid) };
        if limits.is_none() {
            if own {
                return Ok(pair(py, rustix::process::getrlimit(kind)));
            }
            let text = std::fs::read_to_string(format!("/proc/{pid}/limits")).map_err(|_| no_process(py))?;
            // A line of headings, then one per limit in the order of their numbers.
            let line = usize::try_from(resource).ok().and_then(|n| text.lines().nth(n + 1));
            let words: Vec<&str> = line.unwrap_or("").get(26..).unwrap_or("").split_whitespace().collect();
            let read = |i: usize| words.get(i).and_then(|w| w.parse::<u64>().ok());
            return Ok(pair(py, Rlimit { current: read(0), maximum: read(1) }));
        }
        let new = self::limits(py, limits)?;
        match rustix::process::prlimit(process, kind, new) {
            Ok(old) => Ok(pair(py, old)),
            Err(e) => Err(system::fail_io(py, &e.into())),
        }
    }
    #[py("(resource, limits, /)")]
    fn setrlimit(py: &mut Py, resource: i64, limits: &Value) -> Result<()> {
        let kind = kind(resource)?;
        let new = self::limits(py, limits)?;
        match rustix::process::setrlimit(kind, new) {
            Ok(()) => Ok(()),
            Err(rustix::io::Errno::INVAL) => Err(value_error("current limit exceeds maximum limit")),
            Err(rustix::io::Errno::PERM) => Err(value_error("not allowed to raise maximum limit")),
            Err(e) => Err(system::fail_io(py, &e.into())),
        }
    }
}

fn no_process(py: &mut Py) -> lockstep_interp::Raised {
    lockstep_interp::object::raise::os_error(py, 3, None)
}

/// Fill the module.
pub fn init(py: &mut Py, module: &Ref<Module>) -> Result<()> {
    let d = py.module_dict(module);
    py.add_functions::<Resource>(&d, "resource");
    for (name, number, _) in KINDS {
        let number = py.int(*number);
        dict::set_name(py, &d, name, number);
    }
    for (name, number) in [("RLIM_INFINITY", -1), ("RUSAGE_SELF", 0), ("RUSAGE_CHILDREN", -1), ("RUSAGE_THREAD", 1)] {
        dict::set_name(py, &d, name, Value::int32(number));
    }
    let error = py.exception_type(Exc::OSError);
    dict::set_name(py, &d, "error", error.into_value());
    let ty = py.struct_type(&USAGE);
    dict::set_name(py, &d, "struct_rusage", ty.into_value());
    Ok(())
}
