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
    /// The first rendition can be made of it, and the second cannot.
    Half,
}

impl Version {
    /// Whether what is to be made of it for this place is rejected.
    pub(crate) fn is_rejected(self, place: usize) -> bool {
        match self {
            Self::A | Self::B | Self::Twin => false,
            Self::Bad => true,
            Self::Half => place > 0,
        }
    }

    /// Whether a dead letter must tell of it.
    pub(crate) fn is_rejected_somewhere(self) -> bool {
        (0..PLACES).any(|place| self.is_rejected(place))
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

/// An object at the destination. What it is made of stands in its metadata.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Rendition {
    /// The source's version.
    pub of: Version,
    /// How.
    pub by: Recipe,
}

/// What an ETag tells apart: the bytes and nothing else.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Bytes(Version, Recipe);

impl Rendition {
    /// Its ETag, which does not see the metadata.
    pub fn etag(self) -> Bytes {
        Bytes(self.of.picture(), self.by)
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
