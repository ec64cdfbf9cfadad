//! Pixels to bytes: filters, deflate and chunks.

use png::{DeflateCompression, EncodingError, Filter, Info};
use sandpress_raster::{Embedded, Error};

use crate::reduce::Reduced;

/// How hard to look for a smaller file.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) enum Effort {
    /// The filter that is most often good, quickly compressed.
    Fast,
    /// The best of the filters that win most often, well compressed.
    #[default]
    Balanced,
    /// The best of all filters, compressed as well as can be.
    Small,
}

impl Effort {
    /// The filters to try, of which there is at least one.
    ///
    /// Indices and packed samples are rarely the better for a filter; smooth pictures nearly always are.
    fn filters(self, is_packed: bool) -> &'static [Filter] {
        match (self, is_packed) {
            (Self::Fast, true) => &[Filter::NoFilter],
            (Self::Fast, false) => &[Filter::Adaptive],
            (Self::Balanced, true) => &[Filter::NoFilter, Filter::Sub, Filter::Up],
            (Self::Balanced, false) => &[Filter::NoFilter, Filter::Sub, Filter::Adaptive],
            (Self::Small, _) => {
                &[Filter::NoFilter, Filter::Sub, Filter::Up, Filter::Avg, Filter::Paeth, Filter::Adaptive]
            }
        }
    }

    /// Deflate's level for the best filter. Measured: 9 is slower than 8 and not smaller.
    fn level(self) -> u8 {
        match self {
            Self::Fast => 5,
            Self::Balanced => 7,
            Self::Small => 8,
        }
    }
}

/// Deflate's level to compare filters at: which of them wins hardly depends on it.
const TRIAL_LEVEL: u8 = 3;

/// Writes the smallest file that the effort finds.
pub(crate) fn write(reduced: &Reduced, embedded: &Embedded, effort: Effort) -> Result<Vec<u8>, Error> {
    let filters = effort.filters(reduced.is_packed());
    // Nothing to compare a single one with.
    let filter = match filters {
        [only] => *only,
        _ => best_filter(reduced, embedded, filters)?.0,
    };
    file(reduced, embedded, filter, effort.level())
}

/// Writes a file only if, roughly compressed, it is already smaller than another.
pub(crate) fn write_if_smaller(
    reduced: &Reduced,
    embedded: &Embedded,
    effort: Effort,
    than: usize,
) -> Result<Option<Vec<u8>>, Error> {
    let (filter, len) = best_filter(reduced, embedded, effort.filters(reduced.is_packed()))?;
    if len < than { file(reduced, embedded, filter, effort.level()).map(Some) } else { Ok(None) }
}

/// The filter that makes the smallest file, and how small, roughly compressed.
fn best_filter(reduced: &Reduced, embedded: &Embedded, filters: &[Filter]) -> Result<(Filter, usize), Error> {
    let mut best = (Filter::NoFilter, usize::MAX);
    for &filter in filters {
        let len = file(reduced, embedded, filter, TRIAL_LEVEL)?.len();
        if len < best.1 {
            best = (filter, len);
        }
    }
    Ok(best)
}

fn file(reduced: &Reduced, embedded: &Embedded, filter: Filter, level: u8) -> Result<Vec<u8>, Error> {
    try_file(reduced, embedded, filter, level).map_err(|error| Error::Internal(format!("png: {error}")))
}

fn try_file(reduced: &Reduced, embedded: &Embedded, filter: Filter, level: u8) -> Result<Vec<u8>, EncodingError> {
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
    let mut bytes = Vec::new();
    let mut encoder = png::Encoder::with_info(&mut bytes, info)?;
    encoder.set_deflate_compression(DeflateCompression::Level(level));
    encoder.set_filter(filter);
    let mut writer = encoder.write_header()?;
    writer.write_image_data(&reduced.data)?;
    writer.finish()?;
    Ok(bytes)
}
