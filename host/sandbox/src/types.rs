//! What host and codec say to each other, independent of the contract's version.

use serde::{Deserialize, Serialize};

use crate::MediaType;

/// The value of a [`Setting`].
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Value {
    /// Yes or no.
    Flag(bool),
    /// A whole number.
    Integer(i64),
    /// A number.
    Number(f64),
    /// A text.
    Text(String),
    /// Anything else.
    Bytes(Vec<u8>),
}

/// A named, typed value: how options reach a codec, and how it tells what has no field of its own.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Setting {
    /// Kebab-case.
    pub name: String,
    /// The value.
    pub value: Value,
}

/// What a file says about its image.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[non_exhaustive]
pub struct ImageInfo {
    /// The format.
    pub media_type: MediaType,
    /// Pixels, as stored: for orientations 5 to 8 the picture is seen with width and height exchanged.
    pub width: u32,
    /// Pixels, as stored.
    pub height: u32,
    /// 1 for a still image; 0 where the file does not say without being decoded.
    pub frames: u32,
    /// The depth of one channel.
    pub bits_per_channel: u8,
    /// Whether there is transparency.
    pub has_alpha: bool,
    /// The EXIF orientation, 1 to 8.
    pub orientation: u8,
    /// The rest, as named in the contract.
    pub settings: Vec<Setting>,
}

impl ImageInfo {
    /// Width and height as a person sees them, after the orientation is applied.
    pub fn seen(&self) -> (u32, u32) {
        if (5..=8).contains(&self.orientation) { (self.height, self.width) } else { (self.width, self.height) }
    }

    /// Width times height.
    pub fn pixels(&self) -> u64 {
        u64::from(self.width) * u64::from(self.height)
    }
}

/// How good the picture must be. Default: the codec's own default.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Quality {
    /// The codec's own default, named by its descriptor.
    #[default]
    Default,
    /// 0 (smallest) to 100 (best).
    Level(f32),
    /// The smallest file whose SSIMULACRA2 score against the resized source is at least this.
    Perceptual(f64),
    /// Every pixel exactly as in the resized source.
    Lossless,
}

/// How an image fills the box that it is resized to. Default: [`Fit::Contain`].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Fit {
    /// All of the image is inside of the box.
    #[default]
    Contain,
    /// All of the box is covered, the rest is cropped evenly.
    Cover,
}

/// The box that an image is resized to, in pixels as seen. An image is never enlarged.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Resize {
    /// None: follows from the proportions.
    pub width: Option<u32>,
    /// None: follows from the proportions.
    pub height: Option<u32>,
    /// How the box is filled.
    pub fit: Fit,
}

/// What happens to EXIF, XMP and IPTC data. Default: [`Metadata::Strip`].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Metadata {
    /// Nothing is kept.
    #[default]
    Strip,
    /// Artist, copyright and credit are kept, never a location.
    Copyright,
    /// All that the format can hold is kept.
    Keep,
}

/// One picture to make.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Rendition {
    /// The format to produce.
    pub media_type: MediaType,
    /// Default: the codec's own.
    pub quality: Quality,
    /// Default: none, the size stays.
    pub resize: Option<Resize>,
    /// Bytes. Default: none, any size.
    pub max_bytes: Option<u64>,
    /// Default: strip.
    pub metadata: Metadata,
    /// Options of the codec, as its descriptor lists them. Default: none.
    pub settings: Vec<Setting>,
}

/// The option by which an encoder looks at its own output.
const VERIFY: &str = "verify";

impl Rendition {
    /// A rendition in this format, with every default.
    pub fn new(media_type: MediaType) -> Self {
        Self {
            media_type,
            quality: Quality::default(),
            resize: None,
            max_bytes: None,
            metadata: Metadata::default(),
            settings: Vec::new(),
        }
    }

    /// Sets the quality.
    #[must_use]
    pub fn quality(mut self, quality: Quality) -> Self {
        self.quality = quality;
        self
    }

    /// Resizes so that the whole image is inside of a box of this many pixels.
    #[must_use]
    pub fn contain(mut self, width: u32, height: u32) -> Self {
        self.resize = Some(Resize { width: Some(width), height: Some(height), fit: Fit::Contain });
        self
    }

    /// Has the codec decode what it makes again, and compare it with what it made it of: the option `verify` of the encoders here.
    #[must_use]
    pub fn verified(mut self) -> Self {
        self.settings.retain(|setting| setting.name != VERIFY);
        self.settings.push(Setting { name: VERIFY.to_owned(), value: Value::Flag(true) });
        self
    }

    /// The same picture in its own size with nothing lost but the metadata that are not wanted: what is left to ask for where it cannot
    /// be made smaller.
    #[must_use]
    pub fn unaltered(&self) -> Self {
        let settings = self.settings.iter().filter(|setting| setting.name == VERIFY).cloned().collect();
        Self { metadata: self.metadata, settings, ..Self::new(self.media_type.clone()) }.quality(Quality::Lossless)
    }
}

/// One picture made.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Output {
    /// The file.
    pub bytes: Vec<u8>,
    /// What the file says about its image.
    pub info: ImageInfo,
    /// What is worth knowing, as named in the contract.
    pub notes: Vec<Setting>,
}

impl Output {
    /// What of the source is not in the file, as the codec names it; nothing if that is all.
    pub fn dropped(&self) -> Option<&str> {
        self.notes.iter().find_map(|note| match &note.value {
            Value::Text(names) if note.name == "dropped" => Some(names.as_str()),
            _ => None,
        })
    }
}

/// The values that an option may take.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Domain {
    /// Yes or no.
    Flag,
    /// Lowest and highest, both included.
    Integer(i64, i64),
    /// Lowest and highest, both included.
    Number(f64, f64),
    /// One of these texts.
    Choice(Vec<String>),
}

/// An option of a codec.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[non_exhaustive]
pub struct OptionInfo {
    /// Kebab-case.
    pub name: String,
    /// One sentence for a person.
    pub summary: String,
    /// The values that it may take.
    pub domain: Domain,
    /// The value when it is not given.
    pub default: Value,
}

/// A codec's account of itself.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Descriptor {
    /// The implementation's name.
    pub name: String,
    /// The implementation's version.
    pub version: String,
    /// What it reads.
    pub accepts: Vec<MediaType>,
    /// What it writes.
    pub produces: Vec<MediaType>,
    /// What can be set.
    pub options: Vec<OptionInfo>,
}

/// What the beginning of a file tells.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Probe {
    /// The image.
    Known(ImageInfo),
    /// That this many bytes must be seen; a file that is shorter is truncated.
    NeedMore(u64),
    /// That it is no format of this codec's.
    Unknown,
}
