//! The command line of `sandpress compress`.

use std::{num::NonZeroUsize, path::PathBuf, time::Duration};

use clap::{ArgGroup, Args, ValueEnum, value_parser};
use sandpress_sandbox::{Fit, Limits, MediaType, Metadata, Quality, Rendition, Resize};

use crate::encoders::Folder;

/// Compress images, each in a sandbox of its own
///
/// An image that would become larger in its own format stays as it is, but for the metadata that are not wanted. A source is only
/// overwritten with --in-place, another file only with --force. Each file appears whole or not at all. One image that fails does not
/// stop the others.
///
/// Exits with 0 if every image is done, 1 if one failed, 2 if the request makes no sense.
#[derive(Args)]
#[command(
    after_help = EXAMPLES,
    group(ArgGroup::new("destination").required(true)),
    group(ArgGroup::new("how good")),
    group(ArgGroup::new("box").multiple(true)),
)]
pub(crate) struct Arguments {
    /// Images, or folders of images; `-` is the standard input
    ///
    /// In a folder, also below it, files that no encoder reads are skipped, unless their names say that they are images.
    #[arg(required = true, value_name = "FILE")]
    pub(super) files: Vec<PathBuf>,

    /// Write the one image to this file; `-` is the standard output
    #[arg(short, long, value_name = "FILE", group = "destination")]
    pub(super) output: Option<PathBuf>,
    /// Write the images into this folder, under their own names; what lies in folders keeps its place in them
    #[arg(long, value_name = "FOLDER", group = "destination")]
    pub(super) out_dir: Option<PathBuf>,
    /// Replace each image with its smaller self
    #[arg(long, visible_alias = "overwrite", group = "destination")]
    pub(super) in_place: bool,
    /// Replace files that exist already, but never a source
    #[arg(long)]
    pub(super) force: bool,

    /// Format to write: jpeg, png, webp, avif, or another media type that an encoder makes
    ///
    /// Default: what the name given to --output promises, else each image's own.
    #[arg(long, value_name = "FORMAT", value_parser = format)]
    pub(super) format: Option<MediaType>,
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

    /// Decode each result again, and fail if it does not show the picture that it was made of
    #[arg(long)]
    verify: bool,

    /// Memory that one image may take, in MiB
    #[arg(long, value_name = "MIB", default_value = "1024", value_parser = value_parser!(u32).range(1..=4096))]
    memory: u32,
    /// Time that one image may take, in seconds
    #[arg(long, value_name = "SECONDS", default_value = "30", value_parser = seconds)]
    timeout: Duration,
    /// Images at a time; default: one for each processor
    #[arg(short, long, value_name = "N")]
    pub(super) jobs: Option<NonZeroUsize>,
    /// Print JSON instead of the table
    #[arg(long)]
    pub(super) json: bool,
    #[command(flatten)]
    pub(super) folder: Folder,
}

const EXAMPLES: &str = "Examples:
  sandpress compress photo.jpg -o small.jpg
  sandpress compress photos/ --out-dir small/ --max-width 2048 --max-height 2048
  sandpress compress *.png --out-dir jpegs/ --format jpeg --quality 85
  sandpress compress photo.jpg --in-place --metadata copyright
  sandpress compress photo.jpg -o photo.min.jpg --set subsampling=4:4:4
  curl -s https://example.com/photo.jpg | sandpress compress - -o - > small.jpg";

/// What is wanted of every image.
pub(super) struct Request {
    pub(super) limits: Limits,
    /// Options of the encoder, as texts: their types are known when the encoder is.
    pub(super) settings: Vec<(String, String)>,
    /// Whether results are decoded again and compared.
    pub(super) verify: bool,
    rendition: Rendition,
}

impl Request {
    /// The rendition that is wanted, in a format.
    pub(super) fn rendition(&self, media_type: MediaType) -> Rendition {
        let mut rendition = self.rendition.clone();
        rendition.media_type = media_type;
        rendition
    }
}

impl Arguments {
    pub(super) fn request(&self) -> Request {
        // The format is each image's own matter.
        let mut rendition = Rendition::new(MediaType::JPEG).quality(match (self.quality, self.perceptual) {
            (Some(level), _) => Quality::Level(level),
            (_, Some(score)) => Quality::Perceptual(score),
            _ if self.lossless => Quality::Lossless,
            _ => Quality::Default,
        });
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
        let limits = Limits::default().memory(u64::from(self.memory) << 20).time(self.timeout);
        Request { limits, settings: self.settings.clone(), verify: self.verify, rendition }
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

fn format(text: &str) -> Result<MediaType, String> {
    match MediaType::from_extension(text) {
        Some(media_type) => Ok(media_type),
        None => text.parse().map_err(|_| "expected jpeg, png, webp, avif or a media type such as image/jxl".to_owned()),
    }
}

fn level(text: &str) -> Result<f32, String> {
    let level = text.parse().ok().filter(|level| (0.0..=100.0).contains(level));
    level.ok_or_else(|| "expected a number from 0 to 100".to_owned())
}

fn score(text: &str) -> Result<f64, String> {
    let score = text.parse().ok().filter(|score| (0.0..=100.0).contains(score));
    score.ok_or_else(|| "expected a score from 0 to 100".to_owned())
}

/// A time that is given in seconds.
pub(crate) fn seconds(text: &str) -> Result<Duration, String> {
    let seconds = text.parse().ok().and_then(|seconds| Duration::try_from_secs_f64(seconds).ok());
    seconds.filter(|time| !time.is_zero()).ok_or_else(|| "expected a number of seconds, more than 0".to_owned())
}

fn setting(text: &str) -> Result<(String, String), String> {
    let (name, value) = text.split_once('=').ok_or("expected NAME=VALUE")?;
    Ok((name.to_owned(), value.to_owned()))
}
