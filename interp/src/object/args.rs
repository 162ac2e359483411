//! Binding a call to a native signature, with CPython's messages.

use lockstep_heap::{Ref, Value};

use super::py::Py;
use super::raise::{Result, type_error};
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

impl Signature {
    /// Parse `(self, object, /, *, key=None)`.
    pub fn parse(py: &mut Py, text: &str) -> Signature {
        let inner = text.trim().trim_start_matches('(').trim_end_matches(')');
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

    /// Put the arguments into slots. `name` is for messages; `bound` tells that the first
    /// parameter is the receiver, which messages do not count.
    pub fn bind(&self, py: &mut Py, name: &str, bound: bool, args: &[Value], keywords: &[(Ref<Str>, Value)]) -> Result<Vec<Value>> {
        let mut slots = vec![Value::UNBOUND; self.len];
        let given = args.len().min(self.positional);
        for (i, arg) in args[..given].iter().enumerate() {
            slots[self.slots[i]] = arg.clone();
        }
        if args.len() > self.positional {
            match self.star {
                Some(star) => slots[star] = py.tuple(args[self.positional..].to_vec()),
                None => return Err(self.too_many(name, bound, args.len(), keywords)),
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
                    if self.params.len() == self.posonly {
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
                    None => return Err(self.missing(name, bound, i, args.len())),
                }
            }
        }
        Ok(slots)
    }

    #[cold]
    fn too_many(&self, name: &str, bound: bool, given: usize, keywords: &[(Ref<Str>, Value)]) -> super::raise::Raised {
        let skip = usize::from(bound);
        let (max, min, given) = (self.positional - skip.min(self.positional), self.required.saturating_sub(skip), given - skip.min(given));
        if max == 0 && self.params.len() == self.positional {
            return type_error(format!("{name}() takes no arguments ({given} given)"));
        }
        let _ = keywords;
        if self.posonly == self.params.len() && self.simple {
            if min == max {
                let what = if max == 1 { "exactly one argument".to_owned() } else { format!("exactly {max} arguments") };
                // CPython's clinic words one-argument functions and fixed-argument functions differently.
                return if max == 1 {
                    type_error(format!("{name}() takes {what} ({given} given)"))
                } else {
                    type_error(format!("{name} expected {max} arguments, got {given}"))
                };
            }
            return type_error(format!("{name} expected at most {max} argument{}, got {given}", plural(max)));
        }
        if min == max {
            return type_error(format!("{name}() takes exactly {max} positional argument{} ({given} given)", plural(max)));
        }
        type_error(format!("{name}() takes at most {max} {}argument{} ({given} given)", if self.positional < self.params.len() { "positional " } else { "" }, plural(max)))
    }

    #[cold]
    fn missing(&self, name: &str, bound: bool, i: usize, given: usize) -> super::raise::Raised {
        let skip = usize::from(bound);
        let (max, min, given) = (self.positional.saturating_sub(skip), self.required.saturating_sub(skip), given.saturating_sub(skip));
        if self.posonly == self.params.len() && self.simple {
            if bound && i == 0 {
                return type_error(format!("unbound method {name}() needs an argument"));
            }
            if min == max {
                return if max == 1 {
                    type_error(format!("{name}() takes exactly one argument ({given} given)"))
                } else {
                    type_error(format!("{name} expected {max} arguments, got {given}"))
                };
            }
            return type_error(format!("{name} expected at least {min} argument{}, got {given}", plural(min)));
        }
        let param = &self.params[i].name;
        if i < self.posonly {
            return type_error(format!("{name}() takes at least {min} positional argument{} ({given} given)", plural(min)));
        }
        type_error(format!("{name}() missing required argument '{param}' (pos {})", i + 1 - skip.min(i)))
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
