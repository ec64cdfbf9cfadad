//! The contract's first major version, `sandpress:codec@1.0.0`.

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
    wasmtime::component::bindgen!({ path: "../../wit/v1", world: "encoder" });
}

use bindings::{
    EncoderPre,
    exports::sandpress::codec::{codec as wit, types},
};

pub(crate) const VERSION: Version =
    Version { interface: "sandpress:codec/codec@1.0.0", bind: |instance| Ok(Arc::new(V1(EncoderPre::new(instance)?))) };

struct V1(EncoderPre<Limiter>);

impl V1 {
    fn codec(&self, store: &mut Store, start: &mut Start) -> wasmtime::Result<bindings::Encoder> {
        let encoder = self.0.instantiate(store)?;
        start.ready();
        Ok(encoder)
    }
}

impl Contract for V1 {
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
        let renditions: Vec<_> = renditions.iter().map(wit::Rendition::from).collect();
        Ok(match self.codec(store, start)?.sandpress_codec_codec().call_compress(store, input, &renditions)? {
            Ok(outputs) => outputs.into_iter().map(TryInto::try_into).collect(),
            Err(error) => Err(CallError::Codec(error.into())),
        })
    }
}

impl From<types::Error> for CodecError {
    fn from(error: types::Error) -> Self {
        match error {
            types::Error::Unsupported(text) => Self::Unsupported(detail(text)),
            types::Error::Malformed(text) => Self::Malformed(detail(text)),
            types::Error::BadRequest(text) => Self::BadRequest(detail(text)),
            types::Error::OverLimit(text) => Self::OverLimit(detail(text)),
            types::Error::Internal(text) => Self::Internal(detail(text)),
            types::Error::Other(other) => Self::Other { code: detail(other.code), detail: detail(other.detail) },
        }
    }
}

impl From<&Rendition> for types::Rendition {
    fn from(rendition: &Rendition) -> Self {
        Self {
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
            settings: rendition.settings.iter().cloned().map(Into::into).collect(),
        }
    }
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
        check::image_info(Self {
            media_type: media_type(&info.media_type)?,
            width: info.width,
            height: info.height,
            frames: info.frames,
            bits_per_channel: info.bits_per_channel,
            has_alpha: info.has_alpha,
            orientation: info.orientation,
            settings: settings(info.settings),
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
