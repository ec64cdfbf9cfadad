//! Releases of encoders: published, tried, promoted and taken back, and refused where anything is wrong, while everything runs.

#![expect(clippy::expect_used, reason = "in a test, what cannot go on says so and ends")]

mod candidate;
mod released;
mod steady;
mod tampered;
