//! What a JPEG XL says before its image data (ISO/IEC 18181-1, annex D). `jxl` reads it.

use jxl::api::{
    Event, ExtraChannel, JxlBasicInfo, JxlBitDepth, JxlColorProfile, JxlDecoder, JxlDecoderOptions, ProfileLevel,
};
use jxl::error::Error as JxlError;

use crate::image::Channels;
use crate::limits;

/// A decoder that has read what it needs to know, and what it says.
pub(super) struct Header {
    pub(super) decoder: JxlDecoder,
    /// As coded, before it is turned.
    pub(super) width: u32,
    pub(super) height: u32,
    /// Of a sample; 32 where they are no whole numbers.
    pub(super) bits: u8,
    pub(super) channels: Channels,
    /// As EXIF has it.
    pub(super) orientation: u8,
    pub(super) is_animation: bool,
    /// Whether the picture is stored in the colours of its profile, and not in those of the eye.
    pub(super) has_own_colours: bool,
    pub(super) has_icc: bool,
    /// Black, or a colour of its own.
    pub(super) has_ink: bool,
    /// Depth, heat, or what else is beside colours.
    pub(super) has_more_channels: bool,
}

/// Why there is no header.
pub(super) enum Stop {
    NeedMore(u64),
    Damaged(JxlError),
}

impl Header {
    /// Reads a file, or its beginning, up to its first frame. What is read is taken from the beginning of `input`.
    pub(super) fn read(input: &mut &[u8]) -> Result<Self, Stop> {
        let mut options = JxlDecoderOptions::default();
        options.adjust_orientation = false;
        options.render_spot_colors = false;
        options.alpha_mode = jxl::api::AlphaMode::Unpremultiplied;
        options.max_profile_level = ProfileLevel::Main10;
        // It computes in numbers of 4 bytes.
        options.sample_limit = usize::try_from(limits::DECODED_BYTES / 4).ok();
        let mut decoder = JxlDecoder::new(options);
        let len = input.len() as u64;
        match decoder.process(input, None, None) {
            Ok(Event::BasicInfo) => {}
            Ok(Event::NeedMoreInput { size_hint }) => {
                // An estimate; a longer beginning is a better one.
                let more = (size_hint as u64).clamp(1, (len / 4).max(16));
                return Err(Stop::NeedMore(len + more));
            }
            Ok(_) => return Err(Stop::Damaged(JxlError::InvalidSignature)),
            Err(error) => return Err(Stop::Damaged(error)),
        }
        let (Some(info), Some(profile)) = (decoder.basic_info(), decoder.embedded_color_profile()) else {
            return Err(Stop::Damaged(JxlError::InvalidSignature));
        };
        let (info, is_grey, has_icc) =
            (info.clone(), profile.channels() == 1, matches!(profile, JxlColorProfile::Icc(_)));
        let is_cmyk = profile.is_cmyk();
        let has =
            |is_wanted: fn(ExtraChannel) -> bool| info.extra_channels.iter().any(|extra| is_wanted(extra.ec_type));
        let channels = match (is_grey, has(|kind| kind == ExtraChannel::Alpha)) {
            (true, false) => Channels::Grey,
            (true, true) => Channels::GreyAlpha,
            (false, false) => Channels::Rgb,
            (false, true) => Channels::Rgba,
        };
        let side = |side: usize| u32::try_from(side).unwrap_or(u32::MAX);
        Ok(Self {
            decoder,
            width: side(info.size.0),
            height: side(info.size.1),
            bits: bits(&info),
            channels,
            orientation: info.orientation as u8,
            is_animation: info.animation.is_some(),
            has_own_colours: info.uses_original_profile,
            has_icc,
            has_ink: is_cmyk || has(|kind| matches!(kind, ExtraChannel::Black | ExtraChannel::SpotColor)),
            has_more_channels: has(|kind| kind != ExtraChannel::Alpha),
        })
    }
}

/// Of colours and opacity the deeper.
fn bits(info: &JxlBasicInfo) -> u8 {
    match info.bit_depth {
        JxlBitDepth::Int { bits_per_sample } => u8::try_from(bits_per_sample).unwrap_or(u8::MAX),
        JxlBitDepth::Float { .. } => 32,
    }
}
