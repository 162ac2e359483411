//! Actions of string literals: adjacent ones are joined, format strings become their parts.

use super::{Context, Name2, node};
use crate::Dialect;
use crate::error::SyntaxError;
use crate::literal::{self, BadEscape};
use crate::span::Span;
use crate::tree::*;

/// A literal, or a part of a format string.
pub(crate) enum Piece {
    /// A whole plain literal.
    Plain(Span),
    /// A whole format string.
    Format {
        raw: bool,
        template: bool,
        parts: Vec<Piece>,
    },
    /// Text between the fields.
    Middle(Span),
    Field(Box<Field>),
}

/// A replacement field.
pub(crate) struct Field {
    span: Span,
    value: Expr,
    /// Source of the value, up to what follows it.
    text: Span,
    /// The text is shown too (`{value=}`).
    shown: bool,
    conversion: Option<Name2>,
    spec: Option<(u32, Vec<Piece>)>,
}

pub(crate) fn field(
    _ctx: &mut Context<'_>,
    l: u32,
    open_end: u32,
    value: Expr,
    shown: bool,
    conversion: Option<Name2>,
    spec: Option<(u32, Vec<Piece>)>,
    r: u32,
) -> Piece {
    let text_end = match (&conversion, &spec) {
        (Some(name), _) => name.span.start.saturating_sub(1),
        (None, Some((start, _))) => *start,
        (None, None) => r - 1,
    };
    let text = Span::new(open_end, text_end);
    Piece::Field(Box::new(Field { span: Span::new(l, r), value, text, shown, conversion, spec }))
}

pub(crate) fn format_piece(ctx: &mut Context<'_>, l: u32, prefix_end: u32, parts: Vec<Piece>) -> Piece {
    let prefix = Span::new(l, prefix_end).text(ctx.source);
    let has = |letter| prefix.bytes().any(|byte| byte | 0x20 == letter);
    Piece::Format { raw: has(b'r'), template: has(b't'), parts }
}

/// The parts of a plain literal.
struct Plain<'s> {
    body: &'s str,
    raw: bool,
    bytes: bool,
    /// It is written `u"..."`.
    prefixed: bool,
    /// It knows the escapes of Unicode literals.
    unicode: bool,
}

fn split(dialect: Dialect, source: &str, span: Span) -> Plain<'_> {
    let text = span.text(source);
    let quote = text.find(['\'', '"']).unwrap_or(0);
    let (prefix, rest) = text.split_at(quote);
    let has = |letter| prefix.bytes().any(|byte| byte | 0x20 == letter);
    let width = if rest.len() >= 6 && (rest.starts_with("\"\"\"") || rest.starts_with("'''")) { 3 } else { 1 };
    Plain {
        body: rest.get(width..rest.len() - width).unwrap_or(""),
        raw: has(b'r'),
        bytes: has(b'b'),
        prefixed: has(b'u'),
        unicode: has(b'u') || dialect == Dialect::Python3,
    }
}

/// Joins adjacent literals.
pub(crate) fn strings(ctx: &mut Context<'_>, l: u32, pieces: Vec<Piece>, r: u32) -> Expr {
    let span = Span::new(l, r);
    let source = ctx.source;
    let (mut bytes, mut text, mut formats, mut templates) = (0, 0, 0, 0);
    let mut unicode_prefix = None;
    for piece in &pieces {
        match piece {
            Piece::Plain(place) => {
                let plain = split(ctx.dialect, source, *place);
                unicode_prefix.get_or_insert(plain.prefixed);
                *(if plain.bytes { &mut bytes } else { &mut text }) += 1;
            }
            Piece::Format { template: true, .. } => templates += 1,
            _ => formats += 1,
        }
    }
    // Python 2 joins the two kinds, which are one here.
    if bytes > 0 && (text + formats) > 0 && ctx.dialect == Dialect::Python3 {
        ctx.fail_with(SyntaxError::syntax("cannot mix bytes and nonbytes literals", span).of_next());
    }
    if templates > 0 && (text + formats + bytes) > 0 {
        ctx.fail_with(SyntaxError::syntax("cannot mix t-string literals with string or bytes literals", span).of_next());
    }
    let unicode_prefix = unicode_prefix.unwrap_or(false);
    if formats + templates == 0 {
        return node(l, ExprKind::Constant(plain(ctx, &pieces, unicode_prefix)), r);
    }
    let mut join = Join { values: Vec::new(), pending: None, template: templates > 0, unicode_prefix };
    for piece in pieces {
        match piece {
            Piece::Format { raw, parts, .. } => join.parts(ctx, parts, raw),
            Piece::Plain(place) => {
                let literal = split(ctx.dialect, source, place);
                let value = literal::text(literal.body, literal.raw, false, literal.unicode);
                let value = checked(ctx, value, place);
                join.text(value, place);
            }
            _ => {}
        }
    }
    let template = join.template;
    let values = join.finish();
    node(l, if template { ExprKind::TemplateStr { values } } else { ExprKind::JoinedStr { values } }, r)
}

/// Value of plain literals.
fn plain(ctx: &mut Context<'_>, pieces: &[Piece], unicode_prefix: bool) -> Constant {
    let source = ctx.source;
    let mut out = Vec::new();
    let mut is_bytes = false;
    for piece in pieces {
        let Piece::Plain(place) = piece else { continue };
        let literal = split(ctx.dialect, source, *place);
        is_bytes |= literal.bytes;
        let value = if literal.bytes {
            if !literal.body.is_ascii() {
                ctx.fail("bytes can only contain ASCII literal characters", *place);
            }
            literal::bytes(literal.body, literal.raw).map_err(|bad| (bad, true))
        } else {
            literal::text(literal.body, literal.raw, false, literal.unicode).map_err(|bad| (bad, false))
        };
        let value = match value {
            Ok(value) => value,
            Err((bad, true)) => {
                ctx.fail(format!("(value error) {} at position {}", bad.message, bad.start), *place);
                Vec::new()
            }
            Err((bad, false)) => checked(ctx, Err(bad), *place),
        };
        if out.is_empty() {
            out = value;
        } else {
            out.extend(value);
        }
    }
    if is_bytes { Constant::Bytes(out.into()) } else { Constant::Str { value: Wtf8(out.into()), unicode_prefix } }
}

/// The decoded text, or an error in the words of the codec.
fn checked(ctx: &mut Context<'_>, value: Result<Vec<u8>, BadEscape>, place: Span) -> Vec<u8> {
    value.unwrap_or_else(|bad| {
        let range = if bad.start == bad.end {
            format!("byte in position {}", bad.start)
        } else {
            format!("bytes in position {}-{}", bad.start, bad.end)
        };
        let message = format!("(unicode error) 'unicodeescape' codec can't decode {range}: {}", bad.message);
        ctx.fail(message, place);
        Vec::new()
    })
}

/// The source of a field that is shown, less its comments.
fn without_comments(text: &str) -> String {
    if !text.contains('#') {
        return text.to_owned();
    }
    let mut out = String::with_capacity(text.len());
    let (mut quote, mut comment) = (None, false);
    for character in text.chars() {
        match character {
            '\n' => comment = false,
            '#' if quote.is_none() => comment = true,
            '"' | '\'' if !comment => match quote {
                None => quote = Some(character),
                Some(open) if open == character => quote = None,
                Some(_) => {}
            },
            _ => {}
        }
        if !comment {
            out.push(character);
        }
    }
    out
}

/// Collects the values of a format string, with neighbouring texts made one.
struct Join {
    values: Vec<Expr>,
    pending: Option<(Span, Vec<u8>)>,
    template: bool,
    unicode_prefix: bool,
}

impl Join {
    fn text(&mut self, value: Vec<u8>, place: Span) {
        match &mut self.pending {
            Some((span, text)) => {
                *span = span.to(place);
                text.extend(value);
            }
            None => self.pending = Some((place, value)),
        }
    }

    fn flush(&mut self) {
        let Some((span, text)) = self.pending.take() else {
            return;
        };
        if !text.is_empty() {
            let value = Constant::Str { value: Wtf8(text.into()), unicode_prefix: self.unicode_prefix };
            self.values.push(Expr::new(span, ExprKind::Constant(value)));
        }
    }

    fn finish(mut self) -> Vec<Expr> {
        self.flush();
        self.values
    }

    fn parts(&mut self, ctx: &mut Context<'_>, parts: Vec<Piece>, raw: bool) {
        for part in parts {
            match part {
                Piece::Middle(place) => {
                    let value = literal::text(place.text(ctx.source), raw, true, true);
                    let value = checked(ctx, value, place);
                    self.text(value, place);
                }
                Piece::Field(field) => self.field(ctx, *field, raw),
                _ => {}
            }
        }
    }

    fn field(&mut self, ctx: &mut Context<'_>, field: Field, raw: bool) {
        let text = field.text.text(ctx.source);
        if field.shown {
            self.text(without_comments(text).into_bytes(), field.text);
        }
        self.flush();
        let plain_shown = field.shown && field.spec.is_none();
        let conversion = match &field.conversion {
            Some(name) => name.name.chars().next(),
            None if plain_shown => Some('r'),
            None => None,
        };
        let format_spec = field.spec.map(|(start, parts)| {
            let mut join = Self { values: Vec::new(), pending: None, template: false, unicode_prefix: false };
            join.parts(ctx, parts, raw);
            let end = field.span.end.saturating_sub(1);
            // A format is an f-string, even inside of a template.
            Box::new(Expr::new(Span::new(start, end), ExprKind::JoinedStr { values: join.finish() }))
        });
        let value = Box::new(field.value);
        let kind = if self.template {
            let text = if field.shown { text.trim_end().strip_suffix('=').unwrap_or(text) } else { text };
            ExprKind::Interpolation { value, text: text.trim().into(), conversion, format_spec }
        } else {
            ExprKind::FormattedValue { value, conversion, format_spec }
        };
        self.values.push(Expr::new(field.span, kind));
    }
}
