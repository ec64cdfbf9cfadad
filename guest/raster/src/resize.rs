//! From the box that a rendition asks for to the pixels in it.

mod geometry;
mod light;
mod resample;

use crate::{Domain, Error, OptionInfo, Options, Value};

pub(crate) use geometry::{Geometry, TargetBox};
pub(crate) use resample::resample;

const OPTION: &str = "linear-light";

/// What the pixels that become one are blended as.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Blend {
    /// As values, as they are stored: faster, and what most programs do. Fine bright details on dark ground become darker.
    Values,
    /// As the light that the values stand for: what the eye does from afar.
    Light,
}

impl Blend {
    pub(crate) fn option() -> OptionInfo {
        OptionInfo {
            name: OPTION.into(),
            summary: "Resizes in linear light, so that fine details stay as bright as they were; takes longer.".into(),
            domain: Domain::Flag,
            default: Value::Flag(false),
        }
    }

    pub(crate) fn parse(options: &Options) -> Result<Self, Error> {
        Ok(if options.flag(OPTION)? { Self::Light } else { Self::Values })
    }
}
