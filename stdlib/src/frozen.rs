//! The frozen library: one file made by `build.rs`, searched where it lies in the program, so
//! that starting costs nothing and an import reads only its own module.

use lockstep_interp::import::Frozen;

static FILE: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/frozen.bin"));

const PACKAGE: u32 = 1 << 31;

/// A number at an offset; zero beyond the end of the file.
fn word(at: usize) -> u32 {
    FILE.get(at..at + 4).and_then(|b| b.try_into().ok()).map_or(0, u32::from_le_bytes)
}

fn count() -> usize {
    word(0) as usize
}

/// Where names begin.
fn names() -> usize {
    4 + count() * 8
}

/// The ends of the names and of the codes of the first `n` modules, and whether the last of these
/// is a package.
fn ends(n: usize) -> (usize, usize, bool) {
    match n.checked_sub(1) {
        None => (0, 0, false),
        Some(last) => {
            let code = word(4 + last * 8 + 4);
            (word(4 + last * 8) as usize, (code & !PACKAGE) as usize, code & PACKAGE != 0)
        }
    }
}

fn name(index: usize) -> &'static [u8] {
    let (start, end) = (ends(index).0, ends(index + 1).0);
    FILE.get(names() + start..names() + end).unwrap_or(&[])
}

/// A module by its full name.
pub fn find(wanted: &str) -> Option<Frozen> {
    let (mut low, mut high) = (0, count());
    while low < high {
        let middle = usize::midpoint(low, high);
        if name(middle) < wanted.as_bytes() { low = middle + 1 } else { high = middle }
    }
    if low == count() || name(low) != wanted.as_bytes() {
        return None;
    }
    let codes = names() + ends(count()).0;
    let (_, start, _) = ends(low);
    let (_, end, package) = ends(low + 1);
    Some(Frozen { code: FILE.get(codes + start..codes + end)?, package })
}

/// Every module: its name, and whether it is a package.
pub fn list() -> Vec<(&'static str, bool)> {
    (0..count()).filter_map(|i| Some((std::str::from_utf8(name(i)).ok()?, ends(i + 1).2))).collect()
}
