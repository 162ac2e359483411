//! How native functions are declared; `#[methods]` and `#[module]` make these tables.

use lockstep_heap::{Ref, Value};

use super::call::Keywords;
use super::py::Py;
use super::raise::Result;
use super::special::Special;
use crate::types::module::Module;

/// A native function: receives one slot per parameter of its signature. An optional parameter
/// that was not given and has no literal default is [`Value::UNBOUND`]; `*args` is a tuple and
/// `**kwargs` a dict.
pub type NativeFn = fn(&mut Py, &[Value]) -> Result<Value>;

/// A native function with `*args`: its slots, of which the one of `*args` is empty, what `*args`
/// collects, and what `**kwargs` collects.
pub type StarFn = fn(&mut Py, &[Value], &[Value], &Keywords) -> Result<Value>;

/// A native function's declaration.
#[derive(Debug)]
pub struct NativeDef {
    /// `__name__`
    pub name: &'static str,
    /// Python signature, `(self, object, /, *, key=None)`.
    pub signature: &'static str,
    /// `__doc__`
    pub doc: &'static str,
    /// The function.
    pub call: NativeFn,
    /// The function for calls by position that need no tuple of arguments: its parameters before
    /// `*args` must be given, those behind it need not.
    pub direct: Option<StarFn>,
    /// It takes all keyword arguments as they are.
    pub takes_keywords: bool,
    /// What the name and the signature say, found out when the program was built.
    pub facts: Facts,
}

/// What follows from a native's name and signature.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Facts {
    /// Number of slots.
    pub len: u8,
    /// Leading parameters that must be given.
    pub required: u8,
    /// Parameters that a call by position may fill, if the rest of the slots have defaults:
    /// there is no `*args`, `**kwargs` and no keyword that must be given. 0: not so.
    pub fillable: u8,
    /// Only positional parameters and no `*args`: a call with exactly `len` arguments needs no binding.
    pub simple: bool,
    /// There is `*args`.
    pub star: bool,
    /// Of this name a method of a type is a slot of types in CPython, which shows in its type and repr.
    pub slot: bool,
    /// The special method that a method of this name is.
    pub special: Option<Special>,
}

impl NativeDef {
    /// A declaration.
    pub const fn new(name: &'static str, signature: &'static str, doc: &'static str, call: NativeFn) -> NativeDef {
        NativeDef { name, signature, doc, call, direct: None, takes_keywords: false, facts: Facts::of(name, signature) }
    }
    /// With a function for calls that need no tuple of arguments and, perhaps, no dict of keywords.
    pub const fn directly(self, direct: StarFn, takes_keywords: bool) -> NativeDef {
        NativeDef { direct: Some(direct), takes_keywords, ..self }
    }
}

impl Facts {
    /// Of a function with this name and signature, `(self, object, /, *, key=None)`.
    const fn of(name: &str, signature: &str) -> Facts {
        let (slot, special) = (is_slot(name), Special::of(name));
        let mut facts = Facts { len: 0, required: 0, fillable: 0, simple: true, star: false, slot, special };
        let mut fillable = true;
        let text = signature.as_bytes();
        let (mut keyword_only, mut defaults) = (false, false);
        // Where the part begins (its first byte that is no blank), whether it has a default.
        let (mut start, mut default) = (0, false);
        let (mut depth, mut quote) = (0, 0);
        let mut i = 1;
        while i < text.len() {
            let c = text[i];
            let last = i + 1 == text.len();
            if last || depth == 0 && quote == 0 && c == b',' {
                let part = if start == 0 { 0 } else { i - start };
                let second = if part > 1 { text[start + 1] } else { b' ' };
                if part == 0 || text[start] == b'/' {
                } else if text[start] == b'*' && (second == b' ' || part == 1) {
                    keyword_only = true;
                } else {
                    facts.len += 1;
                    if text[start] == b'*' {
                        keyword_only = true;
                        facts.simple = false;
                        facts.star |= second != b'*';
                        fillable = false;
                    } else if keyword_only {
                        facts.simple = false;
                        fillable = fillable && default;
                    } else {
                        facts.fillable += 1;
                        if default || defaults {
                            defaults = true;
                        } else {
                            facts.required += 1;
                        }
                    }
                }
                (start, default) = (0, false);
            } else {
                match c {
                    _ if quote != 0 && c == quote => quote = 0,
                    _ if quote != 0 => {}
                    b'\'' | b'"' => quote = c,
                    b'(' | b'[' | b'<' | b'{' => depth += 1,
                    b')' | b']' | b'>' | b'}' => depth -= 1,
                    b'=' if depth == 0 => default = true,
                    _ => {}
                }
                if start == 0 && c != b' ' {
                    start = i;
                }
            }
            i += 1;
        }
        if !fillable {
            facts.fillable = 0;
        }
        facts
    }
}

/// Special names of plain methods.
const PLAIN: &[&str] = &[
    "__format__",
    "__reduce__",
    "__reduce_ex__",
    "__getstate__",
    "__setstate__",
    "__dir__",
    "__sizeof__",
    "__subclasshook__",
    "__init_subclass__",
    "__class_getitem__",
    "__reversed__",
    "__length_hint__",
    "__getnewargs__",
    "__getnewargs_ex__",
    "__instancecheck__",
    "__subclasscheck__",
    "__subclasses__",
    "__prepare__",
    "__missing__",
    "__enter__",
    "__exit__",
    "__complex__",
    "__bytes__",
    "__round__",
    "__trunc__",
    "__floor__",
    "__ceil__",
    "__copy__",
    "__deepcopy__",
    "__mro_entries__",
    "__set_name__",
    "__aenter__",
    "__aexit__",
    "__getformat__",
    "__alloc__",
    "__typing_subst__",
];

/// Whether a method of this name is a slot of types in CPython.
pub(crate) const fn is_slot(name: &str) -> bool {
    let bytes = name.as_bytes();
    let n = bytes.len();
    if n < 4 || bytes[0] != b'_' || bytes[1] != b'_' || bytes[n - 1] != b'_' || bytes[n - 2] != b'_' {
        return false;
    }
    let mut i = 0;
    while i < PLAIN.len() {
        if same(name, PLAIN[i]) {
            return false;
        }
        i += 1;
    }
    true
}

/// Whether two texts are equal, when the program is built.
pub(super) const fn same(a: &str, b: &str) -> bool {
    let (a, b) = (a.as_bytes(), b.as_bytes());
    if a.len() != b.len() {
        return false;
    }
    let mut i = 0;
    while i < a.len() {
        if a[i] != b[i] {
            return false;
        }
        i += 1;
    }
    true
}

/// An entry of a native type or module.
#[derive(Debug)]
pub enum Member {
    /// A method of instances.
    Method(NativeDef),
    /// A class method; its first slot is the class.
    ClassMethod(NativeDef),
    /// A static method (`__new__` too).
    StaticMethod(NativeDef),
    /// A function of a module.
    Function(NativeDef),
    /// An attribute computed by functions. `get`'s slots: the instance; `set`'s: the instance
    /// and the value, unbound for deletion.
    Property {
        /// Its name.
        name: &'static str,
        /// Its documentation.
        doc: &'static str,
        /// Reads it.
        get: NativeFn,
        /// Writes or deletes it.
        set: Option<NativeFn>,
    },
}

/// What `#[methods]` implements.
pub trait Members {
    /// The table.
    const MEMBERS: &'static [Member];
}

/// A native module's declaration: a row of the table of modules that `import` looks into.
#[derive(Debug)]
pub struct ModuleDef {
    /// `__name__`
    pub name: &'static str,
    /// `__doc__`
    pub doc: &'static str,
    /// Fills the namespace of the new module.
    pub init: fn(&mut Py, &Ref<Module>) -> Result<()>,
}
