//! Comments of types (`# type: int`, `# type: ignore`) and the nodes they belong to.

use lockstep_grammar::{Dialect, LineIndex, Tok};

/// One comment.
struct Comment {
    start: u32,
    end: u32,
    text: String,
}

/// The type comments of a text, in order, as long as no node has taken them.
#[derive(Default)]
pub struct Comments {
    waiting: Vec<Comment>,
    ignores: Vec<Comment>,
    /// Where the comment taken last ends.
    last: u32,
}

/// What follows `# type: ` in a comment; blanks between the parts may vary.
fn type_of(comment: &str) -> Option<&str> {
    let blank = [' ', '\t'];
    let rest = comment.strip_prefix('#')?.trim_start_matches(blank).strip_prefix("type:")?;
    Some(rest.trim_start_matches(blank))
}

/// What follows `ignore`, if the comment says that.
fn ignored(text: &str) -> Option<&str> {
    let rest = text.strip_prefix("ignore")?;
    let goes_on = rest.bytes().next().is_some_and(|byte| byte >= 128 || byte.is_ascii_alphanumeric());
    (!goes_on).then_some(rest)
}

impl Comments {
    /// Finds the type comments of a text: they stand between its tokens.
    pub fn of(source: &str) -> Self {
        let mut out = Self::default();
        if !source.contains("type:") {
            return out;
        }
        let (tokens, _) = lockstep_grammar::tokenize(source, Dialect::Python3);
        let mut at = 0;
        for token in tokens {
            if matches!(token.kind, Tok::Newline | Tok::Indent | Tok::Dedent) {
                continue;
            }
            out.gap(source, at, token.span.start);
            at = at.max(token.span.end);
        }
        out.gap(source, at, source.len() as u32);
        out
    }

    fn gap(&mut self, source: &str, from: u32, to: u32) {
        let Some(gap) = source.get(from as usize..(to as usize).max(from as usize)) else { return };
        let mut at = from;
        for line in gap.split_inclusive(['\n', '\r']) {
            if let Some(step) = line.find('#') {
                let comment = line[step..].trim_end_matches(['\n', '\r']);
                if let Some(text) = type_of(comment) {
                    let start = at + step as u32;
                    let end = start + comment.len() as u32;
                    match ignored(text) {
                        Some(tag) => self.ignores.push(Comment { start, end, text: tag.to_owned() }),
                        None => self.waiting.push(Comment { start, end, text: text.to_owned() }),
                    }
                }
            }
            at += line.len() as u32;
        }
    }

    /// The `# type: ignore` comments: line and tag.
    pub fn ignores(&self, lines: &LineIndex) -> Vec<(u32, String)> {
        self.ignores.iter().map(|comment| (lines.line(comment.start), comment.text.clone())).collect()
    }

    fn take(&mut self, found: impl Fn(&Comment) -> bool) -> Option<String> {
        let index = self.waiting.iter().position(found)?;
        let comment = self.waiting.remove(index);
        self.last = comment.end;
        Some(comment.text)
    }

    /// The comment that directly follows a statement on its line.
    pub fn after_statement(&mut self, source: &str, end: u32) -> Option<String> {
        self.take(|comment| is_blank(source, end, comment.start, ""))
    }

    /// The comment that directly follows a parameter, perhaps behind its comma.
    pub fn after_argument(&mut self, source: &str, end: u32) -> Option<String> {
        self.take(|comment| is_blank(source, end, comment.start, ","))
    }

    /// The first comment between two places.
    pub fn between(&mut self, from: u32, to: u32) -> Option<String> {
        self.take(|comment| from <= comment.start && comment.start < to)
    }

    /// Where the comment taken last ends.
    pub fn end_of_last(&self) -> u32 {
        self.last
    }
}

/// Whether nothing but blanks, and at most one of `also`, stands between two places.
fn is_blank(source: &str, from: u32, to: u32, also: &str) -> bool {
    let Some(between) = source.get(from as usize..to as usize) else { return false };
    let between = between.trim_matches([' ', '\t']);
    between.is_empty() || between == also
}
