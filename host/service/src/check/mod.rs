//! What is wrong with a policy and with what is deployed, found before an upload finds it.
//!
//! [`of_policy`] needs nothing but the policy, [`Deployment`] asks AWS: it reads settings, and tries what writes nothing. What follows from
//! the settings is a function of them, [`Deployment::findings`].

mod deployment;
mod function;
mod live;
mod notification;
mod policy;
mod queue;

use serde::Serialize;

pub use deployment::Deployment;
pub use function::Function;
pub use policy::of_policy;

/// Something that is not as it should be.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[non_exhaustive]
pub struct Finding {
    /// How bad it is.
    pub severity: Severity,
    /// What it is about: an ARN, a URL, a bucket, a rendition.
    pub object: String,
    /// What is wrong, and what follows from it.
    pub what: String,
    /// What to do.
    pub advice: String,
}

/// How bad a finding is, the worst first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Severity {
    /// Something does not work, or gets lost.
    Error,
    /// It works until something else goes wrong.
    Warning,
    /// It cannot be seen from here.
    Note,
}

impl Finding {
    /// Something does not work, or gets lost.
    pub fn error(object: impl ToString, what: impl Into<String>, advice: impl Into<String>) -> Self {
        Self { severity: Severity::Error, object: object.to_string(), what: what.into(), advice: advice.into() }
    }

    fn warning(object: impl ToString, what: impl Into<String>, advice: impl Into<String>) -> Self {
        Self { severity: Severity::Warning, ..Self::error(object, what, advice) }
    }

    fn note(object: impl ToString, what: impl Into<String>, advice: impl Into<String>) -> Self {
        Self { severity: Severity::Note, ..Self::error(object, what, advice) }
    }
}

#[cfg(test)]
mod tests;
