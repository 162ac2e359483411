//! `_sre`: the engine below `re`. The compiler of patterns is `re` itself.

mod engine;
mod matched;
mod pattern;
mod replace;
mod scanner;
mod subject;
mod walk;

use lockstep_heap::{Ref, Value};
use lockstep_interp::object::Py;
use lockstep_interp::object::raise::{Result, type_error};
use lockstep_interp::types::dict::{self, Dict};
use lockstep_interp::types::list::List;
use lockstep_interp::types::module::Module;
use lockstep_interp::types::str::Str;
use lockstep_interp::types::tuple::Tuple;
use lockstep_macros::module;

use engine::{category, words};
use matched::Match;
use pattern::Pattern;
use replace::Template;
use scanner::Scanner;

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
        let made = Pattern::new(pattern, flags, codes, groups, (groupindex.clone(), indexgroup.clone()), is_bytes)?;
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
        size_of::<u32>() as i32
    }
    #[py("(character, /)")]
    fn ascii_iscased(_py: &mut Py, character: u32) -> bool {
        character < 128 && (character as u8).is_ascii_alphabetic()
    }
    #[py("(character, /)")]
    fn unicode_iscased(_py: &mut Py, character: u32) -> bool {
        let c = character;
        category::lower_unicode(c) != c || category::upper_unicode(c) != c
    }
    #[py("(character, /)")]
    fn ascii_tolower(_py: &mut Py, character: u32) -> u32 {
        category::lower_ascii(character)
    }
    #[py("(character, /)")]
    fn unicode_tolower(_py: &mut Py, character: u32) -> u32 {
        category::lower_unicode(character)
    }
}

/// `Pattern[str]`
fn generic(py: &mut Py, cls: &Value, item: &Value) -> Result<Value> {
    let import = crate::_io::builtin(py, "__import__")?;
    let name = py.str("types");
    let types = py.call(&import, &[name])?;
    py.call_method(&types, "GenericAlias", &[cls.clone(), item.clone()])
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
        ("MAGIC", words::MAGIC),
        ("CODESIZE", size_of::<u32>() as u32),
        ("MAXREPEAT", words::MAXREPEAT),
        ("MAXGROUPS", words::MAXGROUPS),
    ] {
        let n = py.int(i64::from(n));
        dict::set_name(py, &namespace, name, n);
    }
    Ok(())
}
