//! From the coded channels to red, green and blue (ITU-T H.273).

use crate::Error;
use crate::error::unsupported;
use crate::heif::CodePoints;

/// How coded numbers become red, green and blue.
#[derive(Debug)]
pub(super) struct Conversion {
    /// Factor, and what is 0, of the first channel.
    pub(super) luma: (f32, f32),
    /// The same of the others.
    pub(super) chroma: (f32, f32),
    matrix: Matrix,
}

#[derive(Debug)]
enum Matrix {
    /// The channels are green, blue and red.
    Identity,
    /// The weights of red and blue in the luma.
    Weights { red: f32, blue: f32 },
}

impl Conversion {
    pub(super) fn new(points: CodePoints, bits: u8) -> Result<Self, Error> {
        let weights = |red, blue| Matrix::Weights { red, blue };
        let matrix = match points.matrix {
            0 => Matrix::Identity,
            1 => weights(0.2126, 0.0722),
            // What is not specified is taken for BT.601, as other decoders do.
            2 | 5 | 6 => weights(0.299, 0.114),
            4 => weights(0.30, 0.11),
            7 => weights(0.212, 0.087),
            9 => weights(0.2627, 0.0593),
            other => return Err(unsupported(format!("AVIF: colours coded by the matrix {other} of H.273"))),
        };
        let unit = f32::from(1_u16 << (bits - 8));
        let most = 256.0 * unit - 1.0;
        let (luma, range) = if points.is_full_range {
            ((1.0 / most, 0.0), most)
        } else {
            ((1.0 / (219.0 * unit), 16.0 * unit), 224.0 * unit)
        };
        let chroma = match matrix {
            Matrix::Identity => luma,
            Matrix::Weights { .. } => (1.0 / range, 128.0 * unit),
        };
        Ok(Self { luma, chroma, matrix })
    }

    #[inline]
    pub(super) fn rgb(&self, first: f32, second: f32, third: f32) -> [f32; 3] {
        match self.matrix {
            Matrix::Identity => [third, first, second],
            Matrix::Weights { red, blue } => {
                let green = 1.0 - red - blue;
                let (from_blue, from_red) = (2.0 * (1.0 - blue) * second, 2.0 * (1.0 - red) * third);
                [first + from_red, first - (blue * from_blue + red * from_red) / green, first + from_blue]
            }
        }
    }
}
