//! Ints, strings and lists against models made of Rust's own numbers, characters and vectors.

use dashu_int::IBig;
use dashu_int::ops::{BitTest, DivRemEuclid};
use lockstep::Interpreter;
use proptest::prelude::*;

/// An interpreter with a function `f(*texts)`, which takes the texts apart by `eval` and gives a text.
fn python(body: &str) -> Interpreter {
    let python = Interpreter::builder().int_max_str_digits(0).build();
    python.exec(&format!("def f(*texts):\n    {}\n", body.replace('\n', "\n    "))).expect("the function");
    python
}

fn big() -> impl Strategy<Value = IBig> {
    let digits = prop_oneof![
        Just(vec![0]),
        (0..300u64).prop_map(|n| vec![n]),
        (0..3u64, 46..65u32).prop_map(|(n, bits)| vec![(1u64.checked_shl(bits).unwrap_or(0)).wrapping_add(n).wrapping_sub(1)]),
        prop::collection::vec(any::<u64>(), 1..6),
    ];
    (digits, any::<bool>()).prop_map(|(digits, negative)| {
        let n = digits.iter().fold(IBig::ZERO, |n, digit| (n << 64) + IBig::from(*digit));
        if negative { -n } else { n }
    })
}

/// Division as Python rounds it: down.
fn floor_div(a: &IBig, b: &IBig) -> (IBig, IBig) {
    let (mut q, mut r) = a.div_rem_euclid(b.clone());
    if *b < IBig::ZERO && r != dashu_int::UBig::ZERO {
        // The remainder has the sign of the divisor.
        q -= 1;
        return (q, IBig::from(std::mem::take(&mut r)) + b);
    }
    (q, IBig::from(r))
}

#[test]
fn ints() {
    let python = python(
        "a, b, n = map(eval, texts)
out = [a + b, a - b, a * b, a & b, a | b, a ^ b, ~a, -a, abs(a), a << n, a >> n, a == b, a < b, int(hex(a), 16), int(str(b))]
out += divmod(a, b) if b else ()
out += [a // b, a % b] if b else ()
out += [a.bit_length(), hash(a) == hash(int(str(a))), a ** 3, sum([a, b, n]), int.from_bytes(a.to_bytes(60, signed=True), signed=True)]
return ' '.join(map(str, out))",
    );
    proptest!(ProptestConfig::with_cases(400), |(a in big(), b in big(), n in 0..200usize)| {
        let text = |t: bool| if t { "True" } else { "False" }.to_owned();
        let abs = if a < IBig::ZERO { -a.clone() } else { a.clone() };
        let mut wanted: Vec<String> = [
            &a + &b, &a - &b, &a * &b, a.clone() & b.clone(), a.clone() | b.clone(), a.clone() ^ b.clone(),
            !a.clone(), -a.clone(), abs.clone(), &a << n, &a >> n,
        ].iter().map(ToString::to_string).collect();
        wanted.extend([text(a == b), text(a < b), a.to_string(), b.to_string()]);
        if b != IBig::ZERO {
            let (q, r) = floor_div(&a, &b);
            wanted.extend([&q, &r, &q, &r].map(ToString::to_string));
        }
        let bits = abs.bit_len();
        wanted.extend([bits.to_string(), text(true), (&a * &a * &a).to_string(), (&a + &b + IBig::from(n)).to_string(), a.to_string()]);
        let found: String = python.call("f", (a.to_string(), b.to_string(), n.to_string())).expect("no error");
        prop_assert_eq!(found, wanted.join(" "));
    });
}

/// The indices that a slice means.
fn indices(len: usize, start: Option<i64>, stop: Option<i64>, step: i64) -> Vec<usize> {
    let len = len as i64;
    let (low, high) = if step > 0 { (0, len) } else { (-1, len - 1) };
    let clamp = |index: Option<i64>, default: i64| match index {
        None => default,
        Some(i) if i < 0 => (i + len).clamp(low, high),
        Some(i) => i.clamp(low, high),
    };
    let (mut at, stop) = if step > 0 { (clamp(start, 0), clamp(stop, len)) } else { (clamp(start, len - 1), clamp(stop, -1)) };
    let mut out = Vec::new();
    while (step > 0 && at < stop) || (step < 0 && at > stop) {
        out.push(at as usize);
        at += step;
    }
    out
}

fn shown(index: Option<i64>) -> String {
    index.map_or_else(|| "None".to_owned(), |i| i.to_string())
}

fn text() -> impl Strategy<Value = String> {
    prop_oneof!["[ab]{0,12}", "[abé€😀]{0,12}", "[\\PC]{0,8}"]
}

fn index() -> impl Strategy<Value = Option<i64>> {
    prop_oneof![Just(None), (-15..15i64).prop_map(Some), any::<i64>().prop_map(Some)]
}

#[test]
fn strings() {
    let python = python(
        "s, part, start, stop, step = texts[0], texts[1], *map(eval, texts[2:])
cut = s[start:stop:step]
out = [cut, s[::-1], s.replace(part, '-'), str(s.find(part)), str(s.rfind(part)), str(s.count(part)), str(part in s), str(len(s)), s + part,
       str(s.startswith(part)), str(s < part), '|'.join(s.split(part) if part else ['']), ''.join(s[i] for i in range(len(s))), s.encode().decode(), eval(repr(s))]
return '\\n'.join(out)",
    );
    let slices = (index(), index(), prop_oneof![1..4i64, -4..0i64]);
    proptest!(ProptestConfig::with_cases(400), |(s in text(), part in text(), (start, stop, step) in slices, inside in any::<prop::sample::Index>())| {
        let chars: Vec<char> = s.chars().collect();
        // Half of the parts are parts.
        let part: String = if part.len() % 2 == 0 && !chars.is_empty() {
            chars[inside.index(chars.len())..].iter().take(2).collect()
        } else {
            part
        };
        let of_byte = |at: Option<usize>| at.map_or(-1, |at| s[..at].chars().count() as i64);
        let truth = |t: bool| if t { "True" } else { "False" }.to_owned();
        let wanted = [
            indices(chars.len(), start, stop, step).iter().map(|i| chars[*i]).collect(),
            chars.iter().rev().collect(),
            s.replace(&part, "-"),
            of_byte(s.find(&part)).to_string(),
            of_byte(s.rfind(&part)).to_string(),
            s.matches(&part).count().to_string(),
            truth(s.contains(&part)),
            chars.len().to_string(),
            format!("{s}{part}"),
            truth(s.starts_with(&part)),
            truth(s.chars().lt(part.chars())),
            if part.is_empty() { String::new() } else { s.split(&part).collect::<Vec<_>>().join("|") },
            s.clone(),
            s.clone(),
            s.clone(),
        ].join("\n");
        let found: String = python.call("f", (s.clone(), part, shown(start), shown(stop), step.to_string())).expect("no error");
        prop_assert_eq!(found, wanted);
    });
}

#[test]
fn lists() {
    let python = python(
        "items, new, start, stop, step = map(eval, texts)
got = items[start:stop:step]
changed, left = items[:], items[:]
try:
    changed[start:stop:step] = new
except ValueError:
    changed = 'refused'
del left[start:stop:step]
ordered = sorted(enumerate(items), key=lambda pair: pair[1] % 5)
return f'{got} {changed} {left} {[i for i, _ in ordered]} {sorted(items)} {items.count(3)} {items[::-1]}'",
    );
    let slices = (index(), index(), prop_oneof![Just(1i64), 1..4i64, -4..0i64]);
    let items = || prop::collection::vec(0..20i64, 0..12);
    proptest!(ProptestConfig::with_cases(400), |(items in items(), new in items(), (start, stop, step) in slices)| {
        let places = indices(items.len(), start, stop, step);
        let got: Vec<i64> = places.iter().map(|i| items[*i]).collect();
        let left: Vec<i64> = (0..items.len()).filter(|i| !places.contains(i)).map(|i| items[i]).collect();
        let changed = if step == 1 {
            let begin = places.first().copied().unwrap_or_else(|| match start {
                None => 0,
                Some(i) if i < 0 => (i + items.len() as i64).max(0) as usize,
                Some(i) => (i as usize).min(items.len()),
            });
            let mut all = items.clone();
            all.splice(begin..begin + places.len(), new.iter().copied());
            format!("{all:?}")
        } else if places.len() == new.len() {
            let mut all = items.clone();
            for (place, value) in places.iter().zip(&new) {
                all[*place] = *value;
            }
            format!("{all:?}")
        } else {
            "refused".to_owned()
        };
        let mut order: Vec<usize> = (0..items.len()).collect();
        order.sort_by_key(|i| items[*i] % 5);
        let mut sorted = items.clone();
        sorted.sort_unstable();
        let back: Vec<i64> = items.iter().rev().copied().collect();
        let count = items.iter().filter(|i| **i == 3).count();
        let wanted = format!("{got:?} {changed} {left:?} {order:?} {sorted:?} {count} {back:?}");
        let texts = (format!("{items:?}"), format!("{new:?}"), shown(start), shown(stop), step.to_string());
        let found: String = python.call("f", texts).expect("no error");
        prop_assert_eq!(found, wanted);
    });
}
