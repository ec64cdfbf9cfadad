//! From arguments and the standard input to the standard output.

use std::error::Error;
use std::io::{Read as _, Write as _};

use wasip2::cli::{stderr, stdin, stdout};

use crate::arguments::{Command, HELP, Order};
use crate::bindings::codec;
use crate::bindings::types::{self, Probed, Rendition, Value};
use crate::json::Json;
use crate::settings;

/// Does what the arguments say.
pub(crate) fn run(arguments: impl IntoIterator<Item = String>) -> Result<(), Box<dyn Error>> {
    match Command::parse(arguments)? {
        Command::Compress(order) => compress(order),
        Command::Probe => probe(),
        Command::Describe => print(Json::from(&codec::describe()).into_text()),
        Command::Help => write_out(HELP.as_bytes()),
        Command::Version => {
            let descriptor = codec::describe();
            print(format!("{} {}", descriptor.name, descriptor.version))
        }
    }
}

fn compress(order: Order) -> Result<(), Box<dyn Error>> {
    let descriptor = codec::describe();
    let rendition = Rendition {
        media_type: match order.media_type {
            Some(media_type) => media_type,
            None => descriptor.produces.first().cloned().ok_or("the encoder produces nothing")?,
        },
        quality: order.quality,
        resize: order.resize,
        max_bytes: order.max_bytes,
        metadata: order.metadata,
        settings: settings::typed(&descriptor, order.settings)?,
    };
    let outputs = codec::compress(&read_in()?, &[rendition]).map_err(|error| failure(&error))?;
    let output = outputs.first().ok_or("the encoder gave nothing back")?;
    for note in &output.notes {
        if let ("dropped", Value::Text(names)) = (note.name.as_str(), &note.value) {
            writeln!(stderr::get_stderr(), "dropped: {names}")?;
        }
    }
    write_out(&output.bytes)
}

fn probe() -> Result<(), Box<dyn Error>> {
    match codec::probe(&read_in()?) {
        Probed::Known(info) => print(Json::from(&info).into_text()),
        Probed::NeedMore(bytes) => Err(format!("the file is truncated: it would have to have {bytes} bytes").into()),
        Probed::Unknown => Err("not an image that this encoder knows".into()),
    }
}

/// One line for a person.
fn failure(error: &types::Error) -> String {
    match error {
        types::Error::Unsupported(detail) => format!("unsupported: {detail}"),
        types::Error::Malformed(detail) => format!("malformed: {detail}"),
        types::Error::BadRequest(detail) => format!("bad request: {detail}"),
        types::Error::OverLimit(detail) => format!("over the limit: {detail}"),
        types::Error::Internal(detail) => format!("the encoder failed: {detail}"),
        types::Error::Other(other) => format!("{}: {}", other.code, other.detail),
    }
}

fn read_in() -> Result<Vec<u8>, Box<dyn Error>> {
    let mut input = Vec::new();
    stdin::get_stdin().read_to_end(&mut input)?;
    Ok(input)
}

fn print(mut line: String) -> Result<(), Box<dyn Error>> {
    line.push('\n');
    write_out(line.as_bytes())
}

fn write_out(bytes: &[u8]) -> Result<(), Box<dyn Error>> {
    let mut out = stdout::get_stdout();
    out.write_all(bytes)?;
    Ok(out.flush()?)
}
