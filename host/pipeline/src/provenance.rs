//! What a rendition says of itself: whose it is and how it was made. It is kept in the object's user metadata, which S3 limits to
//! 2 KB of ASCII.

use std::{
    collections::{BTreeMap, HashMap},
    fmt,
};

use sandpress_catalog::Encoder;
use sandpress_sandbox::{Digest, MediaType, Rendition};
use serde::Serialize;

use crate::{ETag, Policy, event::Change, names::percent_encoded, policy::RenditionPolicy};

const SOURCE: &str = "sandpress-source";
const SOURCE_ETAG: &str = "sandpress-source-etag";
const RECIPE: &str = "sandpress-recipe";
const ENCODER: &str = "sandpress-encoder";
const PICTURE: &str = "sandpress-picture";
const ORIGINAL: &str = "sandpress-original";

/// How a rendition is made: the digest of the encoder's component and of all that it is asked for. The same recipe and the same
/// source give the same bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Recipe(Digest);

impl Recipe {
    /// The recipe of this rendition by the encoder with this digest.
    ///
    /// The format is what the policy asks for: what is found in a rendition's place says which one it has, and not whether that is
    /// still the one that is wanted.
    pub fn new(encoder: Digest, policy: &RenditionPolicy, rendition: &Rendition) -> Self {
        #[derive(Serialize)]
        struct Ingredients<'a> {
            encoder: Digest,
            format: Option<&'a MediaType>,
            rendition: &'a Rendition,
            min_savings: f64,
        }
        let (format, min_savings) = (policy.format.fixed(), policy.min_savings);
        Self::of(&Ingredients { encoder, format, rendition, min_savings })
    }

    /// The recipe of everything: what it rejects may be accepted by another.
    pub(crate) fn whole(encoders: &BTreeMap<&MediaType, Digest>, policy: &Policy) -> Self {
        let encoders: Vec<_> = encoders.iter().collect();
        let renditions: Vec<_> = policy
            .renditions
            .iter()
            .map(|rendition| {
                let format = rendition.format.fixed();
                (format, rendition.request(format.cloned().unwrap_or(MediaType::JPEG)), rendition.min_savings)
            })
            .collect();
        let limits = (policy.limits.source_bytes, policy.limits.pixels, policy.limits.time.as_millis());
        Self::of(&(encoders, renditions, limits))
    }

    /// The recipe of a copy that is there because this recipe of everything rejects its source.
    pub(crate) fn copy(whole: Self) -> Self {
        Self::of(&("copy", whole.0))
    }

    fn of(ingredients: &impl Serialize) -> Self {
        // Numbers that JSON cannot write become null, and texts and lists never fail.
        Self(Digest::of(&serde_json::to_vec(ingredients).unwrap_or_default()))
    }
}

impl fmt::Display for Recipe {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// Whose a rendition is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Owner {
    /// Made from this source.
    Ours,
    /// Made from another source, or not by us.
    Foreign,
}

/// Whether an object was made by Sandpress: such a source is never compressed again.
pub(crate) fn is_marked(metadata: &HashMap<String, String>) -> bool {
    metadata.contains_key(RECIPE)
}

/// The metadata of a rendition; a copy has no encoder.
pub(crate) fn write(
    source: &Change,
    etag: &ETag,
    recipe: Recipe,
    encoder: Option<&Encoder>,
) -> HashMap<String, String> {
    let release = encoder.map(|encoder| format!("{} {} {}", encoder.name, encoder.version, encoder.digest));
    HashMap::from([
        (SOURCE.to_owned(), source_name(source)),
        (SOURCE_ETAG.to_owned(), etag.as_str().to_owned()),
        (RECIPE.to_owned(), recipe.to_string()),
        (ENCODER.to_owned(), release.unwrap_or_else(|| "none: a copy".to_owned())),
    ])
}

/// What can be seen of a rendition without reading it: width and height as a person sees them, and whether the source's own picture was
/// stored.
pub(crate) fn seen((width, height): (u32, u32), original: bool) -> [(String, String); 2] {
    [(PICTURE.to_owned(), format!("{width}x{height}")), (ORIGINAL.to_owned(), original.to_string())]
}

/// Width and height; older renditions do not say them.
pub(crate) fn dimensions(metadata: &HashMap<String, String>) -> Option<(u32, u32)> {
    let (width, height) = metadata.get(PICTURE)?.split_once('x')?;
    Some((width.parse().ok()?, height.parse().ok()?))
}

/// Whether it is the source's own picture.
pub(crate) fn is_original(metadata: &HashMap<String, String>) -> bool {
    metadata.get(ORIGINAL).is_some_and(|original| original == "true")
}

/// Name and version of the encoder; `None` of a copy.
pub(crate) fn encoder(metadata: &HashMap<String, String>) -> Option<String> {
    let (release, digest) = metadata.get(ENCODER)?.rsplit_once(' ')?;
    digest.parse::<Digest>().ok().map(|_| release.to_owned())
}

pub(crate) fn owner(metadata: &HashMap<String, String>, source: &Change) -> Owner {
    if metadata.get(SOURCE) == Some(&source_name(source)) { Owner::Ours } else { Owner::Foreign }
}

/// Who made it, for an error's text.
pub(crate) fn maker(metadata: &HashMap<String, String>) -> &str {
    metadata.get(SOURCE).map_or("something other than Sandpress", String::as_str)
}

/// The source's version that it was made from, whatever the recipe.
pub(crate) fn version(metadata: &HashMap<String, String>) -> Option<ETag> {
    metadata.get(SOURCE_ETAG).map(|tag| ETag::new(tag))
}

/// The source's version that it was made from, if it was made by this recipe.
pub(crate) fn made_from(metadata: &HashMap<String, String>, recipe: Recipe) -> Option<ETag> {
    (metadata.get(RECIPE) == Some(&recipe.to_string())).then(|| version(metadata))?
}

/// `bucket/key`, percent-encoded; of a name too long for the metadata, the digest.
fn source_name(source: &Change) -> String {
    let plain = format!("{}/{}", source.bucket, source.key);
    let encoded = percent_encoded(&plain);
    if encoded.len() <= 1024 { encoded } else { format!("sha256:{}", Digest::of(plain.as_bytes())) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Bucket, ObjectKey};

    fn source(key: &str) -> Change {
        Change { bucket: Bucket::new("uploads").unwrap(), key: ObjectKey::new(key).unwrap() }
    }

    #[test]
    fn a_source_is_named_in_ascii_and_within_the_limits_of_metadata() {
        assert_eq!(source_name(&source("a/Käse +1.jpg")), "uploads/a/K%C3%A4se%20%2B1.jpg");
        for key in ["é".repeat(512), "a".repeat(1024)] {
            let name = source_name(&source(&key));
            assert!(name.is_ascii() && name.len() <= 1024, "{name}");
        }
        let (one, two) = ("é".repeat(512), format!("{}è", "é".repeat(511)));
        assert_ne!(source_name(&source(&one)), source_name(&source(&two)));
    }

    #[test]
    fn only_the_source_that_it_names_owns_a_rendition() {
        let metadata = HashMap::from([(SOURCE.to_owned(), source_name(&source("a.jpg")))]);
        assert_eq!(owner(&metadata, &source("a.jpg")), Owner::Ours);
        assert_eq!(owner(&metadata, &source("a.png")), Owner::Foreign);
        assert_eq!(owner(&HashMap::new(), &source("a.jpg")), Owner::Foreign);
    }
}
