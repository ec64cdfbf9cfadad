//! What the tests that drive Sandpress from outside share.

#![expect(clippy::expect_used, clippy::panic, reason = "in a test, what cannot go on says so and ends")]

pub mod aws;
pub mod chaos;
pub mod components;
pub mod events;
pub mod fuzz;
pub mod hostile;
pub mod images;
pub mod lambda;
pub mod mapping;
pub mod photo;
pub mod picture;
pub mod releases;
pub mod trial;
pub mod worker;

use std::{
    env,
    path::{Path, PathBuf},
};

/// The workspace's folder.
pub fn workspace() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("this package is a folder of the workspace")
}

/// A program that the same `cargo` profile has built.
pub fn built(name: &str) -> PathBuf {
    let program = env::current_exe().expect("a running program has a path");
    let folder = program.parent().expect("a program is in a folder");
    // Programs are in the profile's folder, and tests in `deps` of it.
    let folder = if folder.ends_with("deps") { folder.parent().unwrap_or(folder) } else { folder };
    folder.join(name)
}
