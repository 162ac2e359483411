//! Instruction set, code objects and the compiler of Lockstep.
