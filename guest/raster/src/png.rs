//! PNG in: its header for `probe`, its pixels for `compress`.

mod decode;
mod header;
mod probe;

pub(crate) use decode::decode;
pub(crate) use probe::probe;
