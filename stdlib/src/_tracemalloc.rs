//! `_tracemalloc`: what `tracemalloc` asks about memory. The tracing itself is in
//! `lockstep_interp::vm`.

use lockstep_interp::object::Py;
use lockstep_interp::object::raise::{Result, value_error};
use lockstep_interp::types::module::Module;
use lockstep_interp::vm::Block;
use lockstep_interp::{Ref, Value, module};

/// The most lines that are kept.
const MAX_LINES: i64 = 65535;

/// The functions of the module.
struct Functions;

/// The lines of a block as pairs of file and number.
fn lines(py: &mut Py, block: &Block) -> Value {
    let rows = block.lines.iter().map(|(file, line)| {
        let pair = vec![py.intern(file).into_value(), py.int(i64::from(*line))];
        py.tuple(pair)
    });
    let rows = rows.collect();
    py.tuple(rows)
}

#[module]
impl Functions {
    /// Get the traceback where the Python object obj was allocated.
    ///
    /// Return None if the tracemalloc module is not tracing memory
    /// allocations or did not trace the allocation of the object.
    #[py("(obj, /)")]
    fn _get_object_traceback(py: &mut Py, obj: &Value) -> Value {
        match py.memory_trace(obj) {
            Some(block) => lines(py, &block),
            None => Value::NONE,
        }
    }
    /// Get traces of all memory blocks allocated by Python.
    ///
    /// Return a list of (size: int, traceback: tuple) tuples.
    /// traceback is a tuple of (filename: str, lineno: int) tuples.
    ///
    /// Return an empty list if the tracemalloc module is disabled.
    #[py("()")]
    fn _get_traces(py: &mut Py) -> Value {
        let blocks = py.memory_traces();
        let mut known: std::collections::HashMap<*const (), Value> = std::collections::HashMap::new();
        let mut rows = Vec::with_capacity(blocks.len());
        for block in &blocks {
            let lines = known.entry(block.lines.as_ptr().cast()).or_insert_with(|| lines(py, block)).clone();
            let row = vec![Value::int32(0), py.int_from(block.size as u64), lines, py.int_from(block.frames as u64)];
            rows.push(py.tuple(row));
        }
        py.list(rows)
    }
    /// Clear traces of memory blocks allocated by Python.
    #[py("()")]
    fn clear_traces(py: &mut Py) {
        py.clear_memory_traces();
    }
    /// Get the maximum number of frames stored in the traceback of a trace.
    ///
    /// By default, a trace of an allocated memory block only stores
    /// the most recent frame: the limit is 1.
    #[py("()")]
    fn get_traceback_limit(py: &mut Py) -> usize {
        py.memory_trace_limit().unwrap_or(1)
    }
    /// Get the current size and peak size of memory blocks traced by tracemalloc.
    ///
    /// Returns a tuple: (current: int, peak: int).
    #[py("()")]
    fn get_traced_memory(py: &mut Py) -> Value {
        let (now, peak) = py.traced_memory(false);
        let row = vec![py.int_from(now as u64), py.int_from(peak as u64)];
        py.tuple(row)
    }
    /// Get the memory usage in bytes of the tracemalloc module.
    ///
    /// This memory is used internally to trace memory allocations.
    #[py("()")]
    fn get_tracemalloc_memory(py: &mut Py) -> usize {
        py.memory_of_traces()
    }
    /// Return True if the tracemalloc module is tracing Python memory allocations.
    #[py("()")]
    fn is_tracing(py: &mut Py) -> bool {
        py.memory_trace_limit().is_some()
    }
    /// Set the peak size of memory blocks traced by tracemalloc to the current size.
    ///
    /// Do nothing if the tracemalloc module is not tracing memory allocations.
    #[py("()")]
    fn reset_peak(py: &mut Py) {
        py.traced_memory(true);
    }
    /// Start tracing Python memory allocations.
    ///
    /// Also set the maximum number of frames stored in the traceback of a
    /// trace to nframe.
    #[py("(nframe=1, /)")]
    fn start(py: &mut Py, nframe: i32) -> Result<()> {
        match usize::try_from(nframe) {
            Ok(limit) if limit > 0 && i64::from(nframe) <= MAX_LINES => {
                py.start_memory_traces(limit);
                Ok(())
            }
            _ => Err(value_error(format!("the number of frames must be in range [1; {MAX_LINES}]"))),
        }
    }
    /// Stop tracing Python memory allocations.
    ///
    /// Also clear traces of memory blocks allocated by Python.
    #[py("()")]
    fn stop(py: &mut Py) {
        py.stop_memory_traces();
    }
}

/// Fills the namespace.
pub fn init(py: &mut Py, module: &Ref<Module>) -> Result<()> {
    let namespace = py.module_dict(module);
    py.add_functions::<Functions>(&namespace, "_tracemalloc");
    Ok(())
}
