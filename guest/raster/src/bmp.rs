//! BMP in: its header for `probe`, its pixels for `compress`.
//!
//! There is nothing to decompress but runs, so no other crate is needed.

mod decode;
mod file;
mod header;
mod masks;
mod probe;
mod runs;

pub(crate) use file::File;
pub(crate) use probe::probe;
