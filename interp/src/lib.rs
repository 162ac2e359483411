//! The machine and the builtin types of Lockstep.
