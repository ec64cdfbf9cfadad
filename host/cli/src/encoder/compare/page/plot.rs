//! Plots, as SVG that stands in the page: its colours and letters are the page's own.

use std::fmt::Write as _;

use super::{
    super::report::{percent, signed},
    html::escape,
};

/// In the units of the drawing.
const WIDTH: f64 = 460.0;
const HEIGHT: f64 = 220.0;
const LEFT: f64 = 44.0;
const RIGHT: f64 = 12.0;
const TOP: f64 = 12.0;
const BOTTOM: f64 = 40.0;

/// Bars of a histogram, on each side of where nothing has changed.
const BARS: usize = 10;

/// Points of a scatter plot, at most: of more, evenly chosen ones are drawn.
pub(super) const POINTS: usize = 1000;

/// How a change is measured.
#[derive(Clone, Copy)]
pub(super) enum Measure {
    /// As a ratio: half is as far from one as twice is, and less is better.
    Ratio,
    /// As a difference, of which more is better.
    Gain,
}

impl Measure {
    fn place(self, value: f64) -> f64 {
        match self {
            Self::Ratio => value.max(f64::MIN_POSITIVE).log2(),
            Self::Gain => value,
        }
    }

    fn text(self, place: f64) -> String {
        match self {
            Self::Ratio => percent(place.exp2()),
            Self::Gain => signed(place),
        }
    }

    fn is_better(self, place: f64) -> bool {
        match self {
            Self::Ratio => place < 0.0,
            Self::Gain => place > 0.0,
        }
    }
}

/// How many images have changed by how much. What has not changed is in the middle.
pub(super) fn histogram(name: &str, unit: &str, values: &[f64], measure: Measure) -> String {
    let places: Vec<_> = values.iter().map(|value| measure.place(*value)).collect();
    // Symmetrical around no change; never so narrow that nothing looks like much.
    let least = match measure {
        Measure::Ratio => 0.02,
        Measure::Gain => 0.1,
    };
    let reach = places.iter().fold(least, |reach, place| place.abs().max(reach));
    let mut bars = [0_u32; 2 * BARS];
    for place in &places {
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "from 0 to 2 × BARS")]
        let bar = ((place / reach + 1.0) * BARS as f64) as usize;
        if let Some(bar) = bars.get_mut(bar.min(2 * BARS - 1)) {
            *bar += 1;
        }
    }
    let most = bars.iter().copied().max().unwrap_or_default().max(1);
    let (across, down) = (WIDTH - LEFT - RIGHT, HEIGHT - TOP - BOTTOM);
    let width = across / (2 * BARS) as f64;
    let mut svg = open(&format!("{name}: how many images have changed by how much"));
    for (number, count) in bars.iter().enumerate() {
        let from = reach * (number as f64 / BARS as f64 - 1.0);
        let to = reach * ((number + 1) as f64 / BARS as f64 - 1.0);
        let height = down * f64::from(*count) / f64::from(most);
        let class = if measure.is_better(f64::midpoint(from, to)) { "better" } else { "worse" };
        let told = format!("{} to {}: {count}", measure.text(from), measure.text(to));
        rectangle(
            &mut svg,
            class,
            [LEFT + width * number as f64 + 1.0, TOP + down - height, width - 2.0, height],
            &told,
        );
    }
    for (place, anchor) in [(-reach, "start"), (0.0, "middle"), (reach, "end")] {
        let x = LEFT + across * (place / reach + 1.0) / 2.0;
        text(&mut svg, (x, HEIGHT - BOTTOM + 14.0), anchor, &measure.text(place));
    }
    line(&mut svg, "axis", (LEFT, TOP + down), (WIDTH - RIGHT, TOP + down));
    line(&mut svg, "same", (LEFT + across / 2.0, TOP), (LEFT + across / 2.0, TOP + down));
    text(&mut svg, (LEFT - 6.0, TOP + 9.0), "end", &most.to_string());
    text(&mut svg, (LEFT - 6.0, TOP + down), "end", "0");
    close(svg, unit)
}

/// A file of a scatter plot.
pub(super) struct Point {
    /// Bytes for each byte of the source, more than 0.
    pub(super) size: f64,
    pub(super) score: f64,
}

/// Size against score, of each image the old and the new file with a line between them.
pub(super) fn scatter(pairs: &[(String, Point, Point)]) -> String {
    let mut svg = open("Size against score: of each image, the old and the new file");
    let points = || pairs.iter().flat_map(|(_, old, new)| [old, new]);
    let sizes = points().map(|point| point.size.log10());
    let (from, to) = range(sizes, 0.1);
    let (low, high) = range(points().map(|point| point.score), 2.0);
    let (across, down) = (WIDTH - LEFT - RIGHT, HEIGHT - TOP - BOTTOM);
    let place = |point: &Point| {
        let x = LEFT + across * (point.size.log10() - from) / (to - from);
        (x, TOP + down * (high - point.score) / (high - low))
    };
    let step = pairs.len().div_ceil(POINTS).max(1);
    for (name, old, new) in pairs.iter().step_by(step) {
        line(&mut svg, "step", place(old), place(new));
        for (class, point) in [("old", old), ("new", new)] {
            let (x, y) = place(point);
            let told =
                format!("{name}, {class}: {:.1} % of the source's bytes, score {:.1}", 100.0 * point.size, point.score);
            let told = escape(&told);
            let _ = write!(
                svg,
                "<circle class=\"{class}\" cx=\"{x:.1}\" cy=\"{y:.1}\" r=\"3.5\"><title>{told}</title></circle>"
            );
        }
    }
    line(&mut svg, "axis", (LEFT, TOP + down), (WIDTH - RIGHT, TOP + down));
    line(&mut svg, "axis", (LEFT, TOP), (LEFT, TOP + down));
    for (size, x, anchor) in
        [(from, LEFT, "start"), (f64::midpoint(from, to), LEFT + across / 2.0, "middle"), (to, WIDTH - RIGHT, "end")]
    {
        text(&mut svg, (x, HEIGHT - BOTTOM + 14.0), anchor, &format!("{:.1} %", 100.0 * 10_f64.powf(size)));
    }
    for (score, y) in [(high, TOP + 9.0), (f64::midpoint(low, high), TOP + down / 2.0 + 4.0), (low, TOP + down)] {
        text(&mut svg, (LEFT - 6.0, y), "end", &format!("{score:.1}"));
    }
    close(svg, "bytes, of the source's; score upwards")
}

/// What values are between, with room around them.
fn range(values: impl Iterator<Item = f64>, room: f64) -> (f64, f64) {
    let (low, high) =
        values.fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), value| (value.min(low), value.max(high)));
    if low > high { (0.0, 1.0) } else { (low - room, high + room) }
}

fn open(told: &str) -> String {
    format!("<svg viewBox=\"0 0 {WIDTH} {HEIGHT}\" role=\"img\" aria-label=\"{}\">", escape(told))
}

fn close(mut svg: String, unit: &str) -> String {
    text(&mut svg, (LEFT + (WIDTH - LEFT - RIGHT) / 2.0, HEIGHT - 8.0), "middle", unit);
    svg.push_str("</svg>");
    svg
}

fn rectangle(svg: &mut String, class: &str, [x, y, width, height]: [f64; 4], told: &str) {
    let told = escape(told);
    let _ = write!(
        svg,
        "<rect class=\"{class}\" x=\"{x:.1}\" y=\"{y:.1}\" width=\"{width:.1}\" height=\"{height:.1}\"><title>{told}</title></rect>"
    );
}

fn line(svg: &mut String, class: &str, from: (f64, f64), to: (f64, f64)) {
    let ((x1, y1), (x2, y2)) = (from, to);
    let _ = write!(svg, "<line class=\"{class}\" x1=\"{x1:.1}\" y1=\"{y1:.1}\" x2=\"{x2:.1}\" y2=\"{y2:.1}\"/>");
}

fn text(svg: &mut String, (x, y): (f64, f64), anchor: &str, text: &str) {
    let _ = write!(svg, "<text x=\"{x:.1}\" y=\"{y:.1}\" text-anchor=\"{anchor}\">{}</text>", escape(text));
}
