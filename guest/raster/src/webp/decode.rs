//! What a WebP gives: a picture, or frames.

use super::file::{File, Seen};
use super::header::Coding;
use super::original::WebpOriginal;
use crate::animation::{Length, Moving};
use crate::error::internal;
use crate::image::{Image, Samples};
use crate::metadata::Pixels;
use crate::source::{self, AsStored, Scale, Source};
use crate::upright::Orientation;
use crate::{Embedded, Error, Metadata, Original};

impl source::File for File<'_> {
    fn size(&self) -> (u32, u32) {
        (self.width, self.height)
    }

    /// As browsers do: the EXIF of a WebP does not turn it.
    fn orientation(&self) -> Orientation {
        Orientation::new(1)
    }

    fn decode(&self, _: Scale) -> Result<Source, Error> {
        let Seen::Still(picture) = &self.seen else {
            return Err(internal("WebP: an animation is no picture"));
        };
        let samples = Samples::Eight(picture.decode()?);
        let mut image = Image::new(self.width, self.height, picture.channels, samples)?;
        image.embedded = self.colours();
        Ok(Source { image, metadata: self.metadata() })
    }

    fn length(&self) -> Option<Length> {
        let Seen::Frames { count, .. } = self.seen else { return None };
        let pixels = u64::from(count) * u64::from(self.width) * u64::from(self.height);
        Some(Length { format: "WebP", frames: count, pixels })
    }

    fn animation(&self) -> Result<Moving<'_>, Error> {
        let Seen::Frames { frames, plays, .. } = &self.seen else {
            return Err(internal("WebP: a still picture is no animation"));
        };
        Ok(Moving {
            plays: *plays,
            parts: Box::new(frames.clone()),
            colours: self.colours(),
            metadata: self.metadata(),
        })
    }

    fn as_stored(&self, policy: Metadata) -> Result<Option<AsStored<'_>>, Error> {
        let (kept, dropped) = self.metadata().under(policy, Pixels::AsStored);
        let Embedded { icc, .. } = self.colours();
        let embedded = Embedded { icc, ..kept };
        // Coded anew without a loss, what was lossy before gets larger.
        let is_smallest = !matches!(&self.seen, Seen::Still(picture) if picture.coding == Coding::Lossless);
        Ok(Some(AsStored { original: Original::Webp(WebpOriginal(self)), embedded, dropped, is_smallest }))
    }
}

impl File<'_> {
    fn colours(&self) -> Embedded {
        Embedded { icc: self.icc.map(<[u8]>::to_vec), ..Embedded::default() }
    }
}
