//! From the box that a rendition asks for to the pixels in it.

mod geometry;
mod resample;

pub(crate) use geometry::{Geometry, TargetBox};
pub(crate) use resample::resample;
