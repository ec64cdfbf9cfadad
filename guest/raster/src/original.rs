//! Files of which others are made without decoding them.

use crate::JpegOriginal;

/// An input in its own format.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub enum Original<'a> {
    /// A JPEG.
    Jpeg(JpegOriginal<'a>),
}
