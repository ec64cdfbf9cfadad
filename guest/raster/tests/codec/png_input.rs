//! PNG in.

use png::{BitDepth, ColorType, Info};
use sandpress_raster::{Error, Probed, probe};

use crate::support::{self, Dice, chunk, compress, pixels, png_of, rendition};

/// Every legal colour type and depth, interlaced or not, with random samples.
fn every_kind() -> Vec<(String, Vec<u8>)> {
    let kinds = [
        (ColorType::Grayscale, &[1, 2, 4, 8, 16][..]),
        (ColorType::Rgb, &[8, 16]),
        (ColorType::Indexed, &[1, 2, 4, 8]),
        (ColorType::GrayscaleAlpha, &[8, 16]),
        (ColorType::Rgba, &[8, 16]),
    ];
    let mut dice = Dice(3);
    let mut files = Vec::new();
    for (colour, depths) in kinds {
        for &bits in depths {
            for transparent in [false, true] {
                let mut info = Info::with_size(13, 7);
                info.color_type = colour;
                info.bit_depth = BitDepth::from_u8(bits).unwrap();
                if colour == ColorType::Indexed {
                    info.palette = Some((0..3 << bits).map(|_| dice.roll(256) as u8).collect::<Vec<_>>().into());
                }
                match (transparent, colour) {
                    (false, _) => {}
                    (true, ColorType::Grayscale) => info.trns = Some(vec![0, 1].into()),
                    (true, ColorType::Rgb) => info.trns = Some(vec![0, 1, 0, 2, 0, 3].into()),
                    (true, ColorType::Indexed) => info.trns = Some(vec![0, 128].into()),
                    (true, _) => continue,
                }
                let data: Vec<u8> = (0..info.raw_bytes()).map(|_| dice.roll(256) as u8).collect();
                // `raw_bytes` counts a filter byte for each row.
                let data = &data[..data.len() - 7];
                files.push((format!("{colour:?}, {bits} bits, tRNS {transparent}"), png_of(data, info)));
            }
        }
    }
    files
}

#[test]
fn every_kind_of_png_is_read_to_the_last_bit() {
    for (what, file) in every_kind() {
        let output = compress(&file, &rendition()).unwrap();
        let (width, height, samples) = pixels(&output.bytes);
        assert_eq!((width, height, samples), expected(&file), "{what}");
    }
}

/// The pixels as another decoder expands them.
fn expected(file: &[u8]) -> (usize, usize, Vec<u16>) {
    use zune_png::zune_core::{bytestream::ZCursor, options::DecoderOptions, result::DecodingResult};
    let options = DecoderOptions::default();
    let mut decoder = zune_png::PngDecoder::new_with_options(ZCursor::new(file), options);
    let samples = match decoder.decode().unwrap() {
        DecodingResult::U8(samples) => samples.into_iter().map(u16::from).collect(),
        DecodingResult::U16(samples) => samples,
        _ => panic!("a PNG has 8 or 16 bits"),
    };
    let (width, height) = decoder.dimensions().unwrap();
    (width, height, samples)
}

fn small() -> Vec<u8> {
    let mut info = Info::with_size(16, 16);
    info.color_type = ColorType::Rgb;
    info.exif_metadata = Some(support::exif(1).into());
    png_of(&support::picture(16, 16), info)
}

#[test]
fn a_cut_file_is_malformed_wherever_it_is_cut() {
    let file = small();
    for end in 0..file.len() {
        let result = compress(&file[..end], &rendition());
        assert!(matches!(result, Err(Error::Malformed(_))), "cut at {end} of {}: {result:?}", file.len());
    }
}

#[test]
fn a_flipped_bit_is_found_by_the_checksums() {
    let file = small();
    for at in 8..file.len() {
        let mut damaged = file.clone();
        damaged[at] ^= 0x10;
        let result = compress(&damaged, &rendition());
        assert!(result.is_err(), "byte {at} of {}", file.len());
    }
}

#[test]
fn damaged_files_with_right_checksums_never_panic() {
    let mut dice = Dice(11);
    let file = small();
    for _ in 0..600 {
        let mut damaged = file[..8].to_vec();
        let mut rest = &file[8..];
        while let [a, b, c, d, k0, k1, k2, k3, ..] = *rest {
            let len = u32::from_be_bytes([a, b, c, d]) as usize;
            let mut data = rest[8..8 + len].to_vec();
            if !data.is_empty() && dice.roll(3) == 0 {
                let at = dice.roll(data.len());
                data[at] = dice.roll(256) as u8;
            }
            damaged.extend(chunk(&[k0, k1, k2, k3], &data));
            rest = &rest[12 + len..];
        }
        let _ = compress(&damaged, &rendition());
        probe(&damaged);
    }
}

#[test]
fn an_animation_is_refused_by_an_encoder_of_stills_and_its_frames_are_counted() {
    let mut info = Info::with_size(4, 4);
    info.color_type = ColorType::Grayscale;
    let still = png_of(&[5; 16], info);
    let after_header = 8 + 25;
    let control = chunk(b"acTL", &[0, 0, 0, 9, 0, 0, 0, 0]);
    let file = [&still[..after_header], &control, &still[after_header..]].concat();
    match compress(&file, &rendition()) {
        Err(Error::Unsupported(detail)) => {
            assert!(detail.contains("9 frames") && detail.contains("ask for image/webp"), "{detail}")
        }
        other => panic!("{other:?}"),
    }
    assert!(matches!(probe(&file), Probed::Known(info) if info.frames == 9));
}

#[test]
fn a_high_dynamic_range_is_refused() {
    let still = small();
    let after_header = 8 + 25;
    let perceptual_quantiser = chunk(b"cICP", &[9, 16, 0, 1]);
    let file = [&still[..after_header], &perceptual_quantiser, &still[after_header..]].concat();
    assert!(matches!(compress(&file, &rendition()), Err(Error::Unsupported(_))));
}
