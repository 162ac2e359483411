//! Writing values as JSON.

use lockstep_interp::object::raise::{Result, recursion_error, type_error, value_error};
use lockstep_interp::types::dict::Dict;
use lockstep_interp::types::float;
use lockstep_interp::types::int::{self, BigInt};
use lockstep_interp::types::list::{List, sort};
use lockstep_interp::types::str::Str;
use lockstep_interp::types::tuple::Tuple;
use lockstep_interp::{Exc, Py, Ref, Value};

use super::encoder::Encoder;
use super::string::Text;
use crate::notes::{class_name, noted};

/// How strings are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Strings {
    /// By `encode_basestring`.
    Plain,
    /// By `encode_basestring_ascii`.
    Ascii,
    /// By another function.
    Own,
}

/// One run of an encoder.
pub struct Encode<'a> {
    encoder: &'a Ref<Encoder>,
    out: Text,
    level: usize,
    /// Containers around the place, outermost first.
    around: Vec<u64>,
    digits: String,
    steps: u32,
}

/// The text of a float; none if it has none in JSON.
fn constant(x: f64) -> Option<&'static str> {
    if x.is_finite() {
        None
    } else if x.is_nan() {
        Some("NaN")
    } else if x > 0.0 {
        Some("Infinity")
    } else {
        Some("-Infinity")
    }
}

impl<'a> Encode<'a> {
    /// A run that begins at this level of indentation.
    pub fn new(encoder: &'a Ref<Encoder>, level: usize) -> Self {
        Encode { encoder, out: Text::default(), level, around: Vec::new(), digits: String::new(), steps: 0 }
    }
    /// The text of a value.
    pub fn run(mut self, py: &mut Py, value: &Value) -> Result<Value> {
        self.value(py, value)?;
        py.room(self.out.len())?;
        Ok(self.out.finish(py))
    }

    /// Write a value that holds no others and needs no Python code. False if it is not one.
    #[inline]
    fn simple(&mut self, py: &Py, value: &Value) -> bool {
        if let Some(n) = value.as_small_int() {
            self.out.int(n);
        } else if let Some(x) = value.as_float() {
            if !x.is_finite() {
                return false;
            }
            self.finite(x);
        } else if !value.is_object() {
            let text: &[u8] = match value.as_bool() {
                Some(true) => b"true",
                Some(false) => b"false",
                None if value.is_none() => b"null",
                None => return false,
            };
            self.out.ascii(text);
        } else if py.is_exact::<Str>(value)
            && let Some(s) = value.downcast::<Str>()
        {
            match self.encoder.strings {
                Strings::Plain => self.out.quote(s),
                Strings::Ascii => self.out.quote_ascii(s),
                Strings::Own => return false,
            }
        } else {
            return false;
        }
        true
    }

    fn finite(&mut self, x: f64) {
        self.digits.clear();
        lockstep_text::float::push_repr(&mut self.digits, x);
        self.out.ascii(self.digits.as_bytes());
    }

    fn value(&mut self, py: &mut Py, value: &Value) -> Result<()> {
        if self.simple(py, value) {
            return Ok(());
        }
        self.steps += 1;
        if self.steps.is_multiple_of(4096) {
            py.check()?;
        }
        if py.is_exact::<Dict>(value) {
            return self.dict(py, value);
        }
        if py.is_exact::<List>(value) {
            return self.list(py, value);
        }
        if let Some(s) = value.downcast::<Str>() {
            self.string(py, s)
        } else if let Some(n) = value.downcast::<BigInt>() {
            let limit = py.shared().config.int_max_str_digits;
            let text = lockstep_text::int::to_decimal(&n.value, limit)?;
            self.out.ascii(text.as_bytes());
            Ok(())
        } else if let Some(x) = value.as_float().or_else(|| float::boxed(value)) {
            self.float(py, value, x)
        } else if value.is_a::<List>() || value.is_a::<Tuple>() {
            self.list(py, value)
        } else if value.is_a::<Dict>() {
            self.dict(py, value)
        } else {
            self.other(py, value)
        }
    }

    fn float(&mut self, py: &mut Py, value: &Value, x: f64) -> Result<()> {
        let Some(text) = constant(x) else {
            self.finite(x);
            return Ok(());
        };
        if !self.encoder.allow_nan {
            let shown = py.repr(value)?;
            return Err(value_error(format!("Out of range float values are not JSON compliant: {shown}")));
        }
        self.out.ascii(text.as_bytes());
        Ok(())
    }

    fn string(&mut self, py: &mut Py, s: &Ref<Str>) -> Result<()> {
        match self.encoder.strings {
            Strings::Plain => self.out.quote(s),
            Strings::Ascii => self.out.quote_ascii(s),
            Strings::Own => {
                let text = py.call(&self.encoder.encoder, &[s.to_value()])?;
                match text.downcast::<Str>() {
                    Some(text) => self.out.str(text),
                    None => return Err(type_error(format!("encoder() must return a string, not {}", py.type_name(&text)))),
                }
            }
        }
        Ok(())
    }

    /// Step into a container or a value that `default` replaces.
    fn enter(&mut self, py: &mut Py, value: &Value) -> Result<()> {
        match py.native_stack() {
            Err(e) if e.is(Exc::RecursionError) => {
                return Err(recursion_error("maximum recursion depth exceeded while encoding a JSON object"));
            }
            other => other?,
        }
        if self.encoder.checks() {
            let id = value.id();
            if self.around.contains(&id) {
                return Err(value_error("Circular reference detected"));
            }
            self.around.push(id);
        }
        Ok(())
    }
    fn leave(&mut self) {
        if self.encoder.checks() {
            self.around.pop();
        }
    }

    /// A new line with its indentation, if there is any.
    fn line(&mut self, py: &Py) -> Result<()> {
        if let Some(indent) = self.encoder.indent() {
            if self.level > 64 {
                py.room(self.out.len().saturating_add(self.level.saturating_mul(indent.as_bytes().len())))?;
            }
            self.out.byte(b'\n');
            for _ in 0..self.level {
                self.out.str(indent);
            }
        }
        Ok(())
    }
    /// What stands between two items.
    fn between(&mut self, py: &Py) -> Result<()> {
        self.out.str(&self.encoder.item_separator);
        self.line(py)
    }

    fn list(&mut self, py: &mut Py, value: &Value) -> Result<()> {
        // A subclass may iterate as it likes.
        let items = if py.is_exact::<List>(value) || py.is_exact::<Tuple>(value) {
            None
        } else {
            let items = py.collect(value)?;
            Some(py.list(items))
        };
        let source = items.as_ref().unwrap_or(value);
        let count = length(py, source);
        if count == 0 {
            self.out.ascii(b"[]");
            return Ok(());
        }
        self.enter(py, value)?;
        self.out.byte(b'[');
        self.level += 1;
        self.line(py)?;
        let mut i = 0;
        loop {
            let item = if let Some(list) = source.downcast::<List>() {
                let Some(item) = list.get(py).items.get(i) else { break };
                if i > 0 {
                    self.between(py)?;
                }
                if self.simple(py, item) {
                    i += 1;
                    continue;
                }
                item.clone()
            } else {
                let Some(item) = source.downcast::<Tuple>().and_then(|t| t.slice().get(i)).cloned() else { break };
                if i > 0 {
                    self.between(py)?;
                }
                item
            };
            if let Err(e) = self.value(py, &item) {
                let note = format!("when serializing {} item {i}", class_name(py, value));
                return Err(noted(py, e, &note));
            }
            i += 1;
        }
        self.level -= 1;
        self.line(py)?;
        self.out.byte(b']');
        self.leave();
        Ok(())
    }

    /// Write a key with its colon, with what stands before it. False: it is left out.
    fn key(&mut self, py: &mut Py, key: &Value, first: bool) -> Result<bool> {
        let text = if let Some(s) = key.downcast::<Str>() {
            s.clone()
        } else if let Some(x) = key.as_float().or_else(|| float::boxed(key)) {
            if let Some(text) = constant(x) {
                if !self.encoder.allow_nan {
                    let shown = py.repr(key)?;
                    return Err(value_error(format!("Out of range float values are not JSON compliant: {shown}")));
                }
                py.new_ascii(text.as_bytes())
            } else {
                py.new_str(&lockstep_text::float::repr(x))
            }
        } else if let Some(b) = key.as_bool() {
            py.new_ascii(if b { b"true" } else { b"false" })
        } else if key.is_none() {
            py.new_ascii(b"null")
        } else if let Some(n) = key.as_small_int() {
            let mut digits = Vec::with_capacity(20);
            lockstep_text::int::push_i64(&mut digits, n);
            py.new_ascii(&digits)
        } else if let Some(n) = int::wide(key) {
            let limit = py.shared().config.int_max_str_digits;
            py.new_str(&lockstep_text::int::to_decimal(&n.to_ibig(), limit)?)
        } else if self.encoder.skip_keys {
            return Ok(false);
        } else {
            let got = py.type_name(key);
            return Err(type_error(format!("keys must be str, int, float, bool or None, not {got}")));
        };
        if first {
            self.line(py)?
        } else {
            self.between(py)?
        }
        self.string(py, &text)?;
        self.out.str(&self.encoder.key_separator);
        Ok(true)
    }

    /// A pair of a dict. Whether nothing was written yet comes back.
    fn pair(&mut self, py: &mut Py, whole: &Value, key: &Value, value: &Value, first: bool) -> Result<bool> {
        if !self.key(py, key, first)? {
            return Ok(first);
        }
        if let Err(e) = self.value(py, value) {
            if e.is(Exc::RecursionError) {
                return Err(e);
            }
            let note = format!("when serializing {} item {}", class_name(py, whole), py.repr_lossy(key));
            return Err(noted(py, e, &note));
        }
        Ok(false)
    }

    fn dict(&mut self, py: &mut Py, value: &Value) -> Result<()> {
        let Some(dict) = value.downcast::<Dict>() else { return Ok(()) };
        if dict.get(py).is_empty() {
            self.out.ascii(b"{}");
            return Ok(());
        }
        self.enter(py, value)?;
        self.out.byte(b'{');
        self.level += 1;
        let mut first = true;
        if self.encoder.sort_keys || !py.is_exact::<Dict>(value) {
            for (key, item) in self.pairs(py, value)? {
                first = self.pair(py, value, &key, &item, first)?;
            }
        } else {
            let mut place = 0;
            while place < dict.get(py).places() {
                let Some(entry) = dict.get(py).entry(place) else {
                    place += 1;
                    continue;
                };
                place += 1;
                if self.encoder.strings != Strings::Own
                    && let Some(key) = entry.key.downcast::<Str>()
                {
                    if first {
                        self.line(py)?
                    } else {
                        self.between(py)?
                    }
                    if self.encoder.strings == Strings::Ascii {
                        self.out.quote_ascii(key)
                    } else {
                        self.out.quote(key)
                    }
                    self.out.str(&self.encoder.key_separator);
                    first = false;
                    if self.simple(py, &entry.value) {
                        continue;
                    }
                    let (key, item) = (entry.key.clone(), entry.value.clone());
                    if let Err(e) = self.value(py, &item) {
                        if e.is(Exc::RecursionError) {
                            return Err(e);
                        }
                        let note = format!("when serializing {} item {}", class_name(py, value), py.repr_lossy(&key));
                        return Err(noted(py, e, &note));
                    }
                    continue;
                }
                let (key, item) = (entry.key.clone(), entry.value.clone());
                first = self.pair(py, value, &key, &item, first)?;
            }
        }
        self.level -= 1;
        if !first {
            self.line(py)?;
        }
        self.out.byte(b'}');
        self.leave();
        Ok(())
    }

    /// The pairs of a dict by its `items` method, in order of their keys if that is wanted.
    fn pairs(&mut self, py: &mut Py, value: &Value) -> Result<Vec<(Value, Value)>> {
        let items = match value.downcast::<Dict>() {
            Some(dict) if py.is_exact::<Dict>(value) => {
                let pairs: Vec<(Value, Value)> = dict.get(py).iter().map(|(k, v)| (k.clone(), v.clone())).collect();
                if pairs.iter().all(|(k, _)| py.is_exact::<Str>(k)) {
                    let mut pairs = pairs;
                    // Keys of one dict differ: the values never decide.
                    pairs.sort_by(|a, b| text_of(&a.0).cmp(text_of(&b.0)));
                    return Ok(pairs);
                }
                let pairs: Vec<Value> = pairs.into_iter().map(|(k, v)| py.tuple(vec![k, v])).collect();
                py.new_list(pairs)
            }
            _ => {
                let items = py.call_method(value, "items", &[])?;
                let items = py.collect(&items)?;
                py.new_list(items)
            }
        };
        if self.encoder.sort_keys {
            sort::sort(py, &items, &Value::NONE, false)?;
        }
        let items = items.get(py).items.clone();
        let mut out = Vec::with_capacity(items.len());
        for item in items {
            match item.downcast::<Tuple>().map(|t| t.slice()) {
                Some([key, value]) => out.push((key.clone(), value.clone())),
                _ => return Err(value_error("items must return 2-tuples")),
            }
        }
        Ok(out)
    }

    fn other(&mut self, py: &mut Py, value: &Value) -> Result<()> {
        self.enter(py, value)?;
        let instead = py.call(&self.encoder.default, std::slice::from_ref(value))?;
        if let Err(e) = self.value(py, &instead) {
            let note = format!("when serializing {} object", class_name(py, value));
            return Err(noted(py, e, &note));
        }
        self.leave();
        Ok(())
    }
}

fn text_of(value: &Value) -> &[u8] {
    value.downcast::<Str>().map_or(&[], |s| s.as_bytes())
}

fn length(py: &Py, value: &Value) -> usize {
    match (value.downcast::<List>(), value.downcast::<Tuple>()) {
        (Some(list), _) => list.get(py).items.len(),
        (_, Some(tuple)) => tuple.slice().len(),
        _ => 0,
    }
}
