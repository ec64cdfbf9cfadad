//! A progressive JPEG file (ITU-T T.81, annex B), from planes of samples.

use mozjpeg_rs::consts::{AC_CHROMINANCE_BITS, AC_CHROMINANCE_VALUES, AC_LUMINANCE_BITS, AC_LUMINANCE_VALUES};

use crate::component::Component;
use crate::huffman::standard_codes;
use crate::planes::Plane;
use crate::scans;
use crate::script::{self, Scan};
use crate::trellis::Quantiser;
use sandpress_raster::Subsampling;

/// What a file is made of.
pub(crate) struct Frame<'a> {
    pub(crate) width: u16,
    pub(crate) height: u16,
    /// Brightness alone, or with the two colour differences.
    pub(crate) planes: Vec<Plane<'a>>,
    /// Of the colour differences.
    pub(crate) subsampling: Subsampling,
    /// From 1 to 100.
    pub(crate) quality: u8,
    pub(crate) segments: &'a [Segment],
}

/// A segment of metadata: the number of its `APP` marker, and what follows its length: 65,533 bytes at most.
pub(crate) type Segment = (u8, Vec<u8>);

/// Makes the file.
pub(crate) fn write(frame: Frame) -> mozjpeg_rs::Result<Vec<u8>> {
    write_in(frame, script::best)
}

/// Makes the file with the scans that are chosen for its components.
fn write_in(frame: Frame, choose: fn(&[Component]) -> Vec<Scan>) -> mozjpeg_rs::Result<Vec<u8>> {
    let luma = Quantiser::new(frame.quality, false, &standard_codes(&AC_LUMINANCE_BITS, &AC_LUMINANCE_VALUES)?);
    let chroma = Quantiser::new(frame.quality, true, &standard_codes(&AC_CHROMINANCE_BITS, &AC_CHROMINANCE_VALUES)?);
    let is_grey = frame.planes.len() == 1;
    let factor = if is_grey { 1 } else { frame.subsampling.divisor() };
    let unit = 8 * usize::from(factor);
    let units = (usize::from(frame.width).div_ceil(unit), usize::from(frame.height).div_ceil(unit));
    let mut components = Vec::with_capacity(3);
    // A plane is given back when its coefficients are there.
    for (number, plane) in (1..).zip(frame.planes) {
        let (factor, quantiser) = if number == 1 { (factor, &luma) } else { (1, &chroma) };
        components.push(Component::new(number, &plane, factor, units, quantiser));
    }

    let tables: Vec<Table> =
        [luma, chroma].into_iter().take(components.len()).map(|quantiser| quantiser.table).collect();
    let (width, height) = (frame.width, frame.height);
    let jfif = (0, JFIF.to_vec());
    let segments = std::iter::once(&jfif).chain(frame.segments);
    let scans = choose(&components);
    put_together(&Parts { width, height, components, units, tables }, &scans, segments)
}

/// JFIF 1.1, square pixels, no thumbnail.
pub(crate) const JFIF: &[u8] = b"JFIF\0\x01\x01\0\0\x01\0\x01\0\0";

/// A quantisation table in zigzag order.
pub(crate) type Table = [u16; 64];

/// What a file consists of when its coefficients are there.
pub(crate) struct Parts {
    pub(crate) width: u16,
    pub(crate) height: u16,
    pub(crate) components: Vec<Component>,
    /// Units of an interleaved scan, across and down.
    pub(crate) units: (usize, usize),
    /// At most 4.
    pub(crate) tables: Vec<Table>,
}

/// Puts a file together, in the scans that are best.
pub(crate) fn assemble<'a>(parts: &Parts, segments: impl Iterator<Item = &'a Segment>) -> mozjpeg_rs::Result<Vec<u8>> {
    put_together(parts, &script::best(&parts.components), segments)
}

fn put_together<'a>(
    parts: &Parts,
    scans: &[Scan],
    segments: impl Iterator<Item = &'a Segment>,
) -> mozjpeg_rs::Result<Vec<u8>> {
    let mut out = vec![0xFF, 0xD8];
    for (number, content) in segments {
        segment(&mut out, 0xE0 + number, content);
    }
    write_tables(&parts.tables, &mut out);
    let ([height_high, height_low], [width_high, width_low]) = (parts.height.to_be_bytes(), parts.width.to_be_bytes());
    let mut content = vec![8, height_high, height_low, width_high, width_low];
    content.extend(list(&parts.components, |component| {
        [component.number, component.factors.0 << 4 | component.factors.1, component.table]
    }));
    segment(&mut out, 0xC2, &content);
    scans::write(&parts.components, parts.units, scans, &mut out)?;
    out.extend([0xFF, 0xD9]);
    Ok(out)
}

fn write_tables(tables: &[Table], out: &mut Vec<u8>) {
    let mut content = Vec::new();
    for (number, table) in (0_u8..).zip(tables) {
        let wide = table.iter().any(|&step| step > 255);
        content.push(u8::from(wide) << 4 | number);
        for step in table {
            let [high, low] = step.to_be_bytes();
            content.extend(wide.then_some(high));
            content.push(low);
        }
    }
    segment(out, 0xDB, &content);
}

/// How many components there are, and what is to be said of each.
#[expect(clippy::cast_possible_truncation, reason = "at most 4")]
pub(crate) fn list<const N: usize>(components: &[Component], each: impl Fn(&Component) -> [u8; N]) -> Vec<u8> {
    std::iter::once(components.len() as u8).chain(components.iter().flat_map(each)).collect()
}

/// Writes a marker with its content, of which the callers know that it fits.
pub(crate) fn segment(out: &mut Vec<u8>, marker: u8, content: &[u8]) {
    #[expect(clippy::cast_possible_truncation, reason = "at most 65,533 bytes: tables are smaller, and see `Segment`")]
    let [high, low] = (content.len() as u16 + 2).to_be_bytes();
    out.extend([0xFF, marker, high, low]);
    out.extend_from_slice(content);
}

#[cfg(test)]
mod tests {
    use mozjpeg_rs::{DensityUnit, Encoder, PixelDensity, Preset, TrellisConfig};

    use super::*;

    /// Slopes with noise on them, in places so much that every coefficient is large.
    #[expect(clippy::cast_possible_truncation, reason = "at most 255")]
    fn samples(width: usize, height: usize, seed: u32) -> Vec<u8> {
        let mut state = seed;
        let mut noise = move || {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            (state >> 24) as usize
        };
        let places = (0..height).flat_map(|y| (0..width).map(move |x| (x, y)));
        places
            .map(|(x, y)| (x * 2 + y * 3 + noise() * (x / 16 % 4) / 4 + noise() * (y / 24 % 3) / 8).min(255) as u8)
            .collect()
    }

    /// The scans after those of first coefficients that mozjpeg has for its best compression without a search (jcparam.c).
    fn mozjpegs(components: &[Component]) -> Vec<Scan> {
        let scan = |component, first, last, low| Scan { component, first, last, low, refines: false };
        let refinement = |component, low| Scan { refines: true, ..scan(component, 1, 63, low) };
        if components.len() == 1 {
            return vec![scan(0, 1, 8, 2), scan(0, 9, 63, 2), refinement(0, 1), refinement(0, 0)];
        }
        vec![
            scan(0, 1, 8, 2),
            scan(1, 1, 8, 0),
            scan(2, 1, 8, 0),
            scan(0, 9, 63, 2),
            refinement(0, 1),
            refinement(0, 0),
            scan(1, 9, 63, 0),
            scan(2, 9, 63, 0),
        ]
    }

    #[test]
    fn scans_are_chosen_that_are_no_larger_than_mozjpegs() {
        for (width, height) in [(1, 1), (17, 9), (131, 77), (1024, 768)] {
            for quality in [20, 80, 95] {
                let frame = || {
                    let plane = |seed, side: (u16, u16)| {
                        let (width, height) = (usize::from(side.0), usize::from(side.1));
                        Plane { samples: samples(width, height, seed).into(), width, height }
                    };
                    let half = (u16::div_ceil(width, 2), u16::div_ceil(height, 2));
                    let planes = vec![plane(1, (width, height)), plane(2, half), plane(3, half)];
                    Frame { width, height, planes, subsampling: Subsampling::Halved, quality, segments: &[] }
                };
                let (best, fixed) = (write(frame()).unwrap().len(), write_in(frame(), mozjpegs).unwrap().len());
                assert!(best <= fixed, "{width} × {height}, {quality}: {best} bytes and {fixed}");
            }
        }
    }

    #[test]
    fn with_the_same_scans_every_file_is_the_one_that_mozjpeg_makes() {
        let mozjpeg = |quality, subsampling| {
            let subsampling = match subsampling {
                Subsampling::Full => mozjpeg_rs::Subsampling::S444,
                Subsampling::Halved => mozjpeg_rs::Subsampling::S420,
            };
            // Quantisation of first coefficients by trellis is left out: see the crate's documentation.
            let trellis = TrellisConfig { dc_enabled: false, ..TrellisConfig::default() };
            let density = PixelDensity { unit: DensityUnit::None, x: 1, y: 1 };
            let encoder = Encoder::new(Preset::ProgressiveBalanced).quality(quality).subsampling(subsampling);
            encoder.trellis(trellis).pixel_density(density)
        };
        for (width, height) in [(1, 1), (8, 8), (17, 9), (64, 48), (131, 77), (400, 333)] {
            let plane = |seed, divisor: u8| {
                let [width, height] = [width, height].map(|side: u16| usize::from(side.div_ceil(divisor.into())));
                Plane { samples: samples(width, height, seed).into(), width, height }
            };
            for quality in [1, 20, 55, 80, 93, 100] {
                let segments = [(1, b"Exif\0\0II*\0".to_vec()), (13, b"anything".to_vec())];
                for subsampling in [Subsampling::Full, Subsampling::Halved] {
                    let divisor = subsampling.divisor();
                    let planes = vec![plane(1, 1), plane(2, divisor), plane(3, divisor)];
                    let expected = mozjpeg(quality, subsampling)
                        .exif_data(b"II*\0".to_vec())
                        .add_marker(13, b"anything".to_vec())
                        .encode_ycbcr_planar(
                            &planes[0].samples,
                            &planes[1].samples,
                            &planes[2].samples,
                            width.into(),
                            height.into(),
                        )
                        .unwrap();
                    let frame = Frame { width, height, planes, subsampling, quality, segments: &segments };
                    assert!(
                        write_in(frame, mozjpegs).unwrap() == expected,
                        "{width} × {height}, {quality}, {subsampling:?}"
                    );
                }
                let (planes, subsampling) = (vec![plane(1, 1)], Subsampling::Halved);
                let expected = mozjpeg(quality, subsampling);
                let expected = expected.encode_gray(&planes[0].samples, width.into(), height.into()).unwrap();
                let frame = Frame { width, height, planes, subsampling, quality, segments: &[] };
                assert!(write_in(frame, mozjpegs).unwrap() == expected, "{width} × {height}, {quality}, grey");
            }
        }
    }
}
