//! `re.Pattern` and its scanner.

use lockstep_heap::{Frozen, Guarded, Object, Ref, Value, Visitor};
use lockstep_interp::object::ops::Next;
use lockstep_interp::object::raise::Result;
use lockstep_interp::object::{NativeType, Py, TypeFlags};
use lockstep_interp::types::bytes::Bytes;
use lockstep_interp::types::dict::Dict;
use lockstep_interp::types::str::Str;
use lockstep_interp::types::tuple::Tuple;
use lockstep_macros::methods;

use super::find::{Found, How, Subject, find};
use super::matched::{Match, Template, fill};

/// The payload of a compiled pattern.
pub struct Pattern {
    /// `pattern`
    pub pattern: Value,
    /// `flags`
    pub flags: i64,
    /// The program of the engine.
    pub codes: Box<[u32]>,
    /// `groups`
    pub groups: usize,
    /// `groupindex`
    pub index: Ref<Dict>,
    /// Names of groups by number.
    pub names: Ref<Tuple>,
    /// Whether it is for bytes; none: for anything.
    pub is_bytes: Option<bool>,
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

/// The bytes of a str or bytes; of anything else none.
pub fn raw_bytes(value: &Value) -> &[u8] {
    match (value.downcast::<Str>(), value.downcast::<Bytes>()) {
        (Some(s), _) => s.as_bytes(),
        (_, Some(b)) => b.slice(),
        _ => &[],
    }
}

/// A replacement as a template; one without escapes comes back as it is.
pub fn compile_template(py: &mut Py, pattern: &Ref<Pattern>, template: &Value) -> Result<Value> {
    if (template.is_a::<Str>() || template.is_a::<Bytes>()) && memchr::memchr(b'\\', raw_bytes(template)).is_none() {
        return Ok(template.clone());
    }
    let import = crate::_io::builtin(py, "__import__")?;
    let name = py.str("re");
    let re = py.call(&import, &[name])?;
    py.call_method(&re, "_compile_template", &[pattern.to_value(), template.clone()])
}

struct Span {
    subject: Subject,
    start: usize,
    end: usize,
}

fn span(py: &mut Py, this: &Ref<Pattern>, string: &Value, pos: &Value, endpos: &Value) -> Result<Span> {
    let subject = Subject::new(py, this, string)?;
    let len = subject.len();
    let clamp = |n: isize| usize::try_from(n).unwrap_or(0).min(len);
    let start = clamp(py.index_clamped(pos)?);
    let end = clamp(py.index_clamped(endpos)?);
    Ok(Span { subject, start, end })
}

fn result(py: &mut Py, this: &Ref<Pattern>, string: &Value, span: Span, found: Option<Found>) -> Value {
    match found {
        Some(found) => {
            let made = Match {
                pattern: this.clone(),
                string: string.clone(),
                subject: span.subject,
                pos: span.start,
                endpos: span.end,
                found,
            };
            py.make(made).into_value()
        }
        None => Value::NONE,
    }
}

fn one(py: &mut Py, this: &Ref<Pattern>, string: &Value, pos: &Value, endpos: &Value, how: How) -> Result<Value> {
    let span = span(py, this, string, pos, endpos)?;
    let found = find(this, &span.subject, span.start, span.end, how, false);
    Ok(result(py, this, string, span, found))
}

/// Goes through all matches; an empty match right after a match does not count.
struct Walk {
    at: usize,
    end: usize,
    advance: bool,
}

impl Walk {
    fn next(&mut self, pattern: &Pattern, subject: &Subject) -> Option<Found> {
        let found = find(pattern, subject, self.at, self.end, How::Search, self.advance)?;
        let (start, end) = found.spans[0]?;
        self.advance = start == end;
        self.at = end;
        Some(found)
    }
}

fn substitute(py: &mut Py, this: &Ref<Pattern>, repl: &Value, string: &Value, count: i64) -> Result<(Value, usize)> {
    let subject = Subject::new(py, this, string)?;
    let callable = !repl.is_a::<Str>() && !repl.is_a::<Bytes>() && py.is_callable(repl);
    let plan = if callable { repl.clone() } else { compile_template(py, this, repl)? };
    let template = plan.downcast::<Template>();
    let len = subject.len();
    let mut walk = Walk { at: 0, end: len, advance: false };
    let (mut out, mut done, mut n) = (Vec::new(), 0, 0);
    while count <= 0 || (n as i64) < count {
        let Some(found) = walk.next(this, &subject) else { break };
        let (start, end) = found.spans[0].unwrap_or_default();
        out.extend_from_slice(subject.part(done, start));
        done = end;
        n += 1;
        if let Some(template) = template {
            fill(template, &subject, &found, &mut out);
        } else if callable {
            let (Subject::Text(v) | Subject::Bytes(v)) = &subject;
            let subject = if v.is_a::<Str>() { Subject::Text(v.clone()) } else { Subject::Bytes(v.clone()) };
            let made = Match { pattern: this.clone(), string: string.clone(), subject, pos: 0, endpos: len, found };
            let made = py.make(made).into_value();
            let text = py.call(&plan, &[made])?;
            if !text.is_none() {
                let fits = match subject_kind(v) {
                    true => text.is_a::<Str>(),
                    false => text.is_a::<Bytes>(),
                };
                if !fits {
                    let wanted = if subject_kind(v) { "str instance" } else { "a bytes-like object" };
                    return Err(lockstep_interp::object::raise::type_error(format!(
                        "sequence item {}: expected {wanted}, {} found",
                        2 * n - 1,
                        py.type_name(&text)
                    )));
                }
                out.extend_from_slice(raw_bytes(&text));
            }
        } else {
            out.extend_from_slice(raw_bytes(&plan));
        }
        if n % 256 == 0 {
            py.check()?;
        }
    }
    if n == 0 && (py.is_exact::<Str>(string) || py.is_exact::<Bytes>(string)) {
        return Ok((string.clone(), 0));
    }
    out.extend_from_slice(subject.part(done, len));
    Ok((subject.make(py, &out), n))
}

fn subject_kind(value: &Value) -> bool {
    value.is_a::<Str>()
}

fn groups_of(py: &mut Py, this: &Ref<Pattern>, subject: &Subject, found: &Found) -> Value {
    let text = |py: &mut Py, n: usize| match found.spans.get(n) {
        Some(Some((a, b))) => subject.slice(py, *a, *b),
        _ => subject.make(py, b""),
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
        let span = span(py, this, string, pos, endpos)?;
        let mut walk = Walk { at: span.start, end: span.end, advance: false };
        let mut out = Vec::new();
        while let Some(found) = walk.next(this, &span.subject) {
            let item = groups_of(py, this, &span.subject, &found);
            out.push(item);
            if out.len() % 256 == 0 {
                py.check()?;
            }
        }
        Ok(py.list(out))
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
        let span = span(py, this, string, pos, endpos)?;
        let (at, end) = (span.start, span.end);
        Ok(py
            .make(Scanner { pattern: this.clone(), string: string.clone(), pos: at, at: Some(at), end, advance: false })
            .into_value())
    }
    /// Split string by the occurrences of pattern.
    #[py("(self, /, string, maxsplit=0)")]
    fn split(py: &mut Py, this: &Ref<Pattern>, string: &Value, maxsplit: i64) -> Result<Value> {
        let subject = Subject::new(py, this, string)?;
        let len = subject.len();
        let mut walk = Walk { at: 0, end: len, advance: false };
        let (mut out, mut done, mut n) = (Vec::new(), 0, 0);
        while maxsplit <= 0 || n < maxsplit {
            let Some(found) = walk.next(this, &subject) else { break };
            let (start, end) = found.spans[0].unwrap_or_default();
            out.push(subject.slice(py, done, start));
            for group in &found.spans[1..] {
                out.push(match group {
                    Some((a, b)) => subject.slice(py, *a, *b),
                    None => Value::NONE,
                });
            }
            done = end;
            n += 1;
        }
        out.push(subject.slice(py, done, len));
        Ok(py.list(out))
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
        let import = crate::_io::builtin(py, "__import__")?;
        let name = py.str("types");
        let types = py.call(&import, &[name])?;
        py.call_method(&types, "GenericAlias", &[cls.clone(), item.clone()])
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

/// The payload of a scanner.
pub struct Scanner {
    pattern: Ref<Pattern>,
    string: Value,
    pos: usize,
    at: Option<usize>,
    end: usize,
    advance: bool,
}

impl Object for Scanner {
    type Access = Guarded;
    const TRACKED: bool = true;
    fn trace(&self, visit: &mut Visitor<'_>) {
        visit.reference(&self.pattern);
        visit.value(&self.string);
    }
}

fn step(py: &mut Py, this: &Ref<Scanner>, how: How) -> Result<Value> {
    let s = this.get(py);
    let (pattern, string, pos, end, advance) = (s.pattern.clone(), s.string.clone(), s.pos, s.end, s.advance);
    let Some(at) = s.at else { return Ok(Value::NONE) };
    let subject = Subject::new(py, &pattern, &string)?;
    let found = find(&pattern, &subject, at, end, how, advance);
    let s = this.get_mut(py);
    match &found {
        Some(found) => {
            let (start, stop) = found.spans[0].unwrap_or_default();
            s.advance = start == stop;
            s.at = Some(stop);
        }
        None => s.at = None,
    }
    Ok(result(py, &pattern, &string, Span { subject, start: pos, end }, found))
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
