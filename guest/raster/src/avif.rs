//! AVIF in: its header for `probe`, its pixels for `compress`.

mod av1;
mod colour;
mod decode;
mod file;
mod original;
mod planes;
mod sequence;

pub(crate) use file::File;
pub use original::AvifOriginal;
