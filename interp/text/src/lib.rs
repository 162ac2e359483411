//! Formatting and parsing of numbers and text for Lockstep, on plain Rust data.
