//! Output kept for the host.

use std::io::Write;
use std::sync::{Arc, Mutex, PoisonError};

use crate::Sink;

/// Keeps what a script prints.
#[derive(Clone, Default, Debug)]
pub struct Capture {
    bytes: Arc<Mutex<Vec<u8>>>,
}

impl Capture {
    /// An empty one.
    pub fn new() -> Capture {
        Capture::default()
    }
    /// Where the interpreter writes.
    pub fn sink(&self) -> Sink {
        Sink::Host(Box::new(self.clone()))
    }
    /// What was printed so far.
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.bytes.lock().unwrap_or_else(PoisonError::into_inner)).into_owned()
    }
}

impl Write for Capture {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.bytes.lock().unwrap_or_else(PoisonError::into_inner).extend_from_slice(bytes);
        Ok(bytes.len())
    }
    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}
