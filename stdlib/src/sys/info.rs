//! Facts about the interpreter: version, flags, limits of numbers, paths.

use std::path::Path;

use lockstep_interp::types::dict::{self, Dict};
use lockstep_interp::types::structseq::StructSpec;
use lockstep_interp::{Py, Ref, Value};

use super::namespace;

/// The language that the interpreter speaks.
const VERSION: (i32, i32, i32) = (3, 14, 0);
const HEX_VERSION: i64 = 0x030E_00F0;

const fn spec(name: &'static str, doc: &'static str, fields: &'static [&'static str]) -> StructSpec {
    StructSpec { name, module: "sys", doc, fields, visible: fields.len(), constructible: false }
}

static VERSION_INFO: StructSpec = spec(
    "version_info",
    "sys.version_info\n\nVersion information as a named tuple.",
    &["major", "minor", "micro", "releaselevel", "serial"],
);
static FLOAT_INFO: StructSpec = spec(
    "float_info",
    "sys.float_info\n\nA named tuple holding information about the float type.",
    &["max", "max_exp", "max_10_exp", "min", "min_exp", "min_10_exp", "dig", "mant_dig", "epsilon", "radix", "rounds"],
);
static INT_INFO: StructSpec = spec(
    "int_info",
    "sys.int_info\n\nA named tuple that holds information about Python's internal representation of integers.",
    &["bits_per_digit", "sizeof_digit", "default_max_str_digits", "str_digits_check_threshold"],
);
static HASH_INFO: StructSpec = spec(
    "hash_info",
    "hash_info\n\nA named tuple providing parameters used for computing hashes.",
    &["width", "modulus", "inf", "nan", "imag", "algorithm", "hash_bits", "seed_bits", "cutoff"],
);
static THREAD_INFO: StructSpec = spec(
    "thread_info",
    "sys.thread_info\n\nA named tuple holding information about the thread implementation.",
    &["name", "lock", "version"],
);
static ASYNCGEN_HOOKS: StructSpec = spec(
    "asyncgen_hooks",
    "asyncgen_hooks\n\nA named tuple providing information about asynchronous generators hooks.",
    &["firstiter", "finalizer"],
);
static FLAGS: StructSpec = StructSpec {
    visible: 18,
    ..spec(
        "flags",
        "sys.flags\n\nFlags provided through command line arguments or environment vars.",
        &[
            "debug",
            "inspect",
            "interactive",
            "optimize",
            "dont_write_bytecode",
            "no_user_site",
            "no_site",
            "ignore_environment",
            "verbose",
            "bytes_warning",
            "quiet",
            "hash_randomization",
            "isolated",
            "dev_mode",
            "utf8_mode",
            "warn_default_encoding",
            "safe_path",
            "int_max_str_digits",
            "gil",
            "thread_inherit_context",
            "context_aware_warnings",
        ],
    )
};

/// `sys.get_asyncgen_hooks()`
pub(super) fn hooks(py: &mut Py, first: Option<Value>, last: Option<Value>) -> Value {
    py.struct_seq(&ASYNCGEN_HOOKS, vec![first.unwrap_or(Value::NONE), last.unwrap_or(Value::NONE)])
}

fn version_info(py: &mut Py) -> Value {
    let level = py.str("final");
    let values = vec![Value::int32(VERSION.0), Value::int32(VERSION.1), Value::int32(VERSION.2), level, Value::int32(0)];
    py.struct_seq(&VERSION_INFO, values)
}

/// The virtual environment that a program lies in: a folder with `pyvenv.cfg`.
fn environment(executable: &Path) -> Option<String> {
    let folder = executable.parent()?;
    let root = folder.parent()?;
    let is_one = folder.join("pyvenv.cfg").is_file() || root.join("pyvenv.cfg").is_file();
    is_one.then(|| root.to_string_lossy().into_owned())
}

fn flags(py: &mut Py) -> Value {
    let config = py.shared().config.clone();
    let f = config.flags;
    let bit = |on: bool| Value::int32(i32::from(on));
    let digits = py.int(config.int_max_str_digits as i64);
    let values = vec![
        Value::int32(i32::from(f.debug)),
        bit(f.inspect),
        bit(f.interactive),
        Value::int32(i32::from(config.optimize)),
        bit(f.dont_write_bytecode),
        bit(f.no_user_site),
        bit(f.no_site),
        bit(f.ignore_environment),
        Value::int32(i32::from(f.verbose)),
        Value::int32(i32::from(f.bytes_warning)),
        bit(f.quiet),
        bit(!f.fixed_hash),
        bit(f.isolated),
        Value::bool(f.dev_mode),
        bit(f.utf8_mode),
        Value::int32(0),
        Value::bool(f.safe_path),
        digits,
        Value::int32(1),
        Value::int32(0),
        Value::int32(0),
    ];
    py.struct_seq(&FLAGS, values)
}

fn numbers(py: &mut Py, namespace: &Ref<Dict>) {
    let float = vec![
        Value::float(f64::MAX),
        Value::int32(f64::MAX_EXP),
        Value::int32(f64::MAX_10_EXP),
        Value::float(f64::MIN_POSITIVE),
        Value::int32(f64::MIN_EXP),
        Value::int32(f64::MIN_10_EXP),
        Value::int32(f64::DIGITS as i32),
        Value::int32(f64::MANTISSA_DIGITS as i32),
        Value::float(f64::EPSILON),
        Value::int32(2),
        Value::int32(1),
    ];
    let int = vec![Value::int32(30), Value::int32(4), Value::int32(4300), Value::int32(640)];
    let algorithm = py.str("siphash13");
    let modulus = py.int((1 << 61) - 1);
    let hash = vec![
        Value::int32(64),
        modulus,
        Value::int32(314_159),
        Value::int32(0),
        Value::int32(1_000_003),
        algorithm,
        Value::int32(64),
        Value::int32(128),
        Value::int32(0),
    ];
    let (name, lock) = (py.str("pthread"), py.str("semaphore"));
    let thread = vec![name, lock, Value::NONE];
    for (name, spec, values) in [
        ("float_info", &FLOAT_INFO, float),
        ("int_info", &INT_INFO, int),
        ("hash_info", &HASH_INFO, hash),
        ("thread_info", &THREAD_INFO, thread),
    ] {
        let value = py.struct_seq(spec, values);
        dict::set_name(py, namespace, name, value);
    }
}

/// The values of the `sys` module.
pub(super) fn fill(py: &mut Py, namespace: &Ref<Dict>) {
    numbers(py, namespace);
    let config = py.shared().config.clone();
    let version_info = version_info(py);
    let flags = flags(py);
    let own = env!("CARGO_PKG_VERSION");
    let version = format!("{}.{}.{} (Lockstep {own}, Jan  1 2026, 00:00:00) [Rust]", VERSION.0, VERSION.1, VERSION.2);
    let tag = format!("lockstep-{}{}", VERSION.0, VERSION.1);
    let multiarch = format!("{}-linux-gnu", std::env::consts::ARCH);
    let attributes = vec![
        ("name", py.str("lockstep")),
        ("cache_tag", py.str(&tag)),
        ("version", version_info.clone()),
        ("hexversion", py.int(HEX_VERSION)),
        ("_multiarch", py.str(&multiarch)),
        ("supports_isolated_interpreters", Value::TRUE),
    ];
    let implementation = namespace::make(py, attributes);
    let executable = if config.executable.is_empty() {
        std::env::current_exe().map(|p| p.to_string_lossy().into_owned()).unwrap_or_default()
    } else {
        config.executable.clone()
    };
    let folder = |path: &Path| path.parent().map_or_else(String::new, |p| p.to_string_lossy().into_owned());
    let base = std::fs::canonicalize(&executable).map_or_else(|_| folder(Path::new(&executable)), |path| folder(&path));
    let prefix = environment(Path::new(&executable)).unwrap_or_else(|| base.clone());
    let strings = |py: &mut Py, items: &[String]| {
        let items = items.iter().map(|t| py.str(t)).collect();
        py.list(items)
    };
    let orig_argv = config.orig_argv.iter().map(|arg| py.os_str(arg)).collect();
    let orig_argv = py.list(orig_argv);
    let warn_options = strings(py, &config.warn_options);
    let x_options = py.new_dict();
    for option in &config.x_options {
        let (name, value) = match option.split_once('=') {
            Some((name, value)) => (name, py.str(value)),
            None => (option.as_str(), Value::TRUE),
        };
        dict::set_name(py, &x_options, name, value);
    }
    let mut natives: Vec<&str> = py.shared().library.natives().iter().map(|d| d.name).collect();
    natives.extend(["builtins", "sys"]);
    natives.sort_unstable();
    natives.dedup();
    let natives = natives.into_iter().map(|n| py.str(n)).collect();
    let natives = py.tuple(natives);
    let library: Vec<Value> = super::names::STDLIB.split_whitespace().map(|n| py.intern(n).into_value()).collect();
    let library = py.list(library);
    let frozenset = py.type_named("frozenset").into_value();
    let library = py.call(&frozenset, &[library]).unwrap_or(Value::NONE);
    let git = ["Lockstep", "", ""].map(|t| py.str(t)).to_vec();
    let git = py.tuple(git);
    let maxsize = py.int(i64::MAX);
    let texts = [
        ("version", version.as_str()),
        ("platform", "linux"),
        ("byteorder", if cfg!(target_endian = "little") { "little" } else { "big" }),
        ("float_repr_style", "short"),
        ("abiflags", ""),
        ("platlibdir", "lib"),
        ("_framework", ""),
        ("copyright", "Copyright (c) the Lockstep authors."),
        ("executable", &executable),
        ("_base_executable", &executable),
        ("prefix", &prefix),
        ("exec_prefix", &prefix),
        ("base_prefix", &base),
        ("base_exec_prefix", &base),
    ];
    for (name, text) in texts {
        let text = py.str(text);
        dict::set_name(py, namespace, name, text);
    }
    let library_folder = py.str(lockstep_interp::import::find::FROZEN_ENTRY);
    let hexversion = py.int(HEX_VERSION);
    for (name, value) in [
        ("version_info", version_info),
        ("hexversion", hexversion),
        ("api_version", Value::int32(1013)),
        ("implementation", implementation),
        ("flags", flags),
        ("maxsize", maxsize),
        ("maxunicode", Value::int32(0x0010_FFFF)),
        ("orig_argv", orig_argv),
        ("warnoptions", warn_options),
        ("_xoptions", x_options.into_value()),
        ("builtin_module_names", natives),
        ("stdlib_module_names", library),
        ("dont_write_bytecode", Value::bool(config.flags.dont_write_bytecode)),
        ("pycache_prefix", Value::NONE),
        ("_git", git),
        ("_home", Value::NONE),
        ("_stdlib_dir", library_folder),
    ] {
        dict::set_name(py, namespace, name, value);
    }
    let doc = py.str("This module provides access to some objects used or maintained by the\ninterpreter and to functions that interact strongly with the interpreter.");
    dict::set_name(py, namespace, "__doc__", doc);
}
