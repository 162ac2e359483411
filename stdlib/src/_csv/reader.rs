//! Reading rows.

use lockstep_interp::object::ops::Next;
use lockstep_interp::object::raise::{Result, memory_error};
use lockstep_interp::object::{NativeType, NextFn, TypeFlags};
use lockstep_interp::types::str::Str;
use lockstep_interp::{Guarded, Object, Py, Ref, Value, Visitor, methods};
use lockstep_text::wtf8;

use super::dialect::{Dialect, Quoting};
use super::{State, csv_error};

/// Where the parser stands.
#[derive(Clone, Copy, PartialEq, Eq)]
enum At {
    StartRecord,
    StartField,
    Escaped,
    InField,
    InQuoted,
    EscapedInQuoted,
    QuoteInQuoted,
    EatLine,
    EscapedLine,
}

/// The payload of a reader.
pub struct Reader {
    pub(super) input: Value,
    pub(super) dialect: Ref<Dialect>,
    pub(super) line: i64,
    /// `next` is at work.
    busy: bool,
    /// How many fields the last row had.
    width: usize,
    /// Memory for fields that are put together.
    spare: Vec<u8>,
}

impl Object for Reader {
    type Access = Guarded;
    const TRACKED: bool = true;
    fn trace(&self, visit: &mut Visitor<'_>) {
        visit.value(&self.input);
    }
}

impl Reader {
    /// A reader of the lines that an iterator gives.
    pub fn new(input: Value, dialect: Ref<Dialect>) -> Reader {
        Reader { input, dialect, line: 0, busy: false, width: 0, spare: Vec::new() }
    }
}

/// A row under construction.
struct Row<'a> {
    dialect: &'a Dialect,
    fields: Vec<Value>,
    field: Vec<u8>,
    /// Characters of the field.
    chars: usize,
    limit: usize,
    /// The field began with a quote.
    quoted: bool,
    at: At,
}

const LF: u32 = b'\n' as u32;
const CR: u32 = b'\r' as u32;
const SPACE: u32 = b' ' as u32;

impl Row<'_> {
    #[inline]
    fn add(&mut self, py: &mut Py, c: u32) -> Result<()> {
        if self.chars >= self.limit {
            return Err(csv_error(py, &format!("field larger than field limit ({})", self.limit)));
        }
        self.chars += 1;
        if c < 0x80 {
            self.field.push(c as u8);
        } else {
            wtf8::push(&mut self.field, c);
        }
        Ok(())
    }
    fn save(&mut self, py: &mut Py) -> Result<()> {
        let text = py.new_str_bytes(&self.field).into_value();
        let quoting = self.dialect.quoting;
        let value = if self.quoted {
            text
        } else if self.field.is_empty() && matches!(quoting, Quoting::NotNull | Quoting::Strings) {
            Value::NONE
        } else if !self.field.is_empty() && matches!(quoting, Quoting::NonNumeric | Quoting::Strings) {
            let class = py.type_named("float").into_value();
            py.call(&class, &[text])?
        } else {
            text
        };
        self.field.clear();
        self.chars = 0;
        self.quoted = false;
        self.push(value)
    }

    /// One character; none for the end of the line.
    fn take(&mut self, py: &mut Py, c: Option<u32>) -> Result<()> {
        let d = self.dialect;
        let ends = matches!(c, None | Some(LF | CR));
        match self.at {
            At::StartRecord => match c {
                None => {}
                Some(LF | CR) => self.at = At::EatLine,
                Some(_) => {
                    self.at = At::StartField;
                    self.take(py, c)?;
                }
            },
            At::StartField => match c {
                None | Some(LF | CR) => {
                    self.save(py)?;
                    self.at = if c.is_none() { At::StartRecord } else { At::EatLine };
                }
                Some(x) if Some(x) == d.quotechar && d.quoting != Quoting::None => {
                    self.quoted = true;
                    self.at = At::InQuoted;
                }
                Some(x) if Some(x) == d.escapechar => self.at = At::Escaped,
                Some(SPACE) if d.skipinitialspace => {}
                Some(x) if x == d.delimiter => self.save(py)?,
                Some(x) => {
                    self.add(py, x)?;
                    self.at = At::InField;
                }
            },
            At::Escaped => match c {
                Some(x @ (LF | CR)) => {
                    self.add(py, x)?;
                    self.at = At::EscapedLine;
                }
                _ => {
                    self.add(py, c.unwrap_or(LF))?;
                    self.at = At::InField;
                }
            },
            // The record goes on, also behind more text on the line, until the field is over.
            At::EscapedLine if c.is_none() => {}
            At::EscapedLine | At::InField => match c {
                None | Some(LF | CR) => {
                    self.save(py)?;
                    self.at = if c.is_none() { At::StartRecord } else { At::EatLine };
                }
                Some(x) if Some(x) == d.escapechar => self.at = At::Escaped,
                Some(x) if x == d.delimiter => {
                    self.save(py)?;
                    self.at = At::StartField;
                }
                Some(x) => self.add(py, x)?,
            },
            At::InQuoted => match c {
                None => {}
                Some(x) if Some(x) == d.escapechar => self.at = At::EscapedInQuoted,
                Some(x) if Some(x) == d.quotechar && d.quoting != Quoting::None => {
                    self.at = if d.doublequote { At::QuoteInQuoted } else { At::InField };
                }
                Some(x) => self.add(py, x)?,
            },
            At::EscapedInQuoted => {
                self.add(py, c.unwrap_or(LF))?;
                self.at = At::InQuoted;
            }
            At::QuoteInQuoted => match c {
                Some(x) if d.quoting != Quoting::None && Some(x) == d.quotechar => {
                    self.add(py, x)?;
                    self.at = At::InQuoted;
                }
                Some(x) if x == d.delimiter => {
                    self.save(py)?;
                    self.at = At::StartField;
                }
                _ if ends => {
                    self.save(py)?;
                    self.at = if c.is_none() { At::StartRecord } else { At::EatLine };
                }
                Some(x) if !d.strict => {
                    self.add(py, x)?;
                    self.at = At::InField;
                }
                _ => {
                    let (delimiter, quote) = (py.char(d.delimiter), d.quotechar.map(|q| py.char(q)));
                    let quote = quote.map_or_else(String::new, |q| q.to_string());
                    return Err(csv_error(py, &format!("'{delimiter}' expected after '{quote}'")));
                }
            },
            At::EatLine => match c {
                Some(LF | CR) => {}
                None => self.at = At::StartRecord,
                Some(_) => {
                    return Err(csv_error(
                        py,
                        "new-line character seen in unquoted field - do you need to open the file with newline=''?",
                    ));
                }
            },
        }
        Ok(())
    }

    /// A line: whole fields or parts of them at once where nothing in them means anything.
    fn line(&mut self, py: &mut Py, bytes: &[u8]) -> Result<()> {
        let d = self.dialect;
        let stops = |b: u8| d.stops[usize::from(b)];
        // Unquoted fields are what they look like.
        let texts = !matches!(d.quoting, Quoting::NonNumeric | Quoting::Strings);
        let mut rest = bytes;
        if self.at == At::StartRecord && rest.first().is_some_and(|b| !stops(*b)) {
            self.at = At::StartField;
        }
        while let Some(first) = rest.first() {
            if matches!(self.at, At::InField | At::InQuoted | At::StartField) && !stops(*first) {
                let run = rest.iter().position(|b| stops(*b)).unwrap_or(rest.len());
                let (text, behind) = rest.split_at(run);
                if self.at == At::StartField && texts && run <= self.limit {
                    let end = match behind {
                        [b, ..] if b.is_ascii() && u32::from(*b) == d.delimiter => At::StartField,
                        [b'\n'] | [b'\r', b'\n'] => At::EatLine,
                        _ => At::InField,
                    };
                    if end != At::InField {
                        let value = py.new_str_bytes(text).into_value();
                        self.push(value)?;
                        self.at = end;
                        rest = if end == At::EatLine { &[] } else { &behind[1..] };
                        continue;
                    }
                }
                let chars = if text.is_ascii() { run } else { wtf8::count(text) };
                if self.chars + chars > self.limit {
                    return Err(csv_error(py, &format!("field larger than field limit ({})", self.limit)));
                }
                self.chars += chars;
                self.field.extend_from_slice(text);
                if self.at == At::StartField {
                    self.at = At::InField;
                }
                rest = behind;
                continue;
            }
            let Some((c, size)) = wtf8::decode_at(rest, 0) else { break };
            self.take(py, Some(c))?;
            rest = &rest[size..];
        }
        Ok(())
    }

    fn push(&mut self, value: Value) -> Result<()> {
        self.fields.try_reserve(1).map_err(|_| memory_error())?;
        self.fields.push(value);
        Ok(())
    }
}

/// Memory that is worth keeping.
pub(super) fn spare(mut memory: Vec<u8>) -> Vec<u8> {
    if memory.capacity() > 1 << 16 {
        return Vec::new();
    }
    memory.clear();
    memory
}

fn next_row(py: &mut Py, this: &Ref<Reader>) -> Result<Option<Value>> {
    let dialect = this.get(py).dialect.clone();
    let limit = py.state::<State>().field_limit();
    let reader = this.get_mut(py);
    let fields = Vec::with_capacity(reader.width);
    let field = std::mem::take(&mut reader.spare);
    let mut row = Row { dialect: &dialect, fields, field, chars: 0, limit, quoted: false, at: At::StartRecord };
    loop {
        let input = this.get(py).input.clone();
        let Some(line) = py.next(&input)? else {
            if row.chars != 0 || matches!(row.at, At::InQuoted | At::EscapedInQuoted) {
                if dialect.strict {
                    return Err(csv_error(py, "unexpected end of data"));
                }
                row.save(py)?;
                return Ok(Some(py.list(row.fields)));
            }
            return Ok(None);
        };
        let Some(text) = line.downcast::<Str>() else {
            let class = py.type_name(&line);
            let message = format!("iterator should return strings, not {class} (the file should be opened in text mode)");
            return Err(csv_error(py, &message));
        };
        this.get_mut(py).line += 1;
        row.line(py, text.as_bytes())?;
        row.take(py, None)?;
        if row.at == At::StartRecord {
            let reader = this.get_mut(py);
            reader.width = row.fields.len().min(256);
            reader.spare = spare(row.field);
            return Ok(Some(py.list(row.fields)));
        }
        py.check()?;
    }
}

#[methods]
impl Reader {
    /// Implement iter(self).
    #[py("(self, /)")]
    fn __iter__(_py: &mut Py, this: &Ref<Reader>) -> Value {
        this.to_value()
    }
    /// Implement next(self).
    #[py("(self, /)")]
    fn __next__(py: &mut Py, this: &Ref<Reader>) -> Result<Next> {
        if std::mem::replace(&mut this.get_mut(py).busy, true) {
            return Err(csv_error(py, "iterator has already advanced the reader"));
        }
        let result = next_row(py, this);
        this.get_mut(py).busy = false;
        result.map(Next)
    }
    /// dialect
    #[getter]
    fn dialect(py: &mut Py, this: &Ref<Reader>) -> Value {
        this.get(py).dialect.to_value()
    }
    /// line_num
    #[getter]
    fn line_num(py: &mut Py, this: &Ref<Reader>) -> i64 {
        this.get(py).line
    }
}

impl NativeType for Reader {
    const NAME: &'static str = "reader";
    const MODULE: &'static str = "_csv";
    const NEXT: Option<NextFn> = Some(|py, iterator| match iterator.downcast::<Reader>() {
        Some(this) => Reader::__next__(py, this).map(|next| next.0),
        None => Ok(None),
    });
    const DOC: Option<&'static str> =
        Some("CSV reader\n\nReader objects are responsible for reading and parsing tabular data\nin CSV format.\n");
    const FLAGS: u32 = TypeFlags::NO_NEW;
}
