//! `sys.monitoring`: the events by name. No events are reported: asking for them is an error.

use lockstep_heap::Ref;
use lockstep_interp::object::Py;
use lockstep_interp::object::raise::{Result, not_implemented};
use lockstep_interp::types::dict::{self, Dict};
use lockstep_interp::{Value, module};

/// The events in the order of their bits.
const EVENTS: &[&str] = &[
    "PY_START",
    "PY_RESUME",
    "PY_RETURN",
    "PY_YIELD",
    "CALL",
    "LINE",
    "INSTRUCTION",
    "JUMP",
    "BRANCH_LEFT",
    "BRANCH_RIGHT",
    "STOP_ITERATION",
    "RAISE",
    "EXCEPTION_HANDLED",
    "PY_UNWIND",
    "PY_THROW",
    "RERAISE",
    "C_RETURN",
    "C_RAISE",
    "BRANCH",
];

struct Functions;

#[module]
impl Functions {
    /// The name of the tool that uses an identifier: none does.
    #[py("(tool_id, /)")]
    fn get_tool(_py: &mut Py, _tool_id: i32) -> Value {
        Value::NONE
    }
    #[py("(tool_id, name, /)")]
    fn use_tool_id(_py: &mut Py, _tool_id: i32, _name: &Value) -> Result<Value> {
        Err(missing())
    }
    #[py("(tool_id, event_set, /)")]
    fn set_events(_py: &mut Py, _tool_id: i32, _event_set: i32) -> Result<Value> {
        Err(missing())
    }
    #[py("(tool_id, event, func, /)")]
    fn register_callback(_py: &mut Py, _tool_id: i32, _event: i32, _func: &Value) -> Result<Value> {
        Err(missing())
    }
}

fn missing() -> lockstep_interp::Raised {
    not_implemented("sys.monitoring reports no events")
}

/// Put the namespace into `sys`.
pub(super) fn fill(py: &mut Py, sys: &Ref<Dict>) {
    let mut bits: Vec<(&str, Value)> = EVENTS.iter().enumerate().map(|(i, name)| (*name, Value::int32(1 << i))).collect();
    bits.push(("NO_EVENTS", Value::int32(0)));
    let events = py.namespace(bits);
    let mut all = vec![("events", events), ("DEBUGGER_ID", Value::int32(0)), ("COVERAGE_ID", Value::int32(1))];
    all.extend([("PROFILER_ID", Value::int32(2)), ("OPTIMIZER_ID", Value::int32(5))]);
    for name in ["DISABLE", "MISSING"] {
        let object = py.namespace(Vec::new());
        all.push((name, object));
    }
    let monitoring = py.namespace(all);
    if let Some(d) = py.instance_dict(&monitoring) {
        py.add_functions::<Functions>(&d, "sys.monitoring");
    }
    dict::set_name(py, sys, "monitoring", monitoring);
}
