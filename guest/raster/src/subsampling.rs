//! The resolution of colour, for encoders that may halve it.

mod detail;

use crate::{Domain, Error, Image, OptionInfo, Options, Value};

const OPTION: &str = "subsampling";

/// What colours may lose at any level, of 255. Of 13 photos, 3 to 10 was the most that one in a hundred squares loses; of coloured text and
/// charts, 15 to 33.
const LOSS: f32 = 12.0;

/// What is finer in the colours than half of the resolution, beside the same of the brightness, as roots of mean squares: below this the
/// full resolution costs a codec less than it gains that predicts colour from brightness.
///
/// Of 19 photos coded by libaom to scores from 70 to 85, the ten below it were 0.94 as large with it as without, as geometric mean, from
/// 0.85 to 1.03. The others were 1.02 as large, from 0.88 to 1.19, and it takes more time and memory.
const SHARE: f64 = 1.0 / 3.0;

/// The resolution of the colour differences.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Subsampling {
    /// `4:4:4`: that of the brightness.
    Full,
    /// `4:2:0`: half of it in each direction, rounded up.
    Halved,
}

impl Subsampling {
    /// The option `subsampling` of an encoder: `auto`, which is the default, `4:2:0` or `4:4:4`.
    pub fn option() -> OptionInfo {
        OptionInfo {
            name: OPTION.into(),
            summary:
                "Resolution of the colour: 4:2:0 is half of it in each direction, auto is 4:2:0 where it is not seen."
                    .into(),
            domain: Domain::Choice(["auto", "4:2:0", "4:4:4"].map(String::from).into()),
            default: Value::Text("auto".into()),
        }
    }

    /// What the option says; none for `auto`.
    ///
    /// # Errors
    ///
    /// `internal` where the encoder's descriptor lacks the option.
    pub fn asked(options: &Options) -> Result<Option<Self>, Error> {
        Ok(match options.choice(OPTION)? {
            "4:2:0" => Some(Self::Halved),
            "4:4:4" => Some(Self::Full),
            _ => None,
        })
    }

    /// What `auto` is for a picture at a level: half of the colour's resolution, where it loses little beside what the level loses.
    ///
    /// At equal SSIMULACRA2 scores, photos are smaller with it up to levels of 90 to 97, and text and drawings in strong colours are smaller
    /// without it at any level.
    pub fn automatic(image: &Image, level: f32) -> Self {
        if detail::loses_more(image, LOSS.min(100.0 - level)) { Self::Full } else { Self::Halved }
    }

    /// The same for a codec that predicts colour from brightness, as AV1 does: there the full resolution is often smaller at the same score.
    pub fn automatic_where_predicted(image: &Image, level: f32) -> Self {
        if detail::is_slight(image, SHARE) { Self::Full } else { Self::automatic(image, level) }
    }

    /// By which width and height are divided.
    pub fn divisor(self) -> u8 {
        match self {
            Self::Full => 1,
            Self::Halved => 2,
        }
    }
}
