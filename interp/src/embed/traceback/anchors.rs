//! Which part of a failing expression is the point of it: the operator of a binary operation,
//! the brackets of a subscript, the arguments of a call.

use lockstep_grammar::tree::{Expr, ExprKind, Mod, StmtKind};
use lockstep_grammar::{Dialect, Mode, Options};

/// Places as (line, character), from 0, in the text of the expression.
pub(super) struct Anchors {
    /// Where the point begins.
    pub(super) left: (usize, usize),
    /// Behind its end.
    pub(super) right: (usize, usize),
}

/// The text as lines of characters, for walking.
struct Text {
    lines: Vec<Vec<char>>,
}

/// What is put before the text so that it may have several lines.
const PREFIX: usize = 2;

impl Text {
    /// The place of a byte offset of the parsed text.
    fn place(&self, segment: &str, offset: u32) -> (usize, usize) {
        let at = (offset as usize).saturating_sub(PREFIX).min(segment.len());
        let before = segment.get(..at).unwrap_or(segment);
        let line = before.matches('\n').count();
        let column = before.rsplit('\n').next().map_or(0, |t| t.chars().count());
        (line, column)
    }
    /// The same place, or the next line's start if it lies behind the end of a line.
    fn valid(&self, (mut line, mut column): (usize, usize)) -> Option<(usize, usize)> {
        while column >= self.lines.get(line)?.len() {
            column = 0;
            line += 1;
        }
        Some((line, column))
    }
    /// The first character that satisfies `stop`, over comments and line joins.
    fn until(&self, from: (usize, usize), stop: impl Fn(char) -> bool) -> Option<(usize, usize)> {
        let mut at = self.valid(from)?;
        loop {
            let c = self.lines[at.0][at.1];
            at = if matches!(c, '\\' | '#') {
                self.valid((at.0 + 1, 0))?
            } else if stop(c) {
                return Some(at);
            } else {
                self.valid((at.0, at.1 + 1))?
            };
        }
    }
}

/// The anchors of an expression, if it is of a kind that has them.
pub(super) fn find(segment: &str) -> Option<Anchors> {
    let source = format!("(\n{segment}\n)");
    let tree = lockstep_grammar::parse(&source, Mode::Exec, Dialect::Python3, Options::default()).ok()?;
    let Mod::Module { body } = &tree else { return None };
    let [statement] = &body[..] else { return None };
    let StmtKind::Expr { value } = &statement.node else { return None };
    let text = Text { lines: segment.split('\n').map(|l| l.chars().collect()).collect() };
    let end = |e: &Expr| text.place(segment, e.span.end);
    match &value.node {
        ExprKind::BinOp { left, right, .. } => {
            let at = text.until(end(left), |c| !c.is_whitespace() && c != ')')?;
            let line = &text.lines[at.0];
            let mut stop = at.1 + 1;
            let right = text.place(segment, right.span.start);
            if stop < line.len()
                && (right.0 > at.0 || stop < right.1)
                && !line[stop].is_whitespace()
                && !matches!(line[stop], '\\' | '#')
            {
                stop += 1;
            }
            Some(Anchors { left: at, right: (at.0, stop) })
        }
        ExprKind::Subscript { value: object, .. } => {
            Some(Anchors { left: text.until(end(object), |c| c == '[')?, right: end(value) })
        }
        ExprKind::Call { func, .. } => Some(Anchors { left: text.until(end(func), |c| c == '(')?, right: end(value) }),
        _ => None,
    }
}
