//! What a rendition asks of the judge.

use sandpress_raster::{Domain, Error, OptionInfo, Rendition, Resize, Setting, Value};

pub(crate) const PNG: &str = "image/png";

const COPY: &str = "copy";
const LINEAR_LIGHT: &str = "linear-light";
const PIECE: &str = "piece";
const LEFT: &str = "left";
const TOP: &str = "top";

/// The most pixels of a side of a piece.
const PIECE_SIDE: u32 = 4096;

pub(crate) struct Settings<'a> {
    /// The file that is judged; none: the source itself is shown.
    pub(crate) copy: Option<&'a [u8]>,
    pub(crate) resize: Option<Resize>,
    pub(crate) in_light: bool,
    /// Pixels of a side of what is shown, at least 1.
    pub(crate) piece: u32,
    /// Where the piece begins: wherever it is best where that is not said.
    pub(crate) left: Option<u32>,
    pub(crate) top: Option<u32>,
}

/// Those that the contract has a domain and a default for: it has no domain of bytes, and no default that depends on the picture.
pub(crate) fn options() -> Vec<OptionInfo> {
    vec![
        OptionInfo {
            name: PIECE.into(),
            summary: "Pixels of a side of the piece of the copy that is shown.".into(),
            domain: Domain::Integer((1, PIECE_SIDE.into())),
            default: Value::Integer(1),
        },
        OptionInfo {
            name: LINEAR_LIGHT.into(),
            summary: "Whether the copy was resized in linear light.".into(),
            domain: Domain::Flag,
            default: Value::Flag(false),
        },
    ]
}

impl<'a> Settings<'a> {
    pub(crate) fn parse(rendition: &'a Rendition) -> Result<Self, Error> {
        if rendition.media_type != PNG {
            return Err(bad(format!("cannot produce `{}`, only {PNG}", rendition.media_type)));
        }
        let mut settings =
            Self { copy: None, resize: rendition.resize, in_light: false, piece: 1, left: None, top: None };
        for Setting { name, value } in &rendition.settings {
            match (name.as_str(), value) {
                (COPY, Value::Bytes(bytes)) => settings.copy = Some(bytes),
                (LINEAR_LIGHT, Value::Flag(flag)) => settings.in_light = *flag,
                (PIECE, Value::Integer(side)) => {
                    let side = u32::try_from(*side).ok().filter(|side| (1..=PIECE_SIDE).contains(side));
                    settings.piece = side.ok_or_else(|| bad(format!("{PIECE} is from 1 to {PIECE_SIDE}")))?;
                }
                (LEFT, Value::Integer(left)) => settings.left = Some(place(LEFT, *left)?),
                (TOP, Value::Integer(top)) => settings.top = Some(place(TOP, *top)?),
                _ => return Err(bad(format!("`{name}` is no setting of the judge's, or not of that kind"))),
            }
        }
        Ok(settings)
    }
}

fn place(name: &str, value: i64) -> Result<u32, Error> {
    u32::try_from(value).map_err(|_| bad(format!("{name} is a number of pixels")))
}

fn bad(detail: String) -> Error {
    Error::BadRequest(detail)
}
