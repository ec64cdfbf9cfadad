//! What `sandpress compress` makes.

use std::fs;

use serde_json::json;

use crate::sandpress::{Folder, command, image, probe, read, run, sandpress};

const JPEG: &[u8] = b"\xff\xd8\xff";

#[test]
fn one_image_becomes_smaller_and_its_source_stays() {
    let folder = Folder::new();
    let source = folder.with("rotated.jpg", "in.jpg");
    let small = folder.path("new/folder/small.jpg");
    let run = sandpress(["compress".into(), source.clone(), "-o".into(), small.clone()]).exits_with(0);
    let made = read(&small);
    assert!(made.starts_with(JPEG) && made.len() < read(&source).len(), "{}", run.text());
    assert!(run.text().contains("in.jpg"), "{}", run.text());
    assert_eq!(read(&source), read(image("rotated.jpg")));
    assert_eq!(folder.files(), ["in.jpg", "new/folder/small.jpg"], "no temporary file is left");
}

#[test]
fn many_images_go_into_a_folder_under_their_own_names() {
    let folder = Folder::new();
    let run = sandpress([
        "compress".into(),
        image("rotated.jpg"),
        image("graphic.png"),
        "--out-dir".into(),
        folder.path("out"),
    ]);
    assert!(run.exits_with(0).text().contains("2 images"));
    assert_eq!(folder.files(), ["out/graphic.png", "out/rotated.jpg"]);
    assert!(read(folder.path("out/graphic.png")).starts_with(b"\x89PNG"));
}

#[test]
fn a_folder_keeps_its_structure_and_what_is_no_image_is_skipped() {
    let folder = Folder::new();
    folder.with("rotated.jpg", "in/2025/a.jpg");
    folder.with("greyscale.jpg", "in/2025/deep/b.JPEG");
    folder.with("graphic.png", "in/without-extension");
    folder.with("rotated.jpg", "in/.hidden/c.jpg");
    fs::write(folder.path("in/notes.txt"), "no image").unwrap();
    fs::write(folder.path("in/empty"), "").unwrap();
    let compress = || sandpress(["compress".into(), folder.path("in"), "--out-dir".into(), folder.path("in/small")]);
    compress().exits_with(0);
    let written: Vec<_> = folder.files().into_iter().filter(|file| file.starts_with("in/small")).collect();
    assert_eq!(written, ["in/small/2025/a.jpg", "in/small/2025/deep/b.JPEG", "in/small/without-extension"]);
    // What it wrote itself, below the folder, is no source of the next run.
    assert!(compress().exits_with(0).text().contains("3 images"));
}

#[test]
fn no_image_becomes_larger_in_its_own_format() {
    let folder = Folder::new();
    let small = folder.path("small.jpg");
    sandpress(["compress".into(), image("greyscale.jpg"), "-o".into(), small.clone(), "-q".into(), "20".into()])
        .exits_with(0);
    let again = folder.path("again.jpg");
    let run = sandpress(["compress".into(), small.clone(), "-o".into(), again.clone(), "-q".into(), "100".into()]);
    assert!(run.exits_with(0).text().contains("kept original"));
    assert!(read(&again).len() <= read(&small).len());
    // With everything that belongs to it, it is the file itself.
    let same = folder.path("same.jpg");
    let run = ["compress".into(), small.clone(), "-o".into(), same.clone(), "-q".into(), "100".into()];
    sandpress(run.into_iter().chain(["--metadata".into(), "keep".into()])).exits_with(0);
    assert_eq!(read(same), read(small));
}

#[test]
fn an_original_that_is_kept_loses_its_metadata_all_the_same() {
    let folder = Folder::new();
    let out = folder.path("out.jpg");
    let run = sandpress(["compress".into(), image("rotated.jpg"), "-o".into(), out.clone(), "-q".into(), "100".into()])
        .exits_with(0);
    assert!(run.text().contains("kept original, dropped exif"), "{}", run.text());
    let (made, source) = (read(out), read(image("rotated.jpg")));
    let has = |bytes: &[u8], text: &[u8]| bytes.windows(text.len()).any(|window| window == text);
    assert!(made.len() < source.len());
    assert!(has(&source, b"Test camera") && !has(&made, b"Test camera"));
}

#[test]
fn an_original_that_is_kept_in_place_loses_its_metadata_though_its_length_stays() {
    let folder = Folder::new();
    let small = folder.path("small.avif");
    let args = ["compress".into(), image("photo.jpg"), "-o".into(), small.clone(), "--format".into(), "avif".into()];
    sandpress(args.into_iter().chain(["-q", "10", "--max-width", "64", "--metadata", "keep"].map(Into::into)))
        .exits_with(0);
    let before = read(&small);
    let again = || sandpress(["compress".into(), small.clone(), "--in-place".into(), "-q".into(), "100".into()]);
    assert!(again().exits_with(0).text().contains("kept original, dropped exif"));
    let after = read(&small);
    let has = |bytes: &[u8]| bytes.windows(11).any(|window| window == b"Test camera");
    assert!(has(&before) && !has(&after));
    assert_eq!(before.len(), after.len(), "what an AVIF has is overwritten");
    again().exits_with(0);
    assert_eq!(read(&small), after);
}

#[test]
fn images_that_are_none_fail_by_name_and_the_others_are_done() {
    let folder = Folder::new();
    let missing = folder.path("missing.jpg");
    let run = sandpress([
        "compress".into(),
        image("truncated.jpg"),
        image("text.jpg"),
        missing,
        image("rotated.jpg"),
        "--out-dir".into(),
        folder.path("out"),
    ])
    .exits_with(1)
    .says(&["truncated.jpg: malformed", "text.jpg: not an image", "image/jpeg", "missing.jpg: No such file"]);
    assert_eq!(run.text().matches("failed").count(), 3, "{}", run.text());
    assert_eq!(folder.files(), ["out/rotated.jpg"]);
}

#[test]
fn json_tells_all_that_the_table_tells() {
    let folder = Folder::new();
    let out = folder.path("out");
    let run = sandpress([
        "compress".into(),
        image("rotated.jpg"),
        image("text.jpg"),
        "--json".into(),
        "--out-dir".into(),
        out.clone(),
    ]);
    let report = run.exits_with(1).json();
    let [made, failed] = &report["files"].as_array().unwrap()[..] else { panic!("{report:#}") };
    let written = read(out.join("rotated.jpg")).len();
    assert_eq!(made["after"], json!(written));
    assert_eq!(made["before"], json!(read(image("rotated.jpg")).len()));
    assert_eq!(made["output"], json!(out.join("rotated.jpg").display().to_string()));
    assert_eq!((&made["media-type"], &made["kept-original"]), (&json!("image/jpeg"), &json!(false)));
    assert!(made["saved-percent"].as_f64().unwrap() > 0.0 && made["notes"]["quality"].is_number(), "{made:#}");
    assert!(failed["error"].as_str().unwrap().contains("not an image"), "{failed:#}");
    assert_eq!((&report["total"]["done"], &report["total"]["failed"]), (&json!(1), &json!(1)));
}

#[test]
fn transparency_is_never_lost_in_a_jpeg() {
    let folder = Folder::new();
    sandpress([
        "compress".into(),
        image("graphic.png"),
        "--format".into(),
        "jpeg".into(),
        "--out-dir".into(),
        folder.path(""),
    ])
    .exits_with(1)
    .says(&["graphic.png", "image/png cannot become image/jpeg: ", "transparency", "; another --format"]);
    assert!(folder.files().is_empty());
}

#[test]
fn another_format_brings_its_own_extension() {
    let folder = Folder::new();
    let source = image("greyscale.jpg");
    for format in ["png", "image/png"] {
        sandpress([
            "compress".into(),
            source.clone(),
            "--format".into(),
            format.into(),
            "--out-dir".into(),
            folder.path(""),
        ])
        .exits_with(0);
        assert_eq!(folder.files(), ["greyscale.png"]);
    }
    // The name of the output is as good a wish.
    sandpress(["compress".into(), source, "-o".into(), folder.path("named.png")]).exits_with(0);
    assert_eq!(probe(&folder.path("named.png"))["media-type"], json!("image/png"));
}

#[test]
fn an_image_is_shrunk_into_its_box_as_it_is_seen() {
    let folder = Folder::new();
    // Stored on its side: what is seen as width is stored as height.
    let stored = probe(&image("rotated.jpg"));
    assert_eq!(stored["orientation"], json!(6));
    let seen_ratio = stored["height"].as_f64().unwrap() / stored["width"].as_f64().unwrap();
    let out = folder.path("out.jpg");
    sandpress(["compress".into(), image("rotated.jpg"), "-o".into(), out.clone(), "--max-width".into(), "100".into()])
        .exits_with(0);
    let made = probe(&out);
    assert_eq!((&made["width"], &made["orientation"]), (&json!(100), &json!(1)));
    assert!((made["height"].as_f64().unwrap() - 100.0 / seen_ratio).abs() <= 1.0, "{made:#}");

    let covered = folder.path("covered.jpg");
    let fit = "compress --max-width 64 --max-height 48 --fit cover -o".split(' ').map(Into::into);
    sandpress(fit.chain([covered.clone(), image("rotated.jpg")])).exits_with(0);
    let made = probe(&covered);
    assert_eq!((&made["width"], &made["height"]), (&json!(64), &json!(48)));
}

#[test]
fn a_pipe_is_an_image_like_any_other() {
    let source = read(image("rotated.jpg"));
    let run = run(command().args(["compress", "-", "-o", "-"]), &source).exits_with(0).says(&["standard input"]);
    assert!(run.stdout.starts_with(JPEG) && run.stdout.len() < source.len());
}

#[test]
fn metadata_is_stripped_unless_it_is_to_be_kept() {
    let folder = Folder::new();
    let has_exif = |arguments: &str| {
        let out = folder.path("out.jpg");
        let arguments = arguments.split(' ').map(Into::into);
        sandpress(arguments.chain([image("rotated.jpg"), "-o".into(), out.clone(), "--force".into()])).exits_with(0);
        probe(&out)["settings"]["exif"] == json!(true)
    };
    assert!(!has_exif("compress -q 50"));
    assert!(has_exif("compress -q 50 --metadata keep"));
}

#[test]
fn options_of_the_encoder_are_typed_and_checked() {
    let folder = Folder::new();
    let set = |setting: &str| {
        let out = folder.path("out.jpg");
        sandpress([
            "compress".into(),
            image("rotated.jpg"),
            "-o".into(),
            out,
            "--force".into(),
            "--set".into(),
            setting.into(),
        ])
    };
    set("subsampling=4:4:4").exits_with(0);
    set("subsampling=5:5:5").exits_with(1).says(&["rotated.jpg", "--set subsampling=5:5:5", "4:2:0, 4:4:4"]);
    set("subsample=4:4:4").exits_with(1).says(&["no such option", "subsampling"]);
    set("subsampling").exits_with(2).says(&["NAME=VALUE"]);
}

#[test]
fn a_perceptual_target_is_reached_and_its_score_is_told() {
    let folder = Folder::new();
    let make = |target: &str, format: &str| {
        let arguments = ["compress", "--json", "--force", "--perceptual", target, "--format", format, "-o"];
        let paths = [folder.path("out"), image("photo.jpg")];
        let run = sandpress(arguments.into_iter().map(Into::into).chain(paths)).exits_with(0);
        run.json()["files"][0].clone()
    };
    for format in ["jpeg", "webp"] {
        let (low, high) = (make("50", format), make("75", format));
        for (made, target) in [(&low, 50.0), (&high, 75.0)] {
            let score = made["notes"]["score"].as_f64().unwrap();
            assert!((target..target + 3.0).contains(&score), "{made}");
            assert!((1..=8).contains(&made["notes"]["tries"].as_u64().unwrap()), "{made}");
        }
        assert!(low["after"].as_u64() < high["after"].as_u64(), "{low}, {high}");
    }
    sandpress(["compress", "--perceptual", "101", "in.jpg", "-o", "out.jpg"]).exits_with(2);
}
