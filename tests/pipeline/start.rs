//! A function that is set up wrong does not start, and says what to change.

use sandpress_tests::{
    aws::Site,
    lambda::{self, Function, Settings},
};

use crate::{SHIPPED, WEB, photos::contains, policy};

/// Starts a function that must not start; gives the line of its log that says why.
async fn refusal(settings: Settings) -> String {
    let function = Function::new(settings);
    let error = function.start().await.expect_err("it must not start");
    assert_eq!(error, "exit status: 1", "{:#?}", function.log());
    let lines = function.log();
    assert_eq!(lines.len(), 1, "{lines:#?}");
    assert_eq!(lines[0]["level"], "ERROR");
    lines[0]["message"].as_str().expect("a message").to_owned()
}

#[tokio::test]
async fn a_destination_that_would_feed_the_source_is_refused() {
    let site = Site::new().await;
    let mut settings = Settings::new(&site, SHIPPED);
    settings.environment.push(("SANDPRESS_DESTINATION_BUCKET".to_owned(), site.source.clone()));
    let error = refusal(settings.clone()).await;
    assert!(error.contains("compressed again without end") && error.contains("Use another bucket"), "{error}");

    // Prefixes that keep them apart are what the error proposes.
    settings.policy = policy(&format!("prefix = \"renditions/\"\n{WEB}")).replacen(
        "[dead-letters]",
        "prefix = \"uploads/\"\n[dead-letters]",
        1,
    );
    Function::new(settings).start().await.expect("it starts");
}

#[tokio::test]
async fn what_is_missing_is_named() {
    let site = Site::new().await;
    let settings = Settings::new(&site, SHIPPED);
    let without = |name: &str| {
        let mut settings = settings.clone();
        settings.environment.retain(|(variable, _)| variable != name);
        settings
    };
    let with = |name: &str, value: &str| {
        let mut settings = settings.clone();
        settings.environment.push((name.to_owned(), value.to_owned()));
        settings
    };
    let following = |rest: &str| Settings { policy: policy(rest), ..settings.clone() };
    for (settings, says) in [
        (
            without("SANDPRESS_SOURCE_BUCKET"),
            "source.bucket: the environment variable SANDPRESS_SOURCE_BUCKET is not set",
        ),
        (without("SANDPRESS_DEAD_LETTER_QUEUE_URL"), "SANDPRESS_DEAD_LETTER_QUEUE_URL is not set"),
        (with("SANDPRESS_DEAD_LETTER_QUEUE_URL", "queue"), "dead-letters.queue-url: not the URL of a queue"),
        (with("SANDPRESS_POLICY", "/nowhere/sandpress.toml"), "the policy /nowhere/sandpress.toml"),
        (with("SANDPRESS_ENCODERS", "/nowhere"), "/nowhere/catalog.json"),
        (
            following(&format!("{WEB}format = \"image/tiff\"\n")),
            "no encoder in service makes image/tiff; there are encoders for image/",
        ),
        (following(""), "rendition: there is none"),
        (following(&format!("{WEB}qualty = 80\n")), "unknown field `qualty`"),
        (Settings { memory: 128, ..settings.clone() }, "give the process more memory"),
    ] {
        let error = refusal(settings).await;
        assert!(error.contains(says), "{says}: {error}");
    }
}

#[tokio::test]
async fn native_code_that_is_not_the_catalogs_is_refused() {
    let site = Site::new().await;
    let folder = tempfile::tempdir().expect("a temporary folder");
    for entry in std::fs::read_dir(lambda::encoders()).expect("a catalog") {
        let entry = entry.expect("an entry");
        let mut bytes = std::fs::read(entry.path()).expect("a file");
        if entry.path().extension().is_some_and(|extension| extension == "cwasm") {
            let middle = bytes.len() / 2;
            bytes[middle] ^= 1;
        }
        std::fs::write(folder.path().join(entry.file_name()), bytes).expect("a file in our own folder");
    }
    let mut settings = Settings::new(&site, SHIPPED);
    settings.environment.push(("SANDPRESS_ENCODERS".to_owned(), folder.path().display().to_string()));
    let error = refusal(settings).await;
    assert!(error.contains(".cwasm"), "{error}");
}

#[test]
fn the_program_has_no_compiler() {
    let program = std::fs::read(lambda::program()).expect("the program");
    for part in ["cranelift_codegen", "regalloc2", "wasmtime_cranelift"] {
        assert!(!contains(&program, part.as_bytes()), "{part} is in the program");
    }
    assert!(contains(&program, b"wasmtime"), "else these names would say nothing");
}
