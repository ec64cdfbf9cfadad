//! What `--probe` and `--describe` print: a few records as JSON (RFC 8259).

use std::fmt::Write as _;

use crate::bindings::types::{Descriptor, Domain, ImageInfo, OptionInfo, Setting, Value};

/// A JSON text.
pub(crate) struct Json(String);

impl Json {
    pub(crate) fn into_text(self) -> String {
        self.0
    }

    fn string(text: &str) -> Self {
        let mut out = String::from('"');
        for character in text.chars() {
            match character {
                '"' | '\\' => out.extend(['\\', character]),
                '\0'..='\x1F' => {
                    // Writing to a string cannot fail.
                    let _ = write!(out, "\\u{:04x}", u32::from(character));
                }
                _ => out.push(character),
            }
        }
        out.push('"');
        Self(out)
    }

    fn array(items: impl IntoIterator<Item = Self>) -> Self {
        let items: Vec<String> = items.into_iter().map(Self::into_text).collect();
        Self(format!("[{}]", items.join(",")))
    }

    fn object<'a>(members: impl IntoIterator<Item = (&'a str, Self)>) -> Self {
        let members: Vec<String> =
            members.into_iter().map(|(name, value)| format!("{}:{}", Self::string(name).0, value.0)).collect();
        Self(format!("{{{}}}", members.join(",")))
    }

    /// JSON has no word for what is not a finite number.
    fn number(number: f64) -> Self {
        if number.is_finite() { Self(number.to_string()) } else { Self("null".into()) }
    }
}

impl From<&ImageInfo> for Json {
    fn from(info: &ImageInfo) -> Self {
        Self::object([
            ("media-type", Self::string(&info.media_type)),
            ("width", Self(info.width.to_string())),
            ("height", Self(info.height.to_string())),
            ("frames", Self(info.frames.to_string())),
            ("bits-per-channel", Self(info.bits_per_channel.to_string())),
            ("has-alpha", Self(info.has_alpha.to_string())),
            ("orientation", Self(info.orientation.to_string())),
            ("settings", settings(&info.settings)),
        ])
    }
}

impl From<&Descriptor> for Json {
    fn from(descriptor: &Descriptor) -> Self {
        let strings = |texts: &[String]| Self::array(texts.iter().map(|text| Self::string(text)));
        Self::object([
            ("name", Self::string(&descriptor.name)),
            ("version", Self::string(&descriptor.version)),
            ("accepts", strings(&descriptor.accepts)),
            ("produces", strings(&descriptor.produces)),
            ("options", Self::array(descriptor.options.iter().map(option))),
        ])
    }
}

fn option(option: &OptionInfo) -> Json {
    let range = |low, high| Json::array([low, high]);
    let domain = match &option.domain {
        Domain::Flag => ("flag", Json::array([])),
        Domain::Integer((low, high)) => ("integer", range(Json(low.to_string()), Json(high.to_string()))),
        Domain::Number((low, high)) => ("number", range(Json::number(*low), Json::number(*high))),
        Domain::Choice(texts) => ("choice", Json::array(texts.iter().map(|text| Json::string(text)))),
    };
    Json::object([
        ("name", Json::string(&option.name)),
        ("summary", Json::string(&option.summary)),
        ("domain", Json::object([domain])),
        ("default", value(&option.default)),
    ])
}

fn settings(settings: &[Setting]) -> Json {
    Json::object(settings.iter().map(|setting| (setting.name.as_str(), value(&setting.value))))
}

fn value(value: &Value) -> Json {
    match value {
        Value::Flag(flag) => Json(flag.to_string()),
        Value::Integer(number) => Json(number.to_string()),
        Value::Number(number) => Json::number(*number),
        Value::Text(text) => Json::string(text),
        Value::Bytes(bytes) => Json::array(bytes.iter().map(|byte| Json(byte.to_string()))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_image_is_described_with_its_settings_by_name() {
        let setting = |name: &str, value| Setting { name: name.into(), value };
        let info = ImageInfo {
            media_type: "image/jpeg".into(),
            width: 4,
            height: 3,
            frames: 1,
            bits_per_channel: 8,
            has_alpha: false,
            orientation: 6,
            settings: vec![setting("exif", Value::Flag(true)), setting("colour", Value::Text("a\"\\\n".into()))],
        };
        let expected = r#"{"media-type":"image/jpeg","width":4,"height":3,"frames":1,"bits-per-channel":8,"has-alpha":false,"orientation":6,"settings":{"exif":true,"colour":"a\"\\\u000a"}}"#;
        assert_eq!(Json::from(&info).into_text(), expected);
    }
}
