//! `sub`, `subn`, `expand`: replacements and their templates.

use lockstep_heap::{Frozen, Object, Ref, Value, Visitor};
use lockstep_interp::object::raise::{Exc, Result, type_error};
use lockstep_interp::object::{NativeType, Py};
use lockstep_interp::types::bytes::Bytes;
use lockstep_interp::types::str::Str;
use lockstep_macros::methods;

use super::pattern::Pattern;
use super::subject::{Subject, raw_bytes};
use super::walk::{How, Walk};

/// A replacement, taken apart: literals around group numbers.
pub struct Template {
    /// One more than `groups`.
    pub literals: Vec<Value>,
    /// Numbers of groups.
    pub groups: Vec<usize>,
}

impl Object for Template {
    type Access = Frozen;
    const TRACKED: bool = true;
    fn trace(&self, visit: &mut Visitor<'_>) {
        visit.all(&self.literals);
    }
}

#[methods]
impl Template {}

impl NativeType for Template {
    const NAME: &'static str = "SRE_Template";
    const MODULE: &'static str = "_sre";
    const FLAGS: u32 = lockstep_interp::object::TypeFlags::NO_NEW;
}

impl Template {
    /// Appends the template filled in with what `group` finds; it must be of the subject's kind.
    pub fn fill(
        &self,
        py: &Py,
        subject: &Subject,
        group: impl Fn(usize) -> Option<(usize, usize)>,
        out: &mut Vec<u8>,
    ) -> Result<()> {
        let bytes = subject.bytes();
        for (i, literal) in self.literals.iter().enumerate() {
            if literal.is_a::<Str>() != subject.is_text {
                let (wanted, found) = if subject.is_text { ("a bytes-like object", "str") } else { ("str instance", "bytes") };
                return Err(type_error(format!("sequence item 1: expected {wanted}, {found} found")));
            }
            out.extend_from_slice(raw_bytes(literal));
            if let Some(&number) = self.groups.get(i)
                && let Some((start, end)) = group(number)
            {
                out.extend_from_slice(bytes.get(start..end).unwrap_or(&[]));
            }
        }
        py.room(out.len())
    }
}

/// A replacement as a template; one without escapes comes back as it is.
pub fn compile_template(py: &mut Py, pattern: &Ref<Pattern>, template: &Value) -> Result<Value> {
    // What is like bytes cannot be looked up among the templates that are known.
    let copy = if template.is_a::<Str>() || template.is_a::<Bytes>() { None } else { like_bytes(py, template)? };
    let template = copy.map_or_else(|| template.clone(), |bytes| py.bytes(&bytes));
    if (template.is_a::<Str>() || template.is_a::<Bytes>()) && memchr::memchr(b'\\', raw_bytes(&template)).is_none() {
        return Ok(template);
    }
    let import = crate::_io::builtin(py, "__import__")?;
    let name = py.str("re");
    let re = py.call(&import, &[name])?;
    let made = py.call_method(&re, "_compile_template", &[pattern.to_value(), template])?;
    // One without groups is a literal.
    match made.downcast::<Template>() {
        Some(template) if template.groups.is_empty() => Ok(template.literals[0].clone()),
        _ => Ok(made),
    }
}

/// The text that is put together, and the first item that does not fit in.
struct Output {
    bytes: Vec<u8>,
    items: usize,
    misfit: Option<(usize, Value)>,
}

impl Output {
    fn part(&mut self, bytes: &[u8]) {
        if !bytes.is_empty() {
            self.items += 1;
            self.bytes.extend_from_slice(bytes);
        }
    }
    fn item(&mut self, py: &mut Py, subject: &Subject, item: &Value) -> Result<()> {
        if item.is_a::<Str>() && subject.is_text || item.is_a::<Bytes>() && !subject.is_text {
            self.bytes.extend_from_slice(raw_bytes(item));
        } else if self.misfit.is_none() {
            let like = if subject.is_text { None } else { like_bytes(py, item)? };
            match like {
                Some(bytes) => self.bytes.extend_from_slice(&bytes),
                None => self.misfit = Some((self.items, item.clone())),
            }
        }
        self.items += 1;
        Ok(())
    }
}

fn like_bytes(py: &mut Py, item: &Value) -> Result<Option<Vec<u8>>> {
    match py.bytes_like(item) {
        Ok(bytes) => Ok(Some(bytes.into_owned())),
        Err(e) if e.is(Exc::TypeError) => Ok(None),
        Err(e) => Err(e),
    }
}

/// The string with replacements, and how many there were.
pub fn substitute(py: &mut Py, this: &Ref<Pattern>, repl: &Value, string: &Value, count: i64) -> Result<(Value, usize)> {
    let callable = !repl.is_a::<Str>() && !repl.is_a::<Bytes>() && py.is_callable(repl);
    let plan = if callable { repl.clone() } else { compile_template(py, this, repl)? };
    let mut walk = Walk::whole(py, this, string)?;
    let result = replace(py, this, &mut walk, callable, &plan, string, count);
    walk.finish(this);
    result
}

fn replace(
    py: &mut Py,
    this: &Ref<Pattern>,
    walk: &mut Walk,
    callable: bool,
    plan: &Value,
    string: &Value,
    count: i64,
) -> Result<(Value, usize)> {
    let template = plan.downcast::<Template>();
    let mut out = Output { bytes: Vec::new(), items: 0, misfit: None };
    let (mut done, mut n) = (0, 0);
    while count <= 0 || (n as i64) < count {
        let Some((start, end)) = walk.find(py, this, How::Search)? else { break };
        out.part(&walk.subject.bytes()[done..start]);
        done = end;
        n += 1;
        if let Some(template) = template {
            template.fill(py, &walk.subject, |n| walk.group(n, (start, end)), &mut out.bytes)?;
            out.items += 1;
        } else if callable {
            let made = walk.matched(py, this, string, (start, end))?;
            let text = py.call(plan, &[made])?;
            if !text.is_none() {
                out.item(py, &walk.subject, &text)?;
            }
        } else {
            out.item(py, &walk.subject, plan)?;
        }
        if n % 256 == 0 {
            py.room(out.bytes.len())?;
            py.check()?;
        }
    }
    if let Some((item, value)) = out.misfit {
        let wanted = walk.subject.wanted();
        return Err(type_error(format!("sequence item {item}: expected {wanted}, {} found", py.type_name(&value))));
    }
    if n == 0 {
        return Ok((walk.subject.slice(py, 0, walk.end), 0));
    }
    out.part(&walk.subject.bytes()[done..]);
    Ok((walk.subject.make(py, &out.bytes), n))
}
