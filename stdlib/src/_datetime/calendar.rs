//! The calendar: plain numbers, no values. Day 1 is the first of January of the year 1.

/// The first and the last year.
pub const YEARS: (i64, i64) = (1, 9999);
/// The last day.
pub const LAST: i64 = 3_652_059;
/// Microseconds of a second and of a day.
pub const SECOND: i128 = 1_000_000;
/// See [`SECOND`].
pub const DAY: i128 = 86_400 * SECOND;

/// Whether February has 29 days.
pub const fn is_leap(year: i64) -> bool {
    year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
}

/// Days of a month from 1 to 12.
pub fn days_in_month(year: i64, month: i64) -> i64 {
    match month {
        2 if is_leap(year) => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

/// Days of the year before a month.
pub fn days_before_month(year: i64, month: i64) -> i64 {
    (1..month).map(|m| days_in_month(year, m)).sum()
}

fn days_before_year(year: i64) -> i64 {
    let y = year - 1;
    y * 365 + y.div_euclid(4) - y.div_euclid(100) + y.div_euclid(400)
}

/// The number of a day.
pub fn ordinal(year: i64, month: i64, day: i64) -> i64 {
    const BEFORE: [i64; 13] = [0, 0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334];
    let leap = i64::from(month > 2 && is_leap(year));
    days_before_year(year) + BEFORE.get(month as usize).copied().unwrap_or(0) + leap + day
}

/// Year, month and day of a number.
pub fn from_ordinal(n: i64) -> (i64, i64, i64) {
    // Years begin in March here, so that leap days end them.
    let z = n + 305;
    let era = z.div_euclid(146_097);
    let doe = z.rem_euclid(146_097);
    let yoe = (doe - doe / 1460 + doe / 36_524 - doe / 146_096) / 365;
    let doy = doe - (365 * yoe + yoe / 4 - yoe / 100);
    let mp = (5 * doy + 2) / 153;
    let month = if mp < 10 { mp + 3 } else { mp - 9 };
    let year = yoe + era * 400 + i64::from(month <= 2);
    (year, month, doy - (153 * mp + 2) / 5 + 1)
}

/// The number of the Monday with which a year of weeks begins.
pub fn first_monday(year: i64) -> i64 {
    let first = ordinal(year, 1, 1);
    let weekday = (first + 6).rem_euclid(7);
    first - weekday + if weekday > 3 { 7 } else { 0 }
}

/// Year, week and weekday of a day.
pub fn iso_calendar(year: i64, month: i64, day: i64) -> (i64, i64, i64) {
    let today = ordinal(year, month, day);
    let mut year = year;
    let mut monday = first_monday(year);
    if today < monday {
        year -= 1;
        monday = first_monday(year);
    } else if today >= first_monday(year + 1) {
        year += 1;
        monday = first_monday(year);
    }
    (year, (today - monday) / 7 + 1, (today - monday) % 7 + 1)
}

/// The day of a week; the message if there is none.
pub fn from_iso_calendar(year: i64, week: i64, day: i64) -> Result<(i64, i64, i64), String> {
    if !(YEARS.0..=YEARS.1).contains(&year) {
        return Err(format!("year must be in {}..{}, not {year}", YEARS.0, YEARS.1));
    }
    let first = ordinal(year, 1, 1) % 7;
    let long = first == 4 || (first == 3 && is_leap(year));
    if !(1..=52).contains(&week) && !(week == 53 && long) {
        return Err(format!("Invalid week: {week}"));
    }
    if !(1..=7).contains(&day) {
        return Err(format!("Invalid weekday: {day} (range is [1, 7])"));
    }
    let n = first_monday(year) + (week - 1) * 7 + day - 1;
    if !(1..=LAST).contains(&n) {
        return Err(format!("year must be in {}..{}, not {}", YEARS.0, YEARS.1, if n < 1 { 0 } else { 10000 }));
    }
    Ok(from_ordinal(n))
}

/// A time of day with its offset, as text gives it.
#[derive(Clone, Copy, Debug, Default)]
pub struct Clock {
    /// Hour, minute, second, microsecond.
    pub parts: [i64; 4],
    /// Microseconds east of Greenwich.
    pub offset: Option<i128>,
    /// It was 24:00: the next day begins.
    pub next_day: bool,
}

/// Why a text is no time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wrong {
    /// It is not in the format.
    Format,
    /// 24 o'clock with minutes.
    Midnight,
}

fn digit(c: u32) -> Option<i64> {
    char::from_u32(c).and_then(|c| c.to_digit(10)).map(i64::from)
}

fn number(s: &[u32], at: usize, len: usize) -> Option<i64> {
    let mut n = 0;
    for c in s.get(at..at + len)? {
        n = n * 10 + digit(*c)?;
    }
    Some(n)
}

const DASH: u32 = b'-' as u32;
const WEEK: u32 = b'W' as u32;
const COLON: u32 = b':' as u32;

/// Where the date ends in a date with a time, of at least seven characters.
pub fn separator(s: &[u32]) -> Option<usize> {
    let is_digit = |i: usize| s.get(i).is_some_and(|c| digit(*c).is_some());
    let len = s.len();
    if len == 7 {
        return Some(7);
    }
    if s[4] == DASH {
        if s[5] != WEEK {
            return Some(10);
        }
        if len > 8 && s[8] == DASH {
            if len == 9 {
                return None;
            }
            return Some(if len > 10 && is_digit(10) { 8 } else { 10 });
        }
        return Some(8);
    }
    if s[4] != WEEK {
        return Some(8);
    }
    let mut at = 7;
    while is_digit(at) {
        at += 1;
    }
    Some(if at < 9 {
        at
    } else if at % 2 == 0 {
        7
    } else {
        8
    })
}

/// A date of seven, eight or ten characters.
pub fn parse_date(s: &[u32]) -> Option<(i64, i64, i64)> {
    if !matches!(s.len(), 7 | 8 | 10) {
        return None;
    }
    let year = number(s, 0, 4)?;
    let dash = s[4] == DASH;
    let mut at = 4 + usize::from(dash);
    if s.get(at) == Some(&WEEK) {
        let week = number(s, at + 1, 2)?;
        at += 3;
        let mut day = 1;
        if s.len() > at {
            if (s[at] == DASH) != dash {
                return None;
            }
            at += usize::from(dash);
            if s.len() != at + 1 {
                return None;
            }
            day = number(s, at, 1)?;
        }
        return from_iso_calendar(year, week, day).ok();
    }
    let month = number(s, at, 2)?;
    at += 2;
    if (s.get(at) == Some(&DASH)) != dash {
        return None;
    }
    at += usize::from(dash);
    let day = number(s, at, 2)?;
    (s.len() == at + 2).then_some((year, month, day))
}

fn parse_parts(s: &[u32]) -> Option<[i64; 4]> {
    let mut parts = [0; 4];
    let mut at = 0;
    let mut colons = false;
    for part in 0..3 {
        parts[part] = number(s, at, 2)?;
        at += 2;
        let next = s.get(at).copied();
        if part == 0 {
            colons = next == Some(COLON);
        }
        let Some(next) = next else { break };
        if part >= 2 {
            break;
        }
        if next == u32::from(b'.') || next == u32::from(b',') {
            return None;
        }
        if colons && next != COLON {
            return None;
        }
        at += usize::from(colons);
    }
    if at < s.len() {
        if s[at] != u32::from(b'.') && s[at] != u32::from(b',') {
            return None;
        }
        let fraction = &s[at + 1..];
        if fraction.is_empty() || fraction.iter().any(|c| digit(*c).is_none()) {
            return None;
        }
        let have = fraction.len().min(6);
        parts[3] = number(fraction, 0, have)? * 10i64.pow(6 - have as u32);
    }
    Some(parts)
}

/// A time of day.
pub fn parse_time(s: &[u32]) -> Result<Clock, Wrong> {
    if s.len() < 2 {
        return Err(Wrong::Format);
    }
    let find = |b: u8| s.iter().position(|c| *c == u32::from(b));
    let zone = find(b'-').or_else(|| find(b'+')).or_else(|| find(b'Z'));
    let mut parts = parse_parts(&s[..zone.unwrap_or(s.len())]).ok_or(Wrong::Format)?;
    let mut next_day = false;
    let mut late = false;
    if parts[0] == 24 {
        if parts[1..] == [0, 0, 0] {
            parts[0] = 0;
            next_day = true;
        } else {
            late = true;
        }
    }
    let offset = match zone {
        None => None,
        Some(at) if s[at] == u32::from(b'Z') => {
            if at + 1 != s.len() {
                return Err(Wrong::Format);
            }
            Some(0)
        }
        Some(at) => {
            let rest = &s[at + 1..];
            if matches!(rest.len(), 0 | 1 | 3) {
                return Err(Wrong::Format);
            }
            let [h, m, sec, us] = parse_parts(rest).ok_or(Wrong::Format)?;
            let total = i128::from((h * 60 + m) * 60 + sec) * SECOND + i128::from(us);
            Some(if s[at] == DASH { -total } else { total })
        }
    };
    if late { Err(Wrong::Midnight) } else { Ok(Clock { parts, offset, next_day }) }
}

/// Days, seconds of the day and microseconds of the second of a span in microseconds.
pub fn split(total: i128) -> (i128, i64, i64) {
    const SHORT: i64 = DAY as i64;
    // All but spans of more than two hundred thousand years are counted in machine words.
    let (days, rest) = match i64::try_from(total) {
        Ok(n) => (i128::from(n.div_euclid(SHORT)), n.rem_euclid(SHORT)),
        Err(_) => (total.div_euclid(DAY), total.rem_euclid(DAY) as i64),
    };
    (days, rest / 1_000_000, rest % 1_000_000)
}

/// Write a number that is not negative with at least `width` digits.
pub fn digits(out: &mut String, n: i64, width: u32) {
    let mut power = 10i64.pow(width - 1);
    while n / power >= 10 {
        power *= 10;
    }
    while power > 0 {
        out.push(char::from(b'0' + (n / power % 10) as u8));
        power /= 10;
    }
}

/// `YYYY-MM-DD`
pub fn date_text(year: i64, month: i64, day: i64) -> String {
    let mut out = String::with_capacity(32);
    digits(&mut out, year, 4);
    out.push('-');
    digits(&mut out, month, 2);
    out.push('-');
    digits(&mut out, day, 2);
    out
}

/// Write `HH:MM:SS.ffffff` as far as wanted; false: no such wish.
pub fn push_time(out: &mut String, h: i64, m: i64, s: i64, us: i64, timespec: &str) -> bool {
    let (parts, fraction) = match timespec {
        "auto" if us != 0 => (3, 6),
        "auto" | "seconds" => (3, 0),
        "hours" => (1, 0),
        "minutes" => (2, 0),
        "milliseconds" => (3, 3),
        "microseconds" => (3, 6),
        _ => return false,
    };
    for (at, part) in [h, m, s].into_iter().take(parts).enumerate() {
        if at > 0 {
            out.push(':');
        }
        digits(out, part, 2);
    }
    if fraction > 0 {
        out.push('.');
        digits(out, if fraction == 3 { us / 1000 } else { us }, fraction);
    }
    true
}

/// `+HH:MM`, with seconds and microseconds if there are any.
pub fn offset_text(micros: i128, separator: &str) -> String {
    let sign = if micros < 0 { '-' } else { '+' };
    let all = micros.unsigned_abs();
    let (seconds, us) = (all / 1_000_000, all % 1_000_000);
    let (h, m, s) = (seconds / 3600, seconds / 60 % 60, seconds % 60);
    let mut out = format!("{sign}{h:02}{separator}{m:02}");
    if s != 0 || us != 0 {
        out.push_str(&format!("{separator}{s:02}"));
        if us != 0 {
            out.push_str(&format!(".{us:06}"));
        }
    }
    out
}
