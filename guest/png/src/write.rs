//! Pixels to bytes: filters, deflate and chunks.

use png::{EncodingError, Info, chunk};
use sandpress_raster::{Embedded, Error};

use crate::deflate::Deflate;
use crate::filter::{Filter, Strategy, filter};
use crate::reduce::Reduced;

/// How hard to look for a smaller file: 1 to 4.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Effort(u8);

impl Default for Effort {
    fn default() -> Self {
        Self(2)
    }
}

impl Effort {
    pub(crate) const RANGE: (i64, i64) = (1, 4);

    pub(crate) fn new(effort: i64) -> Self {
        u8::try_from(effort).map_or_else(|_| Self::default(), Self)
    }

    pub(crate) fn number(self) -> i64 {
        self.0.into()
    }

    /// The filters to try, of which there is at least one.
    ///
    /// Indices and packed samples are rarely the better for a filter; smooth pictures nearly always are.
    fn strategies(self, is_packed: bool) -> &'static [Strategy] {
        const ALL: [Strategy; 7] = [
            Strategy::Always(Filter::None),
            Strategy::Always(Filter::Up),
            Strategy::Entropy,
            Strategy::Pairs,
            Strategy::Always(Filter::Sub),
            Strategy::Always(Filter::Average),
            Strategy::Always(Filter::Paeth),
        ];
        match (self.0, is_packed) {
            (..=1, true) => &ALL[..1],
            (..=1, false) => &ALL[2..3],
            (2, true) => &ALL[..2],
            (2, false) => &ALL[..4],
            (3.., _) => &ALL,
        }
    }

    /// libdeflate's level for the best filter.
    ///
    /// From level 10 on it takes several times as long. For indices among which little repeats that is worth it: it gains 5 % and
    /// more, else next to nothing. Of many megabytes of a photo in full colour it would be many seconds.
    fn level(self, is_packed: bool, repeats: bool) -> u8 {
        match (self.0, is_packed, repeats) {
            (..=1, ..) => 6,
            (2, _, true) => 9,
            (2, false, false) => 8,
            (2, true, false) | (3, ..) => 10,
            (4.., ..) => 12,
        }
    }
}

/// The level to compare filters at: lower ones too often find another one the best.
const TRIAL_LEVEL: u8 = 5;

/// The level at which to see whether a way to store a picture is worth a better look.
const GLANCE_LEVEL: u8 = 1;

/// Writes the smallest file that the effort finds.
pub(crate) fn write(reduced: &Reduced, embedded: &Embedded, effort: Effort) -> Result<Vec<u8>, Error> {
    let is_packed = reduced.is_packed();
    let (filtered, roughly) = best_filtered(reduced, effort.strategies(is_packed));
    let mut deflate = Deflate::new(effort.level(is_packed, roughly < filtered.len() / 5));
    let bound = deflate.bound(filtered.len());
    let stream =
        deflate.within(&filtered, bound).ok_or_else(|| Error::Internal("libdeflate's bound is wrong".into()))?;
    drop(filtered);
    file(reduced, embedded, &stream).map_err(|error| Error::Internal(format!("png: {error}")))
}

/// Writes a file only if it is smaller than another.
pub(crate) fn write_if_smaller(
    reduced: &Reduced,
    embedded: &Embedded,
    effort: Effort,
    than: usize,
) -> Result<Option<Vec<u8>>, Error> {
    // What the effort gains over a glance is hardly ever more.
    let worth_it = than + than / 4;
    let mut deflate = Deflate::new(GLANCE_LEVEL);
    let mut glance = |by| deflate.within(&filtered(reduced, Strategy::Always(by)), worth_it).is_some();
    if !(glance(Filter::None) || glance(Filter::Paeth)) {
        return Ok(None);
    }
    write(reduced, embedded, effort).map(|file| Some(file).filter(|file| file.len() < than))
}

/// The rows as the strategy filters them that makes the smallest file, and roughly how long that is.
fn best_filtered(reduced: &Reduced, strategies: &[Strategy]) -> (Vec<u8>, usize) {
    let (first, others) = strategies.split_first().unwrap_or((&Strategy::Always(Filter::None), &[]));
    let mut best = filtered(reduced, *first);
    let mut len = best.len();
    // Nothing to compare a single one with.
    if others.is_empty() {
        return (best, len);
    }
    let mut deflate = Deflate::new(TRIAL_LEVEL);
    let bound = deflate.bound(len);
    len = deflate.within(&best, bound).map_or(bound, |stream| stream.len());
    for &strategy in others {
        let other = filtered(reduced, strategy);
        // Only what is smaller fits.
        if let Some(stream) = deflate.within(&other, len - 1) {
            len = stream.len();
            best = other;
        }
    }
    (best, len)
}

fn filtered(reduced: &Reduced, strategy: Strategy) -> Vec<u8> {
    let bits_per_pixel = reduced.colour.samples() * usize::from(reduced.bits as u8);
    let row_len = (reduced.width as usize * bits_per_pixel).div_ceil(8);
    filter(&reduced.data, row_len, bits_per_pixel.div_ceil(8), strategy)
}

fn file(reduced: &Reduced, embedded: &Embedded, stream: &[u8]) -> Result<Vec<u8>, EncodingError> {
    let mut info = Info::with_size(reduced.width, reduced.height);
    info.color_type = reduced.colour;
    info.bit_depth = reduced.bits;
    info.palette = reduced.palette.as_deref().map(Into::into);
    info.trns = reduced.transparency.as_deref().map(Into::into);
    info.icc_profile = embedded.icc.as_deref().map(Into::into);
    info.srgb = embedded.png_colour.srgb;
    info.source_gamma = embedded.png_colour.gamma;
    info.source_chromaticities = embedded.png_colour.chromaticities;
    info.exif_metadata = embedded.exif.as_deref().map(Into::into);
    if let Some(xmp) = embedded.xmp.as_deref().map(String::from_utf8_lossy) {
        info.utf8_text.push(png::text_metadata::ITXtChunk::new("XML:com.adobe.xmp", xmp));
    }
    let mut bytes = Vec::with_capacity(stream.len() + CHUNKS);
    let mut writer = png::Encoder::with_info(&mut bytes, info)?.write_header()?;
    // No chunk is longer than 2³¹ - 1 bytes.
    for part in stream.chunks(i32::MAX as usize) {
        writer.write_chunk(chunk::IDAT, part)?;
    }
    writer.finish()?;
    Ok(bytes)
}

/// Bytes that a file has beside its pixels and metadata, at most: signature, IHDR, PLTE, tRNS, colour, IDAT's frame, IEND.
const CHUNKS: usize = 1536;
