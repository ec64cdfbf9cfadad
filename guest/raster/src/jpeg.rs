//! JPEG in: its header for `probe`, its pixels for `compress`.

mod decode;
mod header;
mod probe;
mod segments;
mod splice;

pub(crate) use decode::decode;
pub(crate) use probe::probe;
