//! Parsing: tokens of `quick_xml` become the events of expat. What is not complete yet waits for
//! the next piece.

use std::collections::HashMap;

use lockstep_interp::object::raise::value_error;
use lockstep_interp::{Guarded, Object, Py, Raised, Ref, Result, Value, Visitor};
use quick_xml::Reader;
use quick_xml::errors::{Error, IllFormedError, SyntaxError};
use quick_xml::events::Event;

use super::handlers::{Handlers, On};
use super::names::{self, Code, is_space};
use super::{content, declare, error};

/// A general entity.
#[derive(Clone, Debug)]
pub struct Entity {
    /// The replacement text of an internal one.
    pub value: Option<String>,
    pub system: Option<String>,
    pub public: Option<String>,
    pub notation: Option<String>,
    /// It is being replaced.
    pub open: bool,
}

/// A default that the document type gives an attribute.
#[derive(Clone, Debug)]
pub struct AttributeDefault {
    pub name: String,
    pub is_text: bool,
    pub value: Option<String>,
}

/// An element that is open.
pub struct Open {
    pub raw: String,
    pub name: Value,
    /// Prefixes that it declares.
    pub prefixes: Vec<Option<String>>,
}

/// Where the parser is in its input.
#[derive(Clone, Copy, Debug)]
pub struct Place {
    pub line: usize,
    pub column: usize,
    pub byte: i64,
}

/// The payload of a parser.
pub struct Parser {
    pub handlers: Handlers,
    /// Bytes that are not decoded yet, and text that is not parsed yet.
    pub bytes: Vec<u8>,
    pub text: String,
    /// The encoding that the caller gave.
    pub encoding: Option<String>,
    /// An incremental decoder, where the encoding is not UTF-8.
    pub decoder: Option<Value>,
    pub decided: bool,
    pub separator: Option<String>,
    pub stack: Vec<Open>,
    /// Prefixes and what they stand for, innermost last; none: no namespace.
    pub bindings: Vec<(Option<String>, Option<String>)>,
    pub entities: HashMap<String, Entity>,
    pub defaults: HashMap<String, Vec<AttributeDefault>>,
    /// Declarations that were not read may be missing: unknown entities are skipped.
    pub incomplete: bool,
    pub standalone: bool,
    pub seen_root: bool,
    pub seen_doctype: bool,
    /// A piece of content (an external entity) instead of a document.
    pub fragment: bool,
    pub finished: bool,
    pub running: bool,
    pub failed: Option<Code>,
    pub place: Place,
    pub error_place: Place,
    pub buffers: bool,
    pub buffer_size: usize,
    pub waiting: String,
    pub ordered: bool,
    pub specified: bool,
    pub prefixes: bool,
    /// What `SetReparseDeferralEnabled` said; what is complete is parsed at once in any case.
    pub deferral: bool,
    pub base: Option<Value>,
    pub intern: Value,
    /// Bytes of input, and bytes that entities were replaced by.
    pub direct: usize,
    pub indirect: usize,
}

impl Object for Parser {
    type Access = Guarded;
    const TRACKED: bool = true;
    fn trace(&self, visit: &mut Visitor<'_>) {
        self.handlers.trace(visit);
        visit.option(&self.decoder);
        visit.option(&self.base);
        visit.value(&self.intern);
        for open in &self.stack {
            visit.value(&open.name);
        }
    }
    fn clear(&mut self, out: &mut Vec<Value>) {
        self.handlers.clear(out);
        out.extend(self.decoder.take());
        out.extend(self.base.take());
        out.extend(self.stack.drain(..).map(|open| open.name));
        out.push(std::mem::replace(&mut self.intern, Value::NONE));
    }
}

/// Why parsing stops: an error of the document at a byte of the text, or one of a handler.
pub enum Stop {
    Document(Code, usize),
    Handler(Raised),
}

impl From<Raised> for Stop {
    fn from(raised: Raised) -> Stop {
        Stop::Handler(raised)
    }
}

/// What parsing a token gives.
pub type Step<T = ()> = std::result::Result<T, Stop>;

/// `parser.Parse(data, final)`.
pub fn feed(py: &mut Py, this: &Ref<Parser>, data: &[u8], last: bool) -> Result<()> {
    if this.get(py).running {
        return Err(value_error("the parser is being used by one of its handlers"));
    }
    if let Some(code) = this.get(py).failed {
        return Err(error::raise(py, this, code));
    }
    if this.get(py).finished {
        return Err(fail(py, this, names::FINISHED));
    }
    let parser = this.get_mut(py);
    parser.bytes.extend_from_slice(data);
    parser.direct += data.len();
    parser.place.byte = parser.place.byte.max(0);
    parser.running = true;
    let result = match super::decode::decode(py, this, last) {
        Ok(()) => run(py, this, last),
        // What came before the wrong bytes is parsed.
        Err(Stop::Document(code, _)) => run(py, this, false).and_then(|()| Err(Stop::Document(code, this.get(py).text.len()))),
        stop => stop,
    };
    this.get_mut(py).running = false;
    match result {
        Ok(()) => Ok(()),
        Err(Stop::Handler(raised)) => Err(raised),
        Err(Stop::Document(code, at)) => {
            advance(py, this, at);
            Err(fail(py, this, code))
        }
    }
}

fn fail(py: &mut Py, this: &Ref<Parser>, code: Code) -> Raised {
    let parser = this.get_mut(py);
    parser.failed = Some(code);
    parser.error_place = parser.place;
    error::raise(py, this, code)
}

/// The place moves over the first `bytes` of the text.
fn advance(py: &mut Py, this: &Ref<Parser>, bytes: usize) {
    let parser = this.get_mut(py);
    let text = std::mem::take(&mut parser.text);
    move_over(&mut parser.place, &text[..bytes.min(text.len())]);
    parser.text = text;
}

fn move_over(place: &mut Place, text: &str) {
    place.byte += text.len() as i64;
    let bytes = text.as_bytes();
    // A carriage return before a line feed belongs to it.
    let lines = bytes.iter().enumerate().filter(|(k, b)| **b == b'\n' || **b == b'\r' && bytes.get(k + 1) != Some(&b'\n'));
    match lines.clone().next_back() {
        Some((last, _)) => {
            place.line += lines.count();
            place.column = text[last + 1..].chars().count();
        }
        None => place.column += text.chars().count(),
    }
}

/// Parse what is complete of the text; `last`: nothing comes after it.
fn run(py: &mut Py, this: &Ref<Parser>, last: bool) -> Step {
    let text = std::mem::take(&mut this.get_mut(py).text);
    let mut done = 0;
    let result = tokens(py, this, &text, last, &mut done);
    let parser = this.get_mut(py);
    parser.text = text;
    parser.text.drain(..done);
    result?;
    if last {
        let parser = this.get_mut(py);
        if !parser.fragment && (!parser.seen_root || !parser.stack.is_empty()) {
            return Err(Stop::Document(names::NO_ELEMENTS, 0));
        }
        if parser.fragment && !parser.stack.is_empty() {
            return Err(Stop::Document(names::ASYNC_ENTITY, 0));
        }
        parser.finished = true;
    }
    content::flush(py, this)?;
    Ok(())
}

fn reader(text: &str) -> Reader<&[u8]> {
    let mut reader = Reader::from_str(text);
    let config = reader.config_mut();
    config.check_end_names = false;
    config.allow_unmatched_ends = true;
    reader
}

fn tokens(py: &mut Py, this: &Ref<Parser>, text: &str, last: bool, done: &mut usize) -> Step {
    let mut reader = reader(text);
    loop {
        let token = reader.read_event();
        let end = reader.buffer_position() as usize;
        let raw = &text[*done..end.max(*done)];
        match token {
            Ok(Event::Eof) => return Ok(()),
            // What a text ends with may belong to what comes.
            Ok(event @ Event::Text(_)) if end == text.len() && !last => {
                let raw = raw.trim_end_matches([']', '\r']);
                if !raw.is_empty() {
                    dispatch(py, this, &event, raw)?;
                    move_over(&mut this.get_mut(py).place, raw);
                    *done += raw.len();
                }
                return Ok(());
            }
            Ok(event) => {
                // An error of the document is where the token is, or in it.
                dispatch(py, this, &event, raw)?;
                move_over(&mut this.get_mut(py).place, raw);
                *done = end;
                if matches!(event, Event::Empty(_)) {
                    content::end(py, this, None)?;
                }
            }
            Err(error) => {
                let (code, at) = fault(&error, &text[*done..]);
                let waits = matches!(code, names::UNCLOSED_TOKEN | names::UNCLOSED_CDATA_SECTION);
                return if waits && !last { Ok(()) } else { Err(Stop::Document(code, at)) };
            }
        }
        py.check()?;
    }
}

/// What an error of the tokeniser is to expat, and where in the token.
fn fault(error: &Error, token: &str) -> (Code, usize) {
    match error {
        Error::Syntax(SyntaxError::UnclosedCData) => (names::UNCLOSED_CDATA_SECTION, token.len()),
        Error::Syntax(SyntaxError::InvalidBangMarkup) => {
            // What may yet become a comment or a section is not wrong.
            let begins = ["<!--", "<![CDATA[", "<!DOCTYPE"].iter().any(|word| word.starts_with(token));
            if begins { (names::UNCLOSED_TOKEN, 0) } else { (names::INVALID_TOKEN, 2.min(token.len())) }
        }
        Error::Syntax(_) => (names::UNCLOSED_TOKEN, 0),
        Error::IllFormed(IllFormedError::UnclosedReference) => {
            let number = token[1..].starts_with('#');
            let name = if number {
                token[1..].find(|c: char| c != '#' && !c.is_ascii_alphanumeric()).unwrap_or(token.len() - 1)
            } else {
                names::name_length(&token[1..])
            };
            if 1 + name == token.len() { (names::UNCLOSED_TOKEN, 0) } else { (names::INVALID_TOKEN, 1 + name) }
        }
        _ => (names::INVALID_TOKEN, 1.min(token.len())),
    }
}

fn dispatch(py: &mut Py, this: &Ref<Parser>, event: &Event<'_>, raw: &str) -> Step {
    let parser = this.get(py);
    let outside = parser.stack.is_empty() && !parser.fragment;
    if let Some(at) = raw.find(|c| !names::is_char(c)) {
        return Err(Stop::Document(names::INVALID_TOKEN, at));
    }
    match event {
        Event::Text(_) if outside => match raw.find(|c| !is_space(c)) {
            Some(at) => Err(Stop::Document(misplaced(parser), at)),
            None => content::default(py, this, raw),
        },
        Event::GeneralRef(_) | Event::CData(_) if outside => Err(Stop::Document(misplaced(parser), 0)),
        Event::Start(_) | Event::Empty(_) if outside && parser.seen_root => Err(Stop::Document(names::JUNK_AFTER_DOC_ELEMENT, 0)),
        Event::Text(_) => match raw.find("]]>") {
            Some(at) => Err(Stop::Document(names::INVALID_TOKEN, at + 2)),
            None => content::characters(py, this, raw),
        },
        Event::GeneralRef(_) => content::reference(py, this, &raw[1..raw.len() - 1]),
        Event::CData(_) => content::section(py, this, raw),
        Event::Start(_) => content::start(py, this, &raw[1..raw.len() - 1], Some(raw)),
        // Its end is told behind it.
        Event::Empty(_) => {
            let told = this.get(py).handlers.get(On::EndElement).is_some();
            content::start(py, this, &raw[1..raw.len() - 2], (!told).then_some(raw))
        }
        Event::End(_) => end_tag(py, this, raw),
        Event::Comment(_) => {
            let inside = &raw[4..raw.len() - 3];
            if let Some(at) = inside.find("--") {
                return Err(Stop::Document(names::INVALID_TOKEN, 4 + at + 2));
            }
            let inside = py.str(&newlines(inside));
            content::tell(py, this, On::Comment, vec![inside], raw)
        }
        Event::PI(_) => instruction(py, this, raw),
        Event::Decl(_) if this.get(py).place.byte > 0 => Err(Stop::Document(names::MISPLACED_XML_PI, 0)),
        Event::Decl(_) => declare::xml(py, this, raw),
        Event::DocType(_) if !outside || parser.seen_root || parser.seen_doctype => Err(Stop::Document(names::SYNTAX, 0)),
        Event::DocType(_) => declare::doctype(py, this, raw),
        Event::Eof => Ok(()),
    }
}

fn misplaced(parser: &Parser) -> Code {
    if parser.seen_root { names::JUNK_AFTER_DOC_ELEMENT } else { names::SYNTAX }
}

fn end_tag(py: &mut Py, this: &Ref<Parser>, raw: &str) -> Step {
    let name = raw[2..raw.len() - 1].trim_end_matches(is_space);
    if names::name_length(name) != name.len() {
        return Err(Stop::Document(names::INVALID_TOKEN, 2 + names::name_length(name)));
    }
    match this.get(py).stack.last() {
        Some(open) if open.raw == name => content::end(py, this, Some(raw)),
        Some(_) => Err(Stop::Document(names::TAG_MISMATCH, 2)),
        None if this.get(py).fragment => Err(Stop::Document(names::ASYNC_ENTITY, 0)),
        None => Err(Stop::Document(misplaced(this.get(py)), 0)),
    }
}

fn instruction(py: &mut Py, this: &Ref<Parser>, raw: &str) -> Step {
    let inside = &raw[2..raw.len() - 2];
    let length = names::name_length(inside);
    let data = &inside[length..];
    if length == 0 || !data.is_empty() && !data.starts_with(is_space) {
        return Err(Stop::Document(names::INVALID_TOKEN, 2 + length));
    }
    if inside[..length].eq_ignore_ascii_case("xml") {
        return Err(Stop::Document(names::MISPLACED_XML_PI, 0));
    }
    let data = newlines(data.trim_start_matches(is_space));
    let args = vec![intern(py, this, &inside[..length]), py.str(&data)];
    content::tell(py, this, On::ProcessingInstruction, args, raw)
}

/// Parse the replacement text of an entity where it is referred to.
pub fn replacement(py: &mut Py, this: &Ref<Parser>, text: &str) -> Step {
    py.native_stack()?;
    let depth = this.get(py).stack.len();
    let mut reader = reader(text);
    let mut done = 0;
    loop {
        let token = reader.read_event();
        let end = reader.buffer_position() as usize;
        // What is wrong in it is shown where the reference is.
        let result = match token {
            Ok(Event::Eof) => break,
            Ok(Event::DocType(_) | Event::Decl(_)) => Err(Stop::Document(names::SYNTAX, 0)),
            Ok(event) => dispatch(py, this, &event, &text[done..end])
                .and_then(|()| if matches!(event, Event::Empty(_)) { content::end(py, this, None) } else { Ok(()) }),
            Err(error) => Err(Stop::Document(fault(&error, &text[done..]).0, 0)),
        };
        result.map_err(|stop| if let Stop::Document(code, _) = stop { Stop::Document(code, 0) } else { stop })?;
        if this.get(py).stack.len() < depth {
            return Err(Stop::Document(names::ASYNC_ENTITY, 0));
        }
        done = end;
    }
    if this.get(py).stack.len() == depth { Ok(()) } else { Err(Stop::Document(names::ASYNC_ENTITY, 0)) }
}

/// The text with its line ends as line feeds.
pub fn newlines(text: &str) -> String {
    if text.contains('\r') { text.replace("\r\n", "\n").replace('\r', "\n") } else { text.to_owned() }
}

/// The one string for a name, from the parser's `intern`.
pub fn intern(py: &mut Py, this: &Ref<Parser>, name: &str) -> Value {
    let known = this.get(py).intern.clone();
    let name = py.str(name);
    let Some(known) = known.downcast::<lockstep_interp::types::dict::Dict>() else { return name };
    match py.getitem(known.as_value(), &name) {
        Ok(value) => value,
        Err(_) => {
            // A dict of strings takes a string.
            drop(py.setitem(known.as_value(), &name, name.clone()));
            name
        }
    }
}
