//! Two objects, or one twice, are borrowed for writing at once.

use lockstep_interp::object::Py;
use lockstep_interp::types::list::List;

fn swap(py: &mut Py, a: &lockstep_heap::Ref<List>, b: &lockstep_heap::Ref<List>) {
    std::mem::swap(a.get_mut(py), b.get_mut(py));
}

fn main() {
    let _ = swap;
}
