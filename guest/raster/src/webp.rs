//! WebP in: its header for `probe`, its pixels for `compress`.

mod chunks;
mod decode;
mod file;
mod frames;
mod header;
mod picture;
mod probe;

pub(crate) use file::File;
pub(crate) use probe::probe;
