//! `re.Pattern`.

use std::cell::{Cell, OnceCell};

use lockstep_heap::{Frozen, Object, Ref, Value, Visitor};
use lockstep_interp::object::raise::{Exc, Raised, Result};
use lockstep_interp::object::{NativeType, Py, TypeFlags};
use lockstep_interp::types::dict::Dict;
use lockstep_interp::types::tuple::Tuple;
use lockstep_macros::methods;

use super::engine::{self, Encoding, Program, Scratch};
use super::replace::substitute;
use super::scanner::Scanner;
use super::walk::{How, Walk};

/// The payload of a compiled pattern.
pub struct Pattern {
    /// `pattern`
    pub pattern: Value,
    /// `flags`
    pub flags: i64,
    /// The code words, which were found valid.
    pub codes: Box<[u32]>,
    /// `groups`
    pub groups: usize,
    /// `groupindex`
    pub index: Ref<Dict>,
    /// Names of groups by number.
    pub names: Ref<Tuple>,
    /// Whether it is for bytes; none: for anything.
    pub is_bytes: Option<bool>,
    /// The program for text and the one for bytes, when they were needed.
    programs: [OnceCell<Program>; 2],
    /// The engine's memory, while no match is under way.
    scratch: Cell<Option<Box<Scratch>>>,
}

impl Object for Pattern {
    type Access = Frozen;
    const TRACKED: bool = true;
    fn trace(&self, visit: &mut Visitor<'_>) {
        visit.value(&self.pattern);
        visit.reference(&self.index);
        visit.reference(&self.names);
    }
}

impl Pattern {
    /// A pattern of code words, if they are valid.
    pub fn new(
        pattern: Value,
        flags: i64,
        codes: Vec<u32>,
        groups: usize,
        (index, names): (Ref<Dict>, Ref<Tuple>),
        is_bytes: Option<bool>,
    ) -> Result<Pattern> {
        let made = Pattern {
            pattern,
            flags,
            codes: codes.into(),
            groups,
            index,
            names,
            is_bytes,
            programs: [OnceCell::new(), OnceCell::new()],
            scratch: Cell::new(None),
        };
        made.program(if is_bytes == Some(true) { Encoding::Bytes } else { Encoding::Text })?;
        Ok(made)
    }
    /// What the engine runs for a kind of subjects.
    #[inline]
    pub fn program(&self, encoding: Encoding) -> Result<&Program> {
        match self.programs[encoding as usize].get() {
            Some(program) => Ok(program),
            None => self.translate(encoding),
        }
    }
    #[cold]
    fn translate(&self, encoding: Encoding) -> Result<&Program> {
        match engine::translate(&self.codes, self.groups, encoding) {
            Some(program) => Ok(self.programs[encoding as usize].get_or_init(|| program)),
            None => Err(Raised::new(Exc::RuntimeError, "invalid SRE code")),
        }
    }
    /// Memory for a match.
    #[inline]
    pub fn borrow_scratch(&self) -> Box<Scratch> {
        self.scratch.take().unwrap_or_default()
    }
    /// Memory that is not needed any more.
    #[inline]
    pub fn return_scratch(&self, scratch: Box<Scratch>) {
        if scratch.is_small() {
            self.scratch.set(Some(scratch));
        }
    }
}

#[inline]
fn one(py: &mut Py, this: &Ref<Pattern>, string: &Value, pos: &Value, endpos: &Value, how: How) -> Result<Value> {
    let mut walk = Walk::new(py, this, string, pos, endpos)?;
    let result = match walk.find(py, this, how) {
        Ok(Some(at)) => walk.matched(py, this, string, at),
        Ok(None) => Ok(Value::NONE),
        Err(e) => Err(e),
    };
    walk.finish(this);
    result
}

/// What `findall` lists for a match.
fn listed(py: &mut Py, this: &Ref<Pattern>, walk: &Walk, whole: (usize, usize)) -> Value {
    let text = |py: &mut Py, n: usize| match walk.group(n, whole) {
        Some((start, end)) => walk.subject.slice(py, start, end),
        None => walk.subject.make(py, b""),
    };
    match this.groups {
        0 => text(py, 0),
        1 => text(py, 1),
        n => {
            let all = (1..=n).map(|i| text(py, i)).collect();
            py.tuple(all)
        }
    }
}

fn all(py: &mut Py, this: &Ref<Pattern>, walk: &mut Walk) -> Result<Value> {
    let mut out = Vec::new();
    while let Some(at) = walk.find(py, this, How::Search)? {
        out.push(listed(py, this, walk, at));
        if out.len() % 256 == 0 {
            py.check()?;
        }
    }
    Ok(py.list(out))
}

fn pieces(py: &mut Py, this: &Ref<Pattern>, walk: &mut Walk, maxsplit: i64) -> Result<Value> {
    let (mut out, mut done, mut n) = (Vec::new(), 0, 0);
    while maxsplit <= 0 || n < maxsplit {
        let Some((start, end)) = walk.find(py, this, How::Search)? else { break };
        out.push(walk.subject.slice(py, done, start));
        for group in 1..=this.groups {
            out.push(match walk.group(group, (start, end)) {
                Some((start, end)) => walk.subject.slice(py, start, end),
                None => Value::NONE,
            });
        }
        done = end;
        n += 1;
        if n % 256 == 0 {
            py.check()?;
        }
    }
    out.push(walk.subject.slice(py, done, walk.end));
    Ok(py.list(out))
}

#[methods]
impl Pattern {
    /// Matches zero or more characters at the beginning of the string.
    #[py("(self, /, string, pos=0, endpos=sys.maxsize)")]
    fn r#match(py: &mut Py, this: &Ref<Pattern>, string: &Value, pos: &Value, endpos: &Value) -> Result<Value> {
        one(py, this, string, pos, endpos, How::Match)
    }
    /// Matches against all of the string.
    #[py("(self, /, string, pos=0, endpos=sys.maxsize)")]
    fn fullmatch(py: &mut Py, this: &Ref<Pattern>, string: &Value, pos: &Value, endpos: &Value) -> Result<Value> {
        one(py, this, string, pos, endpos, How::Full)
    }
    /// Scan through string looking for a match, and return a corresponding match object instance.
    #[py("(self, /, string, pos=0, endpos=sys.maxsize)")]
    fn search(py: &mut Py, this: &Ref<Pattern>, string: &Value, pos: &Value, endpos: &Value) -> Result<Value> {
        one(py, this, string, pos, endpos, How::Search)
    }
    /// Return a list of all non-overlapping matches of pattern in string.
    #[py("(self, /, string, pos=0, endpos=sys.maxsize)")]
    fn findall(py: &mut Py, this: &Ref<Pattern>, string: &Value, pos: &Value, endpos: &Value) -> Result<Value> {
        let mut walk = Walk::new(py, this, string, pos, endpos)?;
        let result = all(py, this, &mut walk);
        walk.finish(this);
        result
    }
    /// Return an iterator over all non-overlapping matches for the RE pattern in string.
    #[py("(self, /, string, pos=0, endpos=sys.maxsize)")]
    fn finditer(py: &mut Py, this: &Ref<Pattern>, string: &Value, pos: &Value, endpos: &Value) -> Result<Value> {
        let scanner = Pattern::scanner(py, this, string, pos, endpos)?;
        let search = py.getattr(&scanner, "search")?;
        let iter = crate::_io::builtin(py, "iter")?;
        py.call(&iter, &[search, Value::NONE])
    }
    #[py("(self, /, string, pos=0, endpos=sys.maxsize)")]
    fn scanner(py: &mut Py, this: &Ref<Pattern>, string: &Value, pos: &Value, endpos: &Value) -> Result<Value> {
        let walk = Walk::new(py, this, string, pos, endpos)?;
        Ok(py.make(Scanner::new(this, string, walk)).into_value())
    }
    /// Split string by the occurrences of pattern.
    #[py("(self, /, string, maxsplit=0)")]
    fn split(py: &mut Py, this: &Ref<Pattern>, string: &Value, maxsplit: i64) -> Result<Value> {
        let mut walk = Walk::whole(py, this, string)?;
        let result = pieces(py, this, &mut walk, maxsplit);
        walk.finish(this);
        result
    }
    /// Return the string obtained by replacing the leftmost non-overlapping occurrences of pattern in string by the replacement repl.
    #[py("(self, /, repl, string, count=0)")]
    fn sub(py: &mut Py, this: &Ref<Pattern>, repl: &Value, string: &Value, count: i64) -> Result<Value> {
        Ok(substitute(py, this, repl, string, count)?.0)
    }
    /// Return the tuple (new_string, number_of_subs_made).
    #[py("(self, /, repl, string, count=0)")]
    fn subn(py: &mut Py, this: &Ref<Pattern>, repl: &Value, string: &Value, count: i64) -> Result<(Value, usize)> {
        substitute(py, this, repl, string, count)
    }
    #[py("(self, /)")]
    fn __copy__(_py: &mut Py, this: &Ref<Pattern>) -> Value {
        this.to_value()
    }
    #[py("(self, memo, /)")]
    fn __deepcopy__(_py: &mut Py, this: &Ref<Pattern>, memo: &Value) -> Value {
        let _ = memo;
        this.to_value()
    }
    #[py("(self, other, /)")]
    fn __eq__(py: &mut Py, this: &Ref<Pattern>, other: &Value) -> Result<Value> {
        let Some(other) = other.downcast::<Pattern>() else { return Ok(Value::NOT_IMPLEMENTED) };
        if this.is(other) {
            return Ok(Value::TRUE);
        }
        let same = this.flags == other.flags && this.is_bytes == other.is_bytes && this.codes == other.codes;
        Ok(Value::bool(same && py.eq(&this.pattern, &other.pattern)?))
    }
    #[py("(self, /)")]
    fn __hash__(py: &mut Py, this: &Ref<Pattern>) -> Result<i64> {
        let hash = py.hash(&this.pattern)?;
        Ok((hash ^ this.flags).max(i64::MIN + 1))
    }
    #[py("(self, /)")]
    fn __repr__(py: &mut Py, this: &Ref<Pattern>) -> Result<Value> {
        let shown = py.repr(&this.pattern)?.to_string();
        let shown: String = if shown.chars().count() > 200 { shown.chars().take(200).collect() } else { shown };
        let hidden = if this.is_bytes == Some(false) { 32 } else { 0 };
        let mut flags = this.flags;
        if flags & (4 | 256 | 32) == hidden {
            flags &= !hidden;
        }
        let names = [
            (2, "re.IGNORECASE"),
            (4, "re.LOCALE"),
            (8, "re.MULTILINE"),
            (16, "re.DOTALL"),
            (32, "re.UNICODE"),
            (64, "re.VERBOSE"),
            (128, "re.DEBUG"),
            (256, "re.ASCII"),
        ];
        let mut parts = Vec::new();
        for (bit, name) in names {
            if flags & bit != 0 {
                parts.push(name.to_owned());
                flags &= !bit;
            }
        }
        if flags != 0 {
            parts.push(format!("{flags:#x}"));
        }
        let text =
            if parts.is_empty() { format!("re.compile({shown})") } else { format!("re.compile({shown}, {})", parts.join("|")) };
        Ok(py.str(&text))
    }
    #[classmethod("(type, item, /)")]
    fn __class_getitem__(py: &mut Py, cls: &Value, item: &Value) -> Result<Value> {
        super::generic(py, cls, item)
    }
    #[getter]
    fn pattern(_py: &mut Py, this: &Ref<Pattern>) -> Value {
        this.pattern.clone()
    }
    #[getter]
    fn flags(_py: &mut Py, this: &Ref<Pattern>) -> i64 {
        this.flags
    }
    #[getter]
    fn groups(_py: &mut Py, this: &Ref<Pattern>) -> usize {
        this.groups
    }
    #[getter]
    fn groupindex(py: &mut Py, this: &Ref<Pattern>) -> Result<Value> {
        let import = crate::_io::builtin(py, "__import__")?;
        let name = py.str("types");
        let types = py.call(&import, &[name])?;
        py.call_method(&types, "MappingProxyType", &[this.index.to_value()])
    }
}

impl NativeType for Pattern {
    const NAME: &'static str = "Pattern";
    const MODULE: &'static str = "re";
    const DOC: Option<&'static str> = Some("Compiled regular expression object.");
    const FLAGS: u32 = TypeFlags::NO_NEW;
}
