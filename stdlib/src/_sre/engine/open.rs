//! Constructs with a body, from their beginning to their end.

use super::program::Node;
use super::translate::{Translator, repeat};
use super::words::*;

/// A construct whose body is being translated. `end` is where the construct around it ends,
/// `before` the width of what came before it.
pub(super) enum Open {
    Alternative { node: usize, jumps: Vec<usize>, target: Option<usize>, before: usize, least: usize, end: usize },
    Repeat { node: usize, min: usize, max: usize, lazy: bool, before: usize, end: usize },
    Keep { node: usize, min: usize, before: usize, end: usize },
    Atomic { node: usize, end: usize },
    Look { node: usize, before: usize, end: usize },
    Yes { node: usize, before: usize, end: usize },
    No { jump: usize, before: usize, least: usize, end: usize },
}

impl Translator<'_> {
    /// The next alternative of a branch, or its end.
    pub(super) fn alternative(&mut self, open: Open) -> Option<()> {
        let Open::Alternative { node, jumps, target, before, least, end } = open else { return None };
        if self.peek(self.at)? == 0 {
            self.at += 1;
            (Some(self.at) == target).then_some(())?;
            let here = self.here();
            for jump in jumps {
                self.program.nodes[jump] = Node::Jump(here as u32);
            }
            self.width = before.saturating_add(least);
            return Some(());
        }
        let skip = self.target(0)?;
        let first = self.here() as u32;
        if let Node::Branch(number) = self.program.nodes[node] {
            self.program.branches[number as usize].targets.push(first);
        }
        self.width = 0;
        self.open(skip.checked_sub(2)?, Open::Alternative { node, jumps, target, before, least, end })
    }

    /// The body of a construct has come to its end.
    pub(super) fn close(&mut self, open: Open) -> Option<()> {
        match open {
            Open::Alternative { node, mut jumps, target, before, least, end } => {
                self.end = end;
                self.expect(JUMP)?;
                let goal = self.target(0)?;
                target.is_none_or(|known| known == goal).then_some(())?;
                jumps.push(self.emit(Node::Fail));
                let least = least.min(self.width);
                self.alternative(Open::Alternative { node, jumps, target: Some(goal), before, least, end })
            }
            Open::Repeat { node, min, max, lazy, before, end } => {
                self.end = end;
                // Which of the two it is was looked up when the repetition began.
                self.word()?;
                self.close_repeat(node, min, max, lazy);
                self.width = before.saturating_add(self.width.saturating_mul(min));
                Some(())
            }
            Open::Keep { node, min, before, end } => {
                self.seal(node, end)?;
                let tail = self.here();
                if let Node::Keep(number) = self.program.nodes[node] {
                    self.program.repeats[number as usize].tail = tail;
                }
                self.width = before.saturating_add(self.width.saturating_mul(min));
                Some(())
            }
            Open::Atomic { node, end } => {
                self.seal(node, end)?;
                self.here();
                Some(())
            }
            Open::Look { node, before, end } => {
                self.seal(node, end)?;
                let next = self.here();
                if let Node::Look(number) = self.program.nodes[node] {
                    self.program.looks[number as usize].next = next;
                }
                self.width = before;
                Some(())
            }
            Open::Yes { node, before, end } => {
                self.end = end;
                let here = self.here() as u32;
                self.answer(node, here);
                // Without a second part nothing may match.
                self.width = before;
                Some(())
            }
            Open::No { jump, before, least, end } => {
                self.end = end;
                let here = self.here() as u32;
                self.program.nodes[jump] = Node::Jump(here);
                self.width = before.saturating_add(least.min(self.width));
                Some(())
            }
        }
    }
    /// The end of a body that is matched by itself.
    fn seal(&mut self, node: usize, end: usize) -> Option<()> {
        self.end = end;
        self.expect(SUCCESS)?;
        self.emit(Node::Close(node as u32));
        self.sealed -= 1;
        Some(())
    }
    fn answer(&mut self, node: usize, no: u32) {
        if let Node::IfGroup { no: target, .. } = &mut self.program.nodes[node] {
            *target = no;
        }
    }
    /// The jump over the second part of a condition: the only jump outside a branch.
    pub(super) fn otherwise(&mut self) -> Option<()> {
        let Some(Open::Yes { node, before, end }) = self.opens.pop() else { return None };
        (self.at + 1 == self.end).then_some(())?;
        self.end = end;
        let target = self.target(0)?;
        let jump = self.emit(Node::Fail);
        let here = self.here() as u32;
        self.answer(node, here);
        let least = self.width.saturating_sub(before);
        self.width = 0;
        self.open(target, Open::No { jump, before, least, end })
    }
    fn close_repeat(&mut self, node: usize, min: usize, max: usize, lazy: bool) {
        let body = node + 1;
        if let Node::Branch(number) = self.program.nodes[node] {
            let tail = self.here() as u32;
            let body = body as u32;
            self.program.branches[number as usize].targets = if lazy { vec![tail, body] } else { vec![body, tail] };
            return;
        }
        let until = self.here();
        if max == 0 || min == 1 && max == 1 {
            self.program.nodes[node] = Node::Jump(if max == 0 { until } else { body } as u32);
            return;
        }
        let number = self.program.repeats.len() as u32;
        let mut made = repeat(min, max, body);
        (made.until, made.tail) = (until, until + 1);
        // A body that always takes something needs no counter.
        let (enter, end) = if min <= 1 && max == usize::MAX && self.width > 0 {
            let first = if min == 0 { until } else { body };
            (Node::Jump(first as u32), if lazy { Node::LazyStar(number) } else { Node::Star(number) })
        } else {
            made.slot = self.program.slots;
            self.program.slots += 1;
            (Node::Enter(number), if lazy { Node::Min(number) } else { Node::Max(number) })
        };
        self.program.repeats.push(made);
        self.program.nodes[node] = enter;
        self.emit(end);
        self.here();
    }
}
