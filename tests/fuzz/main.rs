//! `make fuzz`: looks for inputs that make an encoder do what it must never do.
//!
//! Every input goes through the sandbox. The encoders are the project's own, built with counters on the edges of their code (see
//! `guest/raster/src/coverage.rs`): an input that runs what none did before is kept, and changed further. What is found is tried on the
//! encoder in service too, made as small as it goes, and written to `target/fuzz/found`.
//!
//! ```text
//! sandpress-fuzz [MINUTES] [TARGET]...        sandpress-fuzz 10 jpeg
//! ```

#![expect(clippy::expect_used, clippy::panic, reason = "a tool for developers: what cannot go on says so and ends")]

mod mutate;
mod session;
mod shrink;

use std::{env, process::ExitCode, time::Duration};

use sandpress_catalog::Catalog;
use sandpress_tests::{components, fuzz::Target};

use session::Session;

fn main() -> ExitCode {
    let (numbers, names): (Vec<String>, Vec<String>) =
        env::args().skip(1).partition(|word| word.parse::<f64>().is_ok());
    let minutes: f64 = numbers.first().and_then(|word| word.parse().ok()).unwrap_or(1.0);
    let folder = components::target().join("fuzz");
    let counting = Catalog::open(components::engine(), &folder.join("native"))
        .unwrap_or_else(|error| panic!("{}: {error}; run `make fuzz`, which builds it", folder.display()));

    let mut found = 0;
    let mut known = Vec::new();
    for (media_type, encoder) in counting.iter() {
        let name = media_type.as_str().trim_start_matches("image/");
        known.push(name);
        if names.is_empty() || names.iter().any(|wanted| wanted == name) {
            let in_service = Target::new(media_type, components::encoder(media_type));
            let session = Session::new(name, Target::new(media_type, encoder), in_service, &folder);
            found += session.run(Duration::from_secs_f64(60.0 * minutes));
        }
    }
    if let Some(stranger) = names.iter().find(|name| !known.contains(&name.as_str())) {
        panic!("no target `{stranger}`; there are {}", known.join(", "));
    }
    if found == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}
