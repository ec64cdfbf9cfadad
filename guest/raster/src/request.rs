//! A rendition, parsed: what is left of it makes sense.

use crate::colour;
use crate::error::bad_request;
use crate::options::{self, Options};
use crate::resize::{Blend, TargetBox};
use crate::{Encoder, Error, Metadata, Quality, Rendition, RequestedQuality, verify};

pub(crate) struct Request<S> {
    /// With a perceptual target, the highest that may be chosen.
    pub(crate) quality: Quality,
    /// The SSIMULACRA2 score that is to be reached, where one is asked for.
    pub(crate) score: Option<f64>,
    /// Whether every pixel is asked for as it is: no lower quality may be chosen where the output would be too large.
    pub(crate) is_exact: bool,
    pub(crate) target: Option<TargetBox>,
    pub(crate) blend: Blend,
    pub(crate) max_bytes: Option<u64>,
    pub(crate) metadata: Metadata,
    pub(crate) colours: colour::Target,
    /// Whether what is made is decoded again and compared.
    pub(crate) verify: bool,
    pub(crate) settings: S,
}

impl<S> Request<S> {
    /// # Errors
    ///
    /// `bad-request`, with the name of what is wrong.
    pub(crate) fn parse<E: Encoder<Settings = S>>(rendition: &Rendition) -> Result<Self, Error> {
        let descriptor = options::describe::<E>();
        if !descriptor.produces.contains(&rendition.media_type) {
            let (wanted, produced) = (&rendition.media_type, descriptor.produces.join(", "));
            return Err(bad_request(format!("cannot produce `{wanted}`, only {produced}")));
        }
        let quality = match rendition.quality {
            RequestedQuality::Default => E::DEFAULT_QUALITY,
            RequestedQuality::Level(level) if (0.0..=100.0).contains(&level) => Quality::Level(level),
            RequestedQuality::Level(level) => return Err(bad_request(format!("level {level} is not in 0 to 100"))),
            RequestedQuality::Lossless if E::LOSSLESS || E::REWRITES => Quality::Lossless,
            RequestedQuality::Lossless => return Err(bad_request(format!("{} is never lossless", descriptor.name))),
            RequestedQuality::Perceptual(score) if score.is_finite() && score <= 100.0 => Quality::Level(100.0),
            RequestedQuality::Perceptual(score) => {
                return Err(bad_request(format!("no score can be {score}; 100 is perfect")));
            }
        };
        if rendition.max_bytes == Some(0) {
            return Err(bad_request("max-bytes is 0"));
        }
        let options = Options::parse(&descriptor, &rendition.settings)?;
        let is_exact = rendition.quality == RequestedQuality::Lossless;
        Ok(Self {
            quality,
            score: match rendition.quality {
                RequestedQuality::Perceptual(score) => Some(score),
                _ => None,
            },
            is_exact,
            target: rendition.resize.as_ref().map(TargetBox::parse).transpose()?,
            blend: Blend::parse(&options)?,
            max_bytes: rendition.max_bytes,
            metadata: rendition.metadata,
            colours: colour::Target::parse(&options, is_exact, &rendition.media_type)?,
            verify: options.flag(verify::OPTION)?,
            settings: E::settings(&options)?,
        })
    }
}
