//! The machine that reads pickles: a stack, marks on it, and the memo.

use lockstep_interp::object::raise::{Result, overflow_error, value_error};
use lockstep_interp::types::dict::{self, Dict};
use lockstep_interp::types::int;
use lockstep_interp::types::list::List;
use lockstep_interp::types::set::{self, Set};
use lockstep_interp::types::str::Str;
use lockstep_interp::types::tuple::Tuple;
use lockstep_interp::{Exc, Py, Raised, Ref, Value};

use super::source::Source;
use super::unpickler::Unpickler;
use super::{is_unpickling_error, op, unpickling_error};

/// One reading of a pickle.
pub struct Load<'a> {
    pub(super) unpickler: &'a Ref<Unpickler>,
    pub(super) source: Source,
    pub(super) stack: Vec<Value>,
    marks: Vec<usize>,
    /// `find_class` may be a subclass's.
    pub(super) subclass: bool,
    /// `__setstate__`
    pub(super) setstate: Ref<Str>,
    /// Names of attributes seen before, and the same interned.
    pub(super) names: Vec<Option<(Value, Ref<Str>)>>,
}

/// Read one pickle.
pub fn load(py: &mut Py, unpickler: &Ref<Unpickler>) -> Result<Value> {
    let subclass = !py.is_exact::<Unpickler>(unpickler.as_value());
    let u = unpickler.get_mut(py);
    u.proto = 0;
    let source = std::mem::take(&mut u.source);
    let setstate = py.intern("__setstate__");
    let (stack, marks, names) = (Vec::new(), Vec::new(), Vec::new());
    let mut load = Load { unpickler, source, stack, marks, subclass, setstate, names };
    let mut result = load.run(py);
    if result.is_ok()
        && let Err(e) = load.source.finish(py)
    {
        result = Err(e);
    }
    let source = std::mem::take(&mut load.source);
    unpickler.get_mut(py).source = source;
    result
}

impl Load<'_> {
    fn run(&mut self, py: &mut Py) -> Result<Value> {
        let mut steps = 0u32;
        loop {
            steps = steps.wrapping_add(1);
            if steps.is_multiple_of(8192) {
                py.check()?;
            }
            let op = match self.source.byte(py) {
                Ok(Some(op)) => op,
                Ok(None) => return Err(Raised::new(Exc::EOFError, "Ran out of input")),
                Err(e) if is_unpickling_error(py, &e) => return Err(Raised::new(Exc::EOFError, "Ran out of input")),
                Err(e) => return Err(e),
            };
            if op == op::STOP {
                return self.pop(py);
            }
            self.step(py, op)?;
        }
    }

    /// Where the part of the stack begins that may be used: behind the last mark.
    fn fence(&self) -> usize {
        self.marks.last().copied().unwrap_or(0)
    }
    #[cold]
    pub(super) fn underflow(&self, py: &mut Py) -> Raised {
        let message = if self.marks.is_empty() { "unpickling stack underflow" } else { "unexpected MARK found" };
        unpickling_error(py, message)
    }
    #[inline]
    pub(super) fn pop(&mut self, py: &mut Py) -> Result<Value> {
        if self.stack.len() > self.fence()
            && let Some(value) = self.stack.pop()
        {
            return Ok(value);
        }
        Err(self.underflow(py))
    }
    /// The value on top.
    #[inline]
    pub(super) fn top(&self, py: &mut Py) -> Result<Value> {
        match self.stack.last() {
            Some(value) if self.stack.len() > self.fence() => Ok(value.clone()),
            _ => Err(self.underflow(py)),
        }
    }
    #[inline]
    pub(super) fn push(&mut self, value: Value) {
        self.stack.push(value);
    }
    /// Take the last mark away: where it was.
    #[inline]
    fn mark(&mut self, py: &mut Py) -> Result<usize> {
        match self.marks.pop() {
            Some(mark) => Ok(mark),
            None => Err(unpickling_error(py, "could not find MARK")),
        }
    }
    /// What lies above the last mark, which goes too.
    pub(super) fn above(&mut self, py: &mut Py) -> Result<Vec<Value>> {
        let mark = self.mark(py)?;
        Ok(self.stack.split_off(mark.min(self.stack.len())))
    }
    /// The last mark, which goes, and the object below it.
    fn below_mark(&mut self, py: &mut Py) -> Result<(usize, Value)> {
        let mark = self.mark(py)?;
        if mark <= self.fence() || mark > self.stack.len() {
            return Err(self.underflow(py));
        }
        Ok((mark, self.stack[mark - 1].clone()))
    }

    fn step(&mut self, py: &mut Py, op: u8) -> Result<()> {
        match op {
            op::BININT1 => {
                let [n] = self.source.array(py)?;
                self.push(Value::int32(i32::from(n)));
            }
            op::BINGET => {
                let [place] = self.source.array(py)?;
                self.get(py, u64::from(place))?;
            }
            op::MEMOIZE => {
                let value = self.top(py)?;
                let old = self.unpickler.get_mut(py).memo.push(value);
                drop(old);
            }
            op::BINPUT => {
                let [place] = self.source.array(py)?;
                self.put(py, u64::from(place))?;
            }
            op::LONG_BINGET => {
                let place = u32::from_le_bytes(self.source.array(py)?);
                self.get(py, u64::from(place))?;
            }
            op::LONG_BINPUT => {
                let place = u32::from_le_bytes(self.source.array(py)?);
                self.put(py, u64::from(place))?;
            }
            op::SHORT_BINUNICODE => {
                let [len] = self.source.array(py)?;
                self.text(py, usize::from(len))?;
            }
            op::BINUNICODE => {
                let len = u32::from_le_bytes(self.source.array(py)?);
                self.text(py, len as usize)?;
            }
            op::BINUNICODE8 => {
                let len = self.length8(py, "BINUNICODE8")?;
                self.text(py, len)?;
            }
            op::MARK => self.marks.push(self.stack.len()),
            op::NONE => self.push(Value::NONE),
            op::NEWTRUE => self.push(Value::TRUE),
            op::NEWFALSE => self.push(Value::FALSE),
            op::BININT => {
                let n = i32::from_le_bytes(self.source.array(py)?);
                self.push(Value::int32(n));
            }
            op::BININT2 => {
                let n = u16::from_le_bytes(self.source.array(py)?);
                self.push(Value::int32(i32::from(n)));
            }
            op::BINFLOAT => {
                let x = f64::from_be_bytes(self.source.array(py)?);
                self.push(Value::float(x));
            }
            op::EMPTY_TUPLE => {
                let empty = py.tuple(Vec::new());
                self.push(empty);
            }
            op::TUPLE1 => self.tuple(py, 1)?,
            op::TUPLE2 => self.tuple(py, 2)?,
            op::TUPLE3 => self.tuple(py, 3)?,
            op::TUPLE => {
                let mark = self.mark(py)?.min(self.stack.len());
                self.tuple_from(py, mark);
            }
            op::EMPTY_LIST => {
                let list = py.list(Vec::new());
                self.push(list);
            }
            op::LIST => {
                let items = self.above(py)?;
                let list = py.list(items);
                self.push(list);
            }
            op::EMPTY_DICT => {
                let dict = py.new_dict().into_value();
                self.push(dict);
            }
            op::EMPTY_SET => {
                let set = py.make(Set::default()).into_value();
                self.push(set);
            }
            op::APPEND => {
                let value = self.pop(py)?;
                let list = self.top(py)?;
                append(py, &list, vec![value])?;
            }
            op::APPENDS => {
                let (mark, list) = self.below_mark(py)?;
                if py.is_exact::<List>(&list)
                    && let Some(l) = list.downcast::<List>()
                {
                    l.get_mut(py).items.extend(self.stack.drain(mark..));
                } else {
                    let items = self.stack.split_off(mark);
                    append(py, &list, items)?;
                }
            }
            op::SETITEM => {
                let value = self.pop(py)?;
                let key = self.pop(py)?;
                let dict = self.top(py)?;
                assign(py, &dict, key, value)?;
            }
            op::SETITEMS => {
                let (mark, dict) = self.below_mark(py)?;
                if !(self.stack.len() - mark).is_multiple_of(2) {
                    return Err(unpickling_error(py, "odd number of items for SETITEMS"));
                }
                let mut items = self.stack.drain(mark..);
                while let (Some(key), Some(value)) = (items.next(), items.next()) {
                    assign(py, &dict, key, value)?;
                }
            }
            op::BUILD => self.build(py)?,
            op::NEWOBJ => self.new_object(py)?,
            op::REDUCE => self.reduce(py)?,
            op::STACK_GLOBAL => {
                let name = self.pop(py)?;
                let module = self.pop(py)?;
                if !py.is_exact::<Str>(&name) || !py.is_exact::<Str>(&module) {
                    return Err(unpickling_error(py, "STACK_GLOBAL requires str"));
                }
                self.global(py, &module, &name)?;
            }
            _ => self.rare(py, op)?,
        }
        Ok(())
    }

    fn rare(&mut self, py: &mut Py, op: u8) -> Result<()> {
        match op {
            op::PROTO => {
                let [proto] = self.source.array(py)?;
                if proto > 5 {
                    return Err(value_error(format!("unsupported pickle protocol: {proto}")));
                }
                self.unpickler.get_mut(py).proto = proto;
            }
            op::FRAME => {
                let size = u64::from_le_bytes(self.source.array(py)?);
                if size > i64::MAX as u64 {
                    return Err(overflow_error(format!("FRAME length exceeds system's maximum of {} bytes", i64::MAX)));
                }
                self.source.need(py, size as usize)?;
            }
            op::ADDITEMS => {
                let (mark, set) = self.below_mark(py)?;
                let items = self.stack.split_off(mark);
                add(py, &set, items)?;
            }
            op::FROZENSET => {
                let items = self.above(py)?;
                let items = py.list(items);
                let set = set::frozen(py, &items)?;
                self.push(set);
            }
            op::DICT => {
                let items = self.above(py)?;
                if !items.len().is_multiple_of(2) {
                    return Err(unpickling_error(py, "odd number of items for DICT"));
                }
                let dict = py.new_dict().into_value();
                for pair in items.chunks_exact(2) {
                    assign(py, &dict, pair[0].clone(), pair[1].clone())?;
                }
                self.push(dict);
            }
            op::POP => {
                if self.marks.last() == Some(&self.stack.len()) {
                    self.marks.pop();
                } else {
                    self.pop(py)?;
                }
            }
            op::POP_MARK => drop(self.above(py)?),
            op::DUP => {
                let top = self.top(py)?;
                self.push(top);
            }
            op::GET => {
                let place = self.decimal(py)?;
                match int::as_i64(&place).and_then(|n| u64::try_from(n).ok()) {
                    Some(place) => self.get(py, place)?,
                    None => return Err(no_memo(py, &place.as_small_int().unwrap_or(-1).to_string())),
                }
            }
            op::PUT => {
                let place = self.decimal(py)?;
                match int::as_i64(&place).and_then(|n| u64::try_from(n).ok()) {
                    Some(place) => self.put(py, place)?,
                    None => return Err(value_error("negative PUT argument")),
                }
            }
            op::LONG1 => {
                let [n] = self.source.array(py)?;
                self.long(py, usize::from(n))?;
            }
            op::LONG4 => {
                let n = i32::from_le_bytes(self.source.array(py)?);
                match usize::try_from(n) {
                    Ok(n) => self.long(py, n)?,
                    Err(_) => return Err(unpickling_error(py, "LONG pickle has negative byte count")),
                }
            }
            op::SHORT_BINBYTES => {
                let [n] = self.source.array(py)?;
                self.bytes(py, usize::from(n))?;
            }
            op::BINBYTES => {
                let n = u32::from_le_bytes(self.source.array(py)?);
                self.bytes(py, n as usize)?;
            }
            op::BINBYTES8 => {
                let n = self.length8(py, "BINBYTES8")?;
                self.bytes(py, n)?;
            }
            op::BYTEARRAY8 => {
                let n = self.length8(py, "BYTEARRAY8")?;
                let bytes = self.source.take(py, n)?.to_vec();
                let array = py.byte_array(bytes);
                self.push(array);
            }
            _ => self.text_op(py, op)?,
        }
        Ok(())
    }

    /// A length of eight bytes.
    fn length8(&mut self, py: &mut Py, op: &str) -> Result<usize> {
        let n = u64::from_le_bytes(self.source.array(py)?);
        if n > i64::MAX as u64 {
            return Err(overflow_error(format!("{op} exceeds system's maximum size of {} bytes", i64::MAX)));
        }
        Ok(n as usize)
    }
    #[inline]
    fn get(&mut self, py: &mut Py, place: u64) -> Result<()> {
        match self.unpickler.get(py).memo.get(place).cloned() {
            Some(value) => {
                self.push(value);
                Ok(())
            }
            None => Err(no_memo(py, &place.to_string())),
        }
    }
    #[inline]
    fn put(&mut self, py: &mut Py, place: u64) -> Result<()> {
        let value = self.top(py)?;
        let old = self.unpickler.get_mut(py).memo.put(place, value);
        drop(old);
        Ok(())
    }
    fn tuple(&mut self, py: &mut Py, n: usize) -> Result<()> {
        if self.stack.len() < self.fence() + n {
            return Err(self.underflow(py));
        }
        self.tuple_from(py, self.stack.len() - n);
        Ok(())
    }
    fn tuple_from(&mut self, py: &mut Py, at: usize) {
        let tuple = if at == self.stack.len() {
            py.tuple(Vec::new())
        } else {
            py.heap().make_tail::<Tuple>(py.shape_of::<Tuple>(), (), self.stack.drain(at..)).into_value()
        };
        self.push(tuple);
    }
    #[inline]
    fn text(&mut self, py: &mut Py, len: usize) -> Result<()> {
        let bytes = self.source.take(py, len)?;
        let value = if bytes.is_ascii() {
            py.new_ascii(bytes).into_value()
        } else if let Ok(text) = std::str::from_utf8(bytes) {
            py.make_str(bytes, text.chars().count()).into_value()
        } else {
            let bytes = py.bytes(bytes);
            let (codec, errors) = (py.str("utf-8"), py.str("surrogatepass"));
            py.call_method(&bytes, "decode", &[codec, errors])?
        };
        self.push(value);
        Ok(())
    }
    fn bytes(&mut self, py: &mut Py, len: usize) -> Result<()> {
        let bytes = self.source.take(py, len)?;
        let value = py.bytes(bytes);
        self.push(value);
        Ok(())
    }
    fn long(&mut self, py: &mut Py, len: usize) -> Result<()> {
        let bytes = self.source.take(py, len)?;
        let value = if bytes.is_empty() {
            Value::int32(0)
        } else if bytes.len() <= 8 {
            let negative = bytes[bytes.len() - 1] >= 0x80;
            let mut word = [if negative { 0xFF } else { 0 }; 8];
            word[..bytes.len()].copy_from_slice(bytes);
            py.int(i64::from_le_bytes(word))
        } else {
            py.int_from(dashu_int::IBig::from_le_bytes(bytes))
        };
        self.push(value);
        Ok(())
    }
}

#[cold]
fn no_memo(py: &mut Py, place: &str) -> Raised {
    unpickling_error(py, &format!("Memo value not found at index {place}"))
}

/// Append to a list or what acts like one.
fn append(py: &mut Py, list: &Value, mut items: Vec<Value>) -> Result<()> {
    if py.is_exact::<List>(list)
        && let Some(l) = list.downcast::<List>()
    {
        l.get_mut(py).items.append(&mut items);
        return Ok(());
    }
    if let Some(extend) = py.getattr_opt(list, "extend")? {
        let items = py.list(items);
        return py.call(&extend, &[items]).map(drop);
    }
    let append = py.getattr(list, "append")?;
    for item in items {
        py.call(&append, &[item])?;
    }
    Ok(())
}

/// Put a pair into a dict or what acts like one.
#[inline]
fn assign(py: &mut Py, dict: &Value, key: Value, value: Value) -> Result<()> {
    if py.is_exact::<Dict>(dict)
        && let Some(d) = dict.downcast::<Dict>()
    {
        return dict::set(py, d, &key, value);
    }
    py.setitem(dict, &key, value)
}

/// Put elements into a set or what acts like one.
fn add(py: &mut Py, set: &Value, items: Vec<Value>) -> Result<()> {
    if let Some(s) = set.downcast::<Set>()
        && !is_frozen(py, set)
    {
        for item in items {
            set::add(py, s, &item)?;
        }
        return Ok(());
    }
    let add = py.getattr(set, "add")?;
    for item in items {
        py.call(&add, &[item])?;
    }
    Ok(())
}

fn is_frozen(py: &Py, set: &Value) -> bool {
    !py.is_exact::<Set>(set) && py.is_instance_of(set, &py.type_named("frozenset"))
}
