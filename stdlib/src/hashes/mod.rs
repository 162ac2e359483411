//! What the modules of hash functions share: the object that hashes, and its types.

pub mod blake2;
pub mod hasher;

use lockstep_interp::object::define::TypeSpec;
use lockstep_interp::object::native::{Member, Members};
use lockstep_interp::object::raise::{Result, type_error, value_error};
use lockstep_interp::object::{Type, TypeFlags};
use lockstep_interp::types::buffer::{self, Data};
use lockstep_interp::types::dict::{self, Dict};
use lockstep_interp::types::str::Str;
use lockstep_interp::{Guarded, Object, Py, Ref, Shape, Value, methods};

use hasher::{Hasher, Kind};

/// The payload of every hash object.
pub struct Hash {
    /// The hash under way.
    pub hasher: Hasher,
}

impl Object for Hash {
    type Access = Guarded;
}

/// The types, in the order of [`Kind::ALL`].
#[derive(Default)]
struct Types(Vec<Option<Ref<Type>>>);

/// Data between two looks at signals.
const CHUNK: usize = 16 << 20;

/// Data to hash: bytes-like, but no text.
pub fn data(py: &mut Py, value: &Value) -> Result<Data> {
    if value.is_a::<Str>() {
        return Err(type_error("Strings must be encoded before hashing"));
    }
    match buffer::data_opt(py, value)? {
        Some(data) => Ok(data),
        None => Err(type_error("object supporting the buffer API required")),
    }
}

/// Feed data piece by piece.
pub fn feed(py: &mut Py, hasher: &mut Hasher, data: &[u8]) -> Result<()> {
    for chunk in data.chunks(CHUNK) {
        hasher.update(chunk);
        if data.len() > CHUNK {
            py.check()?;
        }
    }
    Ok(())
}

/// The one of `data` and `string` that was given.
pub fn chosen(data: Option<&Value>, string: Option<&Value>) -> Result<Option<Value>> {
    match (data, string) {
        (Some(_), Some(_)) => Err(type_error(
            "'data' and 'string' are mutually exclusive and support for 'string' keyword parameter is slated for removal in a future version.",
        )),
        (Some(value), None) | (None, Some(value)) => Ok(Some(value.clone())),
        (None, None) => Ok(None),
    }
}

/// A hash object that has begun with some data.
pub fn begin(py: &mut Py, kind: Kind, first: Option<Value>) -> Result<Value> {
    let mut hasher = kind.start();
    if let Some(first) = first {
        let bytes = data(py, &first)?;
        feed(py, &mut hasher, &bytes)?;
    }
    wrap(py, hasher)
}

/// A hash object.
pub fn wrap(py: &mut Py, hasher: Hasher) -> Result<Value> {
    let types = py.state::<Types>();
    match types.0.get(hasher.kind() as usize).cloned().flatten() {
        Some(ty) => Ok(py.make_in(&ty, Hash { hasher }).into_value()),
        None => {
            let name = hasher.kind().name();
            Err(lockstep_interp::object::raise::runtime_error(format!("the module of {name} was not imported")))
        }
    }
}

/// Make the type of a kind and put it into a namespace.
pub fn define(
    py: &mut Py,
    namespace: &Ref<Dict>,
    kind: Kind,
    module: &'static str,
    name: &'static str,
    more: &[&'static [Member]],
) -> Ref<Type> {
    let known = py.state::<Types>().0.get(kind as usize).cloned().flatten();
    let ty = match known {
        Some(ty) => ty,
        None => {
            let base = Some(py.type_named("object"));
            let flags = if more.iter().any(|m| m.iter().any(is_new)) { 0 } else { TypeFlags::NO_NEW };
            let shape = Shape::plain::<Hash>();
            let spec = TypeSpec { name, module, doc: None, flags, base, shape, members: HashMethods::MEMBERS, unhashable: false };
            let ty = py.new_native_type(spec);
            for members in more {
                py.add_members(&ty, members);
            }
            py.resolve_specials(&ty);
            let types = &mut py.state::<Types>().0;
            types.resize(Kind::ALL.len(), None);
            types[kind as usize] = Some(ty.clone());
            ty
        }
    };
    dict::set_name(py, namespace, name, ty.to_value());
    ty
}

fn is_new(member: &Member) -> bool {
    matches!(member, Member::StaticMethod(def) if def.name == "__new__")
}

fn hex(bytes: &[u8]) -> Vec<u8> {
    bytes.iter().flat_map(|b| [b"0123456789abcdef"[usize::from(b >> 4)], b"0123456789abcdef"[usize::from(b & 15)]]).collect()
}

/// What all hash objects have.
pub struct HashMethods;

#[methods]
impl HashMethods {
    /// Return a copy of the hash object.
    #[py("(self, /)")]
    fn copy(py: &mut Py, this: &Ref<Hash>) -> Result<Value> {
        let hasher = this.get(py).hasher.clone();
        wrap(py, hasher)
    }
    /// Return the digest value as a bytes object.
    #[py("(self, /)")]
    fn digest(py: &mut Py, this: &Ref<Hash>) -> Value {
        let bytes = this.get(py).hasher.digest(0);
        py.bytes(&bytes)
    }
    /// Return the digest value as a string of hexadecimal digits.
    #[py("(self, /)")]
    fn hexdigest(py: &mut Py, this: &Ref<Hash>) -> Value {
        let bytes = this.get(py).hasher.digest(0);
        py.new_ascii(&hex(&bytes)).into_value()
    }
    /// Update this hash object's state with the provided bytes-like object.
    #[py("(self, data, /)")]
    fn update(py: &mut Py, this: &Ref<Hash>, data: &Value) -> Result<()> {
        let bytes = self::data(py, data)?;
        for chunk in bytes.chunks(CHUNK) {
            this.get_mut(py).hasher.update(chunk);
            if bytes.len() > CHUNK {
                py.check()?;
            }
        }
        Ok(())
    }
    /// Bytes of a block.
    #[getter]
    fn block_size(py: &mut Py, this: &Ref<Hash>) -> usize {
        this.get(py).hasher.kind().block()
    }
    /// Bytes of the digest.
    #[getter]
    fn digest_size(py: &mut Py, this: &Ref<Hash>) -> usize {
        this.get(py).hasher.size()
    }
    /// The name of the hash function.
    #[getter]
    fn name(py: &mut Py, this: &Ref<Hash>) -> &'static str {
        this.get(py).hasher.kind().name()
    }
}

/// The length of a digest that a script asks for.
fn free_length(py: &mut Py, length: &Value) -> Result<usize> {
    let n = py.index_clamped(length)?;
    let Ok(n) = usize::try_from(n) else { return Err(value_error("value must be positive")) };
    if n >= 1 << 29 {
        return Err(value_error("length is too large"));
    }
    py.room(n.saturating_mul(2))?;
    Ok(n)
}

/// What hash objects with a free length have instead.
pub struct FreeMethods;

#[methods]
impl FreeMethods {
    /// Return the digest value as a bytes object.
    #[py("(self, length)")]
    fn digest(py: &mut Py, this: &Ref<Hash>, length: &Value) -> Result<Value> {
        let length = free_length(py, length)?;
        let bytes = this.get(py).hasher.digest(length);
        Ok(py.bytes(&bytes))
    }
    /// Return the digest value as a string of hexadecimal digits.
    #[py("(self, length)")]
    fn hexdigest(py: &mut Py, this: &Ref<Hash>, length: &Value) -> Result<Value> {
        let length = free_length(py, length)?;
        let bytes = this.get(py).hasher.digest(length);
        Ok(py.new_ascii(&hex(&bytes)).into_value())
    }
}
