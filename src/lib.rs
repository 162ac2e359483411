//! A Python that Rust programs embed and whose threads can be replayed.
