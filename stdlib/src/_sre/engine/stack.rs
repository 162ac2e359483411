//! What a match remembers: choices to come back to, and what to put back on the way there.

use lockstep_interp::object::raise::{Result, memory_error};

/// No place.
pub const NOWHERE: usize = usize::MAX;

/// An entry of the stack.
#[derive(Clone, Copy, Debug)]
pub enum Frame {
    /// Go on at a node.
    Go { node: u32, at: usize },
    /// Try the next of these alternatives.
    Branch { branch: u32, at: usize, left: u64 },
    /// Give a character back, down to `low`.
    Greedy { node: u32, low: usize, at: usize },
    /// Take one more character, of at most `left`.
    Lazy { node: u32, at: usize, left: usize },
    /// Repeat a body once more that should rather not be repeated.
    Again { node: u32, at: usize },
    /// A border of a group was this before, and `lastindex`.
    Mark { mark: u32, last: u32, at: usize },
    /// A counter was this before.
    Slot { slot: u32, count: usize, last: usize },
    /// The body of this node is being matched, for the `count`-th time; another one is `outer`.
    Fence { node: u32, count: usize, at: usize },
    /// Below a fence: which fence is around it.
    Outer { fence: usize },
}

impl Frame {
    /// Whether it puts something back.
    fn restores(&self) -> bool {
        matches!(self, Frame::Mark { .. } | Frame::Slot { .. })
    }
}

const _: () = assert!(size_of::<Frame>() == 24);

/// The state of a counted repetition.
#[derive(Clone, Copy, Debug)]
pub struct Slot {
    /// How many times the body has matched.
    pub count: usize,
    /// Where the last time began.
    pub last: usize,
}

/// The memory of matches, used again by the next.
#[derive(Debug, Default)]
pub struct Scratch {
    /// Choices and what they need.
    pub frames: Vec<Frame>,
    /// Borders of groups.
    pub marks: Vec<usize>,
    /// `lastindex`; 0: none.
    pub last: u32,
    /// Counters.
    pub slots: Vec<Slot>,
    /// Where the innermost fence is.
    pub fence: usize,
    /// Whether a mark was set.
    pub marked: bool,
}

impl Scratch {
    /// Ready for a program with so many marks and slots.
    pub fn prepare(&mut self, marks: usize, slots: usize) -> Result<()> {
        reserve(&mut self.marks, marks)?;
        reserve(&mut self.slots, slots)?;
        self.marks.clear();
        self.marks.resize(marks, NOWHERE);
        self.slots.clear();
        self.slots.resize(slots, Slot { count: 0, last: NOWHERE });
        self.marked = false;
        self.reset();
        Ok(())
    }
    /// Ready for another try.
    #[inline]
    pub fn reset(&mut self) {
        self.frames.clear();
        self.fence = NOWHERE;
        self.last = 0;
        if self.marked {
            self.marks.fill(NOWHERE);
            self.marked = false;
        }
    }
    /// The borders of group `n` (from 0).
    pub fn group(&self, n: usize) -> Option<(usize, usize)> {
        match (self.marks.get(2 * n), self.marks.get(2 * n + 1)) {
            (Some(&start), Some(&end)) if start != NOWHERE && end != NOWHERE => Some((start, end)),
            _ => None,
        }
    }
    /// Whether it is small enough to be kept.
    pub fn is_small(&self) -> bool {
        self.frames.capacity() <= 4096 && self.marks.capacity() <= 1024
    }
    #[inline(always)]
    pub(super) fn push(&mut self, frame: Frame) -> Result<()> {
        if self.frames.len() == self.frames.capacity() {
            grow(&mut self.frames)?;
        }
        self.frames.push(frame);
        Ok(())
    }
    /// Remembers a frame that only puts something back: needed if there is a choice below.
    #[inline(always)]
    pub(super) fn remember(&mut self, frame: Frame) -> Result<()> {
        if self.frames.is_empty() { Ok(()) } else { self.push(frame) }
    }
    /// Puts back what a frame remembers.
    #[inline(always)]
    pub(super) fn restore(&mut self, frame: Frame) {
        match frame {
            Frame::Mark { mark, last, at } => {
                self.marks[mark as usize] = at;
                self.last = last;
            }
            Frame::Slot { slot, count, last } => self.slots[slot as usize] = Slot { count, last },
            _ => {}
        }
    }
    /// Begins a body that is matched by itself.
    pub(super) fn open(&mut self, node: u32, count: usize, at: usize) -> Result<()> {
        self.push(Frame::Outer { fence: self.fence })?;
        self.fence = self.frames.len();
        self.push(Frame::Fence { node, count, at })
    }
    /// The innermost fence is left: its count and where it began.
    pub(super) fn leave(&mut self) -> (usize, usize) {
        let fence = self.fence;
        let (count, at) = match self.frames.get(fence) {
            Some(Frame::Fence { count, at, .. }) => (*count, *at),
            _ => (0, 0),
        };
        self.fence = match fence.checked_sub(1).and_then(|below| self.frames.get(below)) {
            Some(Frame::Outer { fence }) => *fence,
            _ => NOWHERE,
        };
        (count, at)
    }
    /// Drops the choices above a fence that was left, and the fence; what is to be put back stays.
    pub(super) fn cut(&mut self, fence: usize) {
        let mut keep = fence.saturating_sub(1);
        for at in fence + 1..self.frames.len() {
            if keep > 0 && self.frames[at].restores() {
                self.frames[keep] = self.frames[at];
                keep += 1;
            }
        }
        self.frames.truncate(keep);
    }
    /// Goes back to before a fence that was left.
    pub(super) fn undo(&mut self, fence: usize) {
        while self.frames.len() >= fence {
            match self.frames.pop() {
                Some(frame) => self.restore(frame),
                None => break,
            }
        }
    }
}

#[cold]
#[inline(never)]
fn grow(frames: &mut Vec<Frame>) -> Result<()> {
    frames.try_reserve(frames.len().max(64)).map_err(|_| memory_error())
}

fn reserve<T>(list: &mut Vec<T>, count: usize) -> Result<()> {
    list.try_reserve(count.saturating_sub(list.len())).map_err(|_| memory_error())
}
