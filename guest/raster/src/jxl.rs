//! JPEG XL in: its header for `probe`, its pixels for `compress`.

mod container;
mod decode;
mod file;
mod header;
mod probe;

pub(crate) use file::File;
pub(crate) use probe::probe;
