//! How large an output is, and which part of the source it shows. Whole numbers until the last moment.

use crate::error::bad_request;
use crate::upright::Orientation;
use crate::{Error, Fit, Resize};

/// The box of a rendition, in upright coordinates; at least one side is given and none is zero.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct TargetBox {
    width: Option<u32>,
    height: Option<u32>,
    fit: Fit,
}

/// An output's size and the part of the source that it shows, both as the source is stored: before it is turned upright.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Geometry {
    pub(crate) width: u32,
    pub(crate) height: u32,
    /// Pixels of the source.
    pub(crate) crop: Crop,
}

/// A part of the source, which may begin and end within a pixel.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Crop {
    pub(crate) left: f64,
    pub(crate) top: f64,
    pub(crate) width: f64,
    pub(crate) height: f64,
}

impl TargetBox {
    pub(crate) fn parse(resize: &Resize) -> Result<Self, Error> {
        let Resize { width, height, fit } = *resize;
        if width == Some(0) || height == Some(0) {
            return Err(bad_request("a side of the box to resize to is 0"));
        }
        if width.is_none() && height.is_none() {
            return Err(bad_request("the box to resize to has neither width nor height"));
        }
        Ok(Self { width, height, fit })
    }

    /// The geometry for a source; nothing where it stays as it is.
    pub(crate) fn geometry(&self, width: u32, height: u32, orientation: Orientation) -> Option<Geometry> {
        let turned =
            if orientation.swaps_sides() { Self { width: self.height, height: self.width, ..*self } } else { *self };
        let source = Size { width, height };
        let geometry = match (turned.width, turned.height, turned.fit) {
            (Some(width), Some(height), Fit::Cover) => cover(source, Size { width, height }),
            (width, height, _) => contain(source, width, height),
        };
        (geometry != Geometry::whole(source, source)).then_some(geometry)
    }
}

impl Geometry {
    fn whole(output: Size, source: Size) -> Self {
        let crop = Crop { left: 0.0, top: 0.0, width: source.width.into(), height: source.height.into() };
        Self { width: output.width, height: output.height, crop }
    }

    /// The same in this size, if that differs by no more than rounding.
    pub(crate) fn rounded_as(self, (width, height): (u32, u32)) -> Self {
        let is_near = self.width.abs_diff(width) <= 1 && self.height.abs_diff(height) <= 1;
        if is_near { Self { width, height, ..self } } else { self }
    }

    /// How many pixels of the source make one of the output, in the direction where they are fewest; at least 1.
    pub(crate) fn shrink(&self) -> f64 {
        (self.crop.width / f64::from(self.width)).min(self.crop.height / f64::from(self.height))
    }
}

#[derive(Clone, Copy, Debug, PartialEq)]
struct Size {
    width: u32,
    height: u32,
}

/// All of the source in the box, in its proportions, never larger than it is.
fn contain(source: Size, width: Option<u32>, height: Option<u32>) -> Geometry {
    let width = width.unwrap_or(u32::MAX).min(source.width);
    let height = height.unwrap_or(u32::MAX).min(source.height);
    // width / source.width ≤ height / source.height: the width is the tighter side.
    let output = if product(width, source.height) <= product(height, source.width) {
        Size { width, height: scaled(source.height, width, source.width) }
    } else {
        Size { width: scaled(source.width, height, source.height), height }
    };
    Geometry::whole(output, source)
}

/// All of the box covered by the source's middle.
///
/// A box that the source could cover only by being enlarged is shrunk in its proportions until it is covered: the caller's
/// layout keeps its aspect ratio, and no pixel is made up.
fn cover(source: Size, target: Size) -> Geometry {
    let wide = product(target.width, source.height) >= product(target.height, source.width);
    let output = if wide && target.width > source.width {
        Size { width: source.width, height: scaled(target.height, source.width, target.width) }
    } else if !wide && target.height > source.height {
        Size { width: scaled(target.width, source.height, target.height), height: source.height }
    } else {
        target
    };
    let (source_width, source_height) = (f64::from(source.width), f64::from(source.height));
    let (output_width, output_height) = (f64::from(output.width), f64::from(output.height));
    // The part of the source with the output's proportions: one side whole, the other cropped evenly.
    let width = (source_height * output_width / output_height).min(source_width);
    let height = (source_width * output_height / output_width).min(source_height);
    let crop = Crop { left: (source_width - width) / 2.0, top: (source_height - height) / 2.0, width, height };
    Geometry { width: output.width, height: output.height, crop }
}

fn product(a: u32, b: u32) -> u64 {
    u64::from(a) * u64::from(b)
}

/// `side × numerator / denominator`, rounded, at least 1. The numerator is never larger than the denominator.
fn scaled(side: u32, numerator: u32, denominator: u32) -> u32 {
    let denominator = u64::from(denominator);
    let rounded = (product(side, numerator) + denominator / 2) / denominator;
    u32::try_from(rounded).unwrap_or(u32::MAX).max(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn output(source: (u32, u32), width: Option<u32>, height: Option<u32>, fit: Fit, orientation: u8) -> (u32, u32) {
        let target = TargetBox::parse(&Resize { width, height, fit }).unwrap();
        target
            .geometry(source.0, source.1, Orientation::new(orientation))
            .map_or(source, |geometry| (geometry.width, geometry.height))
    }

    #[test]
    fn outputs_have_the_size_that_the_box_asks_for() {
        use Fit::{Contain, Cover};
        let table = [
            // source, box, fit, orientation, output
            ((400, 200), (Some(100), None), Contain, 1, (100, 50)),
            ((400, 200), (None, Some(100)), Contain, 1, (200, 100)),
            ((400, 200), (Some(100), Some(100)), Contain, 1, (100, 50)),
            ((400, 200), (Some(300), Some(10)), Contain, 1, (20, 10)),
            ((400, 200), (Some(800), Some(800)), Contain, 1, (400, 200)),
            ((400, 200), (Some(401), None), Contain, 1, (400, 200)),
            ((400, 200), (Some(u32::MAX), Some(u32::MAX)), Contain, 1, (400, 200)),
            ((3, 2), (Some(2), Some(2)), Contain, 1, (2, 1)),
            ((5000, 1), (Some(10), Some(10)), Contain, 1, (10, 1)),
            ((1, 65535), (None, Some(3)), Contain, 1, (1, 3)),
            ((1, 1), (Some(1), Some(1)), Contain, 1, (1, 1)),
            // Upright, this source is 200 × 400.
            ((400, 200), (Some(100), None), Contain, 6, (200, 100)),
            ((400, 200), (Some(100), None), Contain, 3, (100, 50)),
            ((400, 200), (Some(50), Some(400)), Cover, 8, (400, 50)),
            ((400, 200), (Some(100), Some(100)), Cover, 1, (100, 100)),
            ((400, 200), (Some(400), Some(10)), Cover, 1, (400, 10)),
            ((400, 200), (Some(100), None), Cover, 1, (100, 50)),
            // The box shrinks in its proportions instead of enlarging the source.
            ((400, 100), (Some(200), Some(200)), Cover, 1, (100, 100)),
            ((400, 100), (Some(800), Some(200)), Cover, 1, (400, 100)),
            ((100, 50), (Some(1000), Some(10)), Cover, 1, (100, 1)),
            ((100, 100), (Some(300), Some(200)), Cover, 1, (100, 67)),
        ];
        for (source, (width, height), fit, orientation, expected) in table {
            let actual = output(source, width, height, fit, orientation);
            assert_eq!(actual, expected, "{source:?} to {width:?} × {height:?}, {fit:?}, orientation {orientation}");
        }
    }

    #[test]
    fn a_cover_shows_the_middle() {
        let target = TargetBox { width: Some(100), height: Some(100), fit: Fit::Cover };
        let geometry = target.geometry(400, 200, Orientation::new(1)).unwrap();
        assert_eq!(geometry.crop, Crop { left: 100.0, top: 0.0, width: 200.0, height: 200.0 });
        assert_eq!(geometry.shrink(), 2.0);
    }

    #[test]
    fn no_box_enlarges_or_overflows() {
        let sides = [1, 2, 3, 7, 640, 65_535, u32::MAX];
        for source in sides.iter().flat_map(|&w| sides.map(|h| (w, h))) {
            for target in sides.iter().flat_map(|&w| sides.map(|h| (w, h))) {
                for fit in [Fit::Contain, Fit::Cover] {
                    let (width, height) = output(source, Some(target.0), Some(target.1), fit, 1);
                    assert!((1..=source.0.min(target.0)).contains(&width), "{source:?} to {target:?}: {width}");
                    assert!((1..=source.1.min(target.1)).contains(&height), "{source:?} to {target:?}: {height}");
                }
            }
        }
    }

    #[test]
    fn a_box_without_extent_is_refused() {
        for (width, height) in [(Some(0), None), (None, Some(0)), (Some(0), Some(5)), (None, None)] {
            let refused = TargetBox::parse(&Resize { width, height, fit: Fit::Contain });
            assert!(matches!(refused, Err(Error::BadRequest(_))), "{width:?} × {height:?}");
        }
    }
}
