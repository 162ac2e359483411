//! The strands of all threads: where each thread is, for dumps and `sys._current_frames()`.

use std::cell::Cell;

use lockstep_compile::code::object::Name;
use lockstep_heap::{Ref, Value};

use crate::object::Py;
use crate::object::strand::{Frame, Strand};
use crate::types::frame::FrameObject;

/// The strands of the threads that are inside the interpreter.
#[derive(Default)]
pub struct Strands {
    list: Vec<(u64, *const Strand)>,
}

/// Where a thread is: one line of a stack, innermost first.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    /// The file.
    pub file: String,
    /// The line, from 1.
    pub line: u32,
    /// The function.
    pub function: String,
}

thread_local! {
    /// The strand of this thread, while it is listed.
    static HERE: Cell<*const Strand> = const { Cell::new(std::ptr::null()) };
}

/// Lists the thread's strand while it lives.
pub(super) struct Listed {
    id: u64,
    before: *const Strand,
}

impl Listed {
    /// The strand of `py` must stay where it is until the result is dropped.
    pub(super) fn new(py: &mut Py) -> Listed {
        let (id, strand) = (py.thread_id(), &raw const py.strand);
        py.shared_mut().strands.list.push((id, strand));
        Listed { id, before: HERE.replace(strand) }
    }
    /// Takes it off the list; the lock is held.
    pub(super) fn leave(&self, py: &mut Py) {
        py.shared_mut().strands.list.retain(|(id, _)| *id != self.id);
        HERE.set(self.before);
    }
}

/// Files and lines of this thread's frames, innermost first and at most `limit`, and how many frames
/// there are. The lock is held; lines are those of the instructions that were told last.
pub(super) fn lines_here(limit: usize) -> (Vec<(Name, u32)>, usize) {
    let mut lines = Vec::new();
    let mut count = 0;
    let strand = HERE.get();
    if strand.is_null() {
        return (lines, count);
    }
    // SAFETY: the strand is this thread's own and listed, its frames are alive.
    unsafe {
        let mut frame = (*strand).frame;
        while !frame.is_null() {
            if lines.len() < limit {
                let code = &(*(*frame).code).code;
                let line = code.position((*frame).index()).line;
                lines.push((code.filename.clone(), if line == 0 { code.first_line } else { line }));
            }
            count += 1;
            frame = (*frame).prev;
        }
    }
    (lines, count)
}

impl Py {
    /// The frames of a thread, innermost first.
    fn frames_of(&self, strand: *const Strand) -> Vec<*mut Frame> {
        let mut out = Vec::new();
        // SAFETY: a listed strand is alive; its thread does not run, because we hold the lock
        // (or it is ours), so its frames stay as they are.
        unsafe {
            let mut frame = (*strand).frame;
            while !frame.is_null() {
                out.push(frame);
                frame = (*frame).prev;
            }
        }
        out
    }

    /// Where every thread is, at most `limit` lines of each.
    pub fn thread_places(&self, limit: usize) -> Vec<(u64, Vec<Place>)> {
        let mut out = Vec::new();
        for (id, strand) in &self.shared().strands.list {
            let places = self.frames_of(*strand).into_iter().take(limit).map(|frame| {
                // SAFETY: as in `frames_of`; a frame's code is alive while the frame is.
                let (code, index) = unsafe { (&(*(*frame).code).code, (*frame).index()) };
                Place { file: code.filename.to_string(), line: code.position(index).line, function: code.name.to_string() }
            });
            out.push((*id, places.collect()));
        }
        out.sort_by_key(|(id, _)| *id);
        out
    }

    /// `sys._current_frames()`: the innermost frame of every thread.
    pub fn current_frames(&mut self) -> Vec<(u64, Ref<FrameObject>)> {
        let list = self.shared().strands.list.clone();
        let mut out = Vec::new();
        for (id, strand) in list {
            if let Some(frame) = self.frames_of(strand).first() {
                // SAFETY: the frame is alive, see `frames_of`.
                out.push((id, unsafe { self.frame_object(*frame) }));
            }
        }
        out
    }

    /// `sys._current_exceptions()`: what every thread handles.
    pub fn current_exceptions(&self) -> Vec<(u64, Option<Value>)> {
        // SAFETY: as in `frames_of`: a listed strand is alive and does not run.
        let handled = |strand: *const Strand| unsafe { (*strand).handled.clone() };
        self.shared().strands.list.iter().map(|(id, strand)| (*id, handled(*strand))).collect()
    }

    /// In a forked child: the other threads are not there.
    pub fn forget_other_strands(&mut self) {
        let id = self.thread_id();
        self.shared_mut().strands.list.retain(|(other, _)| *other == id);
    }
}
