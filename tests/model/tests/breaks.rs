//! Everything is needed. Each test takes something away from the protocol, and the search finds how the promise breaks: `make model` prints
//! it. All else is as in `holds.rs`, on the best of the stores.

use sandpress_model::{
    Model, Policy, Protocol,
    Recipe::New,
    Setting, Store,
    Version::{self, A, B, Bad, Half},
    trace,
};
use stateright::{Checker as _, Model as _};

fn breaks(protocol: Protocol, versions: [Version; 2]) {
    let model = Model::new(Setting {
        protocol,
        policy: Policy { mirror_deletes: true, copies_rejected: protocol == Protocol::CopiesAnyVersion },
        store: Store::Conditional,
        handlers: vec![New, New],
        versions: versions.to_vec(),
        changes: 4,
        duplicates: 1,
    });
    let counterexample = model.checker().spawn_bfs().join().assert_any_discovery("the promise");
    println!("{protocol:?}\n\n{}", trace(counterexample));
}

#[test]
fn without_a_look_again_after_a_write_a_rendition_outlives_its_source() {
    breaks(Protocol::NeverLooksAgainAfterWrite, [A, B]);
}

#[test]
fn without_a_look_again_after_a_remove_a_source_that_is_back_has_no_rendition() {
    breaks(Protocol::NeverLooksAgainAfterRemove, [A, B]);
}

#[test]
fn without_a_compare_an_overwrite_is_not_seen() {
    breaks(Protocol::NeverCompares, [A, B]);
}

#[test]
fn with_the_etag_of_the_event_instead_of_the_sources_a_rendition_outlives_its_source() {
    breaks(Protocol::ComparesWithTheEvent, [A, B]);
}

#[test]
fn without_the_events_that_seem_old_nobody_repairs_what_a_crash_left() {
    breaks(Protocol::DropsOldEvents, [A, B]);
}

#[test]
fn without_waiting_for_its_end_a_write_outlives_its_message() {
    breaks(Protocol::GivesBackTooEarly, [A, B]);
}

#[test]
fn without_a_remove_of_what_is_older_a_rendition_outlives_what_was_overwritten_by_a_rejected_source() {
    breaks(Protocol::KeepsOlder, [A, Bad]);
}

#[test]
fn if_a_rejection_stops_the_work_a_rendition_that_can_be_made_is_missing() {
    breaks(Protocol::StopsAtRejection, [A, Half]);
}

#[test]
fn without_a_condition_on_the_source_a_copy_is_not_of_the_version_that_it_says() {
    breaks(Protocol::CopiesAnyVersion, [A, Bad]);
}
