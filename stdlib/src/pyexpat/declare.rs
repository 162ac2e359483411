//! What comes before the root: the XML declaration and the document type.

use lockstep_interp::{Py, Ref, Value};

use super::content::{call, default, optional, tell};
use super::doctype::{self, Declaration, Model};
use super::handlers::On;
use super::names::{self, is_space};
use super::parser::{AttributeDefault, Entity, Parser, Step, Stop, intern, newlines};

/// The parts of `<?xml version="1.0" encoding="..." standalone="..."?>`.
pub fn parts(raw: &str) -> Option<(String, Option<String>, Option<bool>)> {
    let mut rest = raw.strip_prefix("<?xml")?.strip_suffix("?>")?;
    let mut found: Vec<(String, String)> = Vec::new();
    loop {
        let trimmed = rest.trim_start_matches(is_space);
        if trimmed.is_empty() {
            break;
        }
        if trimmed.len() == rest.len() {
            return None;
        }
        let (name, value) = trimmed.split_once('=')?;
        let value = value.trim_start_matches(is_space);
        let quote = value.chars().next().filter(|c| matches!(c, '"' | '\''))?;
        let (value, after) = value[1..].split_once(quote)?;
        found.push((name.trim_end_matches(is_space).to_owned(), value.to_owned()));
        rest = after;
    }
    let mut found = found.into_iter().peekable();
    let (_, version) = found.next_if(|(name, _)| name == "version")?;
    let encoding = found.next_if(|(name, _)| name == "encoding").map(|(_, value)| value);
    let standalone = match found.next_if(|(name, _)| name == "standalone").as_ref().map(|(_, value)| value.as_str()) {
        Some("yes") => Some(true),
        Some("no") => Some(false),
        Some(_) => return None,
        None => None,
    };
    found.next().is_none().then_some((version, encoding, standalone))
}

/// `<?xml ...?>`
pub fn xml(py: &mut Py, this: &Ref<Parser>, raw: &str) -> Step {
    let Some((version, encoding, standalone)) = parts(raw) else { return Err(Stop::Document(names::XML_DECL, 0)) };
    this.get_mut(py).standalone = standalone == Some(true);
    let args = vec![py.str(&version), optional(py, encoding.as_deref()), Value::int32(standalone.map_or(-1, i32::from))];
    tell(py, this, On::XmlDecl, args, raw)
}

/// `<!DOCTYPE ...>`
pub fn doctype(py: &mut Py, this: &Ref<Parser>, raw: &str) -> Step {
    let parsed = doctype::parse(&newlines(raw)).map_err(|(code, at)| Stop::Document(code, at))?;
    let external = parsed.id.0.is_some();
    let parser = this.get_mut(py);
    parser.seen_doctype = true;
    parser.incomplete |= external;
    if external {
        not_standalone(py, this)?;
    }
    let (system, public) = (optional(py, parsed.id.0.as_deref()), optional(py, parsed.id.1.as_deref()));
    let args = [intern(py, this, &parsed.name), system, public, Value::int32(parsed.has_subset.into())];
    let told = call(py, this, On::StartDoctypeDecl, &args)?.is_some();
    for declaration in parsed.declarations {
        declare(py, this, declaration)?;
    }
    if call(py, this, On::EndDoctypeDecl, &[])?.is_some() || told {
        return Ok(());
    }
    pieces(raw).into_iter().try_for_each(|piece| default(py, this, piece))
}

/// The document stands on declarations that are elsewhere: the handler may refuse that.
fn not_standalone(py: &mut Py, this: &Ref<Parser>) -> Step {
    if !this.get(py).standalone
        && let Some(answer) = call(py, this, On::NotStandalone, &[])?
        && !py.truth(&answer)?
    {
        return Err(Stop::Document(names::NOT_STANDALONE, 0));
    }
    Ok(())
}

/// The tokens of a declaration: white space, strings, words, signs.
fn pieces(raw: &str) -> Vec<&str> {
    let mut out = Vec::new();
    let mut rest = raw;
    while let Some(first) = rest.chars().next() {
        let length = match first {
            c if is_space(c) => rest.find(|c| !is_space(c)),
            quote @ ('"' | '\'') => rest[1..].find(quote).map(|at| at + 2),
            '<' => rest.find(is_space),
            c if c.is_alphanumeric() || c == '_' => rest.find(|c| is_space(c) || "<>[]()\"'".contains(c)),
            c => Some(c.len_utf8()),
        };
        let (piece, after) = rest.split_at(length.unwrap_or(rest.len()));
        out.push(piece);
        rest = after;
    }
    out
}

fn declare(py: &mut Py, this: &Ref<Parser>, declaration: Declaration) -> Step {
    let base = this.get(py).base.clone().unwrap_or(Value::NONE);
    match declaration {
        Declaration::Entity { name, parameter, value, id, notation } => {
            let strings = [value.as_deref(), id.0.as_deref(), id.1.as_deref(), notation.as_deref()].map(|s| optional(py, s));
            let [text, system, public, data] = strings;
            let shown = intern(py, this, &name);
            let unparsed = notation.is_some() && this.get(py).handlers.get(On::UnparsedEntityDecl).is_some();
            if !parameter {
                let entity = Entity { value, system: id.0, public: id.1, notation, open: false };
                // The first declaration counts.
                this.get_mut(py).entities.entry(name).or_insert(entity);
            }
            if unparsed {
                return call(py, this, On::UnparsedEntityDecl, &[shown, base, system, public, data]).map(drop);
            }
            let args = [shown, Value::int32(parameter.into()), text, base, system, public, data];
            call(py, this, On::EntityDecl, &args).map(drop)
        }
        Declaration::Element { name, model } => {
            let args = [intern(py, this, &name), shape(py, this, &model)];
            call(py, this, On::ElementDecl, &args).map(drop)
        }
        Declaration::Attribute { element, name, kind, default, required } => {
            let args = [
                intern(py, this, &element),
                intern(py, this, &name),
                intern(py, this, &kind),
                optional(py, default.as_deref()),
                Value::int32(required.into()),
            ];
            let row = this.get_mut(py).defaults.entry(element).or_default();
            if !row.iter().any(|known| known.name == name) {
                row.push(AttributeDefault { name, is_text: kind == "CDATA", value: default });
            }
            call(py, this, On::AttlistDecl, &args).map(drop)
        }
        Declaration::Notation { name, id } => {
            let args = [intern(py, this, &name), base, optional(py, id.0.as_deref()), optional(py, id.1.as_deref())];
            call(py, this, On::NotationDecl, &args).map(drop)
        }
        Declaration::Comment(text) => {
            let args = [py.str(&text)];
            call(py, this, On::Comment, &args).map(drop)
        }
        Declaration::Instruction(target, data) => {
            let args = [intern(py, this, &target), py.str(&data)];
            call(py, this, On::ProcessingInstruction, &args).map(drop)
        }
        // Parameter entities are never read, so what they declare is not known.
        Declaration::Reference => {
            this.get_mut(py).incomplete = true;
            not_standalone(py, this)
        }
    }
}

/// A content model as handlers get it: (type, quantifier, name, parts).
fn shape(py: &mut Py, this: &Ref<Parser>, model: &Model) -> Value {
    let parts = model.parts.iter().map(|part| shape(py, this, part)).collect();
    let parts = py.tuple(parts);
    let name = match &model.name {
        Some(name) => intern(py, this, name),
        None => Value::NONE,
    };
    py.tuple(vec![Value::int32(model.kind), Value::int32(model.quant), name, parts])
}
