//! `_ast`: syntax trees as objects. `table` holds the classes, `objects` makes nodes of the parser's
//! tree, `read` makes a tree of nodes again, so that it can be compiled.

mod node;
mod objects;
mod optimise;
mod read;
mod table;

use lockstep_grammar::tree::Mod;
use lockstep_interp::object::Py;
use lockstep_interp::object::py::TreeHooks;
use lockstep_interp::object::raise::Result;
use lockstep_interp::types::dict;
use lockstep_interp::types::module::Module;
use lockstep_interp::{Ref, Value};

/// What `compile()` calls for trees.
pub const HOOKS: TreeHooks = TreeHooks { is_tree: read::is_node, to_object, from_object: read::read };

/// The numbers of `compile()`'s flags.
const FLAGS: [(&str, i64); 4] = [
    ("PyCF_ALLOW_TOP_LEVEL_AWAIT", 0x2000),
    ("PyCF_ONLY_AST", 0x400),
    ("PyCF_OPTIMIZED_AST", 0x8400),
    ("PyCF_TYPE_COMMENTS", 0x1000),
];

fn to_object(py: &mut Py, source: &str, tree: &mut Mod, type_comments: bool, optimise: Option<u8>) -> Result<Value> {
    if let Some(level) = optimise {
        optimise::tree(tree, level);
    }
    objects::make(py, source, tree, type_comments)
}

/// Fill the module.
pub fn init(py: &mut Py, module: &Ref<Module>) -> Result<()> {
    table::install(py, module)?;
    let namespace = py.module_dict(module);
    for (name, flag) in FLAGS {
        let flag = py.int(flag);
        dict::set_name(py, &namespace, name, flag);
    }
    Ok(())
}
