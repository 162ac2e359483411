//! `_hmac`: keyed hashing (RFC 2104).

use lockstep_interp::object::raise::{Result, type_error};
use lockstep_interp::object::{NativeType, TypeFlags};
use lockstep_interp::types::dict;
use lockstep_interp::types::module::Module;
use lockstep_interp::types::str::Str;
use lockstep_interp::{Exc, Guarded, Object, Py, Raised, Ref, Value, methods, module};

use crate::hashes::hasher::{Hasher, Kind};
use crate::hashes::{data, feed};
use crate::notes::error_class;

/// The payload of an `HMAC`.
#[derive(Clone)]
pub struct Hmac {
    inner: Hasher,
    outer: Hasher,
}

impl Object for Hmac {
    type Access = Guarded;
}

/// The module's own error.
#[derive(Default)]
struct Errors(Option<Value>);

#[cold]
fn unknown(py: &mut Py, name: &Value) -> Raised {
    let shown = match name.downcast::<Str>() {
        Some(s) => s.to_string(),
        None => py.repr_lossy(name),
    };
    let text = py.str(&format!("unsupported hash type: {shown}"));
    match py.state::<Errors>().0.clone() {
        Some(class) => match py.call(&class, &[text]) {
            Ok(made) => py.raise_value(&made),
            Err(e) => e,
        },
        None => Raised::args(Exc::ValueError, vec![text]),
    }
}

/// The hash function of a name, in any case of letters; `_hashlib` spells some of them otherwise.
fn kind(py: &mut Py, name: &Value) -> Result<Kind> {
    let Some(s) = name.downcast::<Str>() else { return Err(unknown(py, name)) };
    let plain = s.to_string().to_ascii_lowercase().replace('-', "_");
    let plain = plain.strip_prefix("sha_").map_or(plain.clone(), |rest| format!("sha{rest}"));
    match Kind::named(&plain) {
        Some(kind) if !kind.is_free() => Ok(kind),
        _ => Err(unknown(py, name)),
    }
}

impl Hmac {
    fn keyed(py: &mut Py, kind: Kind, key: &[u8]) -> Result<Hmac> {
        let mut block = if key.len() > kind.block() {
            let mut hasher = kind.start();
            feed(py, &mut hasher, key)?;
            hasher.digest(0)
        } else {
            key.to_vec()
        };
        block.resize(kind.block(), 0);
        let (mut inner, mut outer) = (kind.start(), kind.start());
        inner.update(&block.iter().map(|b| b ^ 0x36).collect::<Vec<u8>>());
        outer.update(&block.iter().map(|b| b ^ 0x5C).collect::<Vec<u8>>());
        Ok(Hmac { inner, outer })
    }
    fn value(&self) -> Vec<u8> {
        let mut outer = self.outer.clone();
        outer.update(&self.inner.digest(0));
        outer.digest(0)
    }
}

#[methods]
impl Hmac {
    /// Return repr(self).
    #[py("(self, /)")]
    fn __repr__(py: &mut Py, this: &Ref<Hmac>) -> Value {
        let text = format!("<{} HMAC object @ {:#x}>", this.get(py).inner.kind().name(), this.id());
        py.str(&text)
    }
    /// Return a copy ("clone") of the HMAC object.
    #[py("(self, /)")]
    fn copy(py: &mut Py, this: &Ref<Hmac>) -> Value {
        let copy = this.get(py).clone();
        py.make(copy).into_value()
    }
    /// Return the digest of the bytes passed to the update() method so far.
    #[py("(self, /)")]
    fn digest(py: &mut Py, this: &Ref<Hmac>) -> Value {
        let bytes = this.get(py).value();
        py.bytes(&bytes)
    }
    /// Return hexadecimal digest of the bytes passed to the update() method so far.
    #[py("(self, /)")]
    fn hexdigest(py: &mut Py, this: &Ref<Hmac>) -> Value {
        let text: String = this.get(py).value().iter().map(|b| format!("{b:02x}")).collect();
        py.str(&text)
    }
    /// Update the HMAC object with the given message.
    #[py("(self, /, msg)")]
    fn update(py: &mut Py, this: &Ref<Hmac>, msg: &Value) -> Result<()> {
        let bytes = data(py, msg)?;
        let mut inner = this.get(py).inner.clone();
        feed(py, &mut inner, &bytes)?;
        this.get_mut(py).inner = inner;
        Ok(())
    }
    /// Bytes of a block.
    #[getter]
    fn block_size(py: &mut Py, this: &Ref<Hmac>) -> usize {
        this.get(py).inner.kind().block()
    }
    /// Bytes of the digest.
    #[getter]
    fn digest_size(py: &mut Py, this: &Ref<Hmac>) -> usize {
        this.get(py).inner.size()
    }
    /// The name of the algorithm.
    #[getter]
    fn name(py: &mut Py, this: &Ref<Hmac>) -> String {
        format!("hmac-{}", this.get(py).inner.kind().name())
    }
}

impl NativeType for Hmac {
    const NAME: &'static str = "HMAC";
    const MODULE: &'static str = "_hmac";
    const DOC: Option<&'static str> = Some("The object used to calculate HMAC of a message.");
    const FLAGS: u32 = TypeFlags::NO_NEW;
}

fn once(py: &mut Py, key: &Value, msg: &Value, kind: Kind) -> Result<Value> {
    let key = data(py, key)?;
    let mut made = Hmac::keyed(py, kind, &key)?;
    let msg = data(py, msg)?;
    feed(py, &mut made.inner, &msg)?;
    let bytes = made.value();
    Ok(py.bytes(&bytes))
}

/// The functions of `_hmac`.
pub struct HmacFunctions;

#[module]
impl HmacFunctions {
    /// Return a new HMAC object.
    #[py("(key, msg=None, digestmod=None)")]
    fn new(py: &mut Py, key: &Value, msg: &Value, digestmod: &Value) -> Result<Value> {
        if digestmod.is_none() {
            return Err(type_error("new() missing 1 required argument 'digestmod'"));
        }
        let kind = kind(py, digestmod)?;
        let key = data(py, key)?;
        let mut made = Hmac::keyed(py, kind, &key)?;
        if !msg.is_none() {
            let msg = data(py, msg)?;
            feed(py, &mut made.inner, &msg)?;
        }
        Ok(py.make(made).into_value())
    }
    /// Compute HMAC of a message by a named hash function.
    #[py("(key, msg, digest)")]
    fn compute_digest(py: &mut Py, key: &Value, msg: &Value, digest: &Value) -> Result<Value> {
        let kind = kind(py, digest)?;
        once(py, key, msg, kind)
    }
    /// Compute HMAC of a message by md5.
    #[py("(key, msg, /)")]
    fn compute_md5(py: &mut Py, key: &Value, msg: &Value) -> Result<Value> {
        once(py, key, msg, Kind::Md5)
    }
    /// Compute HMAC of a message by sha1.
    #[py("(key, msg, /)")]
    fn compute_sha1(py: &mut Py, key: &Value, msg: &Value) -> Result<Value> {
        once(py, key, msg, Kind::Sha1)
    }
    /// Compute HMAC of a message by sha224.
    #[py("(key, msg, /)")]
    fn compute_sha224(py: &mut Py, key: &Value, msg: &Value) -> Result<Value> {
        once(py, key, msg, Kind::Sha224)
    }
    /// Compute HMAC of a message by sha256.
    #[py("(key, msg, /)")]
    fn compute_sha256(py: &mut Py, key: &Value, msg: &Value) -> Result<Value> {
        once(py, key, msg, Kind::Sha256)
    }
    /// Compute HMAC of a message by sha384.
    #[py("(key, msg, /)")]
    fn compute_sha384(py: &mut Py, key: &Value, msg: &Value) -> Result<Value> {
        once(py, key, msg, Kind::Sha384)
    }
    /// Compute HMAC of a message by sha512.
    #[py("(key, msg, /)")]
    fn compute_sha512(py: &mut Py, key: &Value, msg: &Value) -> Result<Value> {
        once(py, key, msg, Kind::Sha512)
    }
    /// Compute HMAC of a message by sha3_224.
    #[py("(key, msg, /)")]
    fn compute_sha3_224(py: &mut Py, key: &Value, msg: &Value) -> Result<Value> {
        once(py, key, msg, Kind::Sha3_224)
    }
    /// Compute HMAC of a message by sha3_256.
    #[py("(key, msg, /)")]
    fn compute_sha3_256(py: &mut Py, key: &Value, msg: &Value) -> Result<Value> {
        once(py, key, msg, Kind::Sha3_256)
    }
    /// Compute HMAC of a message by sha3_384.
    #[py("(key, msg, /)")]
    fn compute_sha3_384(py: &mut Py, key: &Value, msg: &Value) -> Result<Value> {
        once(py, key, msg, Kind::Sha3_384)
    }
    /// Compute HMAC of a message by sha3_512.
    #[py("(key, msg, /)")]
    fn compute_sha3_512(py: &mut Py, key: &Value, msg: &Value) -> Result<Value> {
        once(py, key, msg, Kind::Sha3_512)
    }
    /// Compute HMAC of a message by blake2s_32.
    #[py("(key, msg, /)")]
    fn compute_blake2s_32(py: &mut Py, key: &Value, msg: &Value) -> Result<Value> {
        once(py, key, msg, Kind::Blake2s)
    }
    /// Compute HMAC of a message by blake2b_32.
    #[py("(key, msg, /)")]
    fn compute_blake2b_32(py: &mut Py, key: &Value, msg: &Value) -> Result<Value> {
        once(py, key, msg, Kind::Blake2b)
    }
}

/// Fill the module.
pub fn init(py: &mut Py, module: &Ref<Module>) -> Result<()> {
    let d = py.module_dict(module);
    py.add_functions::<HmacFunctions>(&d, "_hmac");
    let ty = py.define::<Hmac>();
    dict::set_name(py, &d, "HMAC", ty.into_value());
    let base = py.exception_type(Exc::ValueError).into_value();
    let known = py.state::<Errors>().0.clone();
    let class = error_class(py, known, "_hmac", "UnknownHashError", &base, None)?;
    py.state::<Errors>().0 = Some(class.clone());
    dict::set_name(py, &d, "UnknownHashError", class);
    Ok(())
}
