//! Regular expressions: arbitrary patterns and arbitrary code words against arbitrary subjects.
//! Errors are fine; a panic is not, nor a match that an interrupt does not end.
#![no_main]

use std::sync::LazyLock;
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::time::Duration;

use libfuzzer_sys::fuzz_target;
use lockstep::{Interpreter, Interrupter};

/// How long an input may run before it is interrupted.
const LIMIT: Duration = Duration::from_millis(200);

const SCRIPT: &str = r#"
import re, _sre, warnings
warnings.simplefilter("ignore")

def all_ways(pattern, subject):
    pattern.match(subject); pattern.search(subject); pattern.fullmatch(subject, 1)
    pattern.findall(subject); pattern.split(subject); pattern.sub(lambda m: m.group(), subject)
    for m in pattern.finditer(subject, 1):
        m.groups(), m.regs, m.lastgroup

def attempt(kind, data):
    head, _, subject = bytes(data).partition(b"\0\0")
    try:
        if kind & 1:
            words = [int.from_bytes(head[i:i + 2], "little", signed=False) for i in range(0, len(head), 2)]
            words = [word if word < 0xff00 else 0xffff_ff00 | word & 0xff for word in words]
            pattern = _sre.compile(None, 0, words, kind >> 4, {}, (None,) * (kind >> 4))
        elif kind & 2:
            pattern = re.compile(head, kind >> 3 << 1 & 0x11a)
        else:
            pattern = re.compile(head.decode("utf-8", "surrogateescape"), kind >> 3 << 1 & 0x11a)
            subject = subject.decode("utf-8", "surrogateescape")
        all_ways(pattern, subject)
        if kind & 1:
            all_ways(pattern, subject.decode("utf-8", "surrogateescape"))
    except (re.error, RuntimeError, RecursionError, OverflowError, MemoryError, TypeError, ValueError, SystemError):
        pass
    except KeyboardInterrupt:
        pass
"#;

static LOCKSTEP: LazyLock<(Interpreter, Sender<bool>)> = LazyLock::new(|| {
    let lockstep = Interpreter::builder().hash_seed(1).build();
    lockstep.exec(SCRIPT).expect("the script is fine");
    let (sender, receiver) = channel();
    let interrupter = lockstep.interrupter();
    std::thread::spawn(move || watch(&receiver, &interrupter));
    (lockstep, sender)
});

/// Interrupts what runs too long: `true` begins, `false` ends.
fn watch(receiver: &Receiver<bool>, interrupter: &Interrupter) {
    while let Ok(running) = receiver.recv() {
        let mut running = running;
        while running {
            match receiver.recv_timeout(LIMIT) {
                Ok(now) => running = now,
                Err(RecvTimeoutError::Timeout) => interrupter.interrupt(),
                Err(RecvTimeoutError::Disconnected) => return,
            }
        }
    }
}

fuzz_target!(|data: &[u8]| {
    let Some((&kind, data)) = data.split_first() else { return };
    let (lockstep, watchdog) = &*LOCKSTEP;
    let _ = watchdog.send(true);
    // An interrupt that comes when the script has ended meets the next one.
    let _ = lockstep.call::<()>("attempt", (i64::from(kind), data.to_vec()));
    let _ = watchdog.send(false);
});
