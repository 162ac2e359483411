//! Entering the machine from native code.

use lockstep_heap::{Ref, Value};

use super::call::push_call;
use super::frame::Target;
use super::push;
use crate::object::raise::{Result, recursion_error};
use crate::object::strand::Return;
use crate::object::{Py, Special, Type};
use crate::types::code::CodeObject;
use crate::types::dict::Dict;
use crate::types::function::Function;
use crate::types::method::BoundMethod;
use crate::types::native::{Native, call_native};
use crate::types::str::Str;

/// Call any callable and wait for the result.
pub fn call_any(py: &mut Py, callable: &Value, args: &[Value], keywords: &[(Ref<Str>, Value)]) -> Result<Value> {
    if keywords.is_empty() && push::from_native(py, callable, args) {
        return py.run_to_end();
    }
    if callable.is_a::<Function>() {
        py.native_stack()?;
        push_call(py, callable, args, keywords, Target::NATIVE)?;
        return py.run_to_end();
    }
    if let Some(native) = callable.downcast::<Native>() {
        return call_native(py, native, args, keywords);
    }
    if let Some(method) = callable.downcast::<BoundMethod>()
        && py.is_exact::<BoundMethod>(callable)
    {
        let mut all = Vec::with_capacity(args.len() + 1);
        all.push(method.receiver.clone());
        all.extend_from_slice(args);
        return call_any(py, &method.function, &all, keywords);
    }
    py.native_stack()?;
    if let Some(ty) = callable.downcast::<Type>() {
        let meta = py.type_of(callable);
        let plain = meta.get(py).specials[Special::Call as usize].as_ref().is_some_and(|c| c.is_a::<Native>());
        if plain {
            return crate::types::r#type::call(py, ty, args, keywords);
        }
    }
    match py.special_owned(callable, Special::Call) {
        Some(method) => {
            let ty = py.type_of(callable);
            if let Some(native) = method.downcast::<Native>()
                && native.binds()
            {
                return crate::types::native::call_method(py, native, callable, args, keywords);
            }
            if method.is_a::<Function>() {
                let mut all = Vec::with_capacity(args.len() + 1);
                all.push(callable.clone());
                all.extend_from_slice(args);
                return call_any(py, &method, &all, keywords);
            }
            let bound = py.bind_descriptor(&method, callable, &ty)?;
            if bound.is(callable) {
                return Err(recursion_error("maximum recursion depth exceeded while calling a Python object"));
            }
            call_any(py, &bound, args, keywords)
        }
        None => Err(py.not_callable(callable)),
    }
}

/// Run a code object as a module, class or exec body. `locals`: none if they are the globals.
/// `closure`: cells for its free variables.
pub fn run_code(
    py: &mut Py,
    code: &Ref<CodeObject>,
    globals: &Ref<Dict>,
    builtins: &Ref<Dict>,
    locals: Option<Value>,
    closure: Vec<Value>,
) -> Result<Value> {
    py.native_stack()?;
    let function = py.make(Function {
        code: code.clone(),
        globals: globals.clone(),
        builtins: builtins.clone(),
        closure: closure.into(),
        defaults: None,
        kwdefaults: None,
        name: code.name.clone(),
        qualname: code.qualname.clone(),
        extra: None,
    });
    run_body(py, &function, locals)
}

/// Run a function that is the body of a class (no arguments) in a locals mapping.
pub fn run_body(py: &mut Py, function: &Ref<Function>, locals: Option<Value>) -> Result<Value> {
    py.native_stack()?;
    push_call(py, function.as_value(), &[], &[], Target { ret: Return::Native, ..Target::NATIVE })?;
    let frame = py.strand.frame;
    // SAFETY: the frame was pushed in the line above.
    unsafe { (*frame).locals = locals.map_or(lockstep_heap::Raw::NOTHING, Value::into_raw) };
    py.run_to_end()
}

/// Run `body` with the interpreter's heap as the thread's; the thread holds the lock.
pub(crate) fn with_heap<R>(py: &mut Py, body: impl FnOnce(&mut Py) -> R) -> R {
    let interp = py.interp.clone();
    let heap: *const lockstep_heap::Heap = &raw const **interp.heap.get(py);
    // SAFETY: `interp` keeps the heap alive during the call, and the thread holds the lock.
    let before = unsafe { lockstep_heap::Heap::enter(heap) };
    assert!(before.is_null() || before == heap, "a thread that runs one interpreter entered another");
    struct Back(*const lockstep_heap::Heap);
    impl Drop for Back {
        fn drop(&mut self) {
            // SAFETY: the heap from before is that of an outer call on this thread.
            unsafe { lockstep_heap::Heap::enter(self.0) };
        }
    }
    // The thread may serve another interpreter afterwards, even if `body` panics.
    let _back = Back(before);
    let listed = super::strands::Listed::new(py);
    let result = body(py);
    listed.leave(py);
    // The strand outlives this call, in which alone values can be dropped.
    py.strand.let_go();
    result
}

impl Drop for crate::object::py::Interp {
    fn drop(&mut self) {
        let blank = crate::embed::setup::shared(crate::object::py::Config::default(), (0, 0));
        let shared = std::mem::replace(self.shared.as_mut(), blank);
        let heap: *const lockstep_heap::Heap = &raw const **self.heap.as_mut();
        // SAFETY: nobody else has the interpreter any more, so this thread may touch its values;
        // the heap lives until the end of the drop.
        unsafe {
            let before = lockstep_heap::Heap::enter(heap);
            drop(shared);
            (*heap).drain_returned();
            // What died just now has no machine to run finalisers; its memory goes with the heap.
            std::mem::forget((*heap).take_pending());
            lockstep_heap::Heap::enter(before);
        }
    }
}
