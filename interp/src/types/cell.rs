//! `cell`: a variable shared by a function and the functions inside it.

use lockstep_heap::{Guarded, Object, Tag, Value, Visitor};
use lockstep_macros::methods;

use crate::object::{NativeType};

/// The payload of a cell.
#[derive(Default)]
pub struct Cell {
    /// What it holds.
    pub content: Option<Value>,
}

impl Object for Cell {
    type Access = Guarded;
    const TAG: Tag = Tag::CELL;
    const TRACKED: bool = true;
    fn trace(&self, visit: &mut Visitor<'_>) {
        visit.option(&self.content);
    }
    fn clear(&mut self, out: &mut Vec<Value>) {
        out.extend(self.content.take());
    }
}

#[methods]
impl Cell {}

impl NativeType for Cell {
    const NAME: &'static str = "cell";
    const FLAGS: u32 = 0;
}
