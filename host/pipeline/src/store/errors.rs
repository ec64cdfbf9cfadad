//! What an error of S3 means for the work.
//!
//! The codes are those that the operations used here can answer with: the ones that the service model lists for them, and of the
//! [general ones](https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html#ErrorCodeList) those whose meaning their status
//! alone does not tell. A code that is not here means what its status means, and a status that is not here may pass: what is not
//! understood is never lost.

/// What an error means for the work on an object.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Meaning {
    /// There is no such object.
    Gone,
    /// Another writer was there first, or is at work.
    Conflict,
    /// The object can be read after it is restored.
    Archived,
    /// The store does not know what a header asks for.
    NotImplemented,
    /// An operator must set something right: this.
    Misconfigured(&'static str),
    /// It may pass: the message comes back.
    Passing,
}

use Meaning::{Archived, Conflict, Gone, Misconfigured, NotImplemented, Passing};

const GRANT: &str = "grant the function s3:GetObject, s3:PutObject, s3:DeleteObject and s3:ListBucket as the template does, and the use of \
                     the bucket's key";
const BUCKET: &str = "name an existing bucket in the policy";
const REGION: &str = "the bucket is in another region than the function";
const CREDENTIALS: &str = "check the function's credentials";
const ACCOUNT: &str = "the account cannot use S3 as it is: ask AWS Support";
const CLOCK: &str = "set the machine's clock";
const KEY: &str = "make the bucket's key in KMS usable again";
const CUSTOMER_KEY: &str = "objects that are encrypted with a key of their uploader's (SSE-C) cannot be read";
const NAMES: &str = "check the names in the policy";
const OURS: &str = "this is a bug in Sandpress: please report it";

/// By code.
const CODES: &[(&str, Meaning)] = &[
    // Of GetObject, HeadObject and CopyObject in the service model.
    ("InvalidObjectState", Archived),
    ("NoSuchKey", Gone),
    ("NotFound", Gone),
    ("ObjectNotInActiveTierError", Archived),
    // Of PutObject in the service model. The three that follow answer headers that are never sent.
    ("EncryptionTypeMismatch", Misconfigured(OURS)),
    ("InvalidWriteOffset", Misconfigured(OURS)),
    ("TooManyParts", Misconfigured(OURS)),
    ("InvalidRequest", Misconfigured(CUSTOMER_KEY)),
    // Writes on a condition.
    ("ConditionalRequestConflict", Conflict),
    ("OperationAborted", Conflict),
    ("PreconditionFailed", Conflict),
    ("NotImplemented", NotImplemented),
    // The place.
    ("AuthorizationHeaderMalformed", Misconfigured(REGION)),
    ("IllegalLocationConstraintException", Misconfigured(REGION)),
    ("InvalidBucketName", Misconfigured(NAMES)),
    ("InvalidRegion", Misconfigured(REGION)),
    ("InvalidURI", Misconfigured(NAMES)),
    ("KeyTooLongError", Misconfigured(NAMES)),
    ("MetadataTooLarge", Misconfigured(OURS)),
    ("NoSuchAccessPoint", Misconfigured(BUCKET)),
    ("NoSuchBucket", Misconfigured(BUCKET)),
    ("NoSuchMultiRegionAccessPoint", Misconfigured(BUCKET)),
    ("PermanentRedirect", Misconfigured(REGION)),
    ("Redirect", Passing),
    ("TemporaryRedirect", Passing),
    // Whoever asks.
    ("AccessDenied", Misconfigured(GRANT)),
    ("AccountProblem", Misconfigured(ACCOUNT)),
    ("AllAccessDisabled", Misconfigured(ACCOUNT)),
    ("ExpiredToken", Passing),
    ("InvalidAccessKeyId", Misconfigured(CREDENTIALS)),
    ("InvalidPayer", Misconfigured(ACCOUNT)),
    ("InvalidSecurity", Misconfigured(CREDENTIALS)),
    ("InvalidToken", Misconfigured(CREDENTIALS)),
    ("NotSignedUp", Misconfigured(ACCOUNT)),
    ("RequestTimeTooSkewed", Misconfigured(CLOCK)),
    ("SignatureDoesNotMatch", Misconfigured(CREDENTIALS)),
    ("TokenRefreshRequired", Passing),
    // Keys.
    ("KMS.DisabledException", Misconfigured(KEY)),
    ("KMS.InvalidKeyUsageException", Misconfigured(KEY)),
    ("KMS.KMSInvalidStateException", Misconfigured(KEY)),
    ("KMS.NotFoundException", Misconfigured(KEY)),
    // What went wrong on the way, and what the service could not do just now.
    ("BadDigest", Passing),
    ("ConnectionClosedByRequester", Passing),
    ("IncompleteBody", Passing),
    ("InternalError", Passing),
    ("RequestTimeout", Passing),
    ("ResponseInterrupted", Passing),
    ("ServiceUnavailable", Passing),
    ("SlowDown", Passing),
    ("XAmzContentSHA256Mismatch", Passing),
];

/// What an error means, by its code, else by its status. HEAD has no body, and so no code.
pub(super) fn meaning(code: Option<&str>, status: Option<u16>) -> Meaning {
    let listed = CODES.iter().find(|(listed, _)| Some(*listed) == code).map(|(_, meaning)| *meaning);
    listed.unwrap_or(match status {
        Some(301) => Misconfigured(REGION),
        Some(403) => Misconfigured(GRANT),
        Some(404) => Gone,
        Some(409 | 412) => Conflict,
        Some(501) => NotImplemented,
        _ => Passing,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_stands_in_the_table_once() {
        for (index, (code, _)) in CODES.iter().enumerate() {
            assert!(CODES.iter().skip(index + 1).all(|(other, _)| other != code), "{code} is there twice");
        }
    }

    #[test]
    fn what_is_not_known_may_pass_and_a_code_says_more_than_a_status() {
        assert_eq!(meaning(Some("BrandNew"), Some(400)), Passing);
        assert_eq!(meaning(None, None), Passing);
        assert_eq!(meaning(Some("SlowDown"), Some(503)), Passing);
        assert_eq!(meaning(Some("InvalidObjectState"), Some(403)), Archived);
        assert_eq!(meaning(None, Some(403)), Misconfigured(GRANT));
        assert_eq!(meaning(Some("NoSuchBucket"), Some(404)), Misconfigured(BUCKET));
        assert_eq!(meaning(None, Some(404)), Gone);
    }
}
