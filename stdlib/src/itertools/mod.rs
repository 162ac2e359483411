//! `itertools`: building blocks of iteration. Every `__next__` allocates only what it returns.

mod chains;
mod choices;
mod groups;
mod infinite;
mod selection;

use lockstep_interp::object::NativeType;
use lockstep_interp::object::raise::Result;
use lockstep_interp::types::dict;
use lockstep_interp::types::module::Module;
use lockstep_interp::{Py, Ref, Value};

/// The items of a tuple in the making.
type Items = smallvec::SmallVec<[Value; 8]>;

/// The next item of an iterator in an optional place; the place is emptied at the end.
///
/// The iterator is cloned: Python code that runs meanwhile may empty the place.
fn advance(py: &mut Py, iterator: &Value) -> Result<Option<Value>> {
    py.next(iterator)
}

/// `NEXT` of an iterator from its `__next__`.
macro_rules! step {
    ($ty:ident) => {
        Some(|py, iterator| match iterator.downcast::<$ty>() {
            Some(this) => <$ty>::__next__(py, this).map(|next| next.0),
            None => Ok(None),
        })
    };
    ($ty:ident, simple) => {
        Some(|py, iterator| Ok(iterator.downcast::<$ty>().and_then(|this| <$ty>::__next__(py, this).0)))
    };
}
use step;

/// Fill the module.
pub fn init(py: &mut Py, module: &Ref<Module>) -> Result<()> {
    let d = py.module_dict(module);
    macro_rules! types {
        ($($ty:ty),* $(,)?) => { $(
            let ty = py.define::<$ty>();
            dict::set_name(py, &d, <$ty>::NAME, ty.into_value());
        )* };
    }
    types! {
        chains::Accumulate, chains::Chain, chains::ZipLongest, chains::StarMap, chains::Pairwise, chains::Batched,
        infinite::Count, infinite::Cycle, infinite::Repeat,
        selection::Compress, selection::DropWhile, selection::TakeWhile, selection::FilterFalse, selection::ISlice,
        groups::GroupBy, groups::Grouper, groups::Tee,
        choices::Product, choices::Combinations, choices::CombinationsWithReplacement, choices::Permutations,
    }
    let tee = py.type_for::<groups::Tee>().into_value();
    dict::set_name(py, &d, "_tee", tee);
    py.add_functions::<groups::Functions>(&d, "itertools");
    Ok(())
}
