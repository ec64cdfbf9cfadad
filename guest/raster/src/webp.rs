//! WebP in: its header for `probe`, its pixels for `compress`.

mod chunks;
mod decode;
mod file;
mod header;
mod probe;

pub(crate) use file::File;
pub(crate) use probe::probe;
