//! `_lsprof`: counts and times calls, on top of the profile events of the machine.

use std::collections::HashMap;

use lockstep_interp::object::raise::{Result, value_error};
use lockstep_interp::object::{Exc, NativeType, Py, Type};
use lockstep_interp::types::dict;
use lockstep_interp::types::module::Module;
use lockstep_interp::types::native::Native;
use lockstep_interp::types::structseq::StructSpec;
use lockstep_interp::{Guarded, Object, Ref, Value, Visitor, methods};

static ENTRY: StructSpec = StructSpec {
    name: "profiler_entry",
    module: "_lsprof",
    doc: "",
    fields: &["code", "callcount", "reccallcount", "totaltime", "inlinetime", "calls"],
    visible: 6,
    constructible: true,
};

static SUBENTRY: StructSpec = StructSpec {
    name: "profiler_subentry",
    module: "_lsprof",
    doc: "",
    fields: &["code", "callcount", "reccallcount", "totaltime", "inlinetime"],
    visible: 5,
    constructible: true,
};

/// What is known of a function, or of a function as called by another.
#[derive(Clone, Copy, Default)]
struct Count {
    calls: u64,
    recursive: u64,
    total: f64,
    own: f64,
    /// Calls that are running.
    level: u32,
}

impl Count {
    fn end(&mut self, total: f64, own: f64) {
        self.level = self.level.saturating_sub(1);
        if self.level == 0 {
            self.total += total;
        } else {
            self.recursive += 1;
        }
        self.own += own;
        self.calls += 1;
    }
}

struct Function {
    /// A code object, or the description of a native function.
    code: Value,
    count: Count,
    /// By index of the function called.
    called: HashMap<usize, Count>,
}

/// A running call.
struct Call {
    function: usize,
    begin: f64,
    /// Time of the calls that it made.
    inner: f64,
}

/// The payload of a profiler.
#[derive(Default)]
pub struct Profiler {
    functions: Vec<Function>,
    /// Functions by what identifies them; `keys` keeps that alive.
    known: HashMap<u64, usize>,
    keys: Vec<Value>,
    running: Vec<Call>,
    timer: Option<Value>,
    unit: f64,
    subcalls: bool,
    builtins: bool,
    enabled: bool,
}

impl Object for Profiler {
    type Access = Guarded;
    const TRACKED: bool = true;
    fn trace(&self, visit: &mut Visitor<'_>) {
        visit.all(&self.keys);
        visit.option(&self.timer);
        for function in &self.functions {
            visit.value(&function.code);
        }
    }
    fn clear(&mut self, out: &mut Vec<Value>) {
        out.append(&mut self.keys);
        out.extend(self.timer.take());
        out.extend(self.functions.drain(..).map(|function| function.code));
    }
}

impl Profiler {
    fn end(&mut self, now: f64) {
        let Some(call) = self.running.pop() else { return };
        let total = now - call.begin;
        let own = total - call.inner;
        self.functions[call.function].count.end(total, own);
        if let Some(outer) = self.running.last_mut() {
            outer.inner += total;
            if self.subcalls {
                self.functions[outer.function].called.entry(call.function).or_default().end(total, own);
            }
        }
    }

    fn begin(&mut self, function: usize, now: f64) {
        self.functions[function].count.level += 1;
        if let Some(outer) = self.running.last()
            && self.subcalls
        {
            self.functions[outer.function].called.entry(function).or_default().level += 1;
        }
        self.running.push(Call { function, begin: now, inner: 0.0 });
    }
}

/// The time in seconds.
fn now(py: &mut Py, this: &Ref<Profiler>) -> f64 {
    let Some(timer) = this.get(py).timer.clone() else { return crate::time::monotonic(py) as f64 * 1e-9 };
    let value = match py.call(&timer, &[]) {
        Ok(value) => py.to_f64(&value),
        Err(error) => Err(error),
    };
    match value {
        Ok(value) => {
            let unit = this.get(py).unit;
            if unit > 0.0 { value * unit } else { value }
        }
        // What is profiled is not to blame.
        Err(error) => {
            let shown = py.repr_lossy(&timer);
            let message = format!("Exception ignored while calling _lsprof timer {shown}");
            lockstep_interp::builtins::unraisable(py, error, &message, None);
            0.0
        }
    }
}

/// The profiler behind a profile function, if nothing else refers to it: the method has it, and here
/// are two more references.
fn only_of(function: &Value) -> Option<Ref<Profiler>> {
    let receiver = function.downcast::<Native>()?.receiver.clone()?;
    let profiler = receiver.downcast::<Profiler>()?.clone();
    (receiver.header()?.count() <= 3).then_some(profiler)
}

/// The tool of `sys.monitoring` that a profiler is while it runs.
const TOOL: i32 = 2;

/// `sys.monitoring.name(...)`
fn monitoring(py: &mut Py, name: &str, args: &[Value]) -> Result<Value> {
    let sys = py.shared().sys.clone();
    match sys.and_then(|sys| dict::get_name(py, &sys, "monitoring")) {
        Some(module) => py.call_method(&module, name, args),
        None => Ok(Value::NONE),
    }
}

/// How a native function is called in tables.
fn describe(py: &mut Py, function: &Value) -> Result<Value> {
    if py.getattr_opt(function, "__objclass__")?.is_some() {
        return Ok(py.repr(function)?.into_value());
    }
    let name = py.getattr(function, "__qualname__")?;
    let name = py.str_of(&name)?;
    let text = match py.getattr_opt(function, "__module__")? {
        Some(module) if !module.is_none() => {
            let module = py.str_of(&module)?;
            format!("<built-in method {module}.{name}>")
        }
        _ => format!("<built-in method {name}>"),
    };
    Ok(py.str(&text))
}

/// The function that a code object or native function stands for.
fn function(py: &mut Py, this: &Ref<Profiler>, key: &Value, native: bool) -> Result<usize> {
    if let Some(index) = this.get(py).known.get(&key.id()) {
        return Ok(*index);
    }
    let code = if native { describe(py, key)? } else { key.clone() };
    let own = this.get_mut(py);
    let index = own.functions.len();
    own.functions.push(Function { code, count: Count::default(), called: HashMap::new() });
    own.known.insert(key.id(), index);
    own.keys.push(key.clone());
    Ok(index)
}

#[methods]
impl Profiler {
    #[py("(self, /, timer=None, timeunit=0.0, subcalls=True, builtins=True)")]
    fn __init__(
        py: &mut Py,
        this: &Ref<Profiler>,
        timer: &Value,
        timeunit: &Value,
        subcalls: bool,
        builtins: bool,
    ) -> Result<()> {
        let unit = if timeunit.is_none() { 0.0 } else { py.to_f64(timeunit)? };
        let own = this.get_mut(py);
        let old = std::mem::replace(&mut own.timer, (!timer.is_none()).then(|| timer.clone()));
        (own.unit, own.subcalls, own.builtins) = (unit, subcalls, builtins);
        drop(old);
        Ok(())
    }

    #[staticmethod("(type, /, *args, **kwargs)")]
    fn __new__(py: &mut Py, cls: &Ref<Type>, _args: &Value, _kwargs: &Value) -> Value {
        let new = Profiler { subcalls: true, builtins: true, ..Profiler::default() };
        py.make_in(cls, new).into_value()
    }

    /// A profile event; `enable` makes this the profile function.
    #[py("(self, frame, event, arg, /)")]
    fn _event(py: &mut Py, this: &Ref<Profiler>, frame: &Value, event: &str, arg: &Value) -> Result<()> {
        let key = match event {
            "call" => Some((py.getattr(frame, "f_code")?, false)),
            "c_call" if this.get(py).builtins => Some((arg.clone(), true)),
            "return" => None,
            "c_return" | "c_exception" if this.get(py).builtins => None,
            _ => return Ok(()),
        };
        let time = now(py, this);
        match key {
            Some((key, native)) => {
                let index = function(py, this, &key, native)?;
                this.get_mut(py).begin(index, time);
            }
            None => this.get_mut(py).end(time),
        }
        Ok(())
    }

    /// Clear all profiling information collected so far.
    #[py("(self, /)")]
    fn clear(py: &mut Py, this: &Ref<Profiler>) {
        let own = this.get_mut(py);
        let old = (std::mem::take(&mut own.functions), std::mem::take(&mut own.keys));
        own.known.clear();
        own.running.clear();
        drop(old);
    }

    /// Stop collecting profiling information.
    #[py("(self, /)")]
    fn disable(py: &mut Py, this: &Ref<Profiler>) -> Result<()> {
        if !this.get(py).enabled {
            return Ok(());
        }
        this.get_mut(py).enabled = false;
        py.set_profile_function(None);
        monitoring(py, "free_tool_id", &[Value::int32(TOOL)])?;
        let time = now(py, this);
        let own = this.get_mut(py);
        while !own.running.is_empty() {
            own.end(time);
        }
        Ok(())
    }

    /// Start collecting profiling information.
    #[py("(self, /, subcalls=True, builtins=True)")]
    fn enable(py: &mut Py, this: &Ref<Profiler>, subcalls: bool, builtins: bool) -> Result<()> {
        // One that only runs, and that nobody has any more, is over.
        if let Some(forgotten) = py.profile_function().and_then(|function| only_of(&function)) {
            Profiler::disable(py, &forgotten)?;
        }
        let name = py.str("cProfile");
        if py.profile_function().is_some()
            || monitoring(py, "use_tool_id", &[Value::int32(TOOL), name]).is_err_and(|e| e.is(Exc::ValueError))
        {
            return Err(value_error("Another profiling tool is already active"));
        }
        let own = this.get_mut(py);
        (own.subcalls, own.builtins, own.enabled) = (subcalls, builtins, true);
        let event = py.getattr(this.as_value(), "_event")?;
        py.set_profile_function(Some(event));
        Ok(())
    }

    /// list of profiler_entry objects.
    #[py("(self, /)")]
    fn getstats(py: &mut Py, this: &Ref<Profiler>) -> Result<Value> {
        let rows = |count: &Count| (count.calls, count.recursive, count.total, count.own);
        let own = this.get(py);
        type Row = (Value, (u64, u64, f64, f64), Vec<(Value, (u64, u64, f64, f64))>);
        let table: Vec<Row> = own
            .functions
            .iter()
            .filter(|function| function.count.calls > 0)
            .map(|function| {
                let mut called: Vec<_> = function.called.iter().filter(|(_, count)| count.calls > 0).collect();
                called.sort_by_key(|(index, _)| **index);
                let called = called.into_iter().map(|(index, count)| (own.functions[*index].code.clone(), rows(count)));
                (function.code.clone(), rows(&function.count), called.collect())
            })
            .collect();
        let mut out = Vec::with_capacity(table.len());
        for (code, count, called) in table {
            let mut fields = fields(py, code, count);
            let mut inner = Vec::with_capacity(called.len());
            for (code, count) in called {
                let fields = self::fields(py, code, count);
                inner.push(py.struct_seq(&SUBENTRY, fields));
            }
            fields.push(if inner.is_empty() { Value::NONE } else { py.list(inner) });
            out.push(py.struct_seq(&ENTRY, fields));
        }
        Ok(py.list(out))
    }
}

fn fields(py: &mut Py, code: Value, (calls, recursive, total, own): (u64, u64, f64, f64)) -> Vec<Value> {
    vec![code, py.int_from(calls), py.int_from(recursive), Value::float(total), Value::float(own)]
}

impl NativeType for Profiler {
    const NAME: &'static str = "Profiler";
    const MODULE: &'static str = "_lsprof";
    const DOC: Option<&'static str> =
        Some("Builds a profiler object using the specified timer function and\nstores its figures in a table.");
}

/// Fill the module.
pub fn init(py: &mut Py, module: &Ref<Module>) -> Result<()> {
    let namespace = py.module_dict(module);
    let (profiler, entry, sub) = (py.define::<Profiler>(), py.struct_type(&ENTRY), py.struct_type(&SUBENTRY));
    for (name, class) in [("Profiler", profiler), ("profiler_entry", entry), ("profiler_subentry", sub)] {
        dict::set_name(py, &namespace, name, class.into_value());
    }
    Ok(())
}
