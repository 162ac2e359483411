//! The pickle under construction: bytes, cut into frames from protocol 4 on.

use super::op;

/// Smaller frames are written without a frame's head.
const SMALLEST: usize = 4;
/// A frame of this size is closed at the next boundary.
pub const FULL: usize = 64 * 1024;
/// A frame's head: the instruction and eight bytes of length.
const HEAD: usize = 9;

/// Bytes on their way to the file.
#[derive(Default)]
pub struct Out {
    /// The bytes.
    pub bytes: Vec<u8>,
    /// Whether they are cut into frames.
    pub framing: bool,
    frame: Option<usize>,
}

impl Out {
    /// Forget everything.
    pub fn reset(&mut self) {
        *self = Out::default();
    }
    #[cold]
    fn open(&mut self) {
        self.frame = Some(self.bytes.len());
        self.bytes.extend_from_slice(&[0; HEAD]);
    }
    #[inline(always)]
    fn ready(&mut self) {
        if self.framing && self.frame.is_none() {
            self.open();
        }
    }
    /// Bytes that stay together.
    #[inline]
    pub fn put(&mut self, bytes: &[u8]) {
        self.ready();
        self.bytes.extend_from_slice(bytes);
    }
    /// One instruction without argument.
    #[inline]
    pub fn op(&mut self, op: u8) {
        self.ready();
        self.bytes.push(op);
    }
    /// An instruction and the four bytes of its argument.
    #[inline]
    pub fn op4(&mut self, op: u8, n: u32) {
        let [a, b, c, d] = n.to_le_bytes();
        self.put(&[op, a, b, c, d]);
    }
    /// Whether the frame should be closed now, between two values.
    #[inline(always)]
    pub fn full(&self) -> bool {
        self.frame.is_some_and(|at| self.bytes.len() - at - HEAD >= FULL)
    }
    /// Close the frame, if one is open.
    pub fn close(&mut self) {
        let Some(at) = self.frame.take() else { return };
        let size = self.bytes.len() - at - HEAD;
        if size >= SMALLEST {
            self.bytes[at] = op::FRAME;
            self.bytes[at + 1..at + HEAD].copy_from_slice(&(size as u64).to_le_bytes());
        } else {
            self.bytes.drain(at..at + HEAD);
        }
    }
}
