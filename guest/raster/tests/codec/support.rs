//! What the tests share: an encoder that keeps every pixel, makers of files, and a picture to look at.

use sandpress_raster::{
    Channels, Descriptor, Domain, Encoded, Encoder, Error, Fit, Image, Metadata, OptionInfo, Options, Output, Quality,
    Rendition, RequestedQuality, Resize, Samples, Setting, Value,
};

/// Writes PNG without compression: what comes out is what went in. Its level decides on its size, one byte each.
pub(crate) struct Plain;

impl Encoder for Plain {
    type Settings = ();

    const DEFAULT_QUALITY: Quality = Quality::Level(50.0);
    const LOSSLESS: bool = true;

    fn describe() -> Descriptor {
        let option =
            |name: &str, domain, default| OptionInfo { name: name.into(), summary: String::new(), domain, default };
        Descriptor {
            name: "plain".into(),
            version: "0.0.0".into(),
            accepts: sandpress_raster::ACCEPTS.map(String::from).into(),
            produces: vec!["image/png".into()],
            options: vec![
                option("colours", Domain::Integer((2, 256)), Value::Integer(256)),
                option("mode", Domain::Choice(vec!["slow".into(), "fast".into()]), Value::Text("slow".into())),
                option("share", Domain::Number((0.0, 1.0)), Value::Number(0.5)),
                option("odd", Domain::Flag, Value::Flag(false)),
            ],
        }
    }

    fn settings(_: &Options) -> Result<(), Error> {
        Ok(())
    }

    fn working_bytes(_: &Image, _: Quality, (): &()) -> u64 {
        0
    }

    fn encode(image: &Image, quality: Quality, (): &()) -> Result<Encoded, Error> {
        let mut info = png::Info::with_size(image.width(), image.height());
        info.color_type = match image.channels() {
            Channels::Grey => png::ColorType::Grayscale,
            Channels::GreyAlpha => png::ColorType::GrayscaleAlpha,
            Channels::Rgb => png::ColorType::Rgb,
            Channels::Rgba => png::ColorType::Rgba,
        };
        let data: Vec<u8> = match image.samples() {
            Samples::Eight(samples) => samples.clone(),
            Samples::Sixteen(samples) => samples.iter().flat_map(|sample| sample.to_be_bytes()).collect(),
        };
        info.bit_depth = png::BitDepth::from_u8(image.samples().depth()).unwrap();
        info.icc_profile = image.embedded.icc.clone().map(Into::into);
        info.exif_metadata = image.embedded.exif.clone().map(Into::into);
        if let Some(xmp) = &image.embedded.xmp {
            let text = String::from_utf8(xmp.clone()).unwrap();
            info.utf8_text.push(png::text_metadata::ITXtChunk::new("XML:com.adobe.xmp", text));
        }
        let mut bytes = Vec::new();
        let mut encoder = png::Encoder::with_info(&mut bytes, info).unwrap();
        encoder.set_compression(png::Compression::NoCompression);
        let mut writer = encoder.write_header().unwrap();
        writer.write_image_data(&data).unwrap();
        writer.finish().unwrap();
        if let Quality::Level(level) = quality {
            bytes.extend(std::iter::repeat_n(0, level as usize));
        }
        let dropped = image.embedded.iptc.iter().map(|_| "iptc").collect();
        Ok(Encoded { bytes, dropped, notes: Vec::new() })
    }
}

/// A rendition that asks for nothing special.
pub(crate) fn rendition() -> Rendition {
    Rendition {
        media_type: "image/png".into(),
        quality: RequestedQuality::Default,
        resize: None,
        max_bytes: None,
        metadata: Metadata::Strip,
        settings: Vec::new(),
    }
}

pub(crate) fn contain(width: u32, height: u32) -> Option<Resize> {
    Some(Resize { width: Some(width), height: Some(height), fit: Fit::Contain })
}

pub(crate) fn compress(input: &[u8], rendition: &Rendition) -> Result<Output, Error> {
    let mut outputs = sandpress_raster::compress::<Plain>(input.to_vec(), std::slice::from_ref(rendition))?;
    assert_eq!(outputs.len(), 1, "one output for one rendition");
    Ok(outputs.remove(0))
}

/// The pixels of a PNG as this project does not decode them: by another crate. 16 bits are put together from two bytes.
pub(crate) fn pixels(png: &[u8]) -> (usize, usize, Vec<u16>) {
    let mut decoder = zune_png::PngDecoder::new(zune_png::zune_core::bytestream::ZCursor::new(png));
    let samples = match decoder.decode().unwrap() {
        zune_png::zune_core::result::DecodingResult::U8(samples) => samples.into_iter().map(u16::from).collect(),
        zune_png::zune_core::result::DecodingResult::U16(samples) => samples,
        _ => panic!("a PNG has 8 or 16 bits"),
    };
    let (width, height) = decoder.dimensions().unwrap();
    (width, height, samples)
}

/// What the notes say was dropped.
pub(crate) fn dropped(output: &Output) -> Vec<&str> {
    let note = output.notes.iter().find(|note| note.name == "dropped");
    match note.map(|note| &note.value) {
        Some(Value::Text(names)) => names.split(", ").collect(),
        _ => Vec::new(),
    }
}

/// What the notes say of the colours.
pub(crate) fn colour_note(output: &Output) -> Option<&str> {
    let note = output.notes.iter().find(|note| note.name == "colour");
    note.map(|note| match &note.value {
        Value::Text(text) => text.as_str(),
        other => panic!("a note of colours is a text, not {other:?}"),
    })
}

/// The profile in a PNG.
pub(crate) fn profile(png: &[u8]) -> Option<Vec<u8>> {
    let reader = png::Decoder::new(std::io::Cursor::new(png)).read_info().unwrap();
    reader.info().icc_profile.as_deref().map(<[u8]>::to_vec)
}

/// A rendition that keeps the colours as they are.
pub(crate) fn keeping() -> Rendition {
    let setting = Setting { name: "colour".into(), value: Value::Text("keep".into()) };
    Rendition { settings: vec![setting], ..rendition() }
}

/// A picture with gradients, an edge, and something that differs in each corner.
pub(crate) fn picture(width: usize, height: usize) -> Vec<u8> {
    let pixel = |x: usize, y: usize| {
        let edge = if (x * 3 + y) % 97 < 40 { 60 } else { 0 };
        let wave = ((x as f32 / 9.0).sin() + (y as f32 / 7.0).cos()) * 20.0 + 40.0;
        [(x * 190 / width + edge) as u8, (y * 250 / height) as u8, wave as u8 + edge as u8]
    };
    (0..height).flat_map(|y| (0..width).flat_map(move |x| pixel(x, y))).collect()
}

/// A JPEG of a picture, as the caller sets its encoder.
pub(crate) fn jpeg(width: usize, height: usize, set: impl FnOnce(&mut jpeg_encoder::Encoder<&mut Vec<u8>>)) -> Vec<u8> {
    jpeg_of(&picture(width, height), width, height, jpeg_encoder::ColorType::Rgb, set)
}

pub(crate) fn jpeg_of(
    samples: &[u8],
    width: usize,
    height: usize,
    colour: jpeg_encoder::ColorType,
    set: impl FnOnce(&mut jpeg_encoder::Encoder<&mut Vec<u8>>),
) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut encoder = jpeg_encoder::Encoder::new(&mut bytes, 90);
    set(&mut encoder);
    encoder.encode(samples, width as u16, height as u16, colour).unwrap();
    bytes
}

/// A PNG with these pixels, whatever else its `Info` says.
pub(crate) fn png_of(data: &[u8], info: png::Info) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut writer = png::Encoder::with_info(&mut bytes, info).unwrap().write_header().unwrap();
    writer.write_image_data(data).unwrap();
    writer.finish().unwrap();
    bytes
}

/// A PNG chunk with its length and checksum.
pub(crate) fn chunk(kind: &[u8; 4], data: &[u8]) -> Vec<u8> {
    let typed = [&kind[..], data].concat();
    let mut crc = !0_u32;
    for byte in &typed {
        crc ^= u32::from(*byte);
        for _ in 0..8 {
            crc = if crc & 1 == 1 { crc >> 1 ^ 0xEDB8_8320 } else { crc >> 1 };
        }
    }
    [&(data.len() as u32).to_be_bytes()[..], &typed, &(!crc).to_be_bytes()].concat()
}

/// EXIF with an orientation, an artist and a position.
pub(crate) fn exif(orientation: u16) -> Vec<u8> {
    let mut out = b"II*\0\x08\0\0\0\x03\0".to_vec();
    let entry = |tag: u16, kind: u16, count: u32, value: [u8; 4]| {
        [&tag.to_le_bytes()[..], &kind.to_le_bytes(), &count.to_le_bytes(), &value].concat()
    };
    let [low, high] = orientation.to_le_bytes();
    out.extend(entry(0x0112, 3, 1, [low, high, 0, 0]));
    out.extend(entry(0x013B, 2, 4, *b"Ann\0"));
    // A directory of positions, here with nothing in it but its own name as a landmark for the tests.
    out.extend(entry(0x8825, 4, 1, 50_u32.to_le_bytes()));
    out.extend([0; 4]);
    out.extend(b"\0\0\0\0\0\0GPS-POSITION");
    out
}

/// The files of `tests/images/formats`: the same picture in every way to write it.
pub(crate) fn format_files() -> Vec<(String, Vec<u8>)> {
    let entries = std::fs::read_dir(formats()).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap());
    let mut names: Vec<String> = entries.filter(|name| !name.ends_with(".png")).collect();
    names.sort();
    names.into_iter().map(|name| (name.clone(), format_file(&name))).collect()
}

pub(crate) fn format_file(name: &str) -> Vec<u8> {
    std::fs::read(formats().join(name)).unwrap()
}

/// A file of `tests/images/colours`.
pub(crate) fn colour_file(name: &str) -> Vec<u8> {
    std::fs::read(images().join("colours").join(name)).unwrap()
}

/// What such a file looks like, as a PNG in sRGB.
pub(crate) fn in_srgb(name: &str) -> Vec<u8> {
    std::fs::read(images().join("colours/srgb").join(format!("{name}.png"))).unwrap()
}

/// What another decoder makes of such a file, as a PNG; none of one that is to be refused.
pub(crate) fn seen_elsewhere(name: &str) -> Option<Vec<u8>> {
    std::fs::read(formats().join(format!("{name}.png"))).ok()
}

fn formats() -> std::path::PathBuf {
    images().join("formats")
}

pub(crate) fn images() -> std::path::PathBuf {
    std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/images")
}

/// A lossless WebP, as the caller sets its encoder.
pub(crate) fn webp(
    samples: &[u8],
    width: u32,
    height: u32,
    colour: image_webp::ColorType,
    set: impl FnOnce(&mut image_webp::WebPEncoder<&mut Vec<u8>>),
) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut encoder = image_webp::WebPEncoder::new(&mut bytes);
    set(&mut encoder);
    encoder.encode(samples, width, height, colour).unwrap();
    bytes
}

/// Numbers that look random and are the same in each run.
pub(crate) struct Dice(pub(crate) u64);

impl Dice {
    pub(crate) fn roll(&mut self, below: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 % below as u64) as usize
    }
}

/// Peak signal-to-noise ratio, in decibels.
pub(crate) fn psnr(a: &[u8], b: &[u8]) -> f64 {
    assert_eq!(a.len(), b.len());
    let squares: f64 = a.iter().zip(b).map(|(&a, &b)| (f64::from(a) - f64::from(b)).powi(2)).sum();
    10.0 * (255.0 * 255.0 * a.len() as f64 / squares.max(1.0)).log10()
}
