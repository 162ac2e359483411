//! `SemLock`: a lock or semaphore over one of the system's, with the count of this process.

use std::sync::Arc;
use std::time::Duration;

use lockstep_interp::embed::serve;
use lockstep_interp::object::raise::{Exc, Raised, Result, io_error, value_error};
use lockstep_interp::object::{NativeType, Type, TypeFlags};
use lockstep_interp::{Guarded, Object, Py, Ref, Value, methods};
use lockstep_sched::semaphore::Semaphore;
use lockstep_sched::{Deadline, Wait, WaitKind};

use crate::_thread::timeout;

/// The kind that its owner may take again.
const RECURSIVE: i32 = 0;
const SEMAPHORE: i32 = 1;
/// Longest wait in one system call. A request that comes just before the call does not end it:
/// it is seen after this time.
const SLICE: Duration = Duration::from_millis(500);

/// The payload of a `SemLock`.
pub struct SemLock {
    semaphore: Arc<Semaphore>,
    kind: i32,
    maxvalue: i32,
    name: Value,
    /// How often this process has taken it, less how often it gave it back.
    count: i32,
    /// The thread of this process that took it last.
    owner: u64,
}

impl Object for SemLock {
    type Access = Guarded;
}

impl SemLock {
    fn is_mine(&self, thread: u64) -> bool {
        self.count > 0 && self.owner == thread
    }
}

#[cold]
fn fail(py: &Py, error: &std::io::Error) -> Raised {
    io_error(py, error)
}

/// Waits until it can be taken; false if the deadline came first.
fn wait_for(py: &mut Py, this: &Ref<SemLock>, deadline: Deadline) -> Result<bool> {
    let semaphore = this.get(py).semaphore.clone();
    let wait = Wait::new(WaitKind::Lock).object(this.id()).until(deadline);
    loop {
        let requests = py.thread().requests();
        serve(py, requests)?;
        let left = match deadline.0.saturating_sub(py.thread().sched().clock().now()) {
            _ if deadline.is_never() => SLICE,
            0 => return Ok(false),
            left => Duration::from_nanos(left).min(SLICE),
        };
        let (waited, requests) = py.thread().block(&wait, || semaphore.wait(left));
        match waited {
            Ok(true) => return Ok(true),
            Ok(false) => {}
            Err(error) if error.kind() == std::io::ErrorKind::Interrupted => serve(py, requests)?,
            Err(error) => return Err(fail(py, &error)),
        }
    }
}

fn acquire(py: &mut Py, this: &Ref<SemLock>, block: bool, timeout: &Value) -> Result<bool> {
    let thread = py.thread_id();
    let lock = this.get_mut(py);
    if lock.kind == RECURSIVE && lock.is_mine(thread) {
        lock.count += 1;
        return Ok(true);
    }
    let deadline = if timeout.is_none() {
        Deadline::NEVER
    } else {
        let seconds = timeout::seconds(py, timeout)?;
        timeout::deadline(py, seconds)
    };
    let mut taken = this.get(py).semaphore.try_wait().map_err(|e| fail(py, &e))?;
    if !taken && block {
        taken = wait_for(py, this, deadline)?;
    }
    if taken {
        let lock = this.get_mut(py);
        lock.count += 1;
        lock.owner = thread;
    }
    Ok(taken)
}

fn release(py: &mut Py, this: &Ref<SemLock>) -> Result<()> {
    let thread = py.thread_id();
    let lock = this.get_mut(py);
    if lock.kind == RECURSIVE {
        if !lock.is_mine(thread) {
            return Err(Raised::new(Exc::AssertionError, "attempt to release recursive lock not owned by thread"));
        }
        if lock.count > 1 {
            lock.count -= 1;
            return Ok(());
        }
    } else {
        let value = lock.semaphore.value();
        let most = lock.maxvalue;
        if value.map_err(|e| fail(py, &e))? >= most {
            return Err(value_error("semaphore or lock released too many times"));
        }
    }
    this.get(py).semaphore.post().map_err(|e| fail(py, &e))?;
    this.get_mut(py).count -= 1;
    Ok(())
}

#[methods]
impl SemLock {
    /// Create and return a new object.  See help(type) for accurate signature.
    #[staticmethod("(type, /, kind, value, maxvalue, name, unlink)")]
    fn __new__(py: &mut Py, cls: &Ref<Type>, kind: i32, value: i32, maxvalue: i32, name: &Value, unlink: bool) -> Result<Value> {
        if kind != RECURSIVE && kind != SEMAPHORE {
            return Err(value_error("unrecognized kind"));
        }
        let system_name = super::name(py, name, "SemLock() argument 'name'")?;
        let semaphore = Semaphore::create(&system_name, value as u32).map_err(|e| fail(py, &e))?;
        if unlink {
            Semaphore::unlink(&system_name).map_err(|e| fail(py, &e))?;
        }
        let semaphore = Arc::new(semaphore);
        // Without a name nobody takes it away again.
        let name = if unlink { Value::NONE } else { name.clone() };
        let lock = SemLock { semaphore, kind, maxvalue, name, count: 0, owner: 0 };
        Ok(py.make_in(cls, lock).into_value())
    }
    /// Enter the semaphore/lock.
    #[py("(self, /)")]
    fn __enter__(py: &mut Py, this: &Ref<SemLock>) -> Result<bool> {
        acquire(py, this, true, &Value::NONE)
    }
    /// Exit the semaphore/lock.
    #[py("(self, exc_type=None, exc_value=None, exc_tb=None, /)")]
    fn __exit__(py: &mut Py, this: &Ref<SemLock>, _a: &Value, _b: &Value, _c: &Value) -> Result<()> {
        release(py, this)
    }
    /// Rezero the net acquisition count after fork().
    #[py("(self, /)")]
    fn _after_fork(py: &mut Py, this: &Ref<SemLock>) {
        this.get_mut(py).count = 0;
    }
    /// Num of `acquire()`s minus num of `release()`s for this process.
    #[py("(self, /)")]
    fn _count(py: &mut Py, this: &Ref<SemLock>) -> i32 {
        this.get(py).count
    }
    /// Get the value of the semaphore.
    #[py("(self, /)")]
    fn _get_value(py: &mut Py, this: &Ref<SemLock>) -> Result<i32> {
        this.get(py).semaphore.value().map_err(|e| fail(py, &e))
    }
    /// Whether the lock is owned by this thread.
    #[py("(self, /)")]
    fn _is_mine(py: &mut Py, this: &Ref<SemLock>) -> bool {
        this.get(py).is_mine(py.thread_id())
    }
    /// Return whether semaphore has value zero.
    #[py("(self, /)")]
    fn _is_zero(py: &mut Py, this: &Ref<SemLock>) -> Result<bool> {
        SemLock::_get_value(py, this).map(|value| value == 0)
    }
    /// The handle of another process means nothing here: the semaphore is found by its name.
    #[classmethod("(type, handle, kind, maxvalue, name, /)")]
    fn _rebuild(py: &mut Py, cls: &Ref<Type>, handle: &Value, kind: i32, maxvalue: i32, name: &Value) -> Result<Value> {
        let _ = handle;
        let system_name = super::name(py, name, "_rebuild() argument 4")?;
        let semaphore = Arc::new(Semaphore::open(&system_name).map_err(|e| fail(py, &e))?);
        let lock = SemLock { semaphore, kind, maxvalue, name: name.clone(), count: 0, owner: 0 };
        Ok(py.make_in(cls, lock).into_value())
    }
    /// Acquire the semaphore/lock.
    #[py("(self, /, block=True, timeout=None)")]
    fn acquire(py: &mut Py, this: &Ref<SemLock>, block: bool, timeout: &Value) -> Result<bool> {
        acquire(py, this, block, timeout)
    }
    #[getter]
    fn handle(py: &mut Py, this: &Ref<SemLock>) -> usize {
        this.get(py).semaphore.address()
    }
    #[getter]
    fn kind(py: &mut Py, this: &Ref<SemLock>) -> i32 {
        this.get(py).kind
    }
    #[getter]
    fn maxvalue(py: &mut Py, this: &Ref<SemLock>) -> i32 {
        this.get(py).maxvalue
    }
    #[getter]
    fn name(py: &mut Py, this: &Ref<SemLock>) -> Value {
        this.get(py).name.clone()
    }
    /// Release the semaphore/lock.
    #[py("(self, /)")]
    fn release(py: &mut Py, this: &Ref<SemLock>) -> Result<()> {
        release(py, this)
    }
}

impl NativeType for SemLock {
    const NAME: &'static str = "SemLock";
    const MODULE: &'static str = "_multiprocessing";
    const DOC: Option<&'static str> = Some("Semaphore/Mutex type");
    const FLAGS: u32 = TypeFlags::BASE;
}
