//! Pixels, as decoders make them that no encoder of the project uses. Of AVIF that is true of the file around the AV1.

mod avif;
#[expect(unsafe_code, reason = "the reference decoder is C; its safety argument is written there")]
mod webp;

pub use sandpress_conformance::Picture;
use sandpress_conformance::{Decode, Obstacle};
use sandpress_sandbox::{MediaType, Output};

/// Decodes a file. Nothing is turned upright, and colour profiles are not looked at.
pub fn decode(media_type: &MediaType, file: &[u8]) -> Picture {
    try_decode(media_type, file).unwrap_or_else(|error| panic!("not {media_type}: {error}"))
}

/// Decodes a file, or tells why it cannot be decoded.
///
/// # Errors
///
/// What the decoder says.
pub fn try_decode(media_type: &MediaType, file: &[u8]) -> Result<Picture, String> {
    match media_type.as_str() {
        "image/jpeg" => Picture::from_jpeg(file),
        "image/png" => Picture::from_png(file),
        "image/webp" => {
            let (width, height, samples) = webp::decode(file).ok_or("libwebp refuses it")?;
            Picture::from_samples(width, height, &samples)
        }
        "image/avif" => avif::decode(file),
        _ => panic!("no independent decoder for {media_type}: add one here"),
    }
}

/// All of them, outside of any sandbox: for encoders of the project.
#[derive(Clone, Copy, Debug)]
pub struct Native;

impl Decode for Native {
    fn reads(&self, _: &MediaType) -> Result<(), String> {
        Ok(())
    }

    fn decode(&self, output: &Output) -> Result<Picture, Obstacle> {
        let picture = try_decode(&output.info.media_type, &output.bytes).map_err(Obstacle::Failed)?;
        Ok(picture.upright(output.info.orientation))
    }
}
