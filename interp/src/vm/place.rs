//! Calls of Python functions whose arguments lie in registers: they become the first registers of
//! the frame where they lie. `*args` and `**keywords` of the callee are collected from what is left
//! over. What does not fit, and all that is to be said about it, is left to `vm/bind.rs`.

use std::mem::MaybeUninit;

use lockstep_compile::code::CodeFlags;
use lockstep_heap::{Raw, Ref, Tag, Value};

use super::frame::Target;
use super::run::{counted, payload, tuple_of};
use crate::object::Py;
use crate::object::strand::{Frame, frame_flags};
use crate::types::code::CodeObject;
use crate::types::dict::Dict;
use crate::types::function::Function;
use crate::types::str::Str;
use crate::types::tuple::Tuple;

/// Parameters that a bit in a word can stand for, and keywords that are moved at once.
const MOST: usize = 16;
/// In place of a parameter's number: the keyword is for `**keywords`.
const REST: u8 = u8::MAX;

/// The parameters of a function.
struct Parameters<'a> {
    code: &'a CodeObject,
    positional: usize,
    posonly: usize,
    /// Positional and keyword-only ones.
    total: usize,
    star: bool,
    star_star: bool,
    names: &'a [Ref<Str>],
    /// Defaults of the last positional ones.
    defaults: &'a [Value],
    kwdefaults: Option<&'a Ref<Dict>>,
}

impl<'a> Parameters<'a> {
    /// # Safety
    /// The function's code is ready and nothing runs while this is used.
    unsafe fn of(function: &'a Function) -> Parameters<'a> {
        let code: &CodeObject = &function.code;
        let c = &**code.code;
        Parameters {
            code,
            positional: c.arg_count as usize,
            posonly: c.posonly_count as usize,
            total: (c.arg_count + c.kwonly_count) as usize,
            star: c.flags.has(CodeFlags::VARARGS),
            star_star: c.flags.has(CodeFlags::VARKEYWORDS),
            names: &code.varnames,
            defaults: function.defaults.as_ref().and_then(|d| d.downcast::<Tuple>()).map_or(&[][..], |t| t.slice()),
            kwdefaults: function.kwdefaults.as_ref().and_then(|d| d.downcast::<Dict>()),
        }
    }

    /// The default of parameter `at`, borrowed.
    unsafe fn default_of(&self, at: usize) -> Option<Raw> {
        if at < self.positional {
            let first = self.positional.checked_sub(self.defaults.len())?;
            return at.checked_sub(first).and_then(|k| self.defaults.get(k)).map(Value::raw);
        }
        // SAFETY: nothing writes the dict while the word is in use.
        let dict = unsafe { &*self.kwdefaults?.payload() };
        let name = self.names[at].as_value();
        // They are commonly in the order of the parameters.
        match dict.entry(at - self.positional) {
            Some(entry) if entry.key.is(name) => Some(entry.value.raw()),
            _ => dict.get_str(&self.names[at]).map(Value::raw),
        }
    }

    /// The parameter that a keyword names, likely this one. None: nobody can tell without comparing texts.
    unsafe fn place_of(&self, name: Raw, likely: usize) -> Option<u8> {
        if likely < self.total && likely >= self.posonly && self.names[likely].as_value().raw() == name {
            return Some(likely as u8);
        }
        if let Some(at) = self.names[self.posonly..self.total].iter().position(|n| n.as_value().raw() == name) {
            return Some((at + self.posonly) as u8);
        }
        // Parameters' names are interned: an interned name that is none of them equals none of them.
        // SAFETY: the caller's name is alive.
        let interned = unsafe { (*name.header()).has(lockstep_heap::flags::INTERNED) };
        (self.star_star && interned).then_some(REST)
    }
}

/// Push the frame of `func`, if that is a Python function, for a call from the running frame: `given`
/// words at `base` are the positional arguments, those behind them the values of the keywords `names`.
/// The frame takes the reference to the function over. False if it cannot be done here: nothing has
/// changed then.
///
/// # Safety
/// `frame` is the running frame, `func` a word that is alive. The words are owned by registers of the
/// frame or, if it is not a generator's, lie behind those that are in use; nothing behind them is.
pub(super) unsafe fn push_placed(
    py: &mut Py,
    frame: *mut Frame,
    func: Raw,
    base: *mut Raw,
    given: usize,
    names: &[Raw],
    target: Target,
) -> bool {
    // SAFETY: the caller's promise. From the point where the first word is moved nothing can fail.
    unsafe {
        if !func.is_ptr() || (*func.header()).shape().tag() != Tag::FUNCTION || py.strand.depth >= py.strand.limit {
            return false;
        }
        let function = &*payload::<Function>(func);
        let code: &CodeObject = &function.code;
        if code.instrs.get().is_null() {
            super::ready(py, &function.code);
        }
        let placed = if names.is_empty() && code.simple_args.get() as usize == given {
            let room = own_room(py, frame, code, base, given);
            if let Some((base, _)) = room {
                clear(base, given, code.locals as usize);
            }
            room
        } else {
            let p = Parameters::of(function);
            if names.is_empty() && p.total == p.positional && !p.star_star {
                place_positional(py, frame, &p, base, given)
            } else {
                place_all(py, frame, &p, (base, given), names)
            }
        };
        let Some((base, limit)) = placed else { return false };
        py.link_function(function, base, limit, 0, target);
        (*py.strand.frame).func = func;
        true
    }
}

/// Make the words the first registers of the frame that is to be pushed: any parameters and
/// keywords. None: nothing has changed.
///
/// # Safety
/// As in [`push_placed`].
#[inline(never)]
unsafe fn place_all(
    py: &mut Py,
    frame: *mut Frame,
    p: &Parameters<'_>,
    (base, given): (*mut Raw, usize),
    names: &[Raw],
) -> Option<(*mut Raw, *mut Raw)> {
    // SAFETY: the caller's promise; nothing fails from where the first word is moved.
    unsafe {
        let extra = given.saturating_sub(p.positional);
        if p.total > MOST || names.len() > MOST || (extra > 0 && !p.star) {
            return None;
        }
        // The values of parameters that have no place yet, and which parameters have one.
        let mut values = [const { MaybeUninit::<Raw>::uninit() }; MOST];
        let mut filled = (1u32 << (given - extra)) - 1;
        // Keywords that are no parameters.
        let mut others = 0u32;
        let mut next = given - extra;
        for (k, name) in names.iter().enumerate() {
            let at = p.place_of(*name, next)?;
            if at == REST {
                others |= 1 << k;
                continue;
            }
            if filled & 1 << at != 0 {
                return None;
            }
            filled |= 1 << at;
            next = at as usize + 1;
            values[at as usize].write(*base.add(given + k));
        }
        let absent = !filled & ((1u32 << p.total) - 1);
        for at in bits(absent) {
            values[at].write(p.default_of(at)?);
        }
        let (base, limit) = own_room(py, frame, p.code, base, given + names.len())?;
        let rest = rest_of(py, p, base.add(given - extra), extra);
        let more = if p.star_star { keywords_of(py, base.add(given), others, names) } else { Raw::UNBOUND };
        for at in bits(absent) {
            counted(values[at].assume_init());
        }
        for at in given - extra..p.total {
            *base.add(at) = values[at].assume_init();
        }
        // The words that were moved away may lie behind the locals, too.
        clear(base, p.total, (p.code.locals as usize).max(given + names.len()));
        if p.star {
            *base.add(p.total) = rest;
        }
        if p.star_star {
            *base.add(p.total + usize::from(p.star)) = more;
        }
        Some((base, limit))
    }
}

/// The places of the bits that are set.
fn bits(mut word: u32) -> impl Iterator<Item = usize> {
    std::iter::from_fn(move || {
        let at = (word != 0).then(|| word.trailing_zeros() as usize);
        word &= word.wrapping_sub(1);
        at
    })
}

/// [`place_all`] for positional arguments and a function that has only positional parameters and
/// perhaps `*args`, which is there if there are more arguments than parameters.
///
/// # Safety
/// As there.
#[inline(always)]
unsafe fn place_positional(
    py: &mut Py,
    frame: *mut Frame,
    p: &Parameters<'_>,
    base: *mut Raw,
    given: usize,
) -> Option<(*mut Raw, *mut Raw)> {
    // SAFETY: the caller's promise; nothing fails from where the first word is moved.
    unsafe {
        let extra = given.saturating_sub(p.positional);
        if extra > 0 && !p.star {
            return None;
        }
        let absent = p.positional.saturating_sub(given);
        let first = p.defaults.len().checked_sub(absent)?;
        let (base, limit) = own_room(py, frame, p.code, base, given)?;
        let rest = rest_of(py, p, base.add(given - extra), extra);
        clear(base, given - extra, (p.code.locals as usize).max(given));
        for (k, default) in p.defaults[first..].iter().enumerate() {
            *base.add(given + k) = counted(default.raw());
        }
        if p.star {
            *base.add(p.total) = rest;
        }
        Some((base, limit))
    }
}

/// The tuple for `*args` out of `extra` words that move into it.
#[inline(always)]
unsafe fn rest_of(py: &mut Py, p: &Parameters<'_>, words: *mut Raw, extra: usize) -> Raw {
    match (p.star, extra) {
        (false, _) => Raw::UNBOUND,
        (true, 0) => py.tuple_of(&[]).into_raw(),
        // SAFETY: the caller owns the words and gives them up.
        (true, _) => unsafe { tuple_of(py, words, extra) },
    }
}

/// Where the frame's registers are to lie, with the end of their memory: `count` words at `base` move
/// there if the running frame's own registers are not on the strand's stack. None if there is no room.
#[inline(always)]
unsafe fn own_room(
    py: &mut Py,
    frame: *mut Frame,
    code: &CodeObject,
    base: *mut Raw,
    count: usize,
) -> Option<(*mut Raw, *mut Raw)> {
    // SAFETY: the caller's words; the memory behind the top is free up to the limit.
    unsafe {
        let wanted = (code.registers as usize).max(count) + 2;
        if (*frame).flags & frame_flags::GENERATOR == 0 {
            return (base.wrapping_add(wanted) <= (*frame).limit).then(|| (base, (*frame).limit));
        }
        let (top, limit) = py.strand.top();
        let own = top.wrapping_add(2);
        if own.wrapping_add(wanted) > limit {
            return None;
        }
        for k in 0..count {
            *own.add(k) = std::mem::replace(&mut *base.add(k), Raw::UNBOUND);
        }
        Some((own, limit))
    }
}

/// Registers `from .. to` become empty; what they held has gone elsewhere.
#[inline(always)]
unsafe fn clear(base: *mut Raw, from: usize, to: usize) {
    for k in from..to {
        // SAFETY: the caller's registers.
        unsafe { *base.add(k) = Raw::UNBOUND }
    }
}

/// The dict for `**keywords`: those of the `names` whose bits are set, with their values at `words`, which
/// move into it.
unsafe fn keywords_of(py: &mut Py, words: *mut Raw, others: u32, names: &[Raw]) -> Raw {
    let mut dict = Dict::with_room(others.count_ones() as usize);
    for k in bits(others) {
        // SAFETY: the names are living strs, and those of one call differ; the caller owns the words.
        unsafe {
            let (name, value) = (Value::from_raw(counted(names[k])), Value::from_raw(*words.add(k)));
            let hash = (*payload::<Str>(names[k])).hash(py);
            dict.push(hash, name, value);
        }
    }
    py.make(dict).into_value().into_raw()
}
