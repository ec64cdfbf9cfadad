//! Catalogs for tests: signed documents over what the build has made.

use std::{collections::BTreeMap, fs, io::Cursor, path::Path};

use minisign::KeyPair;
use sandpress_catalog::{Document, Keys, SIGNED, Service, native_file, signed};
use sandpress_sandbox::{Digest, MediaType};
use tempfile::TempDir;

use crate::components;

/// A key to sign catalogs with.
pub struct Signer(KeyPair);

impl std::fmt::Debug for Signer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("Signer").field(&self.public()).finish()
    }
}

impl Default for Signer {
    fn default() -> Self {
        Self::new()
    }
}

impl Signer {
    /// A new one.
    pub fn new() -> Self {
        Self(KeyPair::generate_unencrypted_keypair().expect("there is randomness"))
    }

    /// Its public half, to verify with.
    pub fn keys(&self) -> Keys {
        Keys::parse(&self.public()).expect("a public key")
    }

    /// The same as a text.
    pub fn public(&self) -> String {
        self.0.pk.to_base64()
    }

    /// A document with its signature.
    pub fn sign(&self, document: &str) -> Vec<u8> {
        let signature = minisign::sign(Some(&self.0.pk), &self.0.sk, Cursor::new(document), None, None);
        signed(&signature.expect("it can be signed").to_string(), document)
    }
}

/// The catalog that the build has made in a folder of `target`.
fn built(folder: &str) -> Document {
    sandpress_catalog::document(&components::target().join(folder)).expect("run `make components` first")
}

/// The real encoder of PNGs, and the one that makes one pixel of everything: each with its digest, and of which nothing serves yet.
pub fn releases() -> (Document, Digest, Digest) {
    let (mut document, bad) = (built("native"), built("misbehaving/native"));
    let [good, one_pixel] = [&document, &bad].map(|document| document.media_types[&MediaType::PNG].in_service);
    let mut release = bad.releases[&one_pixel].clone();
    release.produces.retain(|media_type| *media_type == MediaType::PNG);
    document.releases.insert(one_pixel, release);
    document.media_types = BTreeMap::new();
    document.releases.retain(|digest, _| [good, one_pixel].contains(digest));
    (document, good, one_pixel)
}

/// A document in which a release serves PNG.
pub fn serving(document: &Document, release: Digest, serial: u64) -> Document {
    let media_types = BTreeMap::from([(MediaType::PNG, Service::of(release))]);
    let mut document = document.clone();
    document.media_types = media_types;
    document.serial = serial;
    document
}

/// A folder with the native code of these releases.
pub fn shelf(document: &Document) -> TempDir {
    let shelf = tempfile::tempdir().expect("a temporary folder");
    for native in document.releases.values().flat_map(|release| &release.native) {
        let file = native_file(native.digest);
        let places = ["native", "misbehaving/native"].map(|folder| components::target().join(folder).join(&file));
        let place = places.iter().find(|place| place.exists()).expect("one of both has it");
        fs::copy(place, shelf.path().join(file)).expect("a file of the build");
    }
    shelf
}

/// Puts a signed document, or what passes itself off as one, on a shelf.
pub fn put(shelf: &Path, signed: &[u8]) {
    fs::write(shelf.join(SIGNED), signed).expect("a file in our own folder");
}
