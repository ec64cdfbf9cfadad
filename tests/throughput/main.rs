//! `make bench`, its last part: how fast the whole pipeline is beside the codec alone, on the local AWS.
//!
//! One process of the real function gets photos, batch after batch, with one processor and with two; then tiny pictures, of which nearly
//! all is the pipeline's own work. The rounds take turns, so that a machine's moods meet all alike.

#![expect(
    clippy::expect_used,
    clippy::print_stdout,
    reason = "a tool for developers: what cannot go on says so and ends"
)]

use std::time::{Duration, Instant};

use sandpress_tests::{
    aws::Site,
    lambda::{Function, Settings},
    mapping, photo,
};

/// As deployed, and looked at by nobody.
const POLICY: &str = include_str!("../../deploy/sandpress.toml");

const ROUNDS: usize = 3;

/// Photos of a round: two megapixels each.
const PHOTOS: usize = 60;

/// Tiny pictures of a round.
const TINY: usize = 300;

/// What one round has taken.
struct Round {
    pictures: f64,
    wall: Duration,
    /// Of all processors together.
    processor: Duration,
    /// In the encoder.
    codec: Duration,
}

#[tokio::main]
async fn main() {
    let large = photo::photo(1, 1600, 1200);
    let tiny = photo::photo(2, 16, 16);
    let (mut one, mut two, mut small) = (Vec::new(), Vec::new(), Vec::new());
    for _ in 0..ROUNDS {
        one.push(round(&large, PHOTOS, "0").await);
        two.push(round(&large, PHOTOS, "0,1").await);
        small.push(round(&tiny, TINY, "0").await);
    }
    println!("The whole pipeline on the local AWS, {ROUNDS} rounds: median (lowest to highest)");
    let rate = |round: &Round| round.pictures / round.wall.as_secs_f64();
    let share =
        |processors: f64| move |round: &Round| round.codec.as_secs_f64() / round.wall.as_secs_f64() / processors;
    line("photos of 2 megapixels a second, one processor", &one, rate);
    line("  of its time, the codec's", &one, share(1.0));
    line("photos of 2 megapixels a second, two processors", &two, rate);
    line("  of their time, the codec's", &two, share(2.0));
    let pairs: Vec<_> = one.iter().zip(&two).collect();
    line("two processors to one; promise: at least 1.8 where nothing else runs", &pairs, |(one, two)| {
        rate(two) / rate(one)
    });
    line("ms of processor for one object, less the codec's; promise: under 10", &small, |round| {
        (round.processor.saturating_sub(round.codec)).as_secs_f64() * 1e3 / round.pictures
    });
}

/// As many uploads of one picture, done by one process on these processors.
async fn round(picture: &[u8], count: usize, processors: &str) -> Round {
    let site = Site::new().await;
    let launcher = ["taskset", "-c", processors].map(str::to_owned).into();
    let function = Function::new(Settings { launcher, ..Settings::new(&site, POLICY) });
    function.start().await.expect("the function starts");
    for number in 0..count {
        site.upload(&format!("{number}.jpg"), picture).await;
    }
    site.wait_for(count).await;
    let before = function.processor_time().await.expect("a process that has started");
    let began = Instant::now();
    let mut done = 0;
    while done < count {
        done += mapping::deliver(&site, &function).await.done.len();
    }
    let wall = began.elapsed();
    let processor = function.processor_time().await.expect("a process that has just worked") - before;
    let made = function.outcomes("made");
    assert_eq!(made.len(), count, "each picture was made once");
    let codec: f64 = made.iter().filter_map(|line| line["encodeMillis"].as_f64()).sum();
    #[expect(clippy::cast_precision_loss, reason = "hundreds of pictures")]
    let pictures = count as f64;
    Round { pictures, wall, processor, codec: Duration::from_secs_f64(codec / 1e3) }
}

fn line<T>(what: &str, rounds: &[T], value: impl Fn(&T) -> f64) {
    let mut values: Vec<f64> = rounds.iter().map(value).collect();
    values.sort_by(f64::total_cmp);
    let [lowest, median, highest] = [0, values.len() / 2, values.len() - 1].map(|place| values[place]);
    println!("  {what:<72} {median:>8.2} ({lowest:.2} to {highest:.2})");
}
