//! The pixels of a PNG.

use std::io::Cursor;

use png::text_metadata::ITXtChunk;
use png::{BitDepth, ColorType, DecodeOptions, Decoder, DecodingError, Info, Limits, Transformations};

use super::header::{Header, Stop};
use crate::error::{internal, malformed, unsupported};
use crate::image::{Channels, Image, Samples};
use crate::limits::{self, METADATA_BYTES};
use crate::metadata::{PngColour, SourceMetadata};
use crate::source::{self, Scale, Source};
use crate::upright::Orientation;
use crate::{Error, colour};

/// Under which an XMP packet stands in an `iTXt` chunk (XMP specification, part 3).
pub(super) const XMP_KEYWORD: &str = "XML:com.adobe.xmp";

/// A file that can be decoded.
///
/// Palettes, transparent colours and depths below 8 are expanded; 16 bits stay. A wrong checksum, in whichever chunk, is an
/// error: what else is wrong there is not to be guessed. What follows `IEND` is ignored.
#[derive(Debug)]
pub(crate) struct File<'a> {
    input: &'a [u8],
    header: Header,
}

impl<'a> File<'a> {
    pub(crate) fn open(input: &'a [u8]) -> Result<Self, Error> {
        let header = Header::read(input).map_err(|stop| match stop {
            Stop::NeedMore(_) => malformed("PNG: the file is truncated"),
            Stop::NotPng => malformed("PNG: the header is damaged"),
        })?;
        check_size(&header, input.len())?;
        if header.frames != 1 {
            return Err(unsupported(format!("PNG: an animation of {} frames, which would be lost", header.frames)));
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
}

fn decode(input: &[u8], header: &Header) -> Result<Source, Error> {
    let mut options = DecodeOptions::default();
    options.set_skip_ancillary_crc_failures(false);
    let mut decoder = Decoder::new_with_options(Cursor::new(input), options);
    // Counts rows and metadata, not the image.
    decoder.set_limits(Limits { bytes: 4 * METADATA_BYTES + row_bytes(header) });
    decoder.set_transformations(Transformations::EXPAND);
    let mut reader = decoder.read_info().map_err(decode_error)?;
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
    // The first of them counts.
    match (&info.coding_independent_code_points, &info.icc_profile) {
        (Some(points), _) => image.embedded.icc = colour::code_points(points, channels)?,
        (None, Some(profile)) => image.embedded.icc = Some(profile.to_vec()),
        (None, None) => {
            image.embedded.png_colour =
                PngColour { gamma: info.gama_chunk, chromaticities: info.chrm_chunk, srgb: info.srgb };
        }
    }
    let metadata = metadata(info, header);
    Ok(Source { image, metadata })
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

fn metadata(info: &Info, header: &Header) -> SourceMetadata {
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

fn decode_error(error: DecodingError) -> Error {
    match error {
        DecodingError::IoError(_) => malformed("PNG: the file is truncated"),
        DecodingError::Format(error) => malformed(format!("PNG: {error}")),
        DecodingError::LimitsExceeded => Error::OverLimit("PNG: metadata of more than a few megabytes".into()),
        DecodingError::Parameter(error) => internal(format!("PNG: {error}")),
    }
}
