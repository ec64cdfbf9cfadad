//! What is wrong with a policy by itself, though each of its fields makes sense.

use sandpress_catalog::Document;
use sandpress_pipeline::{ObjectKey, Policy};
use sandpress_sandbox::MediaType;

use super::Finding;

/// Pairs of sources, and in what they differ.
const PAIRS: [(&str, &str, &str); 2] =
    [("a/photo.jpg", "a/photo.png", "their extension"), ("a/photo.jpg", "b/photo.jpg", "their folder")];

/// Renditions that nobody makes, and sources that meet in one place.
pub fn of_policy(policy: &Policy, encoders: Option<&Document>) -> Vec<Finding> {
    let mut findings = Vec::new();
    for rendition in &policy.renditions {
        let name = format!("rendition `{}`", rendition.name);
        let place = |key: &str| {
            let key = ObjectKey::new(format!("{}{key}", policy.source.prefix)).ok()?;
            policy.destination_key(rendition, &key).ok()
        };
        for (one, other, difference) in PAIRS {
            let meet = place(one).filter(|key| Some(key) == place(other).as_ref());
            if let Some(key) = meet {
                findings.push(Finding::warning(
                    &name,
                    format!(
                        "sources that differ in {difference} only have one key, as {one} and {other} have {key}: the first one keeps it, \
                         and the other one is rejected"
                    ),
                    "use {key}, or {dir}, {name} and {ext}, in its key, unless there are no such sources",
                ));
            }
        }
        if let (Some(encoders), Some(format)) = (encoders, rendition.format.fixed())
            && !encoders.serves(format)
        {
            let served: Vec<_> = encoders.media_types.keys().map(MediaType::as_str).collect();
            findings.push(Finding::error(
                &name,
                format!("no encoder in service makes {format}: nothing would start"),
                format!("choose one of {}, or put an encoder into service that makes it", served.join(", ")),
            ));
        }
    }
    findings
}
