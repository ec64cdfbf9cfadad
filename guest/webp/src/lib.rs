//! WebP out: lossy by default, lossless on request, both with transparency.
//!
//! | option | values | default |
//! | --- | --- | --- |
//! | `effort` | 0 (fast) to 6 (small), libwebp's method | 4 |
//! | `alpha-quality` | 0 (coarse) to 100 (exact), of the opacity of a lossy picture | 100 |
//! | `sharp-yuv` | whether a lossy picture's colours keep sharp edges, which takes twice as long | no |
//! | `near-lossless` | 0 (coarse) to 100 (exact), how far a lossless picture's colours may be rounded to make it smaller | 100 |
//!
//! Level 80 is the default, on libwebp's own scale. A lossy WebP has a quarter of the colour's resolution and hides what is fully
//! transparent; a lossless one is every pixel as it is, the invisible ones too, unless `near-lossless` says otherwise. 16 bits
//! become 8, and the notes say so. A WebP that was lossy before, or an animated one, is not coded anew without a loss: its coded
//! pictures go into another container.
//!
//! An animation is made frame by frame, each with what is under it already known: memory holds three canvases, and time is that of as
//! many pictures. Frames that are the same become one that is seen longer, so there may be fewer of them than in the source, and a
//! picture where there was no movement. Invisible pixels have no colour in it, even losslessly.

mod container;
#[expect(unsafe_code, reason = "libwebp is C: see the module's safety comments")]
mod libwebp;

use libwebp::Config;
use sandpress_raster::{
    Animation, Channels, Descriptor, Domain, Embedded, Encoded, Encoder, Error, Frame, Image, OptionInfo, Options,
    Original, Quality, Tolerance, Value,
};

/// The WebP encoder.
#[derive(Debug)]
pub struct Webp;

sandpress_raster::export_encoder!(Webp);

/// The most pixels that a side of a WebP has.
const MAX_SIDE: u32 = 16_383;

/// What each effort is in libwebp's second measure of it, which it takes from the quality where nothing is lost. Not 100: from
/// there on everything is tried, for ten times as long and a few bytes.
const LOSSLESS_QUALITY: [f32; 7] = [0.0, 20.0, 25.0, 50.0, 75.0, 75.0, 90.0];

/// The encoder's options.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Settings {
    /// `effort`: 0 to 6. Default: 4.
    pub effort: u8,
    /// `alpha-quality`: 0 to 100. Default: 100.
    pub alpha_quality: u8,
    /// `sharp-yuv`. Default: no.
    pub sharp_yuv: bool,
    /// `near-lossless`: 0 to 100. Default: 100.
    pub near_lossless: u8,
}

impl Default for Settings {
    fn default() -> Self {
        Self { effort: 4, alpha_quality: 100, sharp_yuv: false, near_lossless: 100 }
    }
}

impl Encoder for Webp {
    type Settings = Settings;

    const DEFAULT_QUALITY: Quality = Quality::Level(80.0);
    const LOSSLESS: bool = true;
    const REWRITES: bool = true;
    const ANIMATES: bool = true;
    /// Of ten photos in 1.3 megapixels.
    const SCORES: &'static [(f32, f64)] =
        &[(0.0, 35.0), (27.0, 50.0), (72.0, 70.0), (87.0, 80.0), (98.0, 89.0), (100.0, 91.0)];

    fn describe() -> Descriptor {
        let Settings { effort, alpha_quality, sharp_yuv, near_lossless } = Settings::default();
        let integer = |name: &str, summary: &str, most, default: u8| OptionInfo {
            name: name.into(),
            summary: summary.into(),
            domain: Domain::Integer((0, most)),
            default: Value::Integer(default.into()),
        };
        Descriptor {
            name: env!("CARGO_PKG_NAME").into(),
            version: env!("CARGO_PKG_VERSION").into(),
            accepts: sandpress_raster::ACCEPTS.map(String::from).into(),
            produces: vec!["image/webp".into()],
            options: vec![
                integer("effort", "How hard to look for a smaller file: 0 is fast, 6 is small.", 6, effort),
                integer(
                    "alpha-quality",
                    "How good the opacity of a lossy picture is: 0 is coarse, 100 is exact.",
                    100,
                    alpha_quality,
                ),
                OptionInfo {
                    name: "sharp-yuv".into(),
                    summary: "Keeps the edges of a lossy picture's colours sharp, and takes longer.".into(),
                    domain: Domain::Flag,
                    default: Value::Flag(sharp_yuv),
                },
                integer(
                    "near-lossless",
                    "How near the colours of a lossless picture stay: 0 is coarse, 100 is exact.",
                    100,
                    near_lossless,
                ),
            ],
        }
    }

    fn settings(options: &Options) -> Result<Settings, Error> {
        // At most 100: the domains are checked.
        let integer = |name| options.integer(name).map(|number| u8::try_from(number).unwrap_or(u8::MAX));
        Ok(Settings {
            effort: integer("effort")?,
            alpha_quality: integer("alpha-quality")?,
            sharp_yuv: options.flag("sharp-yuv")?,
            near_lossless: integer("near-lossless")?,
        })
    }

    fn working_bytes(image: &Image, quality: Quality, settings: &Settings) -> u64 {
        // The peak in the sandbox less the image, for 4 and 12 megapixels of noise, which is the worst that there is: a photo at
        // level 80 takes 4, or 21 with opacity.
        let bytes_per_pixel = match quality {
            Quality::Lossless => 42,
            Quality::Level(_) => {
                let sharp = if settings.sharp_yuv { 6 } else { 0 };
                sharp + if image.channels().has_alpha() { 36 } else { 30 }
            }
        };
        bytes_per_pixel * u64::from(image.width()) * u64::from(image.height())
    }

    fn tolerance(quality: Quality, settings: &Settings) -> Tolerance {
        match quality {
            Quality::Lossless if settings.near_lossless == 100 => Tolerance::Exact,
            Quality::Lossless => Tolerance::of_level(100.0),
            // Coarse opacity is of a few steps.
            Quality::Level(level) => Tolerance::of_level(level.min(settings.alpha_quality.into())),
        }
    }

    /// Half levels: a whole one is more than a point of the score.
    fn levels() -> Vec<f32> {
        (0..=200_u8).map(|half| f32::from(half) / 2.0).collect()
    }

    fn encode(image: &Image, quality: Quality, settings: &Settings) -> Result<Encoded, Error> {
        let (width, height) = size(image)?;
        let config = config(quality, *settings)?;
        let file = match image.channels() {
            Channels::Rgb => libwebp::encode::<3>(&image.eight_bits(), width, height, &config),
            Channels::Rgba => libwebp::encode::<4>(&image.eight_bits(), width, height, &config),
            Channels::Grey => libwebp::encode::<3>(&spread::<1, 3>(image), width, height, &config),
            Channels::GreyAlpha => libwebp::encode::<4>(&spread::<2, 4>(image), width, height, &config),
        }?;
        let bytes = container::embed(file, width, height, &image.embedded)?;
        let dropped = dropped(&image.embedded, image.samples().depth());
        Ok(Encoded { bytes, dropped, notes: Vec::new() })
    }

    fn animate(animation: Animation, quality: Quality, settings: &Settings) -> Result<Encoded, Error> {
        let Animation { plays, embedded, frames } = animation;
        let config = config(quality, *settings)?;
        let mut made = None;
        for frame in frames {
            let Frame { image, duration } = frame?;
            let (width, height) = size(&image)?;
            let (_, file) = match &mut made {
                Some(made) => made,
                None => made.insert(((width, height), libwebp::Animation::new(width, height, plays)?)),
            };
            file.add(&image.eight_bits(), duration, &config)?;
        }
        let ((width, height), file) = made.ok_or_else(|| Error::Internal("an animation without frames".into()))?;
        let bytes = container::embed(file.finish()?, width, height, &embedded)?;
        Ok(Encoded { bytes, dropped: dropped(&embedded, 8), notes: Vec::new() })
    }

    fn rewrite(original: &Original, embedded: &Embedded) -> Result<Option<Encoded>, Error> {
        let Original::Webp(original) = original else { return Ok(None) };
        // What is left as it is coded is seen by viewers, which are stricter than the decoder that encoders read with.
        for picture in original.pictures() {
            if !libwebp::reads(&picture?) {
                return Err(Error::Malformed("WebP: the image data are damaged".into()));
            }
        }
        Ok(Some(Encoded { bytes: original.with(embedded)?, dropped: Vec::new(), notes: Vec::new() }))
    }
}

/// Width and height.
fn size(image: &Image) -> Result<(u32, u32), Error> {
    let (width, height) = (image.width(), image.height());
    if width > MAX_SIDE || height > MAX_SIDE {
        return Err(Error::OverLimit(format!("{width} × {height} pixels; a side of a WebP has at most {MAX_SIDE}")));
    }
    Ok((width, height))
}

/// As libwebp has it, with its defaults for what nobody has asked for.
fn config(quality: Quality, settings: Settings) -> Result<Config, Error> {
    let mut config = libwebp::default_config()?;
    config.method = settings.effort.into();
    match quality {
        Quality::Level(level) => {
            config.quality = level;
            config.alpha_quality = settings.alpha_quality.into();
            config.use_sharp_yuv = settings.sharp_yuv.into();
        }
        Quality::Lossless => {
            config.lossless = 1;
            config.quality = LOSSLESS_QUALITY.get(usize::from(settings.effort)).copied().unwrap_or(90.0);
            config.near_lossless = settings.near_lossless.into();
            config.exact = (settings.near_lossless == 100).into();
        }
    }
    Ok(config)
}

/// Grey as red, green and blue: `FROM` samples of a pixel become `TO`, and opacity stays.
fn spread<const FROM: usize, const TO: usize>(image: &Image) -> Vec<u8> {
    let samples = image.eight_bits();
    let pixels = samples.as_chunks::<FROM>().0;
    pixels
        .iter()
        .flat_map(|pixel| std::array::from_fn::<u8, TO, _>(|at| pixel[if at < 3 { 0 } else { FROM - 1 }]))
        .collect()
}

/// Names of what no WebP holds.
fn dropped(embedded: &Embedded, depth: u8) -> Vec<&'static str> {
    let table = [
        ("16-bit", depth == 16),
        ("iptc", embedded.iptc.is_some()),
        ("png-gamma", embedded.png_colour.differs_from_srgb()),
    ];
    table.into_iter().filter(|&(_, is_lost)| is_lost).map(|(name, _)| name).collect()
}
