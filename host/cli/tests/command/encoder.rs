//! What `sandpress encoder` tells and makes.

use std::{collections::BTreeMap, ffi::OsString, fs};

use sandpress_catalog::{Catalog, Document};
use sandpress_sandbox::{Digest, Engine, Imports, Limits, MediaType};
use serde_json::{Value, json};

use crate::sandpress::{Folder, command, encoder, foreign, image, misbehaving, read, run, sandpress};

#[test]
fn an_encoder_is_described_with_its_options_and_its_digest() {
    let path = encoder("sandpress-jpeg");
    let digest = Digest::of(&read(&path)).to_string();
    let text = sandpress(["encoder".into(), "describe".into(), path.clone()]).exits_with(0).text();
    for expected in [
        "sandpress-jpeg ",
        &digest,
        "sandpress:codec/codec@1.0.0",
        "imports   none",
        "writes    image/jpeg",
        "subsampling",
    ] {
        assert!(text.contains(expected), "`{expected}` is not in: {text}");
    }
    let json = sandpress(["encoder".into(), "describe".into(), path, "--json".into()]).exits_with(0).json();
    assert_eq!((&json["digest"], &json["imports"]), (&json!(digest), &json!([])));
    assert_eq!(json["descriptor"]["produces"], json!(["image/jpeg"]));
}

#[test]
fn an_encoder_that_imports_anything_is_let_in_where_it_is_allowed_only() {
    let folder = Folder::new();
    let path = foreign("qoi-in-c");
    let describe = || ["encoder".into(), "describe".into(), path.clone()];
    let compile = || ["encoder".into(), "compile".into(), path.clone(), "--out-dir".into(), folder.path("catalog")];
    let refused = ["qoi-in-c.wasm: the component imports ", "wasi:cli/stderr@0.2.", "a codec must import nothing"];
    sandpress(describe()).exits_with(1).says(&refused);
    sandpress(compile()).exits_with(1).says(&refused);
    assert!(folder.files().is_empty());

    let allow = || ["--allow-imports".into()];
    let text = sandpress(describe().into_iter().chain(allow())).exits_with(0).text();
    assert!(text.contains("imports   wasi:") && text.contains(": given nothing\n"), "{text}");
    let json = sandpress(describe().into_iter().chain(allow()).chain(["--json".into()])).exits_with(0).json();
    let mut imports = json["imports"].as_array().unwrap().iter().map(|name| name.as_str().unwrap());
    assert!(imports.any(|name| name.starts_with("wasi:cli/stderr@0.2.")), "{json}");
    sandpress(compile().into_iter().chain(allow())).exits_with(0);
    let opened = Catalog::open(&Engine::new().unwrap().imports(Imports::Trap), &folder.path("catalog")).unwrap();
    assert!(opened.serving(&"image/qoi".parse().unwrap()).is_some());
}

#[test]
fn a_catalog_that_is_compiled_can_be_opened_and_its_encoders_run() {
    let folder = Folder::new();
    let catalog = folder.path("catalog");
    let (jpeg, png) = (encoder("sandpress-jpeg"), encoder("sandpress-png"));
    sandpress(["encoder".into(), "compile".into(), jpeg.clone(), png, "--out-dir".into(), catalog.clone()])
        .exits_with(0);

    let opened = Catalog::open(&Engine::new().unwrap(), &catalog).unwrap();
    assert_eq!(
        opened.iter().map(|(media_type, _)| media_type.as_str()).collect::<Vec<_>>(),
        ["image/jpeg", "image/png"]
    );
    let serving = opened.serving(&MediaType::JPEG).unwrap();
    assert_eq!(serving.digest, Digest::of(&read(jpeg)));
    let descriptor = serving.codec.describe(&Limits::default()).unwrap().descriptor;
    assert_eq!((&descriptor.name, &descriptor.version), (&serving.name, &serving.version));
    for file in folder.files().iter().filter(|file| file.ends_with(".cwasm")) {
        assert_eq!(*file, format!("catalog/{}.cwasm", Digest::of(&read(folder.path(file)))));
    }
}

#[test]
fn an_encoder_is_compiled_for_every_target_asked_for() {
    let folder = Folder::new();
    let arguments = "encoder compile --target x86_64 --target aarch64 --out-dir".split(' ').map(Into::into);
    sandpress(arguments.chain([folder.path(""), encoder("sandpress-jpeg")])).exits_with(0);
    let document = Document::from_json(&read(folder.path("catalog.json"))).unwrap();
    let native = &document.releases[&document.in_service()[&MediaType::JPEG]].native;
    assert_eq!(native.iter().map(|native| native.arch.as_str()).collect::<Vec<_>>(), ["aarch64", "x86_64"]);
    assert_eq!(folder.files().len(), 3);
}

#[test]
fn targets_that_are_the_same_processor_are_refused() {
    let folder = Folder::new();
    let arguments = ["encoder", "compile", "--target", "host", "--target", std::env::consts::ARCH, "--out-dir"];
    sandpress(
        arguments.into_iter().map(OsString::from).chain([folder.path("").into(), encoder("sandpress-jpeg").into()]),
    )
    .exits_with(2)
    .says(&["not both"]);
}

#[test]
fn two_encoders_of_one_format_are_refused() {
    let folder = Folder::new();
    let mut other = read(encoder("sandpress-jpeg"));
    // A custom section makes it another component that says the same of itself.
    other.extend(b"\0\x05\x04test");
    fs::write(folder.path("other.wasm"), other).unwrap();
    let out = folder.path("out");
    sandpress([
        "encoder".into(),
        "compile".into(),
        encoder("sandpress-jpeg"),
        folder.path("other.wasm"),
        "--out-dir".into(),
        out,
    ])
    .exits_with(1)
    .says(&["other.wasm", "both produce image/jpeg"]);
    assert!(!folder.path("out/catalog.json").exists());
}

#[test]
fn what_is_no_encoder_is_refused_by_name() {
    let folder = Folder::new();
    for verb in ["describe", "check", "compile"] {
        let mut arguments = vec!["encoder".into(), verb.into(), image("photo.jpg")];
        if verb == "compile" {
            arguments.extend(["--out-dir".into(), folder.path("out")]);
        }
        sandpress(arguments).exits_with(1).says(&["photo.jpg: not a component"]);
    }
    assert!(folder.files().is_empty());
}

/// The properties in a report of `sandpress encoder check`, with what became of each.
fn outcomes(report: &Value) -> BTreeMap<&str, &str> {
    let properties = report["properties"].as_array().unwrap();
    properties.iter().map(|one| (one["name"].as_str().unwrap(), one["outcome"].as_str().unwrap())).collect()
}

/// Every picture that it makes is decoded in the sandbox, by the encoder of PNGs.
#[test]
fn an_encoder_that_keeps_the_contract_is_found_to() {
    let path = encoder("sandpress-jpeg");
    let run = sandpress(["encoder".into(), "check".into(), path.clone(), "--json".into()]).exits_with(0);
    let json = run.json();
    let outcomes = outcomes(&json[0]);
    assert!(outcomes.len() >= 20 && outcomes.values().all(|outcome| *outcome == "passed"), "{outcomes:?}");
    assert_eq!(json[0]["digest"], json!(Digest::of(&read(path)).to_string()));
    assert_eq!(run.stderr, "");
}

#[test]
fn an_encoder_that_breaks_the_contract_fails_with_reasons() {
    let path = misbehaving();
    let run = sandpress(["encoder".into(), "check".into(), path.clone()]).exits_with(1);
    let text = run.text();
    for expected in [
        "sandpress-misbehaving",
        "is-deterministic",
        "the first bytes are not those of image/jpeg",
        "does not read image/jpeg, in which the corpus has orientations",
        "refuses-strangers-as-unsupported (image/png)            failed",
        "an icon: is not refused",
    ] {
        assert!(text.contains(expected), "`{expected}` is not in: {text}");
    }
    assert_eq!(run.stderr, "", "nothing but the table");
    // What is asked for alone decides alone.
    let only = ["--property".into(), "describes-itself-truly".into(), "--json".into()];
    let json = sandpress(["encoder".into(), "check".into(), path].into_iter().chain(only)).exits_with(0).json();
    assert_eq!(outcomes(&json[0]), [("describes-itself-truly", "passed")].into());
    assert_eq!(json[0]["properties"][0]["media_type"], Value::Null, "it is of no format");
}

#[test]
fn pixels_that_nothing_decodes_are_not_said_to_be_right() {
    let folder = Folder::new();
    let arguments = ["check", "--json", "--property", "makes-the-same-picture", "--property", "is-deterministic"];
    let mut command = command();
    command.arg("encoder").args(arguments).arg("--encoders").arg(folder.path("none")).arg(encoder("sandpress-jpeg"));
    let json = run(&mut command, &[]).exits_with(0).json();
    let expected = [("is-deterministic", "passed"), ("makes-the-same-picture", "not-applicable")];
    assert_eq!(outcomes(&json[0]), expected.into());
    let why = json[0]["properties"][0]["why"].as_str().unwrap();
    assert!(why.contains("nothing decodes") && why.contains("no folder of encoders"), "{why}");
}

#[test]
fn an_encoder_that_takes_too_long_fails_in_time() {
    let arguments = ["--timeout", "0.001", "--property", "makes-nothing-of-no-renditions"].map(Into::into);
    let run = sandpress(["encoder".into(), "check".into(), encoder("sandpress-avif")].into_iter().chain(arguments));
    assert!(run.text().contains("time limit"), "{}", run.text());
    run.exits_with(1);
}

#[test]
fn a_property_that_there_is_not_is_refused_with_those_that_there_are() {
    sandpress(["encoder", "check", "a.wasm", "--property", "is-nice"])
        .exits_with(2)
        .says(&["is-nice", "is-deterministic"]);
}
