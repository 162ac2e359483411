//! `_uuid`: UUIDs of version 1 (time, clock sequence, hardware address). What is made is unique in its process;
//! between processes it rests on a random clock sequence, so no UUID is called safe.

use std::time::{SystemTime, UNIX_EPOCH};

use lockstep_interp::object::raise::Result;
use lockstep_interp::types::dict;
use lockstep_interp::types::module::Module;
use lockstep_interp::{Py, Ref, Value, module};
use rustix::io::Errno;
use rustix::rand::{GetRandomFlags, getrandom};

use crate::system;

/// From 1582-10-15, where the time of UUIDs begins, to 1970, in steps of 100 ns.
const EPOCH: u64 = 0x01b2_1dd2_1381_4000;

#[derive(Default)]
struct State {
    /// The process that drew the clock sequence: a forked child draws its own.
    process: u32,
    sequence: u16,
    node: [u8; 6],
    /// The time of the last UUID; the next one's is later.
    last: u64,
}

/// The address of a network interface: of one whose address its maker gave it, or else of any. The
/// first by the number of the interface.
fn hardware_address() -> Option<[u8; 6]> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir("/sys/class/net").ok()?.flatten() {
        let read = |name: &str| std::fs::read_to_string(entry.path().join(name)).ok();
        let Some(text) = read("address") else { continue };
        let bytes: Option<Vec<u8>> = text.trim().split(':').map(|b| u8::from_str_radix(b, 16).ok()).collect();
        let Some(address) = bytes.and_then(|b| <[u8; 6]>::try_from(b).ok()) else { continue };
        if address != [0; 6] {
            let number = read("ifindex").and_then(|n| n.trim().parse::<u32>().ok()).unwrap_or(u32::MAX);
            found.push((address[0] & 2 != 0, number, address));
        }
    }
    found.into_iter().min().map(|(_, _, address)| address)
}

fn fill(py: &mut Py, bytes: &mut [u8]) -> Result<()> {
    let mut at = 0;
    while at < bytes.len() {
        match getrandom(&mut bytes[at..], GetRandomFlags::empty()) {
            Ok(n) => at += n,
            Err(Errno::INTR) => py.check()?,
            Err(e) => return Err(system::fail(py, e)),
        }
    }
    Ok(())
}

/// Steps of 100 ns since the beginning of UUIDs' time.
fn now() -> u64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    EPOCH.wrapping_add((since.as_nanos() / 100) as u64)
}

/// The functions of `_uuid`.
pub struct Uuid;

#[module]
impl Uuid {
    #[py("()")]
    fn generate_time_safe(py: &mut Py) -> Result<Value> {
        let process = std::process::id();
        if py.state::<State>().process != process {
            let mut random = [0; 8];
            fill(py, &mut random)?;
            let [a, b, mut node @ ..] = random;
            // An address that no interface has is marked by the bit of group addresses.
            node[0] |= 1;
            let node = hardware_address().unwrap_or(node);
            let sequence = u16::from_be_bytes([a, b]) & 0x3fff;
            *py.state::<State>() = State { process, sequence, node, last: 0 };
        }
        let now = now();
        let state = py.state::<State>();
        if now.saturating_add(10_000_000) < state.last {
            // The clock was set back.
            state.sequence = (state.sequence + 1) & 0x3fff;
            state.last = 0;
        }
        let time = now.max(state.last + 1);
        state.last = time;
        let mut uuid = [0; 16];
        uuid[..4].copy_from_slice(&(time as u32).to_be_bytes());
        uuid[4..6].copy_from_slice(&((time >> 32) as u16).to_be_bytes());
        uuid[6..8].copy_from_slice(&((time >> 48) as u16 & 0x0fff | 0x1000).to_be_bytes());
        uuid[8..10].copy_from_slice(&(state.sequence | 0x8000).to_be_bytes());
        uuid[10..].copy_from_slice(&state.node);
        let uuid = py.bytes(&uuid);
        Ok(py.tuple(vec![uuid, Value::int32(-1)]))
    }
}

/// Fills the namespace.
pub fn init(py: &mut Py, module: &Ref<Module>) -> Result<()> {
    let d = py.module_dict(module);
    py.add_functions::<Uuid>(&d, "_uuid");
    let stable = hardware_address().is_some();
    for (name, value) in [("has_uuid_generate_time_safe", true), ("has_stable_extractable_node", stable)] {
        let value = Value::int32(i32::from(value));
        dict::set_name(py, &d, name, value);
    }
    Ok(())
}
