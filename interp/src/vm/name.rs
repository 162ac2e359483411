//! Names: globals and their caches, cells, class and module namespaces, import instructions.

use lockstep_compile::code::{CodeFlags, Instr};
use lockstep_heap::{Raw, Ref, Value};

use super::call::dict_of;
use super::frame::clone_word;
use super::run::payload;
use super::{Flow, fetch, peek, put};
use crate::object::Py;
use crate::object::raise::{Exc, Payload, Raised, Result, name_error};
use crate::object::strand::Frame;
use crate::types::cell::Cell;
use crate::types::code::GlobalCache;
use crate::types::dict::{self, Dict};
use crate::types::function::Function;
use crate::types::module::Module;
use crate::types::str::Str;

/// UnboundLocalError about a named register (NameError for a hidden one).
#[cold]
pub(super) unsafe fn unbound_local(py: &mut Py, frame: *mut Frame, register: u16) -> Raised {
    // SAFETY: the running frame keeps its code alive.
    let name = unsafe { (*(*frame).code).varnames.get(register as usize).cloned() };
    let name = name.unwrap_or_else(|| py.intern("?"));
    unbound_variable(&name)
}

fn unbound_variable(name: &Ref<Str>) -> Raised {
    // Without its name: a similar one would be no help.
    let message = format!("cannot access local variable '{name}' where it is not associated with a value");
    Raised::new(Exc::UnboundLocalError, message)
}

/// The error for an empty cell in a register.
#[cold]
pub(super) unsafe fn unbound_cell(py: &mut Py, frame: *mut Frame, register: u16) -> Raised {
    // SAFETY: the running frame keeps its code alive.
    let name = unsafe { (*(*frame).code).code.cellvars.iter().find(|(_, r)| *r == register).map(|(n, _)| n.clone()) };
    let name = py.intern(name.as_deref().unwrap_or("?"));
    unbound_variable(&name)
}

/// The error for an empty free variable.
#[cold]
pub(super) unsafe fn unbound_free(py: &mut Py, frame: *mut Frame, index: i32) -> Raised {
    // SAFETY: the running frame keeps its code alive.
    let name = unsafe { (*(*frame).code).code.freevars[index as usize].clone() };
    let name = py.intern(&name);
    Raised::with(
        Exc::NameError,
        Payload::Name(
            format!("cannot access free variable '{name}' where it is not associated with a value in enclosing scope"),
            name.clone(),
        ),
    )
}

/// `MakeCell`
pub(super) unsafe fn make_cell(py: &mut Py, base: *mut Raw, register: u16) {
    // SAFETY: a pinned register; its content moves into the cell.
    unsafe {
        let at = base.add(register as usize);
        let content = Value::from_raw(std::mem::replace(&mut *at, Raw::UNBOUND));
        let content = if content.is_unbound() { None } else { Some(content) };
        *at = py.make(Cell { content }).into_value().into_raw();
    }
}

/// The cell of a free variable.
pub(super) unsafe fn closure_cell(frame: *mut Frame, index: i32) -> Value {
    // SAFETY: frames with free variables run functions.
    unsafe { (&(*payload::<Function>((*frame).func)).closure)[index as usize].clone() }
}

/// A global by its cache, borrowed; nothing if the cache misses.
#[inline(always)]
pub(super) unsafe fn cached_global(frame: *mut Frame, site: usize) -> Raw {
    // SAFETY: the frame keeps globals and builtins alive; the caller counts the value at once.
    unsafe {
        let cache = (*(*frame).code).globals.get_unchecked(site).get();
        let globals = &*payload::<Dict>((*frame).globals);
        if globals.keys_version() != cache.globals || cache.globals == 0 {
            return Raw::NOTHING;
        }
        let holder = if cache.builtins == 0 {
            globals
        } else {
            let builtins = &*payload::<Dict>((*frame).builtins);
            if builtins.keys_version() != cache.builtins {
                return Raw::NOTHING;
            }
            builtins
        };
        match holder.value_at(cache.place as usize) {
            Some(value) => value.raw(),
            None => Raw::NOTHING,
        }
    }
}

unsafe fn global_name(frame: *mut Frame, i: Instr) -> Ref<Str> {
    // SAFETY: the running frame keeps its code alive.
    unsafe {
        let code = &*(*frame).code;
        code.names[code.code.global_sites[i.site_index()] as usize].clone()
    }
}

unsafe fn name_at(frame: *mut Frame, index: i32) -> Ref<Str> {
    // SAFETY: as above.
    unsafe { (&(*(*frame).code).names)[index as usize].clone() }
}

/// `LoadGlobal` whose cache misses.
#[inline(never)]
pub(super) unsafe fn load_global(py: &mut Py, frame: *mut Frame, i: Instr) -> Result<Flow> {
    // SAFETY: the running frame.
    unsafe {
        let name = global_name(frame, i);
        let value = global(py, frame, &name, Some(i))?;
        put((*frame).base, i.a, value);
        Ok(Flow::Next)
    }
}

/// A global or builtin by name; fills the cache of the instruction if there is one.
pub(super) unsafe fn global(py: &mut Py, frame: *mut Frame, name: &Ref<Str>, site: Option<Instr>) -> Result<Value> {
    // SAFETY: the running frame.
    unsafe {
        let globals = dict_of((*frame).globals);
        let builtins = dict_of((*frame).builtins);
        let cache = |cache: GlobalCache| {
            if let Some(i) = site {
                (&(*(*frame).code).globals)[i.site_index()].set(cache);
            }
        };
        if !py.is_exact::<Dict>(globals.as_value()) {
            return global_of_mapping(py, &globals, &builtins, name);
        }
        if let Some(place) = globals.get(py).find_str(name) {
            let version = py.keys_version(&globals);
            cache(GlobalCache { globals: version, builtins: 0, place: place as u32 });
            if let Some(v) = globals.get(py).value_at(place) {
                return Ok(v.clone());
            }
        }
        // Those of a module are made when they are asked for; those of `builtins` are others.
        if let late @ ("__spec__" | "__loader__") = name.as_str().unwrap_or_default()
            && let Some(value) = crate::import::late_attribute(py, &globals, late)?
        {
            return Ok(value);
        }
        if !py.is_exact::<Dict>(builtins.as_value()) {
            return builtin_named(py, &globals, &builtins, name)?.ok_or_else(|| name_error(name));
        }
        if let Some(place) = builtins.get(py).find_str(name) {
            let (g, b) = (py.keys_version(&globals), py.keys_version(&builtins));
            cache(GlobalCache { globals: g, builtins: b, place: place as u32 });
            if let Some(v) = builtins.get(py).value_at(place) {
                return Ok(v.clone());
            }
        }
        builtin_named(py, &globals, &builtins, name)?.ok_or_else(|| name_error(name))
    }
}

/// A builtin, where `__builtins__` may be of a subclass of `dict` or any other mapping: then the
/// builtins of the frame are empty.
#[cold]
pub(super) fn builtin_named(py: &mut Py, globals: &Ref<Dict>, builtins: &Ref<Dict>, name: &Ref<Str>) -> Result<Option<Value>> {
    let mapping = if !py.is_exact::<Dict>(builtins.as_value()) {
        builtins.to_value()
    } else if let Some(value) = builtins.get(py).get_str(name) {
        return Ok(Some(value.clone()));
    } else {
        match dict::get_name(py, globals, "__builtins__") {
            Some(named) if !named.is_a::<Dict>() && !named.is_a::<Module>() => named,
            _ => return Ok(None),
        }
    };
    match py.getitem(&mapping, name.as_value()) {
        Ok(value) => Ok(Some(value)),
        Err(e) if e.is(Exc::KeyError) => Ok(None),
        Err(e) => Err(e),
    }
}

/// A global where the globals are of a subclass of `dict`, which may look up in its own way.
#[cold]
fn global_of_mapping(py: &mut Py, globals: &Ref<Dict>, builtins: &Ref<Dict>, name: &Ref<Str>) -> Result<Value> {
    match py.getitem(globals.as_value(), name.as_value()) {
        Err(e) if e.is(Exc::KeyError) => {}
        other => return other,
    }
    builtin_named(py, globals, builtins, name)?.ok_or_else(|| name_error(name))
}

/// `StoreGlobal`
pub(super) unsafe fn store_global(py: &mut Py, frame: *mut Frame, i: Instr) -> Result<Flow> {
    // SAFETY: the running frame.
    unsafe {
        let value = fetch((*frame).base, (*(*frame).code).locals, i.a);
        let globals = dict_of((*frame).globals);
        dict::set_str(py, &globals, &name_at(frame, i.bc()), value);
        py.drain_pending();
        Ok(Flow::Next)
    }
}

/// `DelGlobal`
pub(super) unsafe fn del_global(py: &mut Py, frame: *mut Frame, i: Instr) -> Result<Flow> {
    // SAFETY: the running frame.
    unsafe {
        let name = name_at(frame, i.bc());
        let globals = dict_of((*frame).globals);
        if dict::remove_str(py, &globals, &name).is_none() {
            return Err(name_error(&name));
        }
        py.drain_pending();
        Ok(Flow::Next)
    }
}

/// The value of a name in a locals mapping.
unsafe fn local(py: &mut Py, locals: &Value, name: &Ref<Str>) -> Result<Option<Value>> {
    if py.is_exact::<Dict>(locals)
        && let Some(d) = locals.downcast::<Dict>()
    {
        name.hash(py);
        return Ok(d.get(py).get_str(name).cloned());
    }
    match py.getitem(locals, name.as_value()) {
        Ok(v) => Ok(Some(v)),
        Err(e) if e.is(Exc::KeyError) => Ok(None),
        Err(e) => Err(e),
    }
}

/// `LoadName`
pub(super) unsafe fn load_name(py: &mut Py, frame: *mut Frame, i: Instr) -> Result<Flow> {
    // SAFETY: the running frame.
    unsafe {
        let name = global_name(frame, i);
        let value = match clone_word((*frame).locals) {
            Some(locals) => match local(py, &locals, &name)? {
                Some(v) => v,
                None => global(py, frame, &name, None)?,
            },
            None => global(py, frame, &name, Some(i))?,
        };
        put((*frame).base, i.a, value);
        Ok(Flow::Next)
    }
}

/// `StoreName`
pub(super) unsafe fn store_name(py: &mut Py, frame: *mut Frame, i: Instr) -> Result<Flow> {
    // SAFETY: the running frame.
    unsafe {
        let value = fetch((*frame).base, (*(*frame).code).locals, i.a);
        let name = name_at(frame, i.bc());
        match clone_word((*frame).locals) {
            Some(locals) => {
                if py.is_exact::<Dict>(&locals)
                    && let Some(d) = locals.downcast::<Dict>()
                {
                    dict::set_str(py, d, &name, value);
                } else {
                    py.setitem(&locals, name.as_value(), value)?;
                }
            }
            None => {
                let globals = dict_of((*frame).globals);
                if py.is_exact::<Dict>(globals.as_value()) {
                    dict::set_str(py, &globals, &name, value);
                } else {
                    py.setitem(globals.as_value(), name.as_value(), value)?;
                }
            }
        }
        py.drain_pending();
        Ok(Flow::Next)
    }
}

/// `DelName`
pub(super) unsafe fn del_name(py: &mut Py, frame: *mut Frame, i: Instr) -> Result<Flow> {
    // SAFETY: the running frame.
    unsafe {
        let name = name_at(frame, i.bc());
        let done = match clone_word((*frame).locals) {
            Some(locals) if !py.is_exact::<Dict>(&locals) => match py.delitem(&locals, name.as_value()) {
                Ok(()) => true,
                Err(e) if e.is(Exc::KeyError) => false,
                Err(e) => return Err(e),
            },
            Some(locals) => match locals.downcast::<Dict>() {
                Some(d) => dict::remove_str(py, d, &name).is_some(),
                None => false,
            },
            None => {
                let globals = dict_of((*frame).globals);
                dict::remove_str(py, &globals, &name).is_some()
            }
        };
        py.drain_pending();
        if done { Ok(Flow::Next) } else { Err(name_error(&name)) }
    }
}

/// `LoadLocalOrFree`
pub(super) unsafe fn load_local_or_free(py: &mut Py, frame: *mut Frame, i: Instr) -> Result<Flow> {
    // SAFETY: the running frame.
    unsafe {
        let name = (&(*(*frame).code).code.freevars)[i.bc() as usize].clone();
        let name = py.intern(&name);
        if let Some(locals) = clone_word((*frame).locals)
            && let Some(v) = local(py, &locals, &name)?
        {
            put((*frame).base, i.a, v);
            return Ok(Flow::Next);
        }
        let cell = closure_cell(frame, i.bc());
        match cell.downcast::<Cell>().and_then(|c| c.get(py).content.clone()) {
            Some(v) => {
                put((*frame).base, i.a, v);
                Ok(Flow::Next)
            }
            None => Err(unbound_free(py, frame, i.bc())),
        }
    }
}

/// A name for annotation scopes of classes: the class dict first, then the fallback.
pub(super) unsafe fn from_dict_or(
    py: &mut Py,
    frame: *mut Frame,
    dict: &Value,
    name: &Ref<Str>,
    cell: Option<&Value>,
) -> Result<Value> {
    // SAFETY: the running frame.
    unsafe {
        if let Some(v) = local(py, dict, name)? {
            return Ok(v);
        }
        match cell {
            Some(cell) => match cell.downcast::<Cell>().and_then(|c| c.get(py).content.clone()) {
                Some(v) => Ok(v),
                None => Err(Raised::with(
                    Exc::NameError,
                    Payload::Name(
                        format!(
                            "cannot access free variable '{name}' where it is not associated with a value in enclosing scope"
                        ),
                        name.clone(),
                    ),
                )),
            },
            None => global(py, frame, name, None),
        }
    }
}

/// `ImportName`
pub(super) unsafe fn import_name(py: &mut Py, frame: *mut Frame, i: Instr) -> Result<Flow> {
    // SAFETY: operands of the running frame.
    unsafe {
        let (base, locals) = ((*frame).base, (*(*frame).code).locals);
        let level = fetch(base, locals, i.b);
        let from = fetch(base, locals, i.b + 1);
        let name = name_at(frame, i32::from(i.c));
        let globals = dict_of((*frame).globals);
        let builtins = dict_of((*frame).builtins);
        let mapping = match clone_word((*frame).locals) {
            Some(mapping) => mapping,
            None if (*(*frame).code).code.flags.has(CodeFlags::OPTIMIZED) => Value::NONE,
            None => globals.to_value(),
        };
        let key = py.intern("__import__");
        let import = builtin_named(py, &globals, &builtins, &key)?;
        let Some(import) = import else {
            return Err(Raised::new(Exc::ImportError, "__import__ not found"));
        };
        let module = py.call(&import, &[name.into_value(), globals.into_value(), mapping, from, level])?;
        put((*frame).base, i.a, module);
        Ok(Flow::Next)
    }
}

/// `ImportFrom`
pub(super) unsafe fn import_from(py: &mut Py, frame: *mut Frame, i: Instr) -> Result<Flow> {
    // SAFETY: operands of the running frame.
    unsafe {
        let module = peek((*frame).base, i.b).clone();
        let name = name_at(frame, i32::from(i.c));
        let value = crate::import::import_from(py, &module, &name)?;
        put((*frame).base, i.a, value);
        Ok(Flow::Next)
    }
}
