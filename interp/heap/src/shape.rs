//! Shapes (hidden classes): what type an object has and where its attributes lie.
//!
//! A type owns its shapes. The root shape has no attributes; adding an attribute leads to a
//! child shape. An object whose attributes no longer fit (deleted ones, too many, `__dict__`
//! taken) goes over to the type's *dict shape* and keeps them in a dict.

use std::any::TypeId;
use std::cell::{Cell, RefCell};
use std::ptr::NonNull;
use std::rc::Rc;

use crate::alloc::Heap;
use crate::object::{Header, Kind, Object, Tag, TailRef};
use crate::value::{Raw, Value};

/// A shared reference to a shape.
pub type ShapeRef = Rc<Shape>;

/// See the module.
pub struct Shape {
    /// What inline caches compare; 0 until a cache asks ([`Shape::cache_id`]) and again whenever
    /// the type changes, so that stale caches miss.
    id: Cell<u32>,
    tag: Tag,
    pub(crate) tracked: bool,
    has_dict: bool,
    dict_mode: bool,
    /// Members of `__slots__`.
    members: u16,
    /// Room for inline attributes.
    capacity: u16,
    pub(crate) kind: Rc<Kind>,
    /// Size of an element of the payload's tail, 0 if it has none.
    pub(crate) element: usize,
    /// Where the fixed part of the payload ends.
    pub(crate) end: usize,
    /// Words behind the payload: the dict, members, inline attributes.
    pub(crate) words: usize,
    /// The type object, not counted: the type owns the shape.
    ty: Cell<Raw>,
    /// Whether each object counts a reference to its type.
    counts_type: Cell<bool>,
    /// Objects are born with these header flags.
    pub(crate) birth_flags: Cell<u64>,
    /// Byte offset of the dict word (if any), else of the first member. 0 for tail payloads.
    attrs_at: usize,
    /// Bytes of an object without tail.
    pub(crate) size: usize,
    /// Objects refer to nothing: their memory is all that they leave.
    pub(crate) leaf: bool,
    /// Names of the inline attributes, interned strings by address, in slot order.
    names: Vec<Raw>,
    children: RefCell<Vec<(Raw, ShapeRef)>>,
    /// The dict shape; only root shapes have one.
    dict: RefCell<Option<ShapeRef>>,
    root: Cell<*const Shape>,
}

impl Shape {
    fn build(kind: Rc<Kind>, has_dict: bool, members: u16, capacity: u16, dict_mode: bool, names: Vec<Raw>) -> Shape {
        let end = (kind.offset + kind.size).next_multiple_of(8);
        let attrs = usize::from(has_dict) + members as usize + capacity as usize;
        Shape {
            id: Cell::new(0),
            tag: kind.tag,
            tracked: kind.tracked || attrs > 0,
            has_dict,
            dict_mode,
            members,
            capacity,
            attrs_at: if kind.element == 0 { end } else { 0 },
            size: if kind.element == 0 { end + 8 * attrs } else { kind.offset + kind.size },
            leaf: attrs == 0 && !kind.needs_drop && !kind.tracked,
            element: kind.element,
            end: kind.offset + kind.size,
            words: attrs,
            kind,
            ty: Cell::new(Raw::NOTHING),
            counts_type: Cell::new(false),
            birth_flags: Cell::new(0),
            names,
            children: RefCell::new(Vec::new()),
            dict: RefCell::new(None),
            root: Cell::new(std::ptr::null()),
        }
    }

    /// The root shape of a type whose objects have payload `T` and no attributes of their own.
    pub fn plain<T: Object>() -> ShapeRef {
        Rc::new(Self::build(Rc::new(Kind::of::<T>()), false, 0, 0, false, Vec::new()))
    }

    /// The same for a payload with a tail.
    pub fn plain_tail<T: Object + TailRef>() -> ShapeRef {
        Rc::new(Self::build(Rc::new(Kind::of_tail::<T>()), false, 0, 0, false, Vec::new()))
    }

    /// The root shape of a subclass: the payload of `self`, with a dict if `has_dict`, `members`
    /// members of `__slots__` in all, and room for `capacity` inline attributes.
    pub fn derive(&self, has_dict: bool, members: u16, capacity: u16) -> ShapeRef {
        Rc::new(Self::build(self.kind.clone(), has_dict, members, if has_dict { capacity } else { 0 }, false, Vec::new()))
    }

    fn root(&self) -> &Shape {
        let root = self.root.get();
        if root.is_null() {
            self
        } else {
            // SAFETY: the type owns its root shape for as long as any object has a shape of it.
            unsafe { &*root }
        }
    }

    /// The shape of objects of the same layout that keep their attributes in a dict.
    pub fn dict_shape(&self) -> ShapeRef {
        if self.dict_mode {
            return self.root().dict_shape();
        }
        let root = self.root();
        root.dict
            .borrow_mut()
            .get_or_insert_with(|| {
                let shape = Self::build(root.kind.clone(), root.has_dict, root.members, root.capacity, true, Vec::new());
                root.inherit(&shape);
                shape.root.set(root);
                Rc::new(shape)
            })
            .clone()
    }

    fn inherit(&self, shape: &Shape) {
        shape.ty.set(self.ty.get());
        shape.counts_type.set(self.counts_type.get());
        shape.birth_flags.set(self.birth_flags.get());
    }

    /// The shape reached by adding the attribute `name` (an interned string); none if there is
    /// no room for it.
    #[inline]
    pub fn add(&self, name: &Value) -> Option<ShapeRef> {
        if self.dict_mode || !self.has_dict || self.names.len() >= self.capacity as usize {
            return None;
        }
        let mut children = self.children.borrow_mut();
        if let Some((_, child)) = children.iter().find(|(n, _)| *n == name.raw()) {
            return Some(child.clone());
        }
        if children.len() >= 64 {
            return None;
        }
        let mut names = Vec::with_capacity(self.names.len() + 1);
        names.extend_from_slice(&self.names);
        names.push(name.raw());
        let child = Self::build(self.kind.clone(), true, self.members, self.capacity, false, names);
        self.inherit(&child);
        child.root.set(self.root());
        let child = Rc::new(child);
        children.push((name.raw(), child.clone()));
        Some(child)
    }

    /// The index among the inline attributes of `name` (an interned string).
    #[inline]
    pub fn find(&self, name: &Value) -> Option<usize> {
        let name = name.raw();
        self.names.iter().position(|n| *n == name)
    }
    /// The number of inline attributes.
    #[inline]
    pub fn len(&self) -> usize {
        self.names.len()
    }
    /// Whether there are no inline attributes.
    pub fn is_empty(&self) -> bool {
        self.names.is_empty()
    }
    /// Name of the inline attribute at `index`.
    pub fn name(&self, index: usize) -> Option<Value> {
        let raw = *self.names.get(index)?;
        // SAFETY: interned names that shapes know are kept alive by the interpreter's table.
        unsafe {
            Header::incref(raw.header());
            Some(Value::from_raw(raw))
        }
    }
    /// The tag of the payload.
    #[inline(always)]
    pub fn tag(&self) -> Tag {
        self.tag
    }
    /// The Rust type of the payload.
    #[inline(always)]
    pub fn payload(&self) -> TypeId {
        self.kind.payload
    }
    /// The name of the Rust type of the payload.
    pub fn payload_name(&self) -> &'static str {
        self.kind.name
    }
    /// Bytes of an object of this shape (without tail).
    pub fn object_size(&self) -> usize {
        self.size
    }
    /// Whether objects can have attributes of any name.
    #[inline(always)]
    pub fn has_dict(&self) -> bool {
        self.has_dict
    }
    /// Whether the attributes are in a dict.
    #[inline(always)]
    pub fn dict_mode(&self) -> bool {
        self.dict_mode
    }
    /// The number of `__slots__` members.
    #[inline]
    pub fn members(&self) -> usize {
        self.members as usize
    }
    /// The room for inline attributes.
    #[inline]
    pub fn capacity(&self) -> usize {
        self.capacity as usize
    }
    /// The type object.
    #[inline(always)]
    pub fn type_value(&self) -> &Value {
        // SAFETY: set once right after the type was made, which owns the shape; `Value` and
        // `Raw` have the same layout.
        unsafe { &*self.ty.as_ptr().cast::<Value>() }
    }
    /// The address of the type object, for comparison.
    #[inline(always)]
    pub fn type_raw(&self) -> Raw {
        self.ty.get()
    }
    /// Tie the shape to its type. `counted`: each object keeps the type alive.
    pub fn set_type(&self, ty: &Value, counted: bool) {
        self.ty.set(ty.raw());
        self.counts_type.set(counted);
    }
    /// Header flags that new objects get.
    pub fn set_birth_flags(&self, flags: u64) {
        self.birth_flags.set(flags);
        if let Some(shape) = &*self.dict.borrow() {
            shape.birth_flags.set(flags);
        }
        for (_, child) in self.children.borrow().iter() {
            child.set_birth_flags(flags);
        }
    }
    #[inline(always)]
    pub(crate) fn counts_type(&self) -> bool {
        self.counts_type.get()
    }
    /// Whether it describes objects whose payload is a `T`: with a tag one comparison says so.
    #[inline(always)]
    pub(crate) fn is_of<T: Object>(&self, element: usize) -> bool {
        let same = if T::TAG.0 != Tag::NONE.0 { self.tag == T::TAG } else { self.kind.payload == TypeId::of::<T>() };
        same && self.element == element
    }

    /// The number that inline caches compare; 0 if the numbers are used up.
    #[inline]
    pub fn cache_id(&self) -> u32 {
        match self.id.get() {
            0 => {
                let id = Heap::next_shape_id();
                self.id.set(id);
                id
            }
            id => id,
        }
    }
    /// The number if it has one; 0 matches no cache.
    #[inline(always)]
    pub fn current_id(&self) -> u32 {
        self.id.get()
    }
    /// Make every cache that knows this shape or one below it miss.
    pub fn retire(&self) {
        self.id.set(0);
        if let Some(shape) = &*self.dict.borrow() {
            shape.id.set(0);
        }
        for (_, child) in self.children.borrow().iter() {
            child.retire();
        }
    }

    /// Byte offset of member or inline attribute `index` (members first) in an object.
    ///
    /// # Safety
    /// `this` is an object of this shape.
    #[inline(always)]
    pub(crate) unsafe fn slots_of(&self, this: *const Header) -> *mut Option<Value> {
        // SAFETY: the shape describes the object, so the address is inside the allocation.
        unsafe { this.cast::<u8>().add(self.attrs_offset(this) + if self.has_dict { 8 } else { 0 }).cast_mut().cast() }
    }

    /// Byte offset of the dict word (or of the first member) in an object.
    ///
    /// # Safety
    /// `this` is an object of this shape.
    #[inline(always)]
    pub(crate) unsafe fn attrs_offset(&self, this: *const Header) -> usize {
        if self.attrs_at != 0 {
            return self.attrs_at;
        }
        // SAFETY: a tail payload begins with its length.
        let len = unsafe { *this.cast::<u8>().add(self.kind.offset).cast::<usize>() };
        (self.end + len * self.element).next_multiple_of(8)
    }

    /// Byte offset of slot `index` (members first, then inline attributes), for caches; none
    /// for payloads with a tail.
    #[inline]
    pub fn slot_offset(&self, index: usize) -> Option<usize> {
        (self.attrs_at != 0).then(|| self.attrs_at + if self.has_dict { 8 } else { 0 } + 8 * index)
    }
    /// Byte offset of the dict word, for caches.
    #[inline]
    pub fn dict_offset(&self) -> Option<usize> {
        (self.attrs_at != 0 && self.has_dict).then_some(self.attrs_at)
    }

    /// Whether `other` is laid out such that an object may change between the two types.
    pub fn same_layout(&self, other: &Shape) -> bool {
        self.kind.payload == other.kind.payload && self.has_dict == other.has_dict && self.members == other.members
    }
}

/// Attribute slots of an object, by proof.
impl Header {
    #[inline]
    fn slot_ptr(&self, index: usize) -> *mut Option<Value> {
        let shape = self.shape();
        assert!(index < shape.members() + shape.capacity(), "slot of another shape");
        // SAFETY: the index is inside the slots of this object.
        unsafe { shape.slots_of(self).add(index) }
    }

    /// Member or inline attribute `index`.
    #[inline]
    pub fn slot(&self, index: usize, _held: &impl crate::Held) -> Option<Value> {
        // SAFETY: inside the object; the clone ends the borrow at once.
        unsafe { (*self.slot_ptr(index)).clone() }
    }
    /// Put a member or inline attribute; returns what was there, to be dropped by the caller.
    #[inline]
    pub fn set_slot(&self, index: usize, value: Option<Value>, _held: &mut impl crate::Held) -> Option<Value> {
        // SAFETY: inside the object; the lock is held exclusively.
        unsafe { std::mem::replace(&mut *self.slot_ptr(index), value) }
    }
    /// The attribute dict, if the object has gone over to one.
    #[inline]
    pub fn dict(&self, _held: &impl crate::Held) -> Option<Value> {
        let shape = self.shape();
        if !shape.has_dict() {
            return None;
        }
        // SAFETY: the shape has a dict word.
        unsafe { (*std::ptr::from_ref(self).cast::<u8>().add(shape.attrs_offset(self)).cast::<Option<Value>>()).clone() }
    }
    /// Put the attribute dict; returns the old one.
    pub fn set_dict(&self, value: Option<Value>, _held: &mut impl crate::Held) -> Option<Value> {
        let shape = self.shape();
        assert!(shape.has_dict(), "an object without a dict");
        // SAFETY: the shape has a dict word; the lock is held exclusively.
        unsafe {
            let word = std::ptr::from_ref(self).cast::<u8>().add(shape.attrs_offset(self)).cast_mut().cast::<Option<Value>>();
            std::mem::replace(&mut *word, value)
        }
    }
    /// Go over to the type's dict shape with `dict` as the attributes' home. The inline
    /// attributes have been taken by [`Header::take_inline`] before.
    pub fn to_dict_mode(&self, dict: Value, held: &mut impl crate::Held) {
        let shape = self.shape().dict_shape();
        self.change_shape(&shape, held);
        drop(self.set_dict(Some(dict), held));
    }
    /// Take the inline attributes out: names and values in order.
    pub fn take_inline(&self, held: &mut impl crate::Held) -> Vec<(Value, Value)> {
        let shape = self.shape();
        let mut out = Vec::with_capacity(shape.len());
        for i in 0..shape.len() {
            if let (Some(name), Some(value)) = (shape.name(i), self.set_slot(shape.members() + i, None, held)) {
                out.push((name, value));
            }
        }
        out
    }
    /// Give the object another shape with the same payload, members and room.
    #[inline]
    pub fn change_shape(&self, shape: &ShapeRef, _held: &mut impl crate::Held) {
        let old = self.shape();
        assert!(
            old.kind.payload == shape.kind.payload
                && old.members == shape.members
                && old.has_dict == shape.has_dict
                && old.capacity == shape.capacity,
            "a shape of another layout"
        );
        let (old_ty, old_counts) = (old.ty.get(), old.counts_type());
        self.set_shape(NonNull::from(&**shape));
        if old_ty != shape.ty.get() {
            if shape.counts_type() {
                // SAFETY: the new type is alive, its caller holds it.
                unsafe { Header::incref(shape.ty.get().header()) }
            }
            if old_counts {
                // SAFETY: the object owned a reference to its old type.
                drop(unsafe { Value::from_raw(old_ty) });
            }
        }
    }
}
