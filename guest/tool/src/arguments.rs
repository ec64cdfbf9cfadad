//! The command line, parsed.

use std::fmt;

use lexopt::{Arg, Parser, ValueExt as _};

use crate::bindings::types::{Fit, Metadata, Quality, Resize};

/// What `--help` prints.
pub(crate) const HELP: &str = "\
Compresses the image on the standard input to the standard output, in a sandbox.

  wasmtime run ENCODER.wasm [OPTIONS] < photo.png > photo.jpg

How good:
      --quality N            0 (smallest) to 100 (best); the encoder's own default if not given
      --lossless             every pixel as in the source
      --perceptual SCORE     the smallest file with at least this SSIMULACRA2 score
      --max-bytes N          the best quality that fits
How large, in pixels as seen; nothing is ever enlarged:
      --max-width N
      --max-height N
      --fit contain|cover    all of the image, or all of the box [default: contain]
What else:
      --format MEDIA-TYPE    [default: the encoder's first]
      --metadata strip|copyright|keep  [default: strip]
      --set NAME=VALUE       an option of the encoder, see --describe
Instead of compressing:
      --probe                say what the image is, as JSON
      --describe             say what the encoder can do, as JSON
  -h, --help
  -V, --version
";

/// What the command line asks for.
#[derive(Debug, PartialEq)]
pub(crate) enum Command {
    Compress(Order),
    Probe,
    Describe,
    Help,
    Version,
}

/// A rendition, but for what only the encoder's descriptor can tell: its default format, and the types of its options.
#[derive(Debug, PartialEq)]
pub(crate) struct Order {
    pub(crate) media_type: Option<String>,
    pub(crate) quality: Quality,
    pub(crate) resize: Option<Resize>,
    pub(crate) max_bytes: Option<u64>,
    pub(crate) metadata: Metadata,
    /// Names and values as texts.
    pub(crate) settings: Vec<(String, String)>,
}

/// Arguments that make no sense, and why.
#[derive(Debug)]
pub(crate) struct Usage(pub(crate) String);

impl fmt::Display for Usage {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}; --help says more", self.0)
    }
}

impl std::error::Error for Usage {}

impl From<lexopt::Error> for Usage {
    fn from(error: lexopt::Error) -> Self {
        Self(error.to_string())
    }
}

impl Command {
    /// Parses the arguments after the program's name.
    pub(crate) fn parse(arguments: impl IntoIterator<Item = String>) -> Result<Self, Usage> {
        let mut parser = Parser::from_args(arguments);
        let mut order = Order {
            media_type: None,
            quality: Quality::Default,
            resize: None,
            max_bytes: None,
            metadata: Metadata::Strip,
            settings: Vec::new(),
        };
        let mut fit = None;
        let (mut width, mut height) = (None, None);
        let mut command = None;
        while let Some(argument) = parser.next()? {
            match argument {
                Arg::Short('h') | Arg::Long("help") => return Ok(Self::Help),
                Arg::Short('V') | Arg::Long("version") => return Ok(Self::Version),
                Arg::Long("probe") => command = Some(Self::Probe),
                Arg::Long("describe") => command = Some(Self::Describe),
                Arg::Long("quality") => set_quality(&mut order, Quality::Level(parser.value()?.parse()?))?,
                Arg::Long("perceptual") => set_quality(&mut order, Quality::Perceptual(parser.value()?.parse()?))?,
                Arg::Long("lossless") => set_quality(&mut order, Quality::Lossless)?,
                Arg::Long("max-width") => width = Some(parser.value()?.parse()?),
                Arg::Long("max-height") => height = Some(parser.value()?.parse()?),
                Arg::Long("max-bytes") => order.max_bytes = Some(parser.value()?.parse()?),
                Arg::Long("fit") => fit = Some(parse_fit(&parser.value()?.string()?)?),
                Arg::Long("format") => order.media_type = Some(parser.value()?.string()?),
                Arg::Long("metadata") => order.metadata = parse_metadata(&parser.value()?.string()?)?,
                Arg::Long("set") => order.settings.push(parse_setting(&parser.value()?.string()?)?),
                _ => return Err(argument.unexpected().into()),
            }
        }
        order.resize = match (width, height, fit) {
            (None, None, None) => None,
            (None, None, Some(_)) => return Err(Usage("--fit needs --max-width or --max-height".into())),
            (width, height, fit) => Some(Resize { width, height, fit: fit.unwrap_or(Fit::Contain) }),
        };
        Ok(command.unwrap_or(Self::Compress(order)))
    }
}

fn set_quality(order: &mut Order, quality: Quality) -> Result<(), Usage> {
    if order.quality != Quality::Default {
        return Err(Usage("--quality, --perceptual and --lossless exclude each other".into()));
    }
    order.quality = quality;
    Ok(())
}

fn parse_fit(text: &str) -> Result<Fit, Usage> {
    match text {
        "contain" => Ok(Fit::Contain),
        "cover" => Ok(Fit::Cover),
        _ => Err(Usage(format!("--fit is contain or cover, not `{text}`"))),
    }
}

fn parse_metadata(text: &str) -> Result<Metadata, Usage> {
    match text {
        "strip" => Ok(Metadata::Strip),
        "copyright" => Ok(Metadata::Copyright),
        "keep" => Ok(Metadata::Keep),
        _ => Err(Usage(format!("--metadata is strip, copyright or keep, not `{text}`"))),
    }
}

fn parse_setting(text: &str) -> Result<(String, String), Usage> {
    let (name, value) = text.split_once('=').ok_or_else(|| Usage(format!("--set takes NAME=VALUE, not `{text}`")))?;
    Ok((name.into(), value.into()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(line: &str) -> Result<Command, Usage> {
        Command::parse(line.split_whitespace().map(String::from))
    }

    #[test]
    fn a_full_line_becomes_an_order() {
        let line = "--quality 72.5 --max-width=2048 --fit cover --format image/jpeg --max-bytes 100000 \
                    --metadata keep --set subsampling=4:4:4 --set a=b=c";
        let expected = Order {
            media_type: Some("image/jpeg".into()),
            quality: Quality::Level(72.5),
            resize: Some(Resize { width: Some(2048), height: None, fit: Fit::Cover }),
            max_bytes: Some(100_000),
            metadata: Metadata::Keep,
            settings: vec![("subsampling".into(), "4:4:4".into()), ("a".into(), "b=c".into())],
        };
        assert_eq!(parse(line).unwrap(), Command::Compress(expected));
    }

    #[test]
    fn words_instead_of_compressing_are_commands() {
        let table = [
            ("--probe", Command::Probe),
            ("--describe", Command::Describe),
            ("-h", Command::Help),
            ("--quality 3 --help", Command::Help),
            ("--version", Command::Version),
        ];
        for (line, expected) in table {
            assert_eq!(parse(line).unwrap(), expected, "{line}");
        }
    }

    #[test]
    fn lines_that_make_no_sense_are_refused() {
        let lines = [
            "--quality",
            "--quality high",
            "--quality 80 --lossless",
            "--lossless --perceptual 70",
            "--max-width -5",
            "--fit cover",
            "--fit fill --max-width 5",
            "--metadata some",
            "--set progressive",
            "--unknown",
            "photo.png",
        ];
        for line in lines {
            assert!(parse(line).is_err(), "{line}");
        }
    }
}
