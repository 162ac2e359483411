//! `tracemalloc`: which line asked for the memory of each object that is alive.
//!
//! Objects are seen when they are made and freed. The storage of containers (the elements of a
//! list, the table of a dict) is looked at when somebody asks, and belongs to the line that made
//! the container.

use std::cell::RefCell;
use std::collections::{HashMap, HashSet};
use std::rc::Rc;

use lockstep_compile::code::object::Name;
use lockstep_heap::{Observer, Value};

use super::strands::lines_here;
use crate::object::Py;
use crate::types::bytearray::ByteArray;
use crate::types::dict::Dict;
use crate::types::list::List;
use crate::types::set::Set;

/// Files and lines, innermost first.
pub type Lines = Rc<[(Name, u32)]>;

/// The memory of one object or storage.
#[derive(Clone, Debug)]
pub struct Block {
    /// Bytes.
    pub size: usize,
    /// Who asked for it.
    pub lines: Lines,
    /// How many frames there were.
    pub frames: usize,
}

#[derive(Default)]
struct Table {
    blocks: HashMap<u64, Block>,
    /// Each list of lines once.
    known: HashSet<Lines>,
    limit: usize,
    now: usize,
    peak: usize,
}

/// The state of tracing.
#[derive(Default)]
pub struct MemoryTraces {
    table: Option<Rc<RefCell<Table>>>,
}

struct Recorder(Rc<RefCell<Table>>);

impl Observer for Recorder {
    fn made(&self, at: u64, size: usize) {
        let mut table = self.0.borrow_mut();
        let (lines, frames) = lines_here(table.limit);
        let lines = match table.known.get(&*lines) {
            Some(known) => known.clone(),
            None => {
                let lines: Lines = lines.into();
                table.known.insert(lines.clone());
                lines
            }
        };
        table.now += size;
        table.peak = table.peak.max(table.now);
        table.blocks.insert(at, Block { size, lines, frames });
    }
    fn gone(&self, at: u64) {
        let mut table = self.0.borrow_mut();
        if let Some(block) = table.blocks.remove(&at) {
            table.now -= block.size;
        }
    }
}

/// Bytes of what a container has outside of its object.
fn storage(py: &Py, value: &Value) -> usize {
    if let Some(list) = value.downcast::<List>() {
        return list.get(py).items.capacity() * size_of::<Value>();
    }
    if let Some(dict) = value.downcast::<Dict>() {
        return dict.get(py).memory();
    }
    if let Some(set) = value.downcast::<Set>() {
        return set.get(py).table.memory();
    }
    value.downcast::<ByteArray>().map_or(0, |bytes| bytes.get(py).data.capacity())
}

impl Py {
    fn memory_table(&mut self) -> Option<Rc<RefCell<Table>>> {
        self.state::<MemoryTraces>().table.clone()
    }

    /// Trace memory from now on, with at most `limit` lines each; a limit while it goes on already is
    /// passed over.
    pub fn start_memory_traces(&mut self, limit: usize) {
        if self.memory_table().is_some() {
            return;
        }
        let table = Rc::new(RefCell::new(Table { limit, ..Table::default() }));
        self.state::<MemoryTraces>().table = Some(table.clone());
        self.heap().observe(Some(Box::new(Recorder(table))));
        self.refresh_mode();
    }

    /// Trace no longer, and forget.
    pub fn stop_memory_traces(&mut self) {
        self.heap().observe(None);
        self.state::<MemoryTraces>().table = None;
        self.refresh_mode();
    }

    /// Forget what was traced.
    pub fn clear_memory_traces(&mut self) {
        if let Some(table) = self.memory_table() {
            let limit = table.borrow().limit;
            *table.borrow_mut() = Table { limit, ..Table::default() };
        }
    }

    /// Lines kept of each block; none: nothing is traced.
    pub fn memory_trace_limit(&mut self) -> Option<usize> {
        self.memory_table().map(|table| table.borrow().limit)
    }

    /// What was traced of an object, without its storage.
    pub fn memory_trace(&mut self, object: &Value) -> Option<Block> {
        object.header()?;
        let table = self.memory_table()?;
        let table = table.borrow();
        table.blocks.get(&object.id()).cloned()
    }

    /// Storage of the containers that are traced.
    fn stored(&mut self) -> Vec<Block> {
        let Some(table) = self.memory_table() else { return Vec::new() };
        let objects = self.heap().tracked_objects();
        let table = table.borrow();
        let block = |value: &Value| {
            let block = table.blocks.get(&value.id())?;
            let size = storage(self, value);
            (size > 0).then(|| Block { size, ..block.clone() })
        };
        objects.iter().filter_map(block).collect()
    }

    /// Every block that is traced.
    pub fn memory_traces(&mut self) -> Vec<Block> {
        let mut out = self.stored();
        if let Some(table) = self.memory_table() {
            out.extend(table.borrow().blocks.values().cloned());
        }
        out
    }

    /// Bytes that are traced, and the most there were; `reset`: the most from now on.
    pub fn traced_memory(&mut self, reset: bool) -> (usize, usize) {
        let stored: usize = self.stored().iter().map(|block| block.size).sum();
        let Some(table) = self.memory_table() else { return (0, 0) };
        let mut table = table.borrow_mut();
        let now = table.now + stored;
        table.peak = if reset { now } else { table.peak.max(now) };
        (now, table.peak)
    }

    /// Bytes that the traces themselves take.
    pub fn memory_of_traces(&mut self) -> usize {
        let Some(table) = self.memory_table() else { return 0 };
        let table = table.borrow();
        let lines: usize = table.known.iter().map(|lines| size_of_val(&**lines) + 32).sum();
        table.blocks.capacity() * (size_of::<Block>() + 16) + lines
    }
}
