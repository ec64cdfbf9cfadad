//! AVIF in: its header for `probe`, its pixels for `compress`.

mod av1;
mod colour;
mod decode;
mod file;
mod header;
mod meta;
mod planes;
mod probe;
mod properties;
mod sequence;

pub(crate) use file::File;
pub(crate) use probe::probe;
