//! `_io`: files and streams.

pub mod base;
pub mod buffered;
mod buffered_types;
mod bytesio;
mod cookie;
pub mod fileio;
mod newline;
pub mod open;
mod pair;
mod raw;
mod stringio;
pub mod text;
mod text_types;

use lockstep_heap::{Instance, Ref, Shape, ShapeRef, Value, flags};
use lockstep_interp::object::class::linearise;
use lockstep_interp::object::define::TypeSpec;
use lockstep_interp::object::native::{Member, Members};
use lockstep_interp::object::raise::{Result, type_error};
use lockstep_interp::object::{Exc, Py, Type, TypeFlags};
use lockstep_interp::types::dict::{self, Dict};
use lockstep_interp::types::exception::Exception;
use lockstep_interp::types::module::Module;
use lockstep_interp::types::str::Str;
use lockstep_macros::module;

use base::IoTypes;
use buffered::Buffered;
pub use raw::builtin;

/// `DEFAULT_BUFFER_SIZE`
pub const BUFFER_SIZE: usize = 128 * 1024;

/// The functions of `_io`.
pub struct Io;

#[module]
impl Io {
    /// Open file and return a stream.  Raise OSError upon failure.
    #[py("(file, mode='r', buffering=-1, encoding=None, errors=None, newline=None, closefd=True, opener=None)")]
    fn open(
        py: &mut Py,
        file: &Value,
        mode: &str,
        buffering: i64,
        encoding: &Value,
        errors: &Value,
        newline: &Value,
        closefd: bool,
        opener: &Value,
    ) -> Result<Value> {
        let opener = if opener.is_none() { None } else { Some(opener) };
        open::open(py, &open::Opening { file, mode, buffering, encoding, errors, newline, closefd, opener })
    }
    /// Opens the provided file with the intent to import the contents.
    #[py("(path)")]
    fn open_code(py: &mut Py, path: &Value) -> Result<Value> {
        if !path.is_a::<Str>() {
            return Err(type_error(format!("open_code() argument 'path' must be str, not {}", py.type_name(path))));
        }
        let none = Value::NONE;
        open::open(
            py,
            &open::Opening {
                file: path,
                mode: "rb",
                buffering: -1,
                encoding: &none,
                errors: &none,
                newline: &none,
                closefd: true,
                opener: None,
            },
        )
    }
    /// A helper function to choose the text encoding.
    #[py("(encoding, stacklevel=2, /)")]
    fn text_encoding(py: &mut Py, encoding: &Value, stacklevel: i64) -> Value {
        let _ = stacklevel;
        if encoding.is_none() { py.str("locale") } else { encoding.clone() }
    }
}

fn plain(py: &mut Py, name: &'static str, doc: &'static str, base: Option<Ref<Type>>, members: &'static [Member]) -> Ref<Type> {
    let base = base.unwrap_or_else(|| py.object_class().clone());
    let shape = Shape::plain::<Instance>().derive(true, 0, 2);
    shape.set_birth_flags(flags::FINALIZE);
    py.new_native_type(TypeSpec {
        name,
        module: "_io",
        doc: Some(doc),
        flags: TypeFlags::BASE,
        base: Some(base),
        shape,
        members,
        unhashable: false,
    })
}

fn buffered(
    py: &mut Py,
    name: &'static str,
    doc: &'static str,
    base: &Ref<Type>,
    shape: ShapeRef,
    members: &[&'static [Member]],
) -> Ref<Type> {
    let base = Some(base.clone());
    let ty = py.new_native_type(TypeSpec {
        name,
        module: "_io",
        doc: Some(doc),
        flags: TypeFlags::BASE,
        base,
        shape,
        members: &[],
        unhashable: false,
    });
    for table in members {
        py.add_members(&ty, table);
    }
    py.resolve_inherited(&ty);
    ty
}

/// Define the types of the module, once per interpreter.
pub fn prepare(py: &mut Py) -> Result<()> {
    if py.state::<IoTypes>().base.is_some() {
        return Ok(());
    }
    let root = plain(py, "_IOBase", "The abstract base class for all I/O classes.", None, base::IoBaseMethods::MEMBERS);
    let raw = plain(py, "_RawIOBase", "Base class for raw binary I/O.", Some(root.clone()), base::RawIoBaseMethods::MEMBERS);
    let buffer = plain(
        py,
        "_BufferedIOBase",
        "Base class for buffered IO objects.",
        Some(root.clone()),
        base::BufferedIoBaseMethods::MEMBERS,
    );
    let text = plain(py, "_TextIOBase", "Base class for text I/O.", Some(root.clone()), base::TextIoBaseMethods::MEMBERS);
    *py.state::<IoTypes>() =
        IoTypes { base: Some(root), raw: Some(raw), buffered: Some(buffer.clone()), text: Some(text), ..IoTypes::default() };
    py.define::<fileio::FileIo>();
    py.define::<bytesio::BytesIo>();
    py.define::<stringio::StringIo>();
    py.define::<newline::NewlineDecoder>();
    py.define::<pair::Pair>();
    py.define::<text::TextIo>();
    let shape = fileio::finalized::<Buffered>;
    let reader = buffered(
        py,
        "BufferedReader",
        "Create a new buffered reader using the given readable raw IO object.",
        &buffer,
        shape(),
        &buffered_types::READER,
    );
    let writer = buffered(
        py,
        "BufferedWriter",
        "A buffer for a writeable sequential RawIO object.",
        &buffer,
        shape(),
        &buffered_types::WRITER,
    );
    let random = buffered(
        py,
        "BufferedRandom",
        "A buffered interface to random access streams.",
        &buffer,
        shape(),
        &buffered_types::RANDOM,
    );
    let types = py.state::<IoTypes>();
    types.reader = Some(reader);
    types.writer = Some(writer);
    types.random = Some(random);
    py.shared_mut().stream_write = Some(open::write_text);
    let unsupported = unsupported_class(py);
    py.state::<IoTypes>().unsupported = Some(unsupported);
    Ok(())
}

/// `class UnsupportedOperation(OSError, ValueError)`
fn unsupported_class(py: &mut Py) -> Ref<Type> {
    let (os, value) = (py.exception_type(Exc::OSError), py.exception_type(Exc::ValueError));
    let shape = py.shape_of::<Exception>().derive(true, 0, 0);
    let ty = py.new_native_type(TypeSpec {
        name: "UnsupportedOperation",
        module: "io",
        doc: None,
        flags: TypeFlags::BASE | TypeFlags::EXCEPTION,
        base: Some(os.clone()),
        shape,
        members: &[],
        unhashable: false,
    });
    let bases = vec![os, value];
    if let Some(mro) = linearise(py, &ty, &bases) {
        let payload = ty.get_mut(py);
        payload.bases = bases;
        payload.mro = mro;
    }
    py.resolve_inherited(&ty);
    ty
}

/// Fills the module.
pub fn init(py: &mut Py, module: &Ref<Module>) -> Result<()> {
    prepare(py)?;
    let namespace = py.module_dict(module);
    py.add_functions::<Io>(&namespace, "_io");
    let types = py.state::<IoTypes>();
    let named = [
        ("_IOBase", types.base.clone()),
        ("_RawIOBase", types.raw.clone()),
        ("_BufferedIOBase", types.buffered.clone()),
        ("_TextIOBase", types.text.clone()),
        ("BufferedReader", types.reader.clone()),
        ("BufferedWriter", types.writer.clone()),
        ("BufferedRandom", types.random.clone()),
        ("UnsupportedOperation", types.unsupported.clone()),
    ];
    let more = [
        ("FileIO", Some(py.define::<fileio::FileIo>())),
        ("BytesIO", Some(py.define::<bytesio::BytesIo>())),
        ("StringIO", Some(py.define::<stringio::StringIo>())),
        ("IncrementalNewlineDecoder", Some(py.define::<newline::NewlineDecoder>())),
        ("BufferedRWPair", Some(py.define::<pair::Pair>())),
        ("TextIOWrapper", Some(py.define::<text::TextIo>())),
    ];
    for (name, ty) in named.into_iter().chain(more) {
        if let Some(ty) = ty {
            dict::set_name(py, &namespace, name, ty.into_value());
        }
    }
    let blocking = py.exception_type(Exc::BlockingIOError).into_value();
    dict::set_name(py, &namespace, "BlockingIOError", blocking);
    dict::set_name(py, &namespace, "DEFAULT_BUFFER_SIZE", Value::int32(BUFFER_SIZE as i32));
    Ok(())
}

/// The outcome of two steps that both had to be tried: an error of the second has that of the
/// first as context.
fn both(py: &mut Py, first: Result<Value>, second: Result<Value>) -> Result<Value> {
    match (first, second) {
        (Ok(_), second) => second.map(|_| Value::NONE),
        (Err(e), Ok(_)) => Err(e),
        (Err(first), Err(second)) => {
            let first = py.exception(first);
            let second = py.exception(second);
            if !first.is(&second) && second.get(py).context.is_none() {
                second.get_mut(py).context = Some(first.into_value());
            }
            Err(py.raise_object(second))
        }
    }
}

/// `warnings.warn(message, category)`
fn warn(py: &mut Py, category: &str, message: &str) -> Result<()> {
    let class = raw::builtin(py, category)?;
    py.warn_as(&class, message, 1)
}

/// The ResourceWarning of a file that was not closed and that `source` stands for; errors of it are not
/// the script's.
fn warn_unclosed(py: &mut Py, file: &Value, source: &Value) {
    let shown = py.repr_lossy(source);
    if let Err(e) = warn(py, "ResourceWarning", &format!("unclosed file {shown}")) {
        lockstep_interp::builtins::unraisable(py, e, "Exception ignored in", Some(file.clone()));
    }
}

/// A copy of an object's attribute dict, None if it has no attributes.
fn own_dict(py: &mut Py, object: &Value) -> Value {
    let Some(own) = py.instance_dict(object) else { return Value::NONE };
    if own.get(py).is_empty() {
        return Value::NONE;
    }
    let copy: Dict = own.get(py).duplicate();
    py.make(copy).into_value()
}

fn restore_dict(py: &mut Py, object: &Value, saved: &Value) -> Result<()> {
    if saved.is_none() {
        return Ok(());
    }
    let Some(saved) = saved.downcast::<Dict>().cloned() else {
        return Err(type_error(format!("fourth item of state should be a dict, got a {}", py.type_name(saved))));
    };
    let Some(own) = py.instance_dict(object) else { return Ok(()) };
    for (name, value) in py.kwargs(saved.as_value()) {
        dict::set_str(py, &own, &name, value);
    }
    Ok(())
}
