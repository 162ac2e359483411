//! The library of Lockstep: native modules and the frozen pure-Python part.
#![forbid(unsafe_code)]

mod frozen;
pub mod library;
mod _codecs;
mod _queue;
mod _signal;
mod _thread;
mod faulthandler;
mod _warnings;
mod atexit;
mod errno;
mod sys;
mod _abc;
mod _typing;
mod _weakref;
mod gc;
pub mod _io;
pub mod system;

use lockstep_interp::object::ModuleDef;

/// Every native module of the library, one row each; `import` looks here.
pub const MODULES: &[ModuleDef] = &[
    ModuleDef { name: "_codecs", doc: "", init: _codecs::init },
    ModuleDef { name: "_queue", doc: "C implementation of the Python queue module.\nThis module is an implementation detail, please do not use it directly.", init: _queue::init },
    ModuleDef { name: "faulthandler", doc: "faulthandler module.", init: faulthandler::init },
    ModuleDef { name: "_abc", doc: "Module contains faster C implementation of abc.ABCMeta", init: _abc::init },
    ModuleDef { name: "_io", doc: "The io module provides the Python interfaces to stream handling.", init: _io::init },
    ModuleDef { name: "_signal", doc: "This module provides mechanisms to use signal handlers in Python.", init: _signal::init },
    ModuleDef {
        name: "_thread",
        doc: "This module provides primitive operations to write multi-threaded programs.\nThe 'threading' module provides a more convenient interface.",
        init: _thread::init,
    },
    ModuleDef { name: "_warnings", doc: "_warnings provides basic warning filtering support.\nIt is a helper module to speed up interpreter start-up.", init: _warnings::init },
    ModuleDef {
        name: "atexit",
        doc: "allow programmer to define multiple exit functions to be executed\nupon normal program termination.\n\nTwo public functions, register and unregister, are defined.\n",
        init: atexit::init,
    },
    ModuleDef { name: "errno", doc: "This module makes available standard errno system symbols.", init: errno::init },
    ModuleDef { name: "sys", doc: "", init: sys::init },
    ModuleDef { name: "_typing", doc: "Primitives and accelerators for the typing module.", init: _typing::init },
    ModuleDef { name: "_weakref", doc: "Weak-reference support module.", init: _weakref::init },
    ModuleDef {
        name: "gc",
        doc: "This module provides access to the garbage collector for reference cycles.",
        init: gc::init,
    },
];
