//! An encoder that leaves out the encoding: its files are a header without pixels, so a call of it takes the time of its decoding.
//!
//! With the setting `colour=keep` nothing is done to the pixels after they are decoded.

use std::hint::black_box;

use sandpress_raster::{Descriptor, Encoded, Encoder, Error, Image, Options, Quality};

/// Decodes, and throws the pixels away.
#[derive(Debug)]
pub struct Decoder;

sandpress_raster::export_encoder!(Decoder);

impl Encoder for Decoder {
    type Settings = ();

    const DEFAULT_QUALITY: Quality = Quality::Level(80.0);
    const LOSSLESS: bool = false;

    fn describe() -> Descriptor {
        Descriptor {
            name: env!("CARGO_PKG_NAME").into(),
            version: env!("CARGO_PKG_VERSION").into(),
            accepts: sandpress_raster::ACCEPTS.map(String::from).into(),
            produces: vec!["image/png".into()],
            options: Vec::new(),
        }
    }

    fn settings(_: &Options) -> Result<(), Error> {
        Ok(())
    }

    fn working_bytes(_: &Image, _: Quality, (): &()) -> u64 {
        0
    }

    /// As much of a PNG as a probe looks at.
    fn encode(image: &Image, _: Quality, (): &()) -> Result<Encoded, Error> {
        let image = black_box(image);
        let size = [image.width(), image.height()].map(u32::to_be_bytes).concat();
        let bytes =
            [b"\x89PNG\r\n\x1a\n\0\0\0\x0dIHDR", &size[..], b"\x08\x02\0\0\0\0\0\0\0\0\0\0\0IDAT\0\0\0\0"].concat();
        Ok(Encoded { bytes, dropped: Vec::new(), notes: Vec::new() })
    }
}
