//! PNG's row filters, and ways to choose among them (PNG specification, third edition, 9 and 12.7).

/// What is stored of a byte: its difference from a prediction. The discriminant is what begins a row in the file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Filter {
    None = 0,
    Sub = 1,
    Up = 2,
    Average = 3,
    Paeth = 4,
}

impl Filter {
    const ALL: [Self; 5] = [Self::None, Self::Sub, Self::Up, Self::Average, Self::Paeth];

    /// Appends a filtered row. Its left neighbour is a pixel, or at least a byte, away; the row above is as long.
    fn apply(self, row: &[u8], above: &[u8], pixel: usize, out: &mut Vec<u8>) {
        let start = pixel.min(row.len());
        let rest = || row[start..].iter().zip(row).zip(above[start..].iter().zip(above));
        let less_above =
            |half: u8| row[..start].iter().zip(above).map(move |(&byte, &up)| byte.wrapping_sub(up >> half));
        out.push(self as u8);
        match self {
            Self::None => out.extend_from_slice(row),
            Self::Sub => {
                out.extend_from_slice(&row[..start]);
                out.extend(row[start..].iter().zip(row).map(|(byte, left)| byte.wrapping_sub(*left)));
            }
            Self::Up => out.extend(row.iter().zip(above).map(|(byte, up)| byte.wrapping_sub(*up))),
            Self::Average => {
                out.extend(less_above(1));
                out.extend(rest().map(|((byte, &left), (&up, _))| byte.wrapping_sub(left.midpoint(up))));
            }
            Self::Paeth => {
                out.extend(less_above(0));
                out.extend(rest().map(|((byte, &left), (&up, &corner))| byte.wrapping_sub(paeth(left, up, corner))));
            }
        }
    }
}

/// Whichever of three neighbours is nearest to left + up - corner.
fn paeth(left: u8, up: u8, corner: u8) -> u8 {
    let [a, b, c] = [left, up, corner].map(i16::from);
    let (to_left, to_up, to_corner) = ((b - c).abs(), (a - c).abs(), (a + b - 2 * c).abs());
    let vertical = if to_up <= to_corner { up } else { corner };
    if to_left <= to_up && to_left <= to_corner { left } else { vertical }
}

/// How the filter of each row is chosen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Strategy {
    /// The same one for all.
    Always(Filter),
    /// The one whose bytes are the most unevenly spread: what Huffman's codes gain from.
    Entropy,
    /// The one with the fewest different pairs of bytes: what repetitions are made of.
    Pairs,
}

/// What a filtered row costs; it may stop at what the best one did.
type Measure = Box<dyn FnMut(&[u8], u32) -> u32>;

/// Filters rows of a length, each of whose pixels takes so many bytes, or a byte together with others.
pub(crate) fn filter(data: &[u8], row_len: usize, pixel: usize, strategy: Strategy) -> Vec<u8> {
    let mut out = Vec::with_capacity(data.len() + data.len() / row_len);
    let first = vec![0; row_len];
    let rows = || data.chunks_exact(row_len);
    let neighbours = std::iter::once(&*first).chain(rows()).zip(rows());
    let mut measure: Measure = match strategy {
        Strategy::Always(filter) => {
            neighbours.for_each(|(above, row)| filter.apply(row, above, pixel, &mut out));
            return out;
        }
        Strategy::Entropy => Box::new(|row, _| spread(row)),
        Strategy::Pairs => {
            let mut pairs = Pairs::new();
            Box::new(move |row, best| pairs.count(row, best))
        }
    };
    let mut candidates = [(); 5].map(|()| Vec::with_capacity(1 + row_len));
    for (above, row) in neighbours {
        let mut best = (u32::MAX, 0);
        for (at, (filter, candidate)) in Filter::ALL.into_iter().zip(&mut candidates).enumerate() {
            candidate.clear();
            filter.apply(row, above, pixel, candidate);
            let cost = measure(&candidate[1..], best.0);
            if cost < best.0 {
                best = (cost, at);
            }
        }
        out.extend_from_slice(&candidates[best.1]);
    }
    out
}

/// The entropy of a row but for a constant that depends on its length, in bits.
fn spread(row: &[u8]) -> u32 {
    // Four of them, as an addition has to wait for the one before where both are to the same number.
    let mut counts = [[0_u32; 256]; 4];
    let (fours, rest) = row.as_chunks::<4>();
    for four in fours {
        for (counts, &byte) in counts.iter_mut().zip(four) {
            counts[usize::from(byte)] += 1;
        }
    }
    for &byte in rest {
        counts[0][usize::from(byte)] += 1;
    }
    let [one, two, three, four] = &counts;
    let count = |at: usize| one[at] + two[at] + three[at] + four[at];
    u32::MAX / 2 - (0..256).map(count).map(times_log2).sum::<u32>()
}

/// n × log₂ n, exact for powers of two and straight lines between them: whole numbers are the same on every machine.
fn times_log2(n: u32) -> u32 {
    n.checked_ilog2().map_or(0, |log| n * log + 2 * (n - (1 << log)))
}

/// The pairs of bytes that were seen in a row.
struct Pairs {
    /// For each pair the last row in which it was seen.
    seen: Vec<u32>,
    row: u32,
}

impl Pairs {
    fn new() -> Self {
        Self { seen: vec![0; 1 << 16], row: 0 }
    }

    /// How many different pairs there are, or that there are at least so many.
    fn count(&mut self, row: &[u8], enough: u32) -> u32 {
        self.row += 1;
        let mut count = 0;
        for pair in row.windows(2) {
            let seen = &mut self.seen[usize::from(u16::from_le_bytes([pair[0], pair[1]]))];
            if *seen != self.row {
                *seen = self.row;
                count += 1;
                if count >= enough {
                    break;
                }
            }
        }
        count
    }
}
