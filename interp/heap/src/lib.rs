//! The memory room of Lockstep: values, objects, reference counts, cycles.
