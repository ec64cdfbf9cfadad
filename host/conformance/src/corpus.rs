//! The pictures that encoders are tried with: files of `tests/images`, and what is known of them without asking any codec.

use std::borrow::Cow;

use sandpress_sandbox::MediaType;

use crate::{Picture, files};

/// A file of the corpus.
macro_rules! image {
    ($($name:literal),+) => {
        include_bytes!(concat!(env!("CARGO_MANIFEST_DIR"), "/../../tests/images/", $($name),+))
    };
}

/// A picture.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Sample {
    /// The file's name.
    pub(crate) name: &'static str,
    /// What its first bytes say.
    pub(crate) media_type: &'static str,
    /// Pixels as stored.
    pub(crate) size: (u32, u32),
    /// The EXIF orientation.
    pub(crate) orientation: u8,
    /// Whether there is transparency.
    pub(crate) has_alpha: bool,
    /// Whether its decoders may differ in the last bits.
    pub(crate) is_lossy: bool,
    content: Content,
}

/// Where a sample's bytes and its pixels come from.
#[derive(Clone, Copy, Debug)]
enum Content {
    /// A JPEG or a PNG: the pixels are decoded from it.
    File(&'static [u8]),
    /// Another format, and its pixels as a PNG.
    Pair(&'static [u8], &'static [u8]),
    /// A PPM, made of a JPEG's pixels.
    Ppm(&'static [u8]),
}

/// A file of another format, and the PNG that stands beside it.
macro_rules! small {
    ($name:literal, $media_type:literal) => {
        Sample {
            name: $name,
            media_type: $media_type,
            size: (47, 35),
            orientation: 1,
            has_alpha: false,
            is_lossy: false,
            content: Content::Pair(image!($name), image!($name, ".png")),
        }
    };
}

macro_rules! jpeg {
    ($name:literal, $size:expr) => {
        jpeg!($name, $size, image!($name))
    };
    ($name:literal, $size:expr, $file:expr) => {
        Sample {
            name: $name,
            media_type: "image/jpeg",
            size: $size,
            orientation: 1,
            has_alpha: false,
            is_lossy: true,
            content: Content::File($file),
        }
    };
}

macro_rules! png {
    ($name:literal, $size:expr) => {
        Sample { media_type: "image/png", is_lossy: false, ..jpeg!($name, $size) }
    };
}

/// A part of a photo, as a camera writes it: baseline, 4:2:0, without EXIF.
pub(crate) static PHOTO: &[u8] = image!("jpeg/420.jpg");

/// The size of [`PHOTO`]: odd, and not a square.
pub(crate) const PHOTO_SIZE: (u32, u32) = (53, 39);

/// Every format and every structure that encoders stumble over, the small ones of each format first.
///
/// Like the files below not a constant: that would be in the program once for each place where it is used.
pub(crate) static SAMPLES: [Sample; 20] = [
    jpeg!("jpeg/420.jpg", PHOTO_SIZE, PHOTO),
    jpeg!("greyscale.jpg", (512, 512)),
    jpeg!("cmyk.jpg", (600, 400)),
    jpeg!("progressive.jpg", (451, 300), PROGRESSIVE),
    Sample { orientation: 6, ..jpeg!("rotated.jpg", (512, 512), WITH_METADATA) },
    png!("formats/lossless.webp.png", (47, 35)),
    Sample { has_alpha: true, ..png!("formats/lossless-alpha.webp.png", (47, 35)) },
    Sample { has_alpha: true, ..png!("graphic.png", (1280, 800)) },
    Sample { is_lossy: true, ..small!("formats/lossy.webp", "image/webp") },
    Sample { has_alpha: true, ..small!("formats/lossless-alpha.webp", "image/webp") },
    small!("formats/palette.gif", "image/gif"),
    Sample { has_alpha: true, ..small!("formats/transparent.gif", "image/gif") },
    small!("formats/bytes.bmp", "image/bmp"),
    small!("formats/runs8.bmp", "image/bmp"),
    // Of those whose directory stands at the beginning.
    small!("formats/big-endian.tif", "image/tiff"),
    small!("formats/tiles.tif", "image/tiff"),
    Sample { has_alpha: true, is_lossy: true, ..small!("formats/associated-alpha.tif", "image/tiff") },
    Sample { is_lossy: true, ..small!("formats/444.avif", "image/avif") },
    Sample { is_lossy: true, ..small!("formats/lossy.jxl", "image/jxl") },
    // The plainest there is, for encoders that read nothing else.
    Sample {
        name: "jpeg/420.jpg as PPM",
        media_type: "image/x-portable-pixmap",
        is_lossy: false,
        content: Content::Ppm(PHOTO),
        ..jpeg!("jpeg/420.jpg", PHOTO_SIZE, PHOTO)
    },
];

/// A photo with what a camera writes about it: [`CAMERA`], [`COPYRIGHT`] and [`PLACE`].
pub(crate) static WITH_METADATA: &[u8] = image!("rotated.jpg");
/// The model, in the EXIF of [`WITH_METADATA`].
pub(crate) const CAMERA: &[u8] = b"Test camera";
/// The copyright, there.
pub(crate) const COPYRIGHT: &[u8] = b"CC0-1.0";
/// 51° 28′ 40″, there.
pub(crate) const PLACE: &[u8] = b"\0\0\0\x33\0\0\0\x01\0\0\0\x1c\0\0\0\x01\0\0\0\x28\0\0\0\x01";

/// Three frames of 47 × 35.
pub(crate) static ANIMATIONS: [(&str, &[u8]); 3] = [
    ("image/gif", image!("formats/animation.gif")),
    ("image/png", image!("formats/animation.png")),
    ("image/webp", image!("formats/animation.webp")),
];

/// A progressive JPEG of 451 × 300.
pub(crate) static PROGRESSIVE: &[u8] = image!("progressive.jpg");

/// A PNG with the profile of Display P3, and what it looks like in sRGB.
pub(crate) static DISPLAY_P3: (&[u8], &[u8]) =
    (image!("colours/display-p3.png"), image!("colours/srgb/display-p3.png.png"));

/// The photo of [`PHOTO_SIZE`] in the first of some formats that can be written here, and its pixels.
pub(crate) fn photo(accepts: &[MediaType]) -> Option<(Vec<u8>, Picture)> {
    let accepts = |media_type| accepts.iter().any(|accepted| accepted.as_str() == media_type);
    let picture = jpeg(PHOTO);
    let file = match () {
        () if accepts("image/jpeg") => PHOTO.to_vec(),
        () if accepts("image/png") => files::as_png(&picture),
        () if accepts("image/x-portable-pixmap") => files::as_ppm(&picture),
        () => return None,
    };
    Some((file, picture))
}

/// The photo as a JPEG with each orientation.
pub(crate) fn turned(orientation: u8) -> (Vec<u8>, Picture) {
    (files::with_orientation(PHOTO, orientation), jpeg(PHOTO).upright(orientation))
}

impl Sample {
    /// The file.
    pub(crate) fn bytes(&self) -> Cow<'static, [u8]> {
        match self.content {
            Content::File(file) | Content::Pair(file, _) => file.into(),
            Content::Ppm(file) => files::as_ppm(&jpeg(file)).into(),
        }
    }

    /// What is seen of it, upright.
    pub(crate) fn picture(&self) -> Picture {
        let stored = match self.content {
            Content::File(file) if self.media_type == "image/jpeg" => jpeg(file),
            Content::File(file) | Content::Pair(_, file) => png(file),
            Content::Ppm(file) => jpeg(file),
        };
        stored.upright(self.orientation)
    }

    /// Whether any encoder makes something of it in no time.
    pub(crate) fn is_small(&self) -> bool {
        self.size.0 * self.size.1 < 1 << 12
    }
}

/// The pixels of a JPEG of the corpus.
#[expect(clippy::expect_used, reason = "the files are part of the program, and a test decodes each of them")]
pub(crate) fn jpeg(file: &[u8]) -> Picture {
    Picture::from_jpeg(file).expect("a JPEG of the corpus")
}

/// The pixels of a PNG of the corpus.
#[expect(clippy::expect_used, reason = "the files are part of the program, and a test decodes each of them")]
pub(crate) fn png(file: &[u8]) -> Picture {
    Picture::from_png(file).expect("a PNG of the corpus")
}
