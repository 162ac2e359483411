//! Native loops look at the breaker too: `sum(range(10**12))` runs no bytecode for hours, and yet
//! Ctrl-C, an interrupt of the embedder's and the other threads want their turn.

use std::sync::atomic::Ordering;

use crate::object::Py;
use crate::object::raise::Result;

/// Items between two looks: some ten microseconds.
const STEPS: i32 = 4096;

/// Looks of native code in a row until it lets other threads run. Programs rely on `list(d)` and
/// `sum(d.values())` being of one piece, so that is left alone which a dict of a program's size may
/// take; the machine looks as soon as the native code is done.
const LOOKS: u32 = 256;

impl Py {
    /// To be called by native loops for every item: delivers signals and interrupts now and then,
    /// and lets other threads run if the loop is long.
    #[inline]
    pub fn step(&mut self) -> Result<()> {
        self.strand.steps -= 1;
        if self.strand.steps < 0 { look(self, true) } else { Ok(()) }
    }
    /// The same for work that is of one piece: other threads do not run meanwhile.
    #[inline]
    pub fn attend(&mut self) -> Result<()> {
        self.strand.steps -= 1;
        if self.strand.steps < 0 { look(self, false) } else { Ok(()) }
    }
}

#[cold]
#[inline(never)]
fn look(py: &mut Py, share: bool) -> Result<()> {
    py.strand.steps = STEPS;
    py.strand.looks += 1;
    py.strand.ticks = py.strand.ticks.min(0);
    if py.thread.breaker().load(Ordering::Relaxed) == 0 {
        return Ok(());
    }
    let requests = if share && py.strand.looks > LOOKS { py.thread.check() } else { py.thread.requests() };
    super::serve(py, requests)
}
