//! What comes out of what goes in.

use std::{collections::BTreeMap, fs::File, process::Command};

use sandpress_sandbox::MediaType;
use sandpress_tests::{
    components, images,
    lambda::{Function, Settings},
    mapping, picture,
};

use crate::{Pipeline, SHIPPED, WEB, pictures, policy};

#[tokio::test]
async fn an_uploaded_photo_comes_out_small_in_the_other_bucket() {
    let pipeline = Pipeline::new(SHIPPED).await;
    let source = images::image("photo.jpg");
    let etag = pipeline.site.upload("holiday/photo.jpg", source.clone()).await;
    pipeline.complete(1).await;

    let rendition = pipeline.site.rendition("holiday/photo.jpg").await.expect("a rendition");
    assert!(rendition.bytes.len() * 10 < source.len() * 7, "{} of {} bytes", rendition.bytes.len(), source.len());
    let difference = pictures::difference(&rendition, &source);
    assert!(difference < 4.0, "{difference}");
    assert!(!contains(&rendition.bytes, b"Exif"), "the position that the photo was taken at is gone");

    assert_eq!(rendition.content_type, "image/jpeg");
    assert_eq!(rendition.cache_control, None);
    let metadata = |name| rendition.metadata.get(name).map(String::as_str);
    assert_eq!(metadata("sandpress-source"), Some(format!("{}/holiday/photo.jpg", pipeline.site.source).as_str()));
    assert_eq!(metadata("sandpress-source-etag"), Some(etag.trim_matches('"')));
    assert_eq!(metadata("sandpress-recipe").map(str::len), Some(64));
    assert!(metadata("sandpress-encoder").expect("an encoder").starts_with("sandpress-jpeg "));

    let lines = pipeline.function.outcomes("made");
    assert_eq!(lines.len(), 1);
    assert_eq!((&lines[0]["key"], &lines[0]["sourceBytes"]), (&"holiday/photo.jpg".into(), &source.len().into()));
    assert_eq!(lines[0]["renditionBytes"], rendition.bytes.len());
    assert_eq!(lines[0]["renditions"][0]["original"], false);
    assert!(pipeline.site.take_dead_letters().await.is_empty());
}

#[tokio::test]
async fn a_png_keeps_format_size_and_transparency() {
    let pipeline = Pipeline::new(SHIPPED).await;
    let source = images::image("graphic.png");
    pipeline.site.upload("graphic.png", source.clone()).await;
    pipeline.complete(1).await;

    let rendition = pipeline.site.rendition("graphic.png").await.expect("a rendition");
    assert_eq!(rendition.content_type, "image/png");
    assert!(rendition.bytes.len() < source.len(), "{} of {} bytes", rendition.bytes.len(), source.len());
    let difference = pictures::decode(&rendition).difference(&picture::decode(&MediaType::PNG, &source));
    assert!(difference < 2.0, "colours and opacity: {difference}");
}

#[tokio::test]
async fn keys_come_out_as_they_went_in() {
    let pipeline = Pipeline::new(SHIPPED).await;
    let keys = [
        "with space.jpg",
        "plus+plus.jpg",
        "100%.jpg",
        "percent%20encoded.jpg",
        "Käse/写真 🧀.jpg",
        "& ? # = ; , ' \" < >.jpg",
        "no extension",
    ];
    for key in keys {
        pipeline.site.upload(key, pictures::photo(1, 64, 48)).await;
    }
    pipeline.complete(keys.len()).await;
    let mut expected = keys.to_vec();
    expected.sort_unstable();
    assert_eq!(pipeline.site.renditions().await.into_keys().collect::<Vec<_>>(), expected);
}

#[tokio::test]
async fn renditions_of_several_sizes_come_from_one_upload() {
    let pipeline = Pipeline::new(&policy(
        "prefix = \"out/\"\ncache-control = \"public, max-age=60\"\n\
         [[rendition]]\nname = \"full\"\nkey = \"full/{key}\"\n\
         [[rendition]]\nname = \"thumbnail\"\nkey = \"{dir}{name}-160.{ext}\"\nmax-width = 160\nmax-height = 160\n\
         [[rendition]]\nname = \"tile\"\nkey = \"{dir}{name}-tile.{format}\"\nformat = \"image/jpeg\"\nquality = 40\n\
         max-width = 100\nmax-height = 100\nfit = \"cover\"\n",
    ))
    .await;
    pipeline.site.upload("a/b.jpg", pictures::photo(3, 800, 600)).await;
    pipeline.complete(1).await;

    let renditions = pipeline.site.renditions().await;
    let sizes: Vec<_> = renditions
        .iter()
        .map(|(key, rendition)| {
            assert_eq!(rendition.cache_control.as_deref(), Some("public, max-age=60"), "{key}");
            let (width, height) = pictures::decode(rendition).size();
            (key.as_str(), width, height)
        })
        .collect();
    let expected = [("out/a/b-160.jpg", 160, 120), ("out/a/b-tile.jpg", 100, 100), ("out/full/a/b.jpg", 800, 600)];
    assert_eq!(sizes, expected);

    let lines = pipeline.function.outcomes("made");
    assert_eq!(lines.len(), 1, "one object, one line: {lines:#?}");
    assert_eq!(lines[0]["renditions"].as_array().map(Vec::len), Some(3));
}

#[tokio::test]
async fn a_rendition_is_never_larger_than_its_source() {
    let pipeline = Pipeline::new(SHIPPED).await;
    let tiny = pictures::jpeg(4, 320, 240, 5);
    pipeline.site.upload("tiny.jpg", tiny.clone()).await;
    pipeline.complete(1).await;

    let rendition = pipeline.site.rendition("tiny.jpg").await.expect("a rendition");
    assert!(rendition.bytes.len() <= tiny.len(), "{} bytes of {}", rendition.bytes.len(), tiny.len());
    let (source, kept) =
        (picture::decode(&MediaType::JPEG, &tiny), picture::decode(&MediaType::JPEG, &rendition.bytes));
    assert_eq!(source.difference(&kept), 0.0, "the picture is the source's, to the pixel");
    assert_eq!(rendition.content_type, "image/jpeg");
    let lines = pipeline.function.outcomes("made");
    assert_eq!(lines[0]["renditions"][0]["original"], true);
    assert!(lines[0]["renditions"][0]["ratio"].as_f64() <= Some(1.0));

    // It counts as done: a duplicate does nothing.
    pipeline.site.upload("tiny.jpg", tiny).await;
    pipeline.complete(1).await;
    assert_eq!(pipeline.function.outcomes("unchanged").len(), 1);
}

#[tokio::test]
async fn a_photo_that_lies_on_its_side_comes_out_upright() {
    let pipeline = Pipeline::new(&policy(WEB)).await;
    let source = images::image("rotated.jpg");
    pipeline.site.upload("rotated.jpg", source.clone()).await;
    pipeline.complete(1).await;

    let upright = pictures::decode(&pipeline.site.rendition("rotated.jpg").await.expect("a rendition"));
    let difference = upright.difference(&picture::decode(&MediaType::JPEG, &source).upright(6));
    assert!(difference < 4.0, "{difference}");
}

#[tokio::test]
async fn pipeline_command_and_stock_wasmtime_make_the_same_bytes() {
    let rendition = "quality = 70\nmax-width = 800\nmax-height = 800\nmetadata = \"copyright\"\n";
    let arguments = ["--quality", "70", "--max-width", "800", "--max-height", "800", "--metadata", "copyright"];
    let photo = images::image("photo.jpg");
    let pipeline = Pipeline::new(&policy(&format!("{WEB}{rendition}"))).await;
    pipeline.site.upload("photo.jpg", photo.clone()).await;
    pipeline.complete(1).await;
    let expected = pipeline.site.rendition("photo.jpg").await.expect("a rendition").bytes;

    let folder = tempfile::tempdir().expect("a temporary folder");
    let (source, made) = (folder.path().join("photo.jpg"), folder.path().join("small.jpg"));
    std::fs::write(&source, photo).expect("a file in our own folder");
    let program = sandpress_tests::built("sandpress");
    let mut command = Command::new(&program);
    command.arg("compress").arg(&source).arg("-o").arg(&made).args(arguments);
    command.env("SANDPRESS_ENCODERS", components::target().join("encoders"));
    let output =
        command.output().unwrap_or_else(|error| panic!("{}: {error}; run `make build` first", program.display()));
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    assert!(std::fs::read(&made).expect("a file") == expected, "`sandpress compress` makes other bytes");

    let mut command = components::wasmtime_run();
    command.arg(components::tool("sandpress-jpeg")).args(arguments);
    let output = command.stdin(File::open(&source).expect("our own file")).output().expect("wasmtime runs");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    assert!(output.stdout == expected, "`wasmtime run` makes other bytes");
}

#[tokio::test]
async fn one_lane_and_several_make_the_same_bytes() {
    let policy = policy(
        "[[rendition]]\nname = \"web\"\nkey = \"web/{name}.{ext}\"\nmax-width = 900\n\
         [[rendition]]\nname = \"tiny\"\nkey = \"tiny/{name}.webp\"\nformat = \"image/webp\"\nmax-width = 200\n",
    );
    let names = ["photo.jpg", "rotated.jpg", "cmyk.jpg", "graphic.png"];
    let mut made = Vec::new();
    // In so little memory there is room for one source at a time.
    for memory in [1769, 320] {
        let pipeline = Pipeline::new(&policy).await;
        let function = Function::new(Settings { memory, ..Settings::new(&pipeline.site, policy.as_str()) });
        for name in names {
            pipeline.site.upload(name, images::image(name)).await;
        }
        pipeline.site.wait_for(names.len()).await;
        mapping::drain(&pipeline.site, &function).await;
        let renditions = pipeline.site.renditions().await;
        let bytes: BTreeMap<_, _> = renditions.into_iter().map(|(key, stored)| (key, stored.bytes)).collect();
        assert_eq!(bytes.len(), 2 * names.len(), "{:?}", bytes.keys());
        made.push(bytes);
    }
    assert!(made[0] == made[1], "with one lane, other bytes");
}

pub(crate) fn contains(bytes: &[u8], part: &[u8]) -> bool {
    bytes.windows(part.len()).any(|window| window == part)
}
