//! Media types, and what a file of each begins with.

use std::{borrow::Cow, fmt, str::FromStr};

use serde::{Deserialize, Serialize};

/// An IANA media type in lower case, without parameters, such as `image/jpeg`. The set is open.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub struct MediaType(Cow<'static, str>);

impl MediaType {
    /// `image/jpeg`
    pub const JPEG: Self = Self(Cow::Borrowed("image/jpeg"));
    /// `image/png`
    pub const PNG: Self = Self(Cow::Borrowed("image/png"));
    /// `image/webp`
    pub const WEBP: Self = Self(Cow::Borrowed("image/webp"));
    /// `image/avif`
    pub const AVIF: Self = Self(Cow::Borrowed("image/avif"));

    /// `image/gif`
    pub const GIF: Self = Self(Cow::Borrowed("image/gif"));

    /// `image/bmp`
    pub const BMP: Self = Self(Cow::Borrowed("image/bmp"));

    /// `image/tiff`
    pub const TIFF: Self = Self(Cow::Borrowed("image/tiff"));

    /// The media type as a text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The usual file name extension, without its dot, of a format that we know.
    pub fn extension(&self) -> Option<&'static str> {
        match self.as_str() {
            "image/jpeg" => Some("jpg"),
            "image/png" => Some("png"),
            "image/webp" => Some("webp"),
            "image/avif" => Some("avif"),
            "image/gif" => Some("gif"),
            "image/bmp" => Some("bmp"),
            "image/tiff" => Some("tif"),
            _ => None,
        }
    }

    /// The media type that a file name's extension promises. The content may be another.
    pub fn from_extension(extension: &str) -> Option<Self> {
        match extension.to_ascii_lowercase().as_str() {
            "jpg" | "jpeg" => Some(Self::JPEG),
            "png" => Some(Self::PNG),
            "webp" => Some(Self::WEBP),
            "avif" => Some(Self::AVIF),
            "gif" => Some(Self::GIF),
            "bmp" => Some(Self::BMP),
            "tif" | "tiff" => Some(Self::TIFF),
            _ => None,
        }
    }

    /// Whether the bytes begin as a file of this type does; `None` for a type that we do not know.
    pub(crate) fn begins(&self, bytes: &[u8]) -> Option<bool> {
        match self.as_str() {
            "image/jpeg" => Some(bytes.starts_with(b"\xff\xd8\xff")),
            "image/png" => Some(bytes.starts_with(b"\x89PNG\r\n\x1a\n")),
            "image/webp" => Some(bytes.starts_with(b"RIFF") && bytes.get(8..12) == Some(b"WEBP")),
            "image/avif" => Some(bytes.get(4..8) == Some(b"ftyp")),
            "image/gif" => Some(bytes.starts_with(b"GIF87a") || bytes.starts_with(b"GIF89a")),
            "image/bmp" => Some(bytes.starts_with(b"BM")),
            "image/tiff" => Some(bytes.starts_with(b"II*\0") || bytes.starts_with(b"MM\0*")),
            _ => None,
        }
    }
}

impl fmt::Display for MediaType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl From<MediaType> for String {
    fn from(media_type: MediaType) -> Self {
        media_type.0.into_owned()
    }
}

/// A text that is not a media type as we write them.
#[derive(Debug, thiserror::Error)]
#[error("`{0}` is not a media type: expected type/subtype in lower case without parameters, such as image/jpeg")]
pub struct ParseMediaTypeError(String);

impl FromStr for MediaType {
    type Err = ParseMediaTypeError;

    /// Follows the restricted names of RFC 6838, section 4.2, in lower case.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let name = |name: &str| {
            (1..=127).contains(&name.len())
                && name.starts_with(|first: char| first.is_ascii_alphanumeric())
                && name
                    .bytes()
                    .all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || b"!#$&-^_.+".contains(&byte))
        };
        match text.split_once('/') {
            Some((kind, subtype)) if name(kind) && name(subtype) => Ok(Self(Cow::Owned(text.to_owned()))),
            _ => Err(ParseMediaTypeError(text.to_owned())),
        }
    }
}

impl TryFrom<String> for MediaType {
    type Error = ParseMediaTypeError;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        text.parse()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_lower_case_media_types_without_parameters_are_read() {
        for good in ["image/jpeg", "image/svg+xml", "image/vnd.adobe.photoshop"] {
            assert_eq!(good.parse::<MediaType>().unwrap().as_str(), good);
        }
        for bad in ["", "image", "image/", "/jpeg", "image/JPEG", "image/jpeg; q=1", "image/jp eg", "a/b/c", "image/é"]
        {
            assert!(bad.parse::<MediaType>().is_err(), "{bad}");
        }
        assert_eq!("image/jpeg".parse::<MediaType>().unwrap(), MediaType::JPEG);
    }
}
