//! The protocol as it is keeps its promise and comes to rest, whatever happens in whichever order.

use sandpress_model::{
    Model, Policy, Protocol,
    Recipe::{self, New, Old},
    Setting,
    Version::{self, A, B, Bad, Half, Twin},
    trace,
};
use stateright::{Checker as _, HasDiscoveries, Model as _};

const MIRROR: Policy = Policy { mirror_deletes: true, mirror_rejections: true };
const MIRROR_DELETES: Policy = Policy { mirror_deletes: true, mirror_rejections: false };
const KEEP: Policy = Policy { mirror_deletes: false, mirror_rejections: false };

/// Searches everything, on stores with conditional writes and without, and prints how much that was.
fn holds(policies: &[Policy], handlers: &[Recipe], versions: &[Version], changes: u8, duplicates: u8) {
    for (&policy, conditional_writes) in policies.iter().flat_map(|policy| [(policy, true), (policy, false)]) {
        let model = Model::new(Setting {
            protocol: Protocol::Complete,
            policy,
            conditional_writes,
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
    holds(&[MIRROR, KEEP], &[New, New], &[A, B], 4, 1);
}

#[test]
fn with_three_handlers() {
    holds(&[MIRROR], &[New, New, New], &[A, B], 3, 0);
}

#[test]
fn with_versions_whose_renditions_have_the_same_etag() {
    holds(&[MIRROR], &[New, New], &[A, B, Twin], 3, 1);
}

#[test]
fn with_versions_that_are_rejected() {
    holds(&[MIRROR, MIRROR_DELETES, KEEP], &[New, New], &[A, Bad, Half], 3, 1);
}

#[test]
fn while_another_recipe_is_deployed() {
    holds(&[MIRROR], &[Old, New], &[A, B], 3, 1);
}
