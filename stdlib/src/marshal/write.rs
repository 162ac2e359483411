//! Values as bytes.

use std::collections::HashMap;

use dashu_int::{IBig, Sign};
use lockstep_interp::object::Type;
use lockstep_interp::object::raise::{Result, value_error};
use lockstep_interp::types::buffer;
use lockstep_interp::types::code::CodeObject;
use lockstep_interp::types::complex::Complex;
use lockstep_interp::types::dict::Dict;
use lockstep_interp::types::float::FloatBox;
use lockstep_interp::types::int::{self, BigInt};
use lockstep_interp::types::list::List;
use lockstep_interp::types::set::Set;
use lockstep_interp::types::slice::Slice;
use lockstep_interp::types::str::Str;
use lockstep_interp::types::tuple::Tuple;
use lockstep_interp::{Exc, Py, Ref, Value, flags};

use super::tag::{self, DEEPEST, SHARED};

struct Write {
    out: Vec<u8>,
    version: i32,
    allow_code: bool,
    /// Values that were written and may be referred to, with their numbers.
    seen: HashMap<u64, u32>,
    /// Keeps them alive.
    kept: Vec<Value>,
    depth: usize,
    steps: u32,
}

/// The bytes of a value.
pub fn dumps(py: &mut Py, value: &Value, version: i32, allow_code: bool) -> Result<Vec<u8>> {
    let mut write = Write { out: Vec::new(), version, allow_code, seen: HashMap::new(), kept: Vec::new(), depth: 0, steps: 0 };
    write.value(py, value, 0)?;
    Ok(write.out)
}

fn unmarshallable() -> lockstep_interp::Raised {
    value_error("unmarshallable object")
}

impl Write {
    /// Write a tag. True if the value was written before: then a reference was written instead.
    fn begin(&mut self, value: &Value, tag: u8, held: u64) -> bool {
        if self.version < 3 || !self.may_be_shared(value, held) {
            self.out.push(tag);
            return false;
        }
        if let Some(number) = self.seen.get(&value.id()) {
            self.out.push(tag::REF);
            self.out.extend_from_slice(&number.to_le_bytes());
            return true;
        }
        self.seen.insert(value.id(), self.kept.len() as u32);
        self.kept.push(value.clone());
        self.out.push(tag | SHARED);
        false
    }
    /// Whether somebody else refers to the value; `held`: references that only this writer has.
    fn may_be_shared(&self, value: &Value, held: u64) -> bool {
        if let Some(n) = value.as_small_int() {
            // CPython has one object for each of these.
            return (-5..=256).contains(&n);
        }
        value.header().is_some_and(|h| h.count() > 1 + held || h.has(flags::INTERNED))
    }
    fn length(&mut self, n: usize) -> Result<()> {
        match i32::try_from(n) {
            Ok(n) => {
                self.out.extend_from_slice(&n.to_le_bytes());
                Ok(())
            }
            Err(_) => Err(unmarshallable()),
        }
    }
    fn bytes(&mut self, bytes: &[u8]) -> Result<()> {
        self.length(bytes.len())?;
        self.out.try_reserve(bytes.len()).map_err(|_| lockstep_interp::object::raise::memory_error())?;
        self.out.extend_from_slice(bytes);
        Ok(())
    }
    fn decimal(&mut self, x: f64) {
        let text = lockstep_text::float::repr(x);
        // As `%.17g` writes them: no point where none is needed.
        let text = text.strip_suffix(".0").unwrap_or(&text);
        self.out.push(text.len() as u8);
        self.out.extend_from_slice(text.as_bytes());
    }

    fn value(&mut self, py: &mut Py, value: &Value, held: u64) -> Result<()> {
        if self.depth >= DEEPEST {
            return Err(value_error("object too deeply nested to marshal"));
        }
        self.steps = self.steps.wrapping_add(1);
        if self.steps.is_multiple_of(65536) {
            py.check()?;
        }
        if !value.is_object() {
            return self.immediate(value, held);
        }
        py.native_stack()?;
        self.depth += 1;
        let done = self.object(py, value, held);
        self.depth -= 1;
        done
    }

    fn immediate(&mut self, value: &Value, held: u64) -> Result<()> {
        if value.is_none() {
            self.out.push(tag::NONE);
        } else if let Some(b) = value.as_bool() {
            self.out.push(if b { tag::TRUE } else { tag::FALSE });
        } else if value.is_ellipsis() {
            self.out.push(tag::ELLIPSIS);
        } else if let Some(n) = value.as_small_int() {
            match i32::try_from(n) {
                Ok(small) => {
                    if !self.begin(value, tag::INT, held) {
                        self.out.extend_from_slice(&small.to_le_bytes());
                    }
                }
                Err(_) => {
                    self.out.push(tag::LONG);
                    self.digits(&IBig::from(n))?;
                }
            }
        } else if let Some(x) = value.as_float() {
            self.float(x);
        } else {
            return Err(unmarshallable());
        }
        Ok(())
    }

    fn float(&mut self, x: f64) {
        if self.version > 1 {
            self.out.push(tag::BINARY_FLOAT);
            self.out.extend_from_slice(&x.to_le_bytes());
        } else {
            self.out.push(tag::FLOAT);
            self.decimal(x);
        }
    }

    /// The digits of 15 bits of a long int, behind their number with its sign.
    fn digits(&mut self, n: &IBig) -> Result<()> {
        let (sign, magnitude) = n.clone().into_parts();
        let bytes = magnitude.to_le_bytes();
        let mut digits: Vec<u16> = Vec::with_capacity(bytes.len() * 8 / 15 + 1);
        let (mut word, mut have) = (0u32, 0);
        for byte in bytes.iter() {
            word |= u32::from(*byte) << have;
            have += 8;
            if have >= 15 {
                digits.push((word & 0x7FFF) as u16);
                word >>= 15;
                have -= 15;
            }
        }
        if word != 0 {
            digits.push(word as u16);
        }
        while digits.last() == Some(&0) {
            digits.pop();
        }
        let count = i32::try_from(digits.len()).map_err(|_| unmarshallable())?;
        let count = if sign == Sign::Negative { -count } else { count };
        self.out.extend_from_slice(&count.to_le_bytes());
        self.out.extend(digits.iter().flat_map(|d| d.to_le_bytes()));
        Ok(())
    }

    fn text(&mut self, s: &Ref<Str>, held: u64) -> Result<()> {
        let interned = s.header().has(flags::INTERNED);
        let short = s.as_bytes().len() < 256;
        let tag = match (self.version >= 4 && s.is_ascii(), short, interned) {
            (true, true, true) => tag::SHORT_ASCII_INTERNED,
            (true, true, false) => tag::SHORT_ASCII,
            (true, false, true) => tag::ASCII_INTERNED,
            (true, false, false) => tag::ASCII,
            (false, _, true) if self.version >= 3 => tag::INTERNED,
            (false, ..) => tag::UNICODE,
        };
        if self.begin(s.as_value(), tag, held) {
            return Ok(());
        }
        if matches!(tag, tag::SHORT_ASCII | tag::SHORT_ASCII_INTERNED) {
            self.out.push(s.as_bytes().len() as u8);
            self.out.extend_from_slice(s.as_bytes());
            return Ok(());
        }
        self.bytes(s.as_bytes())
    }

    fn tuple(&mut self, py: &mut Py, t: &Ref<Tuple>, held: u64) -> Result<()> {
        let items = t.slice();
        let small = self.version >= 4 && items.len() < 256;
        if self.begin(t.as_value(), if small { tag::SMALL_TUPLE } else { tag::TUPLE }, held) {
            return Ok(());
        }
        if small {
            self.out.push(items.len() as u8)
        } else {
            self.length(items.len())?
        }
        for item in items {
            self.value(py, item, 0)?;
        }
        Ok(())
    }

    fn set(&mut self, py: &mut Py, value: &Value, tag: u8, held: u64) -> Result<()> {
        if self.begin(value, tag, held) {
            return Ok(());
        }
        // In the order of their bytes, so that equal sets give equal bytes.
        let mut items = Vec::new();
        for item in py.collect(value)? {
            items.push((dumps(py, &item, self.version, self.allow_code)?, item));
        }
        items.sort_by(|a, b| a.0.cmp(&b.0));
        self.length(items.len())?;
        for (_, item) in &items {
            self.value(py, item, 1)?;
        }
        Ok(())
    }

    fn object(&mut self, py: &mut Py, value: &Value, held: u64) -> Result<()> {
        if py.is_exact::<Str>(value)
            && let Some(s) = value.downcast::<Str>()
        {
            return self.text(s, held);
        }
        if py.is_exact::<Tuple>(value)
            && let Some(t) = value.downcast::<Tuple>()
        {
            return self.tuple(py, t, held);
        }
        if py.is_exact::<BigInt>(value) {
            if !self.begin(value, tag::LONG, held)
                && let Some(n) = int::to_ibig(value)
            {
                self.digits(&n)?;
            }
            return Ok(());
        }
        if let Some(b) = value.downcast::<FloatBox>()
            && py.is_exact::<FloatBox>(value)
        {
            self.float(b.value);
            return Ok(());
        }
        if let Some(z) = value.downcast::<Complex>()
            && py.is_exact::<Complex>(value)
        {
            let tag = if self.version > 1 { tag::BINARY_COMPLEX } else { tag::COMPLEX };
            if !self.begin(value, tag, held) {
                for part in [z.re, z.im] {
                    if self.version > 1 { self.out.extend_from_slice(&part.to_le_bytes()) } else { self.decimal(part) }
                }
            }
            return Ok(());
        }
        if let Some(l) = value.downcast::<List>()
            && py.is_exact::<List>(value)
        {
            if self.begin(value, tag::LIST, held) {
                return Ok(());
            }
            let len = l.get(py).items.len();
            self.length(len)?;
            for i in 0..len {
                let item = l.get(py).items.get(i).cloned().unwrap_or(Value::NONE);
                self.value(py, &item, 1)?;
            }
            return Ok(());
        }
        if let Some(d) = value.downcast::<Dict>()
            && py.is_exact::<Dict>(value)
        {
            if self.begin(value, tag::DICT, held) {
                return Ok(());
            }
            for place in 0..d.get(py).places() {
                if let Some((key, item)) = d.get(py).entry(place).map(|e| (e.key.clone(), e.value.clone())) {
                    self.value(py, &key, 1)?;
                    self.value(py, &item, 1)?;
                }
            }
            self.out.push(tag::NULL);
            return Ok(());
        }
        self.rare(py, value, held)
    }

    fn rare(&mut self, py: &mut Py, value: &Value, held: u64) -> Result<()> {
        if py.is_exact::<Set>(value) {
            return self.set(py, value, tag::SET, held);
        }
        if value.is_a::<Set>() && py.type_of(value).is(&py.type_named("frozenset")) {
            return self.set(py, value, tag::FROZENSET, held);
        }
        if let Some(code) = value.downcast::<CodeObject>() {
            if !self.allow_code {
                return Err(value_error("marshalling code objects is disallowed"));
            }
            if !self.begin(value, tag::CODE, held) {
                let bytes = py.code_bytes(code);
                self.bytes(&bytes)?;
            }
            return Ok(());
        }
        if let Some(slice) = value.downcast::<Slice>() {
            if self.version < 5 {
                return Err(unmarshallable());
            }
            if !self.begin(value, tag::SLICE, held) {
                for part in [&slice.start, &slice.stop, &slice.step] {
                    self.value(py, part, 0)?;
                }
            }
            return Ok(());
        }
        if let Some(ty) = value.downcast::<Type>()
            && ty.is(&py.exception_type(Exc::StopIteration))
        {
            self.out.push(tag::STOP_ITERATION);
            return Ok(());
        }
        match buffer::data_opt(py, value)? {
            Some(data) => {
                if !self.begin(value, tag::STRING, held) {
                    self.bytes(&data)?;
                }
                Ok(())
            }
            None => Err(unmarshallable()),
        }
    }
}
