//! Code of the program's own library is read and tied to the interpreter when it is first needed:
//! most functions of a module that is imported are never called.

use lockstep_heap::Ref;

use crate::object::Py;
use crate::types::code::CodeObject;

/// Make a code object ready to run and to be looked into.
#[inline]
pub(crate) fn ready(py: &mut Py, code: &Ref<CodeObject>) {
    if code.instrs.get().is_null() {
        prepare(py, code);
    }
}

#[cold]
#[inline(never)]
fn prepare(py: &mut Py, code: &Ref<CodeObject>) {
    let parts = py.code_parts(&code.code);
    // SAFETY: no frame runs code that is not ready, and others make it ready before they borrow
    // what is set here; making the parts ran no other code.
    unsafe {
        code.consts.set(parts.consts);
        code.names.set(parts.names);
        code.varnames.set(parts.varnames);
        code.attrs.set(parts.attrs);
        code.globals.set(parts.globals);
    }
    code.simple_args.set(parts.simple_args);
    code.frame_args.set(parts.frame_args);
    code.finalize.set(parts.finalize);
    code.instrs.set(code.code.instrs.as_ptr());
}
