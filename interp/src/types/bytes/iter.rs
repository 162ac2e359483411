//! The iterators of bytes and bytearray.

use lockstep_heap::{Guarded, Object, Ref, Value, Visitor};
use lockstep_macros::methods;

use crate::object::ops::Next;
use crate::object::{NativeType, Py, Result};
use crate::types::buffer;

macro_rules! iterators {
    ($($name:ident $python:literal $doc:literal);* $(;)?) => { $(
        #[doc = $doc]
        pub struct $name {
            /// The bytes, until the end.
            pub sequence: Option<Value>,
            /// The next index.
            pub at: usize,
        }

        impl Object for $name {
            type Access = Guarded;
            const TRACKED: bool = true;
            fn trace(&self, visit: &mut Visitor<'_>) {
                visit.option(&self.sequence);
            }
            fn clear(&mut self, out: &mut Vec<Value>) {
                out.extend(self.sequence.take());
            }
        }

        #[methods]
        impl $name {
            /// Implement iter(self).
            #[py("(self, /)")]
            fn __iter__(_py: &mut Py, this: &Ref<$name>) -> Value {
                this.to_value()
            }
            /// Number of bytes that are left.
            #[py("(self, /)")]
            fn __length_hint__(py: &mut Py, this: &Ref<$name>) -> usize {
                let it = this.get(py);
                it.sequence.as_ref().map_or(0, |s| super::shared::view(py, s).len().saturating_sub(it.at))
            }
            /// Implement next(self).
            #[py("(self, /)")]
            fn __next__(py: &mut Py, this: &Ref<$name>) -> Result<Next> {
                let it = this.get(py);
                let Some(sequence) = &it.sequence else { return Ok(Next(None)) };
                let byte = super::shared::view(py, sequence).get(it.at).copied();
                let it = this.get_mut(py);
                match byte {
                    Some(_) => it.at += 1,
                    None => it.sequence = None,
                }
                Ok(Next(byte.map(|b| Value::int32(i32::from(b)))))
            }
            /// State for pickling.
            #[py("(self, /)")]
            fn __reduce__(py: &mut Py, this: &Ref<$name>) -> Result<Value> {
                let builtins = py.shared().builtins.clone();
                let iter = builtins.and_then(|b| crate::types::dict::get_name(py, &b, "iter")).unwrap_or(Value::NONE);
                let (sequence, at) = (this.get(py).sequence.clone(), this.get(py).at);
                Ok(match sequence {
                    Some(sequence) => {
                        let args = py.tuple(vec![sequence]);
                        let at = py.int(at as i64);
                        py.tuple(vec![iter, args, at])
                    }
                    None => {
                        let empty = py.tuple(Vec::new());
                        let args = py.tuple(vec![empty]);
                        py.tuple(vec![iter, args])
                    }
                })
            }
            /// Go to a byte.
            #[py("(self, state, /)")]
            fn __setstate__(py: &mut Py, this: &Ref<$name>, state: isize) -> Result<()> {
                let len = match this.get(py).sequence.clone() {
                    Some(sequence) => buffer::with_bytes(py, &sequence, <[u8]>::len)?,
                    None => return Ok(()),
                };
                this.get_mut(py).at = (state.max(0) as usize).min(len);
                Ok(())
            }
        }

        impl NativeType for $name {
            const NAME: &'static str = $python;
            const FLAGS: u32 = 0;
        }
    )* };
}

iterators! {
    BytesIter "bytes_iterator" "The payload of `bytes_iterator`.";
    ByteArrayIter "bytearray_iterator" "The payload of `bytearray_iterator`.";
}
