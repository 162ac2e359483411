//! The library of Lockstep: native modules and the frozen pure-Python part.
#![forbid(unsafe_code)]

mod _abc;
mod _ast;
mod _bisect;
mod _blake2;
mod _bz2;
mod _codecs;
mod _collections;
mod _contextvars;
mod _csv;
mod _datetime;
mod _decimal;
mod _functools;
mod _heapq;
mod _hmac;
mod _imp;
pub mod _io;
mod _json;
mod _locale;
mod _lsprof;
mod _md5;
mod _multibytecodec;
mod _multiprocessing;
mod _opcode;
mod _operator;
mod _pickle;
mod _posixshmem;
mod _posixsubprocess;
mod _queue;
mod _random;
mod _sha1;
mod _sha2;
mod _sha3;
mod _signal;
mod _socket;
mod _sre;
mod _statistics;
mod _string;
mod _struct;
mod _symtable;
mod _thread;
mod _tokenize;
mod _tracemalloc;
mod _types;
mod _typing;
mod _uuid;
mod _warnings;
mod _weakref;
mod array;
mod atexit;
mod binascii;
mod cmath;
mod errno;
mod faulthandler;
mod fcntl;
mod frozen;
mod gc;
mod grp;
mod hashes;
mod itertools;
pub mod library;
mod marshal;
mod math;
mod mmap;
mod notes;
pub mod posix;
mod pwd;
mod pyexpat;
mod resource;
mod select;
mod sys;
pub mod system;
mod termios;
mod time;
mod unicodedata;
mod zlib;

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
    ModuleDef { name: "_decimal", doc: "C decimal arithmetic module", init: _decimal::init },
    ModuleDef { name: "_functools", doc: "Tools that operate on functions.", init: _functools::init },
    ModuleDef { name: "_locale", doc: "Support for POSIX locales.", init: _locale::init },
    ModuleDef { name: "_lsprof", doc: "Fast profiler", init: _lsprof::init },
    ModuleDef { name: "_opcode", doc: "Opcode support module.", init: _opcode::init },
    ModuleDef { name: "_operator", doc: "Operator interface.", init: _operator::init },
    ModuleDef { name: "_heapq", doc: "Priority queues in lists.", init: _heapq::init },
    ModuleDef { name: "_json", doc: "json speedups\n", init: _json::init },
    ModuleDef { name: "_pickle", doc: "Optimized C implementation for the Python pickle module.", init: _pickle::init },
    ModuleDef { name: "_bz2", doc: "", init: _bz2::init },
    ModuleDef { name: "_multibytecodec", doc: "", init: _multibytecodec::init },
    ModuleDef { name: "_codecs_cn", doc: "", init: _multibytecodec::init_country },
    ModuleDef { name: "_codecs_hk", doc: "", init: _multibytecodec::init_country },
    ModuleDef { name: "_codecs_jp", doc: "", init: _multibytecodec::init_country },
    ModuleDef { name: "_codecs_kr", doc: "", init: _multibytecodec::init_country },
    ModuleDef { name: "_codecs_tw", doc: "", init: _multibytecodec::init_country },
    ModuleDef { name: "_multiprocessing", doc: "", init: _multiprocessing::init },
    ModuleDef { name: "_posixshmem", doc: "POSIX shared memory module", init: _posixshmem::init },
    ModuleDef { name: "_md5", doc: "MD5 hash function.", init: _md5::init },
    ModuleDef { name: "_sha1", doc: "SHA-1 hash function.", init: _sha1::init },
    ModuleDef { name: "_sha2", doc: "SHA-2 hash functions.", init: _sha2::init },
    ModuleDef { name: "_sha3", doc: "SHA-3 hash functions.", init: _sha3::init },
    ModuleDef { name: "_blake2", doc: "BLAKE2 hash functions.", init: _blake2::init },
    ModuleDef { name: "_hmac", doc: "Keyed hashing.", init: _hmac::init },
    ModuleDef {
        name: "zlib",
        doc: "The functions in this module allow compression and decompression using the\nzlib library, which is based on GNU zip.\n\nadler32(string[, start]) -- Compute an Adler-32 checksum.\ncompress(data[, level]) -- Compress data, with compression level 0-9 or -1.\ncompressobj([level[, ...]]) -- Return a compressor object.\ncrc32(string[, start]) -- Compute a CRC-32 checksum.\ndecompress(string,[wbits],[bufsize]) -- Decompresses a compressed string.\ndecompressobj([wbits[, zdict]]) -- Return a decompressor object.\n\n'wbits' is window buffer size and container format.\nCompressor objects support compress() and flush() methods; decompressor\nobjects support decompress() and flush().",
        init: zlib::init,
    },
    ModuleDef {
        name: "unicodedata",
        doc: "This module provides access to the Unicode Character Database which\ndefines character properties for all Unicode characters.",
        init: unicodedata::init,
    },
    ModuleDef {
        name: "array",
        doc: "This module defines an object type which can efficiently represent\nan array of basic values: characters, integers, floating-point\nnumbers.  Arrays are sequence types and behave very much like lists,\nexcept that the type of objects stored in them is constrained.\n",
        init: array::init,
    },
    ModuleDef { name: "_datetime", doc: "Fast implementation of the datetime module.", init: _datetime::init },
    ModuleDef {
        name: "pwd",
        doc: "This module provides access to the Unix password database.\nIt is available on all Unix versions.\n\nPassword database entries are reported as 7-tuples containing the following\nitems from the password database (see `<pwd.h>'), in order:\npw_name, pw_passwd, pw_uid, pw_gid, pw_gecos, pw_dir, pw_shell.\nThe uid and gid items are integers, all others are strings. An\nexception is raised if the entry asked for cannot be found.",
        init: pwd::init,
    },
    ModuleDef { name: "resource", doc: "", init: resource::init },
    ModuleDef {
        name: "termios",
        doc: "This module provides an interface to the Posix calls for tty I/O control.\n\nFor a complete description of these calls, see the Posix or Unix manual\npages. It is only available for those Unix versions that support Posix\ntermios style tty I/O control (and then only if configured at installation\ntime).\n\nAll functions in this module take a file descriptor fd as their first\nargument. This can be an integer file descriptor, such as returned by\nsys.stdin.fileno(), or a file object, such as sys.stdin itself.",
        init: termios::init,
    },
    ModuleDef { name: "grp", doc: "Access to the Unix group database.", init: grp::init },
    ModuleDef { name: "_uuid", doc: "", init: _uuid::init },
    ModuleDef { name: "_csv", doc: "CSV parsing and writing.\n", init: _csv::init },
    ModuleDef { name: "_statistics", doc: "Accelerators for the statistics module.\n", init: _statistics::init },
    ModuleDef {
        name: "cmath",
        doc: "This module provides access to mathematical functions for complex\nnumbers.",
        init: cmath::init,
    },
    ModuleDef {
        name: "marshal",
        doc: "This module contains functions that can read and write Python values in\na binary format. The format is specific to Python, but independent of\nmachine architecture issues.",
        init: marshal::init,
    },
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
    ModuleDef {
        name: "_socket",
        doc: "Implementation module for socket operations.\n\nSee the socket module for documentation.",
        init: _socket::init,
    },
    ModuleDef { name: "faulthandler", doc: "faulthandler module.", init: faulthandler::init },
    ModuleDef {
        name: "fcntl",
        doc: "This module performs file control and I/O control on file\ndescriptors.  It is an interface to the fcntl() and ioctl() Unix\nroutines.  File descriptors can be obtained with the fileno() method of\na file or socket object.",
        init: fcntl::init,
    },
    ModuleDef { name: "mmap", doc: "", init: mmap::init },
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
    ModuleDef { name: "pyexpat", doc: "Python wrapper for Expat parser.", init: pyexpat::init },
    ModuleDef { name: "errno", doc: "This module makes available standard errno system symbols.", init: errno::init },
    ModuleDef { name: "sys", doc: "", init: sys::init },
    ModuleDef { name: "_tokenize", doc: "", init: _tokenize::init },
    ModuleDef { name: "_symtable", doc: "", init: _symtable::init },
    ModuleDef { name: "_tracemalloc", doc: "Debug module to trace memory blocks allocated by Python.", init: _tracemalloc::init },
    ModuleDef { name: "_types", doc: "Define names for built-in types.", init: _types::init },
    ModuleDef { name: "_typing", doc: "Primitives and accelerators for the typing module.", init: _typing::init },
    ModuleDef { name: "_weakref", doc: "Weak-reference support module.", init: _weakref::init },
    ModuleDef { name: "gc", doc: "This module provides access to the garbage collector for reference cycles.", init: gc::init },
];
