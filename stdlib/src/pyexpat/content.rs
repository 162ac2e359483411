//! Content: elements with their attributes and namespaces, text, references.

use lockstep_interp::types::dict::Dict;
use lockstep_interp::{Py, Ref, Value};

use super::handlers::On;
use super::names::{self, is_space};
use super::parser::{Open, Parser, Step, Stop, intern, newlines, replacement};

const XML: &str = "http://www.w3.org/XML/1998/namespace";
/// Bytes that entities may give before their growth is looked at, and the growth that is too much.
const HARMLESS: usize = 8 * 1024 * 1024;
const GROWTH: usize = 100;

/// Call a handler; without one the default handler gets the text of the document.
pub fn tell(py: &mut Py, this: &Ref<Parser>, on: On, args: Vec<Value>, raw: &str) -> Step {
    if this.get(py).handlers.get(on).is_none() {
        return default(py, this, raw);
    }
    call(py, this, on, &args).map(drop)
}

/// Call a handler, if there is one, with the text so far handed over first.
pub fn call(py: &mut Py, this: &Ref<Parser>, on: On, args: &[Value]) -> Step<Option<Value>> {
    if this.get(py).handlers.get(on).is_none() {
        return Ok(None);
    }
    flush(py, this)?;
    match this.get(py).handlers.get(on).cloned() {
        Some(handler) => Ok(Some(py.call(&handler, args)?)),
        None => Ok(None),
    }
}

/// The default handlers.
pub fn default(py: &mut Py, this: &Ref<Parser>, raw: &str) -> Step {
    for on in [On::Default, On::DefaultExpand] {
        if this.get(py).handlers.get(on).is_some() {
            let text = py.str(raw);
            return call(py, this, on, &[text]).map(drop);
        }
    }
    Ok(())
}

/// Hand over the text that was kept back.
pub fn flush(py: &mut Py, this: &Ref<Parser>) -> Step {
    if this.get(py).waiting.is_empty() {
        return Ok(());
    }
    let text = std::mem::take(&mut this.get_mut(py).waiting);
    if let Some(handler) = this.get(py).handlers.get(On::CharacterData).cloned() {
        let text = py.str(&text);
        py.call(&handler, &[text])?;
    }
    Ok(())
}

/// Text of an element, as it stands in the document.
pub fn characters(py: &mut Py, this: &Ref<Parser>, raw: &str) -> Step {
    if this.get(py).handlers.get(On::CharacterData).is_none() {
        return lines(raw).into_iter().try_for_each(|piece| default(py, this, piece));
    }
    // Each line end is a piece of its own.
    let text = newlines(raw);
    for piece in text.split_inclusive('\n') {
        let line = piece.trim_end_matches('\n');
        if !line.is_empty() {
            data(py, this, line)?;
        }
        if line.len() < piece.len() {
            data(py, this, "\n")?;
        }
    }
    Ok(())
}

/// The lines of a text, and between them their ends.
fn lines(raw: &str) -> Vec<&str> {
    let mut out = Vec::new();
    let mut rest = raw;
    while !rest.is_empty() {
        let length = match rest.find(['\r', '\n']) {
            Some(0) if rest.starts_with("\r\n") => 2,
            Some(0) => 1,
            Some(at) => at,
            None => rest.len(),
        };
        let (piece, after) = rest.split_at(length);
        out.push(piece);
        rest = after;
    }
    out
}

fn data(py: &mut Py, this: &Ref<Parser>, text: &str) -> Step {
    let parser = this.get(py);
    if parser.buffers && text.len() <= parser.buffer_size {
        if parser.waiting.len() + text.len() > parser.buffer_size {
            flush(py, this)?;
        }
        this.get_mut(py).waiting.push_str(text);
        return Ok(());
    }
    let text = py.str(text);
    call(py, this, On::CharacterData, &[text]).map(drop)
}

/// `<![CDATA[...]]>`
pub fn section(py: &mut Py, this: &Ref<Parser>, raw: &str) -> Step {
    tell(py, this, On::StartCdataSection, Vec::new(), &raw[..9])?;
    let inside = &raw[9..raw.len() - 3];
    if !inside.is_empty() {
        characters(py, this, inside)?;
    }
    tell(py, this, On::EndCdataSection, Vec::new(), "]]>")
}

/// `&name;` in content.
pub fn reference(py: &mut Py, this: &Ref<Parser>, name: &str) -> Step {
    let raw = format!("&{name};");
    let plain = if name.starts_with('#') {
        Some(names::character(name).ok_or(Stop::Document(names::BAD_CHAR_REF, 0))?)
    } else {
        names::predefined(name)
    };
    if let Some(c) = plain {
        if this.get(py).handlers.get(On::CharacterData).is_none() {
            return default(py, this, &raw);
        }
        return data(py, this, c.encode_utf8(&mut [0; 4]));
    }
    if names::name_length(name) != name.len() || name.is_empty() {
        return Err(Stop::Document(names::INVALID_TOKEN, 1 + names::name_length(name)));
    }
    let Some(entity) = this.get(py).entities.get(name).cloned() else {
        if !this.get(py).incomplete || this.get(py).standalone {
            return Err(Stop::Document(names::UNDEFINED_ENTITY, 0));
        }
        return skipped(py, this, name, &raw);
    };
    if entity.open {
        return Err(Stop::Document(names::RECURSIVE_ENTITY_REF, 0));
    }
    if entity.notation.is_some() {
        return Err(Stop::Document(names::BINARY_ENTITY_REF, 0));
    }
    if let Some(text) = entity.value {
        if this.get(py).handlers.get(On::Default).is_some() {
            return skipped(py, this, name, &raw);
        }
        grow(py, this, text.len())?;
        mark(py, this, name, true);
        let result = replacement(py, this, &text);
        mark(py, this, name, false);
        return result;
    }
    if this.get(py).handlers.get(On::ExternalEntityRef).is_none() {
        return skipped(py, this, name, &raw);
    }
    let base = this.get(py).base.clone().unwrap_or(Value::NONE);
    let args = [intern(py, this, name), base, optional(py, entity.system.as_deref()), optional(py, entity.public.as_deref())];
    let answer = call(py, this, On::ExternalEntityRef, &args)?.unwrap_or(Value::NONE);
    if py.truth(&answer)? { Ok(()) } else { Err(Stop::Document(names::EXTERNAL_ENTITY_HANDLING, 0)) }
}

fn skipped(py: &mut Py, this: &Ref<Parser>, name: &str, raw: &str) -> Step {
    let args = vec![intern(py, this, name), Value::int32(0)];
    tell(py, this, On::SkippedEntity, args, raw)
}

fn mark(py: &mut Py, this: &Ref<Parser>, name: &str, open: bool) {
    if let Some(entity) = this.get_mut(py).entities.get_mut(name) {
        entity.open = open;
    }
}

/// Entities may not make much out of little.
fn grow(py: &mut Py, this: &Ref<Parser>, bytes: usize) -> Step {
    let parser = this.get_mut(py);
    parser.indirect += bytes;
    let total = parser.direct + parser.indirect;
    if total > HARMLESS && total / parser.direct.max(1) > GROWTH {
        return Err(Stop::Document(names::AMPLIFICATION, 0));
    }
    Ok(())
}

/// A string or None.
pub fn optional(py: &mut Py, text: Option<&str>) -> Value {
    text.map_or(Value::NONE, |text| py.str(text))
}

/// The value of an attribute: references replaced, white space made spaces.
fn value(py: &mut Py, this: &Ref<Parser>, raw: &str, at: usize, out: &mut String) -> Step {
    let mut rest = raw;
    while let Some(next) = rest.find(['&', '<', '\t', '\n', '\r']) {
        out.push_str(&rest[..next]);
        let here = at + raw.len() - rest.len() + next;
        rest = &rest[next..];
        if rest.starts_with('<') {
            return Err(Stop::Document(names::INVALID_TOKEN, here));
        }
        if !rest.starts_with('&') {
            rest = rest.strip_prefix("\r\n").unwrap_or(&rest[1..]);
            out.push(' ');
            continue;
        }
        let Some(end) = rest.find(';') else { return Err(Stop::Document(names::INVALID_TOKEN, here)) };
        let name = &rest[1..end];
        rest = &rest[end + 1..];
        if name.starts_with('#') {
            out.push(names::character(name).ok_or(Stop::Document(names::BAD_CHAR_REF, here))?);
            continue;
        }
        if let Some(c) = names::predefined(name) {
            out.push(c);
            continue;
        }
        if name.is_empty() || names::name_length(name) != name.len() {
            return Err(Stop::Document(names::INVALID_TOKEN, here));
        }
        match this.get(py).entities.get(name).cloned() {
            None if this.get(py).incomplete && !this.get(py).standalone => {}
            None => return Err(Stop::Document(names::UNDEFINED_ENTITY, here)),
            Some(entity) if entity.open => return Err(Stop::Document(names::RECURSIVE_ENTITY_REF, here)),
            Some(entity) if entity.notation.is_some() => return Err(Stop::Document(names::BINARY_ENTITY_REF, here)),
            Some(entity) => {
                let Some(text) = entity.value else {
                    return Err(Stop::Document(names::ATTRIBUTE_EXTERNAL_ENTITY_REF, here));
                };
                py.native_stack()?;
                grow(py, this, text.len())?;
                mark(py, this, name, true);
                let result = value(py, this, &text, 0, out);
                mark(py, this, name, false);
                result.map_err(|stop| if let Stop::Document(code, _) = stop { Stop::Document(code, here) } else { stop })?;
            }
        }
    }
    out.push_str(rest);
    Ok(())
}

/// The attributes of a tag: names and values, and how many are the document's own.
fn attributes(py: &mut Py, this: &Ref<Parser>, element: &str, tag: &str) -> Step<Vec<(String, String)>> {
    let mut out: Vec<(String, String)> = Vec::new();
    let defaults = this.get(py).defaults.get(element).cloned().unwrap_or_default();
    let mut at = element.len();
    loop {
        let gap = tag[at..].find(|c| !is_space(c)).unwrap_or(tag.len() - at);
        if at + gap == tag.len() {
            break;
        }
        if gap == 0 {
            return Err(Stop::Document(names::INVALID_TOKEN, 1 + at));
        }
        at += gap;
        let begin = at;
        let length = names::name_length(&tag[at..]);
        let name = &tag[at..at + length];
        at += length;
        let bad = |at: usize| Stop::Document(names::INVALID_TOKEN, 1 + at);
        if length == 0 {
            return Err(bad(at));
        }
        at += tag[at..].find(|c| !is_space(c)).unwrap_or(0);
        if !tag[at..].starts_with('=') {
            return Err(bad(at));
        }
        at += 1;
        at += tag[at..].find(|c| !is_space(c)).unwrap_or(0);
        let Some(quote) = tag[at..].chars().next().filter(|c| matches!(c, '"' | '\'')) else { return Err(bad(at)) };
        let Some(length) = tag[at + 1..].find(quote) else { return Err(bad(at)) };
        let mut text = String::new();
        value(py, this, &tag[at + 1..at + 1 + length], at + 2, &mut text)?;
        at += length + 2;
        if out.iter().any(|(known, _)| known == name) {
            return Err(Stop::Document(names::DUPLICATE_ATTRIBUTE, 1 + begin));
        }
        if defaults.iter().any(|d| d.name == name && !d.is_text) {
            text = text.split(' ').filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" ");
        }
        out.push((name.to_owned(), text));
    }
    if !this.get(py).specified {
        for default in defaults {
            if let Some(raw) = default.value
                && !out.iter().any(|(known, _)| *known == default.name)
            {
                let mut text = String::new();
                value(py, this, &raw, 0, &mut text)?;
                out.push((default.name, text));
            }
        }
    }
    Ok(out)
}

/// What a prefix stands for.
fn binding(parser: &Parser, prefix: Option<&str>) -> Option<Option<String>> {
    if prefix == Some("xml") {
        return Some(Some(XML.to_owned()));
    }
    parser.bindings.iter().rev().find(|(known, _)| known.as_deref() == prefix).map(|(_, uri)| uri.clone())
}

/// A name as handlers get it: with its namespace, where they are processed.
fn expanded(parser: &Parser, name: &str, is_element: bool) -> Step<String> {
    let Some(separator) = &parser.separator else { return Ok(name.to_owned()) };
    let (prefix, local) = match name.split_once(':') {
        Some((prefix, local)) => (Some(prefix), local),
        None if is_element => (None, name),
        None => return Ok(name.to_owned()),
    };
    match binding(parser, prefix) {
        None if prefix.is_some() => Err(Stop::Document(names::UNBOUND_PREFIX, 0)),
        None | Some(None) => Ok(name.to_owned()),
        Some(Some(uri)) => match prefix {
            Some(prefix) if parser.prefixes => Ok(format!("{uri}{separator}{local}{separator}{prefix}")),
            _ => Ok(format!("{uri}{separator}{local}")),
        },
    }
}

/// Take the declarations of namespaces out of a tag's attributes.
fn namespaces(py: &mut Py, this: &Ref<Parser>, attributes: &mut Vec<(String, String)>) -> Step<Vec<Option<String>>> {
    let mut prefixes = Vec::new();
    if this.get(py).separator.is_none() {
        return Ok(prefixes);
    }
    let mut rest = Vec::new();
    for (name, uri) in attributes.drain(..) {
        let prefix = match name.strip_prefix("xmlns") {
            Some("") => None,
            Some(prefix) if prefix.starts_with(':') => Some(prefix[1..].to_owned()),
            _ => {
                rest.push((name, uri));
                continue;
            }
        };
        let wrong = match prefix.as_deref() {
            Some("xmlns") => Some(names::RESERVED_PREFIX_XMLNS),
            Some("xml") if uri != XML => Some(names::RESERVED_PREFIX_XML),
            Some(_) if uri.is_empty() => Some(names::UNDECLARING_PREFIX),
            _ => None,
        };
        if let Some(code) = wrong {
            return Err(Stop::Document(code, 0));
        }
        let bound = Some(uri.clone()).filter(|uri| !uri.is_empty());
        let args = [optional(py, prefix.as_deref()), optional(py, bound.as_deref())];
        this.get_mut(py).bindings.push((prefix.clone(), bound));
        call(py, this, On::StartNamespaceDecl, &args)?;
        prefixes.push(prefix);
    }
    *attributes = rest;
    Ok(prefixes)
}

/// A start tag, without its brackets; `raw`: what the default handler gets if nobody wants it.
pub fn start(py: &mut Py, this: &Ref<Parser>, tag: &str, raw: Option<&str>) -> Step {
    let length = names::name_length(tag);
    if length == 0 {
        return Err(Stop::Document(names::INVALID_TOKEN, 1));
    }
    let raw_name = &tag[..length];
    let mut attributes = attributes(py, this, raw_name, tag)?;
    let prefixes = namespaces(py, this, &mut attributes)?;
    let name = expanded(this.get(py), raw_name, true)?;
    let name = intern(py, this, &name);
    let mut row = Vec::with_capacity(2 * attributes.len());
    let mut seen: Vec<String> = Vec::with_capacity(attributes.len());
    for (key, text) in attributes {
        let key = expanded(this.get(py), &key, false)?;
        if seen.contains(&key) {
            return Err(Stop::Document(names::DUPLICATE_ATTRIBUTE, 0));
        }
        row.extend([intern(py, this, &key), py.str(&text)]);
        seen.push(key);
    }
    let parser = this.get_mut(py);
    parser.seen_root = true;
    parser.stack.push(Open { raw: raw_name.to_owned(), name: name.clone(), prefixes });
    if this.get(py).handlers.get(On::StartElement).is_none() {
        return raw.map_or(Ok(()), |raw| default(py, this, raw));
    }
    let row = if this.get(py).ordered { py.list(row) } else { mapping(py, &row)?.into_value() };
    call(py, this, On::StartElement, &[name, row]).map(drop)
}

fn mapping(py: &mut Py, row: &[Value]) -> Step<Ref<Dict>> {
    let out = py.new_dict();
    for pair in row.chunks(2) {
        lockstep_interp::types::dict::set(py, &out, &pair[0], pair[1].clone())?;
    }
    Ok(out)
}

/// The innermost element ends; `raw` as in [`start`].
pub fn end(py: &mut Py, this: &Ref<Parser>, raw: Option<&str>) -> Step {
    let Some(open) = this.get_mut(py).stack.pop() else { return Ok(()) };
    match raw {
        Some(raw) => tell(py, this, On::EndElement, vec![open.name], raw)?,
        None => call(py, this, On::EndElement, &[open.name]).map(drop)?,
    }
    for prefix in open.prefixes.into_iter().rev() {
        this.get_mut(py).bindings.pop();
        let args = [optional(py, prefix.as_deref())];
        call(py, this, On::EndNamespaceDecl, &args)?;
    }
    Ok(())
}
