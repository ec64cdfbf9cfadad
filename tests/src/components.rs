//! The components and the native code that the build has made.

use std::{
    env, fs,
    path::{Path, PathBuf},
    process::Command,
    sync::OnceLock,
};

use sandpress_catalog::{Catalog, Encoder};
use sandpress_sandbox::{Codec, Engine, Imports, MediaType};

use crate::workspace;

/// Where the build leaves what it makes: `target`, or `SANDPRESS_TARGET`.
pub fn target() -> PathBuf {
    env::var_os("SANDPRESS_TARGET").map_or_else(|| workspace().join("target"), PathBuf::from)
}

/// The engine of this test program.
pub fn engine() -> &'static Engine {
    static ENGINE: OnceLock<Engine> = OnceLock::new();
    ENGINE.get_or_init(|| Engine::new().expect("this machine runs the sandbox"))
}

/// Every encoder of the project.
pub fn encoders() -> &'static Catalog {
    static ENCODERS: OnceLock<Catalog> = OnceLock::new();
    ENCODERS.get_or_init(|| open("native"))
}

/// The encoder of a format.
pub fn encoder(media_type: &MediaType) -> &'static Encoder {
    encoders().serving(media_type).unwrap_or_else(|| panic!("no encoder makes {media_type}"))
}

/// The codec that does what its input says.
pub fn misbehaving() -> &'static Codec {
    &misbehaving_encoder().codec
}

/// The same, as its catalog has it.
pub fn misbehaving_encoder() -> &'static Encoder {
    static MISBEHAVING: OnceLock<Catalog> = OnceLock::new();
    let catalog = MISBEHAVING.get_or_init(|| open("misbehaving/native"));
    catalog.serving(&MediaType::PNG).expect("the misbehaving codec says that it makes PNGs")
}

/// Native code of the misbehaving codec, as it lies in its catalog.
pub fn misbehaving_native_code() -> Vec<u8> {
    let folder = target().join("misbehaving/native");
    let files = fs::read_dir(&folder).unwrap_or_else(|error| missing(&folder, &error));
    let path = files
        .map(|file| file.expect("a folder that can be opened can be read").path())
        .find(|path| path.extension().is_some_and(|extension| extension == "cwasm"))
        .unwrap_or_else(|| missing(&folder, &"no native code"));
    read(&path)
}

/// The encoder of a format that is made by the tools of another language, where it may import what it likes.
pub fn foreign(media_type: &MediaType) -> &'static Encoder {
    static FOREIGN: OnceLock<Catalog> = OnceLock::new();
    let catalog = FOREIGN.get_or_init(|| {
        let folder = target().join("foreign/native");
        let opened = Catalog::open(&engine().clone().imports(Imports::Trap), &folder);
        opened.unwrap_or_else(|error| missing(&folder, &error))
    });
    catalog.serving(media_type).unwrap_or_else(|| panic!("no foreign encoder makes {media_type}"))
}

/// The encoder's component, from which its native code was compiled.
pub fn component(name: &str) -> PathBuf {
    existing(target().join("encoders").join(format!("{name}.wasm")))
}

/// The same component under another version, of as many characters: it says so of itself, and its metadata do.
pub fn of_version(component: &[u8], version: &str) -> Vec<u8> {
    let built = env!("CARGO_PKG_VERSION");
    assert_eq!(version.len(), built.len(), "nothing else of it may move");
    let mut changed = component.to_vec();
    for place in 0..=component.len() - built.len() {
        if component[place..].starts_with(built.as_bytes()) {
            changed[place..place + built.len()].copy_from_slice(version.as_bytes());
        }
    }
    changed
}

/// The encoder as a command for `wasmtime run`.
pub fn tool(name: &str) -> PathBuf {
    existing(target().join("tools").join(format!("{name}.wasm")))
}

/// The stock command `wasmtime run`: the one on the `PATH`, else the one that `make setup` installs. It compiles each component once for
/// all tests.
pub fn wasmtime_run() -> Command {
    let installed = workspace().join(".tools/wasmtime/bin/wasmtime");
    let on_path = Command::new("wasmtime").arg("--version").output().is_ok_and(|output| output.status.success());
    let mut command = match (on_path, installed.exists()) {
        (true, _) => Command::new("wasmtime"),
        (false, true) => Command::new(installed),
        (false, false) => {
            panic!("there is no `wasmtime`, on the PATH or as {}: run `make setup` first", installed.display())
        }
    };
    command.args(["run", "-C"]).arg(format!("cache-config={}", wasmtime_cache().display()));
    command
}

/// The configuration of a cache of its own: the user's is not touched.
fn wasmtime_cache() -> &'static Path {
    static CONFIGURATION: OnceLock<PathBuf> = OnceLock::new();
    CONFIGURATION.get_or_init(|| {
        let folder = target().join("wasmtime");
        let write = || {
            fs::create_dir_all(&folder)?;
            let folder = fs::canonicalize(&folder)?;
            // Whole at any time: other test programs read it.
            let (path, draft) = (folder.join("cache.toml"), folder.join(std::process::id().to_string()));
            fs::write(&draft, format!("[cache]\ndirectory = {:?}\n", folder.join("cache").display().to_string()))?;
            fs::rename(&draft, &path)?;
            std::io::Result::Ok(path)
        };
        write().unwrap_or_else(|error| panic!("{}: {error}", folder.display()))
    })
}

/// A file that the build has made.
pub fn read(path: &Path) -> Vec<u8> {
    fs::read(path).unwrap_or_else(|error| missing(path, &error))
}

fn existing(path: PathBuf) -> PathBuf {
    if path.exists() { path } else { missing(&path, &"no such file") }
}

fn open(folder: &str) -> Catalog {
    let folder = target().join(folder);
    Catalog::open(engine(), &folder).unwrap_or_else(|error| missing(&folder, &error))
}

fn missing(path: &Path, why: &dyn std::fmt::Display) -> ! {
    panic!("{}: {why}; run `make components foreign` first", path.display())
}
