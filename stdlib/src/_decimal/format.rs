//! Format specifications: their parser and the layout of a number.

use lockstep_text::wtf8;
use smallvec::SmallVec;

use super::coefficient::Text;
use super::number::{Number, Settings};
use super::text;

/// A character, or a few.
pub type Short = SmallVec<[u8; 8]>;

/// What stands between and around digits.
#[derive(Clone, Debug)]
pub struct Marks {
    /// The decimal point; empty: nobody said one.
    pub point: Short,
    /// Between groups of digits.
    pub separator: Short,
    /// Sizes of groups from the right; the last but one goes on if the last is 0, and 127 ends them.
    pub grouping: Vec<u8>,
}

/// A parsed specification.
pub struct Spec {
    fill: Short,
    align: u8,
    sign: u8,
    no_negative_zero: bool,
    alternate: bool,
    zero_pad: bool,
    width: u64,
    precision: Option<u64>,
    /// Between groups of three digits of the fraction.
    fraction_separator: Option<u8>,
    /// One of `eEfFgG%`.
    code: u8,
    /// The locale's marks are wanted.
    pub locale: bool,
    /// Which marks to use.
    pub marks: Marks,
}

/// What is wrong with a specification.
pub enum Fault {
    /// It is none.
    Invalid,
    /// A number in it fits no word.
    Huge,
    /// A number in it is too large for any text.
    Limit,
}

fn is_align(c: u8) -> bool {
    matches!(c, b'<' | b'>' | b'=' | b'^')
}

/// The digits at the front as number, and what follows.
fn number(text: &[u8]) -> Result<(Option<u64>, &[u8]), Fault> {
    let end = text.iter().position(|c| !c.is_ascii_digit()).unwrap_or(text.len());
    if end == 0 {
        return Ok((None, text));
    }
    let mut n = 0u64;
    for digit in &text[..end] {
        n = n.checked_mul(10).and_then(|n| n.checked_add(u64::from(digit - b'0'))).ok_or(Fault::Huge)?;
    }
    if n > i64::MAX as u64 {
        return Err(Fault::Huge);
    }
    if n > super::number::MAX_PREC as u64 {
        return Err(Fault::Limit);
    }
    Ok((Some(n), &text[end..]))
}

/// Takes `c` off the front.
fn take(text: &mut &[u8], accepted: &[u8]) -> Option<u8> {
    let (first, rest) = text.split_first()?;
    if !accepted.contains(first) {
        return None;
    }
    *text = rest;
    Some(*first)
}

/// Parse `[[fill]align][sign][z][#][0][width][separator][.precision[separator]][type]`.
pub fn parse(spec: &[u8], capitals: bool) -> Result<Spec, Fault> {
    let mut rest = spec;
    let (mut fill, mut align) = (Short::from_slice(b" "), None);
    let first = wtf8::code_points(rest).next().map_or(0, |c| {
        let mut one = Vec::new();
        wtf8::push(&mut one, c);
        one.len()
    });
    if first > 0 && rest.get(first).copied().is_some_and(is_align) {
        fill = Short::from_slice(&rest[..first]);
        align = Some(rest[first]);
        rest = &rest[first + 1..];
    } else {
        align = take(&mut rest, b"<>=^").or(align);
    }
    let sign = take(&mut rest, b"+- ").unwrap_or(b'-');
    let no_negative_zero = take(&mut rest, b"z").is_some();
    let alternate = take(&mut rest, b"#").is_some();
    let zero_pad = take(&mut rest, b"0").is_some();
    if zero_pad && align.is_some() {
        return Err(Fault::Invalid);
    }
    let (width, after) = number(rest)?;
    rest = after;
    let mut marks = Marks { point: Short::new(), separator: Short::new(), grouping: Vec::new() };
    if let Some(separator) = take(&mut rest, b",_") {
        marks = Marks { point: Short::from_slice(b"."), separator: Short::from_slice(&[separator]), grouping: vec![3, 0] };
    }
    let (mut precision, mut fraction_separator) = (None, None);
    if take(&mut rest, b".").is_some() {
        let (digits, after) = number(rest)?;
        rest = after;
        precision = digits;
        fraction_separator = take(&mut rest, b",_");
        if precision.is_none() && fraction_separator.is_none() {
            return Err(Fault::Invalid);
        }
    }
    let code = take(&mut rest, b"eEfFgG%nN");
    if !rest.is_empty() {
        return Err(Fault::Invalid);
    }
    let locale = matches!(code, Some(b'n' | b'N'));
    if locale && !marks.separator.is_empty() || code == Some(b'N') && (no_negative_zero || alternate) {
        return Err(Fault::Invalid);
    }
    let code = match code {
        None if capitals => b'G',
        None | Some(b'n') => b'g',
        Some(b'N') => b'G',
        Some(code) => code,
    };
    if precision == Some(0) && matches!(code, b'g' | b'G') {
        precision = Some(1);
    }
    let width = width.unwrap_or(0);
    let align = align.unwrap_or(b'>');
    Ok(Spec {
        fill,
        align,
        sign,
        no_negative_zero,
        alternate,
        zero_pad,
        width,
        precision,
        fraction_separator,
        code,
        locale,
        marks,
    })
}

/// The number rounded to so many significant digits, zeros appended.
fn significant(number: &Number, places: u64, settings: &mut Settings) -> Number {
    if number.coefficient.is_zero() {
        return number.clone();
    }
    let places = i64::try_from(places).unwrap_or(i64::MAX / 4);
    let adjusted = number.adjusted();
    let rounded = settings.rescale(number, adjusted + 1 - places).0;
    if rounded.is_finite() && rounded.adjusted() != adjusted {
        return settings.rescale(&rounded, rounded.adjusted() + 1 - places).0;
    }
    rounded
}

/// The text of a number; a condition among the settings' says if there is none.
pub fn format(number: &Number, spec: &Spec, settings: &mut Settings) -> Text {
    if !settings.room(spec.width) {
        return Text::new();
    }
    if !number.is_finite() {
        let mut body = text::shown(&number.absolute(), true);
        if spec.code == b'%' {
            body.push(b'%');
        }
        return aligned(sign_of(number.negative, spec), &body, spec);
    }
    let mut number = number.clone();
    if spec.code == b'%' {
        number.exponent += 2;
    }
    number = rounded(number, spec, settings);
    if !number.is_finite() {
        return Text::new();
    }
    let negative = number.negative && !(spec.no_negative_zero && number.coefficient.is_zero());
    let digits = number.coefficient.text();
    let left = number.exponent + digits.len() as i64;
    let place = match spec.code {
        b'e' | b'E' => match spec.precision {
            Some(precision) if number.coefficient.is_zero() => 1 - precision as i64,
            _ => 1,
        },
        b'g' | b'G' if !(number.exponent <= 0 && left > -6) => 1,
        _ => left,
    };
    if !settings.room(place.unsigned_abs()) {
        return Text::new();
    }
    // The digits before and behind the point; what the number lacks is zeros.
    let cut = (place.max(0) as usize).min(digits.len());
    let tail = tail((-place).max(0) as usize, &digits[cut..], left - place, spec);
    let mut whole = Text::from_slice(&digits[..cut]);
    whole.resize(place.max(1) as usize, b'0');
    let sign = sign_of(negative, spec);
    let room =
        if spec.zero_pad { (spec.width as i64) - wtf8::code_points(&tail).count() as i64 - sign.map_or(0, |_| 1) } else { 0 };
    let mut body = grouped(whole, &spec.marks, room);
    body.extend_from_slice(&tail);
    aligned(sign, &body, spec)
}

/// The number with the digits that the specification asks for.
fn rounded(number: Number, spec: &Spec, settings: &mut Settings) -> Number {
    let fixed = matches!(spec.code, b'f' | b'F' | b'%');
    let number = match spec.precision {
        Some(precision) if fixed => {
            let places = i64::try_from(precision).unwrap_or(i64::MAX / 4);
            if number.coefficient.is_zero() && !settings.room(precision) {
                return Number::nan();
            }
            settings.rescale(&number, -places).0
        }
        Some(precision) if matches!(spec.code, b'e' | b'E') => {
            if !settings.room(precision) {
                return Number::nan();
            }
            significant(&number, precision + 1, settings)
        }
        Some(precision) if number.coefficient.digits() > precision => significant(&number, precision, settings),
        _ => number,
    };
    if fixed && number.exponent > 0 {
        return settings.rescale(&number, 0).0;
    }
    number
}

/// What stands behind the whole digits: point, fraction, exponent, per cent.
fn tail(zeros: usize, digits: &[u8], exponent: i64, spec: &Spec) -> Text {
    let mut out = Text::new();
    if zeros > 0 || !digits.is_empty() || spec.alternate {
        out.extend_from_slice(if spec.marks.point.is_empty() { b"." } else { &spec.marks.point });
    }
    match spec.fraction_separator {
        Some(separator) => {
            let fraction = std::iter::repeat_n(b'0', zeros).chain(digits.iter().copied());
            for (n, digit) in fraction.enumerate() {
                if n > 0 && n % 3 == 0 {
                    out.push(separator);
                }
                out.push(digit);
            }
        }
        None => {
            out.extend(std::iter::repeat_n(b'0', zeros));
            out.extend_from_slice(digits);
        }
    }
    if exponent != 0 || matches!(spec.code, b'e' | b'E') {
        out.push(if matches!(spec.code, b'E' | b'G') { b'E' } else { b'e' });
        text::push_exponent(&mut out, exponent);
    }
    if spec.code == b'%' {
        out.push(b'%');
    }
    out
}

/// Whole digits in groups, with zeros in front up to so many characters.
fn grouped(digits: Text, marks: &Marks, room: i64) -> Text {
    if marks.separator.is_empty() {
        let mut out = digits;
        let missing = (room - out.len() as i64).max(0) as usize;
        out.insert_many(0, std::iter::repeat_n(b'0', missing));
        return out;
    }
    let mut sizes = Vec::new();
    let mut repeats = false;
    for size in &marks.grouping {
        match size {
            0 => {
                repeats = true;
                break;
            }
            127.. => break,
            size => sizes.push(i64::from(*size)),
        }
    }
    // A C string of sizes ends in a zero that nobody writes.
    repeats |= sizes.len() == marks.grouping.len();
    let width = wtf8::code_points(&marks.separator).count() as i64;
    let mut left = digits.as_slice();
    let mut room = room;
    let mut groups: Vec<Vec<u8>> = Vec::new();
    let group = |left: &[u8], len: i64| {
        let taken = left.len().min(len as usize);
        let mut group = vec![b'0'; len as usize - taken];
        group.extend_from_slice(&left[left.len() - taken..]);
        group
    };
    let mut at = 0;
    loop {
        let wanted = (left.len() as i64).max(room).max(1);
        let size = match sizes.get(at) {
            Some(size) => *size,
            None if repeats && !sizes.is_empty() => sizes[sizes.len() - 1],
            None => wanted,
        };
        at += 1;
        let len = wanted.min(size);
        groups.push(group(left, len));
        left = &left[..left.len() - left.len().min(len as usize)];
        room -= len;
        if left.is_empty() && room <= 0 {
            break;
        }
        room -= width;
    }
    groups.reverse();
    groups.join(marks.separator.as_slice()).into()
}

fn sign_of(negative: bool, spec: &Spec) -> Option<u8> {
    match (negative, spec.sign) {
        (true, _) => Some(b'-'),
        (false, b'-') => None,
        (false, sign) => Some(sign),
    }
}

fn aligned(sign: Option<u8>, body: &[u8], spec: &Spec) -> Text {
    let len = wtf8::code_points(body).count() + usize::from(sign.is_some());
    let missing = (spec.width as usize).saturating_sub(len);
    let before = match spec.align {
        b'<' => 0,
        b'^' => missing / 2,
        _ => missing,
    };
    let mut out = Text::new();
    if spec.align == b'=' {
        out.extend(sign);
    }
    for _ in 0..before {
        out.extend_from_slice(&spec.fill);
    }
    if spec.align != b'=' {
        out.extend(sign);
    }
    out.extend_from_slice(body);
    for _ in before..missing {
        out.extend_from_slice(&spec.fill);
    }
    out
}
