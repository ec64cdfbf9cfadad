//! The pixels of a PNG.

use std::io::Cursor;

use png::text_metadata::ITXtChunk;
use png::{BitDepth, ColorType, DecodeOptions, Decoder, DecodingError, Info, Limits, Reader, Transformations};

use super::frames;
use super::header::{Header, Stop};
use crate::animation::{Length, Moving};
use crate::error::{internal, malformed};
use crate::image::{Channels, Image, Samples};
use crate::limits::{self, METADATA_BYTES};
use crate::metadata::{PngColour, SourceMetadata};
use crate::source::{self, AsStored, Scale, Source};
use crate::upright::Orientation;
use crate::{Embedded, Error, Metadata, colour};

/// Under which an XMP packet stands in an `iTXt` chunk (XMP specification, part 3).
pub(super) const XMP_KEYWORD: &str = "XML:com.adobe.xmp";

/// A file that can be decoded.
///
/// Palettes, transparent colours and depths below 8 are expanded; 16 bits stay. A wrong checksum, in whichever chunk, is an
/// error: what else is wrong there is not to be guessed. What follows `IEND` is ignored.
#[derive(Debug)]
pub(crate) struct File<'a> {
    pub(super) input: &'a [u8],
    pub(super) header: Header,
}

impl<'a> File<'a> {
    pub(crate) fn open(input: &'a [u8]) -> Result<Self, Error> {
        let header = Header::read(input).map_err(|stop| match stop {
            Stop::NeedMore(_) => malformed("PNG: the file is truncated"),
            Stop::NotPng => malformed("PNG: the header is damaged"),
        })?;
        check_size(&header, input.len())?;
        if header.frames == 0 {
            return Err(malformed("PNG: an animation of no frames"));
        }
        Ok(Self { input, header })
    }
}

impl source::File for File<'_> {
    fn size(&self) -> (u32, u32) {
        (self.header.width, self.header.height)
    }

    /// As browsers do, and as `probe` can: an `eXIf` chunk behind the image does not turn it.
    fn orientation(&self) -> Orientation {
        Orientation::new(self.header.orientation)
    }

    fn decode(&self, _: Scale) -> Result<Source, Error> {
        decode(self.input, &self.header)
    }

    fn length(&self) -> Option<Length> {
        let Header { width, height, frames, .. } = self.header;
        let pixels = u64::from(frames).saturating_mul(u64::from(width) * u64::from(height));
        (frames > 1).then_some(Length { format: "PNG", frames, pixels })
    }

    fn animation(&self) -> Result<Moving<'_>, Error> {
        frames::animation(self.input, &self.header)
    }

    fn as_stored(&self, policy: Metadata) -> Result<Option<AsStored<'_>>, Error> {
        self.original(policy).map(Some)
    }
}

/// A decoder that has read up to the image data.
pub(super) fn reader<'a>(
    input: &'a [u8],
    header: &Header,
    transformations: Transformations,
) -> Result<Reader<Cursor<&'a [u8]>>, Error> {
    let mut options = DecodeOptions::default();
    options.set_skip_ancillary_crc_failures(false);
    let mut decoder = Decoder::new_with_options(Cursor::new(input), options);
    // Counts metadata and the rows of each frame, not the image.
    let rows = row_bytes(header).saturating_mul((header.frames as usize).saturating_add(1));
    decoder.set_limits(Limits { bytes: rows.saturating_add(4 * METADATA_BYTES) });
    decoder.set_transformations(transformations);
    decoder.read_info().map_err(decode_error)
}

fn decode(input: &[u8], header: &Header) -> Result<Source, Error> {
    let mut reader = reader(input, header, Transformations::EXPAND)?;
    let (colour_type, depth) = reader.output_color_type();
    let channels = match colour_type {
        ColorType::Grayscale => Channels::Grey,
        ColorType::GrayscaleAlpha => Channels::GreyAlpha,
        ColorType::Rgb => Channels::Rgb,
        ColorType::Rgba => Channels::Rgba,
        ColorType::Indexed => return Err(internal("PNG: a palette is left")),
    };
    let bytes = reader.output_buffer_size().ok_or_else(|| internal("PNG: more pixels than were counted"))?;
    let samples = if depth == BitDepth::Sixteen {
        let mut samples = vec![0_u16; bytes / 2];
        reader.next_frame(bytemuck::cast_slice_mut(&mut samples)).map_err(decode_error)?;
        samples.iter_mut().for_each(|sample| *sample = u16::from_be(*sample));
        Samples::Sixteen(samples)
    } else {
        let mut samples = vec![0; bytes];
        reader.next_frame(&mut samples).map_err(decode_error)?;
        Samples::Eight(samples)
    };
    // Metadata may follow the image, and without the end the file is cut.
    reader.finish().map_err(decode_error)?;

    let info = reader.info();
    let mut image = Image::new(header.width, header.height, channels, samples)?;
    image.embedded = colours(info, channels)?;
    let metadata = metadata(info, header);
    Ok(Source { image, metadata })
}

/// What says which colours the samples have. The first of them counts.
pub(super) fn colours(info: &Info, channels: Channels) -> Result<Embedded, Error> {
    let (mut icc, mut png_colour) = (None, PngColour::default());
    match (&info.coding_independent_code_points, &info.icc_profile) {
        (Some(points), _) => icc = colour::code_points(points, channels)?,
        (None, Some(profile)) => icc = Some(profile.to_vec()),
        (None, None) => {
            png_colour = PngColour { gamma: info.gama_chunk, chromaticities: info.chrm_chunk, srgb: info.srgb };
        }
    }
    Ok(Embedded { icc, png_colour, ..Embedded::default() })
}

/// Refuses what would not fit in memory, and what claims to be larger than its data can be, before anything is allocated.
fn check_size(header: &Header, input_len: usize) -> Result<(), Error> {
    let (width, height) = (header.width, header.height);
    if width == 0 || height == 0 {
        return Err(malformed(format!("PNG: {width} × {height} pixels")));
    }
    limits::check_decoded(width, height, header.decoded_bytes_per_pixel())?;
    // Deflate, which PNG is compressed with, makes at most 1032 bytes of one (RFC 1951: 258 bytes for 2 bits).
    let raw_bytes = u64::from(width) * u64::from(height) * header.stored_bits_per_pixel() / 8;
    if raw_bytes / 1032 > input_len as u64 {
        return Err(malformed(format!("PNG: {width} × {height} pixels cannot be in a file of {input_len} bytes")));
    }
    Ok(())
}

/// More than the decoder needs for the rows it works on.
fn row_bytes(header: &Header) -> usize {
    // `check_size` has seen to it that a row is at most 1 GiB, and no row has more than 8 bytes for a pixel.
    8 * header.width as usize
}

pub(super) fn metadata(info: &Info, header: &Header) -> SourceMetadata {
    let packet = info.utf8_text.iter().find(|text| text.keyword == XMP_KEYWORD);
    let xmp = packet.and_then(xmp);
    let texts = info.utf8_text.len() - usize::from(packet.is_some());
    let has_text = texts + info.uncompressed_latin1_text.len() + info.compressed_latin1_text.len() > 0;
    let mut other = Vec::new();
    if header.has_icc && info.icc_profile.is_none() {
        other.push("icc-profile");
    }
    if has_text {
        other.push("text");
    }
    if packet.is_some() && xmp.is_none() {
        other.push("xmp");
    }
    SourceMetadata { exif: info.exif_metadata.as_ref().map(|exif| exif.to_vec()), xmp, iptc: None, other }
}

/// The packet, unless it is damaged, or was compressed to a thousandth: nobody needs that much of it.
fn xmp(text: &ITXtChunk) -> Option<Vec<u8>> {
    let mut text = text.clone();
    text.decompress_text_with_limit(METADATA_BYTES).ok()?;
    Some(text.get_text().ok()?.into_bytes())
}

pub(super) fn decode_error(error: DecodingError) -> Error {
    match error {
        DecodingError::IoError(_) => malformed("PNG: the file is truncated"),
        DecodingError::Format(error) => malformed(format!("PNG: {error}")),
        DecodingError::LimitsExceeded => Error::OverLimit("PNG: metadata of more than a few megabytes".into()),
        DecodingError::Parameter(error) => internal(format!("PNG: {error}")),
    }
}
