//! A queue's settings.

use std::collections::HashMap;

use aws_sdk_sqs::types::QueueAttributeName;
use serde::Deserialize;

/// The longest that SQS keeps a message, in seconds.
pub(super) const LONGEST_RETENTION: u64 = 14 * 24 * 60 * 60;

/// A queue's settings, as far as they are looked at.
///
/// <https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_GetQueueAttributes.html>
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Queue {
    pub(super) arn: String,
    /// Seconds.
    pub(super) visibility_timeout: u64,
    /// Seconds.
    pub(super) retention: u64,
    pub(super) redrive: Option<Redrive>,
}

/// Where messages go that were received too often.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Redrive {
    pub(super) dead_letter_target_arn: String,
    /// SQS gives back a number or a text, as it was given.
    #[serde(deserialize_with = "number")]
    pub(super) max_receive_count: u64,
}

impl Queue {
    pub(super) fn new(attributes: &HashMap<QueueAttributeName, String>) -> Self {
        let text = |name| attributes.get(&name).map(String::as_str).unwrap_or_default();
        let number = |name, default| text(name).parse().unwrap_or(default);
        Self {
            arn: text(QueueAttributeName::QueueArn).to_owned(),
            // What SQS gives a queue of which nothing is said.
            visibility_timeout: number(QueueAttributeName::VisibilityTimeout, 30),
            retention: number(QueueAttributeName::MessageRetentionPeriod, 4 * 24 * 60 * 60),
            redrive: serde_json::from_str(text(QueueAttributeName::RedrivePolicy)).ok(),
        }
    }
}

fn number<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<u64, D::Error> {
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum Number {
        Number(u64),
        Text(String),
    }
    match Number::deserialize(deserializer)? {
        Number::Number(number) => Ok(number),
        Number::Text(text) => text.parse().map_err(serde::de::Error::custom),
    }
}
