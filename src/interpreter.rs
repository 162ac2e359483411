//! An interpreter in the hands of its host.

use std::hash::{BuildHasher, Hasher};
use std::sync::Arc;

use lockstep_interp::object::py::Interp;
use lockstep_interp::{Py, ThreadKind};

use crate::{Builder, Sink};

/// A Python interpreter. Interpreters share nothing.
pub struct Interpreter {
    interp: Arc<Interp>,
}

impl Interpreter {
    /// Choices first.
    pub fn builder() -> Builder {
        Builder::default()
    }

    pub(crate) fn new(builder: Builder) -> Interpreter {
        let key = match builder.hash_seed {
            Some(seed) => (seed, !seed),
            None => {
                // The standard library's own source of random keys.
                let random = || std::hash::RandomState::new().build_hasher().finish();
                (random(), random())
            }
        };
        let Builder { config, stdout, stderr, signals, .. } = builder;
        let unbuffered = config.flags.unbuffered;
        let interp = Interp::new(config, key);
        if signals {
            interp.own_signals();
        }
        interp.run(ThreadKind::Main, |py| {
            lockstep_interp::embed::setup::initialise(py, &lockstep_stdlib::library::Standard);
            let own = matches!((&stdout, &stderr), (Sink::Stdout, Sink::Stderr));
            lockstep_interp::embed::setup::streams(py, stdout, stderr);
            if own && let Err(error) = lockstep_stdlib::_io::open::install_streams(py, unbuffered) {
                lockstep_interp::embed::report::error(py, error);
            }
        });
        Interpreter { interp }
    }

    /// Take the lock and work inside the interpreter, as its main thread. None once it is ending.
    pub fn main<R>(&self, body: impl FnOnce(&mut Py) -> R) -> Option<R> {
        self.interp.run(ThreadKind::Main, body)
    }
}

impl Drop for Interpreter {
    /// Threads end, exit functions run, objects are finalised; daemon threads stop for ever.
    fn drop(&mut self) {
        self.interp.run(ThreadKind::Main, |py| lockstep_interp::embed::finalize::finish(py));
    }
}
