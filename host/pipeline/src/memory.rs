//! How much memory an image will take in the sandbox, predicted from its header.
//!
//! The figures are those of this project's encoders, measured as the sandbox measures: the most that an instance's memory has grown to, which never
//! shrinks. A foreign encoder may need other figures; what needs more than predicted gets a second try.
//!
//! ```text
//! decode: file + what is decoded from + pixels ─▶ resize: pixels + rows of them + the smaller picture ─▶ encode
//! ```
//!
//! Within 20 % for JPEG, and for AVIF, lossy WebP and PNG of opaque pictures of 8 bits. A header does not tell how opacity, or a lossless WebP, will
//! compress: for these the prediction is a rough mean. A JPEG that is only coded anew takes less than predicted, and so does an AVIF whose encoder
//! chooses colours in half of the resolution: it decides by the pixels. Metadata are not counted.

use sandpress_sandbox::{Fit, ImageInfo, MediaType, Quality, Rendition, Setting, Value};

/// An instance that has done nothing yet.
const INSTANCE: u64 = 3_200_000;

/// The tables of palettes and of lossless compression.
const PALETTE: u64 = 13_800_000;
const LOSSLESS_WEBP: u64 = 12_000_000;

/// What libaom has beside pictures.
const LIBAOM: u64 = 3_100_000;

/// The most that colours in full resolution take where an AVIF's encoder chooses them, by its own measure: of 8 bits 52 bytes a pixel, else 78.
const FULL_AVIF: u64 = 880 << 20;

/// What is made narrower at once, when light is resized.
const LIGHT_BAND: u64 = 4 << 20;

/// The most memory that making these renditions of an image should take, in bytes, given what its header says and the size of its file.
pub fn predicted(info: &ImageInfo, source_bytes: u64, renditions: &[Rendition]) -> u64 {
    let source = Source::new(info, source_bytes);
    // All but the last rendition of a scale leave the source's pixels where they are.
    let is_kept = renditions.len() > 1;
    INSTANCE + renditions.iter().map(|rendition| source.peak(rendition, is_kept)).max().unwrap_or(0)
}

struct Source<'a> {
    info: &'a ImageInfo,
    file: u64,
    pixels: u64,
    /// Bytes of a decoded pixel.
    depth: u64,
    channels: u64,
}

impl<'a> Source<'a> {
    fn new(info: &'a ImageInfo, file: u64) -> Self {
        let colours = if text(&info.settings, "colour") == Some("grey") { 1 } else { 3 };
        let channels = colours + u64::from(info.has_alpha);
        let depth = channels * if info.bits_per_channel > 8 { 2 } else { 1 };
        Self { info, file, pixels: info.pixels(), depth, channels }
    }

    fn peak(&self, rendition: &Rendition, is_kept: bool) -> u64 {
        let (width, height) = (u64::from(self.info.width), u64::from(self.info.height));
        let (out_width, out_height) = stored_size(self.info, rendition);
        let is_light = flag(&rendition.settings, "linear-light");
        // Values are not blended where light is: such a source is decoded whole.
        let scale = if is_light { 1 } else { self.scale((width / out_width).min(height / out_height)) };
        let decoded = self.pixels / (scale * scale) * self.depth;
        // What is free once the pixels are there, and the memory's length by then.
        let hole = self.file + self.decoding(scale);
        let length = hole + decoded;

        let pixels = out_width * out_height;
        let is_resized = (out_width, out_height) != (width, height);
        let (planes, blocks) = self.encoding(rendition, pixels);
        let encoding = planes + blocks;
        if is_resized {
            let (rows, smaller) = (out_width * height / scale * self.depth, pixels * self.depth);
            // Light has 16 bits.
            let (rows, smaller) = if is_light {
                let light = 2 * self.channels;
                (out_width * height * light + LIGHT_BAND, pixels * (light + self.depth))
            } else {
                (rows, smaller)
            };
            let kept = if is_kept { decoded } else { 0 };
            length.max(grown(hole, length, smaller, rows)).max(kept + smaller + encoding)
        } else {
            length.max(grown(hole, length, planes, blocks)).max(decoded + encoding)
        }
    }

    /// By which a JPEG's sides are divided when it is decoded, as the decoder decides it.
    fn scale(&self, shrink: u64) -> u64 {
        match shrink {
            _ if self.info.media_type != MediaType::JPEG => 1,
            16.. => 8,
            8.. => 4,
            4.. => 2,
            _ => 1,
        }
    }

    /// Bytes that pixels are decoded from at a scale, besides the file.
    fn decoding(&self, scale: u64) -> u64 {
        let pixels = self.pixels;
        let is_progressive = flag(&self.info.settings, "progressive");
        match self.info.media_type.as_str() {
            // Of colours in half the resolution, more is looked at.
            "image/jpeg" if is_progressive => match (self.channels, text(&self.info.settings, "subsampling")) {
                (1, _) => pixels * block_bytes(scale) / 64,
                (_, Some("4:2:0") | None) => pixels * (2 * block_bytes(scale) + block_bytes(scale / 2)) / 128,
                (_, Some("4:1:1")) => pixels * 3 * block_bytes(scale) / 128,
                (_, Some("4:2:2" | "4:4:0")) => pixels * 2 * block_bytes(scale) / 64,
                _ => pixels * 3 * block_bytes(scale) / 64,
            },
            // The inks, of which colours are made.
            "image/jpeg" if matches!(text(&self.info.settings, "colour"), Some("cmyk" | "ycck")) => 4 * pixels,
            "image/webp" => 3 * pixels / 2 + self.file,
            "image/jxl" => 7 * pixels / 2,
            "image/avif" => 4 * self.depth / self.channels * pixels,
            "image/gif" => pixels,
            _ => 0,
        }
    }

    /// Bytes that an encoder takes beside so many pixels: what it makes of them first, and the largest part of the rest.
    fn encoding(&self, rendition: &Rendition, pixels: u64) -> (u64, u64) {
        let is_lossless = rendition.quality == Quality::Lossless;
        match rendition.media_type.as_str() {
            "image/jpeg" if self.channels == 1 => (0, 2 * pixels),
            // Samples at 4:2:0, and the coefficients of the brightness.
            "image/jpeg" => (3 * pixels / 2, 2 * pixels),
            "image/webp" if is_lossless => (4 * pixels, LOSSLESS_WEBP + 29 * pixels),
            "image/webp" if self.info.has_alpha => (4 * pixels, 32 * pixels),
            // Grey becomes colour first. The rest are tokens, of which a detailed source makes more.
            "image/webp" => {
                let colours = if self.channels == 1 { 3 * pixels } else { 0 };
                (3 * pixels / 2 + colours, pixels / 2 + self.tokens(pixels))
            }
            "image/png" if is_lossless || rendition.quality == Quality::Default => {
                (self.depth * pixels, 13 * self.depth / 6 * pixels)
            }
            "image/png" => (pixels, PALETTE + 11 * pixels / 5),
            // Samples, and how each block may be coded.
            "image/avif" => {
                let bytes = self.depth / self.channels;
                let is_halved = match text(&rendition.settings, "subsampling") {
                    Some("4:2:0") => true,
                    Some("4:4:4") => false,
                    _ => 26 * (bytes + 1) * pixels > FULL_AVIF,
                };
                if is_halved || self.channels < 3 {
                    (3 * bytes * pixels / 2, LIBAOM + 19 * bytes * pixels)
                } else {
                    (3 * bytes * pixels, LIBAOM + 32 * bytes * pixels)
                }
            }
            _ => (self.depth * pixels, 3 * self.depth * pixels),
        }
    }

    fn tokens(&self, pixels: u64) -> u64 {
        match self.info.media_type.as_str() {
            "image/jpeg" | "image/webp" | "image/avif" => 3 * self.file * pixels / self.pixels.max(1),
            _ => pixels / 2,
        }
    }
}

/// Bytes of the coefficients of 8 × 8 samples, while the scans of a progressive JPEG tell of them: those that a scale looks at, and a bit for
/// each that there is.
fn block_bytes(scale: u64) -> u64 {
    let looked_at = match scale {
        8.. => 1,
        4.. => 25,
        2.. => 49,
        _ => 64,
    };
    8 + 2 * looked_at
}

/// The memory's length after two more blocks: in the hole, if there is room for them, else behind everything. A block that leaves next to
/// nothing of the hole seldom fits: the hole is not in one piece.
fn grown(hole: u64, length: u64, first: u64, second: u64) -> u64 {
    let (hole, length) = if first <= hole { (hole - first, length) } else { (hole, length + first) };
    if second + second / 8 <= hole { length } else { length + second }
}

/// Width and height of a rendition before it is turned upright, to the pixel or nearly.
fn stored_size(info: &ImageInfo, rendition: &Rendition) -> (u64, u64) {
    let (width, height) = (u64::from(info.width.max(1)), u64::from(info.height.max(1)));
    let Some(resize) = rendition.resize else { return (width, height) };
    let is_turned = info.seen() != (info.width, info.height);
    let (across, down) = if is_turned { (resize.height, resize.width) } else { (resize.width, resize.height) };
    let most = |side: Option<u32>, own: u64| side.map_or(own, |side| u64::from(side).clamp(1, own));
    let (across, down) = match resize.fit {
        Fit::Cover if across.is_some() && down.is_some() => return (most(across, width), most(down, height)),
        _ => (most(across, width), most(down, height)),
    };
    if across * height <= down * width {
        (across, (height * across / width).max(1))
    } else {
        ((width * down / height).max(1), down)
    }
}

fn flag(settings: &[Setting], name: &str) -> bool {
    settings.iter().any(|setting| setting.name == name && setting.value == Value::Flag(true))
}

fn text<'a>(settings: &'a [Setting], name: &str) -> Option<&'a str> {
    settings.iter().find(|setting| setting.name == name).and_then(|setting| match &setting.value {
        Value::Text(text) => Some(text.as_str()),
        _ => None,
    })
}
