//! `sys.monitoring`: tools that are told of events. The machine reports the beginning, going on,
//! returning, yielding and unwinding of functions, lines, instructions and exceptions; asking for
//! another event is allowed, but it never comes.

use std::collections::HashSet;

use lockstep_heap::Ref;
use lockstep_interp::object::Py;
use lockstep_interp::object::py::Event;
use lockstep_interp::object::raise::{Result, value_error};
use lockstep_interp::types::code::CodeObject;
use lockstep_interp::types::dict::{self, Dict};
use lockstep_interp::types::frame::FrameObject;
use lockstep_interp::types::str::Str;
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

/// Identifiers that tools can have.
const TOOLS: usize = 6;

/// One tool.
#[derive(Default)]
struct Tool {
    name: Option<Value>,
    /// Events of all code.
    events: u32,
    /// Events of some code objects.
    local: Vec<(Ref<CodeObject>, u32)>,
    /// What to call, by event.
    callbacks: [Option<Value>; 19],
    /// Places (code, offset, event) whose callback asked to be left alone; their codes are kept.
    disabled: HashSet<(u64, i64, u8)>,
    kept: Vec<Ref<CodeObject>>,
}

/// What the module keeps.
#[derive(Default)]
struct State {
    tools: [Tool; TOOLS],
    disable: Option<Value>,
}

fn tool(py: &mut Py, id: i64) -> Result<&mut Tool> {
    match usize::try_from(id) {
        Ok(index) if index < TOOLS => Ok(&mut py.state::<State>().tools[index]),
        _ => Err(value_error(format!("invalid tool {id} (must be between 0 and 5)"))),
    }
}

/// A tool that has a name.
fn used(py: &mut Py, id: i64) -> Result<&mut Tool> {
    if tool(py, id)?.name.is_none() {
        return Err(value_error(format!("tool {id} is not in use")));
    }
    tool(py, id)
}

/// The events asked for, which must be known ones.
fn events(events: i64) -> Result<u32> {
    match u32::try_from(events) {
        Ok(events) if events < 1 << EVENTS.len() => Ok(events),
        _ => Err(value_error(format!("invalid event set 0x{events:x}"))),
    }
}

/// Listen only while somebody wants to hear.
fn refresh(py: &mut Py) {
    let wanted =
        py.state::<State>().tools.iter().any(|tool| tool.events != 0 || tool.local.iter().any(|(_, events)| *events != 0));
    py.set_monitor(wanted.then_some(report));
}

/// Tell the tools of an event.
fn report(py: &mut Py, frame: &Ref<FrameObject>, event: Event, arg: Value) -> Result<()> {
    let number = event as u8;
    let code = frame.get(py).code.clone();
    let mut offset = None;
    for index in 0..TOOLS {
        let tool = &py.state::<State>().tools[index];
        let local = tool.local.iter().find(|(own, _)| own.is(&code)).map_or(0, |(_, events)| *events);
        if (tool.events | local) & (1 << number) == 0 {
            continue;
        }
        let Some(callback) = tool.callbacks[usize::from(number)].clone() else { continue };
        let at = match &offset {
            Some(at) => *at,
            None => {
                let last = py.getattr(frame.as_value(), "f_lasti")?;
                *offset.insert(last.as_small_int().unwrap_or(0))
            }
        };
        let key = (code.id(), at, number);
        if py.state::<State>().tools[index].disabled.contains(&key) {
            continue;
        }
        let place = py.int(at);
        let result = match event {
            Event::Line => py.call(&callback, &[code.to_value(), arg.clone()])?,
            Event::Start | Event::Resume | Event::Instruction => py.call(&callback, &[code.to_value(), place])?,
            _ => py.call(&callback, &[code.to_value(), place, arg.clone()])?,
        };
        let state = py.state::<State>();
        if state.disable.as_ref().is_some_and(|disable| disable.is(&result)) {
            if matches!(event, Event::Raise | Event::Unwind) {
                let name = EVENTS[usize::from(number)];
                return Err(value_error(format!("Cannot disable {name} events. Callback removed.")));
            }
            let tool = &mut state.tools[index];
            if tool.disabled.insert(key) && !tool.kept.iter().any(|own| own.is(&code)) {
                tool.kept.push(code.clone());
            }
        }
    }
    Ok(())
}

struct Functions;

#[module]
impl Functions {
    #[py("(tool_id, /)")]
    fn clear_tool_id(py: &mut Py, tool_id: i64) -> Result<()> {
        let tool = tool(py, tool_id)?;
        let name = tool.name.take();
        let old = std::mem::take(tool);
        tool.name = name;
        drop(old);
        refresh(py);
        Ok(())
    }
    #[py("(tool_id, /)")]
    fn free_tool_id(py: &mut Py, tool_id: i64) -> Result<()> {
        let old = std::mem::take(tool(py, tool_id)?);
        drop(old);
        refresh(py);
        Ok(())
    }
    #[py("(tool_id, /)")]
    fn get_events(py: &mut Py, tool_id: i64) -> Result<u32> {
        Ok(used(py, tool_id)?.events)
    }
    #[py("(tool_id, code, /)")]
    fn get_local_events(py: &mut Py, tool_id: i64, code: &Ref<CodeObject>) -> Result<u32> {
        let tool = used(py, tool_id)?;
        Ok(tool.local.iter().find(|(own, _)| own.is(code)).map_or(0, |(_, events)| *events))
    }
    /// The name of the tool that uses an identifier, or None.
    #[py("(tool_id, /)")]
    fn get_tool(py: &mut Py, tool_id: i64) -> Result<Value> {
        Ok(tool(py, tool_id)?.name.clone().unwrap_or(Value::NONE))
    }
    #[py("(tool_id, event, func, /)")]
    fn register_callback(py: &mut Py, tool_id: i64, event: i64, func: &Value) -> Result<Value> {
        let number = match u32::try_from(event) {
            Ok(bits) if bits.count_ones() == 1 && bits < 1 << EVENTS.len() => bits.trailing_zeros() as usize,
            Ok(bits) if bits.count_ones() != 1 => {
                return Err(value_error("The callback can only be set for one event at a time"));
            }
            _ => return Err(value_error(format!("invalid event {event}"))),
        };
        let new = (!func.is_none()).then(|| func.clone());
        let old = std::mem::replace(&mut tool(py, tool_id)?.callbacks[number], new);
        Ok(old.unwrap_or(Value::NONE))
    }
    #[py("()")]
    fn restart_events(py: &mut Py) {
        for tool in &mut py.state::<State>().tools {
            tool.disabled.clear();
        }
    }
    #[py("(tool_id, event_set, /)")]
    fn set_events(py: &mut Py, tool_id: i64, event_set: i64) -> Result<()> {
        used(py, tool_id)?.events = events(event_set)?;
        refresh(py);
        Ok(())
    }
    #[py("(tool_id, code, event_set, /)")]
    fn set_local_events(py: &mut Py, tool_id: i64, code: &Ref<CodeObject>, event_set: i64) -> Result<()> {
        let events = events(event_set)?;
        let tool = used(py, tool_id)?;
        match tool.local.iter_mut().find(|(own, _)| own.is(code)) {
            Some((_, old)) => *old = events,
            None => tool.local.push((code.clone(), events)),
        }
        refresh(py);
        Ok(())
    }
    #[py("(tool_id, name, /)")]
    fn use_tool_id(py: &mut Py, tool_id: i64, name: &Value) -> Result<()> {
        if !name.is_a::<Str>() {
            return Err(value_error("tool name must be a str"));
        }
        let tool = tool(py, tool_id)?;
        if tool.name.is_some() {
            return Err(value_error(format!("tool {tool_id} is already in use")));
        }
        tool.name = Some(name.clone());
        Ok(())
    }
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
    let disable = all.iter().find(|(name, _)| *name == "DISABLE").map(|(_, object)| object.clone());
    py.state::<State>().disable = disable;
    let monitoring = py.namespace(all);
    if let Some(d) = py.instance_dict(&monitoring) {
        py.add_functions::<Functions>(&d, "sys.monitoring");
    }
    dict::set_name(py, sys, "monitoring", monitoring);
}
