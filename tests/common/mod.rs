//! What the tests through the facade share.

use lockstep::Interpreter;

/// Run a script that asserts what it expects.
pub fn check(source: &str) {
    let python = Interpreter::builder().build();
    if let Err(error) = python.exec(source) {
        panic!("{error}");
    }
}
