//! JPEG out: progressive, with mozjpeg's trellis quantisation.
//!
//! | option | values | default |
//! | --- | --- | --- |
//! | `subsampling` | `auto`, `4:2:0`, `4:4:4` | `auto`: `4:2:0` below level 90, where the coarser colour is not seen |
//!
//! Level 80 is the default. Grey images stay grey; 16 bits become 8, and the notes say so. JPEG cannot hold transparency:
//! an image with any is refused, never flattened on a colour that nobody chose.

mod planes;

use mozjpeg_rs::{Encoder, Preset, Subsampling, TrellisConfig};
use planes::Planes;
use sandpress_raster::{Channels, Descriptor, Domain, Encoded, Error, Image, OptionInfo, Options, Quality, Value};

/// The JPEG encoder.
#[derive(Debug)]
pub struct Jpeg;

sandpress_raster::export_encoder!(Jpeg);

/// From this level on, `auto` keeps the colour's full resolution.
const FULL_COLOUR_LEVEL: f32 = 90.0;

/// As libjpeg has it; the format itself goes to 65535.
const MAX_SIDE: u32 = 65_500;

/// The most that a segment holds.
const SEGMENT_BYTES: usize = 65_533;
const EXIF_BYTES: usize = SEGMENT_BYTES - b"Exif\0\0".len();
const XMP_SIGNATURE: &[u8] = b"http://ns.adobe.com/xap/1.0/\0";
const XMP_BYTES: usize = SEGMENT_BYTES - XMP_SIGNATURE.len();

impl sandpress_raster::Encoder for Jpeg {
    /// The chroma subsampling asked for; none for `auto`.
    type Settings = Option<Subsampling>;

    const DEFAULT_QUALITY: Quality = Quality::Level(80.0);
    const LOSSLESS: bool = false;

    fn describe() -> Descriptor {
        Descriptor {
            name: env!("CARGO_PKG_NAME").into(),
            version: env!("CARGO_PKG_VERSION").into(),
            accepts: sandpress_raster::ACCEPTS.map(String::from).into(),
            produces: vec!["image/jpeg".into()],
            options: vec![OptionInfo {
                name: "subsampling".into(),
                summary:
                    "Resolution of the colour: 4:2:0 is half of it in each direction, auto is 4:2:0 below level 90."
                        .into(),
                domain: Domain::Choice(["auto", "4:2:0", "4:4:4"].map(String::from).into()),
                default: Value::Text("auto".into()),
            }],
        }
    }

    fn settings(options: &Options) -> Result<Self::Settings, Error> {
        Ok(match options.choice("subsampling")? {
            "4:2:0" => Some(Subsampling::S420),
            "4:4:4" => Some(Subsampling::S444),
            _ => None,
        })
    }

    fn working_bytes(image: &Image) -> u64 {
        // Measured at 4:4:4: 3 bytes of planes, as many again in whole blocks, 6 of coefficients, and the output.
        14 * u64::from(image.width()) * u64::from(image.height())
    }

    fn encode(image: &Image, quality: Quality, settings: &Self::Settings) -> Result<Encoded, Error> {
        let Quality::Level(level) = quality else {
            return Err(Error::BadRequest("JPEG is never lossless".into()));
        };
        let (width, height) = (image.width(), image.height());
        if width > MAX_SIDE || height > MAX_SIDE {
            return Err(Error::OverLimit(format!(
                "{width} × {height} pixels; a side of a JPEG has at most {MAX_SIDE}"
            )));
        }
        if image.is_translucent() {
            return Err(Error::Unsupported("transparency cannot be stored in a JPEG".into()));
        }
        let automatic = if level < FULL_COLOUR_LEVEL { Subsampling::S420 } else { Subsampling::S444 };
        let subsampling = settings.unwrap_or(automatic);
        let (encoder, dropped) = embed(encoder(level).subsampling(subsampling), image);

        let samples = image.eight_bits();
        let halved = subsampling == Subsampling::S420;
        let planes = match image.channels() {
            Channels::Grey => return encoded(encoder.encode_gray(&samples, width, height), dropped),
            Channels::GreyAlpha => {
                let grey: Vec<u8> = samples.iter().step_by(2).copied().collect();
                return encoded(encoder.encode_gray(&grey, width, height), dropped);
            }
            Channels::Rgb => Planes::new::<3>(&samples, width, height, halved)?,
            Channels::Rgba => Planes::new::<4>(&samples, width, height, halved)?,
        };
        encoded(encoder.encode_ycbcr_planar(&planes.y, &planes.cb, &planes.cr, width, height), dropped)
    }
}

fn encoder(level: f32) -> Encoder {
    // The quantisation tables are scaled by a whole number from 1 to 100.
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a level is from 0 to 100")]
    let whole_level = level.round().max(1.0) as u8;
    // Trellis quantisation of the lowest frequency too would make files smaller by 0.1 to 0.5 %, for half as much memory
    // again (6 bytes a pixel) and a fifth of the time.
    let trellis = TrellisConfig { dc_enabled: false, ..TrellisConfig::default() };
    Encoder::new(Preset::ProgressiveBalanced).quality(whole_level).trellis(trellis)
}

/// Hands over what goes into the file beside the pixels, and names what cannot.
fn embed(mut encoder: Encoder, image: &Image) -> (Encoder, Vec<&'static str>) {
    let mut dropped = Vec::new();
    let embedded = &image.embedded;
    if let Some(icc) = &embedded.icc {
        encoder = encoder.icc_profile(icc.clone());
    }
    match &embedded.exif {
        Some(exif) if exif.len() <= EXIF_BYTES => encoder = encoder.exif_data(exif.clone()),
        Some(_) => dropped.push("exif"),
        None => {}
    }
    match &embedded.xmp {
        Some(xmp) if xmp.len() <= XMP_BYTES => encoder = encoder.add_marker(1, [XMP_SIGNATURE, xmp].concat()),
        Some(_) => dropped.push("xmp"),
        None => {}
    }
    match embedded.iptc.as_deref().map(photoshop_resource) {
        Some(resource) if resource.len() <= SEGMENT_BYTES => encoder = encoder.add_marker(13, resource),
        Some(_) => dropped.push("iptc"),
        None => {}
    }
    if embedded.png_colour.differs_from_srgb() {
        dropped.push("png-gamma");
    }
    if image.samples().depth() == 16 {
        dropped.push("16-bit");
    }
    (encoder, dropped)
}

/// IPTC's datasets as JPEG holds them: as the image resource 0404 of Photoshop, without a name.
fn photoshop_resource(datasets: &[u8]) -> Vec<u8> {
    // Longer than a segment where it does not fit in 32 bits, so it is dropped.
    let len = u32::try_from(datasets.len()).unwrap_or(u32::MAX);
    let mut resource = [b"Photoshop 3.0\x008BIM\x04\x04\0\0", &len.to_be_bytes()[..], datasets].concat();
    resource.resize(resource.len().next_multiple_of(2), 0);
    resource
}

fn encoded(result: mozjpeg_rs::Result<Vec<u8>>, dropped: Vec<&'static str>) -> Result<Encoded, Error> {
    let bytes = result.map_err(|error| Error::Internal(format!("mozjpeg-rs: {error}")))?;
    Ok(Encoded { bytes, dropped, notes: Vec::new() })
}
