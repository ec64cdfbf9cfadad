//! The palette: boxes around colours, cut in two until there are enough, then moved to where their colours are.

use super::histogram::Entry;
use super::nearest::Nearest;
use super::space::Point;

/// How often the points are moved. More than four gains nothing that is seen.
const ROUNDS: usize = 4;

/// At most so many points that stand for all entries, of which there is at least one.
pub(crate) fn cluster(entries: &mut [Entry], most: usize) -> Vec<Point> {
    let mut points = cut(entries, most);
    let mut nearest_to = vec![0; entries.len()];
    for _ in 0..ROUNDS {
        points = centre(entries, &mut nearest_to, points);
    }
    points
}

/// Some entries that are next to each other.
struct Part {
    start: usize,
    end: usize,
    mean: Point,
    /// The channel in which they differ the most.
    widest: usize,
    /// The sum of the squared distances from the mean.
    error: f64,
}

impl Part {
    fn new(entries: &[Entry], start: usize, end: usize) -> Self {
        let (mut weights, mut sums, mut squares) = (0.0, [0.0; 4], [0.0; 4]);
        for entry in &entries[start..end] {
            let weight = f64::from(entry.weight);
            weights += weight;
            for channel in 0..4 {
                let value = f64::from(entry.point[channel]);
                sums[channel] += value * weight;
                squares[channel] += value * value * weight;
            }
        }
        let errors: [f64; 4] = std::array::from_fn(|at| squares[at] - sums[at] * sums[at] / weights);
        let widest = (0..4).max_by(|&one, &other| errors[one].total_cmp(&errors[other])).unwrap_or(0);
        let error = if end - start > 1 { errors.iter().sum() } else { 0.0 };
        #[expect(clippy::cast_possible_truncation, reason = "a mean of numbers of that size")]
        let mean = sums.map(|sum| (sum / weights) as f32);
        Self { start, end, mean, widest, error }
    }
}

/// The means of parts, of which the one with the largest error is cut where its widest channel is at its mean.
fn cut(entries: &mut [Entry], most: usize) -> Vec<Point> {
    let mut parts = vec![Part::new(entries, 0, entries.len())];
    while parts.len() < most {
        let worst = parts.iter_mut().max_by(|one, other| one.error.total_cmp(&other.error));
        let Some(part) = worst.filter(|part| part.error > 0.0) else { break };
        let &mut Part { start, end, widest, mean, .. } = part;
        let middle = start + partition(&mut entries[start..end], |entry| entry.point[widest] <= mean[widest]);
        if middle == start || middle == end {
            // Rounding alone makes them differ.
            part.error = 0.0;
            continue;
        }
        *part = Part::new(entries, start, middle);
        parts.push(Part::new(entries, middle, end));
    }
    parts.iter().map(|part| part.mean).collect()
}

/// Puts first what is to be first, and says how much that is.
fn partition(entries: &mut [Entry], is_first: impl Fn(&Entry) -> bool) -> usize {
    let (mut start, mut end) = (0, entries.len());
    while start < end {
        if is_first(&entries[start]) {
            start += 1;
        } else {
            end -= 1;
            entries.swap(start, end);
        }
    }
    start
}

/// Moves each point into the middle of the entries that it is the nearest to (Lloyd's algorithm).
fn centre(entries: &[Entry], nearest_to: &mut [u8], points: Vec<Point>) -> Vec<Point> {
    let nearest = Nearest::new(points);
    let mut sums = vec![([0.0; 4], 0.0); nearest.points().len()];
    for (entry, guess) in entries.iter().zip(nearest_to) {
        *guess = nearest.find(&entry.point, *guess).0;
        let (sum, weights) = &mut sums[usize::from(*guess)];
        let weight = f64::from(entry.weight);
        *weights += weight;
        for (sum, value) in sum.iter_mut().zip(entry.point) {
            *sum += f64::from(value) * weight;
        }
    }
    #[expect(clippy::cast_possible_truncation, reason = "a mean of numbers of that size")]
    let mean = |(sum, weights): ([f64; 4], f64)| sum.map(|sum| (sum / weights) as f32);
    let moved = |(old, sum): (&Point, ([f64; 4], f64))| if sum.1 > 0.0 { mean(sum) } else { *old };
    nearest.points().iter().zip(sums).map(moved).collect()
}
