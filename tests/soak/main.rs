//! `make soak`: one process makes ten thousand images, and its memory stays where it is: each image has a store of its own, which is gone
//! when the image is made.
//!
//! ```text
//! sandpress-soak [IMAGES]        sandpress-soak 10000
//! ```

#![expect(clippy::expect_used, clippy::panic, reason = "a tool for developers: what cannot go on says so and ends")]

mod line;

use std::{env, fs, process::ExitCode, time::Instant};

use line::Line;
use sandpress_tests::{
    aws::Site,
    components,
    lambda::{Function, Settings},
    mapping, photo,
};

/// One rendition in the format of its source, and one by another encoder.
const POLICY: &str = include_str!("policy.toml");

/// So many different sources, of as many sizes.
const SOURCES: u16 = 40;

/// Images that fill the queue at once.
const PORTION: usize = 100;

#[tokio::main]
async fn main() -> ExitCode {
    let images: usize = env::args().nth(1).map_or(10_000, |word| word.parse().expect("a number of images"));
    let site = Site::new().await;
    let function = Function::new(Settings::new(&site, POLICY));
    let sources: Vec<_> = (0..SOURCES).map(|seed| photo::photo(seed, 160 + 24 * seed, 120 + 16 * seed)).collect();
    let began = Instant::now();
    let mut line = Line::default();
    let mut done = 0;
    while done < images {
        for number in done..images.min(done + PORTION) {
            // Mixed, so that large ones and small ones follow each other.
            site.upload(&format!("{number}.jpg"), sources[number * 17 % sources.len()].clone()).await;
        }
        site.wait_for(PORTION.min(images - done)).await;
        for delivery in mapping::drain(&site, &function).await {
            assert!(delivery.returned.is_empty(), "{delivery:#?}");
            done += delivery.done.len();
        }
        line.push(done, function.resident_memory().await.expect("a process that has just worked"));
        if done % 1000 == 0 {
            println!("{:>4} s: {done} images, {}", began.elapsed().as_secs(), line.last());
        }
    }
    assert_eq!(function.outcomes("made").len(), images, "each image was made once");

    let path = components::target().join("soak.svg");
    fs::write(&path, line.svg()).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    println!("{line}");
    println!("plotted in {}", path.display());
    if line.is_flat() {
        println!("the line is flat");
        ExitCode::SUCCESS
    } else {
        println!("FAILED: the line rises");
        ExitCode::FAILURE
    }
}
