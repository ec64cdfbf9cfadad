//! GIF in: its header for `probe`, its pixels for `compress`.

mod blocks;
mod decode;
mod file;
mod frames;
mod header;
mod probe;

pub(crate) use file::File;
pub(crate) use probe::probe;
