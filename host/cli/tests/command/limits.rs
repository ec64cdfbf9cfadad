//! Limits, and requests that make no sense.

use crate::sandpress::{Folder, image, sandpress};

#[test]
fn a_limit_that_is_hit_is_named_with_the_flag_that_raises_it() {
    let cases = [
        ("--memory 8", &["photo.jpg: memory limit", "--memory"][..]),
        ("--timeout 0.02", &["photo.jpg: time limit", "--timeout"]),
        ("--max-bytes 10", &["photo.jpg: bad request", "bytes"]),
    ];
    for (flags, texts) in cases {
        let folder = Folder::new();
        let flags = flags.split(' ').map(Into::into);
        sandpress(
            ["compress".into(), image("photo.jpg"), "-o".into(), folder.path("out.jpg")].into_iter().chain(flags),
        )
        .exits_with(1)
        .says(texts);
        assert!(folder.files().is_empty());
    }
}

#[test]
fn a_file_larger_than_the_memory_limit_is_not_read_to_its_end() {
    let folder = Folder::new();
    let mut large = std::fs::read(image("rotated.jpg")).unwrap();
    large.resize(9 << 20, 0);
    std::fs::write(folder.path("large.jpg"), large).unwrap();
    sandpress([
        "compress".into(),
        folder.path("large.jpg"),
        "-o".into(),
        folder.path("out.jpg"),
        "--memory".into(),
        "8".into(),
    ])
    .exits_with(1)
    .says(&["large.jpg: the file is larger than the memory limit", "--memory"]);
}

#[test]
fn what_makes_no_sense_is_refused_before_anything_is_done() {
    let cases = [
        ("compress a.jpg", "--output"),
        ("compress -o b.jpg", "FILE"),
        ("compress a.jpg b.jpg -o c.jpg", "--out-dir"),
        ("compress src -o c.jpg", "--out-dir"),
        ("compress - --out-dir out", "--output"),
        ("compress a.jpg -o b.jpg --in-place", "--in-place"),
        ("compress a.jpg -o b.jpg -q 101", "0 to 100"),
        ("compress a.jpg -o b.jpg -q 50 --lossless", "--lossless"),
        ("compress a.jpg -o b.jpg --max-width 0", "--max-width"),
        ("compress a.jpg -o b.jpg --fit cover", "--max-width"),
        ("compress a.jpg -o b.jpg --format JPEG2000", "media type"),
        ("compress a.jpg -o b.jpg --timeout 0", "seconds"),
        ("compress a.jpg -o b.jpg --memory 5000", "4096"),
        ("compress a.jpg -o b.jpg --jobs 0", "--jobs"),
        ("probe", "FILE"),
        ("encoder compile a.wasm", "--out-dir"),
    ];
    for (arguments, text) in cases {
        sandpress(arguments.split(' ')).exits_with(2).says(&[text]);
    }
}

#[test]
fn every_command_explains_itself_with_examples() {
    for command in ["", "compress", "probe", "encoder describe", "encoder compile", "encoder compare"] {
        let run = sandpress(command.split_whitespace().chain(["--help"])).exits_with(0);
        assert!(run.text().contains("Examples:\n  sandpress "), "{command}: {}", run.text());
    }
}
