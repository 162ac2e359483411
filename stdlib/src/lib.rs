//! The library of Lockstep: native modules and the frozen pure-Python part.
