//! `mmap`: files as memory. The mapping itself is the lock room's; here is what Python sees.

mod methods;
mod numbers;

use std::os::fd::OwnedFd;

use lockstep_interp::object::raise::{Raised, Result, io_error, os_error, overflow_error, type_error, value_error};
use lockstep_interp::object::{Type, TypeFlags};
use lockstep_interp::types::buffer::{self, Exporter, Exports, Layout};
use lockstep_interp::types::dict;
use lockstep_interp::types::module::Module;
use lockstep_interp::{Exc, Guarded, Object, Py, Ref, Value};
use lockstep_sched::Mapping;

use crate::system;

const PROT_READ: i32 = 1;
const PROT_WRITE: i32 = 2;
const MAP_SHARED: i32 = 1;
const MAP_PRIVATE: i32 = 2;
const MAP_ANONYMOUS: i32 = 32;
/// "Bad address".
const EFAULT: i32 = 14;

/// What may be done with the bytes.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Access {
    Default,
    Read,
    Write,
    Copy,
}

impl Access {
    fn name(self) -> &'static str {
        match self {
            Access::Default => "ACCESS_DEFAULT",
            Access::Read => "ACCESS_READ",
            Access::Write => "ACCESS_WRITE",
            Access::Copy => "ACCESS_COPY",
        }
    }
}

/// The payload of an mmap object.
pub struct Mmap {
    /// None once it is closed.
    map: Option<Mapping>,
    /// The file, if there is one and it is kept.
    file: Option<OwnedFd>,
    /// Whether there is a file that is not kept.
    untracked: bool,
    shared: bool,
    offset: i64,
    position: usize,
    access: Access,
    exports: Exports,
}

impl Object for Mmap {
    type Access = Guarded;
}

static EXPORTER: Exporter = Exporter {
    layout: |py, value| Layout {
        format: "B".to_owned(),
        itemsize: 1,
        readonly: value.downcast::<Mmap>().is_none_or(|m| m.get(py).access == Access::Read),
    },
    bytes: |py, value| value.downcast::<Mmap>().map_or(&[], |m| m.get(py).bytes()),
    bytes_mut: Some(|py, value| {
        value.downcast::<Mmap>().and_then(|m| m.get_mut(py).map.as_mut()).map_or(&mut [], Mapping::bytes_mut)
    }),
    hold: Some(|py, value| match value.downcast::<Mmap>() {
        Some(m) => m.get_mut(py).exports.hold(),
        None => Exports::default().hold(),
    }),
    check: Some(|py, value| match value.downcast::<Mmap>() {
        Some(m) => usable(py, m).map(drop),
        None => Ok(()),
    }),
};

impl Mmap {
    fn bytes(&self) -> &[u8] {
        self.map.as_ref().map_or(&[], Mapping::bytes)
    }
}

/// ValueError if the object is closed; its size.
fn open(py: &Py, this: &Ref<Mmap>) -> Result<usize> {
    match &this.get(py).map {
        Some(map) => Ok(map.len()),
        None => Err(value_error("mmap closed or invalid")),
    }
}

/// As [`open`], and OSError if the bytes are not there (any more).
fn usable(py: &Py, this: &Ref<Mmap>) -> Result<usize> {
    let len = open(py, this)?;
    let m = this.get(py);
    if m.bytes().is_empty() || m.map.as_ref().is_some_and(Mapping::is_lost) {
        return Err(os_error(py, EFAULT, None));
    }
    Ok(len)
}

/// Reads the bytes; OSError if the file no longer had them.
fn read<R>(py: &Py, this: &Ref<Mmap>, look: impl FnOnce(&[u8]) -> R) -> Result<R> {
    usable(py, this)?;
    let result = look(this.get(py).bytes());
    usable(py, this)?;
    Ok(result)
}

/// Writes to the bytes; TypeError if they are not to be changed.
fn change<R>(py: &mut Py, this: &Ref<Mmap>, write: impl FnOnce(&mut [u8]) -> R) -> Result<R> {
    usable(py, this)?;
    writable(py, this)?;
    let Some(map) = this.get_mut(py).map.as_mut() else { return Err(value_error("mmap closed or invalid")) };
    let result = write(map.bytes_mut());
    usable(py, this)?;
    Ok(result)
}

fn writable(py: &Py, this: &Ref<Mmap>) -> Result<()> {
    if this.get(py).access == Access::Read {
        return Err(type_error("mmap can't modify a readonly memory map."));
    }
    Ok(())
}

/// The arguments of `mmap()`.
struct Request {
    fd: i32,
    len: isize,
    flags: i32,
    prot: i32,
    access: i32,
    offset: i64,
    trackfd: bool,
}

impl Request {
    /// What access these ask for; sets flags and protection to what that needs.
    fn access(&mut self) -> Result<Access> {
        let both = PROT_READ | PROT_WRITE;
        if self.access != 0 && (self.flags != MAP_SHARED || self.prot != both) {
            return Err(value_error("mmap can't specify both access and flags, prot."));
        }
        let (flags, prot, access) = match self.access {
            1 => (MAP_SHARED, PROT_READ, Access::Read),
            2 => (MAP_SHARED, both, Access::Write),
            3 => (MAP_PRIVATE, both, Access::Copy),
            0 if self.prot & both == both => (self.flags, self.prot, Access::Default),
            0 if self.prot & PROT_WRITE != 0 => (self.flags, self.prot, Access::Write),
            0 => (self.flags, self.prot, Access::Read),
            _ => return Err(value_error("mmap invalid access parameter.")),
        };
        (self.flags, self.prot) = (flags, prot);
        Ok(access)
    }

    /// How many bytes to map: as many as were asked for, or all from the offset on.
    fn size(&self) -> Result<usize> {
        let asked = self.len as usize;
        let Ok(stat) = system::fd(self.fd).and_then(rustix::fs::fstat) else { return Ok(asked) };
        if !rustix::fs::FileType::from_raw_mode(stat.st_mode).is_file() {
            return Ok(asked);
        }
        if asked == 0 {
            if stat.st_size == 0 {
                return Err(value_error("cannot mmap an empty file"));
            }
            if self.offset >= stat.st_size {
                return Err(value_error("mmap offset is greater than file size"));
            }
            return usize::try_from(stat.st_size - self.offset).map_err(|_| value_error("mmap length is too large"));
        }
        if self.offset > stat.st_size || (stat.st_size - self.offset) < asked as i64 {
            return Err(value_error("mmap length is greater than file size"));
        }
        Ok(asked)
    }
}

fn construct(py: &mut Py, cls: &Ref<Type>, mut request: Request) -> Result<Value> {
    if request.len < 0 {
        return Err(overflow_error("memory mapped length must be positive"));
    }
    if request.offset < 0 {
        return Err(overflow_error("memory mapped offset must be positive"));
    }
    let access = request.access()?;
    let (mut file, mut untracked, mut len) = (None, false, request.len as usize);
    if request.fd == -1 {
        request.flags |= MAP_ANONYMOUS;
    } else {
        len = request.size()?;
        if request.trackfd {
            let kept = system::fd(request.fd).and_then(|fd| rustix::io::fcntl_dupfd_cloexec(fd, 0));
            file = Some(kept.map_err(|e| system::fail(py, e))?);
        } else {
            untracked = true;
        }
    }
    let fd = (request.fd != -1).then_some(request.fd);
    let map = Mapping::new(fd, len, request.prot, request.flags, request.offset).map_err(|e| io_error(py, &e))?;
    let shared = request.flags & MAP_PRIVATE == 0;
    let made = Mmap {
        map: Some(map),
        file,
        untracked,
        shared,
        offset: request.offset,
        position: 0,
        access,
        exports: Exports::default(),
    };
    Ok(py.make_in(cls, made).into_value())
}

#[cold]
fn out_of_range(what: &str) -> Raised {
    value_error(what.to_owned())
}

/// Fill the module.
pub fn init(py: &mut Py, module: &Ref<Module>) -> Result<()> {
    let d = py.module_dict(module);
    let ty = py.define::<Mmap>().into_value();
    buffer::register::<Mmap>(py, &EXPORTER);
    if let Some(ty) = ty.downcast::<Type>() {
        ty.get_mut(py).flags.0 |= TypeFlags::SEQUENCE;
    }
    dict::set_name(py, &d, "mmap", ty);
    for (name, n) in numbers::NUMBERS {
        let n = py.int(*n);
        dict::set_name(py, &d, name, n);
    }
    let page = py.int(rustix::param::page_size() as i64);
    dict::set_name(py, &d, "PAGESIZE", page.clone());
    dict::set_name(py, &d, "ALLOCATIONGRANULARITY", page);
    let error = py.exception_type(Exc::OSError).into_value();
    dict::set_name(py, &d, "error", error);
    Ok(())
}
