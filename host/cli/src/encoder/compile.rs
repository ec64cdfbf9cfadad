//! `sandpress encoder compile`: from components to a catalog with native code.

use std::{collections::BTreeMap, path::PathBuf};

use anyhow::{Context as _, Result, bail};
use clap::{Args, ValueEnum};
use sandpress_catalog::{Document, FILE, Native, Release, Service, native_file};
use sandpress_sandbox::{Digest, RUNTIME, Target, precompile};

use super::{Component, Foreign};
use crate::{
    Done, Usage, cache, stdout,
    table::{Align, Table},
    write,
};

/// Compile encoders to native code and write a catalog of them
///
/// Writes FOLDER/catalog.json and, for each encoder and target, native code beside it under its own SHA-256. The encoders given are
/// all that is in service: a catalog that is already there is replaced.
///
/// Native code fits one version of Sandpress: compile with the command of the version that will run it.
#[derive(Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Arguments {
    /// Encoder components
    #[arg(required = true, value_name = "FILE.wasm")]
    files: Vec<PathBuf>,
    /// Folder to write the catalog to
    #[arg(long, value_name = "FOLDER")]
    out_dir: PathBuf,
    /// Machine to compile for; may be given several times
    #[arg(long = "target", value_enum, value_name = "TARGET", default_value = "host")]
    targets: Vec<TargetName>,
    #[command(flatten)]
    foreign: Foreign,
}

const EXAMPLES: &str = "Examples:
  sandpress encoder compile target/encoders/*.wasm --out-dir target/catalog
  sandpress encoder compile target/encoders/*.wasm --out-dir dist/catalog --target x86_64 --target aarch64";

#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, ValueEnum)]
pub(super) enum TargetName {
    /// This machine, with all that its processor can do
    Host,
    /// Linux on x86-64-v3 (AVX2): every x86-64 machine of AWS Lambda
    #[value(name = "x86_64")]
    X86_64,
    /// Linux on AWS Graviton 2 and later
    Aarch64,
}

impl From<TargetName> for Target {
    fn from(name: TargetName) -> Self {
        match name {
            TargetName::Host => Self::Host,
            TargetName::X86_64 => Self::X86_64,
            TargetName::Aarch64 => Self::Aarch64,
        }
    }
}

impl TargetName {
    /// As it is given.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Host => "host",
            Self::X86_64 => "x86_64",
            Self::Aarch64 => "aarch64",
        }
    }

    /// The processor's family.
    pub(super) fn arch(self) -> &'static str {
        Target::from(self).arch()
    }
}

pub(super) fn run(arguments: &Arguments) -> Result<Done> {
    let targets = by_arch(&arguments.targets)?;
    let engine = cache::engine()?.imports((&arguments.foreign).into());
    let mut catalog = Document::default();
    let mut table =
        Table::new([("encoder", Align::Left), ("target", Align::Left), ("bytes", Align::Right), ("file", Align::Left)]);

    for path in &arguments.files {
        let component = Component::open(&engine, path)?;
        let name = format!("{} {}", component.descriptor.name, component.descriptor.version);
        let mut native = Vec::new();
        for (arch, target) in &targets {
            let code = match target {
                // Compiled already, perhaps long ago.
                Target::Host => component.codec.native_code(),
                other => precompile(&component.bytes, *other),
            };
            let code = code.with_context(|| format!("{}, for {arch}", path.display()))?;
            let digest = Digest::of(&code);
            let file = native_file(digest);
            write::atomically(&arguments.out_dir.join(&file), &code)?;
            table.row([name.clone(), (*arch).to_owned(), code.len().to_string(), file]);
            let (arch, runtime) = ((*arch).to_owned(), RUNTIME.to_owned());
            native.push(Native { arch, runtime, digest, bytes: code.len() as u64 });
        }
        let release = Release {
            name: component.descriptor.name,
            version: component.descriptor.version,
            licence: None,
            bytes: component.bytes.len() as u64,
            produces: component.descriptor.produces.into_iter().collect(),
            native,
        };
        for media_type in &release.produces {
            let there = catalog.media_types.insert(media_type.clone(), Service::of(component.digest));
            let other = there.filter(|there| there.in_service != component.digest);
            if let Some(other) = other.and_then(|other| catalog.releases.get(&other.in_service)) {
                bail!("{}: {name} and {other} both produce {media_type}; give one of them", path.display());
            }
        }
        catalog.releases.insert(component.digest, release);
    }

    // The document last: whoever reads it finds all that it names.
    let document = arguments.out_dir.join(FILE);
    write::atomically(&document, catalog.to_json().as_bytes())?;
    stdout::write(format!("{table}catalog: {}\n", document.display()))?;
    Ok(Done::All)
}

/// The targets by the processor family that a catalog knows them under: there is place for one of each.
fn by_arch(targets: &[TargetName]) -> Result<BTreeMap<&'static str, Target>> {
    let mut by_arch = BTreeMap::new();
    for target in targets.iter().copied().map(Target::from) {
        match by_arch.insert(target.arch(), target) {
            Some(other) if other != target => {
                let arch = target.arch();
                bail!(Usage(format!("`--target host` is {arch} here: give `host` or `{arch}`, not both")));
            }
            _ => {}
        }
    }
    Ok(by_arch)
}
