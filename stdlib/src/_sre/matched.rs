//! `re.Match`.

use lockstep_heap::{Frozen, Object, Ref, Value, Visitor};
use lockstep_interp::object::raise::{Result, index_error};
use lockstep_interp::object::{NativeType, Py};
use lockstep_interp::types::{buffer, dict};
use lockstep_macros::methods;

use super::pattern::Pattern;
use super::replace::{Template, compile_template};
use super::subject::Subject;

/// What was found, in bytes.
pub struct Found {
    /// Start and end.
    pub whole: (usize, usize),
    /// Start and end of each group that took part.
    pub groups: Box<[Option<(usize, usize)>]>,
    /// `lastindex`; 0: none.
    pub last: usize,
}

impl Found {
    /// Start and end of a group; 0 is the whole.
    pub fn span(&self, group: usize) -> Option<(usize, usize)> {
        match group.checked_sub(1) {
            None => Some(self.whole),
            Some(n) => self.groups.get(n).copied().flatten(),
        }
    }
}

/// The payload of a match.
pub struct Match {
    /// `re`
    pub pattern: Ref<Pattern>,
    /// `string`, as it was given.
    pub string: Value,
    /// The subject.
    pub subject: Subject,
    /// `pos`
    pub pos: usize,
    /// `endpos`
    pub endpos: usize,
    /// Borders.
    pub found: Found,
}

impl Object for Match {
    type Access = Frozen;
    const TRACKED: bool = true;
    fn trace(&self, visit: &mut Visitor<'_>) {
        visit.reference(&self.pattern);
        visit.value(&self.string);
        visit.value(&self.subject.value);
    }
}

impl Match {
    fn number(py: &mut Py, this: &Ref<Match>, group: &Value) -> Result<usize> {
        let n = if group.as_small_int().is_some()
            || group.as_bool().is_some()
            || py.special(group, lockstep_interp::object::Special::Index).is_some()
        {
            py.index_clamped(group)?
        } else {
            let index = this.pattern.index.clone();
            match dict::get(py, &index, group) {
                Ok(Some(n)) => py.index_clamped(&n)?,
                _ => -1,
            }
        };
        match usize::try_from(n) {
            Ok(n) if n <= this.found.groups.len() => Ok(n),
            _ => Err(index_error("no such group")),
        }
    }
    /// The text of a group. Of an object that can change it is what is there now.
    fn text(py: &mut Py, this: &Ref<Match>, group: usize, default: &Value) -> Result<Value> {
        let Some((start, end)) = this.found.span(group) else { return Ok(default.clone()) };
        if this.subject.value.is(&this.string) {
            return Ok(this.subject.slice(py, start, end));
        }
        let part = buffer::with_bytes(py, &this.string, |now| {
            let (start, end) = (start.min(now.len()), end.min(now.len()));
            now[start..end].to_vec()
        })?;
        Ok(py.bytes(&part))
    }
    fn border(py: &mut Py, this: &Ref<Match>, group: &Value) -> Result<(i64, i64)> {
        let n = Self::number(py, this, group)?;
        Ok(Self::numbers(py, this, n))
    }
    /// The span of a group in characters.
    fn numbers(py: &mut Py, this: &Ref<Match>, group: usize) -> (i64, i64) {
        match this.found.span(group) {
            Some((start, end)) => {
                let start = this.subject.number(py, start) as i64;
                (start, this.subject.number(py, end) as i64)
            }
            None => (-1, -1),
        }
    }
}

#[methods]
impl Match {
    /// Return subgroup(s) of the match by indices or names.
    #[py("(self, /, *args)")]
    fn group(py: &mut Py, this: &Ref<Match>, args: &[Value]) -> Result<Value> {
        match args {
            [] => Match::text(py, this, 0, &Value::NONE),
            [one] => {
                let n = Match::number(py, this, one)?;
                Match::text(py, this, n, &Value::NONE)
            }
            many => {
                let mut out = Vec::with_capacity(many.len());
                for group in many {
                    let n = Match::number(py, this, group)?;
                    out.push(Match::text(py, this, n, &Value::NONE)?);
                }
                Ok(py.tuple(out))
            }
        }
    }
    #[py("(self, group, /)")]
    fn __getitem__(py: &mut Py, this: &Ref<Match>, group: &Value) -> Result<Value> {
        let n = Match::number(py, this, group)?;
        Match::text(py, this, n, &Value::NONE)
    }
    /// Return a tuple containing all the subgroups of the match, from 1.
    #[py("(self, /, default=None)")]
    fn groups(py: &mut Py, this: &Ref<Match>, default: &Value) -> Result<Value> {
        let out: Result<Vec<Value>> = (1..=this.found.groups.len()).map(|n| Match::text(py, this, n, default)).collect();
        Ok(py.tuple(out?))
    }
    /// Return a dictionary containing all the named subgroups of the match, keyed by the subgroup name.
    #[py("(self, /, default=None)")]
    fn groupdict(py: &mut Py, this: &Ref<Match>, default: &Value) -> Result<Value> {
        let out = py.new_dict();
        let named: Vec<(Value, Value)> = this.pattern.index.get(py).iter().map(|(k, v)| (k.clone(), v.clone())).collect();
        for (name, number) in named {
            let n = py.index_clamped(&number)?.max(0) as usize;
            let text = Match::text(py, this, n, default)?;
            dict::set(py, &out, &name, text)?;
        }
        Ok(out.into_value())
    }
    /// Return index of the start of the substring matched by group.
    #[py("(self, group=0, /)")]
    fn start(py: &mut Py, this: &Ref<Match>, group: &Value) -> Result<i64> {
        Ok(Match::border(py, this, group)?.0)
    }
    /// Return index of the end of the substring matched by group.
    #[py("(self, group=0, /)")]
    fn end(py: &mut Py, this: &Ref<Match>, group: &Value) -> Result<i64> {
        Ok(Match::border(py, this, group)?.1)
    }
    /// For match object m, return the 2-tuple (m.start(group), m.end(group)).
    #[py("(self, group=0, /)")]
    fn span(py: &mut Py, this: &Ref<Match>, group: &Value) -> Result<(i64, i64)> {
        Match::border(py, this, group)
    }
    /// Return the string obtained by doing backslash substitution on the string template, as done by the sub() method.
    #[py("(self, /, template)")]
    fn expand(py: &mut Py, this: &Ref<Match>, template: &Value) -> Result<Value> {
        let compiled = compile_template(py, &this.pattern, template)?;
        match compiled.downcast::<Template>() {
            Some(template) => {
                let mut out = Vec::new();
                template.fill(py, &this.subject, |n| this.found.span(n), &mut out)?;
                Ok(this.subject.make(py, &out))
            }
            None => Ok(compiled),
        }
    }
    #[py("(self, /)")]
    fn __copy__(_py: &mut Py, this: &Ref<Match>) -> Value {
        this.to_value()
    }
    #[py("(self, memo, /)")]
    fn __deepcopy__(_py: &mut Py, this: &Ref<Match>, memo: &Value) -> Value {
        let _ = memo;
        this.to_value()
    }
    #[classmethod("(type, item, /)")]
    fn __class_getitem__(py: &mut Py, cls: &Value, item: &Value) -> Result<Value> {
        super::generic(py, cls, item)
    }
    #[py("(self, /)")]
    fn __repr__(py: &mut Py, this: &Ref<Match>) -> Result<Value> {
        let text = Match::text(py, this, 0, &Value::NONE)?;
        let shown = py.repr(&text)?;
        let (start, end) = Match::numbers(py, this, 0);
        Ok(py.str(&format!("<re.Match object; span=({start}, {end}), match={shown}>")))
    }
    #[getter]
    fn string(_py: &mut Py, this: &Ref<Match>) -> Value {
        this.string.clone()
    }
    #[getter]
    fn re(_py: &mut Py, this: &Ref<Match>) -> Value {
        this.pattern.to_value()
    }
    #[getter]
    fn pos(_py: &mut Py, this: &Ref<Match>) -> usize {
        this.pos
    }
    #[getter]
    fn endpos(_py: &mut Py, this: &Ref<Match>) -> usize {
        this.endpos
    }
    #[getter]
    fn lastindex(py: &mut Py, this: &Ref<Match>) -> Value {
        if this.found.last > 0 { py.int(this.found.last as i64) } else { Value::NONE }
    }
    #[getter]
    fn lastgroup(_py: &mut Py, this: &Ref<Match>) -> Value {
        match this.found.last {
            0 => Value::NONE,
            n => this.pattern.names.slice().get(n).cloned().unwrap_or(Value::NONE),
        }
    }
    #[getter]
    fn regs(py: &mut Py, this: &Ref<Match>) -> Value {
        let mut out = Vec::new();
        for group in 0..=this.found.groups.len() {
            let (a, b) = Match::numbers(py, this, group);
            let pair = vec![py.int(a), py.int(b)];
            out.push(py.tuple(pair));
        }
        py.tuple(out)
    }
}

impl NativeType for Match {
    const NAME: &'static str = "Match";
    const MODULE: &'static str = "re";
    const DOC: Option<&'static str> =
        Some("The result of re.match() and re.search().\nMatch objects always have a boolean value of True.");
    const FLAGS: u32 = lockstep_interp::object::TypeFlags::NO_NEW;
}
