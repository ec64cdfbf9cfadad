//! PNG in: its header for `probe`, its pixels for `compress`.

mod decode;
mod frames;
mod header;
mod original;
mod probe;

pub(crate) use decode::File;
pub use original::PngOriginal;
pub(crate) use probe::probe;
