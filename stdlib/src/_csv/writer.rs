//! Writing rows.

use lockstep_interp::object::raise::Result;
use lockstep_interp::object::{NativeType, Special, TypeFlags};
use lockstep_interp::types::float;
use lockstep_interp::types::int;
use lockstep_interp::types::str::Str;
use lockstep_interp::{Exc, Guarded, Object, Py, Ref, Value, Visitor, methods};
use lockstep_text::wtf8;

use super::csv_error;
use super::dialect::{Dialect, Quoting};

/// The payload of a writer.
pub struct Writer {
    /// The file's `write`.
    write: Value,
    dialect: Ref<Dialect>,
    /// Memory for the next row's text.
    spare: Vec<u8>,
}

impl Writer {
    /// A writer that calls `write` for each row.
    pub fn new(write: Value, dialect: Ref<Dialect>) -> Writer {
        Writer { write, dialect, spare: Vec::new() }
    }
}

impl Object for Writer {
    type Access = Guarded;
    const TRACKED: bool = true;
    fn trace(&self, visit: &mut Visitor<'_>) {
        visit.value(&self.write);
    }
}

/// Text under construction.
struct Row<'a> {
    dialect: &'a Dialect,
    out: Vec<u8>,
    fields: usize,
}

impl Row<'_> {
    fn push(&mut self, c: u32) {
        wtf8::push(&mut self.out, c);
    }

    /// A field: quoted if it must be. `null`: it stands for None.
    fn field(&mut self, py: &mut Py, text: &[u8], mut quoted: bool, null: bool) -> Result<()> {
        let d = self.dialect;
        if self.fields > 0 {
            self.push(d.delimiter);
        }
        self.fields += 1;
        // An empty field with skipped spaces would be lost.
        if text.is_empty() && d.delimiter == u32::from(b' ') && d.skipinitialspace {
            if d.quoting == Quoting::None || (null && matches!(d.quoting, Quoting::Strings | Quoting::NotNull)) {
                return Err(csv_error(py, "empty field must be quoted if delimiter is a space and skipinitialspace is true"));
            }
            quoted = true;
        }
        let start = self.out.len();
        if self.plain(text) {
            if quoted && let Some(quote) = d.quotechar {
                self.push(quote);
                self.out.extend_from_slice(text);
                self.push(quote);
            } else {
                self.out.extend_from_slice(text);
            }
            return Ok(());
        }
        if quoted && let Some(quote) = d.quotechar {
            self.push(quote);
        }
        let mut wants_quotes = false;
        for c in wtf8::code_points(text) {
            let ends = c == u32::from(b'\n') || c == u32::from(b'\r');
            let special = c == d.delimiter
                || Some(c) == d.escapechar
                || Some(c) == d.quotechar
                || ends
                || wtf8::code_points(d.lineterminator.as_bytes()).any(|l| l == c);
            if special {
                let mut escape = false;
                if d.quoting == Quoting::None {
                    escape = true;
                } else {
                    if Some(c) == d.quotechar {
                        if d.doublequote {
                            self.push(c);
                        } else {
                            escape = true;
                        }
                    } else if Some(c) == d.escapechar {
                        escape = true;
                    }
                    if !escape {
                        wants_quotes = true;
                    }
                }
                if escape {
                    match d.escapechar {
                        Some(escape) => self.push(escape),
                        None => return Err(csv_error(py, "need to escape, but no escapechar set")),
                    }
                }
            }
            self.push(c);
        }
        if wants_quotes
            && !quoted
            && let Some(quote) = d.quotechar
        {
            let mut mark = Vec::new();
            wtf8::push(&mut mark, quote);
            drop(self.out.splice(start..start, mark));
            quoted = true;
        }
        if quoted && let Some(quote) = d.quotechar {
            self.push(quote);
        }
        Ok(())
    }

    /// Whether nothing in the text means anything.
    fn plain(&self, text: &[u8]) -> bool {
        !text.iter().any(|b| self.dialect.marks[usize::from(*b)])
    }
}

fn is_number(py: &mut Py, value: &Value) -> bool {
    int::is_int(value)
        || value.as_float().is_some()
        || float::boxed(value).is_some()
        || [Special::Int, Special::Float, Special::Index, Special::Complex].iter().any(|s| py.special(value, *s).is_some())
}

fn row(py: &mut Py, this: &Ref<Writer>, values: &Value) -> Result<Value> {
    let dialect = this.get(py).dialect.clone();
    let mut items = match py.iter(values) {
        Ok(items) => items,
        Err(e) if e.is(Exc::TypeError) => {
            let class = py.type_name(values);
            return Err(csv_error(py, &format!("iterable expected, not {class}")));
        }
        Err(e) => return Err(e),
    };
    let out = std::mem::take(&mut this.get_mut(py).spare);
    let mut row = Row { dialect: &dialect, out, fields: 0 };
    let mut null = false;
    while let Some(value) = items.next(py)? {
        let quoted = match dialect.quoting {
            Quoting::NonNumeric => !is_number(py, &value),
            Quoting::All => true,
            Quoting::Strings => value.is_a::<Str>(),
            Quoting::NotNull => !value.is_none(),
            Quoting::Minimal | Quoting::None => false,
        };
        null = value.is_none();
        if let Some(n) = value.as_small_int() {
            lockstep_text::int::with_i64(n, |digits| row.field(py, digits, quoted, false))?;
        } else if null {
            row.field(py, b"", quoted, true)?;
        } else {
            let text = py.str_of(&value)?;
            row.field(py, text.as_bytes(), quoted, false)?;
        }
        if row.fields.is_multiple_of(65536) {
            py.check()?;
        }
    }
    // A row of one empty field is not an empty row.
    if row.fields > 0 && row.out.is_empty() {
        if dialect.quoting == Quoting::None || (null && matches!(dialect.quoting, Quoting::Strings | Quoting::NotNull)) {
            return Err(csv_error(py, "single empty field record must be quoted"));
        }
        row.fields -= 1;
        row.field(py, b"", true, false)?;
    }
    row.out.extend_from_slice(dialect.lineterminator.as_bytes());
    let text = py.new_str_bytes(&row.out).into_value();
    this.get_mut(py).spare = super::reader::spare(row.out);
    let write = this.get(py).write.clone();
    py.call(&write, &[text])
}

#[methods]
impl Writer {
    /// writerow(iterable)
    ///
    /// Construct and write a CSV record from an iterable of fields.  Non-string
    /// elements will be converted to string.
    #[py("(self, row, /)")]
    fn writerow(py: &mut Py, this: &Ref<Writer>, row: &Value) -> Result<Value> {
        self::row(py, this, row)
    }
    /// writerows(iterable of iterables)
    ///
    /// Construct and write a series of iterables to a csv file.  Non-string
    /// elements will be converted to string.
    #[py("(self, rows, /)")]
    fn writerows(py: &mut Py, this: &Ref<Writer>, rows: &Value) -> Result<()> {
        let mut rows = py.iter(rows)?;
        while let Some(values) = rows.next(py)? {
            row(py, this, &values)?;
        }
        Ok(())
    }
    /// dialect
    #[getter]
    fn dialect(py: &mut Py, this: &Ref<Writer>) -> Value {
        this.get(py).dialect.to_value()
    }
}

impl NativeType for Writer {
    const NAME: &'static str = "writer";
    const MODULE: &'static str = "_csv";
    const DOC: Option<&'static str> =
        Some("CSV writer\n\nWriter objects are responsible for generating tabular data\nin CSV format from sequence input.\n");
    const FLAGS: u32 = TypeFlags::NO_NEW;
}
