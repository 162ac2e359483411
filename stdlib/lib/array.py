"""Arrays of numbers, kept as lists of checked items. They have no buffer interface."""

import operator as _operator
import struct as _struct
import sys as _sys

typecodes = "bBuwhHiIlLqQfd"
_CODES = dict(zip(typecodes, "bBIIhHiIlLqQfd"))


class array:
    """array(typecode [, initializer]) -> array"""

    def __new__(cls, typecode, initializer=(), /):
        if not isinstance(typecode, str) or len(typecode) != 1:
            raise TypeError("array() argument 1 must be a unicode character, not %s" % type(typecode).__name__)
        if typecode not in _CODES:
            raise ValueError("bad typecode (must be b, B, u, w, h, H, i, I, l, L, q, Q, f or d)")
        self = super().__new__(cls)
        self._code = typecode
        self._form = _struct.Struct("@" + _CODES[typecode])
        self._items = []
        if isinstance(initializer, str) and typecode not in "uw":
            raise TypeError("cannot use a str to initialize an array with typecode %r" % typecode)
        if isinstance(initializer, (bytes, bytearray)):
            self.frombytes(initializer)
        else:
            self.extend(iter(initializer))
        return self

    typecode = property(lambda self: self._code, doc="the typecode character used to create the array")
    itemsize = property(lambda self: self._form.size, doc="the size, in bytes, of one array item")

    def _check(self, item):
        if self._code in "uw":
            if not isinstance(item, str) or len(item) != 1:
                raise TypeError("array item must be a unicode character, not %s" % type(item).__name__)
            return item
        if self._code in "fd":
            if not isinstance(item, (int, float)) and not hasattr(item, "__float__"):
                raise TypeError("must be real number, not %s" % type(item).__name__)
            item = float(item)
            return self._form.unpack(self._form.pack(item))[0] if self._code == "f" else item
        item = _operator.index(item)
        try:
            self._form.pack(item)
        except _struct.error:
            raise OverflowError("item does not fit typecode %r" % self._code) from None
        return item

    def append(self, item, /):
        """Append new value item to the end of the array."""
        self._items.append(self._check(item))

    def extend(self, items, /):
        """Append items to the end of the array."""
        if isinstance(items, array):
            if items._code != self._code:
                raise TypeError("can only extend with array of same kind")
            self._items.extend(items._items)
        else:
            for item in items:
                self.append(item)

    fromlist = extend

    def insert(self, place, item, /):
        """Insert a new item before the position."""
        self._items.insert(place, self._check(item))

    def pop(self, place=-1, /):
        """Return the i-th element and delete it from the array."""
        if not self._items:
            raise IndexError("pop from empty array")
        return self._items.pop(place)

    def remove(self, item, /):
        """Remove the first occurrence of the item in the array."""
        try:
            self._items.remove(item)
        except ValueError:
            raise ValueError("array.remove(x): x not in array") from None

    def index(self, item, start=0, stop=_sys.maxsize, /):
        """Return index of first occurrence of the item in the array."""
        try:
            return self._items.index(item, start, stop)
        except ValueError:
            raise ValueError("array.index(x): x not in array") from None

    def count(self, item, /):
        """Return number of occurrences of the item in the array."""
        return self._items.count(item)

    def reverse(self):
        """Reverse the order of the items in the array."""
        self._items.reverse()

    def clear(self):
        """Remove all items from the array."""
        self._items.clear()

    def tolist(self):
        """Convert array to an ordinary list with the same items."""
        return list(self._items)

    def tobytes(self):
        """Convert the array to an array of machine values and return the bytes representation."""
        items = map(ord, self._items) if self._code in "uw" else self._items
        return b"".join(map(self._form.pack, items))

    def frombytes(self, data, /):
        """Appends items from the string, interpreting it as an array of machine values."""
        if len(data) % self.itemsize:
            raise ValueError("bytes length not a multiple of item size")
        items = [item for (item,) in self._form.iter_unpack(data)]
        self._items.extend(map(chr, items) if self._code in "uw" else items)

    def tounicode(self):
        """Convert the array to a unicode string."""
        if self._code not in "uw":
            raise ValueError("tounicode() may only be called on unicode type arrays ('u' or 'w')")
        return "".join(self._items)

    def byteswap(self):
        """Byteswap all items of the array."""
        data, size = self.tobytes(), self.itemsize
        self._items.clear()
        self.frombytes(b"".join(data[i:i + size][::-1] for i in range(0, len(data), size)))

    def _made(self, items):
        new = array(self._code)
        new._items = items
        return new

    def __copy__(self):
        return self._made(list(self._items))

    def __deepcopy__(self, memo, /):
        return self.__copy__()

    def __reduce_ex__(self, protocol, /):
        items = "".join(self._items) if self._code in "uw" else list(self._items)
        return type(self), (self._code, items)

    def __len__(self):
        return len(self._items)

    def __iter__(self):
        return iter(self._items)

    def __contains__(self, item, /):
        return item in self._items

    def __getitem__(self, place, /):
        if isinstance(place, slice):
            return self._made(self._items[place])
        try:
            return self._items[place]
        except IndexError:
            raise IndexError("array index out of range") from None

    def __setitem__(self, place, value, /):
        if isinstance(place, slice):
            if not isinstance(value, array):
                raise TypeError('can only assign array (not "%s") to array slice' % type(value).__name__)
            if value._code != self._code:
                raise TypeError("bad argument type for built-in operation")
            self._items[place] = value._items
            return
        value = self._check(value)
        try:
            self._items[place] = value
        except IndexError:
            raise IndexError("array assignment index out of range") from None

    def __delitem__(self, place, /):
        try:
            del self._items[place]
        except IndexError:
            raise IndexError("array assignment index out of range") from None

    def __add__(self, other, /):
        if not isinstance(other, array):
            raise TypeError('can only append array (not "%s") to array' % type(other).__name__)
        if other._code != self._code:
            raise TypeError("bad argument type for built-in operation")
        return self._made(self._items + other._items)

    def __iadd__(self, other, /):
        if not isinstance(other, array):
            raise TypeError('can only extend with array (not "%s")' % type(other).__name__)
        self.extend(other)
        return self

    def __mul__(self, times, /):
        return self._made(self._items * times)

    __rmul__ = __mul__

    def __imul__(self, times, /):
        self._items *= times
        return self

    def __eq__(self, other, /):
        return self._items == other._items if isinstance(other, array) else NotImplemented

    def __lt__(self, other, /):
        return self._items < other._items if isinstance(other, array) else NotImplemented

    def __le__(self, other, /):
        return self._items <= other._items if isinstance(other, array) else NotImplemented

    def __gt__(self, other, /):
        return self._items > other._items if isinstance(other, array) else NotImplemented

    def __ge__(self, other, /):
        return self._items >= other._items if isinstance(other, array) else NotImplemented

    __hash__ = None

    def __repr__(self):
        if not self._items:
            return "%s(%r)" % (type(self).__name__, self._code)
        shown = "".join(self._items) if self._code in "uw" else self._items
        return "%s(%r, %r)" % (type(self).__name__, self._code, shown)


ArrayType = array


def _register():
    from collections.abc import MutableSequence
    MutableSequence.register(array)


_register()
