//! Code of source files kept beside them, in `__pycache__`: as CPython does it, under a tag of our
//! own. A file holds a magic number, flags, time and size of the source, and the code as `marshal`
//! writes it. What is stale, foreign or corrupt is passed over and written anew.

use std::fs::Metadata;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::UNIX_EPOCH;

use lockstep_compile::code::marshal;
use lockstep_heap::Ref;

use crate::object::Py;
use crate::types::code::CodeObject;
use crate::types::dict;
use crate::types::str::Str;

/// `sys.implementation.cache_tag`
pub const TAG: &str = "lockstep-314";
/// Bytes before the code: magic, flags, time, size.
const HEADER: usize = 16;

/// The number that the files begin with; it changes with the form of the code.
pub const fn magic() -> u32 {
    let [low, high] = marshal::VERSION.to_le_bytes();
    u32::from_le_bytes([low ^ b'L', high ^ b'K', b'\r', b'\n'])
}

/// Where the code of a source file is kept.
pub(super) fn place(py: &mut Py, source: &Path) -> PathBuf {
    let stem = source.file_stem().unwrap_or_default().to_string_lossy();
    let name = match py.shared().config.optimize {
        0 => format!("{stem}.{TAG}.pyc"),
        level => format!("{stem}.{TAG}.opt-{level}.pyc"),
    };
    let folder = source.parent().unwrap_or(Path::new(""));
    let prefix = py.shared().sys.clone().and_then(|sys| dict::get_name(py, &sys, "pycache_prefix"));
    match prefix.as_ref().and_then(|prefix| prefix.downcast::<Str>()).and_then(|prefix| prefix.as_str()) {
        Some(prefix) => {
            let inner = folder.strip_prefix("/").unwrap_or(folder);
            Path::new(prefix).join(inner).join(name)
        }
        None => folder.join("__pycache__").join(name),
    }
}

/// Whether code may be kept at all: a chosen dialect would make another code of the same text.
fn applies(py: &Py) -> bool {
    py.shared().config.dialect.is_none()
}

/// Time and size of the source as the file keeps them.
fn stamp(source: &Metadata) -> Option<[u8; 8]> {
    let time = source.modified().ok()?.duration_since(UNIX_EPOCH).ok()?.as_secs() as u32;
    let mut out = [0; 8];
    out[..4].copy_from_slice(&time.to_le_bytes());
    out[4..].copy_from_slice(&(source.len() as u32).to_le_bytes());
    Some(out)
}

/// The code kept for a source file, if it is that of the file as it is now.
pub(super) fn load(py: &mut Py, place: &Path, source: &Metadata, shown: &str) -> Option<Ref<CodeObject>> {
    if !applies(py) {
        return None;
    }
    let bytes = std::fs::read(place).ok()?;
    let (header, body) = bytes.split_at_checked(HEADER)?;
    let fresh = header[..4] == magic().to_le_bytes() && header[4..8] == [0; 4] && header[8..] == stamp(source)?;
    let (tag, rest) = body.split_first()?;
    let (length, code) = rest.split_at_checked(4)?;
    let length = u32::from_le_bytes(length.try_into().ok()?) as usize;
    if !fresh || tag & 0x7F != b'c' || length != code.len() {
        return None;
    }
    let code = marshal::from_bytes(code).ok()?;
    (&*code.filename == shown).then(|| py.new_code(&code))
}

/// The code in the bytes of such a file, whatever source it was of; none if they are something else.
pub fn code_in(py: &mut Py, bytes: &[u8]) -> Option<Ref<CodeObject>> {
    let (header, body) = bytes.split_at_checked(HEADER)?;
    let (tag, rest) = body.split_first()?;
    let (length, code) = rest.split_at_checked(4)?;
    let length = u32::from_le_bytes(length.try_into().ok()?) as usize;
    if header[..4] != magic().to_le_bytes() || tag & 0x7F != b'c' || length != code.len() {
        return None;
    }
    let code = marshal::from_bytes(code).ok()?;
    Some(py.new_code(&code))
}

/// Keep the code of a source file. That it cannot be is no error.
pub(super) fn store(py: &mut Py, place: &Path, source: &Metadata, code: &Ref<CodeObject>) {
    if !applies(py) || !wanted(py) {
        return;
    }
    let Some(stamp) = stamp(source) else { return };
    let code = marshal::to_bytes(&code.code);
    let Ok(length) = u32::try_from(code.len()) else { return };
    let mut bytes = Vec::with_capacity(HEADER + 5 + code.len());
    bytes.extend_from_slice(&magic().to_le_bytes());
    bytes.extend_from_slice(&[0; 4]);
    bytes.extend_from_slice(&stamp);
    bytes.push(b'c');
    bytes.extend_from_slice(&length.to_le_bytes());
    bytes.extend_from_slice(&code);
    drop(write(place, &bytes));
}

/// `not sys.dont_write_bytecode`
fn wanted(py: &mut Py) -> bool {
    let Some(sys) = py.shared().sys.clone() else { return false };
    match dict::get_name(py, &sys, "dont_write_bytecode") {
        Some(refused) => !py.truth(&refused).unwrap_or(true),
        None => true,
    }
}

/// Writes a file so that nobody ever sees a part of it.
fn write(place: &Path, bytes: &[u8]) -> std::io::Result<()> {
    static COUNT: AtomicU32 = AtomicU32::new(0);
    let folder = place.parent().unwrap_or(Path::new(""));
    std::fs::create_dir_all(folder)?;
    let mut name = place.as_os_str().to_owned();
    name.push(format!(".{}.{}", std::process::id(), COUNT.fetch_add(1, Ordering::Relaxed)));
    let new = PathBuf::from(name);
    let mut file = std::fs::OpenOptions::new().write(true).create_new(true).open(&new)?;
    let written = file.write_all(bytes).and_then(|()| std::fs::rename(&new, place));
    if written.is_err() {
        drop(std::fs::remove_file(&new));
    }
    written
}
