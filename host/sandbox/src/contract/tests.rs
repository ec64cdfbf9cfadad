//! Two major versions of the contract are served by one host: the encoders', and the one that `tests/contract-2` makes up.
#![allow(clippy::unwrap_used, clippy::panic, reason = "clippy knows tests by their attribute, not their helpers")]

use std::{
    fs,
    path::{Path, PathBuf},
    sync::LazyLock,
    thread,
};

use crate::{
    CallError, Codec, CodecError, Digest, Engine, ImageInfo, Limits, LoadError, MediaType, Probe, Quality, Rendition,
    Setting, Value,
};

const FIRST: &str = "sandpress:codec/codec@1.0.0";
const SECOND: &str = "sandpress:codec/codec@2.0.0";

static ENGINE: LazyLock<Engine> = LazyLock::new(|| Engine::new().unwrap());
/// PNGs, by the first version: what the build has compiled, beside what earlier builds may have left.
static PNG: LazyLock<Codec> = LazyLock::new(|| {
    let files = fs::read_dir(target("native")).unwrap().map(|file| file.unwrap().path());
    let native = files.filter(|path| path.extension().is_some_and(|extension| extension == "cwasm"));
    let mut codecs = native.map(|path| read(&path)).filter_map(|code| load(&code).ok());
    codecs.find(|codec| name(codec) == "sandpress-png").unwrap()
});
/// PGMs and PPMs of PAMs, by the second.
static PNM: LazyLock<Codec> = LazyLock::new(|| Codec::compile(&ENGINE, &made(FLATTEN)).unwrap());
const FLATTEN: &str = "contract-2/encoders/sandpress-contract-2.wasm";

fn read(path: &Path) -> Vec<u8> {
    fs::read(path).unwrap_or_else(|error| panic!("{}: {error}; run `make components` first", path.display()))
}

fn target(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../target").join(path)
}

fn made(file: &str) -> Vec<u8> {
    read(&target(file))
}

fn load(native_code: &[u8]) -> Result<Codec, LoadError> {
    Codec::load(&ENGINE, native_code, Digest::of(native_code))
}

fn name(codec: &Codec) -> String {
    codec.describe(&Limits::default()).unwrap().descriptor.name
}

fn photo() -> Vec<u8> {
    read(&Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/images/rotated.jpg"))
}

fn png() -> Rendition {
    Rendition::new(MediaType::PNG).contain(64, 64)
}

fn pnm() -> Rendition {
    Rendition::new("image/x-portable-anymap".parse().unwrap())
}

fn on(background: Value) -> Rendition {
    let mut rendition = pnm();
    rendition.settings.push(Setting { name: "background".to_owned(), value: background });
    rendition
}

/// Two pixels: orange, and half of a blue.
const PAM: &[u8] =
    b"P7\nWIDTH 2\nHEIGHT 1\nDEPTH 4\nMAXVAL 255\nTUPLTYPE RGB_ALPHA\nENDHDR\n\xff\x88\x00\xff\x00\x00\xff\x80";
const ON_WHITE: &[u8] = b"P6\n2 1\n255\n\xff\x88\x00\x7f\x7f\xff";
const GREY: &[u8] = b"P7\nWIDTH 1\nHEIGHT 2\nDEPTH 1\nMAXVAL 255\nTUPLTYPE GRAYSCALE\nENDHDR\n\x11\x22";

fn compress(codec: &Codec, input: &[u8], rendition: Rendition) -> Result<Vec<u8>, CallError> {
    let mut made = codec.compress(input, &[rendition], &Limits::default())?;
    Ok(made.outputs.remove(0).bytes)
}

fn probe(codec: &Codec, head: &[u8]) -> Probe {
    codec.probe(head, &Limits::default()).unwrap().probe
}

fn known(codec: &Codec, head: &[u8]) -> ImageInfo {
    match probe(codec, head) {
        Probe::Known(info) => info,
        other => panic!("{other:?}"),
    }
}

fn setting<'a>(info: &'a ImageInfo, name: &str) -> Option<&'a Value> {
    info.settings.iter().find(|setting| setting.name == name).map(|setting| &setting.value)
}

#[test]
fn both_versions_serve_in_one_process_on_any_thread() {
    let photo = photo();
    let small = compress(&PNG, &photo, png()).unwrap();
    let ask = |of_second: bool| {
        let codec = if of_second { &*PNM } else { &*PNG };
        if of_second {
            assert_eq!((codec.contract(), &*name(codec)), (SECOND, "sandpress-contract-2"));
            assert!(known(codec, PAM).has_alpha);
            assert_eq!(compress(codec, PAM, pnm()).unwrap(), ON_WHITE);
        } else {
            assert_eq!((codec.contract(), &*name(codec)), (FIRST, "sandpress-png"));
            assert_eq!(known(codec, &photo).orientation, 6);
            assert_eq!(compress(codec, &photo, png()).unwrap(), small);
        }
    };
    thread::scope(|scope| {
        for begin in 0..4 {
            scope.spawn(move || (begin..begin + 20).for_each(|turn| ask(turn % 2 == 0)));
        }
    });
}

#[test]
fn native_code_of_the_second_version_is_loaded_as_that_of_the_first() {
    for (codec, interface) in [(&*PNG, FIRST), (&*PNM, SECOND)] {
        assert_eq!(load(&codec.native_code().unwrap()).unwrap().contract(), interface);
    }
}

#[test]
fn what_is_a_field_of_the_second_version_is_a_setting_to_the_host() {
    let colour = |head: &[u8]| setting(&known(&PNM, head), "colour").cloned();
    assert_eq!(colour(PAM), Some(Value::Text("rgb".to_owned())));
    assert_eq!(colour(GREY), Some(Value::Text("grey".to_owned())));

    let black = compress(&PNM, PAM, on(Value::Text("#000000".to_owned()))).unwrap();
    assert_eq!(black, b"P6\n2 1\n255\n\xff\x88\x00\x00\x00\x80");
    for nonsense in [Value::Text("black".to_owned()), Value::Text("#00000".to_owned()), Value::Integer(0)] {
        let error = compress(&PNM, PAM, on(nonsense.clone())).unwrap_err();
        assert!(matches!(&error, CallError::Codec(CodecError::BadRequest(_))), "{nonsense:?}: {error}");
    }
    // To the first version it is an option like any other, which this encoder does not have.
    let mut first = png();
    first.settings = on(Value::Flag(true)).settings;
    let error = compress(&PNG, &photo(), first).unwrap_err();
    assert!(matches!(&error, CallError::Codec(CodecError::BadRequest(text)) if text.contains("background")), "{error}");
}

#[test]
fn what_the_second_version_says_otherwise_arrives_as_the_same() {
    let error = |input: &[u8], rendition| compress(&PNM, input, rendition).unwrap_err();
    let unsupported = error(b"GIF89a", pnm());
    assert!(matches!(&unsupported, CallError::Codec(CodecError::Unsupported(_))), "{unsupported}");
    let malformed = error(&PAM[..PAM.len() - 1], pnm());
    assert!(matches!(&malformed, CallError::Codec(CodecError::Malformed(_))), "{malformed}");
    let bad = error(PAM, pnm().quality(Quality::Level(80.0)));
    assert!(matches!(&bad, CallError::Codec(CodecError::BadRequest(_))), "{bad}");

    assert_eq!(probe(&PNM, &PAM[..20]), Probe::NeedMore(4096));
    assert_eq!(probe(&PNM, b"GIF89a"), Probe::Unknown);
}

#[test]
fn of_a_codec_that_keeps_both_versions_the_newer_is_bound() {
    let both = wat::parse_str(format!(
        r#"(component (component) (component)
            (instance $i (instantiate 0)) (instance $j (instantiate 1))
            (export "sandpress:codec/types@1.0.0" (instance $i "sandpress:codec/types@1.0.0"))
            (export "{FIRST}" (instance $i "{FIRST}"))
            (export "sandpress:codec/types@2.0.0" (instance $j "sandpress:codec/types@2.0.0"))
            (export "{SECOND}" (instance $j "{SECOND}")))"#
    ))
    .unwrap();
    // In the place of the two that are empty, as sections of a component, those that are not.
    let empty = [b"\x04\x08".as_slice(), &both[..8]].concat();
    let (head, rest) = both.split_at(8);
    let rest = rest.strip_prefix(&*empty.repeat(2)).unwrap();
    let inner = [section(&made("misbehaving/encoders/sandpress-misbehaving.wasm")), section(&made(FLATTEN))].concat();
    let codec = Codec::compile(&ENGINE, &[head, &inner, rest].concat()).unwrap();
    assert_eq!(codec.contract(), SECOND);
    assert_eq!(compress(&codec, PAM, pnm()).unwrap(), ON_WHITE);
}

/// A component inside of another: the section's identifier, its length as LEB128, its content.
fn section(component: &[u8]) -> Vec<u8> {
    let mut bytes = vec![4];
    let mut length = component.len();
    while length > 0x7f {
        bytes.push(0x80 | length.to_le_bytes()[0]);
        length >>= 7;
    }
    bytes.push(length.to_le_bytes()[0]);
    bytes.extend(component);
    bytes
}

#[test]
fn a_component_of_neither_version_is_refused_with_what_it_exports_and_what_the_host_knows() {
    let text = r#"(component (instance $i) (export "sandpress:codec/codec@3.0.0" (instance $i)) (export "codec" (instance $i)))"#;
    match Codec::compile(&ENGINE, &wat::parse_str(text).unwrap()).unwrap_err() {
        LoadError::UnknownContract { exports, known } => {
            assert_eq!(exports, ["sandpress:codec/codec@3.0.0", "codec"]);
            assert_eq!(known, [SECOND, FIRST]);
        }
        other => panic!("{other}"),
    }
}
