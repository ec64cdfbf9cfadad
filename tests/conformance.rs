//! Every encoder of the project has every property that is asked of any encoder, and some that are its own.

#![expect(clippy::panic, reason = "in a test, what cannot go on says so and ends")]

use std::{
    collections::BTreeSet,
    time::{Duration, Instant},
};

use sandpress_catalog::Encoder;
use sandpress_conformance::{Bounds, Decode, Finding, Nothing, Outcome, PROPERTIES, Property, Subject, Suite};
use sandpress_sandbox::{CallError, Codec, CodecError, Descriptor, Digest, Limits, MediaType, Metadata, Rendition};
use sandpress_tests::{components, images::image, picture::Native};
use wasmparser::{ComponentTypeRef, Parser, Payload};

/// Generous, for a machine that does much else: what hits them hangs, or leaks.
fn bounds() -> Bounds {
    Bounds::default().limits(limits()).property(Duration::from_secs(600))
}

fn limits() -> Limits {
    Limits::default().time(Duration::from_secs(120))
}

fn describe(encoder: &Encoder) -> Descriptor {
    encoder.codec.describe(&limits()).unwrap_or_else(|error| panic!("{}: {error}", encoder.name)).descriptor
}

fn every_encoder(property: Property) {
    for (media_type, encoder) in components::encoders().iter() {
        let descriptor = describe(encoder);
        let subject = Subject::new(&encoder.codec, &descriptor, media_type, &Native, bounds());
        let began = Instant::now();
        let has = subject.has(&property);
        println!("{} {}: {:.2?}", encoder.name, encoder.version, began.elapsed());
        has.unwrap_or_else(|obstacle| panic!("{}: {obstacle}", encoder.name));
    }
}

/// A test for each property, named as it is, so that they run at the same time.
macro_rules! every_encoder {
    ($($property:ident)*) => {
        $(
            #[test]
            fn $property() {
                let name = stringify!($property).replace('_', "-");
                every_encoder(Property::named(&name).unwrap_or_else(|| panic!("there is no property `{name}`")));
            }
        )*

        #[test]
        fn each_property_has_its_test() {
            let tested: BTreeSet<_> = [$(stringify!($property).replace('_', "-")),*].into();
            assert_eq!(tested, PROPERTIES.iter().map(|property| property.name.to_owned()).collect());
        }
    };
}

every_encoder! {
    converts_colours_or_keeps_them
    describes_itself_truly
    fills_boxes_and_never_enlarges
    is_deterministic
    keeps_animations_or_refuses_them
    keeps_metadata_as_the_policy_says
    keeps_to_the_most_bytes
    lossless_is_exact
    makes_nothing_of_no_renditions
    makes_several_renditions_as_it_makes_each
    makes_the_same_picture
    probes_from_any_prefix
    probes_strangers_as_unknown
    reads_what_it_says
    refuses_bombs_before_memory_is_spent
    refuses_damaged_files_with_a_reason
    refuses_renditions_that_make_no_sense
    refuses_strangers_as_unsupported
    takes_its_options_in_their_domains_only
    turns_pictures_upright
}

/// The whole suite, with the names of those properties that end in some way.
fn named(findings: &[Finding], is_wanted: impl Fn(&Outcome) -> bool) -> BTreeSet<&'static str> {
    findings.iter().filter(|finding| is_wanted(&finding.outcome)).map(|finding| finding.property.name).collect()
}

fn run(codec: &Codec, descriptor: &Descriptor, decoder: &dyn Decode, bounds: Bounds) -> Vec<Finding> {
    Suite { codec, descriptor, decoder, bounds }.run(&PROPERTIES, &|_| {})
}

/// An encoder that makes the same pixel of everything: each property that can be seen to fail does.
#[test]
fn an_encoder_that_does_not_look_at_its_input_is_found_out() {
    let misbehaving = components::misbehaving_encoder();
    let mut descriptor = describe(misbehaving);
    // As one that lies about what it reads.
    descriptor.accepts.push(MediaType::JPEG);
    descriptor.produces = vec![MediaType::PNG];
    let findings = run(&misbehaving.codec, &descriptor, &Native, bounds());
    let expected = [
        "is-deterministic",
        "makes-nothing-of-no-renditions",
        "makes-several-renditions-as-it-makes-each",
        // It refuses nothing.
        "reads-what-it-says",
    ];
    assert_eq!(named(&findings, |outcome| *outcome == Outcome::Passed), expected.into(), "{findings:#?}");
    assert_eq!(named(&findings, |outcome| matches!(outcome, Outcome::NotApplicable(_))), BTreeSet::new());
}

/// Without a decoder, and of an encoder that reads little, what can be told is told, and the rest is said not to be known.
#[test]
fn what_cannot_be_judged_is_not_said_to_hold() {
    let encoder = components::encoder(&MediaType::JPEG);
    let without = Nothing("nobody decodes it".to_owned());
    let unknown = |accepts: &[&str], decoder: &dyn Decode| {
        let mut descriptor = describe(encoder);
        descriptor.accepts = accepts.iter().map(|media_type| media_type.parse().expect("a media type")).collect();
        let findings = run(&encoder.codec, &descriptor, decoder, bounds());
        // It says something else itself.
        let failed = named(&findings, |outcome| matches!(outcome, Outcome::Failed(_)));
        assert_eq!(failed, ["describes-itself-truly"].into(), "{findings:#?}");
        named(&findings, |outcome| matches!(outcome, Outcome::NotApplicable(_)))
    };
    let pixels = [
        "converts-colours-or-keeps-them",
        "fills-boxes-and-never-enlarges",
        "lossless-is-exact",
        "makes-the-same-picture",
        "turns-pictures-upright",
    ];
    assert_eq!(unknown(&["image/jpeg", "image/png"], &without), pixels.into());
    let of_jpeg = ["keeps-metadata-as-the-policy-says", "turns-pictures-upright"];
    assert_eq!(unknown(&["image/png"], &Native), of_jpeg.into());
    // Nothing is known of what it reads: there remain what it says of itself, strangers and garbage.
    let of_none = [
        &pixels[..],
        &of_jpeg,
        &[
            "is-deterministic",
            "keeps-animations-or-refuses-them",
            "keeps-to-the-most-bytes",
            "makes-nothing-of-no-renditions",
            "makes-several-renditions-as-it-makes-each",
            "probes-from-any-prefix",
            "reads-what-it-says",
            "refuses-bombs-before-memory-is-spent",
            "refuses-damaged-files-with-a-reason",
            "refuses-renditions-that-make-no-sense",
            "takes-its-options-in-their-domains-only",
        ],
    ];
    assert_eq!(unknown(&["image/x-other"], &Native), of_none.concat().into_iter().collect());
}

/// What runs into its limits has not the property, and the suite ends.
#[test]
fn an_encoder_that_hangs_or_traps_is_found_out_in_time() {
    let encoder = components::encoder(&MediaType::AVIF);
    let descriptor = describe(encoder);
    let reasons = |bounds: Bounds| -> Vec<_> {
        let findings = run(&encoder.codec, &descriptor, &Native, bounds);
        let reason = |finding: Finding| match finding.outcome {
            Outcome::Failed(reason) => Some(reason),
            _ => None,
        };
        findings.into_iter().filter_map(reason).collect()
    };
    // No call has the time that this encoder takes for the smallest picture, but for those that make none.
    let hangs = reasons(bounds().limits(limits().time(Duration::from_millis(1))));
    assert!(hangs.len() > 10 && hangs.iter().all(|reason| reason.contains("time limit")), "{hangs:#?}");
    let traps = reasons(bounds().limits(limits().memory(64 << 10)));
    assert!(traps.len() > 15 && traps.iter().all(|reason| reason.contains("memory limit")), "{traps:#?}");
    let began = Instant::now();
    let slow = reasons(bounds().property(Duration::from_millis(50)));
    assert!(slow.len() > 5 && slow.iter().all(|reason| reason.contains("takes more than 50ms")), "{slow:#?}");
    assert!(began.elapsed() < Duration::from_secs(20), "{:?}", began.elapsed());
}

/// The catalog is of these components, which import nothing.
#[test]
fn the_catalog_names_them_and_they_import_nothing() {
    for (media_type, encoder) in components::encoders().iter() {
        let Descriptor { name, version, produces, .. } = describe(encoder);
        assert_eq!((&name, &version, &produces[..]), (&encoder.name, &encoder.version, &[media_type.clone()][..]));
        let component = components::read(&components::component(&name));
        assert_eq!(Digest::of(&component), encoder.digest, "the catalog is of another component than {name}");
        let mut depth = 0;
        for payload in Parser::new(0).parse_all(&component) {
            match payload.expect("a component") {
                Payload::ModuleSection { .. } | Payload::ComponentSection { .. } => depth += 1,
                Payload::End(_) => depth -= 1,
                Payload::ComponentImportSection(section) if depth == 0 => {
                    for import in section {
                        let import = import.expect("a component");
                        assert!(matches!(import.ty, ComponentTypeRef::Type(_)), "{name} imports {import:?}");
                    }
                }
                _ => {}
            }
        }
    }
}

/// A JPEG, which is all that a JPEG is made of without asking: see `reads_what_it_says` for what any encoder owes.
#[test]
fn only_transparency_and_only_in_a_jpeg_is_refused() {
    for (media_type, encoder) in components::encoders().iter() {
        for name in [
            "cmyk.jpg",
            "graphic.png",
            "greyscale.jpg",
            "progressive.jpg",
            "formats/444.avif",
            "formats/associated-alpha.tif",
            "formats/big-endian.tif",
            "formats/bytes.bmp",
            "formats/lossless-alpha.webp",
            "formats/lossy.jxl",
            "formats/lossy.webp",
            "formats/palette.gif",
            "formats/runs8.bmp",
            "formats/tiles.tif",
            "formats/transparent.gif",
        ] {
            let tiny = Rendition::new(media_type.clone()).contain(16, 16);
            match encoder.codec.compress(&image(name), &[tiny], &limits()) {
                Ok(_) => {}
                Err(CallError::Codec(CodecError::Unsupported(_)))
                    if *media_type == MediaType::JPEG
                        && ["alpha", "transparent", "graphic"].iter().any(|part| name.contains(part)) => {}
                Err(error) => panic!("{name} by {}: {error}", encoder.name),
            }
        }
    }
}

/// A refusal says what to ask for, and WebP is what to ask for.
#[test]
fn an_animation_becomes_a_webp_and_who_refuses_it_says_so() {
    for (media_type, encoder) in components::encoders().iter() {
        for name in ["formats/animation.gif", "formats/animation.png", "formats/animation.webp"] {
            let made = encoder.codec.compress(&image(name), &[Rendition::new(media_type.clone())], &limits());
            match made {
                Ok(made) => assert_eq!((media_type, made.outputs[0].info.frames), (&MediaType::WEBP, 3), "{name}"),
                Err(CallError::Codec(CodecError::Unsupported(detail))) if *media_type != MediaType::WEBP => {
                    assert!(detail.contains("3 frames") && detail.contains("image/webp"), "{name}: {detail}");
                }
                Err(error) => panic!("{name} by {}: {error}", encoder.name),
            }
        }
    }
}

/// What is not kept is named, whether it was asked for or not.
#[test]
fn what_is_dropped_of_metadata_is_named() {
    for (media_type, encoder) in components::encoders().iter() {
        for (metadata, names) in
            [(Metadata::Strip, Some("exif")), (Metadata::Copyright, Some("exif")), (Metadata::Keep, None)]
        {
            let mut rendition = Rendition::new(media_type.clone()).contain(64, 64);
            rendition.metadata = metadata;
            let made = encoder.codec.compress(&image("rotated.jpg"), &[rendition], &limits());
            let made = made.unwrap_or_else(|error| panic!("{}, {metadata:?}: {error}", encoder.name));
            let dropped = made.outputs[0].dropped().map(|names| names.split(", ").any(|name| name == "exif"));
            assert_eq!(dropped, names.map(|_| true), "{}, {metadata:?}", encoder.name);
        }
    }
}
