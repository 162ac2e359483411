//! `_random`: the generator behind `random`, with CPython's numbers for every seed.

use dashu_int::{IBig, UBig};
use lockstep_interp::object::raise::{Result, overflow_error, type_error, value_error};
use lockstep_interp::object::{NativeType, Type, TypeFlags};
use lockstep_interp::types::dict;
use lockstep_interp::types::int;
use lockstep_interp::types::module::Module;
use lockstep_interp::types::tuple::Tuple;
use lockstep_interp::{Guarded, Object, Py, Ref, Value, methods};
use lockstep_text::random::Mt19937;

/// The payload of a `Random`.
pub struct Random {
    generator: Mt19937,
}

impl Object for Random {
    type Access = Guarded;
}

/// A generator for a seed; none: from the system's entropy.
fn seeded(py: &mut Py, seed: Option<&Value>) -> Result<Mt19937> {
    let Some(seed) = seed.filter(|s| !s.is_none()) else {
        let mut entropy = [0; 32];
        // Whatever fixes the hashes of strings, numbers differ from run to run.
        if !matches!(rustix::rand::getrandom(&mut entropy, rustix::rand::GetRandomFlags::NONBLOCK), Ok(32)) {
            for part in entropy.chunks_exact_mut(8) {
                part.copy_from_slice(&fresh(py).to_le_bytes());
            }
        }
        return Ok(Mt19937::from_le_bytes(&entropy));
    };
    let number = if int::is_int(seed) {
        int::to_ibig(seed).unwrap_or(IBig::ZERO)
    } else {
        // The bits of the hash, as an unsigned word.
        IBig::from(py.hash(seed)? as u64)
    };
    Ok(Mt19937::from_le_bytes(&number.into_parts().1.to_le_bytes()))
}

/// A word that differs from call to call, made of the interpreter's hash key: where the system has
/// nothing to give yet.
fn fresh(py: &mut Py) -> u64 {
    let state = py.state::<Entropy>();
    state.calls += 1;
    let calls = state.calls;
    py.hash_bytes(format!("random seed {calls}").as_bytes())
}

#[derive(Default)]
struct Entropy {
    calls: u64,
}

#[methods]
impl Random {
    /// Create and return a new object.
    #[staticmethod("(type, /, *args, **kwargs)")]
    fn __new__(py: &mut Py, cls: &Ref<Type>, args: &[Value], _kwargs: &Value) -> Result<Value> {
        let generator = match args.first() {
            Some(seed) => match seeded(py, Some(seed)) {
                Ok(generator) => generator,
                Err(e) if e.is(lockstep_interp::Exc::TypeError) => seeded(py, None)?,
                Err(e) => return Err(e),
            },
            None => seeded(py, None)?,
        };
        Ok(py.make_in(cls, Random { generator }).into_value())
    }
    /// getrandbits(k) -> x.  Generates an int with k random bits.
    #[py("(self, k, /)")]
    fn getrandbits(py: &mut Py, this: &Ref<Random>, k: &Value) -> Result<Value> {
        let k = py.index_clamped(k)?;
        let Ok(k) = usize::try_from(k) else { return Err(value_error("Cannot convert negative int")) };
        if k == 0 {
            return Ok(Value::int32(0));
        }
        if k <= 64 {
            let bits = this.get_mut(py).generator.bits(k as u32);
            return Ok(match i64::try_from(bits) {
                Ok(n) => py.int(n),
                Err(_) => py.int_from(bits),
            });
        }
        if k > 1 << 35 {
            return Err(overflow_error("number of bits is too large"));
        }
        let words = this.get_mut(py).generator.bit_words(k);
        let bytes: Vec<u8> = words.iter().flat_map(|w| w.to_le_bytes()).collect();
        Ok(py.int_from(IBig::from(UBig::from_le_bytes(&bytes))))
    }
    /// getstate() -> tuple containing the current state.
    #[py("(self, /)")]
    fn getstate(py: &mut Py, this: &Ref<Random>) -> Value {
        let (words, index) = this.get(py).generator.state();
        let mut items: Vec<Value> = words.iter().map(|w| py.int(i64::from(*w))).collect();
        items.push(py.int(index as i64));
        py.tuple(items)
    }
    /// random() -> x in the interval [0, 1).
    #[py("(self, /)")]
    fn random(py: &mut Py, this: &Ref<Random>) -> f64 {
        this.get_mut(py).generator.random()
    }
    /// seed([n]) -> None.
    ///
    /// Defaults to use urandom and falls back to a combination of the current time and the process identifier.
    #[py("(self, n=None, /)")]
    fn seed(py: &mut Py, this: &Ref<Random>, n: &Value) -> Result<()> {
        let generator = seeded(py, Some(n))?;
        this.get_mut(py).generator = generator;
        Ok(())
    }
    /// setstate(state) -> None.  Restores generator state.
    #[py("(self, state, /)")]
    fn setstate(py: &mut Py, this: &Ref<Random>, state: &Value) -> Result<()> {
        let Some(state) = state.downcast::<Tuple>() else { return Err(type_error("state vector must be a tuple")) };
        let [words @ .., index] = state.slice() else { return Err(value_error("state vector is the wrong size")) };
        if words.len() != 624 {
            return Err(value_error("state vector is the wrong size"));
        }
        let mut numbers = Vec::with_capacity(624);
        for word in words {
            let n = py.index(word)?;
            match int::as_i64(&n) {
                Some(n) if n >= 0 => numbers.push(n as u32),
                Some(_) => return Err(overflow_error("can't convert negative value to unsigned int")),
                None => return Err(overflow_error("Python int too large to convert to C unsigned long")),
            }
        }
        let index = py.index_clamped(index)?;
        let generator = usize::try_from(index).ok().and_then(|i| Mt19937::from_state(&numbers, i));
        match generator {
            Some(generator) => {
                this.get_mut(py).generator = generator;
                Ok(())
            }
            None => Err(value_error("invalid state")),
        }
    }
}

impl NativeType for Random {
    const NAME: &'static str = "Random";
    const MODULE: &'static str = "_random";
    const DOC: Option<&'static str> = Some("Random() -> create a random number generator with its own internal state.");
    const FLAGS: u32 = TypeFlags::BASE;
}

/// Fill the module.
pub fn init(py: &mut Py, module: &Ref<Module>) -> Result<()> {
    let d = py.module_dict(module);
    let ty = py.define::<Random>();
    dict::set_name(py, &d, "Random", ty.into_value());
    Ok(())
}
