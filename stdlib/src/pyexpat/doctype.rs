//! The document type declaration: its external identifier and the declarations of the internal
//! subset, as plain data.

use super::names::{self, Code, INVALID_TOKEN, SYNTAX, is_space};

/// System and public identifier.
pub type Identifier = (Option<String>, Option<String>);

/// A content model: kind, quantifier, name, parts.
#[derive(Clone, Debug, PartialEq)]
pub struct Model {
    pub kind: i32,
    pub quant: i32,
    pub name: Option<String>,
    pub parts: Vec<Model>,
}

/// What a subset declares.
#[derive(Clone, Debug, PartialEq)]
pub enum Declaration {
    Entity {
        name: String,
        parameter: bool,
        value: Option<String>,
        id: Identifier,
        notation: Option<String>,
    },
    Element {
        name: String,
        model: Model,
    },
    Attribute {
        element: String,
        name: String,
        kind: String,
        default: Option<String>,
        required: bool,
    },
    Notation {
        name: String,
        id: Identifier,
    },
    Comment(String),
    Instruction(String, String),
    /// `%name;`
    Reference,
}

/// A document type declaration.
#[derive(Debug, Default)]
pub struct Doctype {
    pub name: String,
    pub id: Identifier,
    pub has_subset: bool,
    pub declarations: Vec<Declaration>,
}

/// An error at a byte of the text.
pub type Fault = (Code, usize);
type Parsed<T> = Result<T, Fault>;

struct Scanner<'t> {
    text: &'t str,
    at: usize,
}

/// Reads `<!DOCTYPE ...>`.
pub fn parse(text: &str) -> Parsed<Doctype> {
    let mut s = Scanner { text, at: "<!DOCTYPE".len() };
    s.space()?;
    let mut out = Doctype { name: s.name()?, ..Doctype::default() };
    s.skip();
    if s.rest().starts_with(['S', 'P']) {
        out.id = s.identifier(false)?;
        s.skip();
    }
    if s.eat("[") {
        out.has_subset = true;
        loop {
            s.skip();
            if s.eat("]") {
                break;
            }
            s.declaration(&mut out.declarations)?;
        }
        s.skip();
    }
    if s.rest() == ">" { Ok(out) } else { Err(s.fault()) }
}

impl<'t> Scanner<'t> {
    fn rest(&self) -> &'t str {
        &self.text[self.at..]
    }
    fn fault(&self) -> Fault {
        (if self.at < self.text.len() { INVALID_TOKEN } else { SYNTAX }, self.at)
    }
    fn skip(&mut self) {
        self.at += self.rest().find(|c| !is_space(c)).unwrap_or(self.rest().len());
    }
    fn space(&mut self) -> Parsed<()> {
        let before = self.at;
        self.skip();
        if self.at > before { Ok(()) } else { Err(self.fault()) }
    }
    fn eat(&mut self, word: &str) -> bool {
        let there = self.rest().starts_with(word);
        if there {
            self.at += word.len();
        }
        there
    }
    fn expect(&mut self, word: &str) -> Parsed<()> {
        if self.eat(word) { Ok(()) } else { Err(self.fault()) }
    }
    fn name(&mut self) -> Parsed<String> {
        let length = names::name_length(self.rest());
        if length == 0 {
            return Err(self.fault());
        }
        let name = self.rest()[..length].to_owned();
        self.at += length;
        Ok(name)
    }
    /// A name token: it may begin with a digit.
    fn token(&mut self) -> Parsed<String> {
        let length = self.rest().find(|c| is_space(c) || "|),>".contains(c)).unwrap_or(0);
        if length == 0 {
            return Err(self.fault());
        }
        let token = self.rest()[..length].to_owned();
        self.at += length;
        Ok(token)
    }
    fn quoted(&mut self) -> Parsed<&'t str> {
        let Some(quote) = self.rest().chars().next().filter(|c| matches!(c, '"' | '\'')) else { return Err(self.fault()) };
        let inside = &self.rest()[1..];
        let Some(length) = inside.find(quote) else { return Err(self.fault()) };
        self.at += length + 2;
        Ok(&inside[..length])
    }
    /// `SYSTEM "s"` or `PUBLIC "p" "s"`; of a notation the system identifier may be missing.
    fn identifier(&mut self, notation: bool) -> Parsed<Identifier> {
        if self.eat("SYSTEM") {
            self.space()?;
            return Ok((Some(self.quoted()?.to_owned()), None));
        }
        self.expect("PUBLIC")?;
        self.space()?;
        let public = self.quoted()?.split(is_space).filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" ");
        self.skip();
        if notation && self.rest().starts_with('>') {
            return Ok((None, Some(public)));
        }
        Ok((Some(self.quoted()?.to_owned()), Some(public)))
    }

    fn declaration(&mut self, out: &mut Vec<Declaration>) -> Parsed<()> {
        if self.eat("<!--") {
            let Some(length) = self.rest().find("-->") else { return Err(self.fault()) };
            out.push(Declaration::Comment(self.rest()[..length].to_owned()));
            self.at += length + 3;
            return Ok(());
        }
        if self.eat("<?") {
            let target = self.name()?;
            let Some(length) = self.rest().find("?>") else { return Err(self.fault()) };
            out.push(Declaration::Instruction(target, self.rest()[..length].trim_start_matches(is_space).to_owned()));
            self.at += length + 2;
            return Ok(());
        }
        if self.eat("%") {
            self.name()?;
            self.expect(";")?;
            out.push(Declaration::Reference);
            return Ok(());
        }
        if self.eat("<!ENTITY") {
            out.push(self.entity()?);
        } else if self.eat("<!ELEMENT") {
            self.space()?;
            let name = self.name()?;
            self.space()?;
            out.push(Declaration::Element { name, model: self.model()? });
        } else if self.eat("<!ATTLIST") {
            return self.attributes(out);
        } else if self.eat("<!NOTATION") {
            self.space()?;
            let name = self.name()?;
            self.space()?;
            out.push(Declaration::Notation { name, id: self.identifier(true)? });
        } else {
            return Err((SYNTAX, self.at));
        }
        self.skip();
        self.expect(">")
    }

    fn entity(&mut self) -> Parsed<Declaration> {
        self.space()?;
        let parameter = self.eat("%");
        if parameter {
            self.space()?;
        }
        let name = self.name()?;
        self.space()?;
        if self.rest().starts_with(['"', '\'']) {
            let at = self.at + 1;
            let value = literal(self.quoted()?).map_err(|code| (code, at))?;
            return Ok(Declaration::Entity { name, parameter, value: Some(value), id: (None, None), notation: None });
        }
        let id = self.identifier(false)?;
        self.skip();
        let mut notation = None;
        if self.eat("NDATA") {
            self.space()?;
            notation = Some(self.name()?);
        }
        Ok(Declaration::Entity { name, parameter, value: None, id, notation })
    }

    fn quant(&mut self) -> i32 {
        match () {
            () if self.eat("?") => 1,
            () if self.eat("*") => 2,
            () if self.eat("+") => 3,
            () => 0,
        }
    }

    fn model(&mut self) -> Parsed<Model> {
        let plain = |kind| Model { kind, quant: 0, name: None, parts: Vec::new() };
        if self.eat("EMPTY") {
            return Ok(plain(1));
        }
        if self.eat("ANY") {
            return Ok(plain(2));
        }
        self.expect("(")?;
        self.group(0)
    }

    /// A group behind its parenthesis.
    fn group(&mut self, depth: usize) -> Parsed<Model> {
        if depth > 500 {
            return Err(self.fault());
        }
        let mut out = Model { kind: 6, quant: 0, name: None, parts: Vec::new() };
        let mut separator = None;
        self.skip();
        if self.eat("#PCDATA") {
            out.kind = 3;
        } else {
            out.parts.push(self.particle(depth)?);
        }
        loop {
            self.skip();
            if self.eat(")") {
                break;
            }
            let sign = self.rest().chars().next().filter(|c| matches!(c, '|' | ','));
            if sign.is_none() || separator.is_some_and(|s| Some(s) != sign) {
                return Err(self.fault());
            }
            separator = sign;
            self.at += 1;
            self.skip();
            out.parts.push(self.particle(depth)?);
        }
        if separator == Some('|') && out.kind == 6 {
            out.kind = 5;
        }
        out.quant = self.quant();
        Ok(out)
    }

    fn particle(&mut self, depth: usize) -> Parsed<Model> {
        if self.eat("(") {
            return self.group(depth + 1);
        }
        let name = Some(self.name()?);
        Ok(Model { kind: 4, quant: self.quant(), name, parts: Vec::new() })
    }

    fn attributes(&mut self, out: &mut Vec<Declaration>) -> Parsed<()> {
        self.space()?;
        let element = self.name()?;
        loop {
            self.skip();
            if self.eat(">") {
                return Ok(());
            }
            let name = self.name()?;
            self.space()?;
            let mut kind = if self.rest().starts_with('(') { String::new() } else { self.name()? };
            self.skip();
            if self.eat("(") {
                let mut values = Vec::new();
                loop {
                    self.skip();
                    values.push(self.token()?);
                    self.skip();
                    if self.eat(")") {
                        break;
                    }
                    self.expect("|")?;
                }
                kind = format!("{kind}({})", values.join("|"));
            }
            self.skip();
            let (mut default, mut required) = (None, false);
            if self.eat("#REQUIRED") {
                required = true;
            } else if !self.eat("#IMPLIED") {
                required = self.eat("#FIXED");
                self.skip();
                let at = self.at + 1;
                default = Some(literal(self.quoted()?).map_err(|code| (code, at))?);
            }
            out.push(Declaration::Attribute { element: element.clone(), name, kind, default, required });
        }
    }
}

/// The replacement text of a literal: references to characters are replaced, others kept.
fn literal(text: &str) -> Result<String, Code> {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find("&#") {
        out.push_str(&rest[..at]);
        let end = rest[at..].find(';').ok_or(INVALID_TOKEN)? + at;
        let c = names::character(&rest[at + 1..end]).ok_or(names::BAD_CHAR_REF)?;
        // What would be markup stays a reference, so that it is text when it is looked at again.
        match c {
            '&' | '<' => out.push_str(&format!("&#{};", c as u32)),
            c => out.push(c),
        }
        rest = &rest[end + 1..];
    }
    out.push_str(rest);
    Ok(out)
}
