//! What comes back from a codec is checked before anybody uses it.
//!
//! Only headers are looked at, by `imagesize`, which is safe code and never allocates for what a header claims: pixels are
//! nobody's business outside of the sandbox.

use crate::{CallError, ImageInfo, Limits, MediaType, Output, Quality, Rendition, Resize, Setting, Value};

/// The most bytes of notes and settings of one output: they are written to logs. An honest output has less than a hundredth.
const NOTES: usize = 64 << 10;

pub(crate) fn need_more(head: &[u8], wanted: u64) -> Result<(), CallError> {
    if wanted > head.len() as u64 {
        return Ok(());
    }
    Err(CallError::BadOutput(format!("the codec wants {wanted} bytes to probe, and was given {}", head.len())))
}

pub(crate) fn image_info(info: ImageInfo) -> Result<ImageInfo, CallError> {
    let ImageInfo { width, height, orientation, .. } = info;
    if width == 0 || height == 0 || !(1..=8).contains(&orientation) {
        return bad(format!("an image of {width} × {height} with orientation {orientation}"));
    }
    Ok(info)
}

pub(crate) fn outputs(renditions: &[Rendition], outputs: &[Output], limits: &Limits) -> Result<(), CallError> {
    if outputs.len() != renditions.len() {
        return bad(format!("{} outputs for {} renditions", outputs.len(), renditions.len()));
    }
    let bytes: u64 = outputs.iter().map(|output| output.bytes.len() as u64).sum();
    if bytes > limits.output {
        return Err(CallError::Output { limit: limits.output });
    }
    renditions.iter().zip(outputs).try_for_each(|(rendition, made)| output(rendition, made))
}

fn output(rendition: &Rendition, output: &Output) -> Result<(), CallError> {
    let Output { bytes, info, notes } = output;
    let length = notes.iter().chain(&info.settings).map(length).fold(0, usize::saturating_add);
    if length > NOTES {
        return bad(format!("notes of {length} bytes, {NOTES} are the most"));
    }
    if info.media_type != rendition.media_type {
        return bad(format!("{} was asked for, {} is claimed", rendition.media_type, info.media_type));
    }
    if rendition.media_type.begins(bytes) == Some(false) {
        return bad(format!("the first bytes are not those of {}", rendition.media_type));
    }
    // Turning a picture may cost pixels: one made losslessly may stay as it was stored.
    if info.orientation != 1 && (rendition.quality != Quality::Lossless || info.orientation > 8) {
        return bad(format!("orientation {} is claimed, outputs are upright", info.orientation));
    }
    if let Some(max) = rendition.max_bytes.filter(|max| bytes.len() as u64 > *max) {
        return bad(format!("{} bytes, at most {max} were asked for", bytes.len()));
    }
    if rendition.media_type.extension().is_some() {
        let size = imagesize::blob_size(bytes)
            .map_err(|error| CallError::BadOutput(format!("no dimensions in the {}: {error}", rendition.media_type)))?;
        // Of an AVIF, whose turns stand beside its size, `imagesize` tells what is seen.
        let (width, height) = if info.media_type == MediaType::AVIF { info.seen() } else { (info.width, info.height) };
        if (size.width, size.height) != (width as usize, height as usize) {
            return bad(format!("{width} × {height} is claimed, the file is {} × {}", size.width, size.height));
        }
    }
    match rendition.resize {
        Some(resize) if !inside(resize, info.width, info.height) => {
            bad(format!("{} × {} does not fit {resize:?}", info.width, info.height))
        }
        _ => Ok(()),
    }
}

fn length(setting: &Setting) -> usize {
    let value = match &setting.value {
        Value::Text(text) => text.len(),
        Value::Bytes(bytes) => bytes.len(),
        Value::Flag(_) | Value::Integer(_) | Value::Number(_) => size_of::<Value>(),
    };
    setting.name.len().saturating_add(value)
}

fn inside(resize: Resize, width: u32, height: u32) -> bool {
    // For both fits the result is at most the box: `cover` crops what is outside of it.
    resize.width.is_none_or(|limit| width <= limit) && resize.height.is_none_or(|limit| height <= limit)
}

fn bad<T>(what: String) -> Result<T, CallError> {
    Err(CallError::BadOutput(what))
}
