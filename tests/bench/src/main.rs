//! `make bench`: measurements, not tests. Each prints what it is made of and, where there is one, the promise beside it.
//!
//! Ratios are of runs that take turns in one process, so that a machine's moods meet both sides alike. With arguments, only the parts
//! that they name are measured: `overhead`, `codec`, `start`.

mod codec;
mod photos;
mod sandbox;
mod start;
mod statistics;

use std::env;

use anyhow::Result;

fn main() -> Result<()> {
    let wanted: Vec<String> = env::args().skip(1).collect();
    let part = |name: &str| wanted.is_empty() || wanted.iter().any(|wanted| wanted == name);
    let photos = photos::Photos::make()?;
    if part("overhead") {
        sandbox::overhead(&photos)?;
    }
    if part("codec") {
        codec::inside_and_outside(&photos)?;
    }
    if part("start") {
        start::cold()?;
    }
    Ok(())
}
