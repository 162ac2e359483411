//! What XML says of characters and names, and the errors of a parser by number.

/// An error by expat's number.
pub type Code = usize;

pub const SYNTAX: Code = 2;
pub const NO_ELEMENTS: Code = 3;
pub const INVALID_TOKEN: Code = 4;
pub const UNCLOSED_TOKEN: Code = 5;
pub const PARTIAL_CHAR: Code = 6;
pub const TAG_MISMATCH: Code = 7;
pub const DUPLICATE_ATTRIBUTE: Code = 8;
pub const JUNK_AFTER_DOC_ELEMENT: Code = 9;
pub const UNDEFINED_ENTITY: Code = 11;
pub const RECURSIVE_ENTITY_REF: Code = 12;
pub const ASYNC_ENTITY: Code = 13;
pub const BAD_CHAR_REF: Code = 14;
pub const BINARY_ENTITY_REF: Code = 15;
pub const ATTRIBUTE_EXTERNAL_ENTITY_REF: Code = 16;
pub const MISPLACED_XML_PI: Code = 17;
pub const UNKNOWN_ENCODING: Code = 18;
pub const UNCLOSED_CDATA_SECTION: Code = 20;
pub const EXTERNAL_ENTITY_HANDLING: Code = 21;
pub const NOT_STANDALONE: Code = 22;
pub const FEATURE_REQUIRES_XML_DTD: Code = 25;
pub const UNBOUND_PREFIX: Code = 27;
pub const UNDECLARING_PREFIX: Code = 28;
pub const XML_DECL: Code = 30;
pub const FINISHED: Code = 36;
pub const RESERVED_PREFIX_XML: Code = 38;
pub const RESERVED_PREFIX_XMLNS: Code = 39;
pub const AMPLIFICATION: Code = 43;

/// Name and words of each error, from 1.
pub const ERRORS: [(&str, &str); 43] = [
    ("NO_MEMORY", "out of memory"),
    ("SYNTAX", "syntax error"),
    ("NO_ELEMENTS", "no element found"),
    ("INVALID_TOKEN", "not well-formed (invalid token)"),
    ("UNCLOSED_TOKEN", "unclosed token"),
    ("PARTIAL_CHAR", "partial character"),
    ("TAG_MISMATCH", "mismatched tag"),
    ("DUPLICATE_ATTRIBUTE", "duplicate attribute"),
    ("JUNK_AFTER_DOC_ELEMENT", "junk after document element"),
    ("PARAM_ENTITY_REF", "illegal parameter entity reference"),
    ("UNDEFINED_ENTITY", "undefined entity"),
    ("RECURSIVE_ENTITY_REF", "recursive entity reference"),
    ("ASYNC_ENTITY", "asynchronous entity"),
    ("BAD_CHAR_REF", "reference to invalid character number"),
    ("BINARY_ENTITY_REF", "reference to binary entity"),
    ("ATTRIBUTE_EXTERNAL_ENTITY_REF", "reference to external entity in attribute"),
    ("MISPLACED_XML_PI", "XML or text declaration not at start of entity"),
    ("UNKNOWN_ENCODING", "unknown encoding"),
    ("INCORRECT_ENCODING", "encoding specified in XML declaration is incorrect"),
    ("UNCLOSED_CDATA_SECTION", "unclosed CDATA section"),
    ("EXTERNAL_ENTITY_HANDLING", "error in processing external entity reference"),
    ("NOT_STANDALONE", "document is not standalone"),
    ("UNEXPECTED_STATE", "unexpected parser state - please send a bug report"),
    ("ENTITY_DECLARED_IN_PE", "entity declared in parameter entity"),
    ("FEATURE_REQUIRES_XML_DTD", "requested feature requires XML_DTD support in Expat"),
    ("CANT_CHANGE_FEATURE_ONCE_PARSING", "cannot change setting once parsing has begun"),
    ("UNBOUND_PREFIX", "unbound prefix"),
    ("UNDECLARING_PREFIX", "must not undeclare prefix"),
    ("INCOMPLETE_PE", "incomplete markup in parameter entity"),
    ("XML_DECL", "XML declaration not well-formed"),
    ("TEXT_DECL", "text declaration not well-formed"),
    ("PUBLICID", "illegal character(s) in public id"),
    ("SUSPENDED", "parser suspended"),
    ("NOT_SUSPENDED", "parser not suspended"),
    ("ABORTED", "parsing aborted"),
    ("FINISHED", "parsing finished"),
    ("SUSPEND_PE", "cannot suspend in external parameter entity"),
    ("RESERVED_PREFIX_XML", "reserved prefix (xml) must not be undeclared or bound to another namespace name"),
    ("RESERVED_PREFIX_XMLNS", "reserved prefix (xmlns) must not be declared or undeclared"),
    ("RESERVED_NAMESPACE_URI", "prefix must not be bound to one of the reserved namespace names"),
    ("INVALID_ARGUMENT", "invalid argument"),
    ("NO_BUFFER", "a successful prior call to function XML_GetBuffer is required"),
    ("AMPLIFICATION_LIMIT_BREACH", "limit on input amplification factor (from DTD and entities) breached"),
];

/// Whether XML allows a character.
pub fn is_char(c: char) -> bool {
    matches!(c, '\t' | '\n' | '\r' | ' '..='\u{d7ff}' | '\u{e000}'..='\u{fffd}' | '\u{10000}'..)
}

/// Whether a character is white space of XML.
pub fn is_space(c: char) -> bool {
    matches!(c, ' ' | '\t' | '\n' | '\r')
}

fn starts_name(c: char) -> bool {
    c.is_alphabetic() || matches!(c, '_' | ':')
}

fn goes_on_name(c: char) -> bool {
    starts_name(c) || c.is_numeric() || matches!(c, '-' | '.' | '\u{b7}' | '\u{300}'..='\u{36f}' | '\u{203f}' | '\u{2040}')
}

/// The length of the name at the beginning of a text; 0: there is none.
pub fn name_length(text: &str) -> usize {
    if !text.starts_with(starts_name) {
        return 0;
    }
    text.find(|c| !goes_on_name(c)).unwrap_or(text.len())
}

/// The character of `#38` or `#x26`.
pub fn character(reference: &str) -> Option<char> {
    let number = reference.strip_prefix('#')?;
    let number = match number.strip_prefix('x') {
        Some(digits) if digits.bytes().all(|b| b.is_ascii_hexdigit()) => u32::from_str_radix(digits, 16).ok()?,
        None if number.bytes().all(|b| b.is_ascii_digit()) => number.parse().ok()?,
        _ => return None,
    };
    char::from_u32(number).filter(|c| is_char(*c))
}

/// The character that a name stands for without being declared.
pub fn predefined(name: &str) -> Option<char> {
    Some(match name {
        "lt" => '<',
        "gt" => '>',
        "amp" => '&',
        "quot" => '"',
        "apos" => '\'',
        _ => return None,
    })
}
