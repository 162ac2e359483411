//! `_symtable`: the compiler's symbol tables.

use lockstep_compile::compile::{Options, Table, tables};
use lockstep_grammar::{LineIndex, Mode};
use lockstep_interp::builtins::compile::{self, Settings};
use lockstep_interp::object::raise::{Result, value_error};
use lockstep_interp::object::{NativeType, Py};
use lockstep_interp::types::dict::{self, Dict};
use lockstep_interp::types::list::List;
use lockstep_interp::types::module::Module;
use lockstep_interp::types::str::Str;
use lockstep_interp::{Frozen, Object, Ref, Value, Visitor, methods, module};

/// The payload of an entry: one table.
pub struct Entry {
    name: Value,
    kind: u8,
    line: u32,
    nested: bool,
    symbols: Ref<Dict>,
    varnames: Value,
    children: Ref<List>,
}

impl Object for Entry {
    type Access = Frozen;
    const TRACKED: bool = true;
    fn trace(&self, visit: &mut Visitor<'_>) {
        visit.all([&self.name, self.symbols.as_value(), &self.varnames, self.children.as_value()]);
    }
}

#[methods]
impl Entry {
    /// Return repr(self).
    #[py("(self, /)")]
    fn __repr__(py: &mut Py, this: &Ref<Entry>) -> Result<String> {
        let name = py.str_of(&this.name)?;
        Ok(format!("<symtable entry {name}({}), line {}>", this.id(), this.line))
    }
    #[getter]
    fn children(_py: &mut Py, this: &Ref<Entry>) -> Value {
        this.children.to_value()
    }
    #[getter]
    fn id(py: &mut Py, this: &Ref<Entry>) -> Value {
        py.int_from(this.id())
    }
    #[getter]
    fn lineno(_py: &mut Py, this: &Ref<Entry>) -> u32 {
        this.line
    }
    #[getter]
    fn name(_py: &mut Py, this: &Ref<Entry>) -> Value {
        this.name.clone()
    }
    #[getter]
    fn nested(_py: &mut Py, this: &Ref<Entry>) -> u32 {
        u32::from(this.nested)
    }
    #[getter]
    fn symbols(_py: &mut Py, this: &Ref<Entry>) -> Value {
        this.symbols.to_value()
    }
    #[getter(name = "type")]
    fn kind(_py: &mut Py, this: &Ref<Entry>) -> u32 {
        u32::from(this.kind)
    }
    #[getter]
    fn varnames(_py: &mut Py, this: &Ref<Entry>) -> Value {
        this.varnames.clone()
    }
}

impl NativeType for Entry {
    const NAME: &'static str = "symtable entry";
}

fn entry(py: &mut Py, table: &Table) -> Ref<Entry> {
    let symbols = py.new_dict();
    let mut params = Vec::new();
    for (name, flags) in &table.symbols {
        let (key, value) = (py.intern(name), py.int(i64::from(*flags)));
        if flags & 4 != 0 {
            params.push(key.to_value());
        }
        dict::set_str(py, &symbols, &key, value);
    }
    let (name, varnames, children) = (py.str(&table.name), py.list(params), py.new_list(Vec::new()));
    py.make(Entry { name, kind: table.kind, line: table.line, nested: table.nested, symbols, varnames, children })
}

/// The functions of the module.
struct Functions;

#[module]
impl Functions {
    /// Return symbol and scope dictionaries used internally by compiler.
    #[py("(source, filename, startstr, /)")]
    fn symtable(py: &mut Py, source: &Value, filename: &Value, startstr: &str) -> Result<Value> {
        let mode = match startstr {
            "exec" => Mode::Exec,
            "eval" => Mode::Eval,
            "single" => Mode::Single,
            _ => return Err(value_error("symtable() arg 3 must be 'exec' or 'eval' or 'single'")),
        };
        let filename = match filename.downcast::<Str>() {
            Some(name) => name.to_string(),
            None => lockstep_interp::import::path_text(py, filename)?.to_string(),
        };
        let settings = Settings::new(py, &filename, mode);
        let (text, tree) = match source.downcast::<Str>().cloned() {
            Some(text) => {
                let text = text.to_str(py)?.to_owned();
                let tree = compile::parsed(py, &text, &settings)?;
                (text, tree)
            }
            None => {
                let bytes = py.bytes_like(source)?;
                compile::parsed_bytes(py, &bytes, &settings)?
            }
        };
        let lines = LineIndex::new(&text);
        let found = match tables(&tree, &text, &lines, &Options::default()) {
            Ok(found) => found,
            Err(error) => return Err(compile::raise(py, &error, &filename)),
        };
        py.define::<Entry>();
        let entries: Vec<Ref<Entry>> = found.iter().map(|table| entry(py, table)).collect();
        for (table, own) in found.iter().zip(&entries) {
            if let Some(parent) = table.parent.and_then(|parent| entries.get(parent)) {
                parent.children.get_mut(py).items.push(own.to_value());
            }
        }
        Ok(entries.first().map_or(Value::NONE, Ref::to_value))
    }
}

/// CPython's numbers.
const NUMBERS: &[(&str, i64)] = &[
    ("CELL", 5),
    ("DEF_ANNOT", 256),
    ("DEF_BOUND", 2 | 4 | 128 | 1024),
    ("DEF_COMP_CELL", 2048),
    ("DEF_COMP_ITER", 512),
    ("DEF_FREE_CLASS", 64),
    ("DEF_GLOBAL", 1),
    ("DEF_IMPORT", 128),
    ("DEF_LOCAL", 2),
    ("DEF_NONLOCAL", 8),
    ("DEF_PARAM", 4),
    ("DEF_TYPE_PARAM", 1024),
    ("FREE", 4),
    ("GLOBAL_EXPLICIT", 2),
    ("GLOBAL_IMPLICIT", 3),
    ("LOCAL", 1),
    ("SCOPE_MASK", 15),
    ("SCOPE_OFF", 12),
    ("TYPE_ANNOTATION", 3),
    ("TYPE_CLASS", 1),
    ("TYPE_FUNCTION", 0),
    ("TYPE_MODULE", 2),
    ("TYPE_TYPE_ALIAS", 4),
    ("TYPE_TYPE_PARAMETERS", 5),
    ("TYPE_TYPE_VARIABLE", 6),
    ("USE", 16),
];

/// Fill the module.
pub fn init(py: &mut Py, module: &Ref<Module>) -> Result<()> {
    let namespace = py.module_dict(module);
    for (name, number) in NUMBERS {
        let number = py.int(*number);
        dict::set_name(py, &namespace, name, number);
    }
    py.add_functions::<Functions>(&namespace, "_symtable");
    Ok(())
}
