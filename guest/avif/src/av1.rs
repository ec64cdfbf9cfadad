//! One picture coded by rav1e.

use rav1e::color::{ColorDescription, ColorPrimaries, MatrixCoefficients, PixelRange, TransferCharacteristics};
use rav1e::prelude::{ChromaSampling, SceneDetectionSpeed};
use rav1e::{Config, Context, EncoderConfig, EncoderStatus, Frame, Pixel};
use sandpress_raster::{Error, Subsampling};

use crate::planes::Plane;

/// What rav1e is asked for.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Request {
    pub(crate) width: usize,
    pub(crate) height: usize,
    /// 8 or 10.
    pub(crate) bits: u8,
    pub(crate) subsampling: Subsampling,
    /// 1 (best) to 255.
    pub(crate) quantiser: u8,
    /// rav1e's own: 0 (slow) to 10.
    pub(crate) speed: u8,
    /// Whether the colours are those of sRGB, and not of a profile.
    pub(crate) is_srgb: bool,
}

/// A picture as it stands in the file.
#[derive(Debug)]
pub(crate) struct Picture {
    /// The data of an `av1C` box.
    pub(crate) configuration: Vec<u8>,
    pub(crate) data: Vec<u8>,
    pub(crate) planes: u8,
}

/// Codes one plane as grey, three as colours.
pub(crate) fn encode(planes: Vec<Plane>, request: Request) -> Result<Picture, Error> {
    if request.bits == 8 { encode_as::<u8>(planes, request) } else { encode_as::<u16>(planes, request) }
}

fn encode_as<T: Pixel>(planes: Vec<Plane>, request: Request) -> Result<Picture, Error> {
    let count = if planes.len() == 1 { 1 } else { 3 };
    // One thread: there are no others in the sandbox, and the bytes are the same everywhere.
    let config = Config::new().with_encoder_config(encoder(request, count)).with_threads(1);
    let mut context: Context<T> = config.new_context().map_err(|error| Error::Internal(format!("rav1e: {error}")))?;
    let mut frame = context.new_frame();
    fill(&mut frame, planes);
    let failed = |status: EncoderStatus| Error::Internal(format!("rav1e: {status}"));
    context.send_frame(frame).map_err(failed)?;
    context.send_frame(None).map_err(failed)?;
    let mut data = Vec::new();
    loop {
        match context.receive_packet() {
            Ok(packet) => data.extend_from_slice(&packet.data),
            Err(EncoderStatus::Encoded) => {}
            Err(EncoderStatus::LimitReached) => break,
            Err(status) => return Err(failed(status)),
        }
    }
    // Its first four bytes; the sequence header that follows them is in the data too.
    let configuration = context.container_sequence_header().into_iter().take(4).collect();
    Ok(Picture { configuration, data, planes: count })
}

fn encoder(request: Request, planes: u8) -> EncoderConfig {
    let mut config = EncoderConfig::with_speed_preset(request.speed);
    config.width = request.width;
    config.height = request.height;
    config.bit_depth = request.bits.into();
    config.chroma_sampling = match (planes, request.subsampling) {
        (1, _) => ChromaSampling::Cs400,
        (_, Subsampling::Halved) => ChromaSampling::Cs420,
        (_, Subsampling::Full) => ChromaSampling::Cs444,
    };
    config.pixel_range = PixelRange::Full;
    let (color_primaries, transfer_characteristics) = if request.is_srgb {
        (ColorPrimaries::BT709, TransferCharacteristics::SRGB)
    } else {
        (ColorPrimaries::Unspecified, TransferCharacteristics::Unspecified)
    };
    config.color_description = Some(ColorDescription {
        color_primaries,
        transfer_characteristics,
        matrix_coefficients: MatrixCoefficients::BT601,
    });
    config.still_picture = true;
    config.low_latency = true;
    // No other picture follows, in which something could move.
    config.speed_settings.scene_detection_mode = SceneDetectionSpeed::None;
    config.speed_settings.rdo_lookahead_frames = 1;
    config.quantizer = request.quantiser.into();
    config.min_quantizer = request.quantiser;
    config
}

fn fill<T: Pixel>(frame: &mut Frame<T>, planes: Vec<Plane>) {
    for (to, from) in frame.planes.iter_mut().zip(planes) {
        let stride = to.cfg.stride;
        let rows = to.data_origin_mut().chunks_mut(stride).zip(from.samples.chunks_exact(from.width));
        for (row, samples) in rows {
            for (place, &sample) in row.iter_mut().zip(samples) {
                *place = T::cast_from(sample);
            }
        }
    }
}
