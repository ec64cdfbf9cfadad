//! The command, driven from outside as a person drives it.

#![expect(clippy::expect_used, clippy::panic, clippy::unwrap_used, reason = "a test that cannot go on says where")]

mod cache;
mod compare;
mod compress;
mod encoder;
mod encoders;
mod limits;
mod overwrite;
mod probe;
mod queues;
mod release;
mod sandpress;
