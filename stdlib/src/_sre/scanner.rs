//! Scanners: matches one after the other, at request. `finditer` is one.

use lockstep_heap::{Guarded, Object, Ref, Value, Visitor};
use lockstep_interp::object::ops::Next;
use lockstep_interp::object::raise::{Result, value_error};
use lockstep_interp::object::{NativeType, Py, TypeFlags};
use lockstep_macros::methods;

use super::pattern::Pattern;
use super::walk::{How, Walk};

/// The payload of a scanner.
pub struct Scanner {
    pattern: Ref<Pattern>,
    string: Value,
    subject: Value,
    /// None: a match is under way.
    walk: Option<Box<Walk>>,
    /// Nothing was found, and nothing will be.
    done: bool,
}

impl Object for Scanner {
    type Access = Guarded;
    const TRACKED: bool = true;
    fn trace(&self, visit: &mut Visitor<'_>) {
        visit.reference(&self.pattern);
        visit.value(&self.string);
        visit.value(&self.subject);
    }
}

impl Scanner {
    /// A scanner that begins where a walk stands.
    pub fn new(pattern: &Ref<Pattern>, string: &Value, walk: Walk) -> Scanner {
        let subject = walk.subject.value.clone();
        Scanner { pattern: pattern.clone(), string: string.clone(), subject, walk: Some(Box::new(walk)), done: false }
    }
}

fn step(py: &mut Py, this: &Ref<Scanner>, how: How) -> Result<Value> {
    let scanner = this.get_mut(py);
    if scanner.done {
        return Ok(Value::NONE);
    }
    let Some(mut walk) = scanner.walk.take() else {
        return Err(value_error("regular expression scanner already executing"));
    };
    let (pattern, string) = (scanner.pattern.clone(), scanner.string.clone());
    let found = walk.find(py, &pattern, how);
    let result = match &found {
        Ok(Some(at)) => walk.matched(py, &pattern, &string, *at),
        _ => Ok(Value::NONE),
    };
    let scanner = this.get_mut(py);
    scanner.walk = Some(walk);
    scanner.done = matches!(found, Ok(None));
    found?;
    result
}

#[methods]
impl Scanner {
    #[py("(self, /)")]
    fn r#match(py: &mut Py, this: &Ref<Scanner>) -> Result<Value> {
        step(py, this, How::Match)
    }
    #[py("(self, /)")]
    fn search(py: &mut Py, this: &Ref<Scanner>) -> Result<Value> {
        step(py, this, How::Search)
    }
    #[py("(self, /)")]
    fn __next__(py: &mut Py, this: &Ref<Scanner>) -> Result<Next> {
        let found = step(py, this, How::Search)?;
        Ok(Next(if found.is_none() { None } else { Some(found) }))
    }
    #[getter]
    fn pattern(py: &mut Py, this: &Ref<Scanner>) -> Value {
        this.get(py).pattern.to_value()
    }
}

impl NativeType for Scanner {
    const NAME: &'static str = "SRE_Scanner";
    const MODULE: &'static str = "_sre";
    const FLAGS: u32 = TypeFlags::NO_NEW;
}
