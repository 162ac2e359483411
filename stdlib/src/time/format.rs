//! Times as text, in the C locale.

use super::calendar::{Fields, days};

const DAYS: [&str; 7] = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"];
const MONTHS: [&str; 12] =
    ["January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December"];

fn day_name(f: &Fields) -> &'static str {
    DAYS[f.weekday.rem_euclid(7) as usize]
}

fn month_name(f: &Fields) -> &'static str {
    MONTHS[(f.month - 1).rem_euclid(12) as usize]
}

/// `Sat Jun  6 16:26:11 1998`
pub fn asctime(f: &Fields) -> String {
    format!("{} {}{:3} {:02}:{:02}:{:02} {}", &day_name(f)[..3], &month_name(f)[..3], f.day, f.hour, f.minute, f.second, f.year)
}

/// Year and week of ISO 8601.
fn iso(f: &Fields) -> (i64, i64) {
    let week = (f.yearday - 1 - f.weekday + 10) / 7;
    let weeks = |year: i64| {
        let first = (days(year, 1, 1) + 3).rem_euclid(7);
        let leap = days(year + 1, 1, 1) - days(year, 1, 1) == 366;
        if first == 3 || leap && first == 2 { 53 } else { 52 }
    };
    if week < 1 {
        (f.year - 1, weeks(f.year - 1))
    } else if week > weeks(f.year) {
        (f.year + 1, 1)
    } else {
        (f.year, week)
    }
}

/// Whether a format asks for what the fields say of the zone.
pub fn wants_zone(format: &str) -> bool {
    format.bytes().any(|b| matches!(b, b'z' | b'Z' | b's'))
}

/// Write a number with two digits, or as many as it has.
fn two(out: &mut String, n: i64, plain: bool) {
    if !plain && (0..100).contains(&n) {
        out.push(char::from(b'0' + (n / 10) as u8));
        out.push(char::from(b'0' + (n % 10) as u8));
    } else if plain {
        out.push_str(&n.to_string());
    } else {
        out.push_str(&format!("{n:02}"));
    }
}

/// `strftime()`
pub fn strftime(format: &str, f: &Fields) -> String {
    let mut out = String::with_capacity(format.len() * 2);
    let mut chars = format.chars();
    while let Some(c) = chars.next() {
        if c != '%' {
            out.push(c);
            continue;
        }
        let mut plain = false;
        let mut code = chars.next();
        while let Some(flag @ ('-' | '_' | '0' | '^' | '#' | 'E' | 'O')) = code {
            plain |= flag == '-';
            code = chars.next();
        }
        match code {
            Some(code) => field(&mut out, f, code, plain),
            None => out.push('%'),
        }
    }
    out
}

/// Write what `%` and a letter stand for; `plain`: without zeros before.
fn field(out: &mut String, f: &Fields, code: char, plain: bool) {
    let hour12 = if f.hour % 12 == 0 { 12 } else { f.hour % 12 };
    let short = |name: &'static str| &name[..3];
    match code {
        'a' => out.push_str(short(day_name(f))),
        'A' => out.push_str(day_name(f)),
        'b' | 'h' => out.push_str(short(month_name(f))),
        'B' => out.push_str(month_name(f)),
        'c' => out.push_str(&asctime(f)),
        'C' => two(out, f.year.div_euclid(100), plain),
        'd' => two(out, f.day, plain),
        'e' => out.push_str(&format!("{:2}", f.day)),
        'g' => two(out, iso(f).0.rem_euclid(100), plain),
        'G' => out.push_str(&iso(f).0.to_string()),
        'H' => two(out, f.hour, plain),
        'I' => two(out, hour12, plain),
        'j' if plain => out.push_str(&f.yearday.to_string()),
        'j' => out.push_str(&format!("{:03}", f.yearday)),
        'k' => out.push_str(&format!("{:2}", f.hour)),
        'l' => out.push_str(&format!("{hour12:2}")),
        'm' => two(out, f.month, plain),
        'M' => two(out, f.minute, plain),
        'n' => out.push('\n'),
        'p' => out.push_str(if f.hour < 12 { "AM" } else { "PM" }),
        'P' => out.push_str(if f.hour < 12 { "am" } else { "pm" }),
        's' => out.push_str(&(f.seconds() - f.offset.unwrap_or(0)).to_string()),
        'S' => two(out, f.second, plain),
        't' => out.push('\t'),
        'u' => out.push_str(&(f.weekday + 1).to_string()),
        'U' => two(out, (f.yearday + 6 - (f.weekday + 1) % 7) / 7, plain),
        'V' => two(out, iso(f).1, plain),
        'w' => out.push_str(&((f.weekday + 1) % 7).to_string()),
        'W' => two(out, (f.yearday + 6 - f.weekday) / 7, plain),
        'y' => two(out, f.year.rem_euclid(100), plain),
        'Y' => out.push_str(&f.year.to_string()),
        'z' => {
            let o = f.offset.unwrap_or(0);
            out.push(if o < 0 { '-' } else { '+' });
            two(out, o.abs() / 3600, false);
            two(out, o.abs() / 60 % 60, false);
        }
        'Z' => out.push_str(f.zone.as_deref().unwrap_or_default()),
        '%' => out.push('%'),
        other => joined(out, f, other),
    }
}

/// Write what a letter stands for that is short for several others.
fn joined(out: &mut String, f: &Fields, code: char) {
    let parts: &[(char, &str)] = match code {
        'D' | 'x' => &[('m', "/"), ('d', "/"), ('y', "")],
        'F' => &[('Y', "-"), ('m', "-"), ('d', "")],
        'r' => &[('I', ":"), ('M', ":"), ('S', " "), ('p', "")],
        'R' => &[('H', ":"), ('M', "")],
        'T' | 'X' => &[('H', ":"), ('M', ":"), ('S', "")],
        other => {
            out.push('%');
            out.push(other);
            return;
        }
    };
    for (code, then) in parts {
        field(out, f, *code, false);
        out.push_str(then);
    }
}
