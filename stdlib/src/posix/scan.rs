//! `scandir` and its entries.

use lockstep_heap::{Frozen, Guarded, Object, Ref, Value, Visitor};
use lockstep_interp::object::ops::Next;
use lockstep_interp::object::raise::Result;
use lockstep_interp::object::{NativeType, Py, TypeFlags};
use lockstep_macros::{methods, module};
use lockstep_sched::WaitKind;
use rustix::fs::{AtFlags, CWD, Dir, FileType, Mode, OFlags, Stat};
use rustix::io::Errno;

use super::{Place, named, place};
use crate::system;

type Name = (Vec<u8>, FileType, u64);

/// The names in a directory, and whether they are to be bytes.
pub fn names(py: &mut Py, path: &Value, function: &str) -> Result<(Vec<Name>, bool)> {
    let place = place(py, path, function)?;
    let bytes = match &place {
        Place::Path(p) => p.bytes.clone(),
        Place::Fd(_) => Vec::new(),
    };
    let number = if let Place::Fd(n) = &place { Some(*n) } else { None };
    let result = system::blocking(py, WaitKind::Call, -1, || {
        let fd = match number {
            Some(n) => rustix::io::fcntl_dupfd_cloexec(system::fd(n)?, 0)?,
            None => rustix::fs::open(
                bytes.as_slice(),
                OFlags::RDONLY | OFlags::DIRECTORY | OFlags::CLOEXEC | OFlags::NONBLOCK,
                Mode::empty(),
            )?,
        };
        let mut out = Vec::new();
        let mut dir = Dir::new(fd)?;
        dir.rewind();
        while let Some(entry) = dir.read() {
            let entry = entry?;
            let name = entry.file_name().to_bytes();
            if name != b"." && name != b".." {
                out.push((name.to_vec(), entry.file_type(), entry.ino()));
            }
        }
        Ok(out)
    })?;
    // What cannot be rewound is no directory.
    let result = result.map_err(|e| if e == Errno::SPIPE { Errno::NOTDIR } else { e });
    match (result, &place) {
        (Ok(names), Place::Path(p)) => Ok((names, p.is_bytes)),
        (Ok(names), Place::Fd(_)) => Ok((names, false)),
        (Err(e), Place::Path(p)) => Err(system::fail_at(py, e, &p.shown)),
        (Err(e), Place::Fd(_)) => Err(system::fail_at(py, e, path)),
    }
}

/// The functions of this file.
pub struct Scan;

#[module]
impl Scan {
    /// Return an iterator of DirEntry objects for given path.
    #[py("(path=None)")]
    fn scandir(py: &mut Py, path: &Value) -> Result<Value> {
        let dot = py.str(".");
        let path = if path.is_none() { &dot } else { path };
        let (found, is_bytes) = names(py, path, "scandir")?;
        let (base, folder) = match place(py, path, "scandir")? {
            Place::Path(p) => (p.bytes, None),
            Place::Fd(fd) => (Vec::new(), Some(fd)),
        };
        let left = found.into_iter();
        Ok(py.make(ScandirIterator { base, folder, is_bytes, left }).into_value())
    }
}

/// The payload of the iterator.
pub struct ScandirIterator {
    base: Vec<u8>,
    /// The descriptor that names are relative to, if it was given as one.
    folder: Option<i32>,
    is_bytes: bool,
    left: std::vec::IntoIter<Name>,
}

impl Object for ScandirIterator {
    type Access = Guarded;
}

#[methods]
impl ScandirIterator {
    #[py("(self, /)")]
    fn __iter__(_py: &mut Py, this: &Ref<ScandirIterator>) -> Value {
        this.to_value()
    }
    #[py("(self, /)")]
    fn __next__(py: &mut Py, this: &Ref<ScandirIterator>) -> Result<Next> {
        let it = this.get_mut(py);
        let Some((name, kind, inode)) = it.left.next() else { return Ok(Next(None)) };
        let mut path = it.base.clone();
        let (is_bytes, folder) = (it.is_bytes, it.folder);
        if !path.is_empty() && !path.ends_with(b"/") {
            path.push(b'/');
        }
        path.extend_from_slice(&name);
        let entry = DirEntry { name: named(py, &name, is_bytes), shown: named(py, &path, is_bytes), path, folder, kind, inode };
        Ok(Next(Some(py.make(entry).into_value())))
    }
    #[py("(self, /)")]
    fn __enter__(_py: &mut Py, this: &Ref<ScandirIterator>) -> Value {
        this.to_value()
    }
    #[py("(self, /, *exc)")]
    fn __exit__(py: &mut Py, this: &Ref<ScandirIterator>, exc: &[Value]) {
        let _ = exc;
        this.get_mut(py).left = Vec::new().into_iter();
    }
    #[py("(self, /)")]
    fn close(py: &mut Py, this: &Ref<ScandirIterator>) {
        this.get_mut(py).left = Vec::new().into_iter();
    }
}

impl NativeType for ScandirIterator {
    const NAME: &'static str = "ScandirIterator";
    const MODULE: &'static str = "posix";
    const FLAGS: u32 = TypeFlags::NO_NEW;
}

/// The payload of an entry.
pub struct DirEntry {
    name: Value,
    shown: Value,
    path: Vec<u8>,
    folder: Option<i32>,
    kind: FileType,
    inode: u64,
}

impl Object for DirEntry {
    type Access = Frozen;
    const TRACKED: bool = true;
    fn trace(&self, visit: &mut Visitor<'_>) {
        visit.value(&self.name);
        visit.value(&self.shown);
    }
}

impl DirEntry {
    fn state(&self, follow: bool) -> rustix::io::Result<Stat> {
        let flags = if follow { AtFlags::empty() } else { AtFlags::SYMLINK_NOFOLLOW };
        let folder = self.folder.map_or(Ok(CWD), system::fd)?;
        rustix::fs::statat(folder, self.path.as_slice(), flags)
    }

    fn is(py: &mut Py, this: &Ref<DirEntry>, follow: bool, wanted: FileType) -> Result<bool> {
        let known = this.kind != FileType::Unknown && !(follow && this.kind == FileType::Symlink);
        if known {
            return Ok(this.kind == wanted);
        }
        match this.state(follow) {
            Ok(s) => Ok(FileType::from_raw_mode(s.st_mode) == wanted),
            Err(Errno::NOENT) => Ok(false),
            Err(e) => Err(system::fail_at(py, e, &this.shown)),
        }
    }
}

#[methods]
impl DirEntry {
    /// See PEP 585
    #[classmethod("(type, object, /)")]
    fn __class_getitem__(py: &mut Py, cls: &Value, object: &Value) -> Result<Value> {
        lockstep_interp::types::generic_alias::alias(py, cls, object)
    }
    #[getter]
    fn name(_py: &mut Py, this: &Ref<DirEntry>) -> Value {
        this.name.clone()
    }
    #[getter]
    fn path(_py: &mut Py, this: &Ref<DirEntry>) -> Value {
        this.shown.clone()
    }
    #[py("(self, /)")]
    fn inode(_py: &mut Py, this: &Ref<DirEntry>) -> u64 {
        this.inode
    }
    #[py("(self, /, *, follow_symlinks=True)")]
    fn is_dir(py: &mut Py, this: &Ref<DirEntry>, follow_symlinks: bool) -> Result<bool> {
        DirEntry::is(py, this, follow_symlinks, FileType::Directory)
    }
    #[py("(self, /, *, follow_symlinks=True)")]
    fn is_file(py: &mut Py, this: &Ref<DirEntry>, follow_symlinks: bool) -> Result<bool> {
        DirEntry::is(py, this, follow_symlinks, FileType::RegularFile)
    }
    #[py("(self, /)")]
    fn is_symlink(py: &mut Py, this: &Ref<DirEntry>) -> Result<bool> {
        DirEntry::is(py, this, false, FileType::Symlink)
    }
    #[py("(self, /)")]
    fn is_junction(_py: &mut Py, this: &Ref<DirEntry>) -> bool {
        let _ = this;
        false
    }
    #[py("(self, /, *, follow_symlinks=True)")]
    fn stat(py: &mut Py, this: &Ref<DirEntry>, follow_symlinks: bool) -> Result<Value> {
        match this.state(follow_symlinks) {
            Ok(s) => Ok(super::stat::value(py, &s)),
            Err(e) => Err(system::fail_at(py, e, &this.shown)),
        }
    }
    #[py("(self, /)")]
    fn __fspath__(_py: &mut Py, this: &Ref<DirEntry>) -> Value {
        this.shown.clone()
    }
    #[py("(self, /)")]
    fn __repr__(py: &mut Py, this: &Ref<DirEntry>) -> Result<Value> {
        let name = py.repr(&this.name)?;
        Ok(py.str(&format!("<DirEntry {name}>")))
    }
}

impl NativeType for DirEntry {
    const NAME: &'static str = "DirEntry";
    const MODULE: &'static str = "posix";
    const FLAGS: u32 = TypeFlags::NO_NEW;
}
