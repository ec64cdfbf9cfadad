//! JPEG out: progressive, with mozjpeg's trellis quantisation.
//!
//! | option | values | default |
//! | --- | --- | --- |
//! | `subsampling` | `auto`, `4:2:0`, `4:4:4` | `auto`: `4:2:0` where the coarser colour is not seen |
//!
//! Level 80 is the default. Lossless is a file made of a JPEG that keeps its size: its coefficients are coded anew, in fewer bytes where
//! there are any to save, and not a sample changes; its orientation stays a tag then. Grey images stay grey; 16 bits become 8, and the
//! notes say so. JPEG cannot hold transparency: an image with any is refused, never flattened on a colour that nobody chose.
//!
//! ```text
//! image ─▶ planes ─▶ component: deringing, DCT (mozjpeg-rs), trellis ─▶ script ─▶ scans: symbols ─▶ huffman ─▶ file
//! JPEG ─▶ transcode ────────────────────────────────────────────────┘
//! ```
//!
//! What takes an encoder's time, trellis quantisation and the coding of the scans, is written here for speed, and with the same scans its files
//! are to the byte those of `mozjpeg-rs`, which a test compares; the rest is from there. Which scans there are is chosen for each picture. Of mozjpeg, one thing is left out: quantisation of the
//! first coefficients by trellis would make files smaller by 0.1 to 0.5 %, for half as much memory again and a fifth of the time.

mod block;
mod component;
mod file;
mod huffman;
mod planes;
mod scans;
mod script;
mod symbols;
mod transcode;
mod trellis;

use file::{Frame, Segment};
use planes::{Plane, convert};
pub use sandpress_raster::Subsampling;
use sandpress_raster::{Channels, Descriptor, Embedded, Encoded, Error, Image, Options, Original, Quality};

/// The JPEG encoder.
#[derive(Debug)]
pub struct Jpeg;

sandpress_raster::export_encoder!(Jpeg);

/// As libjpeg has it; the format itself goes to 65535.
const MAX_SIDE: u32 = 65_500;

/// The most that a segment holds.
const SEGMENT_BYTES: usize = 65_533;
const EXIF_SIGNATURE: &[u8] = b"Exif\0\0";
const EXIF_BYTES: usize = SEGMENT_BYTES - EXIF_SIGNATURE.len();
const ICC_SIGNATURE: &[u8] = b"ICC_PROFILE\0";
const XMP_SIGNATURE: &[u8] = b"http://ns.adobe.com/xap/1.0/\0";
const XMP_BYTES: usize = SEGMENT_BYTES - XMP_SIGNATURE.len();

impl sandpress_raster::Encoder for Jpeg {
    /// The chroma subsampling asked for; none for `auto`.
    type Settings = Option<Subsampling>;

    const DEFAULT_QUALITY: Quality = Quality::Level(80.0);
    const LOSSLESS: bool = false;
    const REWRITES: bool = true;
    /// Of ten photos in 1.3 megapixels, and at 85 and 90 of nineteen in one.
    const SCORES: &'static [(f32, f64)] =
        &[(10.0, 15.0), (33.0, 50.0), (63.0, 70.0), (82.0, 80.0), (89.0, 85.0), (95.0, 90.0), (100.0, 97.0)];

    fn describe() -> Descriptor {
        Descriptor {
            name: env!("CARGO_PKG_NAME").into(),
            version: env!("CARGO_PKG_VERSION").into(),
            accepts: sandpress_raster::ACCEPTS.map(String::from).into(),
            produces: vec!["image/jpeg".into()],
            options: vec![Subsampling::option()],
        }
    }

    fn settings(options: &Options) -> Result<Self::Settings, Error> {
        Subsampling::asked(options)
    }

    fn working_bytes(image: &Image, _: Quality, _: &Self::Settings) -> u64 {
        // At 4:4:4: 3 bytes of planes, 6 of coefficients, and the output while it grows: of pure noise at level 100, 16 were measured.
        16 * u64::from(image.width()) * u64::from(image.height())
    }

    fn encode(image: &Image, quality: Quality, settings: &Self::Settings) -> Result<Encoded, Error> {
        let Quality::Level(level) = quality else {
            return Err(Error::BadRequest("JPEG is lossless only of a JPEG".into()));
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
        let subsampling = settings.unwrap_or_else(|| Subsampling::automatic(image, level));
        let size = (width as usize, height as usize);
        let samples = image.eight_bits();
        let grey = |samples| vec![Plane { samples, width: size.0, height: size.1 }];
        let planes = match image.channels() {
            Channels::Grey => grey(samples),
            Channels::GreyAlpha => grey(samples.iter().step_by(2).copied().collect()),
            Channels::Rgb => convert::<3>(&samples, size, subsampling)?,
            Channels::Rgba => convert::<4>(&samples, size, subsampling)?,
        };
        let (segments, mut dropped) = embed(&image.embedded);
        if image.embedded.png_colour.differs_from_srgb() {
            dropped.push("png-gamma");
        }
        if image.samples().depth() == 16 {
            dropped.push("16-bit");
        }
        // The quantisation tables are scaled by a whole number from 1 to 100.
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a level is from 0 to 100")]
        let quality = level.round().max(1.0) as u8;
        #[expect(clippy::cast_possible_truncation, reason = "`MAX_SIDE` is less")]
        let (width, height) = (width as u16, height as u16);
        let bytes = file::write(Frame { width, height, planes, subsampling, quality, segments: &segments })
            .map_err(|error| Error::Internal(format!("mozjpeg-rs: {error}")))?;
        Ok(Encoded { bytes, dropped, notes: Vec::new() })
    }

    fn rewrite(original: &Original, embedded: &Embedded) -> Result<Option<Encoded>, Error> {
        let Original::Jpeg(original) = original else { return Ok(None) };
        let (segments, dropped) = embed(embedded);
        let bytes = transcode::transcode(original, &segments)?;
        Ok(Some(Encoded { bytes, dropped, notes: Vec::new() }))
    }
}

/// What goes into the file beside the pixels, and the names of what cannot.
fn embed(embedded: &Embedded) -> (Vec<Segment>, Vec<&'static str>) {
    let (mut segments, mut dropped) = (Vec::new(), Vec::new());
    match &embedded.exif {
        Some(exif) if exif.len() <= EXIF_BYTES => segments.push((1, [EXIF_SIGNATURE, exif].concat())),
        Some(_) => dropped.push("exif"),
        None => {}
    }
    match embedded.icc.as_deref().map(icc_segments) {
        Some(Some(chunks)) => segments.extend(chunks),
        Some(None) => dropped.push("icc-profile"),
        None => {}
    }
    match &embedded.xmp {
        Some(xmp) if xmp.len() <= XMP_BYTES => segments.push((1, [XMP_SIGNATURE, xmp].concat())),
        Some(_) => dropped.push("xmp"),
        None => {}
    }
    match embedded.iptc.as_deref().map(photoshop_resource) {
        Some(resource) if resource.len() <= SEGMENT_BYTES => segments.push((13, resource)),
        Some(_) => dropped.push("iptc"),
        None => {}
    }
    (segments, dropped)
}

/// A colour profile as JPEG holds it: in chunks that say which of how many they are (ICC.1, annex B.4); nothing where 255 are too few.
fn icc_segments(profile: &[u8]) -> Option<Vec<Segment>> {
    let chunks = profile.chunks(SEGMENT_BYTES - ICC_SIGNATURE.len() - 2);
    let count = u8::try_from(chunks.len()).ok()?;
    Some(
        (1..=count).zip(chunks).map(|(number, chunk)| (2, [ICC_SIGNATURE, &[number, count], chunk].concat())).collect(),
    )
}

/// IPTC's datasets as JPEG holds them: as the image resource 0404 of Photoshop, without a name.
fn photoshop_resource(datasets: &[u8]) -> Vec<u8> {
    // Longer than a segment where it does not fit in 32 bits, so it is dropped.
    let len = u32::try_from(datasets.len()).unwrap_or(u32::MAX);
    let mut resource = [b"Photoshop 3.0\x008BIM\x04\x04\0\0", &len.to_be_bytes()[..], datasets].concat();
    resource.resize(resource.len().next_multiple_of(2), 0);
    resource
}
