//! `termios`: how terminals behave.

mod numbers;

use lockstep_interp::object::raise::{Result, type_error};
use lockstep_interp::types::bytes::Bytes;
use lockstep_interp::types::dict;
use lockstep_interp::types::int;
use lockstep_interp::types::list::List;
use lockstep_interp::types::module::Module;
use lockstep_interp::{Exc, Py, Raised, Ref, Value, module};
use lockstep_sched::WaitKind;
use rustix::io::Errno;
use rustix::termios::{
    Action, ControlModes, InputModes, LocalModes, OptionalActions, OutputModes, QueueSelector, SpecialCodeIndex, Termios, Winsize,
};

use crate::system;

/// The module's `error` class.
#[derive(Default)]
struct Errors(Option<Value>);

#[cold]
fn fail(py: &mut Py, errno: Errno) -> Raised {
    let number = errno.raw_os_error();
    let text = std::io::Error::from_raw_os_error(number).to_string();
    let text = text.rsplit_once(" (os error").map_or(text.as_str(), |(t, _)| t).to_owned();
    let args = [py.int(i64::from(number)), py.str(&text)];
    match py.state::<Errors>().0.clone() {
        Some(class) => match py.call(&class, &args) {
            Ok(made) => py.raise_value(&made),
            Err(e) => e,
        },
        None => Raised::args(Exc::OSError, args.to_vec()),
    }
}

/// The result of a system call.
fn done<T>(py: &mut Py, result: rustix::io::Result<T>) -> Result<T> {
    result.map_err(|e| fail(py, e))
}

/// The special characters in the order of their numbers.
const CODES: [SpecialCodeIndex; 17] = [
    SpecialCodeIndex::VINTR,
    SpecialCodeIndex::VQUIT,
    SpecialCodeIndex::VERASE,
    SpecialCodeIndex::VKILL,
    SpecialCodeIndex::VEOF,
    SpecialCodeIndex::VTIME,
    SpecialCodeIndex::VMIN,
    SpecialCodeIndex::VSWTC,
    SpecialCodeIndex::VSTART,
    SpecialCodeIndex::VSTOP,
    SpecialCodeIndex::VSUSP,
    SpecialCodeIndex::VEOL,
    SpecialCodeIndex::VREPRINT,
    SpecialCodeIndex::VDISCARD,
    SpecialCodeIndex::VWERASE,
    SpecialCodeIndex::VLNEXT,
    SpecialCodeIndex::VEOL2,
];
/// Places of `VTIME` and `VMIN`, which are numbers unless lines are read.
const TIME: usize = 5;
const MIN: usize = 6;
/// The bits of the control modes that say the speed of input.
const INPUT_SPEED: u32 = 0x100F_0000;
/// How many special characters scripts see.
const NCCS: usize = 32;

/// Speeds by the numbers that stand for them.
const SPEEDS: [(i64, u32); 31] = [
    (0, 0),
    (1, 50),
    (2, 75),
    (3, 110),
    (4, 134),
    (5, 150),
    (6, 200),
    (7, 300),
    (8, 600),
    (9, 1200),
    (10, 1800),
    (11, 2400),
    (12, 4800),
    (13, 9600),
    (14, 19200),
    (15, 38400),
    (4097, 57600),
    (4098, 115_200),
    (4099, 230_400),
    (4100, 460_800),
    (4101, 500_000),
    (4102, 576_000),
    (4103, 921_600),
    (4104, 1_000_000),
    (4105, 1_152_000),
    (4106, 1_500_000),
    (4107, 2_000_000),
    (4108, 2_500_000),
    (4109, 3_000_000),
    (4110, 3_500_000),
    (4111, 4_000_000),
];

fn speed_number(speed: u32) -> i64 {
    SPEEDS.iter().find(|(_, s)| *s == speed).map_or(i64::from(speed), |(n, _)| *n)
}

fn attributes(py: &mut Py, fd: i32) -> Result<Termios> {
    let result = system::fd(fd).and_then(rustix::termios::tcgetattr);
    done(py, result)
}

/// The attributes as a list.
fn shown(py: &mut Py, t: &Termios) -> Value {
    let lines = t.local_modes.contains(LocalModes::ICANON);
    let mut codes = Vec::with_capacity(NCCS);
    for place in 0..NCCS {
        let code = CODES.get(place).map_or(0, |index| t.special_codes[*index]);
        let number = !lines && matches!(place, TIME | MIN);
        codes.push(if number { py.int(i64::from(code)) } else { py.bytes(&[code]) });
    }
    let codes = py.list(codes);
    let numbers = [
        i64::from(t.input_modes.bits()),
        i64::from(t.output_modes.bits()),
        i64::from(t.control_modes.bits()),
        i64::from(t.local_modes.bits()),
        speed_number(t.input_speed()),
        speed_number(t.output_speed()),
    ];
    let mut items: Vec<Value> = numbers.iter().map(|n| py.int(*n)).collect();
    items.push(codes);
    py.list(items)
}

fn number(py: &mut Py, value: &Value) -> Result<i64> {
    let n = py.index(value)?;
    int::as_i64(&n).ok_or_else(|| lockstep_interp::object::raise::overflow_error("Python int too large to convert to C long"))
}

/// Put what a script's list says into the attributes.
fn apply(py: &mut Py, t: &mut Termios, list: &Value) -> Result<()> {
    let wrong = || type_error("tcsetattr, arg 3: must be 7 element list");
    let Some(items) = list.downcast::<List>() else { return Err(wrong()) };
    let items = items.get(py).items.clone();
    let [input, output, control, local, ispeed, ospeed, codes] = items.as_slice() else { return Err(wrong()) };
    let mut modes = [0; 6];
    for (slot, value) in modes.iter_mut().zip([input, output, control, local, ispeed, ospeed]) {
        *slot = number(py, value)?;
    }
    let codes = match codes.downcast::<List>() {
        Some(codes) if codes.get(py).items.len() == NCCS => codes.get(py).items.clone(),
        _ => return Err(type_error(format!("tcsetattr: attributes[6] must be {NCCS} element list"))),
    };
    for (place, value) in codes.iter().enumerate() {
        let code = if let Some([code]) = value.downcast::<Bytes>().map(|b| b.slice()) {
            *code
        } else if int::is_int(value) {
            number(py, value)? as u8
        } else {
            return Err(type_error("tcsetattr: elements of attributes must be characters or integers"));
        };
        if let Some(index) = CODES.get(place) {
            t.special_codes[*index] = code;
        }
    }
    let [input, output, control, local, ispeed, ospeed] = modes;
    t.input_modes = InputModes::from_bits_retain(input as u32);
    t.output_modes = OutputModes::from_bits_retain(output as u32);
    t.control_modes = ControlModes::from_bits_retain(control as u32);
    t.local_modes = LocalModes::from_bits_retain(local as u32);
    let speed = |n: i64| SPEEDS.iter().find(|(number, _)| *number == n).map(|(_, speed)| *speed).ok_or(Errno::INVAL);
    let result = speed(ispeed).and_then(|s| t.set_input_speed(s));
    done(py, result)?;
    let result = speed(ospeed).and_then(|s| t.set_output_speed(s));
    done(py, result)?;
    if ispeed == ospeed {
        // No speed of its own for input: it is that of output.
        t.control_modes &= ControlModes::from_bits_retain(!INPUT_SPEED);
    }
    Ok(())
}

/// The functions of `termios`.
pub struct TermiosFunctions;

#[module]
impl TermiosFunctions {
    /// Wait until all output written to file descriptor fd has been transmitted.
    #[py("(fd, /)")]
    fn tcdrain(py: &mut Py, fd: &Value) -> Result<()> {
        let fd = system::descriptor_of(py, fd)?;
        let result = system::blocking(py, WaitKind::Write, fd, || system::fd(fd).and_then(rustix::termios::tcdrain))?;
        done(py, result)
    }
    /// Suspend or resume input or output on file descriptor fd.
    ///
    /// The action argument can be termios.TCOOFF to suspend output,
    /// termios.TCOON to restart output, termios.TCIOFF to suspend input,
    /// or termios.TCION to restart input.
    #[py("(fd, action, /)")]
    fn tcflow(py: &mut Py, fd: &Value, action: i32) -> Result<()> {
        let fd = system::descriptor_of(py, fd)?;
        let action = match action {
            0 => Ok(Action::OOff),
            1 => Ok(Action::OOn),
            2 => Ok(Action::IOff),
            3 => Ok(Action::IOn),
            _ => Err(Errno::INVAL),
        };
        let result = action.and_then(|a| rustix::termios::tcflow(system::fd(fd)?, a));
        done(py, result)
    }
    /// Discard queued data on file descriptor fd.
    ///
    /// The queue selector specifies which queue: termios.TCIFLUSH for the input
    /// queue, termios.TCOFLUSH for the output queue, or termios.TCIOFLUSH for
    /// both queues.
    #[py("(fd, queue, /)")]
    fn tcflush(py: &mut Py, fd: &Value, queue: i32) -> Result<()> {
        let fd = system::descriptor_of(py, fd)?;
        let queue = match queue {
            0 => Ok(QueueSelector::IFlush),
            1 => Ok(QueueSelector::OFlush),
            2 => Ok(QueueSelector::IOFlush),
            _ => Err(Errno::INVAL),
        };
        let result = queue.and_then(|q| rustix::termios::tcflush(system::fd(fd)?, q));
        done(py, result)
    }
    /// Get the tty attributes for file descriptor fd.
    ///
    /// Returns a list [iflag, oflag, cflag, lflag, ispeed, ospeed, cc]
    /// where cc is a list of the tty special characters (each a string of
    /// length 1, except the items with indices VMIN and VTIME, which are
    /// integers when these fields are defined).  The interpretation of the
    /// flags and the speeds as well as the indexing in the cc array must be
    /// done using the symbolic constants defined in this module.
    #[py("(fd, /)")]
    fn tcgetattr(py: &mut Py, fd: &Value) -> Result<Value> {
        let fd = system::descriptor_of(py, fd)?;
        let found = attributes(py, fd)?;
        Ok(shown(py, &found))
    }
    /// Get the tty winsize for file descriptor fd.
    ///
    /// Returns a tuple (ws_row, ws_col).
    #[py("(fd, /)")]
    fn tcgetwinsize(py: &mut Py, fd: &Value) -> Result<Value> {
        let fd = system::descriptor_of(py, fd)?;
        let result = system::fd(fd).and_then(rustix::termios::tcgetwinsize);
        let size = done(py, result)?;
        let items = vec![py.int(i64::from(size.ws_row)), py.int(i64::from(size.ws_col))];
        Ok(py.tuple(items))
    }
    /// Send a break on file descriptor fd.
    ///
    /// A zero duration sends a break for 0.25-0.5 seconds; a nonzero duration
    /// has a system dependent meaning.
    #[py("(fd, duration, /)")]
    fn tcsendbreak(py: &mut Py, fd: &Value, duration: i32) -> Result<()> {
        // Linux sends the same break for every duration.
        let _ = duration;
        let fd = system::descriptor_of(py, fd)?;
        let result = system::blocking(py, WaitKind::Write, fd, || system::fd(fd).and_then(rustix::termios::tcsendbreak))?;
        done(py, result)
    }
    /// Set the tty attributes for file descriptor fd.
    ///
    /// The attributes to be set are taken from the attributes argument, which
    /// is a list like the one returned by tcgetattr(). The when argument
    /// determines when the attributes are changed: termios.TCSANOW to
    /// change immediately, termios.TCSADRAIN to change after transmitting all
    /// queued output, or termios.TCSAFLUSH to change after transmitting all
    /// queued output and discarding all queued input.
    #[py("(fd, when, attributes, /)")]
    fn tcsetattr(py: &mut Py, fd: &Value, when: i32, attributes: &Value) -> Result<()> {
        let fd = system::descriptor_of(py, fd)?;
        if attributes.downcast::<List>().is_none_or(|l| l.get(py).items.len() != 7) {
            return Err(type_error("tcsetattr, arg 3: must be 7 element list"));
        }
        let mut new = self::attributes(py, fd)?;
        apply(py, &mut new, attributes)?;
        let when = match when {
            0 => OptionalActions::Now,
            1 => OptionalActions::Drain,
            2 => OptionalActions::Flush,
            _ => return Err(fail(py, Errno::INVAL)),
        };
        let result = system::blocking(py, WaitKind::Write, fd, || rustix::termios::tcsetattr(system::fd(fd)?, when, &new))?;
        done(py, result)
    }
    /// Set the tty winsize for file descriptor fd.
    ///
    /// The winsize to be set is taken from the winsize argument, which
    /// is a two-item tuple (ws_row, ws_col) like the one returned by tcgetwinsize().
    #[py("(fd, winsize, /)")]
    fn tcsetwinsize(py: &mut Py, fd: &Value, winsize: &Value) -> Result<()> {
        let fd = system::descriptor_of(py, fd)?;
        let wrong = "tcsetwinsize, arg 2: must be a two-item sequence";
        let items = match py.collect(winsize) {
            Ok(items) => items,
            Err(e) if e.is(Exc::TypeError) => return Err(type_error(wrong)),
            Err(e) => return Err(e),
        };
        let [rows, columns] = items.as_slice() else { return Err(type_error(wrong)) };
        let mut sizes = [0; 2];
        for (slot, value) in sizes.iter_mut().zip([rows, columns]) {
            *slot = u16::try_from(number(py, value)?)
                .map_err(|_| lockstep_interp::object::raise::overflow_error("winsize value(s) out of range."))?;
        }
        // What the size in pixels is, stays.
        let result = system::fd(fd).and_then(rustix::termios::tcgetwinsize);
        let old = done(py, result)?;
        let new = Winsize { ws_row: sizes[0], ws_col: sizes[1], ..old };
        let result = system::fd(fd).and_then(|f| rustix::termios::tcsetwinsize(f, new));
        done(py, result)
    }
}

/// Fill the module.
pub fn init(py: &mut Py, module: &Ref<Module>) -> Result<()> {
    let d = py.module_dict(module);
    py.add_functions::<TermiosFunctions>(&d, "termios");
    for (name, n) in numbers::NUMBERS {
        let n = py.int(*n);
        dict::set_name(py, &d, name, n);
    }
    let base = py.exception_type(Exc::Exception).into_value();
    let known = py.state::<Errors>().0.clone();
    let class = crate::notes::error_class(py, known, "termios", "error", &base, None)?;
    py.state::<Errors>().0 = Some(class.clone());
    dict::set_name(py, &d, "error", class);
    Ok(())
}
