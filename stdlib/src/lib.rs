//! The library of Lockstep: native modules and the frozen pure-Python part.
#![forbid(unsafe_code)]

mod _abc;
mod _ast;
mod _bisect;
mod _codecs;
mod _collections;
mod _contextvars;
mod _functools;
mod _heapq;
mod _imp;
pub mod _io;
mod _json;
mod _opcode;
mod _operator;
mod _posixsubprocess;
mod _queue;
mod _random;
mod _signal;
mod _sre;
mod _string;
mod _struct;
mod _symtable;
mod _thread;
mod _tokenize;
mod _types;
mod _typing;
mod _warnings;
mod _weakref;
mod atexit;
mod binascii;
mod errno;
mod faulthandler;
mod frozen;
mod gc;
mod itertools;
pub mod library;
mod math;
pub mod posix;
mod select;
mod sys;
pub mod system;
mod time;

use lockstep_interp::object::ModuleDef;

/// Every native module of the library, one row each; `import` looks here.
pub const MODULES: &[ModuleDef] = &[
    ModuleDef { name: "_ast", doc: "", init: _ast::init },
    ModuleDef { name: "_contextvars", doc: "Context Variables", init: _contextvars::init },
    ModuleDef { name: "_imp", doc: "(Extremely) low-level import machinery bits as used by importlib.", init: _imp::init },
    ModuleDef {
        name: "_collections",
        doc: "High performance data structures.\n- deque:        ordered collection accessible from endpoints only\n- defaultdict:  dict subclass with a default value factory\n",
        init: _collections::init,
    },
    ModuleDef { name: "_bisect", doc: "Bisection algorithms.", init: _bisect::init },
    ModuleDef { name: "_functools", doc: "Tools that operate on functions.", init: _functools::init },
    ModuleDef { name: "_opcode", doc: "Opcode support module.", init: _opcode::init },
    ModuleDef { name: "_operator", doc: "Operator interface.", init: _operator::init },
    ModuleDef { name: "_heapq", doc: "Priority queues in lists.", init: _heapq::init },
    ModuleDef { name: "_json", doc: "json speedups\n", init: _json::init },
    ModuleDef { name: "_random", doc: "Module implements the Mersenne Twister random number generator.", init: _random::init },
    ModuleDef { name: "itertools", doc: "Building blocks of iteration.", init: itertools::init },
    ModuleDef {
        name: "math",
        doc: "This module provides access to the mathematical functions\ndefined by the C standard.",
        init: math::init,
    },
    ModuleDef { name: "_codecs", doc: "", init: _codecs::init },
    ModuleDef {
        name: "_queue",
        doc: "C implementation of the Python queue module.\nThis module is an implementation detail, please do not use it directly.",
        init: _queue::init,
    },
    ModuleDef { name: "_posixsubprocess", doc: "A POSIX helper for the subprocess module.", init: _posixsubprocess::init },
    ModuleDef {
        name: "select",
        doc: "This module supports asynchronous I/O on multiple file descriptors.\n\n*** IMPORTANT NOTICE ***\nOn Windows, only sockets are supported; on Unix, all file descriptors.",
        init: select::init,
    },
    ModuleDef { name: "faulthandler", doc: "faulthandler module.", init: faulthandler::init },
    ModuleDef { name: "_abc", doc: "Module contains faster C implementation of abc.ABCMeta", init: _abc::init },
    ModuleDef { name: "time", doc: "This module provides various functions to manipulate time values.", init: time::init },
    ModuleDef { name: "_string", doc: "string helper module", init: _string::init },
    ModuleDef { name: "_struct", doc: "Functions to convert between Python values and C structs.", init: _struct::init },
    ModuleDef { name: "binascii", doc: "Conversion between binary data and ASCII", init: binascii::init },
    ModuleDef { name: "_sre", doc: "The engine of regular expressions.", init: _sre::init },
    ModuleDef {
        name: "posix",
        doc: "This module provides access to operating system functionality that is\nstandardized by the C Standard and the POSIX standard (a thinly\ndisguised Unix interface).",
        init: posix::init,
    },
    ModuleDef { name: "_io", doc: "The io module provides the Python interfaces to stream handling.", init: _io::init },
    ModuleDef { name: "_signal", doc: "This module provides mechanisms to use signal handlers in Python.", init: _signal::init },
    ModuleDef {
        name: "_thread",
        doc: "This module provides primitive operations to write multi-threaded programs.\nThe 'threading' module provides a more convenient interface.",
        init: _thread::init,
    },
    ModuleDef {
        name: "_warnings",
        doc: "_warnings provides basic warning filtering support.\nIt is a helper module to speed up interpreter start-up.",
        init: _warnings::init,
    },
    ModuleDef {
        name: "atexit",
        doc: "allow programmer to define multiple exit functions to be executed\nupon normal program termination.\n\nTwo public functions, register and unregister, are defined.\n",
        init: atexit::init,
    },
    ModuleDef { name: "errno", doc: "This module makes available standard errno system symbols.", init: errno::init },
    ModuleDef { name: "sys", doc: "", init: sys::init },
    ModuleDef { name: "_tokenize", doc: "", init: _tokenize::init },
    ModuleDef { name: "_symtable", doc: "", init: _symtable::init },
    ModuleDef { name: "_types", doc: "Define names for built-in types.", init: _types::init },
    ModuleDef { name: "_typing", doc: "Primitives and accelerators for the typing module.", init: _typing::init },
    ModuleDef { name: "_weakref", doc: "Weak-reference support module.", init: _weakref::init },
    ModuleDef { name: "gc", doc: "This module provides access to the garbage collector for reference cycles.", init: gc::init },
];
