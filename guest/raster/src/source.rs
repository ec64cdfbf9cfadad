//! An input: what its header says, and its pixels.

use crate::animation::{Length, Moving};
use crate::error::internal;
use crate::image::Image;
use crate::metadata::SourceMetadata;
use crate::sniff::{self, Format, Guess};
use crate::upright::Orientation;
use crate::{Embedded, Error, Metadata, Original, Probed, avif, bmp, gif, heif, jpeg, jxl, png, tiff, webp};

/// A file whose header is read and makes sense, and none of whose pixels is decoded.
pub(crate) trait File {
    /// Width and height as stored.
    fn size(&self) -> (u32, u32);

    fn orientation(&self) -> Orientation;

    /// The scale to decode at for an output of which each pixel is made of `shrink` pixels of the source in each direction.
    ///
    /// It follows from that output alone and not from what else is made: so the same bytes come out beside others. In most formats
    /// every pixel must be decoded to get at the next one.
    fn scale(&self, _shrink: f64) -> Scale {
        Scale::FULL
    }

    /// What decoding does to colours that no [`Image`] can hold, if the picture has such.
    fn colour_note(&self) -> Option<&str> {
        None
    }

    fn decode(&self, scale: Scale) -> Result<Source, Error>;

    /// How much is animated; nothing of a still picture. What is animated is not decoded by [`decode`](Self::decode).
    fn length(&self) -> Option<Length> {
        None
    }

    /// What is animated, from the beginning.
    fn animation(&self) -> Result<Moving<'_>, Error> {
        Err(internal("a still picture is no animation"))
    }

    /// The file for an encoder that makes another one of it without decoding it, under a policy. In most formats there is no such way.
    fn as_stored(&self, _policy: Metadata) -> Result<Option<AsStored<'_>>, Error> {
        Ok(None)
    }
}

/// A file, and what another one of the same format is to have of it besides its picture.
pub(crate) struct AsStored<'a> {
    pub(crate) original: Original<'a>,
    pub(crate) embedded: Embedded,
    /// Names of what it is not to have.
    pub(crate) dropped: Vec<&'static str>,
    /// Whether there is no need to look for a smaller file of the same pixels.
    pub(crate) is_smallest: bool,
}

/// What width and height are divided by when a file is decoded.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Scale(pub(crate) u16);

impl Scale {
    pub(crate) const FULL: Self = Self(1);
}

/// An input whose pixels are decoded.
#[derive(Clone, Debug)]
pub(crate) struct Source {
    /// As stored, not upright yet.
    pub(crate) image: Image,
    pub(crate) metadata: SourceMetadata,
}

/// Reads a file's header, and refuses what cannot be decoded.
pub(crate) fn open(input: &[u8]) -> Result<Box<dyn File + '_>, Error> {
    Ok(match sniff::sniff(input)? {
        Format::Jpeg => Box::new(jpeg::File::open(input)?),
        Format::Png => Box::new(png::File::open(input)?),
        Format::Bmp => Box::new(bmp::File::open(input)?),
        Format::Gif => Box::new(gif::File::open(input)?),
        Format::Tiff => Box::new(tiff::File::open(input)?),
        Format::Webp => Box::new(webp::File::open(input)?),
        Format::Avif => Box::new(avif::File::open(input)?),
        #[cfg(feature = "heic")]
        Format::Heic => Box::new(crate::heic::File::open(input)?),
        Format::Jxl => Box::new(jxl::File::open(input)?),
    })
}

/// What an image is, from the beginning of its file. The answer to the contract's `probe`.
pub fn probe(head: &[u8]) -> Probed {
    match sniff::guess(head) {
        Guess::Format(Format::Jpeg) => jpeg::probe(head),
        Guess::Format(Format::Png) => png::probe(head),
        Guess::Format(Format::Bmp) => bmp::probe(head),
        Guess::Format(Format::Gif) => gif::probe(head),
        Guess::Format(Format::Tiff) => tiff::probe(head),
        Guess::Format(Format::Webp) => webp::probe(head),
        Guess::Format(Format::Avif) => heif::probe(head, "image/avif"),
        #[cfg(feature = "heic")]
        Guess::Format(Format::Heic) => heif::probe(head, "image/heic"),
        Guess::Format(Format::Jxl) => jxl::probe(head),
        Guess::Unfinished => Probed::NeedMore(sniff::MAGIC_LEN),
        Guess::Stranger => Probed::Unknown,
    }
}
