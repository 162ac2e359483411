//! A script that works on arbitrary bytes, for the targets that go through the library.

use lockstep::Interpreter;

/// An interpreter in which a script has defined `attempt(kind, data)`.
pub struct Script(Interpreter);

impl Script {
    /// Run the script.
    pub fn new(source: &str) -> Script {
        let lockstep = Interpreter::builder().hash_seed(1).build();
        lockstep.exec(source).expect("the script is fine");
        Script(lockstep)
    }
    /// One attempt: the first byte says how. The script handles the errors it expects; any other
    /// one is a finding.
    pub fn attempt(&self, data: &[u8]) {
        let Some((&kind, data)) = data.split_first() else { return };
        if let Err(error) = self.0.call::<()>("attempt", (i64::from(kind), data.to_vec())) {
            panic!("{}", error.report());
        }
    }
}
