//! The resolution of colour, for encoders that may halve it.

use crate::{Domain, Error, OptionInfo, Options, Value};

const OPTION: &str = "subsampling";

/// From this level on, `auto` keeps the colour's full resolution.
const FULL_COLOUR_LEVEL: f32 = 90.0;

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
            summary: "Resolution of the colour: 4:2:0 is half of it in each direction, auto is 4:2:0 below level 90."
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

    /// What `auto` is at a level: below 90, the coarser colour is not seen.
    pub fn automatic(level: f32) -> Self {
        if level < FULL_COLOUR_LEVEL { Self::Halved } else { Self::Full }
    }

    /// By which width and height are divided.
    pub fn divisor(self) -> u8 {
        match self {
            Self::Full => 1,
            Self::Halved => 2,
        }
    }
}
