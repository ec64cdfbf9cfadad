//! WebP in: its header for `probe`, its pixels for `compress`.

mod chunks;
mod decode;
mod file;
mod frames;
mod header;
mod original;
mod picture;
mod probe;
mod riff;

pub(crate) use file::File;
pub use original::WebpOriginal;
pub(crate) use probe::probe;
