//! `Pickler`.

use lockstep_interp::object::raise::{Result, type_error, value_error};
use lockstep_interp::object::{NativeType, Type, TypeFlags};
use lockstep_interp::{Exc, Guarded, Object, Py, Raised, Ref, Value, Visitor, methods};

use super::memo::{self, PicklerMemoProxy, Written};
use super::out::Out;
use super::plan::Plans;
use super::{State, pickling_error, save};

/// The highest protocol.
pub const HIGHEST: i64 = 5;
/// The protocol when none is asked for.
const DEFAULT: i64 = 5;

/// The payload of a `Pickler`.
#[derive(Default)]
pub struct Pickler {
    /// `__init__` has run.
    ready: bool,
    /// In `dump`.
    pub(super) running: bool,
    /// `file.write`; none: all stays in memory.
    pub(super) write: Option<Value>,
    pub(super) proto: i64,
    bin: i64,
    /// No memo.
    pub(super) fast: i64,
    pub(super) fix_imports: bool,
    pub(super) buffer_callback: Option<Value>,
    pub(super) out: Out,
    pub(super) memo: Written,
    /// Attribute `dispatch_table`, and the one that is used in this `dump`.
    own_table: Option<Value>,
    pub(super) table: Option<Value>,
    own_id: Option<Value>,
    /// Hooks of this `dump`.
    pub(super) persistent_id: Option<Value>,
    pub(super) reducer_override: Option<Value>,
    /// How instances are written.
    pub(super) plans: Plans,
    /// Containers around the place, in fast mode beyond some depth.
    pub(super) around: Vec<u64>,
    /// How deep fast mode is.
    pub(super) depth: usize,
}

impl Object for Pickler {
    type Access = Guarded;
    const TRACKED: bool = true;
    fn trace(&self, visit: &mut Visitor<'_>) {
        visit.all(self.memo.values());
        let single = [
            &self.write,
            &self.buffer_callback,
            &self.own_table,
            &self.table,
            &self.own_id,
            &self.persistent_id,
            &self.reducer_override,
        ];
        visit.all(single.into_iter().flatten());
        self.plans.trace(visit);
    }
    fn clear(&mut self, out: &mut Vec<Value>) {
        out.extend(self.memo.take());
        let single = [
            self.write.take(),
            self.buffer_callback.take(),
            self.own_table.take(),
            self.table.take(),
            self.own_id.take(),
            self.persistent_id.take(),
            self.reducer_override.take(),
        ];
        out.extend(single.into_iter().flatten());
    }
}

impl Pickler {
    /// A pickler that writes into memory.
    pub fn with_options(py: &mut Py, protocol: &Value, fix_imports: bool, buffer_callback: &Value) -> Result<Pickler> {
        let proto = if protocol.is_none() {
            DEFAULT
        } else {
            match py.index_clamped(protocol)? as i64 {
                n if n < 0 => HIGHEST,
                n if n > HIGHEST => return Err(value_error(format!("pickle protocol must be <= {HIGHEST}"))),
                n => n,
            }
        };
        let buffer_callback = if buffer_callback.is_none() { None } else { Some(buffer_callback.clone()) };
        if buffer_callback.is_some() && proto < 5 {
            return Err(value_error("buffer_callback needs protocol >= 5"));
        }
        Ok(Pickler {
            ready: true,
            proto,
            bin: i64::from(proto > 0),
            fix_imports: fix_imports && proto < 3,
            buffer_callback,
            ..Pickler::default()
        })
    }
    /// Send what it writes to a file.
    pub fn to_file(py: &mut Py, this: &Ref<Pickler>, file: &Value) -> Result<()> {
        match py.getattr_opt(file, "write")? {
            Some(write) => {
                this.get_mut(py).write = Some(write);
                Ok(())
            }
            None => Err(type_error("file must have a 'write' attribute")),
        }
    }
}

/// Look for the hooks that a subclass or a script gave.
fn find_hooks(py: &mut Py, this: &Ref<Pickler>) -> Result<()> {
    let object = this.as_value();
    let persistent = py.getattr(object, "persistent_id")?;
    let default = py.state::<State>().persistent_id.clone();
    let persistent = if default.is_some_and(|d| d.is(&persistent)) { None } else { Some(persistent) };
    let (reducer, table) = if py.is_exact::<Pickler>(object) {
        (None, this.get(py).own_table.clone())
    } else {
        (py.getattr_opt(object, "reducer_override")?, py.getattr_opt(object, "dispatch_table")?)
    };
    let p = this.get_mut(py);
    p.persistent_id = persistent;
    p.reducer_override = reducer;
    p.table = table;
    Ok(())
}

fn check_idle(py: &Py, this: &Ref<Pickler>) -> Result<()> {
    if this.get(py).running {
        return Err(Raised::new(Exc::RuntimeError, "Pickler object is already used"));
    }
    Ok(())
}

#[methods]
impl Pickler {
    /// Create and return a new object.
    #[staticmethod("(type, /, *args, **kwargs)")]
    fn __new__(py: &mut Py, cls: &Ref<Type>, _args: &[Value], _kwargs: &Value) -> Value {
        py.make_in(cls, Pickler::default()).into_value()
    }
    /// Initialize self.
    #[py("(self, /, file, protocol=None, fix_imports=True, buffer_callback=None)")]
    fn __init__(
        py: &mut Py,
        this: &Ref<Pickler>,
        file: &Value,
        protocol: &Value,
        fix_imports: bool,
        buffer_callback: &Value,
    ) -> Result<()> {
        check_idle(py, this)?;
        let made = Pickler::with_options(py, protocol, fix_imports, buffer_callback)?;
        let p = this.get_mut(py);
        let made = Pickler { own_table: p.own_table.take(), own_id: p.own_id.take(), ..made };
        let old = std::mem::replace(p, made);
        drop(old);
        Pickler::to_file(py, this, file)
    }
    /// Returns size in memory, in bytes.
    #[py("(self, /)")]
    fn __sizeof__(py: &mut Py, this: &Ref<Pickler>) -> usize {
        let p = this.get(py);
        this.shape().object_size() + p.out.bytes.capacity() + p.memo.values().len() * 24
    }
    /// Clears the pickler's "memo".
    ///
    /// The memo is the data structure that remembers which objects the
    /// pickler has already seen, so that shared or recursive objects are
    /// pickled by reference and not by value.  This method is useful when
    /// re-using picklers.
    #[py("(self, /)")]
    fn clear_memo(py: &mut Py, this: &Ref<Pickler>) {
        let old = this.get_mut(py).memo.take();
        drop(old);
    }
    /// Write a pickled representation of the given object to the open file.
    #[py("(self, obj, /)")]
    fn dump(py: &mut Py, this: &Ref<Pickler>, obj: &Value) -> Result<()> {
        if !this.get(py).ready {
            let class = py.type_name(this.as_value());
            let message = format!("Pickler.__init__() was not called by {class}.__init__()");
            return Err(pickling_error(py, &message));
        }
        check_idle(py, this)?;
        find_hooks(py, this)?;
        this.get_mut(py).running = true;
        let result = save::dump(py, this, obj);
        let p = this.get_mut(py);
        p.running = false;
        let hooks = (p.persistent_id.take(), p.reducer_override.take(), p.table.take(), std::mem::take(&mut p.plans));
        drop(hooks);
        result
    }
    /// Whether the protocol is a binary one.
    #[getter]
    fn bin(py: &mut Py, this: &Ref<Pickler>) -> i64 {
        this.get(py).bin
    }
    #[setter(bin)]
    fn set_bin(py: &mut Py, this: &Ref<Pickler>, value: Option<Value>) -> Result<()> {
        this.get_mut(py).bin = number(py, value)?;
        Ok(())
    }
    /// Whether there is no memo.
    #[getter]
    fn fast(py: &mut Py, this: &Ref<Pickler>) -> i64 {
        this.get(py).fast
    }
    #[setter(fast)]
    fn set_fast(py: &mut Py, this: &Ref<Pickler>, value: Option<Value>) -> Result<()> {
        this.get_mut(py).fast = number(py, value)?;
        Ok(())
    }
    /// The private table of reduction functions.
    #[getter]
    fn dispatch_table(py: &mut Py, this: &Ref<Pickler>) -> Result<Value> {
        match this.get(py).own_table.clone() {
            Some(table) => Ok(table),
            None => Err(missing(py, this, "dispatch_table")),
        }
    }
    #[setter(dispatch_table)]
    fn set_dispatch_table(py: &mut Py, this: &Ref<Pickler>, value: Option<Value>) -> Result<()> {
        if value.is_none() && this.get(py).own_table.is_none() {
            return Err(missing(py, this, "dispatch_table"));
        }
        let old = std::mem::replace(&mut this.get_mut(py).own_table, value);
        drop(old);
        Ok(())
    }
    /// The memo.
    #[getter]
    fn memo(py: &mut Py, this: &Ref<Pickler>) -> Value {
        py.make(PicklerMemoProxy { pickler: this.clone() }).into_value()
    }
    #[setter(memo)]
    fn set_memo(py: &mut Py, this: &Ref<Pickler>, value: Option<Value>) -> Result<()> {
        match value {
            Some(value) => memo::set_written(py, this, &value),
            None => Err(type_error("attribute deletion is not supported")),
        }
    }
    /// Called with each object: the id under which it is kept elsewhere, or None.
    #[getter]
    fn persistent_id(py: &mut Py, this: &Ref<Pickler>) -> Value {
        let own = this.get(py).own_id.clone();
        own.or_else(|| py.state::<State>().persistent_id.clone()).unwrap_or(Value::NONE)
    }
    #[setter(persistent_id)]
    fn set_persistent_id(py: &mut Py, this: &Ref<Pickler>, value: Option<Value>) -> Result<()> {
        if value.is_none() && this.get(py).own_id.is_none() {
            return Err(missing(py, this, "persistent_id"));
        }
        let old = std::mem::replace(&mut this.get_mut(py).own_id, value);
        drop(old);
        Ok(())
    }
}

fn missing(py: &mut Py, this: &Ref<Pickler>, name: &str) -> Raised {
    let name = py.intern(name);
    lockstep_interp::object::raise::no_attribute(py, this.as_value(), &name)
}

fn number(py: &mut Py, value: Option<Value>) -> Result<i64> {
    match value {
        Some(value) => Ok(py.index_clamped(&value)? as i64),
        None => Err(type_error("can't delete numeric/char attribute")),
    }
}

impl NativeType for Pickler {
    const NAME: &'static str = "Pickler";
    const MODULE: &'static str = "_pickle";
    const DOC: Option<&'static str> = Some("This takes a binary file for writing a pickle data stream.");
    const FLAGS: u32 = TypeFlags::BASE;
}
