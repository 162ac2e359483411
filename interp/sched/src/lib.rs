//! The lock room of Lockstep: the GIL and the one door for blocking.
