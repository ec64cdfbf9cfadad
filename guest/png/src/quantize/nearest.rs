//! The nearest of a few points.

use super::space::{Point, distance};

/// Up to 256 points, each with its neighbours in the order of their distances.
///
/// By the triangle's inequality a point that is twice as far from a guess as what is looked for cannot be nearer than the guess. So
/// the neighbours of a good guess are looked through no further than that, which is a few of them, and the answer is exact.
pub(crate) struct Nearest {
    points: Vec<Point>,
    /// For each point all points, with a quarter of the squared distance.
    neighbours: Vec<(f32, u8)>,
}

impl Nearest {
    pub(crate) fn new(points: Vec<Point>) -> Self {
        let mut neighbours = Vec::with_capacity(points.len() * points.len());
        let mut keys = Vec::with_capacity(points.len());
        for point in &points {
            keys.clear();
            // Bits of floating point numbers that are not negative are in the order of the numbers.
            keys.extend((0..=u8::MAX).zip(&points).map(|(at, other)| (distance(point, other).to_bits(), at)));
            keys.sort_unstable();
            neighbours.extend(keys.iter().map(|&(bits, at)| (f32::from_bits(bits) / 4.0, at)));
        }
        Self { points, neighbours }
    }

    pub(crate) fn points(&self) -> &[Point] {
        &self.points
    }

    /// The index of the point nearest to another, and the square of how far it is, from a guess of the index.
    pub(crate) fn find(&self, to: &Point, guess: u8) -> (u8, f32) {
        let guess_at = usize::from(guess);
        let guess_distance = distance(to, &self.points[guess_at]);
        let mut best = (guess, guess_distance);
        let neighbours = &self.neighbours[guess_at * self.points.len()..][..self.points.len()];
        for &(quarter, at) in neighbours {
            if quarter >= guess_distance {
                break;
            }
            let distance = distance(to, &self.points[usize::from(at)]);
            if distance < best.1 {
                best = (at, distance);
            }
        }
        best
    }
}
