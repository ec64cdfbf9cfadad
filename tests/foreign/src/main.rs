//! What an author of an encoder in C does with the commands `wit-bindgen c` and `wasm-tools component new`.
//!
//! It is done by the libraries that those commands are made of: to install the commands would take minutes.

use std::{fs, path::PathBuf};

use anyhow::{Context as _, Result};
use clap::Parser;
use wasi_preview1_component_adapter_provider::{
    WASI_SNAPSHOT_PREVIEW1_ADAPTER_NAME as WASI, WASI_SNAPSHOT_PREVIEW1_REACTOR_ADAPTER as ADAPTER,
};
use wit_bindgen_core::{Files, wit_parser::Resolve};
use wit_component::ComponentEncoder;

/// Make bindings for C, and components of what is compiled with them
#[derive(Parser)]
#[command(version)]
enum Arguments {
    /// Write encoder.h, encoder.c and encoder_component_type.o: `wit-bindgen c WIT --world encoder --out-dir FOLDER`
    Bindings {
        /// Folder of the contract
        wit: PathBuf,
        /// Folder to write to
        #[arg(long)]
        out_dir: PathBuf,
    },
    /// Make a component of a module: `wasm-tools component new MODULE --adapt wasi_snapshot_preview1.reactor.wasm -o FILE`
    Component {
        /// Module that a compiler for WASI's first preview has made
        module: PathBuf,
        /// File to write
        #[arg(short)]
        output: PathBuf,
    },
}

fn main() -> Result<()> {
    match Arguments::parse() {
        Arguments::Bindings { wit, out_dir } => {
            let mut resolve = Resolve::default();
            let (package, _) = resolve.push_dir(&wit)?;
            let world = resolve.select_world(&[package], Some("encoder"))?;
            let mut files = Files::default();
            wit_bindgen_c::Opts::default().build().generate(&mut resolve, world, &mut files)?;
            fs::create_dir_all(&out_dir)?;
            for (name, content) in files.iter() {
                fs::write(out_dir.join(name), content)?;
            }
        }
        Arguments::Component { module, output } => {
            let bytes = fs::read(&module).with_context(|| module.display().to_string())?;
            let component =
                ComponentEncoder::default().validate(true).module(&bytes)?.adapter(WASI, ADAPTER)?.encode()?;
            fs::write(output, component)?;
        }
    }
    Ok(())
}
