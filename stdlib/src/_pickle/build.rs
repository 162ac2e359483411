//! Reading pickles: objects made by calls, globals, and the instructions in text.

use lockstep_interp::import::import_module;
use lockstep_interp::object::raise::{Result, type_error, value_error};
use lockstep_interp::object::{Type, TypeFlags};
use lockstep_interp::types::dict::{self, Dict};
use lockstep_interp::types::int;
use lockstep_interp::types::memoryview;
use lockstep_interp::types::str::Str;
use lockstep_interp::types::tuple::Tuple;
use lockstep_interp::types::r#type::layout;
use lockstep_interp::{Instance, Py, Ref, Value};
use lockstep_text::int::Shown;

use super::load::Load;
use super::unpickler::find_class;
use super::{State, op, unpickling_error};

impl Load<'_> {
    /// Push the object of this name in a module.
    pub(super) fn global(&mut self, py: &mut Py, module: &Value, name: &Value) -> Result<()> {
        let found = self.class(py, module, name)?;
        self.push(found);
        Ok(())
    }
    fn class(&mut self, py: &mut Py, module: &Value, name: &Value) -> Result<Value> {
        if self.subclass {
            return py.call_method(self.unpickler.as_value(), "find_class", &[module.clone(), name.clone()]);
        }
        let (Some(module), Some(name)) = (module.downcast::<Str>(), name.downcast::<Str>()) else {
            return Err(unpickling_error(py, "STACK_GLOBAL requires str"));
        };
        let (module, name) = (module.to_str(py)?, name.to_str(py)?);
        find_class(py, self.unpickler, module, name)
    }

    pub(super) fn reduce(&mut self, py: &mut Py) -> Result<()> {
        let args = self.pop(py)?;
        let callable = self.pop(py)?;
        let Some(args) = args.downcast::<Tuple>() else { return Err(type_error("argument list must be a tuple")) };
        let made = py.call(&callable, args.slice())?;
        self.push(made);
        Ok(())
    }

    pub(super) fn new_object(&mut self, py: &mut Py) -> Result<()> {
        let args = self.pop(py)?;
        let class = self.pop(py)?;
        let Some(ty) = class.downcast::<Type>() else {
            let got = py.type_name(&class);
            return Err(unpickling_error(py, &format!("NEWOBJ class argument must be a type, not {got}")));
        };
        let Some(args) = args.downcast::<Tuple>() else {
            let got = py.type_name(&args);
            return Err(unpickling_error(py, &format!("NEWOBJ args argument must be a tuple, not {got}")));
        };
        let flags = ty.get(py).flags;
        let made = if args.is_empty()
            && !flags.has(TypeFlags::CUSTOM_NEW | TypeFlags::ABSTRACT | TypeFlags::NO_NEW)
            && layout::is_plain(py, ty)
        {
            py.make_in(ty, Instance).into_value()
        } else {
            let new = py.getattr(&class, "__new__")?;
            let mut all = Vec::with_capacity(args.len() + 1);
            all.push(class.clone());
            all.extend_from_slice(args.slice());
            py.call(&new, &all)?
        };
        self.push(made);
        Ok(())
    }

    fn new_object_with_keywords(&mut self, py: &mut Py) -> Result<()> {
        let kwargs = self.pop(py)?;
        let args = self.pop(py)?;
        let class = self.pop(py)?;
        let bad = |py: &mut Py, what: &str, wanted: &str, value: &Value| {
            let got = py.type_name(value);
            Err(unpickling_error(py, &format!("NEWOBJ_EX {what} argument must be a {wanted}, not {got}")))
        };
        if !class.is_a::<Type>() {
            return bad(py, "class", "type", &class);
        }
        let Some(positional) = args.downcast::<Tuple>() else { return bad(py, "args", "tuple", &args) };
        if !kwargs.is_a::<Dict>() {
            return bad(py, "kwargs", "dict", &kwargs);
        }
        let new = py.getattr(&class, "__new__")?;
        let mut all = vec![class.clone()];
        all.extend_from_slice(positional.slice());
        let keywords = py.kwargs(&kwargs);
        let made = py.call_kw(&new, &all, &keywords)?;
        self.push(made);
        Ok(())
    }

    /// The old way to make an instance: by its class, unless there is nothing to call it with.
    fn instantiate(&mut self, py: &mut Py, class: &Value, args: &[Value]) -> Result<()> {
        let bare = args.is_empty() && class.is_a::<Type>() && py.getattr_opt(class, "__getinitargs__")?.is_none();
        let made = if bare { py.call_method(class, "__new__", std::slice::from_ref(class))? } else { py.call(class, args)? };
        self.push(made);
        Ok(())
    }

    pub(super) fn build(&mut self, py: &mut Py) -> Result<()> {
        let state = self.pop(py)?;
        let object = self.top(py)?;
        if let Some(setstate) = py.getattr_if(&object, &self.setstate.clone())? {
            return py.call(&setstate, &[state]).map(drop);
        }
        let (state, slots) = match state.downcast::<Tuple>().map(|t| t.slice()) {
            Some([state, slots]) => (state.clone(), slots.clone()),
            _ => (state, Value::NONE),
        };
        if !state.is_none() {
            let Some(attributes) = state.downcast::<Dict>() else {
                return Err(unpickling_error(py, "state is not a dictionary"));
            };
            self.give_attributes(py, &object, attributes)?;
        }
        if !slots.is_none() {
            let Some(slots) = slots.downcast::<Dict>() else {
                return Err(unpickling_error(py, "slot state is not a dictionary"));
            };
            let pairs: Vec<(Value, Value)> = slots.get(py).iter().map(|(k, v)| (k.clone(), v.clone())).collect();
            for (name, value) in pairs {
                let name = py.attribute_name(&name)?;
                py.setattr_str(&object, &name, Some(value))?;
            }
        }
        Ok(())
    }

    fn persistent(&mut self, py: &mut Py, id: Value) -> Result<()> {
        let Some(hook) = self.unpickler.get(py).persistent_load.clone() else {
            return Err(unpickling_error(
                py,
                "A load persistent id instruction was encountered, but no persistent_load function was specified.",
            ));
        };
        let value = py.call(&hook, &[id])?;
        self.push(value);
        Ok(())
    }

    /// A registered object by its code.
    fn extension(&mut self, py: &mut Py, code: i64) -> Result<()> {
        if code <= 0 {
            return Err(unpickling_error(py, "EXT specifies code <= 0"));
        }
        let (cache, registry) = {
            let state = py.state::<State>();
            (state.extension_cache.clone(), state.inverted_registry.clone())
        };
        let key = py.int(code);
        if let Some(cache) = &cache
            && let Some(known) = dict::get(py, cache, &key)?
        {
            self.push(known);
            return Ok(());
        }
        let pair = match registry {
            Some(registry) => dict::get(py, &registry, &key)?,
            None => None,
        };
        let Some(pair) = pair else { return Err(value_error(format!("unregistered extension code {code}"))) };
        let Some([module, name]) = pair.downcast::<Tuple>().map(|t| t.slice()) else {
            return Err(value_error(format!("_inverted_registry[{code}] isn't a 2-tuple of strings")));
        };
        if !module.is_a::<Str>() || !name.is_a::<Str>() {
            return Err(value_error(format!("_inverted_registry[{code}] isn't a 2-tuple of strings")));
        }
        let found = self.class(py, module, name)?;
        if let Some(cache) = cache {
            dict::set(py, &cache, &key, found.clone())?;
        }
        self.push(found);
        Ok(())
    }

    /// A line as text.
    fn line_text(&mut self, py: &mut Py, codec: &str) -> Result<Value> {
        let line = self.source.line(py)?;
        let bytes = py.bytes(&line);
        let codec = py.str(codec);
        py.call_method(&bytes, "decode", &[codec])
    }
    /// A line that is a name.
    fn line_name(&mut self, py: &mut Py, codec: &str) -> Result<Value> {
        let name = self.line_text(py, codec)?;
        if name.downcast::<Str>().is_some_and(|name| name.is_empty()) { Err(super::source::truncated(py)) } else { Ok(name) }
    }
    /// A line as an int.
    pub(super) fn decimal(&mut self, py: &mut Py) -> Result<Value> {
        let line = self.source.line(py)?;
        int::parse(py, &line, 10, Shown::Bytes)
    }
    /// A byte string of Python 2: as the caller of the unpickler wants it.
    fn old_string(&mut self, py: &mut Py, bytes: &[u8]) -> Result<()> {
        let bytes = py.bytes(bytes);
        let u = self.unpickler.get(py);
        let value = if u.encoding == "bytes" {
            bytes
        } else {
            let (encoding, errors) = (py.str(&u.encoding), py.str(&u.errors));
            py.call_method(&bytes, "decode", &[encoding, errors])?
        };
        self.push(value);
        Ok(())
    }

    fn int_line(&mut self, py: &mut Py) -> Result<()> {
        let line = self.source.line(py)?;
        let value = match line.as_slice() {
            b"00" => Value::FALSE,
            b"01" => Value::TRUE,
            _ => int::parse(py, &line, 10, Shown::Bytes)
                .or_else(|_| int::parse(py, &line, 0, Shown::Bytes))
                .map_err(|_| value_error("could not convert string to int"))?,
        };
        self.push(value);
        Ok(())
    }

    fn string_line(&mut self, py: &mut Py) -> Result<()> {
        let line = self.source.line(py)?;
        let inner = match line.as_slice() {
            [b'\'', inner @ .., b'\''] | [b'"', inner @ .., b'"'] => inner,
            _ => return Err(unpickling_error(py, "the STRING opcode argument must be quoted")),
        };
        let codecs = import_module(py, "codecs")?;
        let inner = py.bytes(inner);
        let pair = py.call_method(&codecs, "escape_decode", &[inner])?;
        let bytes = match pair.downcast::<Tuple>().and_then(|t| t.slice().first()) {
            Some(bytes) => py.bytes_like(bytes)?.into_owned(),
            None => return Err(type_error("escape_decode() should return a tuple")),
        };
        self.old_string(py, &bytes)
    }

    /// The rest of the instructions.
    pub(super) fn text_op(&mut self, py: &mut Py, op: u8) -> Result<()> {
        match op {
            op::NEWOBJ_EX => self.new_object_with_keywords(py)?,
            op::BINPERSID => {
                let id = self.pop(py)?;
                self.persistent(py, id)?;
            }
            op::PERSID => {
                let line = self.source.line(py)?;
                if !line.is_ascii() {
                    return Err(unpickling_error(py, "persistent IDs in protocol 0 must be ASCII strings"));
                }
                let id = py.new_ascii(&line).into_value();
                self.persistent(py, id)?;
            }
            op::EXT1 => {
                let [code] = self.source.array(py)?;
                self.extension(py, i64::from(code))?;
            }
            op::EXT2 => {
                let code = u16::from_le_bytes(self.source.array(py)?);
                self.extension(py, i64::from(code))?;
            }
            op::EXT4 => {
                let code = i32::from_le_bytes(self.source.array(py)?);
                self.extension(py, i64::from(code))?;
            }
            op::GLOBAL => {
                let module = self.line_name(py, "utf-8")?;
                let name = self.line_name(py, "utf-8")?;
                self.global(py, &module, &name)?;
            }
            op::INST => {
                let module = self.line_name(py, "ascii")?;
                let name = self.line_name(py, "ascii")?;
                let class = self.class(py, &module, &name)?;
                let args = self.above(py)?;
                self.instantiate(py, &class, &args)?;
            }
            op::OBJ => {
                let items = self.above(py)?;
                let Some((class, args)) = items.split_first() else { return Err(self.underflow(py)) };
                self.instantiate(py, class, args)?;
            }
            op::INT => self.int_line(py)?,
            op::LONG => {
                let line = self.source.line(py)?;
                let digits = line.strip_suffix(b"L").unwrap_or(&line);
                let value = int::parse(py, digits, 10, Shown::Bytes)?;
                self.push(value);
            }
            op::FLOAT => {
                let line = self.source.line(py)?;
                let x = lockstep_text::float::parse(&line, Shown::Bytes)?;
                self.push(Value::float(x));
            }
            op::STRING => self.string_line(py)?,
            op::BINSTRING => {
                let n = u32::from_le_bytes(self.source.array(py)?);
                let bytes = self.source.take(py, n as usize)?.to_vec();
                self.old_string(py, &bytes)?;
            }
            op::SHORT_BINSTRING => {
                let [n] = self.source.array(py)?;
                let bytes = self.source.take(py, usize::from(n))?.to_vec();
                self.old_string(py, &bytes)?;
            }
            op::UNICODE => {
                let text = self.line_text(py, "raw-unicode-escape")?;
                self.push(text);
            }
            op::NEXT_BUFFER => {
                let Some(buffers) = self.unpickler.get(py).buffers.clone() else {
                    return Err(unpickling_error(
                        py,
                        "pickle stream refers to out-of-band data but no *buffers* argument was given",
                    ));
                };
                match py.next(&buffers)? {
                    Some(buffer) => self.push(buffer),
                    None => return Err(unpickling_error(py, "not enough out-of-band buffers")),
                }
            }
            op::READONLY_BUFFER => {
                let top = self.top(py)?;
                let view = memoryview::make(py, &top)?;
                if !view.get(py).readonly {
                    let readonly = py.call_method(view.as_value(), "toreadonly", &[])?;
                    self.pop(py)?;
                    self.push(readonly);
                }
            }
            _ => return Err(invalid(py, op)),
        }
        Ok(())
    }
}

#[cold]
fn invalid(py: &mut Py, op: u8) -> lockstep_interp::Raised {
    let message = match op {
        b'\'' | b'\\' => format!("invalid load key, '\\x{op:02x}'."),
        0x20..=0x7E => format!("invalid load key, '{}'.", op as char),
        _ => format!("invalid load key, '\\x{op:02x}'."),
    };
    unpickling_error(py, &message)
}

/// Room for names of attributes.
const NAMES: usize = 64;

impl Load<'_> {
    /// The interned str for a name; names come again with every instance.
    fn interned(&mut self, py: &mut Py, name: &Ref<Str>) -> Ref<Str> {
        if self.names.is_empty() {
            self.names.resize(NAMES, None);
        }
        let slot = &mut self.names[(name.id() >> 5) as usize % NAMES];
        if let Some((known, interned)) = slot
            && known.is(name.as_value())
        {
            return interned.clone();
        }
        let interned = py.intern_str(name);
        *slot = Some((name.to_value(), interned.clone()));
        interned
    }
    /// Put the pairs of a state into the attributes of an object.
    fn give_attributes(&mut self, py: &mut Py, object: &Value, state: &Ref<Dict>) -> Result<()> {
        let plain = object.header().is_some_and(|h| h.shape().has_dict())
            && !py.type_of(object).get(py).flags.has(TypeFlags::CUSTOM_GETATTRIBUTE);
        if !plain {
            let home = py.getattr(object, "__dict__")?;
            let pairs: Vec<(Value, Value)> = state.get(py).iter().map(|(k, v)| (k.clone(), v.clone())).collect();
            for (key, value) in pairs {
                py.setitem(&home, &key, value)?;
            }
            return Ok(());
        }
        let mut place = 0;
        while place < state.get(py).places() {
            let entry = state.get(py).entry(place).map(|e| (e.key.clone(), e.value.clone()));
            place += 1;
            let Some((key, value)) = entry else { continue };
            match key.downcast::<Str>() {
                Some(name) if py.is_exact::<Str>(&key) => {
                    let name = self.interned(py, name);
                    py.instance_set(object, &name, value);
                }
                _ => {
                    if let Some(home) = py.instance_dict(object) {
                        dict::set(py, &home, &key, value)?;
                    }
                }
            }
        }
        Ok(())
    }
}
