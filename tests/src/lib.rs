//! What the tests that drive Sandpress from outside share.

#![expect(clippy::expect_used, clippy::panic, reason = "in a test, what cannot go on says so and ends")]

pub mod aws;
pub mod components;
pub mod conformance;
pub mod fuzz;
pub mod hostile;
pub mod images;
pub mod lambda;
pub mod mapping;
pub mod picture;
pub mod trial;

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
    let test = env::current_exe().expect("a running program has a path");
    // Tests are in `deps` of the profile's folder.
    let folder = test.ancestors().nth(2).expect("cargo puts tests two levels deep");
    folder.join(name)
}
