//! Code objects as bytes and back: compact, little-endian, with a version. What is read is
//! checked completely; corrupt bytes give an error, never a panic or a large allocation.
//!
//! Layout: magic, version, table of strings (how many, where each ends, their bytes), code.
//! Numbers are LEB128, the ends 32 bits. Nested codes are preceded by their length.

use std::collections::HashMap;
use std::fmt;
use std::sync::Arc;

use dashu_int::{IBig, Sign, UBig};

use super::object::{Capture, Code, CodeFlags, Const, Handler, Name, Position, Positions, Row};
use super::op::{Instr, Op};
use super::verify;

const MAGIC: [u8; 4] = *b"LKST";
/// Raised whenever the instructions or this layout change.
pub const VERSION: u16 = 2;
/// How deep constants and codes may nest.
const MAX_DEPTH: u32 = 600;

/// Why bytes are not code.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Corrupt(pub &'static str);

impl fmt::Display for Corrupt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "bad code bytes: {}", self.0)
    }
}

impl std::error::Error for Corrupt {}

/// Code as bytes.
pub fn to_bytes(code: &Code) -> Vec<u8> {
    let mut writer = Writer::default();
    writer.code(code);
    let mut out = Vec::with_capacity(writer.out.len() + 1024);
    out.extend_from_slice(&MAGIC);
    out.extend_from_slice(&VERSION.to_le_bytes());
    let mut table = Writer::default();
    table.number(writer.strings.len() as u64);
    let mut end = 0;
    for text in &writer.strings {
        end += text.len() as u32;
        table.out.extend_from_slice(&end.to_le_bytes());
    }
    for text in &writer.strings {
        table.out.extend_from_slice(text);
    }
    out.append(&mut table.out);
    out.append(&mut writer.out);
    out
}

/// Bytes as code.
pub fn from_bytes(bytes: &[u8]) -> Result<Arc<Code>, Corrupt> {
    let (strings, rest) = open(bytes)?;
    let names = vec![None; strings.count];
    let mut reader = Reader { rest, strings, names, filename: None, later: None };
    let code = reader.code(0)?;
    if !reader.rest.is_empty() {
        return Err(Corrupt("bytes left over"));
    }
    Ok(Arc::new(code))
}

/// Code that is part of the program: trusted, and nested codes are read when they are asked for.
pub fn from_program(bytes: &'static [u8]) -> Result<Arc<Code>, Corrupt> {
    let (strings, rest) = open(bytes)?;
    Frozen::new(rest, strings, None).map(|frozen| frozen.code())
}

/// The strings and what follows them.
fn open(bytes: &[u8]) -> Read<(Strings<'_>, &[u8])> {
    let Some(rest) = bytes.strip_prefix(&MAGIC) else {
        return Err(Corrupt("not code"));
    };
    let Some((version, rest)) = rest.split_first_chunk::<2>() else {
        return Err(Corrupt("cut short"));
    };
    if u16::from_le_bytes(*version) != VERSION {
        return Err(Corrupt("another version"));
    }
    let mut reader = Reader { rest, strings: Strings::default(), names: Vec::new(), filename: None, later: None };
    let count = reader.count()?;
    let ends = reader.take(count.checked_mul(4).ok_or(Corrupt("count too large"))?)?;
    let mut strings = Strings { count, ends, data: reader.rest };
    let (data, rest) = reader.rest.split_at_checked(strings.end(count)).ok_or(Corrupt("cut short"))?;
    strings.data = data;
    Ok((strings, rest))
}

/// The table of strings.
#[derive(Clone, Copy, Debug, Default)]
struct Strings<'b> {
    count: usize,
    ends: &'b [u8],
    data: &'b [u8],
}

impl<'b> Strings<'b> {
    /// Where the first `n` strings end.
    fn end(&self, n: usize) -> usize {
        let Some(last) = n.checked_sub(1) else { return 0 };
        let word = self.ends.get(last * 4..last * 4 + 4).and_then(|b| b.try_into().ok());
        word.map_or(0, |word| u32::from_le_bytes(word) as usize)
    }

    fn get(&self, index: usize) -> Read<&'b [u8]> {
        if index >= self.count {
            return Err(Corrupt("no such string"));
        }
        self.data.get(self.end(index)..self.end(index + 1)).ok_or(Corrupt("string out of range"))
    }
}

/// The code of a function that is part of the program: what making the function needs is read,
/// the rest only when the function is called or looked into.
#[derive(Debug)]
pub struct Frozen {
    bytes: &'static [u8],
    strings: Strings<'static>,
    filename: Name,
    /// `co_name`
    pub name: &'static str,
    /// `co_qualname`
    pub qualname: &'static str,
    /// `co_flags`
    pub flags: CodeFlags,
    /// Number of pinned registers.
    pub locals: u16,
    /// Number of all registers.
    pub registers: u16,
    /// Where the cells of the free variables come from.
    pub captures: Box<[Capture]>,
}

impl PartialEq for Frozen {
    fn eq(&self, other: &Self) -> bool {
        std::ptr::eq(self.bytes, other.bytes)
    }
}

impl Frozen {
    fn new(bytes: &'static [u8], strings: Strings<'static>, filename: Option<Name>) -> Read<Frozen> {
        let mut reader = Reader { rest: bytes, strings, names: Vec::new(), filename, later: None };
        let [name, qualname] = [reader.text()?, reader.text()?];
        let filename = match reader.filename.clone() {
            Some(own) => reader.string().map(|_| own)?,
            None => reader.name()?,
        };
        let head = reader.head()?;
        let captures = reader.captures()?.into();
        let Head { flags, locals, registers, .. } = head;
        Ok(Frozen { bytes, strings, filename, name, qualname, flags, locals, registers, captures })
    }

    /// All of it.
    pub fn code(&self) -> Arc<Code> {
        let filename = Some(self.filename.clone());
        let mut reader = Reader { rest: self.bytes, strings: self.strings, names: Vec::new(), filename, later: Some(&LATER) };
        match reader.code(0) {
            Ok(code) => Arc::new(code),
            Err(error) => unreachable!("the program's own library: {error}"),
        }
    }
}

/// The numbers at the head of a code.
struct Head {
    first_line: u32,
    flags: CodeFlags,
    arg_count: u32,
    posonly_count: u32,
    kwonly_count: u32,
    locals: u16,
    registers: u16,
}

/// Bytes that are equal for the same constant only (`0.0` and `-0.0`, `1` and `1.0` differ).
pub(crate) fn key(value: &Const) -> Vec<u8> {
    let mut writer = Writer { whole: true, ..Writer::default() };
    writer.constant(value);
    writer.out
}

#[derive(Default)]
struct Writer {
    out: Vec<u8>,
    strings: Vec<Arc<[u8]>>,
    index: HashMap<Arc<[u8]>, u64>,
    /// Write strings where they stand instead of their index.
    whole: bool,
}

impl Writer {
    fn number(&mut self, mut n: u64) {
        while n >= 0x80 {
            self.out.push(n as u8 | 0x80);
            n >>= 7;
        }
        self.out.push(n as u8);
    }

    fn signed(&mut self, n: i64) {
        self.number(((n << 1) ^ (n >> 63)) as u64);
    }

    fn bytes(&mut self, bytes: &[u8]) {
        self.number(bytes.len() as u64);
        self.out.extend_from_slice(bytes);
    }

    fn string(&mut self, text: &[u8]) {
        if self.whole {
            return self.bytes(text);
        }
        let index = match self.index.get(text) {
            Some(index) => *index,
            None => {
                let text: Arc<[u8]> = text.into();
                let index = self.strings.len() as u64;
                self.strings.push(text.clone());
                self.index.insert(text, index);
                index
            }
        };
        self.number(index);
    }

    fn strings<'a>(&mut self, names: impl ExactSizeIterator<Item = &'a Name>) {
        self.number(names.len() as u64);
        names.for_each(|name| self.string(name.as_bytes()));
    }

    fn constants(&mut self, tag: u8, parts: &[Const]) {
        self.out.push(tag);
        self.number(parts.len() as u64);
        parts.iter().for_each(|part| self.constant(part));
    }

    fn constant(&mut self, value: &Const) {
        match value {
            Const::None => self.out.push(b'N'),
            Const::Bool(value) => self.out.push(if *value { b'T' } else { b'F' }),
            Const::Ellipsis => self.out.push(b'.'),
            Const::Int(n) => {
                self.out.push(b'i');
                self.signed(*n);
            }
            Const::BigInt(n) => {
                let (sign, magnitude) = n.clone().into_parts();
                self.out.push(if sign == Sign::Negative { b'-' } else { b'+' });
                self.bytes(&magnitude.to_le_bytes());
            }
            Const::Float(x) => {
                self.out.push(b'f');
                self.out.extend_from_slice(&x.to_bits().to_le_bytes());
            }
            Const::Complex(re, im) => {
                self.out.push(b'c');
                self.out.extend_from_slice(&re.to_bits().to_le_bytes());
                self.out.extend_from_slice(&im.to_bits().to_le_bytes());
            }
            Const::Str(text) => {
                self.out.push(b's');
                self.string(text);
            }
            Const::Bytes(bytes) => {
                self.out.push(b'b');
                self.string(bytes);
            }
            Const::Tuple(parts) => self.constants(b'(', parts),
            Const::FrozenSet(parts) => self.constants(b'{', parts),
            Const::Slice(parts) => self.constants(b':', &parts[..]),
            Const::Code(code) => {
                self.out.push(b'@');
                let outer = std::mem::take(&mut self.out);
                self.code(code);
                let inner = std::mem::replace(&mut self.out, outer);
                self.bytes(&inner);
            }
            Const::Frozen(code) => self.constant(&Const::Code(code.code())),
        }
    }

    fn code(&mut self, code: &Code) {
        for text in [&code.name, &code.qualname, &code.filename] {
            self.string(text.as_bytes());
        }
        for n in [code.first_line, code.flags.0, code.arg_count, code.posonly_count, code.kwonly_count] {
            self.number(u64::from(n));
        }
        self.number(u64::from(code.locals));
        self.number(u64::from(code.registers));
        self.number(code.captures.len() as u64);
        for capture in &code.captures {
            match capture {
                Capture::Cell(reg) => self.number(u64::from(*reg) << 1),
                Capture::Free(index) => self.number(u64::from(*index) << 1 | 1),
            }
        }
        self.strings(code.varnames.iter());
        self.strings(code.cellvars.iter().map(|(name, _)| name).collect::<Vec<_>>().into_iter());
        code.cellvars.iter().for_each(|(_, reg)| self.number(u64::from(*reg)));
        self.strings(code.freevars.iter());
        self.number(code.instrs.len() as u64);
        for i in &code.instrs {
            self.out.extend_from_slice(&[i.op as u8, i.d]);
            for operand in [i.a, i.b, i.c] {
                self.out.extend_from_slice(&operand.to_le_bytes());
            }
        }
        self.number(code.consts.len() as u64);
        code.consts.iter().for_each(|value| self.constant(value));
        self.strings(code.names.iter());
        for sites in [&code.attr_sites, &code.global_sites] {
            self.number(sites.len() as u64);
            sites.iter().for_each(|name| self.number(u64::from(*name)));
        }
        self.number(code.handlers.len() as u64);
        for handler in &code.handlers {
            for n in [handler.start, handler.end, handler.target, u32::from(handler.register)] {
                self.number(u64::from(n));
            }
        }
        self.number(code.positions.len() as u64);
        let mut at = 0;
        let mut line = 0;
        for (first, position) in code.positions.iter() {
            self.number(u64::from(first - at));
            self.signed(i64::from(position.line) - i64::from(line));
            self.signed(i64::from(position.end_line) - i64::from(position.line));
            self.number(u64::from(position.column));
            self.number(u64::from(position.end_column));
            (at, line) = (*first, position.line);
        }
    }
}

struct Reader<'b> {
    rest: &'b [u8],
    strings: Strings<'b>,
    /// The names that were made already; not kept for code of the program.
    names: Vec<Option<Name>>,
    /// Code of the program comes from this file.
    filename: Option<Name>,
    later: Option<&'b Later<'b>>,
}

/// What is made of the parts that are to be read later.
struct Later<'b> {
    code: fn(&Reader<'b>, &'b [u8]) -> Read<Const>,
    positions: fn(&'b [u8]) -> Positions,
}

static LATER: Later<'static> = Later {
    code: |reader, bytes| Frozen::new(bytes, reader.strings, reader.filename.clone()).map(|code| Const::Frozen(Arc::new(code))),
    positions: |bytes| {
        Positions::later(bytes, |bytes| {
            let mut reader = Reader { rest: bytes, strings: Strings::default(), names: Vec::new(), filename: None, later: None };
            reader.positions().unwrap_or_default().into()
        })
    },
};

type Read<T> = Result<T, Corrupt>;

impl<'b> Reader<'b> {
    fn take(&mut self, count: usize) -> Read<&'b [u8]> {
        let Some((taken, rest)) = self.rest.split_at_checked(count) else {
            return Err(Corrupt("cut short"));
        };
        self.rest = rest;
        Ok(taken)
    }

    #[inline]
    fn number(&mut self) -> Read<u64> {
        // Most numbers are one byte.
        if let [byte @ 0..0x80, rest @ ..] = self.rest {
            self.rest = rest;
            return Ok(u64::from(*byte));
        }
        self.long_number()
    }

    #[inline(never)]
    fn long_number(&mut self) -> Read<u64> {
        let mut n = 0u64;
        for shift in (0..64).step_by(7) {
            let Some((byte, rest)) = self.rest.split_first() else {
                return Err(Corrupt("cut short"));
            };
            self.rest = rest;
            n |= u64::from(byte & 0x7F) << shift;
            if byte & 0x80 == 0 {
                return Ok(n);
            }
        }
        Err(Corrupt("number too long"))
    }

    fn signed(&mut self) -> Read<i64> {
        let n = self.number()?;
        Ok((n >> 1) as i64 ^ -((n & 1) as i64))
    }

    fn small<T: TryFrom<u64>>(&mut self) -> Read<T> {
        T::try_from(self.number()?).map_err(|_| Corrupt("number too large"))
    }

    /// How many things follow; each takes a byte at least.
    fn count(&mut self) -> Read<usize> {
        let count: usize = self.small()?;
        if count > self.rest.len() {
            return Err(Corrupt("count too large"));
        }
        Ok(count)
    }

    fn bytes(&mut self) -> Read<&'b [u8]> {
        let count = self.small()?;
        self.take(count)
    }

    fn string(&mut self) -> Read<&'b [u8]> {
        let index: usize = self.small()?;
        self.strings.get(index)
    }

    fn text(&mut self) -> Read<&'b str> {
        std::str::from_utf8(self.string()?).map_err(|_| Corrupt("name is not UTF-8"))
    }

    fn name(&mut self) -> Read<Name> {
        let before = self.rest;
        let index: usize = self.small()?;
        if let Some(Some(name)) = self.names.get(index) {
            return Ok(name.clone());
        }
        self.rest = before;
        let name: Name = self.text()?.into();
        if let Some(place) = self.names.get_mut(index) {
            *place = Some(name.clone());
        }
        Ok(name)
    }

    fn head(&mut self) -> Read<Head> {
        Ok(Head {
            first_line: self.small()?,
            flags: CodeFlags(self.small()?),
            arg_count: self.small()?,
            posonly_count: self.small()?,
            kwonly_count: self.small()?,
            locals: self.small()?,
            registers: self.small()?,
        })
    }

    fn captures(&mut self) -> Read<Vec<Capture>> {
        self.list(|this| {
            let n: u32 = this.small()?;
            let index = u16::try_from(n >> 1).map_err(|_| Corrupt("capture"))?;
            Ok(if n & 1 == 0 { Capture::Cell(index) } else { Capture::Free(index) })
        })
    }

    fn list<T>(&mut self, mut one: impl FnMut(&mut Self) -> Read<T>) -> Read<Vec<T>> {
        let count = self.count()?;
        let mut out = Vec::with_capacity(count.min(1 << 16));
        for _ in 0..count {
            out.push(one(self)?);
        }
        Ok(out)
    }

    fn positions(&mut self) -> Read<Vec<Row>> {
        let (mut at, mut line) = (0u32, 0i64);
        self.list(|this| {
            at = at.checked_add(this.small()?).ok_or(Corrupt("position"))?;
            line = line.checked_add(this.signed()?).ok_or(Corrupt("position"))?;
            let end_line = line.checked_add(this.signed()?).ok_or(Corrupt("position"))?;
            let narrow = |n: i64| u32::try_from(n).map_err(|_| Corrupt("position"));
            let position =
                Position { line: narrow(line)?, end_line: narrow(end_line)?, column: this.small()?, end_column: this.small()? };
            Ok((at, position))
        })
    }

    fn float(&mut self) -> Read<f64> {
        let bytes = self.take(8)?;
        let bits = bytes.iter().rev().fold(0, |bits, byte| bits << 8 | u64::from(*byte));
        Ok(f64::from_bits(bits))
    }

    fn constant(&mut self, depth: u32) -> Read<Const> {
        if depth > MAX_DEPTH {
            return Err(Corrupt("nested too deep"));
        }
        let parts = |this: &mut Self| this.list(|this| this.constant(depth + 1));
        Ok(match self.take(1)?[0] {
            b'N' => Const::None,
            b'T' => Const::Bool(true),
            b'F' => Const::Bool(false),
            b'.' => Const::Ellipsis,
            b'i' => Const::Int(self.signed()?),
            sign @ (b'+' | b'-') => {
                let magnitude = UBig::from_le_bytes(self.bytes()?);
                let sign = if sign == b'-' { Sign::Negative } else { Sign::Positive };
                Const::BigInt(IBig::from_parts(sign, magnitude))
            }
            b'f' => Const::Float(self.float()?),
            b'c' => Const::Complex(self.float()?, self.float()?),
            b's' => {
                let text = self.string()?;
                if self.filename.is_none() && !is_wtf8(text) {
                    return Err(Corrupt("text is not UTF-8"));
                }
                Const::Str(text.into())
            }
            b'b' => Const::Bytes(self.string()?.into()),
            b'(' => Const::Tuple(parts(self)?.into()),
            b'{' => Const::FrozenSet(parts(self)?.into()),
            b':' => {
                let parts: [Const; 3] = parts(self)?.try_into().map_err(|_| Corrupt("slice"))?;
                Const::Slice(parts.into())
            }
            b'@' => {
                let bytes = self.bytes()?;
                if let Some(later) = self.later {
                    return (later.code)(self, bytes);
                }
                let rest = std::mem::replace(&mut self.rest, bytes);
                let code = self.code(depth)?;
                if !self.rest.is_empty() {
                    return Err(Corrupt("bytes left over"));
                }
                self.rest = rest;
                Const::Code(Arc::new(code))
            }
            _ => return Err(Corrupt("unknown constant")),
        })
    }

    fn code(&mut self, depth: u32) -> Read<Code> {
        if depth > MAX_DEPTH {
            return Err(Corrupt("nested too deep"));
        }
        let name = self.name()?;
        let qualname = self.name()?;
        let filename = match self.filename.clone() {
            Some(own) => self.string().map(|_| own)?,
            None => self.name()?,
        };
        let Head { first_line, flags, arg_count, posonly_count, kwonly_count, locals, registers } = self.head()?;
        let captures = self.captures()?;
        let varnames = self.list(Self::name)?;
        let cells = self.list(Self::name)?;
        let mut cellvars = Vec::with_capacity(cells.len());
        for cell in cells {
            cellvars.push((cell, self.small()?));
        }
        let freevars = self.list(Self::name)?;
        let count: usize = self.small()?;
        let bytes = self.take(count.checked_mul(8).ok_or(Corrupt("count too large"))?)?;
        let mut instrs = Vec::with_capacity(count);
        for word in bytes.chunks_exact(8) {
            let op = *Op::ALL.get(usize::from(word[0])).ok_or(Corrupt("unknown instruction"))?;
            let operand = |at: usize| u16::from_le_bytes([word[at], word[at + 1]]);
            instrs.push(Instr { op, d: word[1], a: operand(2), b: operand(4), c: operand(6) });
        }
        let consts = self.list(|this| this.constant(depth + 1))?;
        let names = self.list(Self::name)?;
        let attr_sites = self.list(Self::small)?;
        let global_sites = self.list(Self::small)?;
        let handlers = self.list(|this| {
            Ok(Handler { start: this.small()?, end: this.small()?, target: this.small()?, register: this.small()? })
        })?;
        let positions = match self.later {
            Some(later) => (later.positions)(std::mem::take(&mut self.rest)),
            None => Positions::from(Box::from(self.positions()?)),
        };
        let code = Code {
            name,
            qualname,
            filename,
            first_line,
            flags,
            arg_count,
            posonly_count,
            kwonly_count,
            varnames: varnames.into(),
            cellvars: cellvars.into(),
            freevars: freevars.into(),
            captures: captures.into(),
            locals,
            registers,
            instrs: instrs.into(),
            consts: consts.into(),
            names: names.into(),
            attr_sites: attr_sites.into(),
            global_sites: global_sites.into(),
            handlers: handlers.into(),
            positions,
        };
        if self.filename.is_none() {
            verify::bounds(&code).map_err(|_| Corrupt("operand out of range"))?;
        }
        Ok(code)
    }
}

/// Whether bytes are UTF-8 in which surrogates may stand alone.
fn is_wtf8(mut bytes: &[u8]) -> bool {
    loop {
        match std::str::from_utf8(bytes) {
            Ok(_) => return true,
            Err(error) => {
                bytes = &bytes[error.valid_up_to()..];
                match bytes {
                    [0xED, 0xA0..=0xBF, 0x80..=0xBF, rest @ ..] => bytes = rest,
                    _ => return false,
                }
            }
        }
    }
}
