//! Whatever is wrong with a catalog or with what it names, each has an error of its own, and what is in service goes on serving.

use std::{
    fs::{self, File},
    path::{Path, PathBuf},
    sync::{Arc, Mutex},
    time::Duration,
};

use sandpress_catalog::{Document, Folder, Live, Notice, Remote, component_file, native_file};
use sandpress_sandbox::{Digest, Limits, LoadError, MediaType, Rendition};
use sandpress_tests::{
    components, images,
    releases::{Signer, put, releases, serving, shelf},
};

/// A process that serves the one pixel's release by serial 5, and what it is given next.
struct Case {
    signer: Signer,
    shelf: PathBuf,
    document: Document,
    good: Digest,
    compiles: bool,
}

impl Case {
    /// The document that puts the real encoder into service.
    fn next(&self) -> Document {
        serving(&self.document, self.good, 6)
    }

    fn put(&self, document: &Document) {
        put(&self.shelf, &self.signer.sign(&document.to_json()));
    }

    fn native(&self) -> PathBuf {
        self.shelf.join(native_file(self.document.releases[&self.good].native[0].digest))
    }

    /// A catalog that says something else of the real encoder.
    fn saying(&self, change: impl FnOnce(&mut sandpress_catalog::Release)) {
        let mut next = self.next();
        change(next.releases.get_mut(&self.good).expect("it is there"));
        self.put(&next);
    }
}

fn flip(path: &Path, place: usize) {
    let mut bytes = fs::read(path).expect("it is there");
    bytes[place] ^= 1;
    fs::write(path, bytes).expect("a file in our own folder");
}

type Tamper = fn(&mut Case);

/// What is done to the catalog, and what the error says.
const TABLE: [(&str, Tamper, &str); 19] = [
    ("native code that was changed", |case| flip(&case.native(), 1000), "has digest"),
    (
        "native code that was cut",
        |case| {
            let file = File::options().write(true).open(case.native()).expect("it is there");
            file.set_len(1000).expect("it can be cut");
        },
        "it has 1000 bytes, the catalog says",
    ),
    (
        "native code that has grown to 500 MB",
        |case| {
            let file = File::options().write(true).open(case.native()).expect("it is there");
            file.set_len(500 << 20).expect("it takes no place");
        },
        "it has more, the catalog says",
    ),
    (
        "native code that is said to have 500 MB",
        |case| case.saying(|release| release.native[0].bytes = 500 << 20),
        "it has 524288000 bytes, the limit is 268435456",
    ),
    ("native code that is gone", |case| fs::remove_file(case.native()).expect("it is there"), "there is no such file"),
    (
        "native code of another release",
        |case| {
            let [one, other] = [0, 1].map(|place| case.document.releases.values().nth(place).expect("two").clone());
            let other = if case.document.releases[&case.good] == one { other } else { one };
            case.saying(|release| release.native = other.native);
        },
        "failed its trial: it says that it is sandpress-misbehaving",
    ),
    (
        "native code for another version of wasmtime",
        |case| case.saying(|release| release.native[0].runtime = "wasmtime 47.0.0".to_owned()),
        "has no native code for",
    ),
    (
        "native code that another version of wasmtime has made, whatever the catalog says",
        |case| {
            let path = case.native();
            let mut code = fs::read(&path).expect("it is there");
            let stamp = b"wasmtime 48.";
            let place = code.windows(stamp.len()).position(|part| part == stamp).expect("it is stamped");
            code[place + stamp.len() - 2] = b'7';
            let digest = Digest::of(&code);
            fs::write(case.shelf.join(native_file(digest)), code).expect("a file in our own folder");
            case.saying(|release| release.native[0].digest = digest);
        },
        "native code does not fit this host, which runs wasmtime 48.",
    ),
    (
        "a component that was changed",
        |case| {
            case.compiles = true;
            let name = component_file(case.good);
            let component = components::component("sandpress-png");
            fs::copy(component, case.shelf.join(&name)).expect("a file of the build");
            flip(&case.shelf.join(name), 1000);
            case.saying(|release| release.native.clear());
        },
        "has digest",
    ),
    (
        "a component of 500 MB",
        |case| {
            case.compiles = true;
            case.saying(|release| {
                release.native.clear();
                release.bytes = 500 << 20;
            });
        },
        "it has 524288000 bytes, the limit is 67108864",
    ),
    (
        "a catalog that was changed",
        |case| {
            case.put(&case.next());
            let path = case.shelf.join("catalog.signed");
            let text = fs::read_to_string(&path).expect("it is there");
            fs::write(path, text.replace("\"serial\": 6", "\"serial\": 7")).expect("a file in our own folder");
        },
        "its signature does not hold",
    ),
    (
        "a catalog that was cut",
        |case| {
            let signed = case.signer.sign(&case.next().to_json());
            put(&case.shelf, &signed[..signed.len() - 3]);
        },
        "its signature does not hold",
    ),
    (
        "a catalog that somebody else has signed",
        |case| put(&case.shelf, &Signer::new().sign(&case.next().to_json())),
        "its signature does not hold",
    ),
    ("a catalog without a signature", |case| put(&case.shelf, case.next().to_json().as_bytes()), "it has no signature"),
    (
        "an older catalog",
        |case| case.put(&serving(&case.document, case.good, 4)),
        "it has serial 4, and 5 was seen before",
    ),
    (
        "another catalog of the same serial",
        |case| case.put(&serving(&case.document, case.good, 5)),
        "it has serial 5 as the one before has, and says other things",
    ),
    (
        "a catalog of another schema",
        |case| put(&case.shelf, &case.signer.sign(&case.next().to_json().replace("\"schema\": 2", "\"schema\": 3"))),
        "it has schema 3",
    ),
    ("a catalog of 2 MB", |case| put(&case.shelf, &vec![b' '; 2 << 20]), "it has more than 1048576 bytes"),
    (
        "a catalog that serves nothing that the policy asks for",
        |case| {
            let mut next = case.next();
            next.media_types.clear();
            case.put(&next);
        },
        "no encoder is in service",
    ),
];

#[tokio::test]
async fn whatever_is_wrong_is_refused_by_name_and_what_is_in_service_serves() {
    let (document, good, one_pixel) = releases();
    for (what, tamper, says) in TABLE {
        let shelf = shelf(&document);
        let signer = Signer::new();
        put(shelf.path(), &signer.sign(&serving(&document, one_pixel, 5).to_json()));
        let mut case =
            Case { signer, shelf: shelf.path().to_owned(), document: document.clone(), good, compiles: false };
        let errors = Arc::new(Mutex::new(Vec::new()));
        let mut remote = Remote::new(Arc::new(Folder::new(shelf.path())), case.signer.keys());
        remote.time_to_live = Duration::ZERO;
        remote.required = [MediaType::PNG].into();
        let told = Arc::clone(&errors);
        let listener = move |notice: &Notice<'_>| {
            if let Notice::Refused(error) = notice {
                told.lock().expect("nobody panics with it").push(error.to_string());
            }
        };
        let before = serving(&document, one_pixel, 5);

        case.put(&case.next());
        tamper(&mut case);
        let tampered = fs::read(shelf.path().join("catalog.signed")).expect("it is there");
        // Reached only by what has been verified.
        remote.compile = case.compiles.then_some(|_, _| Err(LoadError::Invalid("it was parsed".to_owned())));
        put(shelf.path(), &case.signer.sign(&before.to_json()));
        let live =
            Live::start(components::engine(), remote, None, Box::new(listener)).await.expect("nothing is wrong yet");
        put(shelf.path(), &tampered);

        live.refresh().await;
        let told = errors.lock().expect("nobody panics with it").clone();
        assert!(told.len() == 1 && told[0].contains(says), "{what}: {told:?}");
        let catalog = live.current();
        let encoder = catalog.serving(&MediaType::PNG).expect("it serves");
        assert_eq!(encoder.digest, one_pixel, "{what}");
        let rendition = [Rendition::new(MediaType::PNG)];
        let made = encoder.codec.compress(&images::image("graphic.png"), &rendition, &Limits::default());
        assert_eq!(made.expect("it serves as before").outputs.len(), 1, "{what}");
        println!("{what:85} {}", told[0]);
    }
}

#[tokio::test]
async fn without_what_is_wrong_it_is_taken() {
    let (document, good, one_pixel) = releases();
    let (shelf, signer) = (shelf(&document), Signer::new());
    put(shelf.path(), &signer.sign(&serving(&document, one_pixel, 5).to_json()));
    let mut remote = Remote::new(Arc::new(Folder::new(shelf.path())), signer.keys());
    remote.time_to_live = Duration::ZERO;
    let start = |remote: Remote| Live::start(components::engine(), remote, None, Box::new(|_| {}));
    let live = start(remote.clone()).await.expect("nothing is wrong");
    let before = live.current();
    put(shelf.path(), &signer.sign(&serving(&document, good, 6).to_json()));
    live.refresh().await;
    assert_eq!(live.current().serving(&MediaType::PNG).expect("it serves").digest, good);
    // Who works by the one before goes on with it.
    assert_eq!(before.serving(&MediaType::PNG).expect("it serves").digest, one_pixel);

    remote.least_serial = 7;
    let error = start(remote).await.expect_err("it is older than what is asked for");
    assert!(error.to_string().contains("it has serial 6, and 7 was seen before"), "{error}");
}

#[tokio::test]
async fn what_comes_with_a_program_serves_where_the_catalog_cannot_be_used() {
    let (document, ..) = releases();
    let (shelf, signer) = (shelf(&document), Signer::new());
    let mut remote = Remote::new(Arc::new(Folder::new(shelf.path())), signer.keys());
    remote.time_to_live = Duration::ZERO;
    let refused = Arc::new(Mutex::new(0));
    let told = Arc::clone(&refused);
    let listener = move |_: &Notice<'_>| *told.lock().expect("nobody panics with it") += 1;
    let with_program = components::encoders().clone();
    let live = Live::start(components::engine(), remote.clone(), Some(with_program), Box::new(listener)).await;
    let live = live.expect("something serves");
    assert_eq!(*refused.lock().expect("nobody panics with it"), 1, "and it is said");
    assert!(live.current().serving(&MediaType::PNG).is_some());
    let error = Live::start(components::engine(), remote, None, Box::new(|_| {})).await.expect_err("nothing serves");
    assert!(error.to_string().contains("catalog.signed: there is no such file"), "{error}");
}
