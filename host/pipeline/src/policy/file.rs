//! The file as it is written, and the checks that make it a policy.

use std::{collections::BTreeMap, time::Duration};

use sandpress_sandbox::{Fit, MediaType, Metadata, Quality, Resize, Setting, Value};
use serde::Deserialize;

use super::{
    Format, ImageLimits, KeyTemplate, Location, OnRejection, Policy, RenditionPolicy, TemplateError,
    interpolate::{InterpolateError, interpolate},
};
use crate::{Bucket, NameError};

/// Why a file is no policy.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum PolicyError {
    /// Not TOML, an unknown field, a field of the wrong type.
    #[error("{0}")]
    Syntax(#[from] toml::de::Error),
    /// A field whose value makes no sense.
    #[error("{field}: {reason}")]
    Field {
        /// Its path in the file.
        field: String,
        /// What is wrong, and what to write.
        reason: String,
    },
    /// What is written would be read again as an upload.
    #[error(
        "renditions would be compressed again without end: source `{bucket}/{source_prefix}*` and destination \
         `{bucket}/{destination_prefix}*` overlap. Use another bucket for the destination, or prefixes of which neither begins with the \
         other, such as \"uploads/\" and \"renditions/\""
    )]
    Loop {
        /// The bucket of both.
        bucket: Bucket,
        /// The source's prefix.
        source_prefix: String,
        /// The destination's prefix.
        destination_prefix: String,
    },
}

/// What a rendition must save by default: see [`RenditionPolicy::min_savings`].
const MIN_SAVINGS: f64 = 0.05;

#[derive(Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
struct File {
    #[serde(default)]
    verify: bool,
    #[serde(default)]
    rejected: OnRejection,
    source: Place,
    destination: Destination,
    dead_letters: Queue,
    #[serde(default)]
    limits: Bounds,
    #[serde(default)]
    rendition: Vec<Entry>,
}

#[derive(Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
struct Place {
    bucket: String,
    #[serde(default)]
    prefix: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
struct Destination {
    bucket: String,
    #[serde(default)]
    prefix: String,
    cache_control: Option<String>,
    #[serde(default)]
    mirror_deletes: bool,
    #[serde(default)]
    rejections: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
struct Queue {
    queue_url: String,
}

#[derive(Deserialize, Default)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
struct Bounds {
    source_mebibytes: Option<u32>,
    megapixels: Option<u32>,
    seconds: Option<u32>,
}

#[derive(Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
struct Entry {
    name: String,
    key: Option<String>,
    format: Option<String>,
    quality: Option<f32>,
    perceptual: Option<f64>,
    #[serde(default)]
    lossless: bool,
    max_width: Option<u32>,
    max_height: Option<u32>,
    #[serde(default)]
    fit: Fit,
    max_bytes: Option<u64>,
    #[serde(default)]
    metadata: Metadata,
    min_savings: Option<f64>,
    #[serde(default)]
    settings: BTreeMap<String, Value>,
}

impl Policy {
    /// Reads a policy; texts are completed from the environment.
    ///
    /// # Errors
    ///
    /// [`PolicyError`], which names the field and says what to write.
    pub fn from_toml(toml: &str) -> Result<Self, PolicyError> {
        Self::from_toml_with(toml, &|name| std::env::var(name).ok())
    }

    /// Reads a policy; `variable` answers for the environment.
    ///
    /// # Errors
    ///
    /// [`PolicyError`], which names the field and says what to write.
    pub fn from_toml_with(toml: &str, variable: &dyn Fn(&str) -> Option<String>) -> Result<Self, PolicyError> {
        let file: File = toml::from_str(toml)?;
        let complete =
            |name: &str, text: &str| interpolate(text, variable).map_err(|error: InterpolateError| field(name, error));
        let location = |name: &str, bucket: &str, prefix: &str| -> Result<_, PolicyError> {
            let bucket = complete(&format!("{name}.bucket"), bucket)?;
            Ok(Location {
                bucket: Bucket::new(bucket).map_err(|error: NameError| field(&format!("{name}.bucket"), error))?,
                prefix: complete(&format!("{name}.prefix"), prefix)?,
            })
        };
        let File { verify, rejected, source, destination, dead_letters, limits, rendition } = file;
        let policy = Self {
            source: location("source", &source.bucket, &source.prefix)?,
            destination: location("destination", &destination.bucket, &destination.prefix)?,
            cache_control: destination.cache_control,
            mirror_deletes: destination.mirror_deletes,
            rejections: Some(complete("destination.rejections", &destination.rejections)?)
                .filter(|prefix| !prefix.is_empty()),
            dead_letter_queue: complete("dead-letters.queue-url", &dead_letters.queue_url)?,
            rejected,
            limits: limits.check()?,
            verify,
            renditions: rendition.into_iter().map(Entry::check).collect::<Result<_, _>>()?,
        };
        policy.check()?;
        Ok(policy)
    }

    fn check(&self) -> Result<(), PolicyError> {
        let (source, destination) = (&self.source, &self.destination);
        for written in [&destination.prefix].into_iter().chain(&self.rejections) {
            let overlap = source.prefix.starts_with(written) || written.starts_with(&source.prefix);
            if source.bucket == destination.bucket && overlap {
                return Err(PolicyError::Loop {
                    bucket: source.bucket.clone(),
                    source_prefix: source.prefix.clone(),
                    destination_prefix: written.clone(),
                });
            }
        }
        if !self.dead_letter_queue.starts_with("http") {
            return Err(field("dead-letters.queue-url", "not the URL of a queue (https://sqs.…)"));
        }
        if self.renditions.is_empty() {
            return Err(field("rendition", "there is none: add a [[rendition]] with a name"));
        }
        for (index, one) in self.renditions.iter().enumerate() {
            for other in self.renditions.iter().skip(index + 1) {
                if one.name == other.name {
                    return Err(field(&format!("rendition `{}`", one.name), "two renditions have this name"));
                }
                if one.key == other.key {
                    return Err(field(
                        &format!("rendition `{}`", other.name),
                        format!("has the same key as `{}`; begin it with \"{}/\"", one.name, other.name),
                    ));
                }
            }
        }
        Ok(())
    }
}

impl Bounds {
    fn check(self) -> Result<ImageLimits, PolicyError> {
        let at_least_one = |name: &str, value: Option<u32>, default: u32| match value.unwrap_or(default) {
            0 => Err(field(&format!("limits.{name}"), "0 lets nothing through; leave it out for the default")),
            value => Ok(u64::from(value)),
        };
        Ok(ImageLimits {
            source_bytes: at_least_one("source-mebibytes", self.source_mebibytes, 64)? << 20,
            pixels: at_least_one("megapixels", self.megapixels, 100)? * 1_000_000,
            time: Duration::from_secs(at_least_one("seconds", self.seconds, 60)?),
        })
    }
}

impl Entry {
    fn check(self) -> Result<RenditionPolicy, PolicyError> {
        let at = |name: &str| format!("rendition `{}`: {name}", self.name);
        let quality = match (self.quality, self.perceptual, self.lossless) {
            (None, None, false) => Quality::Default,
            (Some(level), None, false) if (0.0..=100.0).contains(&level) => Quality::Level(level),
            (Some(level), None, false) => return Err(field(&at("quality"), format!("{level} is not in 0 to 100"))),
            (None, Some(score), false) if (0.0..=100.0).contains(&score) => Quality::Perceptual(score),
            (None, Some(score), false) => return Err(field(&at("perceptual"), format!("{score} is not in 0 to 100"))),
            (None, None, true) => Quality::Lossless,
            _ => return Err(field(&at("quality"), "give one of quality, perceptual and lossless")),
        };
        for (name, side) in [("max-width", self.max_width), ("max-height", self.max_height)] {
            if side == Some(0) {
                return Err(field(&at(name), "0 is no size; leave it out for any"));
            }
        }
        let min_savings = self.min_savings.unwrap_or(MIN_SAVINGS);
        if !(0.0..1.0).contains(&min_savings) {
            return Err(field(&at("min-savings"), format!("{min_savings} is no part of a file: write 0.05 for 5 %")));
        }
        let format = match self.format.as_deref() {
            None | Some("same") => Format::Same,
            Some(text) => Format::Fixed(text.parse::<MediaType>().map_err(|error| field(&at("format"), error))?),
        };
        let key = KeyTemplate::parse(self.key.as_deref().unwrap_or("{key}"))
            .map_err(|error: TemplateError| field(&at("key"), error))?;
        if key.needs_format() && format.fixed().is_none_or(|media_type| media_type.extension().is_none()) {
            return Err(field(&at("key"), "{format} needs a fixed format that has a usual extension; use {ext}"));
        }
        let resize = (self.max_width.is_some() || self.max_height.is_some()).then_some(Resize {
            width: self.max_width,
            height: self.max_height,
            fit: self.fit,
        });
        Ok(RenditionPolicy {
            key,
            format,
            quality,
            resize,
            max_bytes: self.max_bytes,
            metadata: self.metadata,
            min_savings,
            settings: self.settings.into_iter().map(|(name, value)| Setting { name, value }).collect(),
            name: self.name,
        })
    }
}

fn field(field: &str, reason: impl ToString) -> PolicyError {
    PolicyError::Field { field: field.to_owned(), reason: reason.to_string() }
}
