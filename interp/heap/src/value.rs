//! `Value`: one 64-bit word that holds any Python value.
//!
//! | top 16 bits | meaning |
//! |---|---|
//! | `0000` | pointer to an object (the whole word; never null in a `Value`) |
//! | `0001` | a constant: None, False, True, NotImplemented, Ellipsis, unbound |
//! | `0002`-`FFFA` | a float: its bits plus `0002 << 48` |
//! | `FFFF` | an int of 48 bits, sign-extended when read |
//!
//! NaNs are made canonical when a float becomes a value, so no float reaches the ints' range.

use std::fmt;
use std::mem::ManuallyDrop;
use std::num::NonZeroU64;

use crate::object::{Header, Object, Ref, Tag};
use crate::release;

const INT: u64 = 0xFFFF << 48;
const FLOAT: u64 = 0x0002 << 48;
const FLOAT_END: u64 = 0xFFFB << 48;
const CONST: u64 = 0x0001 << 48;

const UNBOUND: u64 = CONST;
const NONE: u64 = CONST | 1;
const FALSE: u64 = CONST | 2;
const TRUE: u64 = CONST | 3;
const NOT_IMPLEMENTED: u64 = CONST | 4;
const ELLIPSIS: u64 = CONST | 5;

/// The bits of a value without ownership: what a register holds. Zero is "nothing".
///
/// `Raw` is plain data; only the machine turns it back into a [`Value`].
#[derive(Clone, Copy, PartialEq, Eq)]
#[repr(transparent)]
pub struct Raw(pub u64);

impl Raw {
    /// No value at all; not even the unbound marker.
    pub const NOTHING: Raw = Raw(0);
    /// The marker of an unbound local or a missing argument.
    pub const UNBOUND: Raw = Raw(UNBOUND);
    /// `None`
    pub const NONE: Raw = Raw(NONE);
    /// `False`
    pub const FALSE: Raw = Raw(FALSE);
    /// `True`
    pub const TRUE: Raw = Raw(TRUE);
    /// `NotImplemented`
    pub const NOT_IMPLEMENTED: Raw = Raw(NOT_IMPLEMENTED);

    /// The smallest int that needs no object.
    pub const INT_MIN: i64 = -(1 << 47);
    /// The largest int that needs no object.
    pub const INT_MAX: i64 = (1 << 47) - 1;

    /// Whether it points to an object (or is nothing).
    #[inline(always)]
    pub const fn is_ptr(self) -> bool {
        self.0 >> 48 == 0
    }
    /// Whether it is an immediate int.
    #[inline(always)]
    pub const fn is_int(self) -> bool {
        self.0 >= INT
    }
    /// Whether both are immediate ints.
    #[inline(always)]
    pub const fn both_int(self, other: Raw) -> bool {
        self.0 & other.0 >= INT
    }
    /// The int, if [`Raw::is_int`].
    #[inline(always)]
    pub const fn int(self) -> i64 {
        ((self.0 << 16) as i64) >> 16
    }
    /// The int shifted left by 16, so that overflow of 48 bits is overflow of 64 bits.
    #[inline(always)]
    pub const fn int_high(self) -> i64 {
        (self.0 << 16) as i64
    }
    /// An int from its form shifted left by 16.
    #[inline(always)]
    pub const fn from_int_high(n: i64) -> Raw {
        Raw(((n as u64) >> 16) | INT)
    }
    /// An int that is known to fit.
    #[inline(always)]
    pub const fn from_int(n: i64) -> Raw {
        Raw(n as u64 | INT)
    }
    /// Whether `n` needs no object.
    #[inline(always)]
    pub const fn fits(n: i64) -> bool {
        n >= Self::INT_MIN && n <= Self::INT_MAX
    }
    /// Whether it is a float.
    #[inline(always)]
    pub const fn is_float(self) -> bool {
        self.0.wrapping_sub(FLOAT) < FLOAT_END - FLOAT
    }
    /// The float, if [`Raw::is_float`].
    #[inline(always)]
    pub const fn float(self) -> f64 {
        f64::from_bits(self.0.wrapping_sub(FLOAT))
    }
    /// A float that came out of arithmetic on floats of values: a NaN of it is either the
    /// machine's default one or one of the operands, both canonical enough.
    #[inline(always)]
    pub const fn from_float(x: f64) -> Raw {
        Raw(x.to_bits().wrapping_add(FLOAT))
    }
    /// `True` or `False`.
    #[inline(always)]
    pub const fn from_bool(b: bool) -> Raw {
        Raw(FALSE + b as u64)
    }
    /// Whether it is `True` or `False`.
    #[inline(always)]
    pub const fn is_bool(self) -> bool {
        self.0 | 1 == TRUE
    }
    /// The header of the object, if [`Raw::is_ptr`] and not nothing.
    #[inline(always)]
    pub const fn header(self) -> *mut Header {
        self.0 as *mut Header
    }
}

/// An owned Python value.
#[repr(transparent)]
pub struct Value(NonZeroU64, std::marker::PhantomData<*mut ()>);

impl Value {
    /// An owned value from bits.
    ///
    /// # Safety
    /// `raw` is not nothing, and the caller hands over one counted reference if it is a pointer.
    #[inline(always)]
    pub const unsafe fn from_raw(raw: Raw) -> Value {
        // SAFETY: the caller says that the word is not zero.
        Value(unsafe { NonZeroU64::new_unchecked(raw.0) }, std::marker::PhantomData)
    }

    const fn constant(bits: u64) -> Value {
        match NonZeroU64::new(bits) {
            Some(bits) => Value(bits, std::marker::PhantomData),
            None => panic!("a constant's word is never zero"),
        }
    }

    /// `None`
    pub const NONE: Value = Self::constant(NONE);
    /// `True`
    pub const TRUE: Value = Self::constant(TRUE);
    /// `False`
    pub const FALSE: Value = Self::constant(FALSE);
    /// `NotImplemented`
    pub const NOT_IMPLEMENTED: Value = Self::constant(NOT_IMPLEMENTED);
    /// `...`
    pub const ELLIPSIS: Value = Self::constant(ELLIPSIS);
    /// The marker of a missing argument; no script ever sees it.
    pub const UNBOUND: Value = Self::constant(UNBOUND);

    /// `True` or `False`.
    #[inline(always)]
    pub const fn bool(b: bool) -> Value {
        if b { Self::TRUE } else { Self::FALSE }
    }
    /// An int, if it needs no object.
    #[inline(always)]
    pub const fn small_int(n: i64) -> Option<Value> {
        if Raw::fits(n) { Some(Self::constant(Raw::from_int(n).0)) } else { None }
    }
    /// An int of 32 bits.
    #[inline(always)]
    pub const fn int32(n: i32) -> Value {
        Self::constant(Raw::from_int(n as i64).0)
    }
    /// A float.
    #[inline(always)]
    pub const fn float(x: f64) -> Value {
        let x = if x.is_nan() { canonical_nan(x) } else { x };
        Self::constant(Raw::from_float(x).0)
    }
    /// The bits, without ownership.
    #[inline(always)]
    pub const fn raw(&self) -> Raw {
        Raw(self.0.get())
    }
    /// The bits, with ownership: the count is not touched.
    #[inline(always)]
    pub fn into_raw(self) -> Raw {
        ManuallyDrop::new(self).raw()
    }
    /// The int, if it is an immediate one.
    #[inline(always)]
    pub const fn as_small_int(&self) -> Option<i64> {
        if self.raw().is_int() { Some(self.raw().int()) } else { None }
    }
    /// The float, if it is one.
    #[inline(always)]
    pub const fn as_float(&self) -> Option<f64> {
        if self.raw().is_float() { Some(self.raw().float()) } else { None }
    }
    /// `True` or `False`, if it is one of them.
    #[inline(always)]
    pub const fn as_bool(&self) -> Option<bool> {
        match self.raw().0 {
            TRUE => Some(true),
            FALSE => Some(false),
            _ => None,
        }
    }
    /// Whether it is `None`.
    #[inline(always)]
    pub const fn is_none(&self) -> bool {
        self.raw().0 == NONE
    }
    /// Whether it is `True`.
    #[inline(always)]
    pub const fn is_true(&self) -> bool {
        self.raw().0 == TRUE
    }
    /// Whether it is `False`.
    #[inline(always)]
    pub const fn is_false(&self) -> bool {
        self.raw().0 == FALSE
    }
    /// Whether it is `NotImplemented`.
    #[inline(always)]
    pub const fn is_not_implemented(&self) -> bool {
        self.raw().0 == NOT_IMPLEMENTED
    }
    /// Whether it is `...`.
    #[inline(always)]
    pub const fn is_ellipsis(&self) -> bool {
        self.raw().0 == ELLIPSIS
    }
    /// Whether it is the marker of a missing argument.
    #[inline(always)]
    pub const fn is_unbound(&self) -> bool {
        self.raw().0 == UNBOUND
    }
    /// Whether it is an object (not an immediate).
    #[inline(always)]
    pub const fn is_object(&self) -> bool {
        self.raw().is_ptr()
    }
    /// Identity: the same object or the same immediate.
    #[inline(always)]
    pub const fn is(&self, other: &Value) -> bool {
        self.raw().0 == other.raw().0
    }
    /// The header of the object, if it is one.
    #[inline(always)]
    pub fn header(&self) -> Option<&Header> {
        if self.is_object() {
            // SAFETY: a pointer value owns a reference, so the object is alive while `self` is.
            Some(unsafe { &*self.raw().header() })
        } else {
            None
        }
    }
    /// The object as a `T`, if its payload is a `T` (subclasses included).
    #[inline(always)]
    pub fn downcast<T: Object>(&self) -> Option<&Ref<T>> {
        let header = self.header()?;
        let shape = header.shape();
        let same = if T::TAG.0 != Tag::NONE.0 { shape.tag() == T::TAG } else { shape.payload() == std::any::TypeId::of::<T>() };
        if same {
            // SAFETY: `Ref<T>` is a transparent pointer to an object whose payload is a `T`,
            // which the shape has just confirmed.
            Some(unsafe { &*std::ptr::from_ref(self).cast::<Ref<T>>() })
        } else {
            None
        }
    }
    /// The object as an owned `T`, or the value itself if it is none.
    pub fn downcast_into<T: Object>(self) -> Result<Ref<T>, Value> {
        if self.downcast::<T>().is_some() {
            // SAFETY: as in `downcast`; ownership goes over.
            Ok(unsafe { Ref::from_raw(self.into_raw()) })
        } else {
            Err(self)
        }
    }
    /// Whether the payload is a `T`.
    #[inline(always)]
    pub fn is_a<T: Object>(&self) -> bool {
        self.downcast::<T>().is_some()
    }
    /// A number that identifies the value among those alive: the address or the bits.
    pub const fn id(&self) -> u64 {
        self.raw().0
    }
    /// The number of counted references, 0 for an immediate.
    pub fn ref_count(&self) -> u64 {
        self.header().map_or(0, Header::count)
    }
}

const fn canonical_nan(x: f64) -> f64 {
    if x.is_sign_negative() { f64::from_bits(0xFFF8 << 48) } else { f64::from_bits(0x7FF8 << 48) }
}

impl Clone for Value {
    #[inline(always)]
    fn clone(&self) -> Value {
        if self.is_object() {
            // SAFETY: the object is alive while `self` is; the lock is held wherever values are.
            unsafe { Header::incref(self.raw().header()) }
        }
        Value(self.0, std::marker::PhantomData)
    }
}

impl Drop for Value {
    #[inline(always)]
    fn drop(&mut self) {
        if self.is_object() {
            // SAFETY: `self` owns one reference and gives it up here.
            unsafe {
                if Header::decref(self.raw().header()) {
                    release::release(self.raw().header());
                }
            }
        }
    }
}

impl fmt::Debug for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(n) = self.as_small_int() {
            write!(f, "{n}")
        } else if let Some(x) = self.as_float() {
            write!(f, "{x:?}")
        } else if self.is_object() {
            write!(f, "<object {:#x}>", self.id())
        } else {
            f.write_str(match self.raw().0 {
                NONE => "None",
                TRUE => "True",
                FALSE => "False",
                NOT_IMPLEMENTED => "NotImplemented",
                ELLIPSIS => "Ellipsis",
                _ => "<unbound>",
            })
        }
    }
}

impl<T: Object> From<Ref<T>> for Value {
    #[inline(always)]
    fn from(r: Ref<T>) -> Value {
        r.into_value()
    }
}

const _: () = assert!(size_of::<Option<Value>>() == 8);

/// Call `f` with a slice of borrowed values: no count is touched.
#[inline(always)]
pub fn with_args<const N: usize, R>(args: [&Value; N], f: impl FnOnce(&[Value]) -> R) -> R {
    let mut copies = [const { ManuallyDrop::new(Value::UNBOUND) }; N];
    for (copy, arg) in copies.iter_mut().zip(args) {
        // SAFETY: the copies are never dropped, and the originals outlive the call.
        *copy = ManuallyDrop::new(unsafe { Value::from_raw(arg.raw()) });
    }
    // SAFETY: `ManuallyDrop<Value>` has the layout of `Value`.
    f(unsafe { &*(std::ptr::from_ref(copies.as_slice()) as *const [Value]) })
}
