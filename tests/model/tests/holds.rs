//! The protocol as it is keeps its promise and comes to rest, whatever happens in whichever order.

use sandpress_model::{
    Model, Policy, Protocol,
    Recipe::{self, New, Old},
    Setting,
    Store::{self, Conditional, ConditionalPuts, Unconditional},
    Version::{self, A, B, Bad, Half, Marked, Modern, Twin},
    trace,
};
use stateright::{Checker as _, HasDiscoveries, Model as _};

const MIRROR: Policy = Policy { mirror_deletes: true, copies_rejected: false };
const KEEP: Policy = Policy { mirror_deletes: false, copies_rejected: false };
const COPY: Policy = Policy { mirror_deletes: true, copies_rejected: true };

/// Searches everything, and prints how much that was.
fn holds(policy: Policy, stores: &[Store], handlers: &[Recipe], versions: &[Version], changes: u8, duplicates: u8) {
    for &store in stores {
        let model = Model::new(Setting {
            protocol: Protocol::Complete,
            policy,
            store,
            handlers: handlers.to_vec(),
            versions: versions.to_vec(),
            changes,
            duplicates,
        });
        let search = model.checker().finish_when(HasDiscoveries::AnyFailures).spawn_bfs().join();
        let (states, unique, depth) = (search.state_count(), search.unique_state_count(), search.max_depth());
        let (setting, rest) = (&search.model().setting, search.model().longest_rest());
        for name in ["the promise", "it comes to rest"] {
            let counterexample = search.discovery(name).map(trace).unwrap_or_default();
            assert!(counterexample.is_empty(), "{name} is broken: {setting}\n\n{counterexample}");
        }
        search.assert_any_discovery("a message is given back");
        println!("{setting}: {states} states, {unique} unique, depth {depth}; at rest after {rest} steps at most");
    }
}

#[test]
fn with_many_changes() {
    holds(MIRROR, &[Conditional, Unconditional], &[New, New], &[A, B], 4, 1);
    holds(KEEP, &[Conditional], &[New, New], &[A, B], 4, 1);
}

#[test]
fn with_three_handlers() {
    holds(MIRROR, &[Conditional, Unconditional], &[New, New, New], &[A, B], 3, 0);
}

#[test]
fn with_versions_whose_renditions_have_the_same_etag() {
    holds(MIRROR, &[Conditional, Unconditional], &[New, New], &[A, B, Twin], 3, 1);
}

#[test]
fn with_versions_that_are_rejected() {
    holds(MIRROR, &[Conditional, ConditionalPuts, Unconditional], &[New, New], &[A, Bad, Half], 3, 1);
    holds(KEEP, &[Conditional], &[New, New], &[A, Bad, Half], 3, 1);
}

#[test]
fn with_versions_that_are_copied() {
    holds(COPY, &[Conditional, ConditionalPuts, Unconditional], &[New, New], &[A, Bad, Half], 3, 1);
}

#[test]
fn with_versions_that_sandpress_made() {
    holds(MIRROR, &[Conditional, Unconditional], &[New, New], &[A, Half, Marked], 3, 1);
    holds(COPY, &[Conditional], &[New, New], &[A, Half, Marked], 3, 1);
}

#[test]
fn while_a_recipe_is_deployed_that_rejects_less() {
    holds(MIRROR, &[Conditional, Unconditional], &[Old, New], &[A, Modern], 3, 1);
    holds(COPY, &[Conditional], &[Old, New], &[A, Modern], 3, 1);
}
