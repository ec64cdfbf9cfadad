//! What a second major version of the contract could be, `sandpress:codec@2.0.0` as `tests/contract-2` makes it up: for tests only.

use std::sync::Arc;

use crate::{
    CallError, CodecError, Descriptor, Domain, Fit, ImageInfo, Metadata, OptionInfo, Output, Probe, Quality, Rendition,
    Setting, Value,
    call::{Start, Store},
    check,
    contract::{Contract, Version, detail, media_type, media_types},
    limits::Limiter,
};

#[allow(missing_docs, unreachable_pub, reason = "generated; documented in the WIT")]
mod bindings {
    wasmtime::component::bindgen!({ path: "../../tests/contract-2/wit", world: "encoder" });
}

use bindings::{
    EncoderPre,
    exports::sandpress::codec::{codec as wit, types},
};

pub(crate) const VERSION: Version =
    Version { interface: "sandpress:codec/codec@2.0.0", bind: |instance| Ok(Arc::new(V2(EncoderPre::new(instance)?))) };

struct V2(EncoderPre<Limiter>);

impl V2 {
    fn codec(&self, store: &mut Store, start: &mut Start) -> wasmtime::Result<bindings::Encoder> {
        let encoder = self.0.instantiate(store)?;
        start.ready();
        Ok(encoder)
    }
}

impl Contract for V2 {
    fn describe(&self, store: &mut Store, start: &mut Start) -> wasmtime::Result<Result<Descriptor, CallError>> {
        let descriptor = self.codec(store, start)?.sandpress_codec_codec().call_describe(store)?;
        Ok(descriptor.try_into())
    }

    fn probe(&self, store: &mut Store, start: &mut Start, head: &[u8]) -> wasmtime::Result<Result<Probe, CallError>> {
        Ok(match self.codec(store, start)?.sandpress_codec_codec().call_probe(store, head)? {
            wit::Probed::Known(info) => info.try_into().map(Probe::Known),
            wit::Probed::NeedMore(bytes) => Ok(Probe::NeedMore(bytes)),
            wit::Probed::Unknown => Ok(Probe::Unknown),
        })
    }

    fn compress(
        &self,
        store: &mut Store,
        start: &mut Start,
        input: &[u8],
        renditions: &[Rendition],
    ) -> wasmtime::Result<Result<Vec<Output>, CallError>> {
        let renditions = match renditions.iter().map(types::Rendition::try_from).collect::<Result<Vec<_>, _>>() {
            Ok(renditions) => renditions,
            Err(error) => return Ok(Err(error.into())),
        };
        Ok(match self.codec(store, start)?.sandpress_codec_codec().call_compress(store, input, &renditions)? {
            Ok(outputs) => outputs.into_iter().map(TryInto::try_into).collect(),
            Err(error) => Err(CallError::Codec(error.into())),
        })
    }
}

impl From<types::Error> for CodecError {
    fn from(error: types::Error) -> Self {
        let text = detail(error.detail);
        match error.fault {
            types::Fault::Unsupported => Self::Unsupported(text),
            types::Fault::Malformed => Self::Malformed(text),
            types::Fault::BadRequest => Self::BadRequest(text),
            types::Fault::OverLimit => Self::OverLimit(text),
            types::Fault::Internal => Self::Internal(text),
        }
    }
}

/// What is a field in this version, and a setting to the host.
const BACKGROUND: &str = "background";
const COLOUR: &str = "colour";

impl TryFrom<&Rendition> for types::Rendition {
    type Error = CodecError;

    fn try_from(rendition: &Rendition) -> Result<Self, CodecError> {
        let (background, settings): (Vec<_>, Vec<_>) =
            rendition.settings.iter().cloned().partition(|setting| setting.name == BACKGROUND);
        Ok(Self {
            media_type: rendition.media_type.clone().into(),
            quality: match rendition.quality {
                Quality::Default => types::Quality::Default,
                Quality::Level(level) => types::Quality::Level(level),
                Quality::Perceptual(score) => types::Quality::Perceptual(score),
                Quality::Lossless => types::Quality::Lossless,
            },
            resize: rendition.resize.map(|resize| types::Resize {
                width: resize.width,
                height: resize.height,
                fit: match resize.fit {
                    Fit::Contain => types::Fit::Contain,
                    Fit::Cover => types::Fit::Cover,
                },
            }),
            max_bytes: rendition.max_bytes,
            metadata: match rendition.metadata {
                Metadata::Strip => types::Metadata::Strip,
                Metadata::Copyright => types::Metadata::Copyright,
                Metadata::Keep => types::Metadata::Keep,
            },
            background: background.last().map(colour).transpose()?,
            settings: settings.into_iter().map(Into::into).collect(),
        })
    }
}

fn colour(setting: &Setting) -> Result<types::Background, CodecError> {
    let channels = || {
        let Value::Text(text) = &setting.value else { return None };
        let digits = text.strip_prefix('#').filter(|digits| digits.len() == 6)?;
        let channel = |at| digits.get(at..at + 2).and_then(|pair| u8::from_str_radix(pair, 16).ok());
        Some(types::Background { red: channel(0)?, green: channel(2)?, blue: channel(4)? })
    };
    channels().ok_or_else(|| CodecError::BadRequest(format!("{BACKGROUND} is a colour like #ff8800")))
}

impl From<Setting> for types::Setting {
    fn from(setting: Setting) -> Self {
        let value = match setting.value {
            Value::Flag(flag) => types::Value::Flag(flag),
            Value::Integer(integer) => types::Value::Integer(integer),
            Value::Number(number) => types::Value::Number(number),
            Value::Text(text) => types::Value::Text(text),
            Value::Bytes(bytes) => types::Value::Bytes(bytes),
        };
        Self { name: setting.name, value }
    }
}

impl From<types::Value> for Value {
    fn from(value: types::Value) -> Self {
        match value {
            types::Value::Flag(flag) => Self::Flag(flag),
            types::Value::Integer(integer) => Self::Integer(integer),
            types::Value::Number(number) => Self::Number(number),
            types::Value::Text(text) => Self::Text(text),
            types::Value::Bytes(bytes) => Self::Bytes(bytes),
        }
    }
}

fn settings(settings: Vec<types::Setting>) -> Vec<Setting> {
    settings.into_iter().map(|setting| Setting { name: setting.name, value: setting.value.into() }).collect()
}

impl TryFrom<types::ImageInfo> for ImageInfo {
    type Error = CallError;

    fn try_from(info: types::ImageInfo) -> Result<Self, CallError> {
        let colour = match info.colour {
            types::Colour::Grey => "grey",
            types::Colour::Rgb => "rgb",
        };
        let mut settings = settings(info.settings);
        settings.push(Setting { name: COLOUR.to_owned(), value: Value::Text(colour.to_owned()) });
        check::image_info(Self {
            media_type: media_type(&info.media_type)?,
            width: info.width,
            height: info.height,
            frames: info.frames,
            bits_per_channel: info.bits_per_channel,
            has_alpha: info.has_alpha,
            orientation: info.orientation,
            settings,
        })
    }
}

impl TryFrom<types::Output> for Output {
    type Error = CallError;

    fn try_from(output: types::Output) -> Result<Self, CallError> {
        Ok(Self { bytes: output.bytes, info: output.info.try_into()?, notes: settings(output.notes) })
    }
}

impl TryFrom<types::Descriptor> for Descriptor {
    type Error = CallError;

    fn try_from(descriptor: types::Descriptor) -> Result<Self, CallError> {
        let option = |option: types::OptionInfo| OptionInfo {
            name: option.name,
            summary: option.summary,
            domain: match option.domain {
                types::Domain::Flag => Domain::Flag,
                types::Domain::Integer((lowest, highest)) => Domain::Integer(lowest, highest),
                types::Domain::Number((lowest, highest)) => Domain::Number(lowest, highest),
                types::Domain::Choice(texts) => Domain::Choice(texts),
            },
            default: option.default.into(),
        };
        Ok(Self {
            accepts: media_types(&descriptor.accepts)?,
            produces: media_types(&descriptor.produces)?,
            options: descriptor.options.into_iter().map(option).collect(),
            name: descriptor.name,
            version: descriptor.version,
        })
    }
}
