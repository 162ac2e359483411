//! Native loops, which run no bytecode, end when the embedder says so and let other threads run.

mod common;

use std::io::Write;
use std::sync::mpsc::{Sender, channel};
use std::thread;

use lockstep::{Interpreter, Sink};

use common::check;

/// An output that tells when something is printed.
struct Bell(Sender<()>);

impl Write for Bell {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        // Nobody listens any more after the first time.
        let _ = self.0.send(());
        Ok(bytes.len())
    }
    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

const ENDLESS: &str = "
import collections, functools, itertools, math, operator

def ready():
    print('ready', flush=True)
    return iter(())

def endless(item):
    'Says that it has begun, and goes on for ever.'
    begun = map(operator.call, itertools.repeat(ready, 1))
    return itertools.chain(itertools.chain.from_iterable(begun), itertools.repeat(item))
";

/// Runs a statement and interrupts it when it has begun.
fn interrupt(statement: &str) {
    let (sender, receiver) = channel();
    let python = Interpreter::builder().stdout(Sink::Host(Box::new(Bell(sender)))).build();
    let interrupter = python.interrupter();
    python.exec(ENDLESS).expect("the preparations are fine");
    thread::scope(|scope| {
        scope.spawn(move || {
            receiver.recv().expect("it begins");
            interrupter.interrupt();
        });
        let error = python.exec(statement).expect_err(statement);
        assert!(error.to_string().contains("KeyboardInterrupt"), "{statement}: {error}");
    });
}

#[test]
fn functions_over_an_iterable_can_be_interrupted() {
    for statement in [
        "sum(endless(0))",
        "max(endless(1))",
        "any(endless(0))",
        "all(map(bool, endless(1)))",
        "1 in endless(0)",
        "''.join(endless(''))",
        "sorted(zip(endless(0), range(10**12)))",
        "functools.reduce(operator.or_, endless(1))",
        "math.prod(endless(1))",
        "operator.countOf(endless(1), 2)",
    ] {
        interrupt(statement);
    }
}

#[test]
fn containers_that_read_an_iterable_can_be_interrupted() {
    for statement in [
        "collections.deque(endless(0), maxlen=1)",
        "set(endless(0))",
        "dict.fromkeys(endless(0))",
        "dict(endless((1, 2)))",
        "collections.Counter(endless(0))",
        "{1}.issuperset(endless(1))",
        "first, *rest = endless(0)",
        "print('ready', flush=True); sum(range(10**12))",
    ] {
        interrupt(statement);
    }
}

#[test]
fn iterators_that_find_nothing_can_be_interrupted() {
    for statement in [
        "next(filter(None, endless(0)))",
        "next(itertools.dropwhile(bool, endless(1)))",
        "next(itertools.filterfalse(None, endless(1)))",
        "next(itertools.compress(endless(1), itertools.repeat(0)))",
        "next(itertools.islice(endless(1), 10**12, None))",
        "next(itertools.chain.from_iterable(endless(())))",
    ] {
        interrupt(statement);
    }
}

#[test]
fn other_threads_run_beside_a_native_loop() {
    check(
        "
import itertools, threading
begun, said = threading.Event(), []
def say():
    begun.wait()
    said.append('something')
speaker = threading.Thread(target=say)
speaker.start()
begun.set()
# Ends when somebody else has said something.
assert next(filter(None, map(len, itertools.repeat(said)))) == 1
speaker.join()
",
    );
}
