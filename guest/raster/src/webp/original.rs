//! A WebP whose picture goes into another one as it is.

use super::file::{File, Seen};
use super::header::{ALPHA, ANIMATION, EXIF, ICC_PROFILE, XMP};
use super::riff;
use crate::{Embedded, Error};

/// A WebP, of which another one can be made to the pixel.
#[derive(Clone, Copy, Debug)]
pub struct WebpOriginal<'a>(pub(super) &'a File<'a>);

impl WebpOriginal<'_> {
    /// The coded pictures that are seen, each as a file that holds nothing else.
    pub fn pictures(&self) -> impl Iterator<Item = Result<Vec<u8>, Error>> {
        let (still, frames) = match &self.0.seen {
            Seen::Still(picture) => (Some(Ok(picture.alone())), None),
            Seen::Frames { frames, .. } => (None, Some(frames.clone().pictures())),
        };
        still.into_iter().chain(frames.into_iter().flatten())
    }

    /// The same coded picture, or the same coded frames with their times, in a file that has this profile, this EXIF and this XMP
    /// packet, and nothing else of the original.
    ///
    /// # Errors
    ///
    /// `malformed`
    pub fn with(&self, embedded: &Embedded) -> Result<Vec<u8>, Error> {
        let file = self.0;
        let Embedded { icc, exif, xmp, .. } = embedded;
        let (has_alpha, is_animated) = match &file.seen {
            Seen::Still(picture) => (picture.channels.has_alpha(), false),
            Seen::Frames { has_alpha, .. } => (*has_alpha, true),
        };
        let has_more = icc.is_some() || exif.is_some() || xmp.is_some();
        let is_simple = !has_more && matches!(&file.seen, Seen::Still(picture) if picture.alpha.is_none());

        let mut out = riff::begin();
        if !is_simple {
            let flags = [
                (ICC_PROFILE, icc.is_some()),
                (ALPHA, has_alpha),
                (EXIF, exif.is_some()),
                (XMP, xmp.is_some()),
                (ANIMATION, is_animated),
            ];
            let flags = flags.into_iter().filter(|&(_, is_set)| is_set).map(|(flag, _)| flag);
            riff::extended(&mut out, flags.sum(), (file.width, file.height));
        }
        let push = |out: &mut Vec<u8>, kind, data: &Option<Vec<u8>>| {
            if let Some(data) = data {
                riff::chunk(out, kind, data);
            }
        };
        push(&mut out, b"ICCP", icc);
        match &file.seen {
            Seen::Still(picture) => picture.write(&mut out),
            Seen::Frames { frames, background, plays, .. } => {
                riff::chunk(&mut out, b"ANIM", &[&background[..], &plays.to_le_bytes()].concat());
                frames.clone().write(&mut out)?;
            }
        }
        push(&mut out, b"EXIF", exif);
        push(&mut out, b"XMP ", xmp);
        // Some files are without the last byte, which makes the length even. The output is not the longer for having it.
        if out.len() == file.len + 1 {
            out.pop();
        }
        Ok(riff::finish(out))
    }
}
