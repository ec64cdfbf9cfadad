//! JPEG in: its header for `probe`, its pixels for `compress`.

mod bits;
mod coefficients;
mod colour;
mod decode;
mod file;
mod header;
mod huffman;
mod idct;
mod kept;
mod lanes;
mod layout;
mod original;
mod picture;
mod plane;
mod probe;
mod scan;
mod segments;
mod tables;
mod upsample;

pub(crate) use file::File;
pub use original::{JpegCoefficients, JpegColour, JpegComponent, JpegOriginal};
pub(crate) use probe::probe;
