//! The matcher: goes through the nodes, and back to the last choice where they do not match.
//! All memory is on the heap, and it looks at the breaker now and then.

use lockstep_interp::object::raise::Result;

use super::category::Fold;
use super::program::{Node, Place, Program};
use super::scan;
use super::stack::{Frame, NOWHERE, Scratch, Slot};

/// How much work there is between two looks at the breaker.
const STRIDE: isize = 1 << 14;

/// One search or match.
pub struct Machine<'a, const WIDE: bool> {
    pub(super) program: &'a Program,
    /// The subject as far as `endpos`.
    pub(super) text: &'a [u8],
    pub(super) scratch: &'a mut Scratch,
    /// Whether the match must end where the text ends.
    pub(super) full: bool,
    /// Where a match must not end: an empty match right behind another does not count.
    pub(super) not_at: usize,
    budget: isize,
    /// What a step back costs: straight ways through large programs are work as well.
    cost: isize,
    /// Looks at the breaker.
    check: &'a mut dyn FnMut() -> Result<()>,
}

/// Where to go on; none: nowhere.
type Way = Option<(usize, usize)>;

impl<'a, const WIDE: bool> Machine<'a, WIDE> {
    /// A machine for one subject.
    pub fn new(
        program: &'a Program,
        text: &'a [u8],
        scratch: &'a mut Scratch,
        full: bool,
        check: &'a mut dyn FnMut() -> Result<()>,
    ) -> Self {
        let cost = 1 + (program.nodes.len() / 256) as isize;
        Machine { program, text, scratch, full, not_at: NOWHERE, budget: STRIDE, cost, check }
    }

    /// Counts work; looks at the breaker when there was enough.
    #[inline(always)]
    pub(super) fn spend(&mut self, work: usize) -> Result<()> {
        self.budget -= work as isize;
        if self.budget < 0 { self.look() } else { Ok(()) }
    }
    #[cold]
    #[inline(never)]
    fn look(&mut self) -> Result<()> {
        self.budget = STRIDE;
        (self.check)()
    }

    /// Where a match that begins at `start` ends.
    #[expect(clippy::too_many_lines, reason = "one line or two for each node")]
    pub(super) fn attempt(&mut self, start: usize) -> Result<Option<usize>> {
        let (program, text) = (self.program, self.text);
        let (mut pc, mut at) = (0, start);
        loop {
            let way = match program.nodes[pc] {
                Node::Byte(byte) if text.get(at) == Some(&byte) => {
                    (pc, at) = (pc + 1, at + 1);
                    continue;
                }
                Node::Set(number) => {
                    if let Some(len) = scan::member::<WIDE>(&program.sets[number as usize], text, at) {
                        (pc, at) = (pc + 1, at + len);
                        continue;
                    }
                    None
                }
                Node::Literal { start, len } => {
                    let wanted = &program.literals[start as usize..][..len as usize];
                    text[at..].starts_with(wanted).then(|| (pc + 1, at + wanted.len()))
                }
                Node::Any if text.get(at).is_some_and(|&b| b != b'\n') => Some((pc + 1, at + scan::width::<WIDE>(text, at))),
                Node::All if at < text.len() => Some((pc + 1, at + scan::width::<WIDE>(text, at))),
                Node::Mark(mark) => {
                    self.mark(mark, at)?;
                    pc += 1;
                    continue;
                }
                Node::Branch(number) => {
                    let branch = &program.branches[number as usize];
                    let class = text.get(at).map_or(0, |&b| branch.classes[b as usize]);
                    self.choose(number, at, branch.masks[class as usize])?
                }
                Node::Jump(target) => {
                    pc = target as usize;
                    continue;
                }
                Node::Possessive(number) => {
                    let found = scan::run::<WIDE>(program, &program.loops[number as usize], text, at);
                    if let Some((_, end)) = found {
                        self.spend((end - at) / 32)?;
                        (pc, at) = (pc + 1, end);
                        continue;
                    }
                    None
                }
                Node::Greedy(number) => self.greedy(number, pc, at)?,
                Node::Lazy(number) => self.lazy(number, pc, at)?,
                Node::Star(number) => self.star(number, at)?,
                Node::LazyStar(number) => self.lazy_star(number, pc, at)?,
                Node::Enter(number) => Some(self.enter(number, at)?),
                Node::Max(number) => self.max(number, at)?,
                Node::Min(number) => self.min(number, pc, at)?,
                Node::At(place) => self.is_at(place, at).then_some((pc + 1, at)),
                Node::Look(_) | Node::Atomic | Node::Keep(_) => self.open(pc, at)?,
                Node::Close(opener) => self.close(opener as usize, pc, at)?,
                Node::Ref { group, fold } => self.group(group, fold, at)?.map(|end| (pc + 1, end)),
                Node::IfGroup { group, no } => match self.borders(group) {
                    Some(_) => Some((pc + 1, at)),
                    None => Some((no as usize, at)),
                },
                Node::Match if !(self.full && at != text.len() || at == self.not_at) => return Ok(Some(at)),
                Node::Match | Node::Byte(_) | Node::Any | Node::All | Node::Fail => None,
            };
            match way {
                Some(on) => (pc, at) = on,
                None => match self.backtrack()? {
                    Some(on) => (pc, at) = on,
                    None => return Ok(None),
                },
            }
        }
    }

    #[inline(always)]
    fn mark(&mut self, mark: u32, at: usize) -> Result<()> {
        let scratch = &mut *self.scratch;
        let frame = Frame::Mark { mark, last: scratch.last, at: scratch.marks[mark as usize] };
        scratch.remember(frame)?;
        scratch.marks[mark as usize] = at;
        scratch.marked = true;
        if mark & 1 == 1 {
            scratch.last = mark / 2 + 1;
        }
        Ok(())
    }
    /// The first of the alternatives left; the others are remembered.
    #[inline(always)]
    fn choose(&mut self, branch: u32, at: usize, left: u64) -> Result<Way> {
        if left == 0 {
            return Ok(None);
        }
        let first = left.trailing_zeros();
        let left = left & (left - 1);
        if left != 0 {
            self.scratch.push(Frame::Branch { branch, at, left })?;
        }
        Ok(Some((self.program.branches[branch as usize].targets[first as usize] as usize, at)))
    }

    // ---------------------------------------------------------------- loops over one character

    #[inline(always)]
    fn greedy(&mut self, number: u32, pc: usize, at: usize) -> Result<Way> {
        let l = &self.program.loops[number as usize];
        let Some((low, end)) = scan::run::<WIDE>(self.program, l, self.text, at) else { return Ok(None) };
        self.spend((end - at) / 32)?;
        let here = if l.next.passes(self.text, end) { Some(end) } else { self.give_back(number, low, end)? };
        let Some(here) = here else { return Ok(None) };
        if here > low {
            self.scratch.push(Frame::Greedy { node: pc as u32, low, at: here })?;
        }
        Ok(Some((pc + 1, here)))
    }
    /// The next place below `at`, not below `low`, where it may go on behind a greedy loop.
    #[inline(always)]
    fn give_back(&mut self, number: u32, low: usize, at: usize) -> Result<Option<usize>> {
        if at == low {
            return Ok(None);
        }
        let next = &self.program.loops[number as usize].next;
        let Some(table) = &next.table else { return Ok(Some(scan::previous::<WIDE>(self.text, at))) };
        let rest = &self.text[low..at];
        let found = match next.byte {
            Some(byte) => memchr::memrchr(byte, rest),
            None => rest.iter().rposition(|&b| table[b as usize]),
        };
        self.spend((rest.len() - found.unwrap_or(0)) / 32)?;
        Ok(found.map(|found| low + found))
    }
    #[inline(always)]
    fn lazy(&mut self, number: u32, pc: usize, at: usize) -> Result<Way> {
        let l = &self.program.loops[number as usize];
        let mut here = at;
        for _ in 0..l.min {
            match scan::take::<WIDE>(self.program, l.one, self.text, here) {
                Some(len) => here += len,
                None => return Ok(None),
            }
        }
        let left = if l.max == usize::MAX { usize::MAX } else { l.max - l.min };
        self.spend((here - at) / 8)?;
        self.lazy_on(number, pc, here, left)
    }
    /// On behind a lazy loop, at the first place from `at` on that will do.
    #[inline(always)]
    fn lazy_on(&mut self, number: u32, pc: usize, at: usize, mut left: usize) -> Result<Way> {
        let l = &self.program.loops[number as usize];
        let Some(here) = scan::lazy::<WIDE>(self.program, l, self.text, at, &mut left) else {
            self.spend((self.text.len() - at) / 32)?;
            return Ok(None);
        };
        self.spend((here - at) / 8)?;
        if left > 0 {
            self.scratch.push(Frame::Lazy { node: pc as u32, at: here, left })?;
        }
        Ok(Some((pc + 1, here)))
    }

    // ---------------------------------------------------------------- repetitions

    #[inline(always)]
    fn star(&mut self, number: u32, at: usize) -> Result<Way> {
        let repeat = &self.program.repeats[number as usize];
        if !repeat.body_gate.passes(self.text, at) {
            return Ok(Some((repeat.tail, at)));
        }
        self.spend(1)?;
        if repeat.tail_gate.passes(self.text, at) {
            self.scratch.push(Frame::Go { node: repeat.tail as u32, at })?;
        }
        Ok(Some((repeat.body, at)))
    }
    fn lazy_star(&mut self, number: u32, pc: usize, at: usize) -> Result<Way> {
        let repeat = &self.program.repeats[number as usize];
        self.spend(1)?;
        if !repeat.tail_gate.passes(self.text, at) {
            return Ok(Some((repeat.body, at)));
        }
        if repeat.body_gate.passes(self.text, at) {
            self.scratch.push(Frame::Go { node: repeat.body as u32, at })?;
        }
        debug_assert_eq!(repeat.tail, pc + 1);
        Ok(Some((repeat.tail, at)))
    }
    /// The counter of a repetition gets a new value.
    #[inline(always)]
    fn count(&mut self, slot: usize, count: usize, last: usize) -> Result<()> {
        let old = self.scratch.slots[slot];
        self.scratch.remember(Frame::Slot { slot: slot as u32, count: old.count, last: old.last })?;
        self.scratch.slots[slot] = Slot { count, last };
        Ok(())
    }
    fn enter(&mut self, number: u32, at: usize) -> Result<(usize, usize)> {
        let repeat = &self.program.repeats[number as usize];
        // It has matched once more than this when its end is reached, which happens first.
        self.count(repeat.slot, usize::MAX, NOWHERE)?;
        Ok((repeat.until, at))
    }
    fn max(&mut self, number: u32, at: usize) -> Result<Way> {
        let repeat = &self.program.repeats[number as usize];
        let Slot { count, last } = self.scratch.slots[repeat.slot];
        let count = count.wrapping_add(1);
        self.spend(1)?;
        if count < repeat.min {
            self.count(repeat.slot, count, last)?;
            return Ok(Some((repeat.body, at)));
        }
        if (count < repeat.max || repeat.max == usize::MAX) && at != last && repeat.body_gate.passes(self.text, at) {
            if repeat.tail_gate.passes(self.text, at) {
                self.scratch.push(Frame::Go { node: repeat.tail as u32, at })?;
            }
            self.count(repeat.slot, count, at)?;
            return Ok(Some((repeat.body, at)));
        }
        Ok(Some((repeat.tail, at)))
    }
    fn min(&mut self, number: u32, pc: usize, at: usize) -> Result<Way> {
        let repeat = &self.program.repeats[number as usize];
        let Slot { count, last } = self.scratch.slots[repeat.slot];
        let count = count.wrapping_add(1);
        self.spend(1)?;
        if count < repeat.min {
            self.count(repeat.slot, count, last)?;
            return Ok(Some((repeat.body, at)));
        }
        self.scratch.push(Frame::Again { node: pc as u32, at })?;
        Ok(Some((repeat.tail, at)))
    }
    /// The tail of a lazy repetition did not match: once more, if it may.
    fn again(&mut self, node: usize, at: usize) -> Result<Way> {
        let Node::Min(number) = self.program.nodes[node] else { return Ok(None) };
        let repeat = &self.program.repeats[number as usize];
        let Slot { count, last } = self.scratch.slots[repeat.slot];
        let count = count.wrapping_add(1);
        if count >= repeat.max && repeat.max != usize::MAX || at == last {
            return Ok(None);
        }
        self.count(repeat.slot, count, at)?;
        Ok(Some((repeat.body, at)))
    }

    // ---------------------------------------------------------------- bodies matched by themselves

    fn open(&mut self, pc: usize, at: usize) -> Result<Way> {
        let mut begin = at;
        match self.program.nodes[pc] {
            Node::Look(number) => {
                let look = &self.program.looks[number as usize];
                self.spend(look.back / 8)?;
                match scan::back::<WIDE>(self.text, at, look.back) {
                    Some(back) => begin = back,
                    None => return Ok(look.negative.then_some((look.next, at))),
                }
                // A body of one node needs no fence.
                if self.program.nodes[pc + 2] == Node::Close(pc as u32)
                    && let Some(found) = self.holds(pc + 1, begin)
                {
                    return Ok((found != look.negative).then_some((look.next, at)));
                }
            }
            Node::Keep(number) if self.program.repeats[number as usize].max == 0 => {
                return Ok(Some((self.program.repeats[number as usize].tail, at)));
            }
            _ => {}
        }
        self.scratch.open(pc as u32, 0, at)?;
        Ok(Some((pc + 1, begin)))
    }
    /// Whether a node over one character or literal matches; no answer for others.
    fn holds(&self, node: usize, at: usize) -> Option<bool> {
        let text = self.text;
        match self.program.nodes[node] {
            Node::Byte(byte) => Some(text.get(at) == Some(&byte)),
            Node::Set(number) => Some(scan::member::<WIDE>(&self.program.sets[number as usize], text, at).is_some()),
            Node::Literal { start, len } => {
                Some(text[at..].starts_with(&self.program.literals[start as usize..][..len as usize]))
            }
            Node::Any => Some(text.get(at).is_some_and(|&b| b != b'\n')),
            Node::At(place) => Some(self.is_at(place, at)),
            _ => None,
        }
    }
    /// The body that began at the node `opener` has matched.
    fn close(&mut self, opener: usize, pc: usize, at: usize) -> Result<Way> {
        self.spend(1)?;
        let fence = self.scratch.fence;
        let (count, begin) = self.scratch.leave();
        match self.program.nodes[opener] {
            Node::Look(number) if self.program.looks[number as usize].negative => {
                self.scratch.undo(fence);
                Ok(None)
            }
            Node::Look(_) => {
                self.scratch.cut(fence);
                Ok(Some((pc + 1, begin)))
            }
            Node::Keep(number) => {
                self.scratch.cut(fence);
                let repeat = &self.program.repeats[number as usize];
                let done = count + 1;
                let more = done < repeat.min || done < repeat.max && !(count >= repeat.min && at == begin);
                if !more {
                    return Ok(Some((repeat.tail, at)));
                }
                self.scratch.open(opener as u32, done, at)?;
                Ok(Some((repeat.body, at)))
            }
            _ => {
                self.scratch.cut(fence);
                Ok(Some((pc + 1, at)))
            }
        }
    }
    /// The body of a node did not match; its fence is taken away.
    fn give_up(&mut self, node: usize, count: usize, at: usize) -> Way {
        if let Some(Frame::Outer { fence }) = self.scratch.frames.pop() {
            self.scratch.fence = fence;
        }
        match self.program.nodes[node] {
            Node::Look(number) => {
                let look = &self.program.looks[number as usize];
                look.negative.then_some((look.next, at))
            }
            Node::Keep(number) => {
                let repeat = &self.program.repeats[number as usize];
                (count >= repeat.min).then_some((repeat.tail, at))
            }
            _ => None,
        }
    }

    // ---------------------------------------------------------------- conditions

    fn is_at(&self, place: Place, at: usize) -> bool {
        let text = self.text;
        match place {
            Place::Begin => at == 0,
            Place::BeginLine => at == 0 || text[at - 1] == b'\n',
            Place::End => at == text.len() || at + 1 == text.len() && text[at] == b'\n',
            Place::EndLine => at == text.len() || text[at] == b'\n',
            Place::EndText => at == text.len(),
            Place::Boundary => self.is_boundary(at, super::category::is_ascii_word),
            Place::NoBoundary => !self.is_boundary(at, super::category::is_ascii_word),
            Place::WideBoundary => self.is_boundary(at, super::category::is_word),
            Place::NoWideBoundary => !self.is_boundary(at, super::category::is_word),
        }
    }
    #[inline(always)]
    fn is_boundary(&self, at: usize, is_word: fn(u32) -> bool) -> bool {
        let before = scan::before::<WIDE>(self.text, at).is_some_and(is_word);
        let after = scan::after::<WIDE>(self.text, at).is_some_and(is_word);
        before != after
    }
    fn borders(&self, group: u32) -> Option<(usize, usize)> {
        self.scratch.group(group as usize).filter(|(start, end)| start <= end)
    }
    /// The end of what equals a group here.
    fn group(&mut self, group: u32, fold: Fold, at: usize) -> Result<Option<usize>> {
        let Some((start, end)) = self.borders(group) else { return Ok(None) };
        self.spend((end - start) / 32)?;
        let wanted = &self.text[start..end];
        if fold == Fold::None {
            return Ok(self.text[at..].starts_with(wanted).then(|| at + wanted.len()));
        }
        let (mut from, mut here) = (start, at);
        while from < end {
            let (Some(a), Some(b)) = (scan::after::<WIDE>(self.text, from), scan::after::<WIDE>(self.text, here)) else {
                return Ok(None);
            };
            if fold.apply(a) != fold.apply(b) {
                return Ok(None);
            }
            from += scan::width::<WIDE>(self.text, from);
            here += scan::width::<WIDE>(self.text, here);
        }
        Ok(Some(here))
    }

    // ---------------------------------------------------------------- back

    /// Back to the last choice: where to go on.
    #[inline]
    fn backtrack(&mut self) -> Result<Way> {
        self.spend(self.cost as usize)?;
        while let Some(frame) = self.scratch.frames.pop() {
            let way = match frame {
                Frame::Go { node, at } => Some((node as usize, at)),
                Frame::Branch { branch, at, left } => self.choose(branch, at, left)?,
                Frame::Greedy { node, low, at } => self.less(node as usize, low, at)?,
                Frame::Lazy { node, at, left } => self.more(node as usize, at, left)?,
                Frame::Again { node, at } => self.again(node as usize, at)?,
                Frame::Mark { .. } | Frame::Slot { .. } => {
                    self.scratch.restore(frame);
                    None
                }
                Frame::Fence { node, count, at } => self.give_up(node as usize, count, at),
                Frame::Outer { .. } => None,
            };
            if way.is_some() {
                return Ok(way);
            }
        }
        Ok(None)
    }
    #[inline(always)]
    fn less(&mut self, node: usize, low: usize, at: usize) -> Result<Way> {
        let Node::Greedy(number) = self.program.nodes[node] else { return Ok(None) };
        let Some(here) = self.give_back(number, low, at)? else { return Ok(None) };
        if here > low {
            self.scratch.push(Frame::Greedy { node: node as u32, low, at: here })?;
        }
        Ok(Some((node + 1, here)))
    }
    #[inline(always)]
    fn more(&mut self, node: usize, at: usize, left: usize) -> Result<Way> {
        let Node::Lazy(number) = self.program.nodes[node] else { return Ok(None) };
        let one = self.program.loops[number as usize].one;
        let Some(len) = scan::take::<WIDE>(self.program, one, self.text, at) else { return Ok(None) };
        let left = if left == usize::MAX { left } else { left - 1 };
        self.lazy_on(number, node, at + len, left)
    }
}
