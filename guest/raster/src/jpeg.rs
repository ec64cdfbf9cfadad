//! JPEG in: its header for `probe`, its pixels for `compress`.

mod decode;
mod file;
mod header;
mod probe;
mod segments;
mod splice;

pub(crate) use file::File;
pub(crate) use probe::probe;
