//! An allocator for programs: of freed small blocks each thread keeps a few for its next ones. In front
//! of the system's allocator, which has to look up what a caller in Rust knows, the size of a block.

use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;
use std::ptr::null_mut;

/// Blocks are multiples of this.
const STEP: usize = 16;
/// Kinds of blocks: up to 512 bytes.
const CLASSES: usize = 32;
/// A thread keeps at most this many bytes in blocks of one size, and always [`FEW`] blocks.
const MOST: usize = 1024;
const FEW: usize = 8;

/// The system's allocator behind a few small blocks of each size that every thread keeps.
///
/// A program makes it its own by `#[global_allocator]`. The storage of lists, dicts, sets and long ints
/// comes from there; objects themselves lie in the pages of their [`crate::Heap`].
///
/// ```
/// use lockstep_heap::Blocks;
///
/// #[global_allocator]
/// static ALLOCATOR: Blocks = Blocks;
///
/// let numbers: Vec<u64> = (0..100).collect();
/// assert_eq!(numbers.iter().sum::<u64>(), 4950);
/// ```
pub struct Blocks;

/// What a thread keeps of one size: blocks whose first word is the address of the next.
struct Bin {
    first: Cell<*mut u8>,
    room: Cell<usize>,
}

/// What a thread keeps.
struct Kept {
    bins: [Bin; CLASSES],
}

impl Drop for Kept {
    fn drop(&mut self) {
        for (class, bin) in self.bins.iter().enumerate() {
            // Nothing is kept any more: what is freed from here on goes to the system.
            bin.room.set(0);
            let mut block = bin.first.replace(null_mut());
            while !block.is_null() {
                // SAFETY: kept blocks are free, came from the system with this layout and begin with
                // the address of the next.
                unsafe {
                    let next = block.cast::<*mut u8>().read();
                    System.dealloc(block, layout_of(class));
                    block = next;
                }
            }
        }
    }
}

thread_local! {
    static KEPT: Kept = const {
        let mut bins = [const { Bin { first: Cell::new(null_mut()), room: Cell::new(0) } }; CLASSES];
        let mut class = 0;
        while class < CLASSES {
            let fit = MOST / ((class + 1) * STEP);
            bins[class].room = Cell::new(if fit > FEW { fit } else { FEW });
            class += 1;
        }
        Kept { bins }
    };
}

/// The kind of block that a layout is served from, if it is a small one.
#[inline(always)]
const fn class_of(layout: Layout) -> Option<usize> {
    let class = layout.size().wrapping_sub(1) / STEP;
    if class < CLASSES && layout.align() <= STEP { Some(class) } else { None }
}

/// The layout of the blocks of a kind.
const fn layout_of(class: usize) -> Layout {
    match Layout::from_size_align((class + 1) * STEP, STEP) {
        Ok(layout) => layout,
        Err(_) => panic!("small sizes are valid"),
    }
}

// SAFETY: small blocks come from the system with the layout of their kind, whether they were kept in
// between or not, and go back with it; all others are passed on as they are. A kept block is in one
// list, of one thread, and nobody else's until it is handed out.
unsafe impl GlobalAlloc for Blocks {
    #[inline]
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        // SAFETY: see above; the caller's layout is not empty.
        unsafe {
            let Some(class) = class_of(layout) else { return System.alloc(layout) };
            let kept = KEPT.try_with(|kept| {
                let bin = &kept.bins[class];
                let block = bin.first.get();
                if !block.is_null() {
                    bin.first.set(block.cast::<*mut u8>().read());
                    bin.room.set(bin.room.get() + 1);
                }
                block
            });
            match kept {
                Ok(block) if !block.is_null() => block,
                _ => System.alloc(layout_of(class)),
            }
        }
    }

    #[inline]
    unsafe fn dealloc(&self, block: *mut u8, layout: Layout) {
        // SAFETY: see above; the block was handed out for this layout.
        unsafe {
            let Some(class) = class_of(layout) else { return System.dealloc(block, layout) };
            let kept = KEPT.try_with(|kept| {
                let bin = &kept.bins[class];
                let room = bin.room.get();
                if room == 0 {
                    return false;
                }
                bin.room.set(room - 1);
                block.cast::<*mut u8>().write(bin.first.get());
                bin.first.set(block);
                true
            });
            if kept != Ok(true) {
                System.dealloc(block, layout_of(class));
            }
        }
    }

    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        // SAFETY: see above.
        unsafe {
            if class_of(layout).is_none() {
                return System.alloc_zeroed(layout);
            }
            let block = self.alloc(layout);
            if !block.is_null() {
                block.write_bytes(0, layout.size());
            }
            block
        }
    }

    unsafe fn realloc(&self, block: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        // SAFETY: see above; the caller's new size with the old alignment is a valid layout.
        unsafe {
            let new = Layout::from_size_align_unchecked(size, layout.align());
            match (class_of(layout), class_of(new)) {
                (None, None) => System.realloc(block, layout, size),
                (old, wanted) if old == wanted => block,
                _ => {
                    let moved = self.alloc(new);
                    if !moved.is_null() {
                        moved.copy_from_nonoverlapping(block, layout.size().min(size));
                        self.dealloc(block, layout);
                    }
                    moved
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Blocks of all sizes, grown and shrunk, keep what was written.
    #[test]
    fn blocks_keep_their_bytes() {
        let bytes = |size: usize| (0..size).map(move |k| (k * 7 + size) as u8);
        let mut held = Vec::new();
        for size in 1..700usize {
            let layout = Layout::from_size_align(size, 8).unwrap();
            // SAFETY: each block is written within its size and freed with the layout it has.
            unsafe {
                let block = Blocks.alloc(layout);
                assert_eq!(block as usize % 8, 0);
                for (k, byte) in bytes(size).enumerate() {
                    block.add(k).write(byte);
                }
                held.push((block, layout));
            }
        }
        for (block, layout) in held {
            let size = layout.size();
            for wanted in [size.div_ceil(2), size * 3] {
                // SAFETY: as above.
                unsafe {
                    let copy = Blocks.alloc_zeroed(layout);
                    assert!((0..size).all(|k| copy.add(k).read() == 0));
                    block.copy_to_nonoverlapping(copy, size);
                    let moved = Blocks.realloc(copy, layout, wanted);
                    assert!(bytes(size).take(wanted).enumerate().all(|(k, byte)| moved.add(k).read() == byte));
                    Blocks.dealloc(moved, Layout::from_size_align(wanted, 8).unwrap());
                }
            }
            // SAFETY: as above.
            unsafe { Blocks.dealloc(block, layout) };
        }
    }

    /// What one thread frees of another's is its own; a thread that ends leaves nothing.
    #[test]
    #[expect(clippy::disallowed_methods, reason = "there is no interpreter here whose lock could be held")]
    fn blocks_go_between_threads() {
        let layout = Layout::from_size_align(48, 16).unwrap();
        for _ in 0..100 {
            // SAFETY: the blocks are freed once, with their layout.
            let blocks: Vec<usize> = (0..40).map(|_| unsafe { Blocks.alloc(layout) } as usize).collect();
            let freed = std::thread::spawn(move || {
                for block in blocks {
                    // SAFETY: as above.
                    unsafe { Blocks.dealloc(block as *mut u8, layout) }
                }
            });
            assert!(freed.join().is_ok());
        }
    }
}
