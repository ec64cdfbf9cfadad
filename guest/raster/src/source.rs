//! A decoded input, and what is known of it.

use crate::image::Image;
use crate::metadata::SourceMetadata;
use crate::sniff::{self, Format, Guess};
use crate::upright::Orientation;
use crate::{Error, Probed, jpeg, png};

/// An input whose pixels are decoded, once for all renditions.
#[derive(Clone, Debug)]
pub(crate) struct Source {
    /// As stored, not upright yet.
    pub(crate) image: Image,
    pub(crate) orientation: Orientation,
    /// Width and height as the file says them; the image may be decoded at a smaller scale.
    pub(crate) full: (u32, u32),
    pub(crate) metadata: SourceMetadata,
}

/// Says how many pixels of a source make one of its largest output, given the source's size as stored and its orientation.
///
/// Asked when the size is known and nothing is decoded yet.
pub(crate) type Shrink<'a> = &'a dyn Fn(u32, u32, Orientation) -> f64;

/// Decodes a whole file.
pub(crate) fn decode(input: &[u8], shrink: Shrink<'_>) -> Result<Source, Error> {
    match sniff::sniff(input)? {
        Format::Jpeg => jpeg::decode(input, shrink),
        Format::Png => png::decode(input),
    }
}

/// What an image is, from the beginning of its file. The answer to the contract's `probe`.
pub fn probe(head: &[u8]) -> Probed {
    match sniff::guess(head) {
        Guess::Format(Format::Jpeg) => jpeg::probe(head),
        Guess::Format(Format::Png) => png::probe(head),
        Guess::Unfinished => Probed::NeedMore(sniff::MAGIC_LEN),
        Guess::Stranger => Probed::Unknown,
    }
}
