//! Where the blocks of a frame are (T.81, annex A.2).

use super::header::Frame;

/// The blocks of all components.
#[derive(Clone, Debug)]
pub(super) struct Layout {
    /// Units of an interleaved scan across and down: each has as many blocks of each component as its factors say.
    pub(super) units: (usize, usize),
    pub(super) components: Vec<Blocks>,
}

/// The blocks of one component.
#[derive(Clone, Copy, Debug)]
pub(super) struct Blocks {
    /// Blocks of a unit, across and down.
    pub(super) factors: (usize, usize),
    /// Blocks in whole units, across and down.
    pub(super) all: (usize, usize),
    /// Those that show something of the image: what a scan of this component alone consists of.
    pub(super) shown: (usize, usize),
}

impl Layout {
    /// The layout of a frame with sides above zero and factors from 1 to 4.
    pub(super) fn new(frame: &Frame) -> Self {
        // Alone, a component has no one to be sampled more finely or more coarsely than.
        let is_alone = frame.components.len() == 1;
        let (highest, widest) = if is_alone { (1, 1) } else { frame.sampling() };
        let (highest, widest) = (usize::from(highest), usize::from(widest));
        let (width, height) = (usize::from(frame.width), usize::from(frame.height));
        let units = (width.div_ceil(8 * widest), height.div_ceil(8 * highest));
        let components = frame.components.iter().map(|component| {
            let factors = if is_alone { (1, 1) } else { (component.horizontal.into(), component.vertical.into()) };
            Blocks {
                factors,
                all: (units.0 * factors.0, units.1 * factors.1),
                shown: ((width * factors.0).div_ceil(8 * widest), (height * factors.1).div_ceil(8 * highest)),
            }
        });
        Self { units, components: components.collect() }
    }

    /// Blocks of a unit, across and down, of the component that has most.
    pub(super) fn most(&self) -> (usize, usize) {
        let most = |side: fn(&Blocks) -> usize| self.components.iter().map(side).max().unwrap_or(1);
        (most(|blocks| blocks.factors.0), most(|blocks| blocks.factors.1))
    }
}
