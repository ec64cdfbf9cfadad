//! The reconcile protocol, `host/pipeline/src/reconcile.rs`, as a model of which every behaviour is searched.
//!
//! There are a few handlers, a queue, a source with two renditions, and a world that does its worst: users overwrite, delete and put back; the
//! queue delivers twice and in any order; handlers crash between any two requests, and their messages come back. [`Step`] says what a handler
//! does, under the names of the implementation; [`Action`] says what else can happen.
//!
//! 1. **The promise is kept** (`promise.rs`): when no message is left, neither in the queue nor in a handler, the destination is f(source).
//! 2. **It comes to rest** (`rest.rs`): from every state, if nobody disturbs any more, every order of the handlers' steps ends, and no message
//!    is left then. Nothing goes round in circles or gets stuck.
//!
//! `tests/holds.rs` searches the protocol as it is. `tests/breaks.rs` takes something away from it, one thing at a time, and each time the
//! promise breaks. That is why it is there, and how we know that the search would see it.
//!
//! # What is promised
//!
//! f(source), for each rendition:
//!
//! | the source is | the rendition is |
//! | --- | --- |
//! | a version that can be made | made of this version, by the recipe of any handler in service |
//! | a version that is rejected | none, and a dead letter tells; or a copy of this version, if the policy says so |
//! | a version that one recipe rejects and another does not | what either of them leaves |
//! | an object that Sandpress made | none |
//! | gone | none, if the policy mirrors deletions; else as it was left |
//!
//! As it was left: of any version that the source ever was, or none. This is no function of the source, and nothing better can be promised: a
//! version that did not last may have been seen or not.
//!
//! What either of them leaves: who rejects a version does not touch what it sees of this version, but may remove it while it takes it for older.
//! Then nothing is there that another had made, and a dead letter tells.
//!
//! A policy that has rejected images retried, or skipped, does the same to the renditions. It is the queue's dead letter that tells then, or
//! nobody.
//!
//! # Bounds
//!
//! Each search prints its own ([`Setting`]): the handlers by their recipes, the versions that users put, how many changes they make, how many
//! messages come once more than they were sent. Within them everything is searched: every order of all steps, any number of crashes, messages
//! that wait as long as they like. Handlers that are alike are interchangeable. States are told apart by 64 bits of hash.
//!
//! A version is its ETag, so who puts `A` again brings the same ETag back. A rendition's ETag is of its bytes, so it comes back as well, and
//! another version's can be the same ([`Version::Twin`]).
//!
//! What needs no action of its own:
//!
//! - a request that fails, or whose answer is lost, and the deadline: the message is given back, as by a crash before or after the request;
//! - a message that is shown again while a handler has it: it has come once more;
//! - an event that is late: its message waits in the queue;
//! - a source that is larger than the policy allows: it is rejected;
//! - two puts at the same time, for which S3 may send one event: they are one put, to those who do not read what the event says.
//!
//! What is assumed:
//!
//! - S3 is consistent for each key, and after each change there is an event;
//! - a request has its effect, if ever, before the message that it was sent for is acknowledged or shown again. No condition helps against a PUT
//!   that S3 does later ([`Protocol::GivesBackTooEarly`]);
//! - an object that Sandpress made, and one of the same bytes that it did not make, are never put one after the other: they have one ETag;
//! - no message is delivered so often that the queue gives it up: then its dead letter tells;
//! - no other source, and nobody else, has the places of these renditions.
//!
//! # How to read a counterexample
//!
//! It is one of the shortest. Each line is a step, and the world after it: the version of the source, those that the two renditions are made
//! of, and the messages in the queue. `-` is nothing, and `=A` a copy of `A`.
//!
//! Begin at the end: no message is left, and a rendition is not what the source asks for. Go up to the write or remove that made it so, and on
//! to the fetch of the same handler. What happened between the two has been missed; and the acknowledge after them is where the last one who
//! could have noticed went away.

mod handler;
mod model;
mod promise;
mod rest;
mod setting;
mod state;
mod steps;
mod trace;
mod world;

pub use handler::{Handler, Left, Request, Seen, Step, Work};
pub use model::{Action, Model};
pub use setting::{Policy, Protocol, Setting, Store};
pub use state::{Handlers, Queue, State};
pub use trace::trace;
pub use world::{Bytes, Found, Message, Recipe, Rendition, Version};

use world::{NAMES, PLACES};
