//! PNG in: its header for `probe`, its pixels for `compress`.

mod decode;
mod frames;
mod header;
mod probe;

pub(crate) use decode::File;
pub(crate) use probe::probe;
