//! How alike two pictures look: SSIMULACRA2, by another implementation than the encoders'.
//!
//! Each line of its input is a pair: width, height, and two files of as many pixels in 8-bit sRGB, separated by tabs. Each line of its output is a
//! score: 100 where they are equal, 90 where a person sees no difference, 70 for high quality, 50 for medium.

use std::{fs, io};

use anyhow::{Context as _, Result, bail, ensure};
use ssimulacra2::{ColorPrimaries, Rgb, TransferCharacteristic, compute_frame_ssimulacra2};

fn main() -> Result<()> {
    for line in io::stdin().lines() {
        let line = line?;
        let [width, height, reference, made] = *line.split('\t').collect::<Vec<_>>() else {
            bail!("`{line}` is not a width, a height and two files, separated by tabs")
        };
        let (width, height) = (width.parse()?, height.parse()?);
        let pair = (picture(reference, width, height)?, picture(made, width, height)?);
        let score = compute_frame_ssimulacra2(pair.0, pair.1).with_context(|| made.to_owned())?;
        println!("{score:.4}");
    }
    Ok(())
}

fn picture(path: &str, width: usize, height: usize) -> Result<Rgb> {
    let bytes = fs::read(path).with_context(|| path.to_owned())?;
    let (pixels, rest) = bytes.as_chunks::<3>();
    ensure!(rest.is_empty() && pixels.len() == width * height, "{path} is not {width} x {height} pixels of RGB");
    let pixels = pixels.iter().map(|pixel| pixel.map(|sample| f32::from(sample) / 255.0)).collect();
    Rgb::new(pixels, width, height, TransferCharacteristic::SRGB, ColorPrimaries::BT709)
        .with_context(|| path.to_owned())
}
