//! The memos: which objects a pickler has seen, and what an unpickler has made; and the proxies
//! by which scripts see them.

use std::collections::HashMap;
use std::hash::Hasher;

use lockstep_interp::object::raise::{Result, type_error, value_error};
use lockstep_interp::object::{NativeType, TypeFlags};
use lockstep_interp::types::dict::{self, Dict};
use lockstep_interp::types::int;
use lockstep_interp::types::tuple::Tuple;
use lockstep_interp::{Frozen, Object, Py, Ref, Value, Visitor, methods};

use super::pickler::Pickler;
use super::unpickler::Unpickler;

/// Hashes addresses.
#[derive(Default)]
pub struct Addresses(u64);

impl Hasher for Addresses {
    fn write(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.write_u64(u64::from(*byte));
        }
    }
    fn write_u64(&mut self, n: u64) {
        self.0 = (self.0 ^ (n >> 4)).wrapping_mul(0x9E37_79B9_7F4A_7C15);
    }
    fn finish(&self) -> u64 {
        self.0 ^ self.0 >> 29
    }
}

/// Objects that were written, and their places: an open table of addresses.
#[derive(Default)]
pub struct Written {
    /// Addresses and places; address 0 is free. The length is a power of two.
    table: Vec<(u64, u32)>,
    used: usize,
    /// Kept alive, so that addresses stay theirs.
    kept: Vec<Value>,
}

impl Written {
    #[inline(always)]
    fn slot(&self, id: u64) -> usize {
        let hash = (id >> 4).wrapping_mul(0x9E37_79B9_7F4A_7C15);
        (hash >> 32) as usize & (self.table.len() - 1)
    }
    /// The place of an object.
    #[inline]
    pub fn find(&self, value: &Value) -> Option<u32> {
        if self.table.is_empty() {
            return None;
        }
        let id = value.id();
        let mut at = self.slot(id);
        loop {
            match self.table[at] {
                (0, _) => return None,
                (known, place) if known == id => return Some(place),
                _ => at = (at + 1) & (self.table.len() - 1),
            }
        }
    }
    /// A place for an object that has none.
    #[inline]
    pub fn add(&mut self, value: &Value) -> u32 {
        let place = self.kept.len() as u32;
        self.put(value, place);
        place
    }
    /// A place for something no other value can refer to.
    pub fn skip(&mut self) -> u32 {
        let place = self.kept.len() as u32;
        self.kept.push(Value::NONE);
        place
    }
    fn put(&mut self, value: &Value, place: u32) {
        if self.used * 2 >= self.table.len() {
            self.grow();
        }
        self.insert(value.id(), place);
        self.kept.push(value.clone());
    }
    fn insert(&mut self, id: u64, place: u32) {
        let mut at = self.slot(id);
        while self.table[at].0 != 0 && self.table[at].0 != id {
            at = (at + 1) & (self.table.len() - 1);
        }
        self.used += usize::from(self.table[at].0 == 0);
        self.table[at] = (id, place);
    }
    #[cold]
    fn grow(&mut self) {
        let room = (self.table.len() * 4).max(64);
        let old = std::mem::replace(&mut self.table, vec![(0, 0); room]);
        self.used = 0;
        for (id, place) in old {
            if id != 0 {
                self.insert(id, place);
            }
        }
    }
    /// The objects, for the collector.
    pub fn values(&self) -> &[Value] {
        &self.kept
    }
    /// Forget all; the objects are returned, to be dropped without a borrow.
    #[must_use]
    pub fn take(&mut self) -> Vec<Value> {
        self.table = Vec::new();
        self.used = 0;
        std::mem::take(&mut self.kept)
    }
    /// Objects with their places.
    fn pairs(&self) -> Vec<(Value, u32)> {
        self.kept.iter().filter_map(|v| Some((v.clone(), self.find(v)?))).collect()
    }
}

/// Values that were read, by place.
#[derive(Default)]
pub struct Read {
    near: Vec<Option<Value>>,
    /// Places far beyond the others: only hostile pickles have them.
    far: HashMap<u64, Value>,
    count: usize,
}

impl Read {
    /// The value at a place.
    #[inline]
    pub fn get(&self, place: u64) -> Option<&Value> {
        match self.near.get(place as usize) {
            Some(value) => value.as_ref(),
            None if self.far.is_empty() => None,
            None => self.far.get(&place),
        }
    }
    /// Put a value; the old one is returned.
    #[inline]
    pub fn put(&mut self, place: u64, value: Value) -> Option<Value> {
        let at = place as usize;
        if at == self.near.len() {
            self.near.push(Some(value));
            self.count += 1;
            return None;
        }
        self.put_anywhere(at, value)
    }
    fn put_anywhere(&mut self, at: usize, value: Value) -> Option<Value> {
        let old = if at < self.near.len() + 4096 {
            if at >= self.near.len() {
                self.near.resize(at + 1, None);
            }
            self.near[at].replace(value)
        } else {
            self.far.insert(at as u64, value)
        };
        self.count += usize::from(old.is_none());
        old
    }
    /// The next value, at the place that has the number of those before.
    #[inline]
    pub fn push(&mut self, value: Value) -> Option<Value> {
        self.put(self.count as u64, value)
    }
    /// The values, for the collector.
    pub fn values(&self) -> impl Iterator<Item = &Value> {
        self.near.iter().flatten().chain(self.far.values())
    }
    /// Forget all; what was there is returned, to be dropped without a borrow.
    #[must_use]
    pub fn take(&mut self) -> Read {
        std::mem::take(self)
    }
    /// The values out, in no order.
    pub fn into_values(self) -> impl Iterator<Item = Value> {
        self.near.into_iter().flatten().chain(self.far.into_values())
    }
    fn pairs(&self) -> Vec<(u64, Value)> {
        let near = self.near.iter().enumerate().filter_map(|(i, v)| Some((i as u64, v.clone()?)));
        near.chain(self.far.iter().map(|(i, v)| (*i, v.clone()))).collect()
    }
}

/// `Pickler.memo`
pub struct PicklerMemoProxy {
    pub(super) pickler: Ref<Pickler>,
}

impl Object for PicklerMemoProxy {
    type Access = Frozen;
    const TRACKED: bool = true;
    fn trace(&self, visit: &mut Visitor<'_>) {
        visit.reference(&self.pickler);
    }
}

/// The memo as a dict of addresses to pairs of place and object.
fn written(py: &mut Py, pickler: &Ref<Pickler>) -> Result<Ref<Dict>> {
    let out = py.new_dict();
    for (value, place) in pickler.get(py).memo.pairs() {
        let key = py.int(value.id() as i64);
        let place = py.int(i64::from(place));
        let pair = py.tuple(vec![place, value]);
        dict::set(py, &out, &key, pair)?;
    }
    Ok(out)
}

/// `pickler.memo = value`
pub fn set_written(py: &mut Py, pickler: &Ref<Pickler>, value: &Value) -> Result<()> {
    let source = if let Some(proxy) = value.downcast::<PicklerMemoProxy>() {
        written(py, &proxy.pickler.clone())?
    } else if let Some(d) = value.downcast::<Dict>() {
        d.clone()
    } else {
        let got = py.type_name(value);
        return Err(type_error(format!("'memo' attribute must be a PicklerMemoProxy object or dict, not {got}")));
    };
    let pairs: Vec<Value> = source.get(py).values().cloned().collect();
    let mut made = Written::default();
    for pair in pairs {
        let Some([place, object]) = pair.downcast::<Tuple>().map(|t| t.slice()) else {
            return Err(type_error("'memo' values must be 2-item tuples"));
        };
        let place = py.index(place)?;
        let Some(place) = int::as_i64(&place).and_then(|n| u32::try_from(n).ok()) else {
            return Err(value_error("memo key must be positive integers."));
        };
        made.put(object, place);
    }
    let old = std::mem::replace(&mut pickler.get_mut(py).memo, made);
    drop(old);
    Ok(())
}

fn rebuilt(py: &mut Py, copy: Value) -> Value {
    let class = py.type_for::<Dict>().into_value();
    let args = py.tuple(vec![copy]);
    py.tuple(vec![class, args])
}

#[methods]
impl PicklerMemoProxy {
    /// Implement __reduce__.
    #[py("(self, /)")]
    fn __reduce__(py: &mut Py, this: &Ref<PicklerMemoProxy>) -> Result<Value> {
        let copy = written(py, &this.pickler)?.into_value();
        Ok(rebuilt(py, copy))
    }
    /// Remove all items from memo.
    #[py("(self, /)")]
    fn clear(py: &mut Py, this: &Ref<PicklerMemoProxy>) {
        let old = this.pickler.get_mut(py).memo.take();
        drop(old);
    }
    /// Copy the memo to a new object.
    #[py("(self, /)")]
    fn copy(py: &mut Py, this: &Ref<PicklerMemoProxy>) -> Result<Value> {
        Ok(written(py, &this.pickler)?.into_value())
    }
}

impl NativeType for PicklerMemoProxy {
    const NAME: &'static str = "PicklerMemoProxy";
    const MODULE: &'static str = "_pickle";
    const FLAGS: u32 = TypeFlags::NO_NEW;
    const UNHASHABLE: bool = true;
}

/// `Unpickler.memo`
pub struct UnpicklerMemoProxy {
    pub(super) unpickler: Ref<Unpickler>,
}

impl Object for UnpicklerMemoProxy {
    type Access = Frozen;
    const TRACKED: bool = true;
    fn trace(&self, visit: &mut Visitor<'_>) {
        visit.reference(&self.unpickler);
    }
}

fn read(py: &mut Py, unpickler: &Ref<Unpickler>) -> Result<Ref<Dict>> {
    let out = py.new_dict();
    for (place, value) in unpickler.get(py).memo.pairs() {
        let key = py.int(place as i64);
        dict::set(py, &out, &key, value)?;
    }
    Ok(out)
}

/// `unpickler.memo = value`
pub fn set_read(py: &mut Py, unpickler: &Ref<Unpickler>, value: &Value) -> Result<()> {
    let source = if let Some(proxy) = value.downcast::<UnpicklerMemoProxy>() {
        read(py, &proxy.unpickler.clone())?
    } else if let Some(d) = value.downcast::<Dict>() {
        d.clone()
    } else {
        let got = py.type_name(value);
        return Err(type_error(format!("'memo' attribute must be an UnpicklerMemoProxy object or dict, not {got}")));
    };
    let pairs: Vec<(Value, Value)> = source.get(py).iter().map(|(k, v)| (k.clone(), v.clone())).collect();
    let mut made = Read::default();
    for (key, value) in pairs {
        if !int::is_int(&key) {
            return Err(type_error("memo key must be integers"));
        }
        let Some(place) = int::as_i64(&key).and_then(|n| u64::try_from(n).ok()) else {
            return Err(value_error("memo key must be positive integers."));
        };
        made.put(place, value);
    }
    let old = std::mem::replace(&mut unpickler.get_mut(py).memo, made);
    drop(old);
    Ok(())
}

#[methods]
impl UnpicklerMemoProxy {
    /// Implement __reduce__.
    #[py("(self, /)")]
    fn __reduce__(py: &mut Py, this: &Ref<UnpicklerMemoProxy>) -> Result<Value> {
        let copy = read(py, &this.unpickler)?.into_value();
        Ok(rebuilt(py, copy))
    }
    /// Remove all items from memo.
    #[py("(self, /)")]
    fn clear(py: &mut Py, this: &Ref<UnpicklerMemoProxy>) {
        let old = this.unpickler.get_mut(py).memo.take();
        drop(old);
    }
    /// Copy the memo to a new object.
    #[py("(self, /)")]
    fn copy(py: &mut Py, this: &Ref<UnpicklerMemoProxy>) -> Result<Value> {
        Ok(read(py, &this.unpickler)?.into_value())
    }
}

impl NativeType for UnpicklerMemoProxy {
    const NAME: &'static str = "UnpicklerMemoProxy";
    const MODULE: &'static str = "_pickle";
    const FLAGS: u32 = TypeFlags::NO_NEW;
    const UNHASHABLE: bool = true;
}
