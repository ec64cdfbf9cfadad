//! What the documentation says works: every command in it is run, and its library example is one that is compiled and run.

#![expect(clippy::unwrap_used, reason = "in a test, what cannot go on says so and ends")]

use std::{env, fs, os::unix::fs::symlink, path::Path, process::Command};

use sandpress_tests::{
    aws::{CREDENTIALS, REGION, Site},
    components::{self, target},
    images,
    lambda::Settings,
    workspace,
};
use tempfile::TempDir;

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
    succeeds_with(command, folder, &[]);
}

/// The same, with environment variables.
fn succeeds_with(command: &str, folder: &Path, environment: &[(String, String)]) {
    let path = format!("{}:{}", env::var("PATH").unwrap(), workspace().join(".tools/wasmtime/bin").display());
    let mut shell = Command::new("sh");
    shell.args(["-c", command]).current_dir(folder).env("PATH", path);
    shell.envs(environment.iter().map(|(name, value)| (name, value)));
    let output = shell.output().unwrap();
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

/// Those of its sections are run by `make templates`, each against its own stack.
#[test]
fn the_page_on_event_paths_has_the_costs_that_its_program_computes_and_verbs_that_are_there() {
    let page = fs::read_to_string(workspace().join("docs/event-paths.md")).unwrap();
    let verbs: Vec<_> = code(&page, "sh").into_iter().filter(|command| command.starts_with("make ")).collect();
    assert!(verbs.len() >= 2, "{verbs:#?}");
    for verb in verbs {
        succeeds(&verb.replacen("make ", "make --dry-run ", 1), workspace());
    }
    let computed = Command::new("python3").arg("deploy/costs.py").current_dir(workspace()).output().unwrap();
    let tables = String::from_utf8(computed.stdout).unwrap();
    assert!(computed.status.success() && tables.lines().count() > 20, "{tables}");
    for table in tables.split("\n\n") {
        assert!(page.contains(table.trim()), "the page lacks this:\n{table}");
    }
}

#[tokio::test]
async fn every_command_of_the_page_on_the_worker_succeeds() {
    let site = Site::new().await;
    for (key, file) in [("photo.jpg", "greyscale.jpg"), ("cut.jpg", "truncated.jpg"), ("2026/text.jpg", "text.jpg")] {
        site.upload(key, images::image(file)).await;
    }
    site.wait_for(3).await;
    let folder = every_command_succeeds("worker.md", 6, &site);
    assert!(site.rendition("photo.jpg").await.is_some());
    assert!(folder.path().join("target/catalog/catalog.json").is_file());
    assert_eq!(site.waiting().await, (1, 0), "what was redriven at the end");
    assert_eq!(site.waiting_in(&site.dead_letters).await, (1, 0), "what was not");
}

#[tokio::test]
async fn every_command_of_the_pages_on_backfill_and_check_succeeds() {
    let site = Site::silent().await;
    for key in ["2026/photo.jpg", "2025/photo.jpg"] {
        site.upload(key, images::image("greyscale.jpg")).await;
    }
    every_command_succeeds("backfill.md", 6, &site);
    // One below a prefix, all that is out of date, and one from the manifest.
    assert_eq!(site.take_messages().await.len(), 1 + 2 + 1);

    // Where uploads are announced, there is nothing to find.
    every_command_succeeds("check.md", 3, &Site::new().await);
}

#[tokio::test]
async fn every_command_of_the_page_on_releases_succeeds() {
    let site = Site::silent().await;
    site.s3.create_bucket().bucket("encoders").send().await.unwrap();
    let folder = tempfile::tempdir().unwrap();
    // Compiled in no time, and it says that it makes JPEGs.
    let component = fs::read(target().join("misbehaving/encoders/sandpress-misbehaving.wasm")).unwrap();
    fs::write(folder.path().join("sandpress-jpeg-0.2.0.wasm"), components::of_version(&component, "0.2.0")).unwrap();
    fs::create_dir_all(folder.path().join("target/encoders")).unwrap();
    fs::write(folder.path().join("target/encoders/sandpress-jpeg.wasm"), component).unwrap();
    // It does not keep the contract, and need not here.
    let unchecked = |command: &str| command.replace("encoder publish ", "encoder publish --no-check ");
    let folder = every_command_succeeds_in(folder, "releases.md", 9, &site, unchecked);
    assert!(folder.path().join("catalog.pub").is_file());
    let catalog = site.objects("encoders").await;
    assert_eq!(catalog.keys().filter(|key| key.starts_with("catalog/history/")).count(), 6);
}

#[tokio::test]
async fn every_command_of_the_page_on_comparing_succeeds() {
    let site = Site::silent().await;
    for (key, file) in [("2026/a.jpg", "greyscale.jpg"), ("2026/text", "text.jpg"), ("2025/b.jpg", "rotated.jpg")] {
        site.upload(key, images::image(file)).await;
    }
    let folder = every_command_succeeds("compare.md", 2, &site);
    let page = fs::read_to_string(folder.path().join("compared.html")).unwrap();
    // Of the bucket, one object begins so and is an image.
    assert!(page.contains("1 image, 1 made by both, 1 skipped as no images") && page.contains("\"file\": \"a.jpg\""));
}

/// From an empty folder, with the files that the page shows.
#[test]
fn every_command_of_the_page_for_authors_of_encoders_succeeds() {
    let page = fs::read_to_string(workspace().join("docs/write-an-encoder.md")).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let files: Vec<_> = page
        .split("```")
        .skip(1)
        .step_by(2)
        .filter_map(|block| block.split_once('\n'))
        .filter_map(|(info, content)| Some((info.split_once(' ')?.1, content)))
        .collect();
    assert!(files.len() >= 4, "{files:?}");
    for (name, content) in files {
        let path = folder.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, content).unwrap();
    }
    // The versions that the build has, and what was built of them the last time.
    fs::copy(workspace().join("Cargo.lock"), folder.path().join("Cargo.lock")).unwrap();
    let built = target().join("author");
    fs::create_dir_all(&built).unwrap();
    symlink(built, folder.path().join("target")).unwrap();
    let path = format!("{}:{}", target().join("release").display(), env::var("PATH").unwrap());
    let environment = [("PATH", path), ("SANDPRESS", workspace().display().to_string())];
    let environment = environment.map(|(name, value)| (name.to_owned(), value));
    let commands = code(&page, "sh");
    assert!(commands.len() >= 14, "{commands:#?}");
    for command in commands {
        // The toolchain is the one that `make setup` has made ready: rustup's server may be out of reach.
        let command = match command.as_str() {
            "rustup target add wasm32-unknown-unknown" => continue,
            "cargo build --release --target wasm32-unknown-unknown" => "\"$SANDPRESS/guest/build.sh\" in \"$PWD\"",
            command => command,
        };
        succeeds_with(command, folder.path(), &environment);
    }
    let made = fs::read(folder.path().join("noise.png")).unwrap();
    assert!(made.starts_with(b"\x89PNG") && made[16..24] == *b"\0\0\x01\x40\0\0\0\xf0", "320 × 240");
}

/// Runs the commands of a page of `docs`, at least so many, on a site; gives the folder that they ran in.
fn every_command_succeeds(page: &str, least: usize, site: &Site) -> TempDir {
    every_command_succeeds_in(tempfile::tempdir().unwrap(), page, least, site, str::to_owned)
}

/// The same in this folder, where some files are already, with each command as it is run here.
fn every_command_succeeds_in(
    folder: TempDir,
    page: &str,
    least: usize,
    site: &Site,
    run_as: impl Fn(&str) -> String,
) -> TempDir {
    for name in ["deploy", "tests"] {
        symlink(workspace().join(name), folder.path().join(name)).unwrap();
    }
    fs::create_dir_all(folder.path().join("target")).unwrap();
    for name in ["release", "encoders", "native"] {
        let place = folder.path().join("target").join(name);
        if !place.exists() {
            symlink(workspace().join("target").join(name), place).unwrap();
        }
    }
    let variable = |name: &str, value: &str| (name.to_owned(), value.to_owned());
    let mut environment = Settings::new(site, "").environment;
    environment.extend([
        variable("QUEUE_URL", &site.queue.url),
        variable("DEAD_LETTER_QUEUE_URL", &site.dead_letters.url),
        variable("AWS_REGION", REGION),
        variable("AWS_ACCESS_KEY_ID", CREDENTIALS.0),
        variable("AWS_SECRET_ACCESS_KEY", CREDENTIALS.1),
    ]);
    let commands = code(&fs::read_to_string(workspace().join("docs").join(page)).unwrap(), "sh");
    assert!(commands.len() >= least, "{commands:#?}");
    for command in commands {
        succeeds_with(&run_as(&command), folder.path(), &environment);
    }
    folder
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
