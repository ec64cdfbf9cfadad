//! A document that is signed: minisign's signature, and behind it what is signed.
//!
//! ```text
//! untrusted comment: …
//! BASE64
//! trusted comment: …
//! BASE64
//! {"schema": 2, …
//! ```
//!
//! Both are one object, so that they are written and read at once. The four lines are a signature file as minisign has it, and the rest is the file
//! that it is of: `head -n 4` and `tail -n +5` make the two files that `minisign -V` asks for.
//! <https://jedisct1.github.io/minisign/>

use std::str;

use minisign_verify::{PublicKey, Signature};

/// How many lines a signature has.
const LINES: usize = 4;

/// Public keys, of which any may have signed. Changing a key takes two for a while.
#[derive(Clone, Debug)]
pub struct Keys(Vec<PublicKey>);

/// Why a document is not trusted.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SignatureError {
    /// No signature in front of it.
    #[error("it has no signature: {0}")]
    Missing(String),
    /// A signature that is not by a key that is trusted, or of other bytes.
    #[error("its signature does not hold: it was changed after it was signed, or signed with another key than {keys}")]
    Wrong {
        /// The keys that are trusted.
        keys: String,
    },
}

/// Why a text is no key.
#[derive(Debug, thiserror::Error)]
#[error("`{key}` is no public key of minisign, which begins with RW: {reason}")]
pub struct KeyError {
    key: String,
    reason: String,
}

impl Keys {
    /// Reads public keys as minisign prints them, with commas between them.
    ///
    /// # Errors
    ///
    /// [`KeyError`] if there is none, or one is wrong.
    pub fn parse(text: &str) -> Result<Self, KeyError> {
        let read = |key: &str| {
            let wrong = |reason: String| KeyError { key: key.to_owned(), reason };
            PublicKey::from_base64(key).map_err(|error| wrong(error.to_string()))
        };
        Ok(Self(text.split(',').map(|key| read(key.trim())).collect::<Result<_, _>>()?))
    }

    /// These, or others.
    #[must_use]
    pub fn or(mut self, others: &Self) -> Self {
        self.0.extend(others.0.iter().cloned());
        self
    }

    /// The document, if one of the keys has signed it. Nothing of it is looked at before.
    ///
    /// # Errors
    ///
    /// [`SignatureError`]
    pub fn verify<'a>(&self, signed: &'a [u8]) -> Result<&'a [u8], SignatureError> {
        let missing = |reason: &dyn ToString| SignatureError::Missing(reason.to_string());
        let (signature, document) = split(signed).ok_or_else(|| missing(&"it has not even four lines"))?;
        let signature = str::from_utf8(signature).map_err(|error| missing(&error))?;
        let signature = Signature::decode(signature).map_err(|error| missing(&error))?;
        // Signatures of the bytes themselves, which minisign made long ago, are not taken: what is signed is the digest.
        let is_signed = self.0.iter().any(|key| key.verify(document, &signature, false).is_ok());
        if is_signed { Ok(document) } else { Err(SignatureError::Wrong { keys: self.to_string() }) }
    }
}

impl std::fmt::Display for Keys {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let count = self.0.len();
        if count == 1 { f.write_str("the one that is trusted") } else { write!(f, "the {count} that are trusted") }
    }
}

/// The signature's lines, and what is behind them.
fn split(signed: &[u8]) -> Option<(&[u8], &[u8])> {
    let mut ends = signed.iter().enumerate().filter(|(_, byte)| **byte == b'\n').map(|(place, _)| place);
    let end = ends.nth(LINES - 1)?;
    signed.split_at_checked(end + 1)
}

/// A signature as minisign writes it, and what it is of, as one.
pub fn signed(signature: &str, document: &str) -> Vec<u8> {
    format!("{}\n{document}", signature.trim_end()).into_bytes()
}
