//! Catalogs in a folder: made, read and refused. What they do to a service that runs, the tests of catalogs show.

use std::{ffi::OsString, fs, path::Path, process::Command};

use serde_json::{Value, json};

use crate::sandpress::{Folder, Run, command, encoder, encoders, image, read, run};

/// A folder with a key and a catalog.
struct Operator {
    folder: Folder,
    public: String,
}

impl Operator {
    fn new() -> Self {
        let folder = Folder::new();
        let made = run(command().args(["encoder", "key", "--out"]).arg(folder.path("catalog.key")), &[]);
        let public = made.exits_with(0).text().trim().to_owned();
        Self { folder, public }
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = command();
        command.arg("encoder").args(arguments);
        command.env("SANDPRESS_CATALOG", self.folder.path("catalog")).env("SANDPRESS_CATALOG_KEY", &self.public);
        command
    }

    #[track_caller]
    fn run(&self, arguments: &[&str]) -> Run {
        run(&mut self.command(arguments), &[])
    }

    /// With the key.
    #[track_caller]
    fn change(&self, arguments: &[&str]) -> Run {
        run(self.command(arguments).arg("--key").arg(self.folder.path("catalog.key")), &[])
    }

    /// Without the check, which takes longer than all the rest.
    #[track_caller]
    fn publish(&self, component: &Path) -> Run {
        let component = component.display().to_string();
        self.change(&["publish", "--no-check", "--target", std::env::consts::ARCH, &component])
    }
}

fn misbehaving() -> std::path::PathBuf {
    encoders().join("../misbehaving/encoders/sandpress-misbehaving.wasm")
}

#[test]
fn a_release_is_published_with_what_its_component_says() {
    let operator = Operator::new();
    assert!(operator.public.starts_with("RW"), "{}", operator.public);
    operator.run(&["list"]).exits_with(1).says(&["there is no catalog yet"]);
    operator.publish(&misbehaving()).exits_with(0).says(&["compiling for", "sandpress encoder promote"]);
    operator.change(&["promote", "PNG@0.1.0"]).exits_with(0);
    let document = operator.run(&["list", "--json"]).exits_with(0).json();
    let (digest, release) = document["releases"].as_object().unwrap().iter().next().unwrap();
    assert_eq!((&release["name"], &release["licence"]), (&"sandpress-misbehaving".into(), &"Apache-2.0".into()));
    assert_eq!(release["bytes"], read(misbehaving()).len());
    assert_eq!(document["media-types"]["image/png"]["in-service"], **digest);
    let listed = operator.run(&["list"]).exits_with(0).text();
    assert!(listed.contains("sandpress-misbehaving@0.1.0") && listed.contains("serial 2"), "{listed}");

    let fetched = operator.folder.path("fetched.wasm");
    operator.run(&["fetch", "PNG@0.1.0", "-o", &fetched.display().to_string()]).exits_with(0);
    assert_eq!(read(fetched), read(misbehaving()));

    // A release can be compared with a file, by its name.
    let images = operator.folder.with("graphic.png", "images/graphic.png");
    let (images, file) = (images.parent().unwrap().display().to_string(), misbehaving().display().to_string());
    let compare = ["compare", "PNG@0.1.0", &file, "--format", "png", "--images", &images, "--json"];
    let report = operator.run(&compare).exits_with(0).json();
    assert_eq!((&report["old"]["digest"], &report["new"]["digest"]), (&json!(digest), &json!(digest)));
    operator.run(&["compare", "PNG@9.9.9", &file, "--images", &images]).exits_with(1).says(&["there is no PNG@9.9.9"]);

    // Nothing is written twice, and what is there is looked at.
    let before = operator.folder.files();
    operator.publish(&misbehaving()).exits_with(0);
    assert_eq!(operator.folder.files().len(), before.len() + 1, "one serial more");
    let component = operator.folder.path(&format!("catalog/{digest}.wasm"));
    fs::write(&component, "something else").unwrap();
    operator.publish(&misbehaving()).exits_with(1).says(&["it has another content than its name says"]);
}

#[test]
fn an_encoder_that_does_not_keep_the_contract_is_not_published_by_accident() {
    let operator = Operator::new();
    let component = misbehaving().display().to_string();
    let refused = operator.change(&["publish", "--target", std::env::consts::ARCH, &component]);
    refused.exits_with(1).says(&["makes-the-same-picture", "failed", "--no-check"]);
    assert!(!operator.folder.path("catalog").exists());
}

/// Limits that are there already stay where they are lower, so this one is met by any component.
#[test]
fn a_compiler_that_takes_too_much_is_ended_and_that_is_said() {
    let operator = Operator::new();
    let mut limited = Command::new("prlimit");
    limited.args(["--cpu=1", "--"]).arg(command().get_program()).args(["encoder", "publish", "--no-check", "--key"]);
    limited.arg(operator.folder.path("catalog.key")).arg(encoder("sandpress-avif"));
    limited.env("SANDPRESS_CATALOG", operator.folder.path("catalog"));
    run(&mut limited, &[])
        .exits_with(1)
        .says(&["sandpress-avif.wasm: the compiler was ended", "minutes of processors"]);
    assert!(!operator.folder.path("catalog").exists());
}

#[test]
fn what_is_signed_can_be_verified_by_minisign() {
    let operator = Operator::new();
    operator.publish(&misbehaving()).exits_with(0);
    let signed = String::from_utf8(read(operator.folder.path("catalog/catalog.signed"))).unwrap();
    let lines: Vec<_> = signed.splitn(5, '\n').collect();
    let signature = minisign::SignatureBox::from_string(&lines[..4].join("\n")).unwrap();
    let public = minisign::PublicKey::from_base64(&operator.public).unwrap();
    let document = std::io::Cursor::new(lines[4]);
    minisign::verify(&public, &signature, document, true, false, false).unwrap();
    assert_eq!(signature.trusted_comment().unwrap(), "serial 1");
}

#[test]
fn what_is_no_encoder_is_refused_and_nothing_is_written() {
    let operator = Operator::new();
    let tool = encoders().join("../tools/sandpress-jpeg.wasm");
    let mut renamed = read(misbehaving());
    let name = b"sandpress-misbehaving";
    let place = renamed.windows(name.len()).rposition(|part| part == name).unwrap();
    renamed[place] = b'S';
    fs::write(operator.folder.path("renamed.wasm"), renamed).unwrap();
    for (component, says) in [
        (image("photo.jpg"), "not a component"),
        (tool, "a codec must import nothing"),
        (operator.folder.path("nothing.wasm"), "No such file"),
        (operator.folder.path("renamed.wasm"), "its metadata have the name"),
    ] {
        operator.publish(&component).exits_with(1).says(&[&component.display().to_string(), says]);
    }
    assert!(!operator.folder.path("catalog").exists());
}

#[test]
fn a_catalog_is_changed_by_who_has_its_key_and_a_key_never_by_accident() {
    let operator = Operator::new();
    operator.publish(&misbehaving()).exits_with(0);
    operator.run(&["promote", "PNG@0.1.0"]).exits_with(1).says(&["must be signed", "sandpress encoder key"]);
    let component = misbehaving().display().to_string();
    let said = operator.run(&["publish", &component]).exits_with(1).says(&["must be signed"]).stderr;
    assert!(!said.contains("compiling"), "who lacks the key need not wait: {said}");
    // The key in the environment.
    let key = String::from_utf8(read(operator.folder.path("catalog.key"))).unwrap();
    let mut with_key = operator.command(&["promote", "PNG@0.1.0"]);
    run(with_key.env("SANDPRESS_SIGNING_KEY", &key), &[]).exits_with(0);

    let other = Operator::new();
    let mut foreign = operator.command(&["rollback", "PNG", "--key"]);
    foreign.arg(other.folder.path("catalog.key")).env("SANDPRESS_CATALOG_KEY", &other.public);
    run(&mut foreign, &[]).exits_with(1).says(&["its signature does not hold"]);

    // With the old one named, a new one takes over.
    let mut change = operator.command(&["promote", "JPEG@0.1.0", "--key"]);
    run(change.arg(other.folder.path("catalog.key")), &[]).exits_with(0);
    operator.run(&["list"]).exits_with(1).says(&["its signature does not hold"]);

    let mut again: Vec<OsString> = ["encoder", "key", "--out"].map(Into::into).to_vec();
    again.push(operator.folder.path("catalog.key").into());
    run(command().args(again), &[]).exits_with(1).says(&["catalog.key", "exists"]);
    let garbled =
        run(operator.command(&["rollback", "PNG"]).env("SANDPRESS_SIGNING_KEY", "not a key: tell nobody"), &[]);
    let said = garbled.exits_with(1).says(&["SANDPRESS_SIGNING_KEY"]).stderr;
    assert!(!said.contains("tell nobody"), "{said}");
}

#[test]
fn a_key_is_encrypted_where_there_is_a_password() {
    let operator = Operator::new();
    let path = operator.folder.path("encrypted.key");
    let mut make = command();
    make.args(["encoder", "key", "--out"]).arg(&path).env("SANDPRESS_SIGNING_PASSWORD", "correct horse");
    let public = run(&mut make, &[]).exits_with(0).text().trim().to_owned();
    let publish = |password: &str| {
        let component = misbehaving().display().to_string();
        let mut publish =
            operator.command(&["publish", "--no-check", "--target", std::env::consts::ARCH, &component, "--key"]);
        publish.arg(&path).env("SANDPRESS_CATALOG_KEY", &public).env("SANDPRESS_SIGNING_PASSWORD", password);
        run(&mut publish, &[])
    };
    let said = publish("battery staple").exits_with(1).says(&["encrypted.key", "Wrong password"]).stderr;
    assert!(!said.contains("battery"), "{said}");
    publish("correct horse").exits_with(0);
}

#[test]
fn a_history_with_a_gap_is_told_of() {
    let operator = Operator::new();
    operator.publish(&misbehaving()).exits_with(0);
    operator.change(&["promote", "PNG@0.1.0", "--why", "a beginning"]).exits_with(0);
    operator.change(&["promote", "JPEG@0.1.0"]).exits_with(0);
    let history: Value = operator.run(&["history", "--json"]).exits_with(0).json();
    assert_eq!(history.as_array().unwrap().len(), 3);
    let table = operator.run(&["history", "--last", "2"]).exits_with(0).text();
    assert!(table.contains("a beginning") && !table.contains("publish"), "{table}");
    fs::remove_file(operator.folder.path("catalog/history/00000002.signed")).unwrap();
    operator.run(&["history"]).exits_with(1).says(&["the history has no serial 2"]);
    // The next change needs what it replaces, and not what was before that.
    fs::remove_file(operator.folder.path("catalog/history/00000003.signed")).unwrap();
    operator.change(&["rollback", "PNG"]).exits_with(1).says(&["no release that was in service before"]);
    operator.publish(&encoder("sandpress-png")).exits_with(0);
    assert!(operator.folder.path("catalog/history/00000003.signed").exists(), "what was left out is made up for");
}
