//! Everything is needed. Each test takes something away from the protocol, and the search finds how the promise breaks: `make model` prints
//! it. All else is as in `holds.rs`, on the better of the stores.

use sandpress_model::{Model, Policy, Protocol, Recipe::New, Setting, Version, trace};
use stateright::{Checker as _, Model as _};

fn breaks(protocol: Protocol) {
    let model = Model::new(Setting {
        protocol,
        policy: Policy { mirror_deletes: true, mirror_rejections: true },
        conditional_writes: true,
        handlers: vec![New, New],
        versions: vec![Version::A, Version::B],
        changes: 4,
        duplicates: 1,
    });
    let counterexample = model.checker().spawn_bfs().join().assert_any_discovery("the promise");
    println!("{protocol:?}\n\n{}", trace(counterexample));
}

#[test]
fn without_a_look_again_after_a_write_a_rendition_outlives_its_source() {
    breaks(Protocol::NeverLooksAgainAfterWrite);
}

#[test]
fn without_a_look_again_after_a_remove_a_source_that_is_back_has_no_rendition() {
    breaks(Protocol::NeverLooksAgainAfterRemove);
}

#[test]
fn without_a_compare_an_overwrite_is_not_seen() {
    breaks(Protocol::NeverCompares);
}

#[test]
fn with_the_etag_of_the_event_instead_of_the_sources_a_rendition_outlives_its_source() {
    breaks(Protocol::ComparesWithTheEvent);
}

#[test]
fn without_the_events_that_seem_old_nobody_repairs_what_a_crash_left() {
    breaks(Protocol::DropsOldEvents);
}

#[test]
fn without_waiting_for_its_end_a_write_outlives_its_message() {
    breaks(Protocol::GivesBackTooEarly);
}
