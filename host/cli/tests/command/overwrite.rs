//! What is never overwritten.

use std::{ffi::OsString, fs, path::PathBuf};

use crate::sandpress::{Folder, image, read, sandpress};

#[test]
fn a_source_is_not_overwritten_whatever_way_leads_to_it() {
    let folder = Folder::new();
    let source = folder.with("rotated.jpg", "a.jpg");
    let original = read(&source);
    folder.with("greyscale.jpg", "other/a.jpg");
    let roundabout = folder.path("other/../a.jpg");
    let here = folder.path("");
    let other = folder.path("other");
    let ways: [&[OsString]; 5] = [
        &["-o".into(), source.clone().into()],
        &["-o".into(), roundabout.into(), "--force".into()],
        &["--out-dir".into(), here.clone().into()],
        &["--out-dir".into(), here.into(), "--force".into()],
        // The output of one would be the source of another.
        &[other.join("a.jpg").into(), "--out-dir".into(), other.into(), "--force".into()],
    ];
    for way in ways {
        sandpress([OsString::from("compress"), source.clone().into()].iter().chain(way))
            .exits_with(2)
            .says(&["is a source", "--in-place"]);
        assert_eq!(read(&source), original, "{way:?}");
    }
}

#[cfg(unix)]
#[test]
fn a_link_to_a_source_is_the_source() {
    let folder = Folder::new();
    let source = folder.with("rotated.jpg", "a.jpg");
    std::os::unix::fs::symlink(&source, folder.path("link.jpg")).unwrap();
    sandpress(["compress".into(), source.clone(), "-o".into(), folder.path("link.jpg"), "--force".into()])
        .exits_with(2);
    assert_eq!(read(source), read(image("rotated.jpg")));
}

#[test]
fn in_place_a_source_is_replaced_by_its_smaller_self_once() {
    for flag in ["--in-place", "--overwrite"] {
        let folder = Folder::new();
        let source = folder.with("rotated.jpg", "a.jpg");
        let compress = || sandpress(["compress".into(), source.clone(), flag.into(), "-q".into(), "30".into()]);
        compress().exits_with(0);
        let once = read(&source);
        assert!(once.len() < read(image("rotated.jpg")).len());
        // What would become larger keeps its picture, and is as small without loss as it gets.
        let again = || sandpress(["compress".into(), source.clone(), flag.into(), "-q".into(), "100".into()]);
        assert!(again().exits_with(0).text().contains("kept original"));
        let kept = read(&source);
        assert!(kept.len() <= once.len());
        again().exits_with(0);
        assert_eq!(read(&source), kept, "a third time changes nothing");
        assert_eq!(folder.files(), ["a.jpg"]);
    }
}

#[test]
fn in_place_keeps_the_format() {
    let folder = Folder::new();
    let source = folder.with("greyscale.jpg", "a.jpg");
    sandpress(["compress".into(), source.clone(), "--in-place".into(), "--format".into(), "png".into()])
        .exits_with(1)
        .says(&["a.jpg", "image/jpeg would become image/png", "--out-dir"]);
    assert_eq!(read(source), read(image("greyscale.jpg")));
}

#[test]
fn another_file_is_replaced_only_by_force_and_the_same_run_twice_is_no_error() {
    let folder = Folder::new();
    let out = folder.path("out.jpg");
    fs::write(&out, "precious").unwrap();
    let compress = |more: &[&str]| {
        let arguments = ["compress".into(), image("rotated.jpg"), "-o".into(), out.clone()];
        sandpress(arguments.into_iter().chain(more.iter().map(PathBuf::from)))
    };
    compress(&[]).exits_with(1).says(&["rotated.jpg", "out.jpg exists already", "--force"]);
    assert_eq!(read(&out), b"precious");
    compress(&["--force"]).exits_with(0);
    assert!(read(&out).starts_with(b"\xff\xd8\xff"));
    compress(&[]).exits_with(0);
}

#[test]
fn two_images_never_become_one_file() {
    let folder = Folder::new();
    let (one, other) = (folder.with("rotated.jpg", "one/a.jpg"), folder.with("greyscale.jpg", "other/a.jpg"));
    sandpress(["compress".into(), one, other, "--out-dir".into(), folder.path("out")]).exits_with(2).says(&[
        "one/a.jpg",
        "other/a.jpg",
        "would both be written to",
    ]);
    // So too where a change of format makes the names the same.
    folder.with("rotated.jpg", "in/a.jpg");
    folder.with("graphic.png", "in/a.png");
    sandpress([
        "compress".into(),
        folder.path("in"),
        "--out-dir".into(),
        folder.path("out"),
        "--format".into(),
        "png".into(),
    ])
    .exits_with(2);
    assert!(!folder.path("out").exists());
}

#[cfg(unix)]
#[test]
fn files_have_the_permissions_that_a_person_expects() {
    use std::os::unix::fs::PermissionsExt as _;
    let folder = Folder::new();
    let mode = |name: &str| fs::metadata(folder.path(name)).unwrap().permissions().mode();
    fs::write(folder.path("ordinary"), "").unwrap();
    let source = folder.with("rotated.jpg", "private.jpg");
    fs::set_permissions(&source, fs::Permissions::from_mode(0o600)).unwrap();
    sandpress(["compress".into(), source.clone(), "-o".into(), folder.path("new.jpg")]).exits_with(0);
    assert_eq!(mode("new.jpg"), mode("ordinary"), "a new file is like any other");
    sandpress(["compress".into(), source, "--in-place".into()]).exits_with(0);
    assert_eq!(mode("private.jpg") & 0o777, 0o600, "a file that is replaced keeps its own");
}
