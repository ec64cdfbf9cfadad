//! AVIF out: a still picture of AV1, coded by libaom.
//!
//! | option | values | default |
//! | --- | --- | --- |
//! | `effort` | 0 (fast) to 6 (small); from 3 on the same | 3 |
//! | `subsampling` | `auto`, `4:2:0`, `4:4:4` | `auto`: `4:4:4` where it is seen, or smaller as far as one can tell, unless it would take too much memory |
//!
//! Level 60 is the default. The level chooses one of libaom's 63 quantisers, so that a photo is about as good as sharp's of the same
//! quality. Grey stays grey; of 16 bits 10 are kept. Opacity is a picture of its own, of the same level. A
//! profile is embedded, EXIF and XMP are items of their own. What is coded here is never lossless: lossless is only an AVIF of an AVIF in the same
//! size, which stays as it is coded.
//!
//! There is no clock in the sandbox, so effort is bound by what pixels are known to cost: see [`speed`]. More than 40 megapixels in
//! `4:2:0`, or 30 in `4:4:4`, are refused rather than stopped at the limit of time.

mod av1;
mod container;
#[expect(unsafe_code, reason = "libaom is C: see the module's safety comments")]
mod libaom;
mod planes;

use av1::Picture;
use container::Pictures;
use libaom::Request;
pub use sandpress_raster::Subsampling;
use sandpress_raster::{
    Descriptor, Domain, Embedded, Encoded, Encoder, Error, Image, OptionInfo, Options, Original, Quality, Setting,
    Value,
};

/// The AVIF encoder.
#[derive(Debug)]
pub struct Avif;

sandpress_raster::export_encoder!(Avif);

/// What libaom takes.
const MAX_SIDE: u32 = 65_535;

/// The most effort.
const MAX_EFFORT: u8 = 6;

/// What a sample costs at libaom's speeds from 9 down, as measured in the sandbox for three photos at level 75, where at 9 it costs 10.
///
/// No slower speed is used: there is no SIMD here for the neural network that searches partitions from 5 down. It made a photo 2.7 %
/// smaller in 3.5 times the time; 4 and 3 took two and three times as long again and made it no smaller.
const COSTS: [(u8, u64); 4] = [(9, 10), (8, 37), (7, 75), (6, 107)];

/// What a picture may cost at another speed than the fastest: as much as 54 megapixels in 4:2:0 do at that.
const BUDGET: u64 = 54_000_000 * 3 / 2 * 10;

/// The most that is accepted at all: as much as 40 megapixels in 4:2:0 do at libaom's fastest.
const MOST: u64 = 40_000_000 * 3 / 2 * 10;

/// The most bytes that colours in full resolution may take without being asked for: most of the 1 GiB that a call has by default.
const MOST_FULL: u64 = 880 << 20;

/// The encoder's options.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Settings {
    /// `effort`: 0 to 6. Default: 3.
    pub effort: u8,
    /// `subsampling`; none for `auto`.
    pub subsampling: Option<Subsampling>,
}

impl Default for Settings {
    fn default() -> Self {
        Self { effort: 3, subsampling: None }
    }
}

impl Encoder for Avif {
    type Settings = Settings;

    const DEFAULT_QUALITY: Quality = Quality::Level(60.0);
    const LOSSLESS: bool = false;
    const REWRITES: bool = true;
    // Means of six photos of 0.6 megapixels, of 4:2:0 and 4:4:4.
    const SCORES: &'static [(f32, f64)] = &[
        (0.0, -42.0),
        (15.0, 13.0),
        (30.0, 46.0),
        (45.0, 67.0),
        (60.0, 78.0),
        (70.0, 82.7),
        (80.0, 87.4),
        (90.0, 90.6),
        (100.0, 92.7),
    ];

    fn describe() -> Descriptor {
        Descriptor {
            name: env!("CARGO_PKG_NAME").into(),
            version: env!("CARGO_PKG_VERSION").into(),
            accepts: sandpress_raster::ACCEPTS.map(String::from).into(),
            produces: vec!["image/avif".into()],
            options: vec![
                OptionInfo {
                    name: "effort".into(),
                    summary: "How hard to look for a smaller file: 0 is fast, from 3 on it is small; large pictures get less."
                        .into(),
                    domain: Domain::Integer((0, MAX_EFFORT.into())),
                    default: Value::Integer(Settings::default().effort.into()),
                },
                Subsampling::option(),
            ],
        }
    }

    fn settings(options: &Options) -> Result<Settings, Error> {
        Ok(Settings {
            // The domain is checked.
            effort: u8::try_from(options.integer("effort")?).unwrap_or(MAX_EFFORT),
            subsampling: Subsampling::asked(options)?,
        })
    }

    fn working_bytes(image: &Image, quality: Quality, settings: &Settings) -> u64 {
        let level = match quality {
            Quality::Level(level) => level,
            Quality::Lossless => 100.0,
        };
        bytes(image, subsampling(image, level, settings))
    }

    /// One for each quantiser.
    fn levels() -> Vec<f32> {
        let mut levels: Vec<f32> = (0..=200_u8).map(|half| f32::from(half) / 2.0).collect();
        levels.dedup_by_key(|level| quantiser(*level));
        levels
    }

    fn encode(image: &Image, quality: Quality, settings: &Settings) -> Result<Encoded, Error> {
        let Quality::Level(level) = quality else {
            return Err(Error::BadRequest("AVIF is lossless only of an AVIF".into()));
        };
        let (width, height) = (image.width(), image.height());
        if width > MAX_SIDE || height > MAX_SIDE {
            return Err(Error::OverLimit(format!(
                "{width} × {height} pixels; a side of an AVIF has at most {MAX_SIDE}"
            )));
        }
        let subsampling = subsampling(image, level, settings);
        let is_translucent = image.is_translucent();
        let samples = samples(image, subsampling, is_translucent);
        if samples * COSTS[0].1 > MOST {
            return Err(Error::OverLimit(format!(
                "{width} × {height} pixels take too long as an AVIF: {} megapixels are the limit in 4:2:0, three quarters of that in 4:4:4; make it smaller",
                MOST / COSTS[0].1 * 2 / 3_000_000
            )));
        }
        let speed = speed(settings.effort, samples);
        let bits = planes::bits(image);
        let request = Request {
            width,
            height,
            subsampling,
            quantiser: quantiser(level),
            speed,
            is_srgb: image.embedded.icc.is_none(),
        };
        let colours = av1::encode(&planes::colours(image, subsampling), request)?;
        let opacity = is_translucent.then(|| opacity(image, request)).transpose()?;
        let bytes = container::write(Pictures { width, height, bits, colours, opacity }, &image.embedded)?;
        let notes = vec![Setting { name: "speed".into(), value: Value::Integer(speed.into()) }];
        Ok(Encoded { bytes, dropped: dropped(image), notes })
    }

    fn rewrite(original: &Original, embedded: &Embedded) -> Result<Option<Encoded>, Error> {
        let Original::Avif(original) = original else { return Ok(None) };
        Ok(Some(Encoded { bytes: original.with(embedded), dropped: Vec::new(), notes: Vec::new() }))
    }
}

/// The resolution of the colour that is asked for, else that which suits the picture.
fn subsampling(image: &Image, level: f32, settings: &Settings) -> Subsampling {
    settings.subsampling.unwrap_or_else(|| {
        let is_large = bytes(image, Subsampling::Full) > MOST_FULL;
        if is_large { Subsampling::Halved } else { Subsampling::automatic_where_predicted(image, level) }
    })
}

/// What coding a picture takes beside the picture: of noise at the highest level it is 25, 39, 44 and 71 bytes a pixel at most, and
/// 6 MiB at any size. Opacity is coded after the colours, and takes less.
fn bytes(image: &Image, subsampling: Subsampling) -> u64 {
    let bytes_per_pixel = match (subsampling, planes::bits(image)) {
        (Subsampling::Halved, 8) => 28,
        (Subsampling::Halved, _) => 44,
        (Subsampling::Full, 8) => 52,
        (Subsampling::Full, _) => 78,
    };
    // Blocks of 64 × 64 are whole, and there is a border.
    let padded = |side: u32| u64::from(side).next_multiple_of(64) + 128;
    (6 << 20) + bytes_per_pixel * padded(image.width()) * padded(image.height())
}

fn opacity(image: &Image, request: Request) -> Result<Picture, Error> {
    av1::encode(&planes::opacity(image), request)
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a level is from 0 to 100")]
fn quantiser(level: f32) -> u8 {
    // With this exponent a photo scores what sharp's does at the same quality. 0 would be lossless, of planes that are not what the
    // picture was.
    (63.0 * (1.0 - level / 100.0).powf(1.25)).round().max(1.0) as u8
}

/// Samples that are coded, which is what takes the time: two thirds of it are those of the brightness, and twice the samples of the two
/// colours take a third more.
fn samples(image: &Image, subsampling: Subsampling, is_translucent: bool) -> u64 {
    let halves = match (image.channels().count(), subsampling) {
        (1 | 2, _) => 2,
        (_, Subsampling::Halved) => 3,
        (_, Subsampling::Full) => 4,
    };
    let opacity = if is_translucent { 2 } else { 0 };
    u64::from(image.width()) * u64::from(image.height()) * (halves + opacity) / 2
}

/// libaom's speed, from 9 (fast) to 6, for an effort and as many samples as are coded.
///
/// The one that the effort asks for, or the slowest above it whose cost is at most that of 54 megapixels in 4:2:0 at speed 9. What has
/// more pixels is coded at speed 9, up to 40 megapixels; what has even more is refused. How long a unit of cost takes depends on the
/// machine and on the picture: noise at level 100 takes up to four times as long as a photo at level 75.
#[must_use]
pub fn speed(effort: u8, samples: u64) -> u8 {
    let mut slowest_first = COSTS.into_iter().take(usize::from(effort) + 1).rev();
    slowest_first.find(|(_, cost)| cost * samples <= BUDGET).map_or(COSTS[0].0, |(speed, _)| speed)
}

/// Names of what no AVIF holds, and of what this one does not.
fn dropped(image: &Image) -> Vec<&'static str> {
    let table = [
        ("16-bit", image.samples().depth() == 16),
        ("iptc", image.embedded.iptc.is_some()),
        ("png-gamma", image.embedded.png_colour.differs_from_srgb()),
    ];
    table.into_iter().filter(|&(_, is_lost)| is_lost).map(|(name, _)| name).collect()
}
