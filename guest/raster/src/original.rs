//! Files of which others are made without decoding them.

use crate::{JpegOriginal, PngOriginal, WebpOriginal};

/// An input in its own format.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub enum Original<'a> {
    /// A JPEG.
    Jpeg(JpegOriginal<'a>),
    /// A PNG, still or animated.
    Png(PngOriginal<'a>),
    /// A WebP, still or animated.
    Webp(WebpOriginal<'a>),
}
