//! The blocks that enclose the code being made, and what each exit path out of them runs.
//! `return`, `break` and `continue` run a copy of every `finally` and `with` exit they leave.

use lockstep_grammar::{Span, tree::Stmt};

use super::unit::{Label, Range, Reg};
use super::{Compiler, Context, Res};
use crate::code::Op;

/// A stretch of code covered by a handler.
#[derive(Clone, Copy)]
pub(crate) struct Cover {
    pub start: u32,
    pub target: Label,
    pub register: Reg,
    pub depth: u32,
}

/// What leaving a block takes.
#[derive(Clone, Copy)]
pub(crate) enum Exit<'t> {
    /// Nothing.
    Nothing,
    /// A loop: where `continue` and `break` go, and the iterator to drop.
    /// `line`: that of a condition that is always true.
    Loop { next: Label, exit: Label, iter: Option<Reg>, line: Option<Span> },
    /// A `finally` body to run.
    Finally(&'t [Stmt]),
    /// The exception handled is done: saved and current one.
    Handled { saved: Reg, exception: Reg },
    /// The variable of `except ... as` goes.
    Unname(&'t lockstep_grammar::tree::Expr),
    /// A `with` block: the exit pair.
    With { pair: Reg, is_async: bool, span: Span },
}

/// A block.
#[derive(Clone, Copy)]
pub(crate) struct Block<'t> {
    pub exit: Exit<'t>,
    pub cover: Option<Cover>,
}

impl<'t> Compiler<'t> {
    /// Opens a block whose code is covered by a handler at `target`, if there is one.
    pub fn open(&mut self, exit: Exit<'t>, handler: Option<(Label, Reg)>) {
        let cover = handler.map(|(target, register)| Cover {
            start: self.unit.here(),
            target,
            register,
            depth: self.unit.blocks.len() as u32,
        });
        self.unit.blocks.push(Block { exit, cover });
    }

    /// Closes the innermost block.
    pub fn close(&mut self) {
        if let Some(Block { cover: Some(cover), .. }) = self.unit.blocks.pop() {
            self.end_cover(cover);
        }
    }

    fn end_cover(&mut self, cover: Cover) {
        let end = self.unit.here();
        if cover.start < end {
            self.unit.ranges.push(Range {
                start: cover.start,
                end,
                target: cover.target,
                register: cover.register,
                depth: cover.depth,
            });
        }
    }

    /// Runs the exits of all blocks above the first `keep`. The jump is emitted next, then
    /// [`Compiler::rewind`] called with the result.
    pub fn unwind(&mut self, keep: usize, span: Span) -> Res<Vec<Block<'t>>> {
        let mut left = Vec::new();
        while self.unit.blocks.len() > keep {
            let Some(block) = self.unit.blocks.pop() else {
                break;
            };
            if let Some(cover) = block.cover {
                self.end_cover(cover);
            }
            left.push(block);
            self.run_exit(block.exit, span)?;
        }
        Ok(left)
    }

    /// Opens again the blocks that an exit path left.
    pub fn rewind(&mut self, left: Vec<Block<'t>>) {
        let here = self.unit.here();
        for mut block in left.into_iter().rev() {
            if let Some(cover) = &mut block.cover {
                cover.start = here;
            }
            self.unit.blocks.push(block);
        }
        self.unit.unreachable();
    }

    fn run_exit(&mut self, exit: Exit<'t>, span: Span) -> Res {
        match exit {
            Exit::Nothing | Exit::Loop { .. } => {}
            Exit::Finally(body) => {
                self.in_finally.push(Context::Finally);
                self.body(body)?;
                self.in_finally.pop();
            }
            Exit::Handled { saved, exception } => {
                self.unit.op(Op::PopExc, saved, 0, 0, span);
                self.unit.op(Op::Drop, exception, 0, 0, span);
            }
            Exit::Unname(target) => self.unname(target, span)?,
            Exit::With { pair, is_async, span } => self.leave_with(pair, is_async, span)?,
        }
        Ok(())
    }

    /// Whether leaving the blocks above the first `keep` may run code of the program or take a
    /// variable away, which may be the one returned.
    pub fn exits_run_code(&self, keep: usize) -> bool {
        self.unit.blocks[keep..].iter().any(|block| matches!(block.exit, Exit::Finally(_) | Exit::Unname(_) | Exit::With { .. }))
    }

    /// Index of the innermost loop's block.
    pub fn innermost_loop(&self) -> Option<usize> {
        self.unit.blocks.iter().rposition(|block| matches!(block.exit, Exit::Loop { .. }))
    }

    /// At the entry of a handler: hidden registers that the covered code used hold nothing
    /// any more, so that iterators and managers die as promptly as temporaries.
    pub fn drop_touched(&mut self, since: usize, keep: &[Reg], span: Span) {
        let mut touched: Vec<Reg> = self.unit.touched[since..].to_vec();
        touched.sort_unstable();
        touched.dedup();
        for reg in touched.into_iter().filter(|reg| !keep.contains(reg)) {
            self.unit.op(Op::Drop, reg, 0, 0, span);
        }
    }
}
