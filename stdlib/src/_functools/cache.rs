//! The wrapper that `functools.lru_cache` puts around a function.

use lockstep_interp::object::call::Keywords;
use lockstep_interp::object::raise::{Result, type_error};
use lockstep_interp::object::{NativeType, Type, TypeFlags};
use lockstep_interp::types::dict::{self, Dict};
use lockstep_interp::types::int;
use lockstep_interp::types::method::BoundMethod;
use lockstep_interp::types::str::Str;
use lockstep_interp::{Guarded, Object, Py, Ref, Value, Visitor, methods};
use smallvec::SmallVec;

/// An entry in the ring of results, ordered by use. Place 0 is the ring's root: after it comes
/// the oldest, before it the newest.
struct Link {
    before: usize,
    after: usize,
    hash: u64,
    key: Value,
    result: Value,
}

/// The payload of the wrapper.
pub struct LruCache {
    function: Value,
    /// None: no limit.
    maxsize: Option<usize>,
    typed: bool,
    /// The class of what `cache_info` returns.
    info: Value,
    /// Keys to results or, with a limit, to places in the ring.
    table: Ref<Dict>,
    ring: Vec<Link>,
    hits: i64,
    misses: i64,
}

impl Object for LruCache {
    type Access = Guarded;
    const TRACKED: bool = true;
    fn trace(&self, visit: &mut Visitor<'_>) {
        visit.value(&self.function);
        visit.value(&self.info);
        visit.reference(&self.table);
        for link in &self.ring {
            visit.value(&link.key);
            visit.value(&link.result);
        }
    }
    fn clear(&mut self, out: &mut Vec<Value>) {
        out.push(std::mem::replace(&mut self.function, Value::NONE));
        let old = std::mem::replace(&mut self.ring, root());
        out.extend(old.into_iter().flat_map(|l| [l.key, l.result]));
    }
}

fn root() -> Vec<Link> {
    vec![Link { before: 0, after: 0, hash: 0, key: Value::NONE, result: Value::NONE }]
}

impl LruCache {
    fn unlink(&mut self, at: usize) {
        let (before, after) = (self.ring[at].before, self.ring[at].after);
        self.ring[before].after = after;
        self.ring[after].before = before;
    }
    /// Make the entry the newest.
    fn link(&mut self, at: usize) {
        let last = self.ring[0].before;
        self.ring[last].after = at;
        self.ring[at].before = last;
        self.ring[at].after = 0;
        self.ring[0].before = at;
    }
}

/// The key of a call.
fn key(py: &mut Py, args: &[Value], keywords: &Keywords, typed: bool) -> Value {
    let plain = keywords.is_empty();
    if plain
        && !typed
        && let [only] = args
        && (only.as_small_int().is_some() || py.is_exact::<Str>(only))
    {
        return only.clone();
    }
    if plain && !typed {
        return py.tuple_of(args);
    }
    let mut parts = SmallVec::<[Value; 12]>::from(args);
    if !plain {
        // No script has this type as argument between its own arguments by accident.
        parts.push(py.type_for::<LruCache>().into_value());
        parts.extend(keywords.iter().flat_map(|(k, v)| [k.to_value(), v.clone()]));
    }
    if typed {
        parts.extend(args.iter().chain(keywords.iter().map(|(_, v)| v)).map(|v| py.type_of(v).into_value()));
    }
    py.tuple_with(parts.into_iter())
}

fn clear(py: &mut Py, this: &Ref<LruCache>) {
    let table = py.new_dict();
    let cache = this.get_mut(py);
    let old = (std::mem::replace(&mut cache.table, table), std::mem::replace(&mut cache.ring, root()));
    (cache.hits, cache.misses) = (0, 0);
    drop(old);
}

/// Put a result whose key is not in the table into the ring, in place of the oldest if it is full.
fn remember(py: &mut Py, this: &Ref<LruCache>, maxsize: usize, key: Value, hash: u64, result: &Value) -> Result<()> {
    let table = this.get(py).table.clone();
    let oldest = if table.get(py).len() >= maxsize { this.get(py).ring[0].after } else { 0 };
    let cache = this.get_mut(py);
    if oldest == 0 {
        let at = cache.ring.len();
        cache.ring.push(Link { before: 0, after: 0, hash, key: key.clone(), result: result.clone() });
        cache.link(at);
        let place = py.int(at as i64);
        table.get_mut(py).push(hash, key, place);
        return Ok(());
    }
    cache.unlink(oldest);
    let link = &mut cache.ring[oldest];
    let old = (std::mem::replace(&mut link.key, key.clone()), std::mem::replace(&mut link.result, result.clone()));
    let old_hash = std::mem::replace(&mut link.hash, hash);
    cache.link(oldest);
    let state = table.get(py).changes();
    if let Some(place) = dict::find(py, &table, &old.0, old_hash)? {
        // Only a comparison by a method of the program can have changed the table.
        let changed = table.get(py).changes() != state;
        let gone = table.get_mut(py).remove_at(place);
        drop(gone);
        let at = py.int(oldest as i64);
        if changed {
            return dict::set_hashed(py, &table, &key, hash, at);
        }
        table.get_mut(py).push(hash, key, at);
        return Ok(());
    }
    let at = py.int(oldest as i64);
    dict::set_hashed(py, &table, &key, hash, at)
}

#[methods]
impl LruCache {
    /// Create a cached callable that wraps another function.
    #[staticmethod("(type, user_function, maxsize, typed, cache_info_type)")]
    fn __new__(
        py: &mut Py,
        cls: &Ref<Type>,
        user_function: Value,
        maxsize: &Value,
        typed: bool,
        cache_info_type: Value,
    ) -> Result<Value> {
        if !py.is_callable(&user_function) {
            return Err(type_error("the first argument must be callable"));
        }
        let maxsize = if maxsize.is_none() {
            None
        } else if int::is_int(maxsize) {
            Some(py.index_clamped(maxsize)?.max(0) as usize)
        } else {
            return Err(type_error("maxsize should be integer or None"));
        };
        let table = py.new_dict();
        let payload =
            LruCache { function: user_function, maxsize, typed, info: cache_info_type, table, ring: root(), hits: 0, misses: 0 };
        Ok(py.make_in(cls, payload).into_value())
    }
    /// Call self as a function.
    #[py("(self, /, *args, **kwargs)")]
    fn __call__(py: &mut Py, this: &Ref<LruCache>, args: &[Value], kwargs: &Keywords) -> Result<Value> {
        let cache = this.get(py);
        let (maxsize, typed, table) = (cache.maxsize, cache.typed, cache.table.clone());
        if maxsize == Some(0) {
            this.get_mut(py).misses += 1;
            let function = this.get(py).function.clone();
            return py.call_kw(&function, args, kwargs);
        }
        let key = key(py, args, kwargs, typed);
        let hash = py.hash(&key)? as u64;
        let found = dict::find(py, &table, &key, hash)?.and_then(|place| table.get(py).value_at(place).cloned());
        if let Some(found) = found {
            let cache = this.get_mut(py);
            if maxsize.is_none() {
                cache.hits += 1;
                return Ok(found);
            }
            if let Some(at) = found.as_small_int().map(|n| n as usize)
                && at != 0
                && at < cache.ring.len()
            {
                cache.hits += 1;
                cache.unlink(at);
                cache.link(at);
                return Ok(cache.ring[at].result.clone());
            }
        }
        this.get_mut(py).misses += 1;
        let function = this.get(py).function.clone();
        let state = table.get(py).changes();
        let result = py.call_kw(&function, args, kwargs)?;
        // The table is another one if the cache was cleared meanwhile.
        let now = this.get(py).table.clone();
        let absent = now.is(&table) && now.get(py).changes() == state || dict::find(py, &now, &key, hash)?.is_none();
        match maxsize {
            _ if !absent => {}
            None => {
                now.get_mut(py).push(hash, key, result.clone());
            }
            Some(maxsize) => remember(py, this, maxsize, key, hash, &result)?,
        }
        Ok(result)
    }
    /// Return an attribute of instance, which is of type owner.
    #[py("(self, instance, owner=None, /)")]
    fn __get__(py: &mut Py, this: &Ref<LruCache>, instance: &Value, _owner: &Value) -> Value {
        if instance.is_none() { this.to_value() } else { BoundMethod::bind(py, this.as_value(), instance) }
    }
    /// Copies are the same cache.
    #[py("(self, /)")]
    fn __copy__(_py: &mut Py, this: &Ref<LruCache>) -> Value {
        this.to_value()
    }
    /// Copies are the same cache.
    #[py("(self, memo, /)")]
    fn __deepcopy__(_py: &mut Py, this: &Ref<LruCache>, _memo: &Value) -> Value {
        this.to_value()
    }
    /// Pickled by name.
    #[py("(self, /)")]
    fn __reduce__(py: &mut Py, this: &Ref<LruCache>) -> Result<Value> {
        py.getattr(this.as_value(), "__qualname__")
    }
    /// Report cache statistics
    #[py("(self, /)")]
    fn cache_info(py: &mut Py, this: &Ref<LruCache>) -> Result<Value> {
        let cache = this.get(py);
        let (info, hits, misses, maxsize) = (cache.info.clone(), cache.hits, cache.misses, cache.maxsize);
        let size = cache.table.get(py).len();
        let maxsize = maxsize.map_or(Value::NONE, |n| py.int(n as i64));
        let (hits, misses, size) = (py.int(hits), py.int(misses), py.int(size as i64));
        py.call(&info, &[hits, misses, maxsize, size])
    }
    /// Clear the cache and cache statistics
    #[py("(self, /)")]
    fn cache_clear(py: &mut Py, this: &Ref<LruCache>) {
        clear(py, this);
    }
}

impl NativeType for LruCache {
    const NAME: &'static str = "_lru_cache_wrapper";
    const MODULE: &'static str = "functools";
    const DOC: Option<&'static str> = Some("Create a cached callable that wraps another function.");
    const FLAGS: u32 = TypeFlags::BASE;
    const DICT: bool = true;
}
