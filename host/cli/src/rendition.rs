//! What is wanted of a picture, as the command line says it.

mod settings;

use std::time::Duration;

use anyhow::Result;
use clap::{ArgGroup, Args, ValueEnum, value_parser};
use sandpress_sandbox::{Descriptor, Fit, Limits, MediaType, Metadata, Quality, Rendition, Resize};

/// A rendition in whichever format.
#[derive(Args)]
#[command(group(ArgGroup::new("how good")), group(ArgGroup::new("box").multiple(true)))]
pub(crate) struct Wanted {
    /// From 0 (smallest) to 100 (best); default: the encoder's own
    #[arg(short, long, value_name = "0-100", value_parser = level, group = "how good")]
    quality: Option<f32>,
    /// Keep every pixel as it is
    #[arg(long, group = "how good")]
    lossless: bool,
    /// The smallest file with at least this SSIMULACRA2 score: 100 is perfect, at 80 differences are hard to see
    #[arg(long, value_name = "SCORE", value_parser = score, group = "how good")]
    perceptual: Option<f64>,
    /// The best quality that fits into this many bytes
    #[arg(long, value_name = "BYTES", value_parser = value_parser!(u64).range(1..))]
    max_bytes: Option<u64>,

    /// Shrink to at most this many pixels, as seen; nothing is ever enlarged
    #[arg(long, value_name = "PIXELS", value_parser = value_parser!(u32).range(1..), group = "box")]
    max_width: Option<u32>,
    /// Shrink to at most this many pixels, as seen; nothing is ever enlarged
    #[arg(long, value_name = "PIXELS", value_parser = value_parser!(u32).range(1..), group = "box")]
    max_height: Option<u32>,
    /// How the box of --max-width and --max-height is filled
    #[arg(long, value_enum, default_value = "contain", requires = "box")]
    fit: FitName,

    /// What is kept of EXIF, XMP and IPTC; colours and orientation always stay
    #[arg(long, value_enum, default_value = "strip")]
    metadata: MetadataName,
    /// An option of the encoder, as `sandpress encoder describe` lists them; may be given several times
    #[arg(long = "set", value_name = "NAME=VALUE", value_parser = setting)]
    settings: Vec<(String, String)>,
}

/// What one image may take.
#[derive(Args)]
pub(crate) struct Bounds {
    /// Memory that one image may take, in MiB
    #[arg(long, value_name = "MIB", default_value = "1024", value_parser = value_parser!(u32).range(1..=4096))]
    memory: u32,
    /// Time that one image may take, in seconds
    #[arg(long, value_name = "SECONDS", default_value = "30", value_parser = seconds)]
    timeout: Duration,
}

impl Wanted {
    /// The rendition in a format, for an encoder.
    ///
    /// # Errors
    ///
    /// An option that the encoder does not have, or a value that is none of its.
    pub(crate) fn rendition(&self, media_type: MediaType, encoder: &Descriptor) -> Result<Rendition> {
        self.rendition_with(&[], media_type, encoder)
    }

    /// The same with more options, which go before those that are wanted anyway.
    pub(crate) fn rendition_with(
        &self,
        more: &[(String, String)],
        media_type: MediaType,
        encoder: &Descriptor,
    ) -> Result<Rendition> {
        let quality = quality(self.quality, self.perceptual, self.lossless).unwrap_or_default();
        let mut rendition = Rendition::new(media_type).quality(quality);
        if self.max_width.or(self.max_height).is_some() {
            let fit = match self.fit {
                FitName::Contain => Fit::Contain,
                FitName::Cover => Fit::Cover,
            };
            rendition.resize = Some(Resize { width: self.max_width, height: self.max_height, fit });
        }
        rendition.max_bytes = self.max_bytes;
        rendition.metadata = match self.metadata {
            MetadataName::Strip => Metadata::Strip,
            MetadataName::Copyright => Metadata::Copyright,
            MetadataName::Keep => Metadata::Keep,
        };
        let others = self.settings.iter().filter(|(name, _)| more.iter().all(|(other, _)| other != name));
        rendition.settings = settings::typed(encoder, others.chain(more))?;
        Ok(rendition)
    }
}

impl Bounds {
    pub(crate) fn limits(&self) -> Limits {
        Limits::default().memory(u64::from(self.memory) << 20).time(self.timeout)
    }
}

/// How good a picture is to be, of what excludes one another; nothing where none of it is given.
pub(crate) fn quality(level: Option<f32>, perceptual: Option<f64>, lossless: bool) -> Option<Quality> {
    match (level, perceptual) {
        (Some(level), _) => Some(Quality::Level(level)),
        (_, Some(score)) => Some(Quality::Perceptual(score)),
        _ => lossless.then_some(Quality::Lossless),
    }
}

#[derive(Clone, Copy, ValueEnum)]
enum FitName {
    /// All of the image is inside of the box
    Contain,
    /// All of the box is covered, the rest is cropped evenly
    Cover,
}

#[derive(Clone, Copy, ValueEnum)]
enum MetadataName {
    /// Nothing
    Strip,
    /// Artist, copyright and credit; never a location
    Copyright,
    /// All that the format can hold
    Keep,
}

/// A format by its usual extension, or a media type.
pub(crate) fn format(text: &str) -> Result<MediaType, String> {
    match MediaType::from_extension(text) {
        Some(media_type) => Ok(media_type),
        None => text.parse().map_err(|_| "expected jpeg, png, webp, avif or a media type such as image/jxl".to_owned()),
    }
}

pub(crate) fn level(text: &str) -> Result<f32, String> {
    let level = text.parse().ok().filter(|level| (0.0..=100.0).contains(level));
    level.ok_or_else(|| "expected a number from 0 to 100".to_owned())
}

pub(crate) fn score(text: &str) -> Result<f64, String> {
    let score = text.parse().ok().filter(|score| (0.0..=100.0).contains(score));
    score.ok_or_else(|| "expected a score from 0 to 100".to_owned())
}

/// A time that is given in seconds.
pub(crate) fn seconds(text: &str) -> Result<Duration, String> {
    let seconds = text.parse().ok().and_then(|seconds| Duration::try_from_secs_f64(seconds).ok());
    seconds.filter(|time| !time.is_zero()).ok_or_else(|| "expected a number of seconds, more than 0".to_owned())
}

pub(crate) fn setting(text: &str) -> Result<(String, String), String> {
    let (name, value) = text.split_once('=').ok_or("expected NAME=VALUE")?;
    Ok((name.to_owned(), value.to_owned()))
}
