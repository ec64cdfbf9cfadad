//! Runs the command, and knows where images and encoders are.

use std::{
    env,
    ffi::OsStr,
    fs,
    io::Write as _,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use serde_json::Value;
use tempfile::TempDir;

/// What a run of the command left behind.
pub(crate) struct Run {
    pub(crate) code: i32,
    pub(crate) stdout: Vec<u8>,
    pub(crate) stderr: String,
}

impl Run {
    /// The run, if it ended with this code.
    #[track_caller]
    pub(crate) fn exits_with(self, code: i32) -> Self {
        assert_eq!(self.code, code, "stdout: {}\nstderr: {}", self.text(), self.stderr);
        self
    }

    /// The run, if its errors have each of these texts in them.
    #[track_caller]
    pub(crate) fn says(self, texts: &[&str]) -> Self {
        for text in texts {
            assert!(self.stderr.contains(text), "`{text}` is not in: {}", self.stderr);
        }
        self
    }

    pub(crate) fn text(&self) -> String {
        String::from_utf8_lossy(&self.stdout).into_owned()
    }

    #[track_caller]
    pub(crate) fn json(&self) -> Value {
        serde_json::from_slice(&self.stdout).unwrap_or_else(|error| panic!("{error}: {}", self.text()))
    }
}

/// The command with its encoders, and a cache that all tests share.
pub(crate) fn command() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_sandpress"));
    command.env("SANDPRESS_ENCODERS", encoders());
    command.env("SANDPRESS_CACHE", concat!(env!("CARGO_TARGET_TMPDIR"), "/cache"));
    command
}

/// Runs `sandpress` with these arguments.
#[track_caller]
pub(crate) fn sandpress<A: AsRef<OsStr>>(arguments: impl IntoIterator<Item = A>) -> Run {
    run(command().args(arguments), &[])
}

/// Runs a command with this on its standard input.
#[track_caller]
pub(crate) fn run(command: &mut Command, stdin: &[u8]) -> Run {
    let mut child = command
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the command starts");
    // A command that does not read its input has closed it.
    let _ = child.stdin.take().expect("it is piped").write_all(stdin);
    let output = child.wait_with_output().expect("the command ends");
    Run {
        code: output.status.code().expect("the command is not killed"),
        stdout: output.stdout,
        stderr: String::from_utf8(output.stderr).expect("errors are texts"),
    }
}

fn workspace() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// The folder of encoder components.
#[track_caller]
pub(crate) fn encoders() -> PathBuf {
    let folder = env::var_os("SANDPRESS_ENCODERS").map_or_else(|| workspace().join("target/encoders"), PathBuf::from);
    assert!(folder.is_dir(), "{}: no encoders; run `make components`", folder.display());
    folder
}

/// An encoder component.
#[track_caller]
pub(crate) fn encoder(name: &str) -> PathBuf {
    let path = encoders().join(name).with_extension("wasm");
    assert!(path.is_file(), "{}: no such encoder; run `make components`", path.display());
    path
}

/// The encoder that does not look at its input.
#[track_caller]
pub(crate) fn misbehaving() -> PathBuf {
    let path = encoders().join("../misbehaving/encoders/sandpress-misbehaving.wasm");
    assert!(path.is_file(), "{}: no such encoder; run `make components`", path.display());
    path
}

/// An encoder by the tools of another language.
#[track_caller]
pub(crate) fn foreign(name: &str) -> PathBuf {
    let path = workspace().join("target/foreign/encoders").join(name).with_extension("wasm");
    assert!(path.is_file(), "{}: no such encoder; run `make foreign`", path.display());
    path
}

/// A test image.
pub(crate) fn image(name: &str) -> PathBuf {
    workspace().join("tests/images").join(name)
}

/// A folder of this test's own.
pub(crate) struct Folder(TempDir);

impl Folder {
    pub(crate) fn new() -> Self {
        Self(TempDir::new().expect("a folder can be made"))
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    /// Copies a test image into the folder.
    pub(crate) fn with(&self, name: &str, at: &str) -> PathBuf {
        let path = self.path(at);
        fs::create_dir_all(path.parent().expect("it is in the folder")).expect("a folder can be made");
        fs::copy(image(name), &path).expect("the image can be copied");
        path
    }

    /// Every file in the folder and below it, sorted.
    pub(crate) fn files(&self) -> Vec<String> {
        fn walk(folder: &Path, top: &Path, files: &mut Vec<String>) {
            for entry in fs::read_dir(folder).expect("the folder can be read") {
                let path = entry.expect("the folder can be read").path();
                if path.is_dir() {
                    walk(&path, top, files);
                } else {
                    files.push(path.strip_prefix(top).expect("it is below").display().to_string());
                }
            }
        }
        let mut files = Vec::new();
        walk(self.0.path(), self.0.path(), &mut files);
        files.sort();
        files
    }
}

pub(crate) fn read(path: impl AsRef<Path>) -> Vec<u8> {
    let path = path.as_ref();
    fs::read(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// What `sandpress probe` says of a file.
#[track_caller]
pub(crate) fn probe(path: &Path) -> Value {
    sandpress(["probe".as_ref(), path.as_os_str(), "--json".as_ref()]).exits_with(0).json()[0].clone()
}
