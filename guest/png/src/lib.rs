//! PNG out: lossless by default, a palette of fewer colours on request.
//!
//! | option | values | default |
//! | --- | --- | --- |
//! | `effort` | 1 (fast) to 4 (small) | 2 |
//! | `dither` | 0 (none) to 1 (full) | 0: noise costs bytes |
//! | `quality-floor` | 0 to 100, in dB of peak signal-to-noise ratio | 0: no floor |
//!
//! Lossless is the default quality, and level 100 is the same: the image is stored in the fewest channels, bits or palette
//! entries that hold every pixel exactly, the colours of invisible ones too. A PNG that is asked for without a loss and is smaller as
//! it is stays as it is coded, and so does an animated one: only its metadata are those that are wanted.
//!
//! Below level 100 its colours are reduced to a palette, 256 of them from level 80 on and fewer below, unless it is smaller with
//! all of them; 16 bits become 8, and the notes say so. They also say how many colours there are and how faithful they are, in the
//! unit of `quality-floor`: green counts twice as much as red there, and four times as much as blue. A picture that a palette
//! would bring below the floor is stored with all of its colours instead, and a note says that.
//!
//! What an effort gains and costs, as means over screenshots, photos, a logo and scans, in the sandbox:
//!
//! | effort | palette: bytes, time | lossless: bytes, time | filters tried | libdeflate's level |
//! | --- | --- | --- | --- | --- |
//! | 1 | 1.04, 0.5 | 1.05, 0.25 | 1 | 6 |
//! | 2 | 1, 1 | 1, 1 | 2 for a palette, else 4 | 8 to 10 |
//! | 3 | 0.98, 1.8 | 0.96, 2.1 | 7 | 10 |
//! | 4 | 0.96, 3.6 | 0.96, 3.9 | 7 | 12 |
//!
//! Dithering by a half adds 6 % of bytes, in full 16 %.

mod deflate;
mod filter;
mod palette;
mod quantize;
mod reduce;
mod write;

use quantize::Quantized;
use reduce::Reduced;
use sandpress_raster::{
    Descriptor, Domain, Embedded, Encoded, Encoder, Error, Image, OptionInfo, Options, Original, Quality, Setting,
    Tolerance, Value,
};
use write::Effort;

/// The PNG encoder.
#[derive(Debug)]
pub struct Png;

sandpress_raster::export_encoder!(Png);

/// The encoder's options.
#[derive(Clone, Copy, Debug, Default)]
pub struct Settings {
    effort: Effort,
    dither: f32,
    quality_floor: f64,
}

impl Encoder for Png {
    type Settings = Settings;

    const DEFAULT_QUALITY: Quality = Quality::Lossless;
    const LOSSLESS: bool = true;
    const REWRITES: bool = true;

    fn describe() -> Descriptor {
        let Settings { effort, dither, quality_floor } = Settings::default();
        Descriptor {
            name: env!("CARGO_PKG_NAME").into(),
            version: env!("CARGO_PKG_VERSION").into(),
            accepts: sandpress_raster::ACCEPTS.map(String::from).into(),
            produces: vec!["image/png".into()],
            options: vec![
                OptionInfo {
                    name: "effort".into(),
                    summary: "How hard to look for a smaller file: 1 is fast, 4 is small.".into(),
                    domain: Domain::Integer(Effort::RANGE),
                    default: Value::Integer(effort.number()),
                },
                OptionInfo {
                    name: "dither".into(),
                    summary: "How much to dither where colours are reduced, from 0 to 1.".into(),
                    domain: Domain::Number((0.0, 1.0)),
                    default: Value::Number(dither.into()),
                },
                OptionInfo {
                    name: "quality-floor".into(),
                    summary: "Keeps all colours where a palette would be less faithful than this, in dB.".into(),
                    domain: Domain::Number((0.0, 100.0)),
                    default: Value::Number(quality_floor),
                },
            ],
        }
    }

    fn settings(options: &Options) -> Result<Settings, Error> {
        #[expect(clippy::cast_possible_truncation, reason = "from 0 to 1; what is lost is not seen")]
        let dither = options.number("dither")? as f32;
        Ok(Settings {
            effort: Effort::new(options.integer("effort")?),
            dither,
            quality_floor: options.number("quality-floor")?,
        })
    }

    fn working_bytes(image: &Image, quality: Quality, _: &Settings) -> u64 {
        /// libdeflate's tables, the histogram, and what the allocator wastes.
        const TABLES: u64 = 16 << 20;

        let (pixels, rows) = (u64::from(image.width()) * u64::from(image.height()), u64::from(image.height()));
        let samples = pixels * (image.channels().count() * usize::from(image.samples().depth() / 8)) as u64;
        // The reduced copy, two ways to filter it and the output, which at worst is a little larger than what it is made from.
        let written = 4 * samples + 3 * rows;
        let peak = match quality {
            Quality::Lossless => written,
            // With the reduced copy also the pixels in 8 bits, in red, green, blue and opacity, and as indices into a palette.
            Quality::Level(_) => written.max(samples + 8 * pixels) + pixels,
        };
        peak + TABLES
    }

    fn tolerance(quality: Quality, _: &Settings) -> Tolerance {
        match quality {
            Quality::Level(level) if level < 100.0 => {
                // As the number of colours falls.
                let share = (80.0 / f64::from(level)).max(1.0);
                Tolerance::Near((6.0 * share * share).min(255.0))
            }
            _ => Tolerance::Exact,
        }
    }

    /// Those of which each allows more colours than the one before, and 100, which allows all.
    fn levels() -> Vec<f32> {
        let mut levels: Vec<f32> = (0..=160_u8).map(|half| f32::from(half) / 2.0).collect();
        levels.dedup_by_key(|level| quantize::colours(*level));
        levels.push(100.0);
        levels
    }

    fn encode(image: &Image, quality: Quality, settings: &Settings) -> Result<Encoded, Error> {
        let lossless = reduce::reduce(image);
        let colours = match quality {
            Quality::Level(level) if level < 100.0 => quantize::colours(level),
            _ => usize::MAX,
        };
        let File { bytes, exact, notes } = if colours < lossless.colours() {
            with_palette(image, &lossless, colours, settings)?
        } else {
            File { bytes: write::write(&lossless, &image.embedded, settings.effort)?, exact: true, notes: Vec::new() }
        };
        let mut dropped = Vec::new();
        if image.samples().depth() == 16 && !exact {
            dropped.push("16-bit");
        }
        // PNG has no place for it.
        if image.embedded.iptc.is_some() {
            dropped.push("iptc");
        }
        Ok(Encoded { bytes, dropped, notes })
    }

    fn rewrite(original: &Original, embedded: &Embedded) -> Result<Option<Encoded>, Error> {
        let Original::Png(original) = original else { return Ok(None) };
        Ok(Some(Encoded { bytes: original.with(embedded)?, dropped: Vec::new(), notes: Vec::new() }))
    }
}

/// A file, and whether every pixel is in it as it was.
struct File {
    bytes: Vec<u8>,
    exact: bool,
    notes: Vec<Setting>,
}

/// Stores an image in fewer colours, unless they are not faithful enough or it is smaller with all of them.
fn with_palette(image: &Image, lossless: &Reduced, colours: usize, settings: &Settings) -> Result<File, Error> {
    let Settings { effort, dither, quality_floor } = *settings;
    let note = |name: &str, value| Setting { name: name.into(), value };
    let Quantized { reduced, psnr } = quantize::quantize(image, colours, dither);
    let colours = reduced.colours();
    if psnr < quality_floor {
        let told =
            format!("a palette of {colours} colours comes to {psnr:.1} dB, and quality-floor is {quality_floor}");
        let bytes = write::write(lossless, &image.embedded, effort)?;
        return Ok(File { bytes, exact: true, notes: vec![note("full-colour", Value::Text(told))] });
    }
    let bytes = write::write(&reduced, &image.embedded, effort)?;
    drop(reduced);
    // Drawings and gradients are often smaller with all of their colours.
    if let Some(bytes) = write::write_if_smaller(lossless, &image.embedded, effort, bytes.len())? {
        return Ok(File { bytes, exact: true, notes: Vec::new() });
    }
    let notes = vec![
        note("colours", Value::Integer(i64::try_from(colours).unwrap_or(i64::MAX))),
        note("psnr", Value::Number((psnr * 10.0).round() / 10.0)),
    ];
    Ok(File { bytes, exact: false, notes })
}
