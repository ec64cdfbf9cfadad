//! What an image takes in the sandbox is known from its header: within 20 % of what was measured, of every kind that the pipeline promises.

#![expect(clippy::panic, reason = "in a test, what cannot go on says so and ends")]

use sandpress_pipeline::predicted_memory;
use sandpress_sandbox::{Limits, MediaType, Probe, Quality, Rendition, Setting, Value};
use sandpress_tests::{components, images};

/// What is measured, beside what was predicted.
fn measure(what: &str, file: &[u8], rendition: Rendition) -> (u64, u64) {
    let codec = &components::encoder(&rendition.media_type).codec;
    let limits = Limits::default();
    let info = match codec.probe(file, &limits) {
        Ok(probed) => match probed.probe {
            Probe::Known(info) => info,
            other => panic!("{what}: {other:?}"),
        },
        Err(error) => panic!("{what}: {error}"),
    };
    let renditions = [rendition];
    let predicted = predicted_memory(&info, file.len() as u64, &renditions);
    let made = codec.compress(file, &renditions, &limits).unwrap_or_else(|error| panic!("{what}: {error}"));
    (predicted, made.usage.peak_memory)
}

/// A BMP of 24 bits: a gradient.
fn bmp(width: u32, height: u32) -> Vec<u8> {
    let header = [54 + 3 * width * height, 0, 54, 40, width, height, 1 | 24 << 16, 0, 0, 0, 0, 0, 0];
    let mut file = b"BM".to_vec();
    file.extend(header.into_iter().flat_map(u32::to_le_bytes));
    let pixels = (0..width * height).flat_map(|at| [at % width * 255 / width, at / width * 255 / height, 128]);
    file.extend(pixels.map(|sample| sample.to_le_bytes()[0]));
    file
}

/// A progressive JPEG with colours in full resolution: a gradient.
fn full_colour(width: u16, height: u16) -> Vec<u8> {
    let mut file = Vec::new();
    let mut encoder = jpeg_encoder::Encoder::new(&mut file, 85);
    encoder.set_progressive(true);
    encoder.set_sampling_factor(jpeg_encoder::SamplingFactor::F_1_1);
    let pixels = bmp(width.into(), height.into()).split_off(54);
    if let Err(error) = encoder.encode(&pixels, width, height, jpeg_encoder::ColorType::Rgb) {
        panic!("{error}");
    }
    file
}

#[test]
fn memory_is_predicted_within_a_fifth() {
    let jpeg = || Rendition::new(MediaType::JPEG);
    let webp = || Rendition::new(MediaType::WEBP);
    let light = |mut rendition: Rendition| {
        rendition.settings.push(Setting { name: "linear-light".to_owned(), value: Value::Flag(true) });
        rendition
    };
    let png = || Rendition::new(MediaType::PNG);
    let avif = || Rendition::new(MediaType::AVIF);
    let halved = |mut rendition: Rendition| {
        rendition.settings.push(Setting { name: "subsampling".to_owned(), value: Value::Text("4:2:0".to_owned()) });
        rendition
    };
    let photo = images::image("photo.jpg");
    // The lossless rewriting of a JPEG makes it progressive.
    let rewritten = components::encoder(&MediaType::JPEG).codec.compress(
        &photo,
        &[jpeg().quality(Quality::Lossless)],
        &Limits::default(),
    );
    let progressive = match rewritten {
        Ok(mut made) => made.outputs.remove(0).bytes,
        Err(error) => panic!("{error}"),
    };
    let gradient = bmp(2400, 1600);
    let full = full_colour(2400, 1600);
    let cases = [
        ("photo", &photo, jpeg()),
        ("photo", &photo, jpeg().contain(2048, 2048)),
        ("photo", &photo, jpeg().contain(1024, 1024)),
        ("photo", &photo, jpeg().contain(512, 512)),
        ("photo as light", &photo, light(jpeg().contain(1024, 1024))),
        ("photo as light", &photo, light(jpeg().contain(512, 512))),
        ("photo", &photo, webp()),
        ("photo", &photo, webp().contain(1024, 1024)),
        ("photo", &photo, png().contain(2048, 2048)),
        ("photo", &photo, png().quality(Quality::Level(80.0)).contain(2048, 2048)),
        ("photo", &photo, avif().contain(2048, 2048)),
        ("photo", &photo, avif().contain(1024, 1024)),
        ("photo in 4:2:0", &photo, halved(avif().contain(2048, 2048))),
        ("progressive", &progressive, jpeg()),
        ("progressive", &progressive, jpeg().contain(1024, 1024)),
        ("progressive", &progressive, webp().contain(400, 400)),
        ("progressive as light", &progressive, light(webp().contain(400, 400))),
        ("progressive 4:4:4", &full, jpeg()),
        ("progressive 4:4:4", &full, jpeg().contain(1024, 1024)),
        ("bmp", &gradient, jpeg()),
        ("bmp", &gradient, webp().contain(1024, 1024)),
        ("bmp in 4:2:0", &gradient, halved(avif())),
    ];
    let mut off = Vec::new();
    for (what, file, rendition) in cases {
        let told = format!("{what} to {} in {:?}", rendition.media_type, rendition.resize);
        let (predicted, measured) = measure(what, file, rendition);
        println!("{predicted:>12} predicted, {measured:>12} measured: {told}");
        if 5 * predicted.abs_diff(measured) > measured {
            off.push(format!("{told}: {predicted} predicted, {measured} measured"));
        }
    }
    assert!(off.is_empty(), "{}", off.join("\n"));
}
