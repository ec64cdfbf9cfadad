//! What a policy means, in general or for one upload.

use std::{fmt, path::Path};

use sandpress_catalog::Document;
use sandpress_pipeline::{Policy, event::Change, policy::RenditionPolicy};
use sandpress_sandbox::{MediaType, Quality};
use serde_json::{Value, json};

use crate::{
    source,
    table::{Align, Table},
};

pub(super) struct Explanation {
    source: String,
    destination: String,
    /// Where it is written why one is rejected, if it is.
    rejections: Option<String>,
    /// The upload, and why it has no renditions, if it has none.
    upload: Option<(Change, Option<&'static str>)>,
    renditions: Vec<Rendition>,
}

struct Rendition {
    name: String,
    /// Where it goes; without an upload, as the policy has it.
    key: String,
    format: String,
    how: String,
    encoder: Option<String>,
}

impl Explanation {
    pub(super) fn new(policy: &Policy, encoders: Option<&Document>, upload: Option<Change>) -> Self {
        let place =
            |location: &sandpress_pipeline::policy::Location| format!("s3://{}/{}", location.bucket, location.prefix);
        let why_not = |upload: &Change| match () {
            () if policy.wants(upload) => None,
            () if upload.bucket != policy.source.bucket => Some("it is in another bucket than the policy's source"),
            () if upload.key.is_folder_marker() => Some("it is a folder marker"),
            () => Some("its key does not begin with the prefix of the policy's source"),
        };
        let upload = upload.map(|upload| {
            let why_not = why_not(&upload);
            (upload, why_not)
        });
        let is_wanted = upload.as_ref().is_none_or(|(_, why_not)| why_not.is_none());
        let renditions = policy.renditions.iter().filter(|_| is_wanted);
        Self {
            source: place(&policy.source),
            destination: place(&policy.destination),
            rejections: policy.rejections.as_ref().map(|prefix| format!("s3://{}/{prefix}", policy.destination.bucket)),
            renditions: renditions
                .map(|rendition| Rendition::new(policy, rendition, encoders, upload.as_ref().map(|(upload, _)| upload)))
                .collect(),
            upload,
        }
    }

    pub(super) fn json(&self) -> Value {
        let upload = self.upload.as_ref().map(|(upload, why_not)| {
            json!({ "bucket": upload.bucket, "key": upload.key, "wanted": why_not.is_none(), "because": why_not })
        });
        let rendition = |rendition: &Rendition| {
            json!({
                "name": rendition.name,
                "key": rendition.key,
                "format": rendition.format,
                "how": rendition.how,
                "encoder": rendition.encoder,
            })
        };
        json!({
            "source": self.source,
            "destination": self.destination,
            "rejections": self.rejections,
            "upload": upload,
            "renditions": self.renditions.iter().map(rendition).collect::<Vec<_>>(),
        })
    }
}

impl Rendition {
    fn new(policy: &Policy, rendition: &RenditionPolicy, encoders: Option<&Document>, upload: Option<&Change>) -> Self {
        let key = match upload.map(|upload| policy.destination_key(rendition, &upload.key)) {
            None => format!("{}{}", policy.destination.prefix, rendition.key),
            Some(Ok(key)) => key.to_string(),
            Some(Err(error)) => format!("none: {error}"),
        };
        let promised = upload.and_then(|upload| source::promised(Path::new(upload.key.as_str())));
        let media_type = rendition.format.fixed().or(promised.as_ref());
        let format = match (rendition.format.fixed(), &promised) {
            (Some(fixed), _) => fixed.to_string(),
            (None, Some(promised)) => format!("the upload's own, {promised} by its name"),
            (None, None) => "the upload's own".to_owned(),
        };
        let encoder = encoders.zip(media_type).map(|(encoders, media_type)| {
            let release = upload.map_or_else(
                || encoders.media_types.get(media_type).map(|service| service.in_service),
                |upload| encoders.route(media_type, upload.bucket.as_str(), upload.key.as_str())?.releases().next(),
            );
            release
                .and_then(|digest| Some((digest, encoders.releases.get(&digest)?)))
                .map_or_else(|| "none".to_owned(), |(digest, release)| format!("{release} {digest}"))
        });
        Self { name: rendition.name.clone(), key, format, how: how(rendition), encoder }
    }
}

/// What the encoder is asked for, in a few words.
fn how(rendition: &RenditionPolicy) -> String {
    // Nothing of it depends on the format.
    let request = rendition.request(MediaType::JPEG);
    let quality = match request.quality {
        Quality::Level(level) => format!("quality {level}"),
        Quality::Perceptual(score) => format!("perceptual {score}"),
        Quality::Lossless => "lossless".to_owned(),
        _ => "the encoder's own quality".to_owned(),
    };
    let side = |side: Option<u32>| side.map_or("any".to_owned(), |side| side.to_string());
    let size = request.resize.map(|resize| format!(", within {} × {}", side(resize.width), side(resize.height)));
    let bytes = request.max_bytes.map(|bytes| format!(", at most {bytes} bytes"));
    [quality, size.unwrap_or_default(), bytes.unwrap_or_default()].concat()
}

impl fmt::Display for Explanation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.upload {
            None => writeln!(f, "Each upload to {} has its renditions in {}\n", self.source, self.destination)?,
            Some((upload, None)) => {
                writeln!(f, "{}/{} has its renditions in {}\n", upload.bucket, upload.key, self.destination)?
            }
            Some((upload, Some(why_not))) => {
                return writeln!(f, "{}/{} has no renditions: {why_not}\n", upload.bucket, upload.key);
            }
        }
        let mut table = Table::new([
            ("rendition", Align::Left),
            ("key", Align::Left),
            ("format", Align::Left),
            ("how", Align::Left),
            ("encoder", Align::Left),
        ]);
        for rendition in &self.renditions {
            let Rendition { name, key, format, how, encoder } = rendition;
            table.row([name, key, format, how, encoder.as_ref().unwrap_or(&String::new())].map(String::clone));
        }
        writeln!(f, "{table}")?;
        match &self.rejections {
            Some(place) => writeln!(f, "Why an upload is rejected is written below {place}"),
            None => Ok(()),
        }
    }
}
