//! Attribute macros that declare native methods and modules of Lockstep.
