//! The inside of a list is borrowed while Python code runs, which may change the list.

use lockstep_interp::object::Py;
use lockstep_interp::types::list::List;

fn first_repr(py: &mut Py, list: &lockstep_heap::Ref<List>) {
    let items = &list.get(py).items;
    let shown = py.repr(&items[0]);
    drop((items, shown));
}

fn main() {
    let _ = first_repr;
}
