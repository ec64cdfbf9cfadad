//! Who decodes what an encoder has made.

use sandpress_sandbox::{
    CallError, Codec, CodecError, Descriptor, Domain, Limits, MediaType, Output, Quality, Rendition, Setting, Value,
};

use crate::{Obstacle, Picture};

/// A decoder of the formats that encoders make.
pub trait Decode: Sync {
    /// Whether files of this format can be decoded.
    ///
    /// # Errors
    ///
    /// Why not, for a person.
    fn reads(&self, media_type: &MediaType) -> Result<(), String>;

    /// The pixels of an output: upright, and in the colours that are stored, whatever profile stands beside them.
    ///
    /// # Errors
    ///
    /// [`Obstacle::Failed`] if the file is broken, [`Obstacle::NotApplicable`] if that is not known.
    fn decode(&self, output: &Output) -> Result<Picture, Obstacle>;
}

/// No decoder, and why there is none: pixels are not judged.
#[derive(Clone, Debug)]
pub struct Nothing(pub String);

impl Decode for Nothing {
    fn reads(&self, _: &MediaType) -> Result<(), String> {
        Err(self.0.clone())
    }

    fn decode(&self, _: &Output) -> Result<Picture, Obstacle> {
        Err(Obstacle::NotApplicable(self.0.clone()))
    }
}

/// An encoder of PNGs in its sandbox: what it reads becomes a PNG without loss, and only that is parsed outside, by code that has no
/// `unsafe` in it.
///
/// It must be another than the one under test, or one that is trusted to read what it has written.
#[derive(Clone, Debug)]
pub struct Sandboxed {
    codec: Codec,
    descriptor: Descriptor,
    limits: Limits,
}

impl Sandboxed {
    /// Decodes by this encoder, which makes PNGs.
    pub fn new(codec: Codec, descriptor: Descriptor, limits: Limits) -> Self {
        Self { codec, descriptor, limits }
    }

    /// As fast as it can, and with the colours as they are: what it has no option for, it does by itself or not at all.
    fn rendition(&self) -> Rendition {
        let mut rendition = Rendition::new(MediaType::PNG).quality(Quality::Lossless);
        let settings = self.descriptor.options.iter().filter_map(|option| {
            let value = match (option.name.as_str(), &option.domain) {
                ("effort", Domain::Integer(least, _)) => Value::Integer(*least),
                ("colour", Domain::Choice(texts)) if texts.iter().any(|text| text == "keep") => {
                    Value::Text("keep".to_owned())
                }
                _ => return None,
            };
            Some(Setting { name: option.name.clone(), value })
        });
        rendition.settings = settings.collect();
        rendition
    }
}

impl Decode for Sandboxed {
    fn reads(&self, media_type: &MediaType) -> Result<(), String> {
        let Descriptor { name, version, accepts, .. } = &self.descriptor;
        if accepts.contains(media_type) {
            return Ok(());
        }
        Err(format!("{name} {version}, which decodes, does not read {media_type}"))
    }

    fn decode(&self, output: &Output) -> Result<Picture, Obstacle> {
        self.reads(&output.info.media_type).map_err(Obstacle::NotApplicable)?;
        let by = |error: &dyn std::fmt::Display| format!("{} cannot decode an output: {error}", self.descriptor.name);
        match self.codec.compress(&output.bytes, &[self.rendition()], &self.limits) {
            Ok(made) => {
                let png = &made.outputs[0];
                let picture = Picture::from_png(&png.bytes).map_err(|error| Obstacle::NotApplicable(by(&error)))?;
                Ok(picture.upright(png.info.orientation))
            }
            Err(CallError::Codec(error @ CodecError::Malformed(_))) => Err(Obstacle::Failed(by(&error))),
            Err(error) => Err(Obstacle::NotApplicable(by(&error))),
        }
    }
}
