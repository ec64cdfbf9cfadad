//! One coded picture. `re_rav1d` decodes.

use re_rav1d::dav1d::{Decoder, Error as Dav1dError, Picture, PixelLayout, PlanarImageComponent, Settings};

use super::planes::{Planes, Subsampling};
use crate::Error;
use crate::error::{internal, malformed, unsupported};

const COMPONENTS: [PlanarImageComponent; 3] =
    [PlanarImageComponent::Y, PlanarImageComponent::U, PlanarImageComponent::V];

/// A picture as its decoder has it.
pub(super) struct Coded {
    picture: Picture,
    bits: u8,
    subsampling: Option<Subsampling>,
}

impl Coded {
    /// Decodes a picture of a known size.
    pub(super) fn decode(data: Vec<u8>, width: u32, height: u32) -> Result<Self, Error> {
        let mut settings = Settings::new();
        settings.set_n_threads(1);
        settings.set_max_frame_delay(1);
        settings.set_all_layers(false);
        // Before it allocates anything.
        settings.set_frame_size_limit(width.saturating_mul(height));
        let mut decoder = Decoder::with_settings(&settings).map_err(|error| internal(format!("AV1: {error}")))?;
        match decoder.send_data(data, None, None, None) {
            // A part is left for later: what there is so far is decoded first.
            Ok(()) | Err(Dav1dError::Again) => {}
            Err(error) => return Err(decode_error(error)),
        }
        let picture = decoder.get_picture().map_err(decode_error)?;
        if (picture.width(), picture.height()) != (width, height) {
            return Err(malformed("AVIF: the coded picture has another size than the file says"));
        }
        let bits = picture.bits_per_component().and_then(|bits| u8::try_from(bits.0).ok()).unwrap_or(8);
        let subsampling = match picture.pixel_layout() {
            PixelLayout::I400 => None,
            PixelLayout::I420 => Some(Subsampling { across: true, down: true }),
            PixelLayout::I422 => Some(Subsampling { across: true, down: false }),
            PixelLayout::I444 => Some(Subsampling { across: false, down: false }),
        };
        Ok(Self { picture, bits, subsampling })
    }

    /// Planes of a size, for pictures of the kind of this one.
    pub(super) fn planes(&self, width: u32, height: u32) -> Planes {
        Planes::new(width, height, self.bits, self.subsampling)
    }

    /// Copies the picture to its place among others. What is beyond the edge is not seen.
    pub(super) fn copy_to(&self, planes: &mut Planes, left: u32, top: u32) -> Result<(), Error> {
        if (self.bits, self.subsampling) != (planes.bits, planes.subsampling) {
            return Err(unsupported("AVIF: a grid of pictures that are coded differently"));
        }
        let halved = self.subsampling.unwrap_or(Subsampling { across: false, down: false });
        if halved.across && left % 2 == 1 || halved.down && top % 2 == 1 {
            return Err(unsupported("AVIF: a grid whose pictures share samples of colour"));
        }
        let own = self.planes_size();
        for (channel, component) in COMPONENTS.into_iter().enumerate().take(planes.samples.len()) {
            let sample_len = planes.sample_len();
            let (left, top) = if channel == 0 {
                (left, top)
            } else {
                (left >> u32::from(halved.across), top >> u32::from(halved.down))
            };
            let (left, top) = (left as usize, top as usize);
            let (width, height) = planes.size(channel);
            let (own_width, own_height) = own[channel];
            let len = own_width.min(width.saturating_sub(left)) * sample_len;
            let stride = self.picture.stride(component) as usize;
            let plane = self.picture.plane(component);
            let rows = plane.as_ref().chunks(stride).take(own_height.min(height.saturating_sub(top)));
            let target = planes.samples[channel].chunks_exact_mut(width * sample_len).skip(top);
            for (row, target) in rows.zip(target) {
                target[left * sample_len..][..len].copy_from_slice(&row[..len]);
            }
        }
        Ok(())
    }

    /// Width and height of each channel.
    fn planes_size(&self) -> [(usize, usize); 3] {
        let (width, height) = (self.picture.width(), self.picture.height());
        let halved = self.subsampling.unwrap_or(Subsampling { across: false, down: false });
        let side = |side: u32, is_half: bool| if is_half { side.div_ceil(2) } else { side } as usize;
        let chroma = (side(width, halved.across), side(height, halved.down));
        [(width as usize, height as usize), chroma, chroma]
    }
}

fn decode_error(error: Dav1dError) -> Error {
    match error {
        Dav1dError::Again => malformed("AVIF: the image data are cut"),
        Dav1dError::NotEnoughMemory => Error::OverLimit("AVIF: the decoder needs more memory".into()),
        Dav1dError::UnsupportedBitstream => unsupported("AVIF: the image data use what the decoder does not know"),
        error => malformed(format!("AVIF: the image data are damaged: {error}")),
    }
}
