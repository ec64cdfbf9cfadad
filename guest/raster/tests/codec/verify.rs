//! A look at what an encoder has made: encoders that make mistakes, and whether they are noticed.

use sandpress_raster::{
    Channels, Descriptor, Encoded, Encoder, Error, Image, Options, Quality, Rendition, RequestedQuality, Samples,
    Setting, Value,
};

use crate::support::{self, Plain, png_of};

/// An encoder that keeps every pixel, but for one mistake.
struct Wrong<const MISTAKE: usize>;

type Mistake = fn(&mut Picture);

/// What goes wrong with pixels, in rows of red, green, blue and opacity.
const MISTAKES: [(&str, Mistake); 8] = [
    ("channels are exchanged", |picture| picture.pixels.iter_mut().for_each(|pixel| pixel.swap(0, 2))),
    ("rows have moved down", |picture| picture.move_down(1)),
    ("rows have moved up", |picture| picture.move_up(1)),
    ("columns have moved", |picture| picture.rows().for_each(|row| row.copy_within(1.., 0))),
    ("opacity is lost", |picture| picture.pixels.iter_mut().for_each(|pixel| pixel[3] = 255)),
    ("upside down", |picture| picture.pixels.reverse()),
    ("the last rows are missing", |picture| {
        picture.pixels.iter_mut().rev().take(picture.width * 12).for_each(|p| *p = [128; 4])
    }),
    ("the contrast is lower", |picture| {
        picture
            .pixels
            .iter_mut()
            .for_each(|pixel| pixel[..3].iter_mut().for_each(|sample| *sample = *sample / 4 * 3 + 32));
    }),
];

struct Picture {
    width: usize,
    pixels: Vec<[u8; 4]>,
}

impl Picture {
    fn rows(&mut self) -> impl Iterator<Item = &mut [[u8; 4]]> {
        self.pixels.chunks_mut(self.width)
    }

    fn move_down(&mut self, rows: usize) {
        let end = self.pixels.len() - rows * self.width;
        self.pixels.copy_within(..end, rows * self.width);
    }

    fn move_up(&mut self, rows: usize) {
        self.pixels.copy_within(rows * self.width.., 0);
    }
}

impl<const MISTAKE: usize> Encoder for Wrong<MISTAKE> {
    type Settings = ();

    const DEFAULT_QUALITY: Quality = Quality::Lossless;
    const LOSSLESS: bool = true;

    fn describe() -> Descriptor {
        Plain::describe()
    }

    fn settings(_: &Options) -> Result<(), Error> {
        Ok(())
    }

    fn working_bytes(_: &Image, _: Quality, (): &()) -> u64 {
        0
    }

    fn encode(image: &Image, quality: Quality, (): &()) -> Result<Encoded, Error> {
        assert_eq!(image.channels(), Channels::Rgba);
        let pixels = image.eight_bits().as_chunks().0.to_vec();
        let mut picture = Picture { width: image.width() as usize, pixels };
        MISTAKES[MISTAKE].1(&mut picture);
        let samples = Samples::Eight(picture.pixels.concat());
        let mut wrong = Image::new(image.width(), image.height(), Channels::Rgba, samples)?;
        wrong.embedded = image.embedded.clone();
        Plain::encode(&wrong, quality, &())
    }
}

/// A photo with opacity that rises from left to right.
fn photo() -> Vec<u8> {
    let photo = support::compress(
        &file("photo.jpg"),
        &Rendition { resize: support::contain(320, 320), ..support::rendition() },
    );
    let (width, height, samples) = support::pixels(&photo.unwrap().bytes);
    let pixels = samples
        .chunks(3)
        .enumerate()
        .flat_map(|(at, rgb)| [rgb[0] as u8, rgb[1] as u8, rgb[2] as u8, 100 + (at % width * 155 / width) as u8]);
    let mut info = png::Info::with_size(width as u32, height as u32);
    (info.color_type, info.bit_depth) = (png::ColorType::Rgba, png::BitDepth::Eight);
    png_of(&pixels.collect::<Vec<_>>(), info)
}

fn file(name: &str) -> Vec<u8> {
    std::fs::read(std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/images").join(name)).unwrap()
}

fn verified(quality: RequestedQuality) -> Rendition {
    let settings = vec![Setting { name: "verify".into(), value: Value::Flag(true) }];
    Rendition { quality, settings, ..support::rendition() }
}

fn made<E: Encoder>(input: &[u8], rendition: Rendition) -> Result<Vec<u8>, Error> {
    sandpress_raster::compress::<E>(input.to_vec(), &[rendition]).map(|mut outputs| outputs.remove(0).bytes)
}

fn is_noticed<const MISTAKE: usize>(photo: &[u8]) {
    let name = MISTAKES[MISTAKE].0;
    for quality in [RequestedQuality::Lossless, RequestedQuality::Level(80.0)] {
        match made::<Wrong<MISTAKE>>(photo, verified(quality)) {
            Err(Error::Internal(detail)) => assert!(detail.starts_with("verify: "), "{name}: {detail}"),
            Err(error) => panic!("{name}, {quality:?}: {error}"),
            Ok(_) => panic!("{name}, {quality:?}: not noticed"),
        }
        let unseen = made::<Wrong<MISTAKE>>(photo, Rendition { settings: Vec::new(), ..verified(quality) });
        assert!(unseen.is_ok(), "{name}: by default nobody looks");
    }
}

#[test]
fn mistakes_of_an_encoder_are_noticed() {
    let photo = photo();
    for quality in [RequestedQuality::Lossless, RequestedQuality::Level(80.0)] {
        made::<Plain>(&photo, verified(quality)).unwrap();
    }
    is_noticed::<0>(&photo);
    is_noticed::<1>(&photo);
    is_noticed::<2>(&photo);
    is_noticed::<3>(&photo);
    is_noticed::<4>(&photo);
    is_noticed::<5>(&photo);
    is_noticed::<6>(&photo);
    is_noticed::<7>(&photo);
}

/// An encoder that keeps every pixel, and spoils the file around them.
struct Spoilt<const MISTAKE: usize>;

impl<const MISTAKE: usize> Encoder for Spoilt<MISTAKE> {
    type Settings = ();

    const DEFAULT_QUALITY: Quality = Quality::Lossless;
    const LOSSLESS: bool = true;

    fn describe() -> Descriptor {
        Plain::describe()
    }

    fn settings(_: &Options) -> Result<(), Error> {
        Ok(())
    }

    fn working_bytes(_: &Image, _: Quality, (): &()) -> u64 {
        0
    }

    fn encode(image: &Image, quality: Quality, (): &()) -> Result<Encoded, Error> {
        let mut image = image.clone();
        match MISTAKE {
            0 => image.embedded.icc = None,
            1 => image.embedded.exif = Some(support::exif(6)),
            _ => {}
        }
        let mut encoded = Plain::encode(&image, quality, &())?;
        if MISTAKE == 2 {
            encoded.bytes.truncate(encoded.bytes.len() / 2);
        }
        Ok(encoded)
    }
}

#[test]
fn mistakes_around_the_pixels_are_noticed() {
    let file = support::colour_file("display-p3.png");
    let told = |result: Result<Vec<u8>, Error>, part: &str| match result {
        Err(Error::Internal(detail)) => assert!(detail.contains(part), "{detail}"),
        Err(error) => panic!("{part}: {error}"),
        Ok(_) => panic!("{part}: not noticed"),
    };
    made::<Plain>(&file, verified(RequestedQuality::Lossless)).unwrap();
    told(made::<Spoilt<0>>(&file, verified(RequestedQuality::Lossless)), "colour profile");
    told(made::<Spoilt<1>>(&file, verified(RequestedQuality::Lossless)), "turned");
    told(made::<Spoilt<2>>(&file, verified(RequestedQuality::Lossless)), "read again");
}

#[test]
fn sixteen_bits_are_compared_in_all_of_them() {
    for name in ["sixteen.tif", "sixteen-cmyk.tif"] {
        made::<Plain>(&support::colour_file(name), verified(RequestedQuality::Lossless)).unwrap();
    }
}
