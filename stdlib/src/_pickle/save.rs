//! Writing values: the builtin types.

use lockstep_interp::object::raise::{Result, overflow_error, recursion_error, value_error};
use lockstep_interp::object::{Type, TypeFlags};
use lockstep_interp::types::buffer;
use lockstep_interp::types::bytearray::ByteArray;
use lockstep_interp::types::bytes::Bytes;
use lockstep_interp::types::dict::Dict;
use lockstep_interp::types::float::FloatBox;
use lockstep_interp::types::function::Function;
use lockstep_interp::types::int::{self, BigInt};
use lockstep_interp::types::list::List;
use lockstep_interp::types::set::Set;
use lockstep_interp::types::str::Str;
use lockstep_interp::types::tuple::Tuple;
use lockstep_interp::{Exc, Py, Ref, Value};
use lockstep_text::wtf8;

use super::buffer::PickleBuffer;
use super::containers::{dict, frozenset, list, set, tuple};
use super::out::FULL;
use super::pickler::Pickler;
use super::{State, global, op, pickling_error, plan, reduce};
use crate::notes::class_name;

/// Beyond this depth, fast mode looks for cycles.
const FAST_DEPTH: usize = 50;

/// Write a whole pickle.
pub fn dump(py: &mut Py, p: &Ref<Pickler>, value: &Value) -> Result<()> {
    let proto = p.get(py).proto;
    {
        let p = p.get_mut(py);
        p.out.reset();
        p.around.clear();
        p.depth = 0;
        if proto >= 2 {
            p.out.put(&[op::PROTO, proto as u8]);
        }
        p.out.framing = proto >= 4;
    }
    save(py, p, value)?;
    let out = &mut p.get_mut(py).out;
    out.op(op::STOP);
    out.close();
    out.framing = false;
    flush(py, p)
}

/// Send what is there to the file, if there is one.
fn flush(py: &mut Py, p: &Ref<Pickler>) -> Result<()> {
    let Some(write) = p.get(py).write.clone() else { return Ok(()) };
    let bytes = std::mem::take(&mut p.get_mut(py).out.bytes);
    py.room(bytes.len())?;
    let bytes = py.bytes(&bytes);
    py.call(&write, &[bytes]).map(drop)
}

/// Bytes as they are.
#[inline]
pub fn put(py: &mut Py, p: &Ref<Pickler>, bytes: &[u8]) {
    p.get_mut(py).out.put(bytes);
}

/// Remember a value that was just written.
pub fn memoize(py: &mut Py, p: &Ref<Pickler>, value: &Value) {
    let p = p.get_mut(py);
    if p.fast != 0 {
        return;
    }
    let place = p.memo.add(value);
    put_place(p, place);
}

/// Write that the value just written has this place.
pub fn put_place(p: &mut Pickler, place: u32) {
    match (p.proto, place) {
        (4.., _) => p.out.op(op::MEMOIZE),
        (0, _) => p.out.put(format!("p{place}\n").as_bytes()),
        (_, 0..=255) => p.out.put(&[op::BINPUT, place as u8]),
        _ => p.out.op4(op::LONG_BINPUT, place),
    }
}

/// Refer to the memo.
pub fn get_place(py: &mut Py, p: &Ref<Pickler>, place: u32) {
    let p = p.get_mut(py);
    match (p.proto, place) {
        (0, _) => p.out.put(format!("g{place}\n").as_bytes()),
        (_, 0..=255) => p.out.put(&[op::BINGET, place as u8]),
        _ => p.out.op4(op::LONG_BINGET, place),
    }
}

/// Step into a container.
pub fn deeper(py: &mut Py) -> Result<()> {
    match py.native_stack() {
        Err(e) if e.is(Exc::RecursionError) => Err(recursion_error("maximum recursion depth exceeded while pickling an object")),
        other => other,
    }
}

/// Write a value.
#[inline]
pub fn save(py: &mut Py, p: &Ref<Pickler>, value: &Value) -> Result<()> {
    save_value(py, p, value, true)
}

/// A value that needs no memo and no hook. False if it is none.
#[inline]
fn atom(py: &mut Py, p: &Ref<Pickler>, value: &Value) -> Result<bool> {
    if let Some(n) = value.as_small_int() {
        small_int(p.get_mut(py), n);
    } else if let Some(x) = value.as_float() {
        float(p.get_mut(py), x);
    } else if value.is_none() {
        p.get_mut(py).out.op(op::NONE);
    } else if let Some(b) = value.as_bool() {
        let p = p.get_mut(py);
        match (p.proto >= 2, b) {
            (true, true) => p.out.op(op::NEWTRUE),
            (true, false) => p.out.op(op::NEWFALSE),
            (false, true) => p.out.put(b"I01\n"),
            (false, false) => p.out.put(b"I00\n"),
        }
    } else if py.is_exact::<BigInt>(value) {
        big_int(py, p, value)?;
    } else if py.is_exact::<FloatBox>(value) {
        let x = lockstep_interp::types::float::boxed(value).unwrap_or_default();
        float(p.get_mut(py), x);
    } else {
        return Ok(false);
    }
    Ok(true)
}

/// Write a value; `persistent`: ask the hook first whether it is kept elsewhere.
pub fn save_value(py: &mut Py, p: &Ref<Pickler>, value: &Value, persistent: bool) -> Result<()> {
    if p.get(py).out.full() {
        p.get_mut(py).out.close();
        flush(py, p)?;
        py.check()?;
    }
    if persistent
        && let Some(hook) = p.get(py).persistent_id.clone()
        && reduce::persistent(py, p, &hook, value)?
    {
        return Ok(());
    }
    if atom(py, p, value)? {
        return Ok(());
    }
    if let Some(place) = p.get(py).memo.find(value) {
        get_place(py, p, place);
        return Ok(());
    }
    if py.is_exact::<Str>(value)
        && let Some(s) = value.downcast::<Str>()
    {
        return text(py, p, s);
    }
    if py.is_exact::<Tuple>(value)
        && let Some(t) = value.downcast::<Tuple>()
    {
        return tuple(py, p, t);
    }
    if py.is_exact::<Dict>(value)
        && let Some(d) = value.downcast::<Dict>()
    {
        return within(py, p, value, |py| dict(py, p, d));
    }
    if py.is_exact::<List>(value)
        && let Some(l) = value.downcast::<List>()
    {
        return within(py, p, value, |py| list(py, p, l));
    }
    save_other(py, p, value)
}

fn save_other(py: &mut Py, p: &Ref<Pickler>, value: &Value) -> Result<()> {
    if py.is_exact::<Bytes>(value)
        && let Some(b) = value.downcast::<Bytes>()
    {
        return bytes(py, p, b);
    }
    if py.is_exact::<ByteArray>(value) {
        return byte_array(py, p, value);
    }
    if let Some(b) = value.downcast::<PickleBuffer>()
        && py.is_exact::<PickleBuffer>(value)
    {
        return pickle_buffer(py, p, b);
    }
    if let Some(s) = value.downcast::<Set>() {
        let ty = py.type_of(value);
        if py.is_exact::<Set>(value) {
            return set(py, p, s);
        }
        if !ty.get(py).flags.has(TypeFlags::HEAP) {
            return frozenset(py, p, s);
        }
    }
    deeper(py)?;
    if plan::instance(py, p, value)? {
        return Ok(());
    }
    if let Some(hook) = p.get(py).reducer_override.clone() {
        let reduced = py.call(&hook, std::slice::from_ref(value))?;
        if !reduced.is_not_implemented() {
            return reduce::reduced(py, p, value, &reduced);
        }
    }
    let ty = py.type_of(value);
    if ty.is(py.plain_metatype()) {
        return global::save_type(py, p, value);
    }
    if value.is_a::<Function>() {
        return global::save_global(py, p, value, None);
    }
    let found = match p.get(py).table.clone() {
        None => match py.state::<State>().dispatch_table.clone() {
            Some(table) => lockstep_interp::types::dict::get(py, &table, ty.as_value())?,
            None => None,
        },
        Some(table) => match py.getitem(&table, ty.as_value()) {
            Ok(found) => Some(found),
            Err(e) if e.is(Exc::KeyError) => None,
            Err(e) => return Err(e),
        },
    };
    let result = if let Some(function) = found {
        py.call(&function, std::slice::from_ref(value))?
    } else if ty.get(py).flags.has(TypeFlags::METATYPE) && value.is_a::<Type>() {
        return global::save_global(py, p, value, None);
    } else if let Some(method) = py.getattr_opt(value, "__reduce_ex__")? {
        let proto = Value::int32(p.get(py).proto as i32);
        py.call(&method, &[proto])?
    } else if let Some(method) = py.getattr_opt(value, "__reduce__")? {
        py.call(&method, &[])?
    } else {
        let class = class_name(py, value);
        return Err(pickling_error(py, &format!("Can't pickle {class} object")));
    };
    reduce::reduced(py, p, value, &result)
}

/// Run with the container noted as being around, in fast mode; there is no memo that ends cycles.
fn within(py: &mut Py, p: &Ref<Pickler>, value: &Value, run: impl FnOnce(&mut Py) -> Result<()>) -> Result<()> {
    deeper(py)?;
    if p.get(py).fast == 0 {
        return run(py);
    }
    enter(py, p, value)?;
    let result = run(py);
    leave(py, p);
    result
}

/// Fast mode steps into a container.
pub fn enter(py: &mut Py, p: &Ref<Pickler>, value: &Value) -> Result<()> {
    let state = p.get_mut(py);
    state.depth += 1;
    if state.depth < FAST_DEPTH {
        return Ok(());
    }
    if state.around.contains(&value.id()) {
        let (class, id) = (py.type_name(value), value.id());
        return Err(value_error(format!("fast mode: can't pickle cyclic objects including object type {class} at {id:#x}")));
    }
    p.get_mut(py).around.push(value.id());
    Ok(())
}

/// Fast mode leaves a container.
pub fn leave(py: &mut Py, p: &Ref<Pickler>) {
    let state = p.get_mut(py);
    if state.depth >= FAST_DEPTH {
        state.around.pop();
    }
    state.depth = state.depth.saturating_sub(1);
}

fn small_int(p: &mut Pickler, n: i64) {
    match (p.proto, n) {
        (0, n) if i32::try_from(n).is_ok() => p.out.put(format!("I{n}\n").as_bytes()),
        (1.., 0..=0xFF) => p.out.put(&[op::BININT1, n as u8]),
        (1.., 0..=0xFFFF) => p.out.put(&[op::BININT2, n as u8, (n >> 8) as u8]),
        (1.., n) if i32::try_from(n).is_ok() => p.out.op4(op::BININT, n as u32),
        (2.., n) => {
            let bytes = n.to_le_bytes();
            let mut len = 8;
            // A byte of mere sign is not written.
            while len > 1 && (bytes[len - 1] as i8) == (bytes[len - 2] as i8) >> 7 {
                len -= 1;
            }
            p.out.put(&[op::LONG1, len as u8]);
            p.out.put(&bytes[..len]);
        }
        (_, n) => p.out.put(format!("L{n}L\n").as_bytes()),
    }
}

fn big_int(py: &mut Py, p: &Ref<Pickler>, value: &Value) -> Result<()> {
    let Some(n) = int::to_ibig(value) else { return Ok(()) };
    if let Some(n) = int::as_i64(value) {
        small_int(p.get_mut(py), n);
        return Ok(());
    }
    if p.get(py).proto < 2 {
        let limit = py.shared().config.int_max_str_digits;
        let text = lockstep_text::int::to_decimal(&n, limit)?;
        put(py, p, format!("L{text}L\n").as_bytes());
        return Ok(());
    }
    let mut bytes = n.to_le_bytes().into_vec();
    while bytes.len() > 1 && (bytes[bytes.len() - 1] as i8) == (bytes[bytes.len() - 2] as i8) >> 7 {
        bytes.pop();
    }
    let out = &mut p.get_mut(py).out;
    match u8::try_from(bytes.len()) {
        Ok(len) => out.put(&[op::LONG1, len]),
        Err(_) if bytes.len() > i32::MAX as usize => return Err(overflow_error("int too large to pickle")),
        Err(_) => out.op4(op::LONG4, bytes.len() as u32),
    }
    out.put(&bytes);
    Ok(())
}

fn float(p: &mut Pickler, x: f64) {
    if p.proto > 0 {
        let [a, b, c, d, e, f, g, h] = x.to_bits().to_be_bytes();
        p.out.put(&[op::BINFLOAT, a, b, c, d, e, f, g, h]);
    } else {
        p.out.put(format!("F{}\n", lockstep_text::float::repr(x)).as_bytes());
    }
}

/// A head and its data. Large data stand outside of frames, and go to the file by themselves.
fn data(py: &mut Py, p: &Ref<Pickler>, head: &[u8], data: &[u8], whole: Option<&Value>) -> Result<()> {
    if data.len() < FULL {
        let out = &mut p.get_mut(py).out;
        out.put(head);
        out.bytes.extend_from_slice(data);
        return Ok(());
    }
    let state = p.get_mut(py);
    state.out.close();
    let framing = std::mem::replace(&mut state.out.framing, false);
    state.out.put(head);
    let result = match state.write.clone() {
        None => {
            let fits = state.out.bytes.try_reserve(data.len());
            fits.map_err(|_| lockstep_interp::object::raise::memory_error()).map(|()| state.out.bytes.extend_from_slice(data))
        }
        Some(write) => flush(py, p).and_then(|()| {
            let value = whole.cloned().unwrap_or_else(|| py.bytes(data));
            py.call(&write, &[value]).map(drop)
        }),
    };
    p.get_mut(py).out.framing = framing;
    result
}

fn text(py: &mut Py, p: &Ref<Pickler>, s: &Ref<Str>) -> Result<()> {
    let bytes = s.as_bytes();
    let proto = p.get(py).proto;
    if proto == 0 {
        let line = raw_unicode_escape(bytes);
        put(py, p, &line);
    } else {
        let len = bytes.len();
        match (u8::try_from(len), u32::try_from(len)) {
            (Ok(len), _) if proto >= 4 => {
                let out = &mut p.get_mut(py).out;
                out.put(&[op::SHORT_BINUNICODE, len]);
                out.bytes.extend_from_slice(bytes);
            }
            (_, Ok(len)) => data(py, p, &head4(op::BINUNICODE, len), bytes, None)?,
            _ if proto >= 4 => data(py, p, &head8(op::BINUNICODE8, len as u64), bytes, None)?,
            _ => {
                return Err(overflow_error("serializing a string larger than 4 GiB requires pickle protocol 4 or higher"));
            }
        }
    }
    memoize(py, p, s.as_value());
    Ok(())
}

fn head4(op: u8, n: u32) -> [u8; 5] {
    let [a, b, c, d] = n.to_le_bytes();
    [op, a, b, c, d]
}
fn head8(op: u8, n: u64) -> [u8; 9] {
    let mut head = [op; 9];
    head[1..].copy_from_slice(&n.to_le_bytes());
    head
}

/// A line of protocol 0: Latin-1, and escapes for the rest and for what would break the line.
fn raw_unicode_escape(bytes: &[u8]) -> Vec<u8> {
    let mut line = vec![op::UNICODE];
    for c in wtf8::code_points(bytes) {
        match c {
            0x1_0000.. => line.extend_from_slice(format!("\\U{c:08x}").as_bytes()),
            0 | 10 | 13 | 0x1A | 0x5C | 256.. => line.extend_from_slice(format!("\\u{c:04x}").as_bytes()),
            _ => line.push(c as u8),
        }
    }
    line.push(b'\n');
    line
}

/// Bytes without a place in the memo, from protocol 3 on.
fn plain_bytes(py: &mut Py, p: &Ref<Pickler>, bytes: &[u8], whole: Option<&Value>) -> Result<()> {
    let len = bytes.len();
    match (u8::try_from(len), u32::try_from(len)) {
        (Ok(short), _) => data(py, p, &[op::SHORT_BINBYTES, short], bytes, whole),
        (_, Ok(len)) => data(py, p, &head4(op::BINBYTES, len), bytes, whole),
        _ if p.get(py).proto >= 4 => data(py, p, &head8(op::BINBYTES8, len as u64), bytes, whole),
        _ => Err(overflow_error("serializing a bytes object larger than 4 GiB requires pickle protocol 4 or higher")),
    }
}

fn bytes(py: &mut Py, p: &Ref<Pickler>, b: &Ref<Bytes>) -> Result<()> {
    if p.get(py).proto >= 3 {
        plain_bytes(py, p, b.slice(), Some(b.as_value()))?;
        memoize(py, p, b.as_value());
        return Ok(());
    }
    // Protocols that know no bytes: as text, which is encoded when it is read.
    if b.slice().is_empty() {
        let class = py.type_for::<Bytes>().into_value();
        return reduce::call(py, p, &class, &[], b.as_value());
    }
    let mut wide = Vec::with_capacity(b.slice().len());
    for byte in b.slice() {
        wtf8::push(&mut wide, u32::from(*byte));
    }
    let text = py.new_str_bytes(&wide).into_value();
    let codec = py.intern("latin1").into_value();
    let encode = py.state::<State>().encode.clone().unwrap_or(Value::NONE);
    reduce::call(py, p, &encode, &[text, codec], b.as_value())
}

fn byte_array(py: &mut Py, p: &Ref<Pickler>, value: &Value) -> Result<()> {
    let bytes = buffer::to_vec(py, value)?;
    if p.get(py).proto >= 5 {
        data(py, p, &head8(op::BYTEARRAY8, bytes.len() as u64), &bytes, None)?;
        memoize(py, p, value);
        return Ok(());
    }
    let class = py.type_for::<ByteArray>().into_value();
    if bytes.is_empty() {
        return reduce::call(py, p, &class, &[], value);
    }
    let bytes = py.bytes(&bytes);
    reduce::call(py, p, &class, &[bytes], value)
}

fn pickle_buffer(py: &mut Py, p: &Ref<Pickler>, b: &Ref<PickleBuffer>) -> Result<()> {
    if p.get(py).proto < 5 {
        return Err(pickling_error(py, "PickleBuffer can only be pickled with protocol >= 5"));
    }
    let view = super::buffer::view(py, b)?;
    let contiguous = py.getattr(view.as_value(), "contiguous")?;
    if !py.truth(&contiguous)? {
        return Err(pickling_error(py, "PickleBuffer can not be pickled when pointing to a non-contiguous buffer"));
    }
    let in_band = match p.get(py).buffer_callback.clone() {
        Some(callback) => {
            let answer = py.call(&callback, &[b.to_value()])?;
            py.truth(&answer)?
        }
        None => true,
    };
    let readonly = view.get(py).readonly;
    if !in_band {
        let out = &mut p.get_mut(py).out;
        out.op(op::NEXT_BUFFER);
        if readonly {
            out.op(op::READONLY_BUFFER);
        }
        return Ok(());
    }
    // The memory as it lies, whatever its order of indices.
    let order = py.str("A");
    let tobytes = py.getattr(view.as_value(), "tobytes")?;
    let bytes = py.call_named(&tobytes, &[], &[("order", order)])?;
    let bytes = buffer::data(py, &bytes)?;
    if readonly {
        plain_bytes(py, p, &bytes, None)?;
    } else {
        data(py, p, &head8(op::BYTEARRAY8, bytes.len() as u64), &bytes, None)?;
    }
    memoize(py, p, b.as_value());
    Ok(())
}
