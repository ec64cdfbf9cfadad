//! Colours do not change: depths stay, transparency does not bleed.

use png::{BitDepth, ColorType, Info};
use sandpress_raster::Rendition;

use crate::support::{compress, contain, pixels, png_of, rendition};

#[test]
fn sixteen_bits_stay_sixteen_bits_through_a_resize() {
    let mut info = Info::with_size(64, 64);
    info.bit_depth = BitDepth::Sixteen;
    let data: Vec<u8> = (0..64 * 64_u32).flat_map(|n| ((n % 64 * 1000 + 300) as u16).to_be_bytes()).collect();
    let output = compress(&png_of(&data, info), &Rendition { resize: contain(32, 32), ..rendition() }).unwrap();
    assert_eq!(output.info.bits_per_channel, 16);
    let (width, _, samples) = pixels(&output.bytes);
    // Halfway between the columns 2n and 2n + 1.
    let middle = samples[5 * width + 10];
    assert!(middle.abs_diff(20 * 1000 + 300 + 500) < 40, "{middle}");
}

#[test]
fn colours_of_transparent_pixels_do_not_bleed() {
    // The left half is opaque white, the right half is fully transparent and, where nobody sees it, black.
    let row = [[255, 255, 255, 255]; 32].into_iter().chain([[0, 0, 0, 0]; 32]).flatten();
    let data: Vec<u8> = row.collect::<Vec<u8>>().repeat(64);
    let mut info = Info::with_size(64, 64);
    info.color_type = ColorType::Rgba;
    let output = compress(&png_of(&data, info), &Rendition { resize: contain(25, 25), ..rendition() }).unwrap();
    let (.., samples) = pixels(&output.bytes);
    let mut edges = 0;
    for pixel in samples.chunks_exact(4) {
        if pixel[3] > 8 {
            assert!(pixel[..3].iter().all(|&sample| sample > 245), "grey fringe: {pixel:?}");
        }
        edges += usize::from((9..250).contains(&pixel[3]));
    }
    assert!(edges > 0, "the edge is soft");
}

#[test]
fn opaque_pixels_stay_opaque_through_a_resize() {
    let data: Vec<u8> = (0..50 * 50_u32).flat_map(|n| [(n % 256) as u8, (n / 50) as u8, 9, 255]).collect();
    let mut info = Info::with_size(50, 50);
    info.color_type = ColorType::Rgba;
    let output = compress(&png_of(&data, info), &Rendition { resize: contain(17, 17), ..rendition() }).unwrap();
    assert!(pixels(&output.bytes).2.chunks_exact(4).all(|pixel| pixel[3] == 255));
}
