//! The photos: one of the repository, at two sizes.

use std::{fs, path::Path};

use anyhow::{Context as _, Result};
use fast_image_resize::{PixelType, Resizer, images::Image};
use jpeg_encoder::{ColorType, Encoder, SamplingFactor};
use zune_jpeg::{JpegDecoder, zune_core::bytestream::ZCursor};

/// JPEG files as cameras write them: baseline, 4:2:0, quality 92.
pub(crate) struct Photos {
    /// 1920 × 1080.
    pub(crate) two_megapixels: Vec<u8>,
    /// 4624 × 2601.
    pub(crate) twelve_megapixels: Vec<u8>,
}

impl Photos {
    pub(crate) fn make() -> Result<Self> {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../images/photo.jpg");
        let file = fs::read(&path).with_context(|| path.display().to_string())?;
        let mut decoder = JpegDecoder::new(ZCursor::new(&file));
        let pixels = decoder.decode()?;
        let (width, height) = decoder.dimensions().context("a decoded file has dimensions")?;
        let photo = Image::from_vec_u8(u32::try_from(width)?, u32::try_from(height)?, pixels, PixelType::U8x3)?;
        Ok(Self { two_megapixels: sized(&photo, 1920, 1080)?, twelve_megapixels: sized(&photo, 4624, 2601)? })
    }
}

fn sized(photo: &Image<'_>, width: u16, height: u16) -> Result<Vec<u8>> {
    let mut resized = Image::new(width.into(), height.into(), PixelType::U8x3);
    Resizer::new().resize(photo, &mut resized, None)?;
    let mut file = Vec::new();
    let mut encoder = Encoder::new(&mut file, 92);
    encoder.set_sampling_factor(SamplingFactor::F_2_2);
    encoder.encode(resized.buffer(), width, height, ColorType::Rgb)?;
    Ok(file)
}
