//! Suggestions for misspelt names: the nearest candidate, by CPython's rules.

const MOVE: usize = 2;
const CASE: usize = 1;
const MAX_NAME: usize = 40;
const MAX_CANDIDATES: usize = 750;

fn cost(a: char, b: char) -> usize {
    if a == b {
        0
    } else if a.to_lowercase().eq(b.to_lowercase()) {
        CASE
    } else {
        MOVE
    }
}

/// Weighted edit distance; anything above `limit` may come back as `limit + 1`.
fn distance(a: &str, b: &str, limit: usize) -> usize {
    if a == b {
        return 0;
    }
    let (mut a, mut b): (Vec<char>, Vec<char>) = (a.chars().collect(), b.chars().collect());
    let front = a.iter().zip(&b).take_while(|(x, y)| x == y).count();
    a.drain(..front);
    b.drain(..front);
    while !a.is_empty() && !b.is_empty() && a.last() == b.last() {
        a.pop();
        b.pop();
    }
    if a.is_empty() || b.is_empty() {
        return (a.len() + b.len()) * MOVE;
    }
    if a.len().max(b.len()) > MAX_NAME {
        return limit + 1;
    }
    if b.len() < a.len() {
        std::mem::swap(&mut a, &mut b);
    }
    if (b.len() - a.len()) * MOVE > limit {
        return limit + 1;
    }
    let mut row: Vec<usize> = (1..=a.len()).map(|n| n * MOVE).collect();
    let mut result = 0;
    for (i, y) in b.iter().enumerate() {
        let mut diagonal = i * MOVE;
        result = diagonal;
        let mut least = usize::MAX;
        for (j, x) in a.iter().enumerate() {
            let substitute = diagonal + cost(*y, *x);
            diagonal = row[j];
            let step = result.min(diagonal) + MOVE;
            result = substitute.min(step);
            row[j] = result;
            least = least.min(result);
        }
        if least > limit {
            return limit + 1;
        }
    }
    result
}

/// The candidate nearest to `wrong`, if one is near enough.
pub fn closest(wrong: &str, candidates: &[String]) -> Option<String> {
    if candidates.len() > MAX_CANDIDATES || wrong.chars().count() > MAX_NAME {
        return None;
    }
    let mut best: Option<(usize, &String)> = None;
    for candidate in candidates {
        if candidate == wrong {
            continue;
        }
        let limit = (wrong.chars().count() + candidate.chars().count() + 3) * MOVE / 6;
        let limit = best.map_or(limit, |(d, _)| limit.min(d.saturating_sub(1)));
        let d = distance(wrong, candidate, limit);
        if d <= limit && best.is_none_or(|(b, _)| d < b) {
            best = Some((d, candidate));
        }
    }
    best.map(|(_, c)| c.clone())
}
