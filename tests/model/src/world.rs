//! What is outside of the handlers: versions of the source, renditions with their ETags, messages.

/// How many renditions a source has.
pub(crate) const PLACES: usize = 2;

/// What the renditions are called.
pub(crate) const NAMES: [&str; PLACES] = ["small", "large"];

/// A content of the source. S3 makes the ETag from the content, so this is the ETag as well: who puts `A` again after `B` brings back the
/// same ETag.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Version {
    /// An image.
    A,
    /// Another image.
    B,
    /// The picture of `A` in a file with other metadata: another ETag, and yet its renditions have the bytes that those of `A` have.
    Twin,
    /// No encoder can read it.
    Bad,
    /// The first rendition cannot be made of it, and the second can.
    Half,
    /// Only the new recipe's encoder can read it.
    Modern,
    /// An object that Sandpress made.
    Marked,
}

impl Version {
    /// Whether a handler of this recipe rejects it when it is to make the rendition of this place.
    pub(crate) fn is_rejected(self, place: usize, by: Recipe) -> bool {
        match self {
            Self::A | Self::B | Self::Twin | Self::Marked => false,
            Self::Bad => true,
            Self::Half => place == 0,
            Self::Modern => by == Recipe::Old,
        }
    }

    fn picture(self) -> Self {
        if self == Self::Twin { Self::A } else { self }
    }
}

/// How a rendition is made. While a deployment is under way there are handlers of both.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Recipe {
    /// Of the deployment that goes.
    Old,
    /// Of the deployment that comes.
    New,
}

/// An object at the destination.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Rendition {
    /// The source's version, as its metadata says.
    pub of: Version,
    /// How it came about, as its metadata says. A copy is there because this recipe rejects the source.
    pub by: Recipe,
    /// What it really is.
    pub bytes: Bytes,
}

/// The bytes of a rendition. Its ETag tells them apart, and nothing else: it does not see the metadata.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Bytes {
    /// What an encoder makes of a picture by a recipe.
    Made(Version, Recipe),
    /// Those of the source itself.
    Copied(Version),
}

impl Rendition {
    /// What an encoder makes.
    pub(crate) fn made(of: Version, by: Recipe) -> Self {
        Self { of, by, bytes: Bytes::Made(of.picture(), by) }
    }

    /// The source itself, where this recipe rejects it.
    pub(crate) fn copied(of: Version, by: Recipe) -> Self {
        Self { of, by, bytes: Bytes::Copied(of) }
    }
}

/// What is in a place.
pub type Found = Option<Rendition>;

/// A message of the queue.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Message {
    /// Something may have changed. The protocol reads no more than this, so that to it all messages are the same.
    Hint,
    /// What a protocol that trusts events reads: this version was put.
    Put(Version),
    /// And this: the source was deleted.
    Deleted,
}
