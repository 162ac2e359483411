//! The library of Lockstep: native modules and the frozen pure-Python part.
#![forbid(unsafe_code)]

mod frozen;
pub mod library;
mod _queue;
mod _signal;
mod _thread;
mod faulthandler;

use lockstep_interp::object::ModuleDef;

/// Every native module of the library, one row each; `import` looks here.
pub const MODULES: &[ModuleDef] = &[
    ModuleDef { name: "_queue", doc: "C implementation of the Python queue module.\nThis module is an implementation detail, please do not use it directly.", init: _queue::init },
    ModuleDef { name: "faulthandler", doc: "faulthandler module.", init: faulthandler::init },
    ModuleDef { name: "_signal", doc: "This module provides mechanisms to use signal handlers in Python.", init: _signal::init },
    ModuleDef {
        name: "_thread",
        doc: "This module provides primitive operations to write multi-threaded programs.\nThe 'threading' module provides a more convenient interface.",
        init: _thread::init,
    },
];
