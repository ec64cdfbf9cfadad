//! Files that somebody made to do harm, or that something damaged: the same ones in every run.

mod bombs;
mod damage;
mod metadata;

use std::{fs, path::PathBuf};

use jpeg_encoder::{ColorType, Encoder, SamplingFactor};
use sandpress_conformance::files::checksum;
pub use sandpress_conformance::files::png;
use sandpress_sandbox::MediaType;

use crate::{
    images::{self, image},
    picture, workspace,
};

/// A file, and what was done to it.
#[derive(Clone, Debug)]
pub struct Case {
    /// The name of the kind that it is counted under.
    pub kind: &'static str,
    /// What tells it from others of its kind.
    pub name: String,
    /// The file.
    pub file: Vec<u8>,
}

impl Case {
    fn new(kind: &'static str, name: impl Into<String>, file: Vec<u8>) -> Self {
        Self { kind, name: name.into(), file }
    }
}

/// Every case: more than ten thousand.
pub fn cases() -> Vec<Case> {
    let seeds = seeds();
    let mut cases = bombs::all();
    cases.extend(metadata::all());
    cases.extend(damage::all(&seeds));
    cases
}

/// A small valid file.
#[derive(Clone, Debug)]
pub struct Seed {
    /// The file's name.
    pub name: String,
    /// The file.
    pub file: Vec<u8>,
}

impl Seed {
    fn extension(&self) -> &str {
        self.name.rsplit('.').next().unwrap_or_default()
    }
}

/// The most bytes of a seed: a damaged byte of a small file is more often one that matters.
const SEED_BYTES: usize = 9 << 10;

/// The small files of the repository, sorted by name, and JPEGs made from one of them.
pub fn seeds() -> Vec<Seed> {
    let mut seeds: Vec<Seed> = ["formats", "jpeg"]
        .into_iter()
        .flat_map(files)
        .filter(|seed| seed.file.len() <= SEED_BYTES && seed.extension() != "pnm")
        .collect();
    seeds.extend(jpegs());
    seeds.sort_by(|a, b| a.name.cmp(&b.name));
    seeds
}

fn files(folder: &str) -> Vec<Seed> {
    let folder = workspace().join("tests/images").join(folder);
    let entries = fs::read_dir(&folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
    let seed = |path: PathBuf| {
        let name = path.file_name().expect("an entry of a folder").to_string_lossy().into_owned();
        let file = fs::read(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        Seed { name, file }
    };
    entries.map(|entry| seed(entry.expect("a folder that can be opened can be read").path())).collect()
}

fn jpegs() -> Vec<Seed> {
    let picture = picture::decode(&MediaType::PNG, &image("formats/lossless.webp.png"));
    let (width, height) = picture.size();
    let size = |side| u16::try_from(side).expect("a small picture");
    let (width, height) = (size(width), size(height));
    let make = |sampling, is_progressive, restart| {
        let mut file = Vec::new();
        let mut encoder = Encoder::new(&mut file, 80);
        encoder.set_sampling_factor(sampling);
        encoder.set_progressive(is_progressive);
        encoder.set_restart_interval(restart);
        encoder.encode(&picture.rgb(), width, height, ColorType::Rgb).expect("a small picture can be written");
        file
    };
    let baseline = make(SamplingFactor::F_2_2, false, 2);
    [
        ("turned.jpg", images::with_orientation(&baseline, 6)),
        ("restarts.jpg", baseline),
        ("progressive-restarts.jpg", make(SamplingFactor::F_2_1, true, 3)),
    ]
    .map(|(name, file)| Seed { name: name.to_owned(), file })
    .into()
}

/// Writes a true checksum behind every chunk of a PNG that was changed, as far as its lengths make sense.
pub fn mend_checksums(png: &mut [u8]) {
    let mut at = 8;
    while let Some(&[a, b, c, d]) = png.get(at..at + 4) {
        let end = (at + 8).saturating_add(u32::from_be_bytes([a, b, c, d]) as usize);
        let Some(covered) = png.get(at + 4..end) else { return };
        let sum = checksum(covered).to_be_bytes();
        let Some(place) = png.get_mut(end..end + 4) else { return };
        place.copy_from_slice(&sum);
        at = end + 4;
    }
}

/// A zlib stream of as many zeros.
fn zeros(count: usize) -> Vec<u8> {
    use std::io::Write as _;

    let mut encoder = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::best());
    let block = vec![0; 1 << 16];
    for start in (0..count).step_by(block.len()) {
        encoder.write_all(&block[..block.len().min(count - start)]).expect("memory can be written");
    }
    encoder.finish().expect("memory can be written")
}
