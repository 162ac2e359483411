//! Reads a Python signature such as `(self, key, default=None, /, *args)` far enough to count and name its
//! parameters and to refuse what the machine could not parse at run time. Defaults are not evaluated here.

/// One parameter: one slot of the wrapper's arguments.
#[derive(Debug, PartialEq)]
pub struct Param {
    pub name: String,
    pub kind: ParamKind,
    /// The default as written.
    pub default: Option<String>,
}

#[derive(Debug, PartialEq, Clone, Copy)]
pub enum ParamKind {
    Plain,
    /// `*name`
    Star,
    /// `**name`
    DoubleStar,
}

impl Param {
    /// Whether the slot may hold the unbound marker: a default such as `<unbound>` is text, not a literal.
    pub fn may_be_unbound(&self) -> bool {
        self.default.as_deref().is_some_and(|default| default.starts_with('<'))
    }
}

/// The parameters of `text` in slot order; `/` and a lone `*` have no slot. The error is a message.
pub fn parse(text: &str) -> Result<Vec<Param>, String> {
    let inner = text
        .strip_prefix('(')
        .and_then(|rest| rest.strip_suffix(')'))
        .ok_or("a signature is written in parentheses, like \"(self, value, /)\"")?;
    let mut order = Order::default();
    let mut params: Vec<Param> = Vec::new();
    for piece in split(inner)? {
        if piece == "/" {
            order.slash(params.len())?;
            continue;
        }
        if piece == "*" {
            order.star()?;
            continue;
        }
        let param = parameter(piece)?;
        order.parameter(&param)?;
        if params.iter().any(|other| other.name == param.name) {
            return Err(format!("duplicate parameter `{}`", param.name));
        }
        params.push(param);
    }
    if order.lone_star {
        return Err("a parameter must follow `*`".into());
    }
    Ok(params)
}

/// Splits at the commas that stand outside brackets and quotes.
fn split(inner: &str) -> Result<Vec<&str>, String> {
    let mut pieces = Vec::new();
    let mut open = Vec::new();
    let mut start = 0;
    let mut chars = inner.char_indices();
    while let Some((at, char)) = chars.next() {
        match char {
            '(' => open.push(')'),
            '[' => open.push(']'),
            '{' => open.push('}'),
            ')' | ']' | '}' if open.pop() != Some(char) => {
                return Err(format!("unbalanced `{char}`"));
            }
            '\'' | '"' => loop {
                match chars.next() {
                    Some((_, '\\')) => _ = chars.next(),
                    Some((_, end)) if end == char => break,
                    Some(_) => {}
                    None => return Err("a string in the signature does not end".into()),
                }
            },
            ',' if open.is_empty() => {
                pieces.push(inner[start..at].trim());
                start = at + 1;
            }
            _ => {}
        }
    }
    if let Some(bracket) = open.pop() {
        return Err(format!("a bracket is not closed: `{bracket}` is missing"));
    }
    let last = inner[start..].trim();
    if !last.is_empty() {
        pieces.push(last);
    }
    if pieces.iter().any(|piece| piece.is_empty()) {
        return Err("a parameter is missing beside a comma".into());
    }
    Ok(pieces)
}

fn parameter(piece: &str) -> Result<Param, String> {
    let (kind, rest) = if let Some(rest) = piece.strip_prefix("**") {
        (ParamKind::DoubleStar, rest)
    } else if let Some(rest) = piece.strip_prefix('*') {
        (ParamKind::Star, rest)
    } else {
        (ParamKind::Plain, piece)
    };
    let (name, default) = match rest.split_once('=') {
        Some((name, default)) => (name.trim_end(), Some(default.trim_start())),
        None => (rest, None),
    };
    if !is_identifier(name) {
        return Err(format!("`{name}` is not a parameter name"));
    }
    if default.is_some_and(str::is_empty) {
        return Err(format!("parameter `{name}` has an empty default"));
    }
    if kind != ParamKind::Plain && default.is_some() {
        return Err(format!("`{piece}` cannot have a default"));
    }
    Ok(Param { name: name.into(), kind, default: default.map(Into::into) })
}

fn is_identifier(name: &str) -> bool {
    let mut chars = name.chars();
    chars.next().is_some_and(|first| first == '_' || first.is_alphabetic())
        && chars.all(|char| char == '_' || char.is_alphanumeric())
}

/// Python's rules on which parameter may follow which.
#[derive(Default)]
struct Order {
    slash: bool,
    /// After `*` or `*name`: keyword-only.
    keyword: bool,
    /// The last piece was a `*` alone.
    lone_star: bool,
    double_star: bool,
    default: bool,
}

impl Order {
    fn slash(&mut self, before: usize) -> Result<(), String> {
        if self.slash || self.keyword || self.double_star || before == 0 {
            return Err("`/` stands once, after a parameter and before `*`".into());
        }
        self.slash = true;
        Ok(())
    }

    fn star(&mut self) -> Result<(), String> {
        if self.keyword || self.double_star {
            return Err("`*` stands once, before `**`".into());
        }
        self.keyword = true;
        self.lone_star = true;
        Ok(())
    }

    fn parameter(&mut self, param: &Param) -> Result<(), String> {
        if self.double_star {
            return Err(format!("`{}` follows the `**` parameter, which is the last", param.name));
        }
        match param.kind {
            ParamKind::Star => {
                self.star()?;
                self.lone_star = false;
            }
            ParamKind::DoubleStar => self.double_star = true,
            ParamKind::Plain => {
                self.lone_star = false;
                if !self.keyword && self.default && param.default.is_none() {
                    return Err(format!("`{}` has no default but follows a parameter that has one", param.name));
                }
                self.default |= param.default.is_some();
            }
        }
        Ok(())
    }
}
