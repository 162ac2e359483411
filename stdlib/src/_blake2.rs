//! `_blake2`: the hash functions BLAKE2b and BLAKE2s.

use lockstep_interp::object::native::Members;
use lockstep_interp::object::raise::{Result, overflow_error, value_error};
use lockstep_interp::types::dict;
use lockstep_interp::types::int;
use lockstep_interp::types::module::Module;
use lockstep_interp::{Py, Ref, Value, methods};

use crate::hashes::blake2::{self, Parameters};
use crate::hashes::hasher::{Hasher, Kind};
use crate::hashes::{self, chosen, data, feed, wrap};

/// A number that must not be negative nor larger than `max`.
fn unsigned(py: &mut Py, value: &Value, name: &str, max: u64) -> Result<u64> {
    let n = py.index(value)?;
    match int::to_ibig(&n) {
        Some(n) if n < dashu_int::IBig::ZERO => Err(value_error("value must be positive")),
        Some(n) => match u64::try_from(&n) {
            Ok(n) if n <= max => Ok(n),
            Ok(_) => Err(overflow_error(format!("{name} is too large"))),
            Err(_) => Err(overflow_error("int too big to convert")),
        },
        None => Err(value_error("value must be positive")),
    }
}

/// A number that must lie in a range.
fn ranged(py: &mut Py, value: &Value, low: i64, high: i64, message: &str) -> Result<u8> {
    match py.index_clamped(value)? as i64 {
        n if (low..=high).contains(&n) => Ok(n as u8),
        _ => Err(value_error(message)),
    }
}

/// The arguments of a constructor after the class.
struct Arguments<'a> {
    data: Option<&'a Value>,
    digest_size: &'a Value,
    key: &'a Value,
    salt: &'a Value,
    person: &'a Value,
    fanout: &'a Value,
    depth: &'a Value,
    leaf_size: &'a Value,
    node_offset: &'a Value,
    node_depth: &'a Value,
    inner_size: &'a Value,
    last_node: bool,
    string: Option<&'a Value>,
}

fn short(py: &mut Py, value: &Value, max: usize, what: &str) -> Result<Vec<u8>> {
    let bytes = data(py, value)?.to_vec();
    if bytes.len() > max {
        return Err(value_error(format!("maximum {what} length is {max} bytes")));
    }
    Ok(bytes)
}

fn construct(py: &mut Py, kind: Kind, a: &Arguments<'_>) -> Result<Value> {
    let first = chosen(a.data, a.string)?;
    let largest = kind.block() / 2;
    let size_message = format!("digest_size must be between 1 and {largest} bytes");
    let digest_size = usize::from(ranged(py, a.digest_size, 1, largest as i64, &size_message)?);
    let salt = short(py, a.salt, kind.block() / 8, "salt")?;
    let person = short(py, a.person, kind.block() / 8, "person")?;
    let fanout = ranged(py, a.fanout, 0, 255, "fanout must be between 0 and 255")?;
    let depth = ranged(py, a.depth, 1, 255, "depth must be between 1 and 255")?;
    let leaf_size = unsigned(py, a.leaf_size, "leaf_size", u64::from(u32::MAX))? as u32;
    let most = if kind == Kind::Blake2s { (1 << 48) - 1 } else { u64::MAX };
    let node_offset = unsigned(py, a.node_offset, "node_offset", most)?;
    let node_depth = ranged(py, a.node_depth, 0, 255, "node_depth must be between 0 and 255")?;
    let inner_message = format!("inner_size must be between 0 and is {largest}");
    let inner_size = ranged(py, a.inner_size, 0, largest as i64, &inner_message)?;
    let key = short(py, a.key, largest, "key")?;
    let parameters = Parameters {
        digest_size,
        key,
        salt,
        person,
        fanout,
        depth,
        leaf_size,
        node_offset,
        node_depth,
        inner_size,
        last_node: a.last_node,
    };
    let mut hasher = if kind == Kind::Blake2s {
        Hasher::Blake2s(Box::new(blake2::Blake2s::new(&parameters)))
    } else {
        Hasher::Blake2b(Box::new(blake2::Blake2b::new(&parameters)))
    };
    if let Some(first) = first {
        let bytes = data(py, &first)?;
        feed(py, &mut hasher, &bytes)?;
    }
    wrap(py, hasher)
}

macro_rules! constructor {
    ($name:ident, $kind:expr, $signature:literal) => {
        /// Makes objects of one type.
        struct $name;

        #[methods]
        impl $name {
            /// Create and return a new object.
            #[staticmethod($signature)]
            fn __new__(
                py: &mut Py,
                cls: &Value,
                data: Option<&Value>,
                digest_size: &Value,
                key: &Value,
                salt: &Value,
                person: &Value,
                fanout: &Value,
                depth: &Value,
                leaf_size: &Value,
                node_offset: &Value,
                node_depth: &Value,
                inner_size: &Value,
                last_node: bool,
                usedforsecurity: bool,
                string: Option<&Value>,
            ) -> Result<Value> {
                let _ = (cls, usedforsecurity);
                let arguments = Arguments {
                    data,
                    digest_size,
                    key,
                    salt,
                    person,
                    fanout,
                    depth,
                    leaf_size,
                    node_offset,
                    node_depth,
                    inner_size,
                    last_node,
                    string,
                };
                construct(py, $kind, &arguments)
            }
        }
    };
}

constructor!(
    NewBlake2b,
    Kind::Blake2b,
    "(type, /, data=<unrepresentable>, *, digest_size=64, key=b'', salt=b'', person=b'', fanout=1, depth=1, leaf_size=0, node_offset=0, node_depth=0, inner_size=0, last_node=False, usedforsecurity=True, string=<unrepresentable>)"
);
constructor!(
    NewBlake2s,
    Kind::Blake2s,
    "(type, /, data=<unrepresentable>, *, digest_size=32, key=b'', salt=b'', person=b'', fanout=1, depth=1, leaf_size=0, node_offset=0, node_depth=0, inner_size=0, last_node=False, usedforsecurity=True, string=<unrepresentable>)"
);

/// Fill the module.
pub fn init(py: &mut Py, module: &Ref<Module>) -> Result<()> {
    let d = py.module_dict(module);
    for (kind, new) in [(Kind::Blake2b, NewBlake2b::MEMBERS), (Kind::Blake2s, NewBlake2s::MEMBERS)] {
        let ty = hashes::define(py, &d, kind, "_blake2", kind.name(), &[new]);
        let own = ty.get(py).dict.clone();
        let block = kind.block();
        for (name, size) in
            [("SALT_SIZE", block / 8), ("PERSON_SIZE", block / 8), ("MAX_KEY_SIZE", block / 2), ("MAX_DIGEST_SIZE", block / 2)]
        {
            let size = py.int(size as i64);
            dict::set_name(py, &own, name, size.clone());
            let long = format!("{}_{name}", kind.name().to_ascii_uppercase());
            dict::set_name(py, &d, &long, size);
        }
    }
    Ok(())
}
