//! Pictures to upload, and what is in those that come out.

use sandpress_sandbox::MediaType;
pub(crate) use sandpress_tests::photo::{jpeg, photo};
use sandpress_tests::{
    aws::Stored,
    picture::{self, Picture},
};

/// The pixels of an object, by its own media type.
pub(crate) fn decode(object: &Stored) -> Picture {
    let media_type = object.content_type.parse().unwrap_or_else(|error| panic!("{}: {error:?}", object.content_type));
    picture::decode(&media_type, &object.bytes)
}

/// How different a rendition looks from the JPEG that it is made from, if both have the same size.
pub(crate) fn difference(rendition: &Stored, source: &[u8]) -> f64 {
    decode(rendition).difference(&picture::decode(&MediaType::JPEG, source))
}
