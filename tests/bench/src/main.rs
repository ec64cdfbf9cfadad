//! `make bench`: measurements, not tests. Each prints what it is made of and, where there is one, the promise beside it.
//!
//! Ratios are of runs that take turns in one process, so that a machine's moods meet both sides alike.

mod codec;
mod photos;
mod sandbox;
mod start;
mod statistics;

use anyhow::Result;

fn main() -> Result<()> {
    let photos = photos::Photos::make()?;
    sandbox::overhead(&photos)?;
    codec::inside_and_outside(&photos)?;
    start::cold()
}
