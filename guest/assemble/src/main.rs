//! Turns the guests' core modules into components.
//!
//! Each encoder `NAME` becomes `OUT/encoders/NAME.wasm`, a component with no import, and with `--tool` also
//! `OUT/tools/NAME.wasm`: the command-line tool with the encoder plugged in, complete for `wasmtime run`.

mod plug;

use std::{fs, path::PathBuf};

use anyhow::{Context as _, Result, ensure};
use clap::Parser;
use sandpress_component::{About, describe, encode, imports};

/// Turn the guests' core modules into components.
#[derive(Parser)]
#[command(version)]
struct Arguments {
    /// Folder of the core modules, as cargo leaves them: NAME.wasm with underscores
    #[arg(long)]
    modules: PathBuf,
    /// Folder to write encoders/ and tools/ to
    #[arg(long)]
    out: PathBuf,
    /// The command that each encoder is plugged into
    #[arg(long)]
    tool: Option<String>,
    /// Names of the encoders
    #[arg(required = true)]
    encoders: Vec<String>,
}

fn main() -> Result<()> {
    let arguments = Arguments::parse();
    let module = |name: &str| {
        let path = arguments.modules.join(format!("{}.wasm", name.replace('-', "_")));
        fs::read(&path).with_context(|| format!("{}: build the guests first, with `make components`", path.display()))
    };
    let write = |folder: &str, name: &str, bytes: &[u8]| -> Result<()> {
        let folder = arguments.out.join(folder);
        fs::create_dir_all(&folder)?;
        let path = folder.join(format!("{name}.wasm"));
        fs::write(&path, bytes).with_context(|| path.display().to_string())?;
        println!("{:>9} bytes  {}", bytes.len(), path.display());
        Ok(())
    };

    let component = |name: &str| described(name, &encode(&module(name)?).with_context(|| name.to_owned())?);

    let tool = arguments.tool.as_deref().map(component).transpose()?;
    for name in &arguments.encoders {
        let encoder = component(name)?;
        let imports = imports(&encoder)?;
        ensure!(
            imports.is_empty(),
            "{name} imports {}: an encoder must import nothing; look for the crate that brings the import in",
            imports.join(", ")
        );
        write("encoders", name, &encoder)?;
        if let Some(tool) = &tool {
            write("tools", name, &described(name, &plug::plug(tool, &encoder)?)?)?;
        }
    }
    Ok(())
}

/// With what all guests say of themselves: their version is the workspace's.
fn described(name: &str, component: &[u8]) -> Result<Vec<u8>> {
    let (version, licence) = (env!("CARGO_PKG_VERSION"), env!("CARGO_PKG_LICENSE"));
    describe(component, About { name, version, licence, source: Some(env!("CARGO_PKG_REPOSITORY")) })
}
