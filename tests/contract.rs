//! The contract is guarded: it does not change by accident.

#![expect(clippy::unwrap_used, clippy::panic, reason = "in a test, what cannot go on says so and ends")]

use std::{fs, path::PathBuf};

use sandpress_sandbox::Digest;
use sandpress_tests::workspace;
use wit_parser::{PackageId, Resolve, WorldItem};

/// The digest of `wit/v1`: of each file's name, length and content, in the order of their names.
const V1: &str = "0cb3aea90b85c7350de594cec47103ad49785bd00081a5ef39e6f9bf97c737f3";

fn folder() -> PathBuf {
    workspace().join("wit/v1")
}

fn digest() -> Digest {
    let mut files: Vec<_> = fs::read_dir(folder()).unwrap().map(|file| file.unwrap().path()).collect();
    files.sort();
    let mut all = Vec::new();
    for file in files {
        let (name, content) = (file.file_name().unwrap().to_str().unwrap(), fs::read(&file).unwrap());
        all.extend_from_slice(format!("{name}\0{}\0", content.len()).as_bytes());
        all.extend_from_slice(&content);
    }
    Digest::of(&all)
}

fn parsed() -> (Resolve, PackageId) {
    let mut resolve = Resolve::default();
    let (package, _) = resolve.push_dir(folder()).unwrap_or_else(|error| panic!("wit/v1 is not WIT: {error:#}"));
    (resolve, package)
}

#[test]
fn wit_v1_is_as_it_was_recorded() {
    let found = digest().to_string();
    assert!(
        found == V1,
        "wit/v1 has changed: its digest is {found}, {V1} is recorded.\n\
         Every encoder that exists is built against these files, and a field, a case or a function more breaks all of them.\n\
         - Not meant: restore the folder from version control.\n\
         - Before the first release, or only comments: record the new digest in tests/contract.rs, in a commit that says why.\n\
         - After it: leave wit/v1 as it was. Use a `setting`, or add an interface in a folder wit/v2."
    );
}

#[test]
fn both_worlds_resolve_and_an_encoder_imports_nothing() {
    let (resolve, package) = parsed();
    let package = &resolve.packages[package];
    assert_eq!(package.name.to_string(), "sandpress:codec@1.0.0");
    assert_eq!(package.worlds.keys().collect::<Vec<_>>(), ["encoder", "tool"]);

    let interfaces = |items: Vec<&WorldItem>| -> Vec<String> {
        let name = |item: &WorldItem| match item {
            WorldItem::Interface { id, .. } => resolve.interfaces[*id].name.clone().unwrap(),
            other => panic!("a world has interfaces only, and not {other:?}"),
        };
        items.into_iter().map(name).collect()
    };
    let encoder = &resolve.worlds[package.worlds["encoder"]];
    // Were the types not exported as well, an encoder would import them.
    assert_eq!(interfaces(encoder.exports.values().collect()), ["types", "codec"]);
    assert!(encoder.imports.is_empty());

    let tool = &resolve.worlds[package.worlds["tool"]];
    assert_eq!(interfaces(tool.imports.values().collect()), ["types", "codec"]);
    assert!(tool.exports.is_empty());
}

#[test]
fn the_contract_has_three_functions_and_no_resources() {
    let (resolve, package) = parsed();
    let package = &resolve.packages[package];
    let codec = &resolve.interfaces[package.interfaces["codec"]];
    assert_eq!(codec.functions.keys().collect::<Vec<_>>(), ["describe", "probe", "compress"]);
    // A handle would let a codec keep something from one call to the next.
    for id in package.interfaces.values().flat_map(|id| resolve.interfaces[*id].types.values()) {
        let kind = &resolve.types[*id].kind;
        assert!(!matches!(kind, wit_parser::TypeDefKind::Resource | wit_parser::TypeDefKind::Handle(_)), "{kind:?}");
    }
}
