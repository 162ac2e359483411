//! Binding a call to a native signature, with CPython's messages.

use lockstep_heap::{Ref, Value};

use super::py::Py;
use super::raise::{Result, type_error};
use crate::object::Type;
use crate::types::native::{Kind, Native};
use crate::types::str::Str;

/// A parameter of a native signature.
#[derive(Debug)]
pub struct Param {
    /// Its name.
    pub name: Ref<Str>,
    /// Its value when it is not given; none: it must be given.
    pub default: Option<Value>,
}

/// A parsed native signature. Parameter order: positional-only, positional, keyword-only; the
/// slots of `*args` and `**kwargs` lie where they stand in the text.
#[derive(Debug)]
pub struct Signature {
    /// Positional and keyword-only parameters.
    pub params: Vec<Param>,
    /// How many of `params` are positional-only.
    pub posonly: usize,
    /// How many of `params` are positional (the positional-only ones included).
    pub positional: usize,
    /// Slot of `*args`.
    pub star: Option<usize>,
    /// Slot of `**kwargs`.
    pub star_star: Option<usize>,
    /// Slot of each of `params`.
    slots: Vec<usize>,
    /// Number of slots.
    pub len: usize,
    /// Only positional parameters and no `*args`: a call with exactly `len` arguments needs no binding.
    pub simple: bool,
    /// Leading parameters that must be given.
    pub required: usize,
}

/// The slots of a call.
pub type Slots = smallvec::SmallVec<[Value; 8]>;

impl Signature {
    /// Parse `(self, object, /, *, key=None)`.
    pub fn parse(py: &mut Py, text: &str) -> Signature {
        let text = text.trim();
        let inner = text.strip_prefix('(').and_then(|t| t.strip_suffix(')')).unwrap_or(text);
        let mut out = Signature {
            params: Vec::new(),
            posonly: 0,
            positional: 0,
            star: None,
            star_star: None,
            slots: Vec::new(),
            len: 0,
            simple: false,
            required: 0,
        };
        let mut keyword_only = false;
        for part in split(inner) {
            let part = part.trim();
            if part == "/" {
                out.posonly = out.params.len();
            } else if part == "*" {
                keyword_only = true;
            } else if part.starts_with("**") {
                out.star_star = Some(out.len);
                out.len += 1;
            } else if part.starts_with('*') {
                out.star = Some(out.len);
                out.len += 1;
                keyword_only = true;
            } else {
                let (name, default) = match part.split_once('=') {
                    Some((n, d)) => (n.trim(), Some(d.trim())),
                    None => (part, None),
                };
                let name = py.intern(name.trim_start_matches('$'));
                let default = default.map(|d| literal(py, d));
                out.params.push(Param { name, default });
                out.slots.push(out.len);
                out.len += 1;
                if !keyword_only {
                    out.positional = out.params.len();
                }
            }
        }
        out.required = out.params[..out.positional].iter().take_while(|p| p.default.is_none()).count();
        out.simple = out.star.is_none() && out.star_star.is_none() && out.positional == out.params.len();
        out
    }

    /// The slots of a call by position alone. Apart from its callers, whose frames stay on the native stack
    /// while the function runs.
    #[inline(never)]
    pub fn spread(&self, py: &mut Py, native: &Ref<Native>, receiver: Option<&Value>, args: &[Value]) -> Result<Slots> {
        let shift = usize::from(receiver.is_some());
        let given = args.len() + shift;
        if given < self.required || given > self.positional && self.star.is_none() {
            let all: Vec<Value> = receiver.into_iter().chain(args).cloned().collect();
            return self.bind(py, native, &all, &[]).map(Slots::from_vec);
        }
        let mut slots: Slots = smallvec::smallvec![Value::UNBOUND; self.len];
        for (i, param) in self.params.iter().enumerate() {
            let argument = match receiver {
                Some(receiver) if i == 0 => Some(receiver),
                _ if i < self.positional => args.get(i - shift),
                _ => None,
            };
            match argument.or(param.default.as_ref()) {
                Some(value) => slots[self.slots[i]] = value.clone(),
                None => return Err(self.missing(&Naming::of(py, native), i, given)),
            }
        }
        if let Some(star) = self.star {
            slots[star] = py.tuple_of(args.get(self.positional - shift.min(self.positional)..).unwrap_or(&[]));
        }
        if let Some(slot) = self.star_star {
            slots[slot] = py.new_dict().into_value();
        }
        Ok(slots)
    }

    /// Put the arguments of a call of `native` into slots.
    pub fn bind(&self, py: &mut Py, native: &Ref<Native>, args: &[Value], keywords: &[(Ref<Str>, Value)]) -> Result<Vec<Value>> {
        let mut slots = vec![Value::UNBOUND; self.len];
        let given = args.len().min(self.positional);
        for (i, arg) in args[..given].iter().enumerate() {
            slots[self.slots[i]] = arg.clone();
        }
        if args.len() > self.positional {
            match self.star {
                Some(star) => slots[star] = py.tuple(args[self.positional..].to_vec()),
                None => return Err(self.too_many(&Naming::of(py, native), args.len())),
            }
        } else if let Some(star) = self.star {
            slots[star] = py.tuple(Vec::new());
        }
        let rest = match self.star_star {
            Some(slot) => {
                let dict = py.new_dict();
                slots[slot] = dict.to_value();
                Some(dict)
            }
            None => None,
        };
        for (key, value) in keywords {
            let found = self.params[self.posonly..].iter().position(|p| p.name.is(key) || p.name.as_bytes() == key.as_bytes());
            match (found.map(|i| i + self.posonly), &rest) {
                (Some(i), _) => {
                    let slot = self.slots[i];
                    if !slots[slot].is_unbound() {
                        let Naming { name, bound, .. } = Naming::of(py, native);
                        if i < given {
                            return Err(type_error(format!(
                                "argument for {name}() given by name ('{key}') and position ({})",
                                i + usize::from(!bound)
                            )));
                        }
                        return Err(type_error(format!("{name}() got multiple values for keyword argument '{key}'")));
                    }
                    slots[slot] = value.clone();
                }
                (None, Some(dict)) => {
                    let key = py.intern_str(key);
                    crate::types::dict::set_str(py, dict, &key, value.clone());
                }
                (None, None) => {
                    if self.params.len() == self.posonly && meant_for_another(py, native, args) {
                        break;
                    }
                    let naming = Naming::of(py, native);
                    let name = &naming.name;
                    if self.params.len() == self.posonly {
                        let name = naming.qualified();
                        return Err(type_error(format!("{name}() takes no keyword arguments")));
                    }
                    return Err(type_error(format!("{name}() got an unexpected keyword argument '{key}'")));
                }
            }
        }
        for (i, param) in self.params.iter().enumerate() {
            let slot = &mut slots[self.slots[i]];
            if slot.is_unbound() {
                match &param.default {
                    Some(default) => *slot = default.clone(),
                    None => return Err(self.missing(&Naming::of(py, native), i, args.len())),
                }
            }
        }
        Ok(slots)
    }

    /// Whether messages speak of the arguments by number alone.
    fn numbered(&self) -> bool {
        self.posonly == self.params.len() && self.star.is_none()
    }

    #[cold]
    fn too_many(&self, naming: &Naming, given: usize) -> super::raise::Raised {
        let (name, skip) = (&naming.name, usize::from(naming.bound));
        let (max, min, given) =
            (self.positional - skip.min(self.positional), self.required.saturating_sub(skip), given - skip.min(given));
        if naming.slot {
            return type_error(format!("expected {max} argument{}, got {given}", plural(max)));
        }
        if max == 0 {
            return if self.params.len() == self.positional {
                type_error(format!("{}() takes no arguments ({given} given)", naming.qualified()))
            } else {
                type_error(format!("{name}() takes no positional arguments"))
            };
        }
        if self.numbered() {
            return match (min == max, max) {
                (true, 1) => type_error(format!("{}() takes exactly one argument ({given} given)", naming.qualified())),
                (true, _) => type_error(format!("{name} expected {max} arguments, got {given}")),
                (false, _) => type_error(format!("{name} expected at most {max} argument{}, got {given}", plural(max))),
            };
        }
        if min == max {
            return type_error(format!("{name}() takes exactly {max} positional argument{} ({given} given)", plural(max)));
        }
        let kind = if self.positional < self.params.len() { "positional " } else { "" };
        type_error(format!("{name}() takes at most {max} {kind}argument{} ({given} given)", plural(max)))
    }

    #[cold]
    fn missing(&self, naming: &Naming, i: usize, given: usize) -> super::raise::Raised {
        let (name, skip) = (&naming.name, usize::from(naming.bound));
        let (max, min, given) =
            (self.positional.saturating_sub(skip), self.required.saturating_sub(skip), given.saturating_sub(skip));
        if naming.bound && i == 0 {
            let (owner, name) = (naming.owner.as_deref().unwrap_or("object"), &naming.own);
            return type_error(match (naming.new, naming.own.starts_with("__")) {
                (true, _) => format!("{owner}.__new__(): not enough arguments"),
                (_, true) => format!("descriptor '{name}' of '{owner}' object needs an argument"),
                _ => format!("unbound method {owner}.{name}() needs an argument"),
            });
        }
        if naming.slot {
            return type_error(format!("expected {max} argument{}, got {given}", plural(max)));
        }
        if self.numbered() {
            return match (min == max, max) {
                (true, 1) => type_error(format!("{}() takes exactly one argument ({given} given)", naming.qualified())),
                (true, _) => type_error(format!("{name} expected {max} arguments, got {given}")),
                (false, _) => type_error(format!("{name} expected at least {min} argument{}, got {given}", plural(min))),
            };
        }
        let param = &self.params[i].name;
        if i < self.posonly {
            return type_error(format!("{name}() takes at least {min} positional argument{} ({given} given)", plural(min)));
        }
        type_error(format!("{name}() missing required argument '{param}' (pos {})", i + 1 - skip.min(i)))
    }
}

/// Whether keyword arguments of a constructor are for its other half, which a subclass has written
/// anew: `__new__` gets what `__init__` understands, and the other way round.
#[cold]
fn meant_for_another(py: &Py, native: &Ref<Native>, args: &[Value]) -> bool {
    let Some(receiver) = args.first().or(native.receiver.as_ref()) else { return false };
    match (native.kind, native.def.name) {
        (Kind::New, _) => receiver.downcast::<Type>().is_some_and(|class| {
            let init = &class.get(py).specials[super::Special::Init as usize];
            init.as_ref().is_some_and(|method| !method.is_a::<Native>())
        }),
        // A set has its elements from `__init__` alone.
        (_, "__init__") if !receiver.is_a::<crate::types::set::Set>() => {
            let new = &py.type_ref(receiver).get(py).specials[super::Special::New as usize];
            new.as_ref().is_some_and(|method| !method.is_a::<Native>())
        }
        _ => false,
    }
}

/// Special methods that CPython defines as plain methods, so that messages name them.
const PLAIN: &[&str] = &[
    "__getitem__",
    "__contains__",
    "__reversed__",
    "__sizeof__",
    "__reduce__",
    "__reduce_ex__",
    "__setstate__",
    "__getstate__",
    "__length_hint__",
    "__format__",
    "__dir__",
    "__class_getitem__",
    "__getnewargs__",
    "__new__",
    "__init__",
    "__call__",
    "__instancecheck__",
    "__subclasscheck__",
    "__mro_entries__",
    "__enter__",
    "__exit__",
    "__copy__",
    "__deepcopy__",
    "__round__",
    "__trunc__",
    "__floor__",
    "__ceil__",
    "__complex__",
    "__bytes__",
    "__replace__",
];

/// How messages name a native function.
struct Naming {
    /// The name that stands before the parentheses: that of the class for constructors.
    name: String,
    /// `__name__`
    own: String,
    /// The class it is a method of.
    owner: Option<String>,
    /// The module it is a function of, if that is not `builtins`.
    module: Option<String>,
    /// The first parameter is the receiver, which messages do not count.
    bound: bool,
    /// It is a `__new__`.
    new: bool,
    /// It stands for an operation of the type; messages do not name it.
    slot: bool,
}

impl Naming {
    #[cold]
    fn of(py: &Py, native: &Ref<Native>) -> Naming {
        let own = native.def.name.to_owned();
        let owner = native.owner.as_ref().and_then(|o| o.downcast::<Type>()).map(|t| t.get(py).name.to_string());
        let module = native.owner.as_ref().and_then(|o| o.downcast::<Str>()).map(ToString::to_string);
        let module = module.filter(|name| name != "builtins");
        let new = native.kind == Kind::New;
        let makes = new || own == "__init__";
        let name = if makes { owner.clone().unwrap_or_else(|| own.clone()) } else { own.clone() };
        let bound = new || native.kind == Kind::Method || native.receiver.is_some() || native.kind == Kind::ClassMethod;
        let slot = owner.is_some() && own.starts_with("__") && own.ends_with("__") && !PLAIN.contains(&own.as_str());
        Naming { name, own, owner, module, bound, new, slot }
    }
    /// With the name of the class or module.
    fn qualified(&self) -> String {
        match self.owner.as_ref().or(self.module.as_ref()) {
            Some(owner) if self.name == self.own => format!("{owner}.{}", self.own),
            _ => self.name.clone(),
        }
    }
}

fn plural(n: usize) -> &'static str {
    if n == 1 { "" } else { "s" }
}

/// Split at commas outside quotes and brackets.
fn split(text: &str) -> Vec<&str> {
    let (mut out, mut start, mut depth, mut quote) = (Vec::new(), 0, 0, None);
    for (i, c) in text.char_indices() {
        match (quote, c) {
            (Some(q), _) if q == c => quote = None,
            (Some(_), _) => {}
            (None, '\'' | '"') => quote = Some(c),
            (None, '(' | '[' | '<' | '{') => depth += 1,
            (None, ')' | ']' | '>' | '}') => depth -= 1,
            (None, ',') if depth == 0 => {
                out.push(&text[start..i]);
                start = i + 1;
            }
            _ => {}
        }
    }
    if !text[start..].trim().is_empty() {
        out.push(&text[start..]);
    }
    out
}

/// The value of a literal default; anything else is the unbound marker.
fn literal(py: &mut Py, text: &str) -> Value {
    match text {
        "None" => return Value::NONE,
        "True" => return Value::TRUE,
        "False" => return Value::FALSE,
        "()" => return py.tuple(Vec::new()),
        "sys.maxsize" => return py.int(i64::MAX),
        "b''" => return py.bytes(b""),
        _ => {}
    }
    if let Ok(n) = text.parse::<i64>() {
        return py.int(n);
    }
    if let Ok(x) = text.parse::<f64>() {
        return Value::float(x);
    }
    if text.len() >= 2 && (text.starts_with('\'') || text.starts_with('"')) {
        let inner = text[1..text.len() - 1].replace("\\n", "\n");
        return py.intern(&inner).into_value();
    }
    Value::UNBOUND
}
