//! The command line of `sandpress compress`.

use std::{num::NonZeroUsize, path::PathBuf};

use clap::{ArgGroup, Args};
use sandpress_sandbox::MediaType;

use crate::{
    encoders::Folder,
    rendition::{self, Bounds, Wanted},
};

/// Compress images, each in a sandbox of its own
///
/// An image that would become larger in its own format stays as it is, but for the metadata that are not wanted. A source is only
/// overwritten with --in-place, another file only with --force. Each file appears whole or not at all. One image that fails does not
/// stop the others.
///
/// Exits with 0 if every image is done, 1 if one failed, 2 if the request makes no sense.
#[derive(Args)]
#[command(
    after_help = EXAMPLES,
    group(ArgGroup::new("destination").required(true)),
)]
pub(crate) struct Arguments {
    /// Images, or folders of images; `-` is the standard input
    ///
    /// In a folder, also below it, files that no encoder reads are skipped, unless their names say that they are images.
    #[arg(required = true, value_name = "FILE")]
    pub(super) files: Vec<PathBuf>,

    /// Write the one image to this file; `-` is the standard output
    #[arg(short, long, value_name = "FILE", group = "destination")]
    pub(super) output: Option<PathBuf>,
    /// Write the images into this folder, under their own names; what lies in folders keeps its place in them
    #[arg(long, value_name = "FOLDER", group = "destination")]
    pub(super) out_dir: Option<PathBuf>,
    /// Replace each image with its smaller self
    #[arg(long, visible_alias = "overwrite", group = "destination")]
    pub(super) in_place: bool,
    /// Replace files that exist already, but never a source
    #[arg(long)]
    pub(super) force: bool,

    /// Format to write: jpeg, png, webp, avif, or another media type that an encoder makes
    ///
    /// Default: what the name given to --output promises, else each image's own.
    #[arg(long, value_name = "FORMAT", value_parser = rendition::format)]
    pub(super) format: Option<MediaType>,
    #[command(flatten)]
    pub(super) wanted: Wanted,

    /// Decode each result again, and fail if it does not show the picture that it was made of
    #[arg(long)]
    pub(super) verify: bool,

    #[command(flatten)]
    pub(super) bounds: Bounds,
    /// Images at a time; default: one for each processor
    #[arg(short, long, value_name = "N")]
    pub(super) jobs: Option<NonZeroUsize>,
    /// Print JSON instead of the table
    #[arg(long)]
    pub(super) json: bool,
    #[command(flatten)]
    pub(super) folder: Folder,
}

const EXAMPLES: &str = "Examples:
  sandpress compress photo.jpg -o small.jpg
  sandpress compress photos/ --out-dir small/ --max-width 2048 --max-height 2048
  sandpress compress *.png --out-dir jpegs/ --format jpeg --quality 85
  sandpress compress photo.jpg --in-place --metadata copyright
  sandpress compress photo.jpg -o photo.min.jpg --set subsampling=4:4:4
  curl -s https://example.com/photo.jpg | sandpress compress - -o - > small.jpg";
