//! The thread that makes a dump when time is up.

use std::time::Duration;

use lockstep_interp::embed::dump;
use lockstep_interp::object::NativeType;
use lockstep_interp::object::raise::runtime_error;
use lockstep_interp::{Guarded, Handle, Object, Py, Ref, Result, methods};
use lockstep_sched::{Outcome, SpawnOptions, Wait, WaitKind, WaitQueue};

use super::State;
use super::target::Target;

/// The payload of the object in whose queue the watchdog sleeps.
#[derive(Default)]
pub struct Watchdog {
    sleeping: WaitQueue,
    called_off: bool,
}

impl Object for Watchdog {
    type Access = Guarded;
}

#[methods]
impl Watchdog {}

impl NativeType for Watchdog {
    const NAME: &'static str = "watchdog";
    const MODULE: &'static str = "faulthandler";
    const DOC: Option<&'static str> = None;
    const FLAGS: u32 = 0;
}

impl Watchdog {
    fn queue(&mut self) -> &mut WaitQueue {
        &mut self.sleeping
    }
}

/// What it is to do.
#[derive(Clone, Copy)]
pub struct Order {
    /// After how long.
    pub period: Duration,
    /// Again and again.
    pub repeat: bool,
    /// End the process after the dump.
    pub exit: bool,
}

/// Starts a watchdog; the one before is called off.
pub fn start(py: &mut Py, target: Target, order: Order) -> Result<()> {
    call_off(py);
    let dog = py.make(Watchdog::default());
    let (fd, file) = target.parts();
    let (dog_handle, file) = (Handle::new(dog.to_value(), py.heap(), py), Handle::new(file, py.heap(), py));
    let options = SpawnOptions { daemon: true, ..SpawnOptions::default() };
    let body = move |py: &mut Py| {
        let dog = dog_handle.into_value(py.heap(), py).and_then(|v| v.downcast_into::<Watchdog>().ok());
        let file = file.into_value(py.heap(), py);
        let (Some(dog), Some(file)) = (dog, file) else { return };
        dump::hide(py);
        watch(py, &dog, &Target::from_parts(fd, file), order);
        dump::unhide(py);
    };
    py.spawn(options, body).map_err(|_| runtime_error("unable to start watchdog thread"))?;
    py.state::<State>().watchdog = Some(dog);
    Ok(())
}

/// Sends the watchdog home.
pub fn call_off(py: &mut Py) {
    if let Some(dog) = py.state::<State>().watchdog.take() {
        dog.get_mut(py).called_off = true;
        py.wake_in(&dog, Watchdog::queue, 1);
    }
}

fn watch(py: &mut Py, dog: &Ref<Watchdog>, target: &Target, order: Order) {
    loop {
        let deadline = py.thread().sched().clock().after(order.period);
        let wait = Wait::new(WaitKind::Sleep).until(deadline);
        loop {
            if dog.get(py).called_off {
                return;
            }
            match py.wait_in(dog, Watchdog::queue, false, &wait) {
                Ok(Outcome::TimedOut) => break,
                Ok(_) => {}
                Err(_) => return,
            }
        }
        let text = format!("Timeout ({})!\n{}", clock(order.period), dump::threads(py, true));
        target.write(py, &text);
        if order.exit {
            lockstep_sched::exit_now(1);
        }
        if !order.repeat {
            return;
        }
    }
}

/// Hours, minutes, seconds.
fn clock(period: Duration) -> String {
    let (whole, micros) = (period.as_secs(), period.subsec_micros());
    let text = format!("{}:{:02}:{:02}", whole / 3600, whole / 60 % 60, whole % 60);
    if micros == 0 { text } else { format!("{text}.{micros:06}") }
}
