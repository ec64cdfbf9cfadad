//! Colours: converted to sRGB, or kept beside what says which they are.
//!
//! A picture that says nothing of its colours is taken to have those of sRGB, so one that has them needs no profile. All others are
//! converted by their profile, or keep it: a profile is never left out alone.
//!
//! ```text
//! resize ─▶ settle: by an ICC profile, or by the chunks of a PNG ─▶ upright
//! decode ─▶ Inks: cyan, magenta, yellow and black, which no output holds, are always converted
//! ```
//!
//! Converted after the resize: there are fewer pixels, and colours that sRGB cannot hold are cut off after they were averaged, not
//! before. `moxcms` converts; what it gets to see of a profile is decided by [`icc`].

mod chunks;
mod convert;
mod icc;
mod inks;

use crate::image::Image;
use crate::metadata::PngColour;
use crate::{Domain, Error, OptionInfo, Options, Value};

pub(crate) use chunks::code_points;
use convert::Outcome;
use icc::Icc;
pub(crate) use inks::Inks;

const OPTION: &str = "colour";
const SRGB: &str = "srgb";

/// What a rendition wants of the colours.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Target {
    Srgb,
    /// As they are; a profile says which.
    Profile,
    /// As they are; a profile says which, or the chunks of a PNG.
    Chunks,
}

impl Target {
    pub(crate) fn option() -> OptionInfo {
        OptionInfo {
            name: OPTION.into(),
            summary: "What becomes of colours that are not those of sRGB: converted, or kept with their profile."
                .into(),
            domain: Domain::Choice([SRGB, "keep"].map(String::from).into()),
            default: Value::Text(SRGB.into()),
        }
    }

    /// Where every pixel is to stay as it is, no colour is converted.
    pub(crate) fn parse(options: &Options, is_exact: bool, media_type: &str) -> Result<Self, Error> {
        Ok(match options.choice(OPTION)? {
            SRGB if !is_exact => Self::Srgb,
            _ if media_type == "image/png" => Self::Chunks,
            _ => Self::Profile,
        })
    }
}

/// Gives an image the colours that are wanted, and says what was done if it is worth knowing.
pub(crate) fn settle(image: &mut Image, target: Target) -> Result<Option<String>, Error> {
    match target {
        Target::Chunks => Ok(None),
        Target::Profile => Ok(profile_of_chunks(image)),
        Target::Srgb => match image.embedded.icc.take() {
            Some(profile) => by_profile(image, profile),
            None => by_chunks(image),
        },
    }
}

fn by_profile(image: &mut Image, profile: Vec<u8>) -> Result<Option<String>, Error> {
    let icc = Icc::new(&profile);
    let outcome = match icc.colours() {
        Ok(colours) => convert::convert(image, &colours)?,
        Err(reason) => Outcome::Kept(reason),
    };
    Ok(match outcome {
        Outcome::Same => None,
        Outcome::Converted => Some(format!("converted from {}", icc.name())),
        Outcome::Kept(reason) => {
            image.embedded.icc = Some(profile);
            Some(format!("kept with the profile, which {reason}"))
        }
    })
}

fn by_chunks(image: &mut Image) -> Result<Option<String>, Error> {
    let chunks = image.embedded.png_colour;
    if !chunks.differs_from_srgb() {
        image.embedded.png_colour = PngColour::default();
        return Ok(None);
    }
    let name = chunks::name(chunks);
    let outcome = match chunks::colours(chunks, image.channels()) {
        Some(colours) => convert::convert(image, &colours)?,
        None => Outcome::Kept("describe no colours"),
    };
    if let Outcome::Kept(reason) = outcome {
        return Ok(Some(format!("kept with {name}, which {reason}")));
    }
    image.embedded.png_colour = PngColour::default();
    Ok((outcome == Outcome::Converted).then(|| format!("converted from {name}")))
}

/// Other formats than PNG have no chunks: a profile says the same.
fn profile_of_chunks(image: &mut Image) -> Option<String> {
    let chunks = image.embedded.png_colour;
    if !chunks.differs_from_srgb() {
        return None;
    }
    let name = chunks::name(chunks);
    let colours = chunks::colours(chunks, image.channels())?;
    image.embedded.icc = Some(chunks::encode(colours, &name)?);
    image.embedded.png_colour = PngColour::default();
    Some(format!("kept with a profile made of {name}"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::image::{Channels, Samples};

    /// An image of a camera that knows Adobe's primaries, and of grey.
    fn image(channels: Channels) -> Image {
        let samples = (0..=255).cycle().take(200 * channels.count()).collect();
        let mut image = Image::new(20, 10, channels, Samples::Eight(samples)).unwrap();
        let point = |x, y| (png::ScaledFloat::from_scaled(x), png::ScaledFloat::from_scaled(y));
        image.embedded.png_colour = PngColour {
            gamma: Some(png::ScaledFloat::from_scaled(55_556)),
            chromaticities: Some(png::SourceChromaticities {
                white: point(31_270, 32_900),
                red: point(64_000, 33_000),
                green: point(21_000, 71_000),
                blue: point(15_000, 6_000),
            }),
            srgb: None,
        };
        image
    }

    #[test]
    fn a_profile_says_the_same_as_the_chunks_that_it_was_made_of() {
        for channels in [Channels::Grey, Channels::GreyAlpha, Channels::Rgb, Channels::Rgba] {
            let mut expected = image(channels);
            assert_eq!(settle(&mut expected, Target::Srgb).unwrap().as_deref(), Some("converted from gAMA and cHRM"));

            let mut kept = image(channels);
            let note = settle(&mut kept, Target::Profile).unwrap();
            assert_eq!(note.as_deref(), Some("kept with a profile made of gAMA and cHRM"));
            assert_eq!(kept.samples(), image(channels).samples());
            assert_eq!(kept.embedded.png_colour, PngColour::default());
            settle(&mut kept, Target::Srgb).unwrap();
            assert_eq!(kept.embedded, expected.embedded, "{channels:?}");
            // A profile's numbers are rounded.
            let is_near = |(a, b): (&u8, &u8)| a.abs_diff(*b) <= 1;
            assert!(kept.eight_bits().iter().zip(&*expected.eight_bits()).all(is_near), "{channels:?}");
        }
    }

    #[test]
    fn a_png_keeps_its_chunks() {
        let mut kept = image(Channels::Rgb);
        assert_eq!(settle(&mut kept, Target::Chunks).unwrap(), None);
        assert_eq!(kept, image(Channels::Rgb));
    }
}
