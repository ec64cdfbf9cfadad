//! `sandpress encoder publish`: from a component to a release in a catalog.

use std::{collections::BTreeSet, env::consts::ARCH, fs, path::PathBuf};

use anyhow::{Context as _, Result, bail, ensure};
use clap::Args;
use sandpress_catalog::{Document, MOST_COMPONENT, Native, Release, component_file, native_file};
use sandpress_conformance::{Bounds, Decode, Outcome, PROPERTIES};
use sandpress_sandbox::{Codec, Descriptor, Digest, Engine, Limits, RUNTIME};
use tokio::runtime::Runtime;
use wasm_metadata::{Metadata, Payload};

use super::{Component, Foreign, change, check, compile::TargetName, native};
use crate::{Done, encoders::Folder, stdout};

/// Check an encoder, compile it, and put it into a catalog as a release
///
/// Compiles the component to native code for each processor of AWS Lambda, in a process of its own with limits of memory and time; runs in the sandbox what
/// `sandpress encoder check` runs, of which nothing may fail; and writes component and native code under their digests, where nothing is ever overwritten. Then
/// the release is at hand, and serves nothing yet: `sandpress encoder promote` puts it into service.
///
/// Publishing what is there already adds the native code that this version of Sandpress needs, after an upgrade.
#[derive(Args)]
#[command(after_help = "Examples:
  sandpress encoder publish sandpress-jpeg.wasm --catalog s3://encoders/catalog --key catalog.key
  sandpress encoder publish target/encoders/*.wasm --catalog catalog/ --key catalog.key --target x86_64")]
pub(crate) struct Arguments {
    /// Encoder components
    #[arg(required = true, value_name = "FILE.wasm")]
    files: Vec<PathBuf>,
    /// Machine to compile for; may be given several times. Default: both processors of AWS Lambda
    #[arg(long = "target", value_enum, value_name = "TARGET")]
    targets: Vec<TargetName>,
    /// Publish it without the check, or although it failed before
    #[arg(long)]
    no_check: bool,
    #[command(flatten)]
    foreign: Foreign,
    #[command(flatten)]
    folder: Folder,
    #[command(flatten)]
    target: change::Target,
}

/// A component that has been looked at, with all that is written of it.
struct Checked {
    component: Component,
    natives: Vec<(Native, Vec<u8>)>,
    release: Release,
}

pub(super) fn run(arguments: &Arguments) -> Result<Done> {
    let both = [TargetName::X86_64, TargetName::Aarch64];
    let given = if arguments.targets.is_empty() { &both[..] } else { &arguments.targets };
    let targets: BTreeSet<_> = given.iter().copied().collect();
    let runtime = Runtime::new().context("the asynchronous runtime")?;
    // First: who lacks the key need not wait for compilers.
    let open = runtime.block_on(arguments.target.open())?;
    let engine = Engine::new()?.imports((&arguments.foreign).into());
    let decoder = (!arguments.no_check).then(|| check::decoder(&arguments.folder));
    let check =
        |path: &PathBuf| look(&engine, path, &targets, decoder.as_deref()).with_context(|| path.display().to_string());
    let all = arguments.files.iter().map(check).collect::<Result<Vec<_>>>()?;
    runtime.block_on(publish(arguments, &open, all))?;
    Ok(Done::All)
}

async fn publish(arguments: &Arguments, open: &change::Open, all: Vec<Checked>) -> Result<()> {
    let mut names = Vec::with_capacity(all.len());
    for Checked { component: Component { digest, bytes, .. }, natives, release } in &all {
        open.ledger.keep(&component_file(*digest), bytes).await?;
        for (native, code) in natives {
            open.ledger.keep(&native_file(native.digest), code).await?;
        }
        names.push(format!("{}@{}", release.name, release.version));
        stdout::write(format!("{}@{} {digest}\n", release.name, release.version))?;
    }
    // The document last: whoever reads it finds all that it names.
    let unchecked = if arguments.no_check { " --no-check" } else { "" };
    let what = format!("publish {}{unchecked}", names.join(" "));
    let add = |document: &mut Document| {
        let mut releases = all.into_iter();
        Ok(releases.try_for_each(|checked| document.publish(checked.component.digest, checked.release))?)
    };
    arguments.target.write(open, what, add).await?;
    eprintln!("published; to put one into service: sandpress encoder promote {} …", names.join(" | "));
    Ok(())
}

/// Compiles a component and looks at it. Nothing is written.
fn look(
    engine: &Engine,
    path: &PathBuf,
    targets: &BTreeSet<TargetName>,
    decoder: Option<&dyn Decode>,
) -> Result<Checked> {
    let size = fs::metadata(path)?.len();
    ensure!(size <= MOST_COMPONENT, "{size} bytes: a component has {MOST_COMPONENT} at the most");
    let bytes = fs::read(path)?;
    let mut natives = Vec::new();
    for target in targets {
        eprintln!("{}: compiling for {}", path.display(), target.name());
        let code = native::compile(&bytes, *target)?;
        let native = Native {
            arch: target.arch().to_owned(),
            runtime: RUNTIME.to_owned(),
            digest: Digest::of(&code),
            bytes: code.len() as u64,
        };
        natives.push((native, code));
    }
    // It is looked at on this machine.
    let here = natives.iter().find(|(native, _)| native.arch == ARCH);
    let codec = match here {
        Some((native, code)) => Codec::load(engine, code, native.digest)?,
        None => {
            let code = native::compile(&bytes, TargetName::Host)?;
            Codec::load(engine, &code, Digest::of(&code))?
        }
    };
    let descriptor = codec.describe(&Limits::default())?.descriptor;
    let release = Release {
        licence: licence(&bytes, &descriptor)?,
        name: descriptor.name.clone(),
        version: descriptor.version.clone(),
        bytes: size,
        produces: descriptor.produces.iter().cloned().collect(),
        native: natives.iter().map(|(native, _)| native.clone()).collect(),
    };
    ensure!(!release.produces.is_empty(), "it produces nothing");
    let component = Component { digest: Digest::of(&bytes), bytes, codec, descriptor };
    if let Some(decoder) = decoder {
        eprintln!("{}: checking", path.display());
        let findings = check::with_progress(&component, decoder, Bounds::default(), &PROPERTIES);
        if findings.iter().any(|finding| matches!(finding.outcome, Outcome::Failed(_))) {
            eprint!("{}", check::table(&component, &findings));
            bail!("it does not keep the contract, as is said above; it is not published without --no-check");
        }
    }
    Ok(Checked { component, natives, release })
}

/// The licence that the component's metadata name. Name and version there, if any, are those that it says itself.
fn licence(component: &[u8], descriptor: &Descriptor) -> Result<Option<String>> {
    let payload = Payload::from_binary(component).context("its metadata")?;
    let Metadata { name, version, licenses, .. } = payload.metadata();
    let version = version.as_ref().map(ToString::to_string);
    for (what, written, said) in [("name", name, &descriptor.name), ("version", &version, &descriptor.version)] {
        if let Some(written) = written.as_ref().filter(|written| *written != said) {
            bail!(
                "its metadata have the {what} {written}, and it says itself that it is {said}: they must be the same"
            );
        }
    }
    Ok(licenses.as_ref().map(ToString::to_string))
}
