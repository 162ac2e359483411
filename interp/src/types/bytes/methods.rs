//! The methods that bytes and bytearray share, declared once; see `shared` for the work.

/// Declares the methods of a bytes type: the shared ones and its own.
macro_rules! byte_methods {
    ($name:ident { $($own:tt)* }) => {
        #[lockstep_macros::methods]
        impl $name {
            $($own)*

            /// Return self+value.
            #[py("(self, value, /)")]
            fn __add__(py: &mut Py, this: &Ref<$name>, value: &Value) -> Result<Value> {
                shared::concat(py, this.as_value(), value)
            }
            /// Return bool(key in self).
            #[py("(self, key, /)")]
            fn __contains__(py: &mut Py, this: &Ref<$name>, key: &Value) -> Result<bool> {
                shared::contains(py, this.as_value(), key)
            }
            /// Return self==value.
            #[py("(self, value, /)")]
            fn __eq__(py: &mut Py, this: &Ref<$name>, value: &Value) -> Result<Value> {
                Ok(shared::order(py, this.as_value(), value)?.map_or(Value::NOT_IMPLEMENTED, |o| Value::bool(o.is_eq())))
            }
            /// Return self>=value.
            #[py("(self, value, /)")]
            fn __ge__(py: &mut Py, this: &Ref<$name>, value: &Value) -> Result<Value> {
                Ok(shared::order(py, this.as_value(), value)?.map_or(Value::NOT_IMPLEMENTED, |o| Value::bool(o.is_ge())))
            }
            /// Return self[key].
            #[py("(self, key, /)")]
            fn __getitem__(py: &mut Py, this: &Ref<$name>, key: &Value) -> Result<Value> {
                shared::subscript(py, this.as_value(), key)
            }
            /// Return self>value.
            #[py("(self, value, /)")]
            fn __gt__(py: &mut Py, this: &Ref<$name>, value: &Value) -> Result<Value> {
                Ok(shared::order(py, this.as_value(), value)?.map_or(Value::NOT_IMPLEMENTED, |o| Value::bool(o.is_gt())))
            }
            /// Return self<=value.
            #[py("(self, value, /)")]
            fn __le__(py: &mut Py, this: &Ref<$name>, value: &Value) -> Result<Value> {
                Ok(shared::order(py, this.as_value(), value)?.map_or(Value::NOT_IMPLEMENTED, |o| Value::bool(o.is_le())))
            }
            /// Return len(self).
            #[py("(self, /)")]
            fn __len__(py: &mut Py, this: &Ref<$name>) -> usize {
                shared::view(py, this.as_value()).len()
            }
            /// Return self<value.
            #[py("(self, value, /)")]
            fn __lt__(py: &mut Py, this: &Ref<$name>, value: &Value) -> Result<Value> {
                Ok(shared::order(py, this.as_value(), value)?.map_or(Value::NOT_IMPLEMENTED, |o| Value::bool(o.is_lt())))
            }
            /// Return self%value.
            #[py("(self, value, /)")]
            fn __mod__(py: &mut Py, this: &Ref<$name>, value: &Value) -> Result<Value> {
                shared::percent(py, this.as_value(), value)
            }
            /// Return self*value.
            #[py("(self, value, /)")]
            fn __mul__(py: &mut Py, this: &Ref<$name>, value: &Value) -> Result<Value> {
                shared::repeat(py, this.as_value(), value)
            }
            /// Return self!=value.
            #[py("(self, value, /)")]
            fn __ne__(py: &mut Py, this: &Ref<$name>, value: &Value) -> Result<Value> {
                Ok(shared::order(py, this.as_value(), value)?.map_or(Value::NOT_IMPLEMENTED, |o| Value::bool(o.is_ne())))
            }
            /// Return value%self.
            #[py("(self, value, /)")]
            fn __rmod__(py: &mut Py, this: &Ref<$name>, value: &Value) -> Result<Value> {
                if value.is_a::<$name>() { shared::percent(py, value, this.as_value()) } else { Ok(Value::NOT_IMPLEMENTED) }
            }
            /// Return value*self.
            #[py("(self, value, /)")]
            fn __rmul__(py: &mut Py, this: &Ref<$name>, value: &Value) -> Result<Value> {
                shared::repeat(py, this.as_value(), value)
            }
            /// Return str(self).
            #[py("(self, /)")]
            fn __str__(py: &mut Py, this: &Ref<$name>) -> Result<Ref<Str>> {
                py.repr(this.as_value())
            }
            /// Return a copy with the first byte in upper case and the others in lower case.
            #[py("(self, /)")]
            fn capitalize(py: &mut Py, this: &Ref<$name>) -> Value {
                shared::converted(py, this.as_value(), letters::capitalize)
            }
            /// Return the bytes in the middle of `width` bytes.
            #[py("(self, width, fillchar=b' ', /)")]
            fn center(py: &mut Py, this: &Ref<$name>, width: isize, fillchar: Option<&Value>) -> Result<Value> {
                let space = py.bytes(b" ");
                shared::pad(py, this.as_value(), width, fillchar.unwrap_or(&space), "center", shared::center_left)
            }
            /// Return how often sub occurs in self[start:end] without overlap.
            #[py("(self, sub, start=None, end=None, /)")]
            fn count(py: &mut Py, this: &Ref<$name>, sub: &Value, start: &Value, end: &Value) -> Result<usize> {
                shared::count(py, this.as_value(), sub, start, end)
            }
            /// Decode the bytes.
            #[py("(self, /, encoding=<unbound>, errors=<unbound>)")]
            fn decode(py: &mut Py, this: &Ref<$name>, encoding: Option<&Value>, errors: Option<&Value>) -> Result<Value> {
                shared::decode(py, this.as_value(), encoding, errors)
            }
            /// Return whether the bytes end with suffix, bytes or a tuple of them.
            #[py("(self, suffix, start=None, end=None, /)")]
            fn endswith(py: &mut Py, this: &Ref<$name>, suffix: &Value, start: &Value, end: &Value) -> Result<bool> {
                shared::has_affix(py, this.as_value(), suffix, (start, end), "endswith", true)
            }
            /// Return a copy with tabs expanded to spaces.
            #[py("(self, /, tabsize=8)")]
            fn expandtabs(py: &mut Py, this: &Ref<$name>, tabsize: i32) -> Result<Value> {
                let done = pad::expand_tabs(shared::view(py, this.as_value()), tabsize as isize, false);
                shared::filled(py, this.as_value(), done)
            }
            /// Return the lowest index at which sub is found in self[start:end], -1 if it is not.
            #[py("(self, sub, start=None, end=None, /)")]
            fn find(py: &mut Py, this: &Ref<$name>, sub: &Value, start: &Value, end: &Value) -> Result<i64> {
                Ok(shared::find(py, this.as_value(), sub, start, end, false)?.map_or(-1, |n| n as i64))
            }
            /// Make bytes of hexadecimal digits.
            #[classmethod("(type, string, /)")]
            fn fromhex(py: &mut Py, cls: &Value, string: &Value) -> Result<Value> {
                let bytes = shared::from_hex(py, string)?;
                let base = py.type_for::<$name>();
                if cls.is(base.as_value()) {
                    return Ok(<$name>::value(py, bytes));
                }
                let bytes = py.bytes(&bytes);
                py.call(cls, &[bytes])
            }
            /// Return the bytes as hexadecimal digits.
            #[py("(self, /, sep=<unbound>, bytes_per_sep=1)")]
            fn hex(py: &mut Py, this: &Ref<$name>, sep: Option<&Value>, bytes_per_sep: i32) -> Result<Value> {
                shared::hex(py, this.as_value(), sep, bytes_per_sep as isize)
            }
            /// Like find, but raise ValueError where there is nothing to find.
            #[py("(self, sub, start=None, end=None, /)")]
            fn index(py: &mut Py, this: &Ref<$name>, sub: &Value, start: &Value, end: &Value) -> Result<usize> {
                shared::index(py, this.as_value(), sub, start, end, false)
            }
            /// Return whether all bytes are ASCII letters or digits and there is one.
            #[py("(self, /)")]
            fn isalnum(py: &mut Py, this: &Ref<$name>) -> bool {
                letters::is_alnum(shared::view(py, this.as_value()))
            }
            /// Return whether all bytes are ASCII letters and there is one.
            #[py("(self, /)")]
            fn isalpha(py: &mut Py, this: &Ref<$name>) -> bool {
                letters::is_alpha(shared::view(py, this.as_value()))
            }
            /// Return whether all bytes are ASCII.
            #[py("(self, /)")]
            fn isascii(py: &mut Py, this: &Ref<$name>) -> bool {
                shared::view(py, this.as_value()).is_ascii()
            }
            /// Return whether all bytes are ASCII digits and there is one.
            #[py("(self, /)")]
            fn isdigit(py: &mut Py, this: &Ref<$name>) -> bool {
                letters::is_digit(shared::view(py, this.as_value()))
            }
            /// Return whether all ASCII letters are lower-case and there is one.
            #[py("(self, /)")]
            fn islower(py: &mut Py, this: &Ref<$name>) -> bool {
                letters::is_lower(shared::view(py, this.as_value()))
            }
            /// Return whether all bytes are ASCII white space and there is one.
            #[py("(self, /)")]
            fn isspace(py: &mut Py, this: &Ref<$name>) -> bool {
                letters::is_space(shared::view(py, this.as_value()))
            }
            /// Return whether every word begins in upper case and goes on in lower case.
            #[py("(self, /)")]
            fn istitle(py: &mut Py, this: &Ref<$name>) -> bool {
                letters::is_title(shared::view(py, this.as_value()))
            }
            /// Return whether all ASCII letters are upper-case and there is one.
            #[py("(self, /)")]
            fn isupper(py: &mut Py, this: &Ref<$name>) -> bool {
                letters::is_upper(shared::view(py, this.as_value()))
            }
            /// Concatenate bytes-like objects with these bytes between them.
            #[py("(self, iterable_of_bytes, /)")]
            fn join(py: &mut Py, this: &Ref<$name>, iterable_of_bytes: &Value) -> Result<Value> {
                shared::join(py, this.as_value(), iterable_of_bytes)
            }
            /// Return the bytes at the left of `width` bytes.
            #[py("(self, width, fillchar=b' ', /)")]
            fn ljust(py: &mut Py, this: &Ref<$name>, width: isize, fillchar: Option<&Value>) -> Result<Value> {
                let space = py.bytes(b" ");
                shared::pad(py, this.as_value(), width, fillchar.unwrap_or(&space), "ljust", |_, _| 0)
            }
            /// Return a copy in lower case.
            #[py("(self, /)")]
            fn lower(py: &mut Py, this: &Ref<$name>) -> Value {
                shared::converted(py, this.as_value(), letters::lower)
            }
            /// Return a copy without white space, or the given bytes, at the left.
            #[py("(self, bytes=None, /)")]
            fn lstrip(py: &mut Py, this: &Ref<$name>, bytes: &Value) -> Result<Value> {
                shared::strip(py, this.as_value(), bytes, (true, false))
            }
            /// Return a table for translate().
            #[staticmethod("(frm, to, /)")]
            fn maketrans(py: &mut Py, frm: &Value, to: &Value) -> Result<Value> {
                shared::maketrans(py, frm, to)
            }
            /// Split at the first sep: what is before it, sep, what is behind.
            #[py("(self, sep, /)")]
            fn partition(py: &mut Py, this: &Ref<$name>, sep: &Value) -> Result<Value> {
                shared::partition(py, this.as_value(), sep, false)
            }
            /// Return a copy without prefix.
            #[py("(self, prefix, /)")]
            fn removeprefix(py: &mut Py, this: &Ref<$name>, prefix: &Value) -> Result<Value> {
                shared::remove_affix(py, this.as_value(), prefix, false)
            }
            /// Return a copy without suffix.
            #[py("(self, suffix, /)")]
            fn removesuffix(py: &mut Py, this: &Ref<$name>, suffix: &Value) -> Result<Value> {
                shared::remove_affix(py, this.as_value(), suffix, true)
            }
            /// Return a copy with old replaced by new, at most count times if that is not negative.
            #[py("(self, old, new, count=-1, /)")]
            fn replace(py: &mut Py, this: &Ref<$name>, old: &Value, new: &Value, count: isize) -> Result<Value> {
                shared::replace(py, this.as_value(), old, new, count)
            }
            /// Return the highest index at which sub is found in self[start:end], -1 if it is not.
            #[py("(self, sub, start=None, end=None, /)")]
            fn rfind(py: &mut Py, this: &Ref<$name>, sub: &Value, start: &Value, end: &Value) -> Result<i64> {
                Ok(shared::find(py, this.as_value(), sub, start, end, true)?.map_or(-1, |n| n as i64))
            }
            /// Like rfind, but raise ValueError where there is nothing to find.
            #[py("(self, sub, start=None, end=None, /)")]
            fn rindex(py: &mut Py, this: &Ref<$name>, sub: &Value, start: &Value, end: &Value) -> Result<usize> {
                shared::index(py, this.as_value(), sub, start, end, true)
            }
            /// Return the bytes at the right of `width` bytes.
            #[py("(self, width, fillchar=b' ', /)")]
            fn rjust(py: &mut Py, this: &Ref<$name>, width: isize, fillchar: Option<&Value>) -> Result<Value> {
                let space = py.bytes(b" ");
                shared::pad(py, this.as_value(), width, fillchar.unwrap_or(&space), "rjust", |all, _| all)
            }
            /// Split at the last sep: what is before it, sep, what is behind.
            #[py("(self, sep, /)")]
            fn rpartition(py: &mut Py, this: &Ref<$name>, sep: &Value) -> Result<Value> {
                shared::partition(py, this.as_value(), sep, true)
            }
            /// Return the parts between separators, split from the right.
            #[py("(self, /, sep=None, maxsplit=-1)")]
            fn rsplit(py: &mut Py, this: &Ref<$name>, sep: &Value, maxsplit: isize) -> Result<Vec<Value>> {
                shared::rsplit_at(py, this.as_value(), sep, maxsplit)
            }
            /// Return a copy without white space, or the given bytes, at the right.
            #[py("(self, bytes=None, /)")]
            fn rstrip(py: &mut Py, this: &Ref<$name>, bytes: &Value) -> Result<Value> {
                shared::strip(py, this.as_value(), bytes, (false, true))
            }
            /// Return the parts between separators; without sep at white space.
            #[py("(self, /, sep=None, maxsplit=-1)")]
            fn split(py: &mut Py, this: &Ref<$name>, sep: &Value, maxsplit: isize) -> Result<Vec<Value>> {
                shared::split_at(py, this.as_value(), sep, maxsplit)
            }
            /// Return the lines, with their ends if keepends is true.
            #[py("(self, /, keepends=False)")]
            fn splitlines(py: &mut Py, this: &Ref<$name>, keepends: bool) -> Vec<Value> {
                shared::split_lines(py, this.as_value(), keepends)
            }
            /// Return whether the bytes start with prefix, bytes or a tuple of them.
            #[py("(self, prefix, start=None, end=None, /)")]
            fn startswith(py: &mut Py, this: &Ref<$name>, prefix: &Value, start: &Value, end: &Value) -> Result<bool> {
                shared::has_affix(py, this.as_value(), prefix, (start, end), "startswith", false)
            }
            /// Return a copy without white space, or the given bytes, at both ends.
            #[py("(self, bytes=None, /)")]
            fn strip(py: &mut Py, this: &Ref<$name>, bytes: &Value) -> Result<Value> {
                shared::strip(py, this.as_value(), bytes, (true, true))
            }
            /// Return a copy with upper case and lower case exchanged.
            #[py("(self, /)")]
            fn swapcase(py: &mut Py, this: &Ref<$name>) -> Value {
                shared::converted(py, this.as_value(), letters::swapcase)
            }
            /// Return a copy in which every word begins with an upper-case letter.
            #[py("(self, /)")]
            fn title(py: &mut Py, this: &Ref<$name>) -> Value {
                shared::converted(py, this.as_value(), letters::title)
            }
            /// Replace each byte by the one that a table of 256 bytes has for it, less those deleted.
            #[py("(self, table, /, delete=<unbound>)")]
            fn translate(py: &mut Py, this: &Ref<$name>, table: &Value, delete: Option<&Value>) -> Result<Value> {
                shared::translate(py, this.as_value(), table, delete)
            }
            /// Return a copy in upper case.
            #[py("(self, /)")]
            fn upper(py: &mut Py, this: &Ref<$name>) -> Value {
                shared::converted(py, this.as_value(), letters::upper)
            }
            /// Pad a number with zeros at the left, behind its sign.
            #[py("(self, width, /)")]
            fn zfill(py: &mut Py, this: &Ref<$name>, width: isize) -> Result<Value> {
                let width = usize::try_from(width).unwrap_or(0);
                py.room(width)?;
                let bytes = shared::view(py, this.as_value());
                let done = pad::zfill(bytes, bytes.len(), width);
                shared::filled(py, this.as_value(), done)
            }
        }
    };
}

pub(crate) use byte_methods;
