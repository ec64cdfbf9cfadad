//! PNG out: lossless by default, a palette of fewer colours on request.
//!
//! | option | values | default |
//! | --- | --- | --- |
//! | `effort` | 1 (fast) to 3 (small) | 2 |
//! | `dither` | 0 (none) to 1 (full) | 0: noise in flat areas costs bytes |
//!
//! Lossless is the default quality, and level 100 is the same: the image is stored in the fewest channels, bits or palette
//! entries that hold every pixel exactly. Below level 100 its colours are reduced to a palette, 256 of them from level 80 on and
//! fewer below, unless it is smaller with all of them; 16 bits become 8, and the notes say so.

mod palette;
mod quantize;
mod reduce;
mod write;

use sandpress_raster::{Descriptor, Domain, Encoded, Encoder, Error, Image, OptionInfo, Options, Quality, Value};

/// The PNG encoder.
#[derive(Debug)]
pub struct Png;

sandpress_raster::export_encoder!(Png);

/// The encoder's options.
#[derive(Clone, Copy, Debug, Default)]
pub struct Settings {
    effort: write::Effort,
    dither: f32,
}

impl Encoder for Png {
    type Settings = Settings;

    const DEFAULT_QUALITY: Quality = Quality::Lossless;
    const LOSSLESS: bool = true;

    fn describe() -> Descriptor {
        Descriptor {
            name: env!("CARGO_PKG_NAME").into(),
            version: env!("CARGO_PKG_VERSION").into(),
            accepts: sandpress_raster::ACCEPTS.map(String::from).into(),
            produces: vec!["image/png".into()],
            options: vec![
                OptionInfo {
                    name: "effort".into(),
                    summary: "How hard to look for a smaller file: 1 is fast, 3 is small.".into(),
                    domain: Domain::Integer((1, 3)),
                    default: Value::Integer(2),
                },
                OptionInfo {
                    name: "dither".into(),
                    summary: "How much to dither where colours are reduced, from 0 to 1.".into(),
                    domain: Domain::Number((0.0, 1.0)),
                    default: Value::Number(0.0),
                },
            ],
        }
    }

    fn settings(options: &Options) -> Result<Settings, Error> {
        let effort = match options.integer("effort")? {
            1 => write::Effort::Fast,
            2 => write::Effort::Balanced,
            _ => write::Effort::Small,
        };
        #[expect(clippy::cast_possible_truncation, reason = "from 0 to 1; what is lost is not seen")]
        let dither = options.number("dither")? as f32;
        Ok(Settings { effort, dither })
    }

    fn working_bytes(image: &Image, _: Quality, _: &Settings) -> u64 {
        let pixels = u64::from(image.width()) * u64::from(image.height());
        let pixel_bytes = (image.channels().count() * usize::from(image.samples().depth() / 8)) as u64;
        // A reduced copy, and the output twice while it grows, which at worst is a little larger than the pixels; or red, green,
        // blue and opacity with indices into a palette, and the histogram.
        (pixels * (3 * pixel_bytes + 1)).max(pixels * 6 + (256 << 20))
    }

    fn encode(image: &Image, quality: Quality, settings: &Settings) -> Result<Encoded, Error> {
        let lossless = reduce::reduce(image);
        let colours = match quality {
            Quality::Level(level) if level < 100.0 => quantize::colours(level),
            _ => usize::MAX,
        };
        let (bytes, exact) = if colours >= lossless.colours() {
            (write::write(&lossless, &image.embedded, settings.effort)?, true)
        } else {
            let reduced = quantize::quantize(image, colours, settings.dither)?;
            let bytes = write::write(&reduced, &image.embedded, settings.effort)?;
            drop(reduced);
            // Drawings and gradients are often smaller with all of their colours.
            match write::write_if_smaller(&lossless, &image.embedded, settings.effort, bytes.len())? {
                Some(exact) => (exact, true),
                None => (bytes, false),
            }
        };
        let mut dropped = Vec::new();
        if image.samples().depth() == 16 && !exact {
            dropped.push("16-bit");
        }
        // PNG has no place for it.
        if image.embedded.iptc.is_some() {
            dropped.push("iptc");
        }
        Ok(Encoded { bytes, dropped, notes: Vec::new() })
    }
}
