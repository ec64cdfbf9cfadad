//! TIFF in: its header for `probe`, its pixels for `compress`.

mod compression;
mod decode;
mod directory;
mod file;
mod header;
mod pixels;
mod probe;

pub(crate) use file::File;
pub(crate) use probe::probe;
