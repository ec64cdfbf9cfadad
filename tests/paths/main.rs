//! Every path of an event, from whoever sends it to the real program and back.
//!
//! What the local AWS carries, it carries: S3's notifications, SNS, EventBridge and SQS. Whoever invokes the function is a strict stand-in, and
//! where the local AWS has no more than a log, it delivers the event itself.

#![expect(clippy::expect_used, clippy::panic, reason = "in a test, what cannot go on says so and ends")]

mod path;
mod poison;
mod same;
