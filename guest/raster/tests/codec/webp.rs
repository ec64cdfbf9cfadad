//! WebP in.

use image_webp::ColorType;
use sandpress_raster::{Error, Metadata, Probed, Rendition, Value, probe};

use crate::support::{compress, format_file, keeping, picture, pixels, rendition, webp};

/// A file of one chunk.
fn simple(kind: &[u8; 4], data: &[u8]) -> Vec<u8> {
    let len = |len: usize| (len as u32).to_le_bytes();
    let mut file = [b"RIFF", &len(12 + data.len())[..], b"WEBP", kind, &len(data.len()), data].concat();
    file.resize(file.len().next_multiple_of(2), 0);
    file
}

/// A key frame's header, and zeros.
fn lossy_claiming(width: u16, height: u16, first_partition: u32, len: usize) -> Vec<u8> {
    let tag = (first_partition << 5 | 0b1_0000).to_le_bytes();
    let (width, height) = (width.to_le_bytes(), height.to_le_bytes());
    let mut data = [&tag[..3], &[0x9D, 0x01, 0x2A], &width[..], &height[..]].concat();
    data.resize(data.len() + len, 0);
    simple(b"VP8 ", &data)
}

fn malformed(input: &[u8]) -> String {
    match compress(input, &rendition()) {
        Err(Error::Malformed(detail)) => detail,
        other => panic!("{other:?}"),
    }
}

#[test]
fn an_animation_is_refused_by_an_encoder_of_stills_and_its_frames_are_counted() {
    let file = format_file("animation.webp");
    match compress(&file, &rendition()) {
        Err(Error::Unsupported(detail)) => {
            assert!(detail.contains("3 frames") && detail.contains("ask for image/webp"), "{detail}")
        }
        other => panic!("{other:?}"),
    }
    let Probed::Known(info) = probe(&file) else { panic!("a whole file is known") };
    assert_eq!((info.frames, info.has_alpha), (3, true));
    // Its length is said at its beginning, so one more look is enough.
    assert_eq!(probe(&file[..40]), Probed::NeedMore(file.len() as u64));
}

#[test]
fn an_animation_of_one_whole_frame_is_a_picture() {
    let file = format_file("lossless.webp");
    let image = &file[12..];
    let frame = [&[0; 6][..], &[46, 0, 0, 34, 0, 0], &[100, 0, 0, 0], image].concat();
    let chunk = |kind: &[u8; 4], data: &[u8]| simple(kind, data)[12..].to_vec();
    let animated = |frame: &[u8], canvas_width: u8| {
        let header = chunk(b"VP8X", &[2, 0, 0, 0, canvas_width - 1, 0, 0, 34, 0, 0]);
        let chunks = [header, chunk(b"ANIM", &[0; 6]), chunk(b"ANMF", frame)].concat();
        [b"RIFF", &(4 + chunks.len() as u32).to_le_bytes()[..], b"WEBP", &chunks].concat()
    };
    let output = compress(&animated(&frame, 47), &rendition()).unwrap();
    assert_eq!(pixels(&output.bytes), pixels(&compress(&file, &rendition()).unwrap().bytes));

    let mut moved = frame;
    moved[0] = 1;
    assert!(matches!(compress(&animated(&moved, 49), &rendition()), Err(Error::Unsupported(_))));
    assert_eq!(malformed(&animated(&moved, 48)), "WebP: a frame is outside of the picture");
}

#[test]
fn the_exif_of_a_webp_does_not_turn_it() {
    // It says that the picture is to be turned by a quarter.
    let file = format_file("metadata.webp");
    assert!(
        matches!(probe(&file), Probed::Known(info) if info.orientation == 1 && (info.width, info.height) == (47, 35))
    );
    let output = compress(&file, &Rendition { metadata: Metadata::Keep, ..keeping() }).unwrap();
    assert_eq!((output.info.width, output.info.height, output.info.orientation), (47, 35, 1));
    let has = |name| output.info.settings.iter().any(|s| s.name == name && s.value == Value::Flag(true));
    assert!(has("exif") && has("xmp") && has("icc-profile"));
}

#[test]
fn the_longest_sides_are_read() {
    for (width, height) in [(16_384, 2), (2, 16_384)] {
        let samples = picture(width, height);
        let file = webp(&samples, width as u32, height as u32, ColorType::Rgb8, |_| ());
        let (w, h, read) = pixels(&compress(&file, &rendition()).unwrap().bytes);
        assert_eq!((w, h), (width, height));
        assert!(read.into_iter().eq(samples.into_iter().map(u16::from)));
    }
}

#[test]
fn more_pixels_than_the_data_can_hold_are_malformed() {
    for (width, height, first_partition, len) in
        [(16_383, 16_383, 1000, 2000), (640, 480, 100, 5000), (16, 16, 100, 50), (0, 16, 50, 50), (16, 0, 50, 50)]
    {
        let result = compress(&lossy_claiming(width, height, first_partition, len), &rendition());
        assert!(matches!(result, Err(Error::Malformed(_))), "{width} × {height}: {result:?}");
    }
}

#[test]
fn a_cut_file_that_was_closed_is_malformed_too() {
    for name in ["lossy.webp", "lossless.webp"] {
        let file = format_file(name);
        let (kind, image) = (file[12..16].try_into().unwrap(), &file[20..]);
        // The last bits may be what would be read without them.
        for end in 0..image.len() - 8 {
            let result = compress(&simple(kind, &image[..end]), &rendition());
            assert!(
                matches!(result, Err(Error::Malformed(_))),
                "{name}, closed at {end} of {}: {result:?}",
                image.len()
            );
        }
    }
}

#[test]
fn metadata_of_many_megabytes_are_over_the_limit() {
    let long = vec![0; (4 << 20) + 1];
    let file = webp(&[0; 16], 4, 4, ColorType::L8, |encoder| encoder.set_icc_profile(long));
    assert!(matches!(compress(&file, &rendition()), Err(Error::OverLimit(_))));
}
