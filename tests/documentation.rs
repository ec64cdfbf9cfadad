//! What the documentation says works: every command in it is run, and its library example is one that is compiled and run.

#![expect(clippy::unwrap_used, reason = "in a test, what cannot go on says so and ends")]

use std::{env, fs, os::unix::fs::symlink, path::Path, process::Command};

use sandpress_tests::workspace;

fn readme() -> String {
    fs::read_to_string(workspace().join("README.md")).unwrap()
}

/// The lines of a document's code blocks in a language.
fn code(document: &str, language: &str) -> Vec<String> {
    let blocks = document.split("```").skip(1).step_by(2).filter_map(|block| block.split_once('\n'));
    let ours = blocks.filter(|(info, _)| *info == language);
    ours.flat_map(|(_, block)| block.lines()).filter(|line| !line.is_empty()).map(str::to_owned).collect()
}

/// Runs a command in a folder, with the stock `wasmtime` where `make setup` has installed it.
fn succeeds(command: &str, folder: &Path) {
    let path = format!("{}:{}", env::var("PATH").unwrap(), workspace().join(".tools/wasmtime/bin").display());
    let output = Command::new("sh").args(["-c", command]).current_dir(folder).env("PATH", path).output().unwrap();
    let (out, err) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success(), "`{command}`: {}\n{out}{err}", output.status);
}

#[test]
fn every_command_of_the_readme_succeeds() {
    let folder = tempfile::tempdir().unwrap();
    for name in ["deploy", "target", "tests"] {
        symlink(workspace().join(name), folder.path().join(name)).unwrap();
    }
    let commands = code(&readme(), "sh");
    assert!(commands.len() >= 9, "{commands:#?}");
    for command in commands {
        match command.strip_prefix("make ") {
            // This test is a part of one of them, and another one needs an account: what can be seen here is that they are there.
            Some(arguments) => succeeds(&format!("make --dry-run {arguments}"), workspace()),
            None => succeeds(&command, folder.path()),
        }
    }
    let size =
        |path: &str| fs::metadata(folder.path().join(path)).unwrap_or_else(|error| panic!("{path}: {error}")).len();
    let source = size("tests/images/photo.jpg");
    for made in ["small.jpg", "small/photo.jpg", "photo-2048.jpg"] {
        assert!((1..source).contains(&size(made)), "{made} has {} of {source} bytes", size(made));
    }
}

/// They take minutes: what can be seen here is that they are there.
#[test]
fn every_verb_of_the_page_on_testing_is_there() {
    let page = fs::read_to_string(workspace().join("docs/testing.md")).unwrap();
    let commands = code(&page, "sh");
    assert!(commands.len() >= 5, "{commands:#?}");
    for command in commands {
        let arguments = command.strip_prefix("make ").unwrap_or_else(|| panic!("`{command}` is no verb"));
        succeeds(&format!("make --dry-run {arguments}"), workspace());
    }
}

#[test]
fn the_example_of_the_readme_is_that_of_the_crate() {
    let crate_documentation = fs::read_to_string(workspace().join("host/sandbox/src/lib.rs")).unwrap();
    let example = code(&readme(), "rust");
    assert!((5..=10).contains(&example.len()), "ten lines at most: {example:#?}");
    for line in example {
        assert!(crate_documentation.contains(&format!("//! {line}\n")), "`{line}` is not in the crate's documentation");
    }
}
