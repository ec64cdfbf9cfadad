//! A line of memory over images: its figures, and its plot.

use std::fmt::{self, Write as _};

/// What fills itself once, caches and connections and what allocators keep, has done so after this part of the images.
const WARM: f64 = 0.2;

/// A line is flat if the images after that leave less than this part of it behind.
const FLAT: f64 = 0.05;

/// Resident memory after some images.
#[derive(Clone, Debug, Default)]
pub(crate) struct Line(Vec<(f64, f64)>);

impl Line {
    #[expect(clippy::cast_precision_loss, reason = "thousands of images, and mebibytes of memory")]
    pub(crate) fn push(&mut self, images: usize, bytes: u64) {
        self.0.push((images as f64, bytes as f64 / f64::from(1 << 20)));
    }

    pub(crate) fn last(&self) -> String {
        format!("{:.1} MiB", self.end().1)
    }

    /// Whether memory stays where it is: by the straight line that is nearest to all that was measured once it was warm.
    pub(crate) fn is_flat(&self) -> bool {
        let (from, to) = (self.warm().first().map_or(0.0, |point| point.0), self.end().0);
        self.slope() * (to - from) < FLAT * self.mean()
    }

    fn warm(&self) -> &[(f64, f64)] {
        let begins = self.0.partition_point(|point| point.0 < WARM * self.end().0);
        self.0.get(begins..).unwrap_or_default()
    }

    fn mean(&self) -> f64 {
        mean(self.warm().iter().map(|point| point.1))
    }

    /// Mebibytes an image, by least squares.
    fn slope(&self) -> f64 {
        let warm = self.warm();
        let (x, y) = (mean(warm.iter().map(|point| point.0)), self.mean());
        let rise: f64 = warm.iter().map(|point| (point.0 - x) * (point.1 - y)).sum();
        let run: f64 = warm.iter().map(|point| (point.0 - x).powi(2)).sum();
        if run == 0.0 { 0.0 } else { rise / run }
    }

    fn end(&self) -> (f64, f64) {
        self.0.last().copied().unwrap_or_default()
    }

    fn highest(&self) -> f64 {
        self.0.iter().map(|point| point.1).fold(0.0, f64::max)
    }

    /// The line from zero, so that flat looks flat.
    pub(crate) fn svg(&self) -> String {
        let (width, height) = (800.0, 300.0);
        let (right, top) = (self.end().0.max(1.0), (1.2 * self.highest()).max(1.0));
        let mut points = String::new();
        for (images, mebibytes) in &self.0 {
            let (x, y) = (60.0 + width * images / right, 20.0 + height * (1.0 - mebibytes / top));
            let _ = write!(points, "{x:.1},{y:.1} ");
        }
        let label = |x: f64, y: f64, anchor: &str, text: String| {
            format!(
                "<text x=\"{x}\" y=\"{y}\" text-anchor=\"{anchor}\" font-family=\"sans-serif\" font-size=\"12\">{text}</text>\n"
            )
        };
        format!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 900 370\">\n\
             <rect width=\"900\" height=\"370\" fill=\"white\"/>\n\
             <path d=\"M60 20V320H860\" fill=\"none\" stroke=\"black\"/>\n\
             <polyline points=\"{}\" fill=\"none\" stroke=\"#06c\" stroke-width=\"1.5\"/>\n{}{}{}{}</svg>\n",
            points.trim_end(),
            label(52.0, 26.0, "end", format!("{top:.0}")),
            label(52.0, 324.0, "end", "0".to_owned()),
            label(860.0, 340.0, "end", format!("{right:.0} images")),
            label(60.0, 360.0, "start", format!("Resident memory of one process, MiB. {self}")),
        )
    }
}

impl fmt::Display for Line {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let first = self.0.first().copied().unwrap_or_default();
        write!(
            f,
            "first {:.1} MiB, last {:.1}, highest {:.1}; after the first {:.0} %: mean {:.1}, slope {:+.3} MiB for each thousand images",
            first.1,
            self.end().1,
            self.highest(),
            100.0 * WARM,
            self.mean(),
            1000.0 * self.slope()
        )
    }
}

fn mean(values: impl ExactSizeIterator<Item = f64>) -> f64 {
    #[expect(clippy::cast_precision_loss, reason = "hundreds of points")]
    let count = values.len() as f64;
    values.sum::<f64>() / count.max(1.0)
}
