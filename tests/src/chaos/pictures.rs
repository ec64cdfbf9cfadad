//! The few contents that all objects of an attack have, and what becomes of each: f(source), computed without the pipeline.

use std::{io::Write as _, iter};

use flate2::{Compression, Crc, write::ZlibEncoder};
use sandpress_pipeline::{
    Policy,
    policy::{Format, RenditionPolicy},
};
use sandpress_sandbox::{Limits, MediaType};

use crate::{aws::Stored, components, images, photo};

/// What an object may contain.
#[derive(Debug)]
pub(super) struct Content {
    /// The file.
    pub(super) bytes: Vec<u8>,
    /// What it becomes, in the policy's order; nothing of what is rejected.
    made: Vec<Made>,
}

#[derive(Debug)]
struct Made {
    media_type: MediaType,
    bytes: Vec<u8>,
}

impl Content {
    /// Whether it is rejected, as an image at fault.
    pub(super) fn is_rejected(&self) -> bool {
        self.made.is_empty()
    }

    /// Whether this is its rendition of this number.
    pub(super) fn becomes(&self, rendition: usize, stored: &Stored) -> bool {
        let is_it = |made: &Made| stored.bytes == made.bytes && stored.content_type == made.media_type.as_str();
        self.made.get(rendition).is_some_and(is_it)
    }
}

/// Pictures that are quickly made smaller, and files that are none. Their number is small, so that a source often becomes again what it was.
pub(super) fn contents(policy: &Policy) -> Vec<Content> {
    let jpegs = (0..6).map(|seed| (MediaType::JPEG, photo::photo(seed, 24 + 8 * seed, 32)));
    let pngs = (0..4).map(|seed| (MediaType::PNG, png(seed)));
    let good = jpegs.chain(pngs).map(|(media_type, bytes)| {
        let made = policy.renditions.iter().map(|rendition| make(rendition, &media_type, &bytes)).collect();
        Content { bytes, made }
    });
    let cut = photo::photo(9, 64, 48);
    let bad =
        [images::image("text.jpg"), cut[..cut.len() / 2].to_vec()].map(|bytes| Content { bytes, made: Vec::new() });
    good.chain(bad).collect()
}

/// What the encoder in service makes of a picture for a rendition.
fn make(rendition: &RenditionPolicy, source: &MediaType, bytes: &[u8]) -> Made {
    let media_type = match &rendition.format {
        Format::Same => source,
        Format::Fixed(media_type) => media_type,
    };
    let request = [rendition.request(media_type.clone())];
    let codec = &components::encoder(media_type).codec;
    let made = codec.compress(bytes, &request, &Limits::default()).expect("a picture that can be made smaller");
    let output = made.outputs.into_iter().next().expect("one output for one rendition");
    // What is not smaller is stored in another way, which is not for the attack to repeat.
    assert!(media_type != source || 10 * output.bytes.len() < 9 * bytes.len(), "choose a picture that gets smaller");
    Made { media_type: media_type.clone(), bytes: output.bytes }
}

/// A gradient as a PNG that nobody has compressed.
fn png(seed: u8) -> Vec<u8> {
    const SIDE: u8 = 32;
    let size = u32::from(SIDE).to_be_bytes();
    let mut rows = ZlibEncoder::new(Vec::new(), Compression::none());
    for y in 0..SIDE {
        // Each row begins with its filter: none.
        let row: Vec<u8> = iter::once(0).chain((0..SIDE).flat_map(|x| [7 * x, 5 * y, 60 * seed])).collect();
        rows.write_all(&row).expect("memory takes all");
    }
    let mut file = b"\x89PNG\r\n\x1a\n".to_vec();
    for (kind, data) in [
        (b"IHDR", [size.as_slice(), &size, &[8, 2, 0, 0, 0]].concat()),
        (b"IDAT", rows.finish().expect("memory takes all")),
        (b"IEND", Vec::new()),
    ] {
        let chunk = [kind, data.as_slice()].concat();
        let mut checksum = Crc::new();
        checksum.update(&chunk);
        let length = u32::try_from(data.len()).expect("a few kilobytes").to_be_bytes();
        file.extend([length.as_slice(), &chunk, &checksum.sum().to_be_bytes()].concat());
    }
    file
}
