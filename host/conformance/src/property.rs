//! The properties, each a function that tells why it does not hold.

mod animation;
mod description;
mod geometry;
mod pixels;
mod probing;
mod reading;
mod refusals;
mod sameness;

use crate::{Obstacle, subject::Exam};

/// Something that holds of every encoder.
#[derive(Clone, Copy)]
#[non_exhaustive]
pub struct Property {
    /// Kebab-case.
    pub name: &'static str,
    /// One sentence for a person.
    pub summary: &'static str,
    /// Whether it may hold of one format that the encoder makes, and not of another.
    pub is_of_format: bool,
    pub(crate) holds: fn(&Exam<'_>) -> Result<(), Obstacle>,
}

impl Property {
    /// The property of this name.
    pub fn named(name: &str) -> Option<Self> {
        PROPERTIES.into_iter().find(|property| property.name == name)
    }
}

impl std::fmt::Debug for Property {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("Property").field(&self.name).finish()
    }
}

const fn of_format(
    name: &'static str,
    holds: fn(&Exam<'_>) -> Result<(), Obstacle>,
    summary: &'static str,
) -> Property {
    Property { name, summary, is_of_format: true, holds }
}

const fn of_codec(name: &'static str, holds: fn(&Exam<'_>) -> Result<(), Obstacle>, summary: &'static str) -> Property {
    Property { is_of_format: false, ..of_format(name, holds, summary) }
}

/// All of them. That nothing is imported is not among them: the sandbox loads nothing else.
pub const PROPERTIES: [Property; 20] = [
    of_codec(
        "describes-itself-truly",
        description::describes_itself_truly,
        "What it says of itself is always the same, and makes sense.",
    ),
    of_codec(
        "probes-from-any-prefix",
        probing::probes_from_any_prefix,
        "However much of a file is shown, what it says of the picture is true, or it says how much more it needs.",
    ),
    of_codec(
        "probes-strangers-as-unknown",
        probing::probes_strangers_as_unknown,
        "A format that it does not read is unknown at once.",
    ),
    of_format(
        "reads-what-it-says",
        reading::reads_what_it_says,
        "Of each format that it says it reads it makes something.",
    ),
    of_format(
        "makes-the-same-picture",
        pixels::makes_the_same_picture,
        "Whatever format, channels and colours go in, what comes out looks the same.",
    ),
    of_format(
        "fills-boxes-and-never-enlarges",
        geometry::fills_boxes_and_never_enlarges,
        "Boxes are filled as their fit says, and nothing is ever enlarged.",
    ),
    of_format(
        "turns-pictures-upright",
        pixels::turns_pictures_upright,
        "Each of the eight orientations is turned upright, and only once.",
    ),
    of_format(
        "converts-colours-or-keeps-them",
        pixels::converts_colours_or_keeps_them,
        "Colours that are not those of sRGB are converted, or stay with their profile.",
    ),
    of_format(
        "lossless-is-exact",
        pixels::lossless_is_exact,
        "What is asked for as lossless has every pixel of its source, or is refused.",
    ),
    of_format(
        "keeps-animations-or-refuses-them",
        animation::keeps_animations_or_refuses_them,
        "Never is a picture of one frame made of an animation.",
    ),
    of_format(
        "keeps-metadata-as-the-policy-says",
        pixels::keeps_metadata_as_the_policy_says,
        "What a camera wrote is stripped, reduced to the copyright, or kept; or the notes say that it was dropped.",
    ),
    of_format(
        "keeps-to-the-most-bytes",
        geometry::keeps_to_the_most_bytes,
        "An output is within the bytes that it may have, or a refusal names the fewest possible.",
    ),
    of_format(
        "takes-its-options-in-their-domains-only",
        description::takes_its_options_in_their_domains_only,
        "Each option is accepted within its domain and refused outside of it, and its default is what happens without it.",
    ),
    of_format(
        "is-deterministic",
        sameness::is_deterministic,
        "The same input gives the same bytes, on two threads at once.",
    ),
    of_format(
        "makes-several-renditions-as-it-makes-each",
        sameness::makes_several_renditions_as_it_makes_each,
        "What is made beside a rendition does not change it.",
    ),
    of_format(
        "makes-nothing-of-no-renditions",
        sameness::makes_nothing_of_no_renditions,
        "To ask for nothing is no error.",
    ),
    of_format(
        "refuses-strangers-as-unsupported",
        refusals::refuses_strangers_as_unsupported,
        "A format that it does not read is refused as unsupported.",
    ),
    of_format(
        "refuses-damaged-files-with-a-reason",
        refusals::refuses_damaged_files_with_a_reason,
        "Whatever is wrong with a file, it says so itself, or makes something of what is there.",
    ),
    of_format(
        "refuses-bombs-before-memory-is-spent",
        refusals::refuses_bombs_before_memory_is_spent,
        "A few bytes that claim gigapixels do not cost the memory that they claim.",
    ),
    of_format(
        "refuses-renditions-that-make-no-sense",
        refusals::refuses_renditions_that_make_no_sense,
        "A rendition without sense is refused as a bad request, whatever the picture is.",
    ),
];
