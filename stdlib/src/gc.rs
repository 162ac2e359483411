//! `gc`: the cycle collector as scripts see it. There is one generation, collected as a whole.

use lockstep_interp::builtins::collect::{self, Collector};
use lockstep_interp::object::raise::value_error;
use lockstep_interp::types::dict;
use lockstep_interp::types::module::Module as ModuleObject;
use lockstep_interp::types::tuple::Tuple;
use lockstep_interp::{Py, Ref, Result, Value, flags, module};

struct Gc;

/// What `gc.freeze` keeps.
#[derive(Default)]
struct Frozen {
    count: usize,
}

const DEBUG: &[(&str, i32)] =
    &[("DEBUG_STATS", 1), ("DEBUG_COLLECTABLE", 2), ("DEBUG_UNCOLLECTABLE", 4), ("DEBUG_SAVEALL", 32), ("DEBUG_LEAK", 38)];

fn tracked(value: &Value) -> bool {
    value.header().is_some_and(|h| h.has(flags::TRACKED))
}

#[module]
impl Gc {
    /// Run the garbage collector and return the number of unreachable objects.
    #[py("(generation=2)")]
    fn collect(py: &mut Py, generation: i64) -> Result<usize> {
        if !(0..=2).contains(&generation) {
            return Err(value_error("invalid generation"));
        }
        py.drain_pending();
        Ok(collect::collect_observed(py, generation))
    }
    /// Disable automatic garbage collection.
    #[py("()")]
    fn disable(py: &mut Py) {
        let (threshold, _, _) = py.heap().collection();
        py.heap().set_collection(threshold, false);
    }
    /// Enable automatic garbage collection.
    #[py("()")]
    fn enable(py: &mut Py) {
        let (threshold, _, _) = py.heap().collection();
        py.heap().set_collection(threshold, true);
    }
    /// Freeze all current tracked objects and ignore them for future collections.
    #[py("()")]
    fn freeze(py: &mut Py) {
        // Collections look at everything anyway; only the count is kept.
        let count = py.heap().memory_use().tracked;
        py.state::<Frozen>().count = count;
    }
    /// Return a three-tuple of the current collection counts.
    #[py("()")]
    fn get_count(py: &mut Py) -> Value {
        let (_, _, since) = py.heap().collection();
        let since = py.int(since.max(0) as i64);
        py.tuple(vec![since, Value::int32(0), Value::int32(0)])
    }
    /// Get the garbage collection debugging flags.
    #[py("()")]
    fn get_debug(py: &mut Py) -> i64 {
        py.state::<Collector>().debug
    }
    /// Return the number of objects in the permanent generation.
    #[py("()")]
    fn get_freeze_count(py: &mut Py) -> usize {
        py.state::<Frozen>().count
    }
    /// Return a list of objects tracked by the collector (excluding the list returned).
    #[py("(generation=None)")]
    fn get_objects(py: &mut Py, generation: Option<i64>) -> Result<Value> {
        if let Some(n) = generation {
            if n >= 3 {
                return Err(value_error("generation parameter must be less than the number of available generations (3)"));
            }
            if n < 0 {
                return Err(value_error("generation parameter cannot be negative"));
            }
        }
        let objects = py.heap().tracked_objects();
        Ok(py.list(objects))
    }
    /// Return the list of objects that directly refer to any of 'objs'.
    #[py("(*objs)")]
    fn get_referrers(py: &mut Py, objs: &[Value]) -> Value {
        let mut out = Vec::new();
        for candidate in py.heap().tracked_objects() {
            // The tuple of the arguments refers to them too.
            let is_arguments = candidate.downcast::<Tuple>().is_some_and(|t| std::ptr::eq(t.slice(), objs));
            if !is_arguments && py.heap().referents(&candidate).iter().any(|r| objs.iter().any(|o| o.is(r))) {
                out.push(candidate);
            }
        }
        py.list(out)
    }
    /// Return the list of objects that are directly referred to by 'objs'.
    #[py("(*objs)")]
    fn get_referents(py: &mut Py, objs: &[Value]) -> Value {
        let mut out = Vec::new();
        for object in objs {
            if tracked(object) {
                out.extend(py.heap().referents(object));
            }
        }
        py.list(out)
    }
    /// Return a list of dictionaries containing per-generation statistics.
    #[py("()")]
    fn get_stats(py: &mut Py) -> Value {
        let (collections, collected) = {
            let state = py.state::<Collector>();
            (state.collections, state.collected)
        };
        let rows = [(0, 0), (0, 0), (collections, collected)]
            .map(|(collections, collected)| {
                let row = py.new_dict();
                for (name, n) in [("collections", collections), ("collected", collected), ("uncollectable", 0)] {
                    let n = py.int(n as i64);
                    dict::set_name(py, &row, name, n);
                }
                row.into_value()
            })
            .to_vec();
        py.list(rows)
    }
    /// Return the current collection thresholds.
    #[py("()")]
    fn get_threshold(py: &mut Py) -> Value {
        let (threshold, _, _) = py.heap().collection();
        let threshold = py.int(if threshold == isize::MAX { 0 } else { threshold as i64 });
        py.tuple(vec![threshold, Value::int32(10), Value::int32(0)])
    }
    /// Returns true if the object has been already finalized by the garbage collector.
    #[py("(obj, /)")]
    fn is_finalized(_py: &mut Py, obj: &Value) -> bool {
        obj.header().is_some_and(|h| h.has(flags::FINALIZED))
    }
    /// Returns true if the object is tracked by the garbage collector.
    #[py("(obj, /)")]
    fn is_tracked(_py: &mut Py, obj: &Value) -> bool {
        tracked(obj)
    }
    /// Returns true if automatic garbage collection is enabled.
    #[py("()")]
    fn isenabled(py: &mut Py) -> bool {
        py.heap().collection().1
    }
    /// Set the garbage collection debugging flags.
    #[py("(flags, /)")]
    fn set_debug(py: &mut Py, flags: i64) {
        py.state::<Collector>().debug = flags;
    }
    /// Set the collection thresholds. Setting 'threshold0' to zero disables collection.
    #[py("(threshold0, threshold1=10, threshold2=0, /)")]
    fn set_threshold(py: &mut Py, threshold0: i64, _threshold1: i64, _threshold2: i64) {
        let (_, enabled, _) = py.heap().collection();
        let threshold = if threshold0 <= 0 { isize::MAX } else { threshold0 as isize };
        py.heap().set_collection(threshold, enabled);
    }
    /// Unfreeze all objects in the permanent generation.
    #[py("()")]
    fn unfreeze(py: &mut Py) {
        py.state::<Frozen>().count = 0;
    }
}

/// Fills the namespace.
pub fn init(py: &mut Py, module: &Ref<ModuleObject>) -> Result<()> {
    let namespace = py.module_dict(module);
    py.add_functions::<Gc>(&namespace, "gc");
    for (name, number) in DEBUG {
        dict::set_name(py, &namespace, name, Value::int32(*number));
    }
    let (callbacks, garbage) = (py.list(Vec::new()), py.list(Vec::new()));
    dict::set_name(py, &namespace, "callbacks", callbacks.clone());
    dict::set_name(py, &namespace, "garbage", garbage.clone());
    let state = py.state::<Collector>();
    state.callbacks = Some(callbacks);
    state.garbage = Some(garbage);
    Ok(())
}
