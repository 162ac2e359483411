//! `sys`: the interpreter as scripts see it.

mod frames;
mod hooks;
mod info;
mod monitoring;
mod names;
mod namespace;
mod settings;

pub(crate) use hooks::audit_event;
use lockstep_interp::object::Members;
use lockstep_interp::types::dict::{self, Dict};
use lockstep_interp::types::module::Module;
use lockstep_interp::{Py, Ref, Result, Value};

/// The functions of `M` in a namespace, under the module name `sys`.
fn add<M: Members>(py: &mut Py, namespace: &Ref<Dict>) {
    py.add_functions::<M>(namespace, "sys");
}

/// A name of the `sys` module.
fn get(py: &mut Py, name: &str) -> Option<Value> {
    let namespace = py.shared().sys.clone()?;
    dict::get_name(py, &namespace, name)
}

/// Fill the module.
pub fn init(py: &mut Py, module: &Ref<Module>) -> Result<()> {
    py.shared_mut().tree_hooks = Some(crate::_ast::HOOKS);
    let namespace = py.module_dict(module);
    add::<frames::Frames>(py, &namespace);
    add::<hooks::Hooks>(py, &namespace);
    add::<settings::Settings>(py, &namespace);
    info::fill(py, &namespace);
    monitoring::fill(py, &namespace);
    for hook in ["displayhook", "excepthook", "breakpointhook", "unraisablehook"] {
        if let Some(function) = dict::get_name(py, &namespace, hook) {
            dict::set_name(py, &namespace, &format!("__{hook}__"), function);
        }
    }
    let args = hooks::args_type(py).into_value();
    dict::set_name(py, &namespace, "UnraisableHookArgs", args);
    py.shared_mut().unraisable = Some(hooks::report);
    Ok(())
}
