//! Errors on their way: lazy until Python code looks at them.

use lockstep_heap::{Ref, Value};

use crate::object::py::Py;
use crate::types::exception::Exception;
use crate::types::str::Str;

/// The result of everything that can raise.
pub type Result<T, E = Raised> = std::result::Result<T, E>;

macro_rules! exceptions {
    ($($name:ident : $base:ident),* $(,)?) => {
        /// The builtin exception classes.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        #[repr(u8)]
        pub enum Exc { #[doc = "`BaseException`"] BaseException, $( #[doc = concat!("`", stringify!($name), "`")] $name ),* }

        impl Exc {
            /// All of them, bases before subclasses.
            pub const ALL: &'static [Exc] = &[Exc::BaseException, $( Exc::$name ),*];
            /// The class's name.
            pub const fn name(self) -> &'static str {
                match self { Exc::BaseException => "BaseException", $( Exc::$name => stringify!($name) ),* }
            }
            /// The class's base.
            pub const fn base(self) -> Option<Exc> {
                match self { Exc::BaseException => None, $( Exc::$name => Some(Exc::$base) ),* }
            }
            /// Whether it is `other` or a subclass of it.
            #[inline]
            pub const fn is(self, other: Exc) -> bool {
                Exc::ANCESTORS[self as usize] >> (other as u8) & 1 != 0
            }
            /// A bit for each class and each of its bases.
            const ANCESTORS: [u128; Exc::ALL.len()] = {
                let mut table = [0; Exc::ALL.len()];
                let mut n = 0;
                while n < table.len() {
                    let mut at = Some(Exc::ALL[n]);
                    while let Some(e) = at {
                        table[n] |= 1 << e as u8;
                        at = e.base();
                    }
                    n += 1;
                }
                // Its second base.
                table[Exc::ExceptionGroup as usize] |= 1 << Exc::BaseExceptionGroup as u8;
                table
            };
            /// Whether exceptions of the class keep more than their arguments.
            pub const fn has_fields(self) -> bool {
                const WITH: u128 = 1 << Exc::OSError as u8 | 1 << Exc::SyntaxError as u8 | 1 << Exc::ImportError as u8
                    | 1 << Exc::UnicodeDecodeError as u8 | 1 << Exc::UnicodeEncodeError as u8
                    | 1 << Exc::UnicodeTranslateError as u8 | 1 << Exc::BaseExceptionGroup as u8;
                Exc::ANCESTORS[self as usize] & WITH != 0
            }
        }
    };
}

exceptions! {
    GeneratorExit: BaseException, KeyboardInterrupt: BaseException, SystemExit: BaseException,
    BaseExceptionGroup: BaseException,
    Exception: BaseException,
    ArithmeticError: Exception, FloatingPointError: ArithmeticError, OverflowError: ArithmeticError,
    ZeroDivisionError: ArithmeticError,
    AssertionError: Exception, AttributeError: Exception, BufferError: Exception, EOFError: Exception,
    ImportError: Exception, ModuleNotFoundError: ImportError,
    LookupError: Exception, IndexError: LookupError, KeyError: LookupError,
    MemoryError: Exception,
    NameError: Exception, UnboundLocalError: NameError,
    OSError: Exception, BlockingIOError: OSError, ChildProcessError: OSError, ConnectionError: OSError,
    BrokenPipeError: ConnectionError, ConnectionAbortedError: ConnectionError,
    ConnectionRefusedError: ConnectionError, ConnectionResetError: ConnectionError,
    FileExistsError: OSError, FileNotFoundError: OSError, InterruptedError: OSError,
    IsADirectoryError: OSError, NotADirectoryError: OSError, PermissionError: OSError,
    ProcessLookupError: OSError, TimeoutError: OSError,
    ReferenceError: Exception,
    RuntimeError: Exception, NotImplementedError: RuntimeError, RecursionError: RuntimeError,
    PythonFinalizationError: RuntimeError,
    StopAsyncIteration: Exception, StopIteration: Exception,
    SyntaxError: Exception, IndentationError: SyntaxError, TabError: IndentationError,
    IncompleteInputError: SyntaxError,
    SystemError: Exception, TypeError: Exception,
    ValueError: Exception, UnicodeError: ValueError, UnicodeDecodeError: UnicodeError,
    UnicodeEncodeError: UnicodeError, UnicodeTranslateError: UnicodeError,
    Warning: Exception, BytesWarning: Warning, DeprecationWarning: Warning, EncodingWarning: Warning,
    FutureWarning: Warning, ImportWarning: Warning, PendingDeprecationWarning: Warning,
    ResourceWarning: Warning, RuntimeWarning: Warning, SyntaxWarning: Warning,
    UnicodeWarning: Warning, UserWarning: Warning,
    // Its second base is BaseExceptionGroup.
    ExceptionGroup: Exception,
}

/// What an error carries before it becomes an exception object.
#[derive(Debug)]
pub enum Payload {
    /// No argument.
    Empty,
    /// One str argument.
    Message(String),
    /// These arguments.
    Args(Vec<Value>),
    /// A NameError about this name.
    Name(String, Ref<Str>),
    /// An AttributeError about this object and name.
    Attribute(String, Value, Ref<Str>),
    /// It is an exception object already.
    Object(Ref<Exception>),
}

#[derive(Debug)]
struct Inner {
    kind: Exc,
    payload: Payload,
    /// Raised again: the traceback is not extended by the line of the raise.
    again: bool,
    /// Its context is settled: it has been raised before.
    linked: bool,
}

/// An error on its way up. One word; see [`Py::exception`] for the object.
#[derive(Debug)]
pub struct Raised(Box<Inner>);

impl Raised {
    /// An error with these arguments.
    #[cold]
    #[inline(never)]
    pub fn with(kind: Exc, payload: Payload) -> Raised {
        Raised(Box::new(Inner { kind, payload, again: false, linked: false }))
    }
    /// An error with a message.
    #[cold]
    pub fn new(kind: Exc, message: impl Into<String>) -> Raised {
        Self::with(kind, Payload::Message(message.into()))
    }
    /// An error without arguments.
    pub fn empty(kind: Exc) -> Raised {
        Self::with(kind, Payload::Empty)
    }
    /// An error with argument values.
    pub fn args(kind: Exc, args: Vec<Value>) -> Raised {
        Self::with(kind, Payload::Args(args))
    }
    /// An exception object raised.
    pub fn object(kind: Exc, exception: Ref<Exception>) -> Raised {
        Self::with(kind, Payload::Object(exception))
    }
    /// Mark as raised again: the traceback goes on as it was.
    #[must_use]
    pub fn again(mut self) -> Raised {
        self.0.again = true;
        self.0.linked = true;
        self
    }
    /// Mark as on its way already: its context stays as it is.
    #[must_use]
    pub fn linked(mut self) -> Raised {
        self.0.linked = true;
        self
    }
    /// Whether its context stays as it is.
    pub fn is_linked(&self) -> bool {
        self.0.linked
    }
    /// Whether it is raised again.
    pub fn is_again(&self) -> bool {
        self.0.again
    }
    /// The builtin class it has, or the nearest builtin base of its class.
    pub fn kind(&self) -> Exc {
        self.0.kind
    }
    /// Whether its class is `kind` or a subclass (of builtin classes).
    pub fn is(&self, kind: Exc) -> bool {
        self.0.kind.is(kind)
    }
    /// What it carries.
    pub fn payload(&self) -> &Payload {
        &self.0.payload
    }
    /// Taken apart.
    pub fn into_parts(self) -> (Exc, Payload) {
        (self.0.kind, self.0.payload)
    }
    /// The exception object, if it is one already.
    pub fn as_object(&self) -> Option<&Ref<Exception>> {
        match &self.0.payload {
            Payload::Object(e) => Some(e),
            _ => None,
        }
    }
}

impl From<lockstep_text::Error> for Raised {
    #[cold]
    fn from(error: lockstep_text::Error) -> Raised {
        use lockstep_text::Kind;
        let kind = match error.kind {
            Kind::Value => Exc::ValueError,
            Kind::Overflow => Exc::OverflowError,
            Kind::Type => Exc::TypeError,
            Kind::Index => Exc::IndexError,
            Kind::ZeroDivision => Exc::ZeroDivisionError,
            Kind::Memory => return memory_error(),
        };
        Raised::new(kind, error.message)
    }
}

macro_rules! short {
    ($($fn:ident $kind:ident),* $(,)?) => { $(
        #[doc = concat!("A ", stringify!($kind), " with this message.")]
        #[cold]
        pub fn $fn(message: impl Into<String>) -> Raised { Raised::new(Exc::$kind, message) }
    )* };
}

short! {
    type_error TypeError, value_error ValueError, index_error IndexError, overflow_error OverflowError,
    runtime_error RuntimeError, zero_division ZeroDivisionError, system_error SystemError,
    not_implemented NotImplementedError, import_error ImportError, memory_message MemoryError,
    recursion_error RecursionError, lookup_error LookupError, buffer_error BufferError,
}

/// A MemoryError.
#[cold]
pub fn memory_error() -> Raised {
    Raised::empty(Exc::MemoryError)
}

/// A KeyError about this key.
#[cold]
pub fn key_error(key: Value) -> Raised {
    Raised::args(Exc::KeyError, vec![key])
}

/// A StopIteration with this value.
#[cold]
pub fn stop_iteration(value: Value) -> Raised {
    if value.is_none() { Raised::empty(Exc::StopIteration) } else { Raised::args(Exc::StopIteration, vec![value]) }
}

/// A NameError about `name`.
#[cold]
pub fn name_error(name: &Ref<Str>) -> Raised {
    Raised::with(Exc::NameError, Payload::Name(format!("name '{name}' is not defined"), name.clone()))
}

/// An AttributeError as CPython words it for an ordinary object.
#[cold]
pub fn no_attribute(py: &Py, object: &Value, name: &Ref<Str>) -> Raised {
    let message = if let Some(ty) = object.downcast::<crate::object::Type>() {
        format!("type object '{}' has no attribute '{name}'", py.full_name(ty))
    } else {
        format!("'{}' object has no attribute '{name}'", py.type_name(object))
    };
    Raised::with(Exc::AttributeError, Payload::Attribute(message, object.clone(), name.clone()))
}

/// An AttributeError with its own message.
#[cold]
pub fn attribute_error(message: impl Into<String>, object: &Value, name: &Ref<Str>) -> Raised {
    Raised::with(Exc::AttributeError, Payload::Attribute(message.into(), object.clone(), name.clone()))
}

/// The system's text for an errno.
pub fn errno_text(errno: i32) -> String {
    let text = std::io::Error::from_raw_os_error(errno).to_string();
    // Rust appends " (os error N)" to the system's text.
    text.rsplit_once(" (os error").map_or(text.as_str(), |(t, _)| t).to_owned()
}

/// An OSError from an errno; the subclass is chosen by it.
#[cold]
pub fn os_error(py: &Py, errno: i32, filename: Option<Value>) -> Raised {
    let text = errno_text(errno);
    let mut args = vec![Value::int32(errno), py.str(&text)];
    args.extend(filename);
    Raised::args(os_error_kind(errno), args)
}

/// An OSError from an `io::Error`.
#[cold]
pub fn io_error(py: &Py, error: &std::io::Error) -> Raised {
    match error.raw_os_error() {
        Some(errno) => os_error(py, errno, None),
        None => Raised::new(Exc::OSError, error.to_string()),
    }
}

/// The subclass of OSError that belongs to an errno (Linux numbers).
pub fn os_error_kind(errno: i32) -> Exc {
    match errno {
        11 | 114 | 115 => Exc::BlockingIOError,
        10 => Exc::ChildProcessError,
        32 | 108 => Exc::BrokenPipeError,
        103 => Exc::ConnectionAbortedError,
        111 => Exc::ConnectionRefusedError,
        104 => Exc::ConnectionResetError,
        17 => Exc::FileExistsError,
        2 => Exc::FileNotFoundError,
        4 => Exc::InterruptedError,
        21 => Exc::IsADirectoryError,
        20 => Exc::NotADirectoryError,
        1 | 13 => Exc::PermissionError,
        3 => Exc::ProcessLookupError,
        110 => Exc::TimeoutError,
        _ => Exc::OSError,
    }
}
