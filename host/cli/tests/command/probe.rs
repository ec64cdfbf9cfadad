//! What `sandpress probe` tells.

use std::{
    io::Write as _,
    process::Stdio,
    thread,
    time::{Duration, Instant},
};

use serde_json::json;

use crate::sandpress::{command, image, probe, read, sandpress};

#[test]
fn an_image_is_described_as_its_file_is() {
    let rotated = probe(&image("rotated.jpg"));
    assert_eq!(rotated["media-type"], json!("image/jpeg"));
    assert_eq!((&rotated["orientation"], &rotated["has-alpha"]), (&json!(6), &json!(false)));
    assert_eq!(rotated["settings"]["exif"], json!(true));
    let graphic = probe(&image("graphic.png"));
    assert_eq!((&graphic["media-type"], &graphic["has-alpha"]), (&json!("image/png"), &json!(true)));

    let table = sandpress(["probe".into(), image("rotated.jpg"), image("graphic.png")]).exits_with(0).text();
    assert!(table.contains("orientation 6") && table.contains("image/png"), "{table}");
}

#[test]
fn what_is_no_image_fails_by_name_and_the_others_are_told() {
    let run = sandpress(["probe".into(), image("text.jpg"), image("graphic.png"), "missing.png".into()])
        .exits_with(1)
        .says(&["text.jpg: not an image", "missing.png: No such file"]);
    assert!(run.text().contains("graphic.png"));
    let list = sandpress(["probe".into(), image("text.jpg"), "--json".into()]).exits_with(1).json();
    assert!(list[0]["error"].as_str().unwrap().contains("not an image"), "{list:#}");
}

#[test]
fn a_header_that_is_cut_off_is_truncated() {
    let photo = read(image("photo.jpg"));
    let run = crate::sandpress::run(command().args(["probe", "-"]), &photo[..100]);
    run.exits_with(1).says(&["-: the file is truncated", "100 bytes"]);
    crate::sandpress::run(command().args(["probe", "-"]), &[]).exits_with(1).says(&["-: the file is empty"]);
}

#[test]
fn only_the_beginning_of_a_file_is_read() {
    let mut child = command()
        .args(["probe", "-"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("the command starts");
    let mut stdin = child.stdin.take().unwrap();
    stdin.write_all(&read(image("photo.jpg"))[..60_000]).unwrap();
    stdin.flush().unwrap();
    // The pipe stays open: a command that wants all of the file waits for ever.
    let deadline = Instant::now() + Duration::from_secs(60);
    let status = loop {
        match child.try_wait().unwrap() {
            Some(status) => break status,
            None if Instant::now() > deadline => {
                child.kill().unwrap();
                panic!("still reading");
            }
            None => thread::sleep(Duration::from_millis(20)),
        }
    };
    assert!(status.success());
    drop(stdin);
}
