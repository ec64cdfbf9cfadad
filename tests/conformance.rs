//! Every encoder of the project has every property that the contract asks for.

use std::thread;

use sandpress_sandbox::MediaType;
use sandpress_tests::{
    components,
    conformance::{self as property, Subject},
};

fn every_encoder(property: fn(&Subject)) {
    for (media_type, encoder) in components::encoders().iter() {
        println!("{media_type} by {} {}", encoder.name, encoder.version);
        property(&Subject::new(media_type, encoder));
    }
}

/// A test for each property, named as it is.
macro_rules! every_encoder {
    ($($property:ident)*) => {$(
        #[test]
        fn $property() {
            every_encoder(property::$property);
        }
    )*};
}

/// An encoder that makes the same pixel of everything has none of them: each can be seen to fail.
#[test]
fn an_encoder_that_does_not_look_at_its_input_is_found_out() {
    let misbehaving = components::misbehaving_encoder();
    let subject = Subject::new(&MediaType::PNG, misbehaving);
    for (name, property) in [
        ("converts_colours_or_keeps_them", property::converts_colours_or_keeps_them as fn(&Subject)),
        ("fills_boxes_and_never_enlarges", property::fills_boxes_and_never_enlarges),
        ("keeps_animations_or_refuses_them", property::keeps_animations_or_refuses_them),
        ("keeps_to_the_most_bytes", property::keeps_to_the_most_bytes),
        ("lossless_is_exact", property::lossless_is_exact),
        ("makes_the_same_picture", property::makes_the_same_picture),
        ("probes_from_any_prefix", property::probes_from_any_prefix),
        ("probes_strangers_as_unknown", property::probes_strangers_as_unknown),
        ("refuses_bombs_before_memory_is_spent", property::refuses_bombs_before_memory_is_spent),
        ("refuses_damaged_files_with_a_reason", property::refuses_damaged_files_with_a_reason),
        ("refuses_renditions_that_make_no_sense", property::refuses_renditions_that_make_no_sense),
        ("refuses_strangers_as_unsupported", property::refuses_strangers_as_unsupported),
        ("takes_its_options_in_their_domains_only", property::takes_its_options_in_their_domains_only),
        ("turns_pictures_upright", property::turns_pictures_upright),
    ] {
        let found_out = thread::scope(|scope| scope.spawn(|| property(&subject)).join()).is_err();
        assert!(found_out, "{name} is true of an encoder that makes one pixel of everything");
    }
}

every_encoder! {
    converts_colours_or_keeps_them
    describes_itself_truly
    fills_boxes_and_never_enlarges
    imports_nothing
    is_deterministic
    keeps_animations_or_refuses_them
    keeps_metadata_as_the_policy_says
    keeps_to_the_most_bytes
    lossless_is_exact
    makes_nothing_of_no_renditions
    makes_several_renditions_as_it_makes_each
    makes_the_same_picture
    probes_from_any_prefix
    probes_strangers_as_unknown
    refuses_bombs_before_memory_is_spent
    refuses_damaged_files_with_a_reason
    refuses_renditions_that_make_no_sense
    refuses_strangers_as_unsupported
    takes_its_options_in_their_domains_only
    turns_pictures_upright
}
