//! Animations: one frame at a time is decoded, composed, resized and handed on, so memory holds no more than for a still picture.
//!
//! ```text
//! File::animation ─▶ parts, as the file has them ─▶ compose: whole frames ─▶ resize ─▶ colour ─▶ upright ─▶ Encoder::animate
//! ```

mod compose;
mod make;

pub(crate) use compose::{Area, Blend, Dispose, Part};
pub(crate) use make::{Made, first, make};

use crate::metadata::SourceMetadata;
use crate::{Embedded, Error, Image, limits};

/// What is animated in a file. The frames can be asked for more than once: each time they are decoded again.
pub(crate) struct Moving<'a> {
    /// Plays; 0 is without end.
    pub(crate) plays: u16,
    /// What stands in the file for each frame.
    pub(crate) parts: Box<dyn Iterator<Item = Result<Part, Error>> + 'a>,
    /// What says the colours of all frames.
    pub(crate) colours: Embedded,
    pub(crate) metadata: SourceMetadata,
}

/// How much is animated, before anything is decoded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Length {
    /// The format's name.
    pub(crate) format: &'static str,
    pub(crate) frames: u32,
    /// Pixels that are decoded, composed and compared for all frames together.
    pub(crate) pixels: u64,
}

impl Length {
    /// Refuses what would not fit in memory, or would take too long.
    pub(crate) fn check(&self, (width, height): (u32, u32)) -> Result<(), Error> {
        limits::check_decoded(width, height, 4)?;
        limits::check_animation(self.frames, self.pixels)
    }
}

/// An animation for an encoder.
pub struct Animation<'a> {
    /// How often it is played; 0 is without end.
    pub plays: u16,
    /// What goes into the output beside the pixels. The frames have nothing embedded.
    pub embedded: Embedded,
    /// The frames, at least one: each is made when it is asked for.
    pub frames: Box<dyn Iterator<Item = Result<Frame, Error>> + 'a>,
}

/// All that is seen at a time.
#[derive(Debug)]
pub struct Frame {
    /// In the same size and with red, green, blue and opacity in 8 bits, whichever frame it is.
    pub image: Image,
    /// Milliseconds, below 2²⁴.
    pub duration: u32,
}
