//! The seam between this library and a format's encoder.

use crate::error::internal;
use crate::{Animation, Descriptor, Embedded, Error, Image, Options, Original, Setting, Tolerance};

/// An encoder of one format: what [`compress`](crate::compress) cannot know.
pub trait Encoder {
    /// The encoder's own options, parsed.
    type Settings;

    /// What [`RequestedQuality::Default`](crate::RequestedQuality::Default) means.
    const DEFAULT_QUALITY: Quality;

    /// Whether [`Quality::Lossless`] can be asked for of any image.
    const LOSSLESS: bool;

    /// Whether [`rewrite`](Self::rewrite) makes files of those of the encoder's own format: what lossless means where it is not
    /// [`LOSSLESS`](Self::LOSSLESS), and where it is, the smaller of both.
    const REWRITES: bool = false;

    /// Whether [`animate`](Self::animate) makes animations. One of any other encoder is refused.
    const ANIMATES: bool = false;
    /// Levels and the SSIMULACRA2 scores that a typical photo has at them, both rising, at least two: where the search for a perceptual
    /// target begins. Rough ones cost tries, and nothing else.
    const SCORES: &'static [(f32, f64)] = &[(0.0, 10.0), (30.0, 50.0), (65.0, 70.0), (85.0, 80.0), (100.0, 93.0)];

    /// What the component says of itself, without the options that all encoders share.
    fn describe() -> Descriptor;

    /// Parses the encoder's own options. Names and domains are already checked.
    ///
    /// # Errors
    ///
    /// `bad-request` where options contradict each other.
    fn settings(options: &Options) -> Result<Self::Settings, Error>;

    /// The most bytes that [`encode`](Self::encode) allocates for an image at a quality and any below, its output included.
    ///
    /// Asked before anything is allocated, so that an image that cannot fit is refused and not trapped.
    fn working_bytes(image: &Image, quality: Quality, settings: &Self::Settings) -> u64;

    /// Makes a file of an image, with everything of [`Image::embedded`] that the format can hold.
    ///
    /// # Errors
    ///
    /// `unsupported` where the format cannot hold what the image shows, `over-limit` where it cannot hold its size.
    fn encode(image: &Image, quality: Quality, settings: &Self::Settings) -> Result<Encoded, Error>;

    /// How far the picture of a file may be from the image that it is made of: what a sanity check allows.
    fn tolerance(quality: Quality, _settings: &Self::Settings) -> Tolerance {
        match quality {
            Quality::Lossless => Tolerance::Exact,
            Quality::Level(level) => Tolerance::of_level(level),
        }
    }

    /// Makes a file of an animation, frame by frame: what is kept of each is what was made of it.
    ///
    /// # Errors
    ///
    /// As for [`encode`](Self::encode), and whatever making a frame fails with.
    fn animate(_animation: Animation, _quality: Quality, _settings: &Self::Settings) -> Result<Encoded, Error> {
        Err(internal("this encoder makes no animations"))
    }

    /// The levels that make different files, rising: those that a search for a perceptual target chooses from.
    fn levels() -> Vec<f32> {
        (0..=100_u8).map(f32::from).collect()
    }

    /// Makes a file of the same picture, to the pixel and as it is stored, without decoding it: no larger than the original, if what is
    /// embedded is no more than it had. Nothing where the original is of another format.
    ///
    /// What makes [`Lossless`](Quality::Lossless) possible in a format that is not, and what a host falls back to where a picture cannot
    /// be made smaller.
    ///
    /// # Errors
    ///
    /// `malformed` where the original turns out to be broken.
    fn rewrite(_original: &Original, _embedded: &Embedded) -> Result<Option<Encoded>, Error> {
        Ok(None)
    }
}

/// How good the picture must be.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Quality {
    /// 0 (smallest) to 100 (best).
    Level(f32),
    /// Every pixel as it is in the image.
    Lossless,
}

/// A file made.
#[derive(Debug)]
pub struct Encoded {
    /// The whole file.
    pub bytes: Vec<u8>,
    /// Names of what was in the image and is not in the file.
    pub dropped: Vec<&'static str>,
    /// What else is worth knowing.
    pub notes: Vec<Setting>,
}
