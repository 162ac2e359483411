//! `-X importtime`: how long each import takes, itself and with what it imports.

use lockstep_heap::Value;

use crate::embed::report;
use crate::object::Py;
use crate::object::raise::Result;

/// There while imports are timed.
#[derive(Default)]
pub(super) struct Times {
    /// Imports under way.
    level: usize,
    /// Nanoseconds that the imports inside of the innermost one took.
    inside: u64,
}

/// Times imports from now on.
pub fn begin(py: &mut Py) {
    py.state::<Times>();
    report::show(py, "import time: self [us] | cumulative | imported package\n");
}

/// Import the module by `load` and tell how long it took.
pub(super) fn timed(py: &mut Py, name: &str, load: impl FnOnce(&mut Py) -> Result<Value>) -> Result<Value> {
    let times = py.state::<Times>();
    times.level += 1;
    let outside = std::mem::take(&mut times.inside);
    let start = lockstep_sched::monotonic();
    let result = load(py);
    let whole = lockstep_sched::monotonic().saturating_sub(start);
    let times = py.state::<Times>();
    let own = whole.saturating_sub(times.inside);
    times.inside = outside + whole;
    times.level -= 1;
    let indent = 2 * times.level;
    let line = format!("import time: {:9} | {:10} | {:indent$}{name}\n", own / 1000, whole / 1000, "");
    report::show(py, &line);
    result
}
