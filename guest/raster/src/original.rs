//! Files of which others are made without decoding them.

use crate::{AvifOriginal, JpegOriginal, PngOriginal, WebpOriginal};

/// An input in its own format.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum Original<'a> {
    /// A JPEG.
    Jpeg(JpegOriginal<'a>),
    /// An AVIF.
    Avif(AvifOriginal),
    /// A PNG, still or animated.
    Png(PngOriginal<'a>),
    /// A WebP, still or animated.
    Webp(WebpOriginal<'a>),
}
