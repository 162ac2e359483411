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

/// `strftime()`
pub fn strftime(format: &str, f: &Fields) -> String {
    let mut out = String::new();
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
        let Some(code) = code else {
            out.push('%');
            break;
        };
        let hour12 = if f.hour % 12 == 0 { 12 } else { f.hour % 12 };
        let two = |n: i64| if plain { n.to_string() } else { format!("{n:02}") };
        let text = match code {
            'a' => day_name(f)[..3].to_owned(),
            'A' => day_name(f).to_owned(),
            'b' | 'h' => month_name(f)[..3].to_owned(),
            'B' => month_name(f).to_owned(),
            'c' => asctime(f),
            'C' => two(f.year.div_euclid(100)),
            'd' => two(f.day),
            'D' | 'x' => format!("{:02}/{:02}/{:02}", f.month, f.day, f.year.rem_euclid(100)),
            'e' => format!("{:2}", f.day),
            'F' => format!("{}-{:02}-{:02}", f.year, f.month, f.day),
            'g' => two(iso(f).0.rem_euclid(100)),
            'G' => iso(f).0.to_string(),
            'H' => two(f.hour),
            'I' => two(hour12),
            'j' => {
                if plain {
                    f.yearday.to_string()
                } else {
                    format!("{:03}", f.yearday)
                }
            }
            'k' => format!("{:2}", f.hour),
            'l' => format!("{hour12:2}"),
            'm' => two(f.month),
            'M' => two(f.minute),
            'n' => "\n".to_owned(),
            'p' => if f.hour < 12 { "AM" } else { "PM" }.to_owned(),
            'P' => if f.hour < 12 { "am" } else { "pm" }.to_owned(),
            'r' => format!("{hour12:02}:{:02}:{:02} {}", f.minute, f.second, if f.hour < 12 { "AM" } else { "PM" }),
            'R' => format!("{:02}:{:02}", f.hour, f.minute),
            's' => (f.seconds() - f.offset.unwrap_or(0)).to_string(),
            'S' => two(f.second),
            't' => "\t".to_owned(),
            'T' | 'X' => format!("{:02}:{:02}:{:02}", f.hour, f.minute, f.second),
            'u' => (f.weekday + 1).to_string(),
            'U' => two((f.yearday + 6 - (f.weekday + 1) % 7) / 7),
            'V' => two(iso(f).1),
            'w' => ((f.weekday + 1) % 7).to_string(),
            'W' => two((f.yearday + 6 - f.weekday) / 7),
            'y' => two(f.year.rem_euclid(100)),
            'Y' => f.year.to_string(),
            'z' => {
                let o = f.offset.unwrap_or(0);
                format!("{}{:02}{:02}", if o < 0 { '-' } else { '+' }, o.abs() / 3600, o.abs() / 60 % 60)
            }
            'Z' => f.zone.clone().unwrap_or_default(),
            '%' => "%".to_owned(),
            other => format!("%{other}"),
        };
        out.push_str(&text);
    }
    out
}
