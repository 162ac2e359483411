//! `time`: clocks, sleeping, calendar time.

mod calendar;
mod format;

use std::time::{SystemTime, UNIX_EPOCH};

use lockstep_heap::{Ref, Value};
use lockstep_interp::object::Py;
use lockstep_interp::object::raise::{Result, overflow_error, value_error};
use lockstep_interp::types::dict;
use lockstep_interp::types::module::Module;
use lockstep_interp::types::structseq::StructSpec;
use lockstep_macros::module;
use lockstep_sched::{Deadline, Wait, WaitKind};
use rustix::time::{ClockId, clock_getres, clock_gettime};

/// `time.struct_time`
pub static STRUCT_TIME: StructSpec = StructSpec {
    name: "struct_time",
    module: "time",
    doc: "The time value as returned by gmtime(), localtime(), and strptime(), and\naccepted by asctime(), mktime() and strftime().  May be considered as a\nsequence of 9 integers.",
    fields: &[
        "tm_year",
        "tm_mon",
        "tm_mday",
        "tm_hour",
        "tm_min",
        "tm_sec",
        "tm_wday",
        "tm_yday",
        "tm_isdst",
        "tm_zone",
        "tm_gmtoff",
    ],
    visible: 9,
    constructible: true,
};

fn wall() -> i128 {
    match SystemTime::now().duration_since(UNIX_EPOCH) {
        Ok(d) => d.as_nanos() as i128,
        Err(e) => -(e.duration().as_nanos() as i128),
    }
}

fn clock(id: ClockId) -> i64 {
    let t = clock_gettime(id);
    t.tv_sec * 1_000_000_000 + t.tv_nsec as i64
}

/// Nanoseconds of the interpreter's clock.
pub(crate) fn monotonic(py: &mut Py) -> i64 {
    py.thread().sched().clock().now() as i64
}

fn seconds(nanos: i64) -> f64 {
    (nanos / 1_000_000_000) as f64 + (nanos % 1_000_000_000) as f64 * 1e-9
}

fn clock_id(id: i32) -> Option<ClockId> {
    Some(match id {
        0 => ClockId::Realtime,
        1 => ClockId::Monotonic,
        2 => ClockId::ProcessCPUTime,
        3 => ClockId::ThreadCPUTime,
        4 => ClockId::MonotonicRaw,
        5 => ClockId::RealtimeCoarse,
        6 => ClockId::MonotonicCoarse,
        7 => ClockId::Boottime,
        _ => return None,
    })
}

fn known_clock(py: &Py, id: i32) -> Result<ClockId> {
    clock_id(id).ok_or_else(|| crate::system::fail(py, rustix::io::Errno::INVAL))
}

/// The functions of `time`.
pub struct Time;

#[module]
impl Time {
    /// Return the current time in seconds since the Epoch.
    #[py("()")]
    fn time(_py: &mut Py) -> f64 {
        let n = wall();
        (n / 1_000_000_000) as f64 + (n % 1_000_000_000) as f64 * 1e-9
    }
    /// Return the current time in nanoseconds since the Epoch.
    #[py("()")]
    fn time_ns(_py: &mut Py) -> i128 {
        wall()
    }
    /// Monotonic clock, cannot go backward.
    #[py("()")]
    fn monotonic(py: &mut Py) -> f64 {
        seconds(monotonic(py))
    }
    #[py("()")]
    fn monotonic_ns(py: &mut Py) -> i64 {
        monotonic(py)
    }
    /// Performance counter for benchmarking.
    #[py("()")]
    fn perf_counter(py: &mut Py) -> f64 {
        seconds(monotonic(py))
    }
    #[py("()")]
    fn perf_counter_ns(py: &mut Py) -> i64 {
        monotonic(py)
    }
    /// Process time for profiling: sum of the kernel and user-space CPU time.
    #[py("()")]
    fn process_time(_py: &mut Py) -> f64 {
        seconds(clock(ClockId::ProcessCPUTime))
    }
    #[py("()")]
    fn process_time_ns(_py: &mut Py) -> i64 {
        clock(ClockId::ProcessCPUTime)
    }
    /// Thread time for profiling: sum of the kernel and user-space CPU time.
    #[py("()")]
    fn thread_time(_py: &mut Py) -> f64 {
        seconds(clock(ClockId::ThreadCPUTime))
    }
    #[py("()")]
    fn thread_time_ns(_py: &mut Py) -> i64 {
        clock(ClockId::ThreadCPUTime)
    }
    #[py("(clk_id, /)")]
    fn clock_gettime(py: &mut Py, clk_id: i32) -> Result<f64> {
        known_clock(py, clk_id).map(|id| seconds(clock(id)))
    }
    #[py("(clk_id, /)")]
    fn clock_gettime_ns(py: &mut Py, clk_id: i32) -> Result<i64> {
        known_clock(py, clk_id).map(clock)
    }
    #[py("(clk_id, /)")]
    fn clock_getres(py: &mut Py, clk_id: i32) -> Result<f64> {
        let t = known_clock(py, clk_id).map(clock_getres)?;
        Ok(t.tv_sec as f64 + t.tv_nsec as f64 * 1e-9)
    }
    /// Delay execution for a given number of seconds.
    #[py("(seconds, /)")]
    fn sleep(py: &mut Py, seconds: &Value) -> Result<()> {
        let nanos = match lockstep_interp::types::int::as_i64(seconds) {
            Some(n) => i128::from(n) * 1_000_000_000,
            None => {
                let x = py.to_f64(seconds)?;
                if x.is_nan() {
                    return Err(value_error("Invalid value NaN (not a number)"));
                }
                if !(-9.3e9..9.3e9).contains(&x) {
                    return Err(overflow_error("timestamp out of range for platform time_t"));
                }
                (x * 1e9).ceil() as i128
            }
        };
        if nanos < 0 {
            return Err(value_error("sleep length must be non-negative"));
        }
        if nanos == 0 {
            let requests = py.thread().yield_now();
            return lockstep_interp::embed::serve(py, requests);
        }
        let end = i128::from(monotonic(py)) + nanos;
        let deadline = u64::try_from(end).map_or(Deadline::NEVER, Deadline);
        let wait = Wait::new(WaitKind::Sleep).until(deadline);
        while py.thread().pause(&wait) != lockstep_sched::Outcome::TimedOut {
            py.check()?;
        }
        py.check()
    }
    /// Convert seconds since the Epoch to a time tuple expressing UTC.
    #[py("(seconds=None, /)")]
    fn gmtime(py: &mut Py, seconds: &Value) -> Result<Value> {
        let at = calendar::moment(py, seconds)?;
        calendar::Fields::utc(at).map(|f| f.value(py))
    }
    /// Convert seconds since the Epoch to a time tuple expressing local time.
    #[py("(seconds=None, /)")]
    fn localtime(py: &mut Py, seconds: &Value) -> Result<Value> {
        let at = calendar::moment(py, seconds)?;
        calendar::local(py, at).map(|f| f.value(py))
    }
    /// Convert a time tuple in local time to seconds since the Epoch.
    #[py("(tuple, /)")]
    fn mktime(py: &mut Py, tuple: &Value) -> Result<f64> {
        calendar::mktime(py, tuple)
    }
    /// Convert a time tuple to a string, e.g. 'Sat Jun 06 16:26:11 1998'.
    #[py("(tuple=<unrepresentable>, /)")]
    fn asctime(py: &mut Py, tuple: Option<&Value>) -> Result<Value> {
        let fields = calendar::given(py, tuple, "asctime", false)?;
        Ok(py.str(&format::asctime(&fields)))
    }
    /// Convert a time in seconds since the Epoch to a string in local time.
    #[py("(seconds=None, /)")]
    fn ctime(py: &mut Py, seconds: &Value) -> Result<Value> {
        let at = calendar::moment(py, seconds)?;
        let fields = calendar::local(py, at)?;
        Ok(py.str(&format::asctime(&fields)))
    }
    /// Convert a time tuple to a string according to a format specification.
    #[py("(format, tuple=<unrepresentable>, /)")]
    fn strftime(py: &mut Py, format: &str, tuple: Option<&Value>) -> Result<Value> {
        let fields = calendar::given(py, tuple, "strftime", format::wants_zone(format))?;
        if format.contains('\0') {
            return Err(value_error("embedded null character"));
        }
        let text = format::strftime(format, &fields);
        Ok(py.str(&text))
    }
    /// Parse a string to a time tuple according to a format specification.
    #[py("(data_string, format='%a %b %d %H:%M:%S %Y', /)")]
    fn strptime(py: &mut Py, data_string: &Value, format: &Value) -> Result<Value> {
        let import = crate::_io::builtin(py, "__import__")?;
        let name = py.str("_strptime");
        let module = py.call(&import, &[name])?;
        py.call_method(&module, "_strptime_time", &[data_string.clone(), format.clone()])
    }
    /// Get information of the specified clock.
    #[py("(name, /)")]
    fn get_clock_info(py: &mut Py, name: &str) -> Result<Value> {
        let (id, text, monotonic, adjustable) = match name {
            "time" => (ClockId::Realtime, "clock_gettime(CLOCK_REALTIME)", false, true),
            "monotonic" | "perf_counter" => (ClockId::Monotonic, "clock_gettime(CLOCK_MONOTONIC)", true, false),
            "process_time" => (ClockId::ProcessCPUTime, "clock_gettime(CLOCK_PROCESS_CPUTIME_ID)", true, false),
            "thread_time" => (ClockId::ThreadCPUTime, "clock_gettime(CLOCK_THREAD_CPUTIME_ID)", true, false),
            _ => return Err(value_error("unknown clock")),
        };
        let resolution = clock_getres(id);
        let import = crate::_io::builtin(py, "__import__")?;
        let types = py.str("types");
        let types = py.call(&import, &[types])?;
        let class = py.getattr(&types, "SimpleNamespace")?;
        let implementation = py.str(text);
        let resolution = Value::float(resolution.tv_sec as f64 + resolution.tv_nsec as f64 * 1e-9);
        let fields = [
            ("implementation", implementation),
            ("monotonic", Value::bool(monotonic)),
            ("adjustable", Value::bool(adjustable)),
            ("resolution", resolution),
        ];
        py.call_named(&class, &[], &fields)
    }
    /// Initialize, or reinitialize, the local timezone to the value stored in os.environ['TZ'].
    #[py("()")]
    fn tzset(py: &mut Py) -> Result<()> {
        calendar::reload(py);
        if let Some(module) = lockstep_interp::import::loaded(py, "time")
            && let Some(module) = module.downcast::<Module>().cloned()
        {
            zone_names(py, &module)?;
        }
        Ok(())
    }
}

fn zone_names(py: &mut Py, module: &Ref<Module>) -> Result<()> {
    let namespace = py.module_dict(module);
    let (standard, summer) = calendar::zones(py);
    let daylight = i32::from(summer.0 != standard.0 || summer.1 != standard.1);
    let names = vec![py.str(&standard.1), py.str(&summer.1)];
    let names = py.tuple(names);
    for (name, value) in [
        ("timezone", Value::int32(-standard.0)),
        ("altzone", Value::int32(-summer.0)),
        ("daylight", Value::int32(daylight)),
        ("tzname", names),
    ] {
        dict::set_name(py, &namespace, name, value);
    }
    Ok(())
}

/// Fills the module.
pub fn init(py: &mut Py, module: &Ref<Module>) -> Result<()> {
    let namespace = py.module_dict(module);
    py.add_functions::<Time>(&namespace, "time");
    let ty = py.struct_type(&STRUCT_TIME).into_value();
    dict::set_name(py, &namespace, "struct_time", ty);
    dict::set_name(py, &namespace, "_STRUCT_TM_ITEMS", Value::int32(11));
    for (name, n) in [
        ("CLOCK_REALTIME", 0),
        ("CLOCK_MONOTONIC", 1),
        ("CLOCK_PROCESS_CPUTIME_ID", 2),
        ("CLOCK_THREAD_CPUTIME_ID", 3),
        ("CLOCK_MONOTONIC_RAW", 4),
        ("CLOCK_BOOTTIME", 7),
    ] {
        dict::set_name(py, &namespace, name, Value::int32(n));
    }
    zone_names(py, module)
}
