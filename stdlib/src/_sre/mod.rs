//! `_sre`: the engine below `re`. The compiler of patterns is `re` itself.

mod find;
mod matched;
mod pattern;

use lockstep_heap::{Ref, Value};
use lockstep_interp::object::Py;
use lockstep_interp::object::raise::{Result, type_error};
use lockstep_interp::types::dict::{self, Dict};
use lockstep_interp::types::list::List;
use lockstep_interp::types::module::Module;
use lockstep_interp::types::str::Str;
use lockstep_interp::types::tuple::Tuple;
use lockstep_macros::module;
use rustpython_sre_engine as engine;

use matched::{Match, Template};
use pattern::{Pattern, Scanner};

/// The functions of `_sre`.
pub struct Sre;

#[module]
impl Sre {
    #[py("(pattern, flags, code, groups, groupindex, indexgroup)")]
    fn compile(
        py: &mut Py,
        pattern: Value,
        flags: i64,
        code: &Ref<List>,
        groups: usize,
        groupindex: &Ref<Dict>,
        indexgroup: &Ref<Tuple>,
    ) -> Result<Value> {
        let items = code.get(py).items.clone();
        let mut codes = Vec::with_capacity(items.len());
        for item in &items {
            let n = py.index_clamped(item)?;
            match u32::try_from(n) {
                Ok(n) => codes.push(n),
                Err(_) => {
                    return Err(lockstep_interp::object::raise::overflow_error("regular expression code size limit exceeded"));
                }
            }
        }
        let is_bytes = match (pattern.is_none(), pattern.is_a::<Str>()) {
            (true, _) => None,
            (_, is_str) => Some(!is_str),
        };
        let made = Pattern {
            pattern,
            flags,
            codes: codes.into(),
            groups,
            index: groupindex.clone(),
            names: indexgroup.clone(),
            is_bytes,
        };
        Ok(py.make(made).into_value())
    }
    #[py("(pattern, template, /)")]
    fn template(py: &mut Py, pattern: &Ref<Pattern>, template: &Ref<List>) -> Result<Value> {
        let _ = pattern;
        let items = template.get(py).items.clone();
        let mut groups = Vec::new();
        let mut literals = Vec::new();
        for (i, item) in items.into_iter().enumerate() {
            if i % 2 == 0 {
                literals.push(item);
            } else {
                let n = py.index_clamped(&item)?;
                match usize::try_from(n) {
                    Ok(n) if n <= pattern.groups => groups.push(n),
                    _ => return Err(type_error("invalid template")),
                }
            }
        }
        if literals.len() != groups.len() + 1 {
            return Err(type_error("invalid template"));
        }
        Ok(py.make(Template { literals, groups }).into_value())
    }
    #[py("()")]
    fn getcodesize(_py: &mut Py) -> i32 {
        engine::CODESIZE as i32
    }
    #[py("(character, /)")]
    fn ascii_iscased(_py: &mut Py, character: u32) -> bool {
        character < 128 && (character as u8).is_ascii_alphabetic()
    }
    #[py("(character, /)")]
    fn unicode_iscased(_py: &mut Py, character: u32) -> bool {
        let c = character;
        engine::string::lower_unicode(c) != c || engine::string::upper_unicode(c) != c
    }
    #[py("(character, /)")]
    fn ascii_tolower(_py: &mut Py, character: u32) -> u32 {
        engine::string::lower_ascii(character)
    }
    #[py("(character, /)")]
    fn unicode_tolower(_py: &mut Py, character: u32) -> u32 {
        engine::string::lower_unicode(character)
    }
}

/// Fills the module.
pub fn init(py: &mut Py, module: &Ref<Module>) -> Result<()> {
    py.define::<Pattern>();
    py.define::<Match>();
    py.define::<Scanner>();
    py.define::<Template>();
    let namespace = py.module_dict(module);
    py.add_functions::<Sre>(&namespace, "_sre");
    for (name, n) in [
        ("MAGIC", engine::SRE_MAGIC as i64),
        ("CODESIZE", engine::CODESIZE as i64),
        ("MAXREPEAT", engine::MAXREPEAT as i64),
        ("MAXGROUPS", engine::MAXGROUPS as i64),
    ] {
        let n = py.int(n);
        dict::set_name(py, &namespace, name, n);
    }
    Ok(())
}
