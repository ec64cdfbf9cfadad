//! AVIF out: a still picture of AV1, coded by rav1e.
//!
//! | option | values | default |
//! | --- | --- | --- |
//! | `effort` | 0 (fast) to 6 (small) | 2 |
//! | `subsampling` | `auto`, `4:2:0`, `4:4:4` | `auto`: `4:2:0` where the coarser colour is not seen, and where `4:4:4` would take too long |
//!
//! Level 60 is the default. The level is the quantiser's index, from 255 for 0 to 1 for 100 in even steps, which is very near to what
//! libaom's users know as quality. Grey stays grey; of 16 bits 10 are kept. Opacity is a picture of its own, of the same level. A
//! profile is embedded, EXIF and XMP are items of their own. rav1e has no lossless mode: lossless is only an AVIF of an AVIF in the same
//! size, which stays as it is coded.
//!
//! There is no clock in the sandbox, so effort is bound by what pixels are known to cost: see [`speed`]. More than 16 megapixels in
//! `4:2:0`, or 8 in `4:4:4`, are refused rather than stopped at the limit of time.

mod av1;
mod container;
mod planes;

use av1::{Picture, Request};
use container::Pictures;
pub use sandpress_raster::Subsampling;
use sandpress_raster::{
    Descriptor, Domain, Embedded, Encoded, Encoder, Error, Image, OptionInfo, Options, Original, Quality, Setting,
    Value,
};

/// The AVIF encoder.
#[derive(Debug)]
pub struct Avif;

sandpress_raster::export_encoder!(Avif);

/// What rav1e takes.
const MAX_SIDE: u32 = 65_535;

/// The most effort.
const MAX_EFFORT: u8 = 6;

/// What a sample costs at rav1e's speeds from 10 down, as measured natively for a picture at level 60, where at 10 it costs 10.
const COSTS: [(u8, u64); 7] = [(10, 10), (9, 18), (8, 26), (7, 30), (6, 50), (5, 140), (4, 155)];

/// What a picture may cost: as much as 12 megapixels in 4:2:0 do at rav1e's fastest.
const BUDGET: u64 = 12_000_000 * 3 / 2 * 10;

/// The most that is accepted at all: 16 megapixels in 4:2:0 at rav1e's fastest. A photo of 15.9 takes 16 seconds in a
/// sandbox where a core of an AMD EPYC is its own, of the 30 that it grants where nobody says otherwise.
const MOST: u64 = BUDGET / 3 * 4;

/// From here on, files of noise take much more memory to make.
const HIGH_LEVEL: f32 = 90.0;

/// The encoder's options.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Settings {
    /// `effort`: 0 to 6. Default: 2.
    pub effort: u8,
    /// `subsampling`; none for `auto`.
    pub subsampling: Option<Subsampling>,
}

impl Default for Settings {
    fn default() -> Self {
        Self { effort: 2, subsampling: None }
    }
}

impl Encoder for Avif {
    type Settings = Settings;

    const DEFAULT_QUALITY: Quality = Quality::Level(60.0);
    const LOSSLESS: bool = false;
    const REWRITES: bool = true;
    // At 45 and 75 the means of four photos of a megapixel; the others were measured with less effort, the ends are guesses.
    const SCORES: &'static [(f32, f64)] =
        &[(0.0, -5.0), (30.0, 54.0), (45.0, 71.0), (60.0, 79.5), (75.0, 84.5), (100.0, 92.0)];

    fn describe() -> Descriptor {
        Descriptor {
            name: env!("CARGO_PKG_NAME").into(),
            version: env!("CARGO_PKG_VERSION").into(),
            accepts: sandpress_raster::ACCEPTS.map(String::from).into(),
            produces: vec!["image/avif".into()],
            options: vec![
                OptionInfo {
                    name: "effort".into(),
                    summary: "How hard to look for a smaller file: 0 is fast, 6 is small; large pictures get less."
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
        // The peak less the image, of noise, which is the worst that there is, at the highest level: 55, 72, 99 and 130 were measured
        // below level 90, and 219 and 331 at level 100. Most of it is what rav1e keeps of a coded tile until it is written.
        let (level, is_high) = match quality {
            Quality::Level(level) => (level, level >= HIGH_LEVEL),
            Quality::Lossless => (100.0, true),
        };
        let bytes_per_pixel = match (is_high, subsampling(image, level, settings), planes::bits(image)) {
            (false, Subsampling::Halved, 8) => 70,
            (false, Subsampling::Halved, _) => 90,
            (false, Subsampling::Full, 8) => 120,
            (false, Subsampling::Full, _) => 150,
            (true, _, 8) => 260,
            (true, _, _) => 400,
        };
        // Blocks of 64 × 64 are whole, and there is a border.
        let padded = |side: u32| u64::from(side).next_multiple_of(64) + 192;
        (4 << 20) + bytes_per_pixel * padded(image.width()) * padded(image.height())
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
                "{width} × {height} pixels take too long as an AVIF: {} megapixels are the limit in 4:2:0, half in 4:4:4; make it smaller",
                MOST / COSTS[0].1 * 2 / 3_000_000
            )));
        }
        let speed = speed(settings.effort, samples);
        let bits = planes::bits(image);
        let request = Request {
            width: width as usize,
            height: height as usize,
            bits,
            subsampling,
            quantiser: quantiser(level),
            speed,
            is_srgb: image.embedded.icc.is_none(),
        };
        let colours = av1::encode(planes::colours(image, subsampling), request)?;
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

/// The resolution of the colour that is asked for, else that which suits the picture and does not take too long.
fn subsampling(image: &Image, level: f32, settings: &Settings) -> Subsampling {
    settings.subsampling.unwrap_or_else(|| {
        let is_long = samples(image, Subsampling::Full, image.channels().has_alpha()) * COSTS[0].1 > MOST;
        if is_long { Subsampling::Halved } else { Subsampling::automatic(image, level) }
    })
}

fn opacity(image: &Image, request: Request) -> Result<Picture, Error> {
    av1::encode(vec![planes::opacity(image)], request)
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a level is from 0 to 100")]
fn quantiser(level: f32) -> u8 {
    // 0 would be lossless, which rav1e is not.
    (255.0 - level * 2.54).round() as u8
}

/// Samples that are coded, which is what takes the time.
fn samples(image: &Image, subsampling: Subsampling, is_translucent: bool) -> u64 {
    let halves = match (image.channels().count(), subsampling) {
        (1 | 2, _) => 2,
        (_, Subsampling::Halved) => 3,
        (_, Subsampling::Full) => 6,
    };
    let opacity = if is_translucent { 2 } else { 0 };
    u64::from(image.width()) * u64::from(image.height()) * (halves + opacity) / 2
}

/// rav1e's speed, from 10 (fast) to 4, for an effort and as many samples as are coded.
///
/// The one that the effort asks for, or the slowest above it whose cost is at most that of 12 megapixels in 4:2:0 at speed 10. What has
/// more pixels is coded at speed 10, up to 16 megapixels; what has even more is refused. How long a unit of cost takes depends on the
/// machine and on the picture: noise at level 100 takes three times as long as a photo at level 60.
#[must_use]
pub fn speed(effort: u8, samples: u64) -> u8 {
    let mut slowest_first = COSTS.into_iter().take(usize::from(effort) + 1).rev();
    slowest_first.find(|(_, cost)| cost * samples <= BUDGET).map_or(10, |(speed, _)| speed)
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
