//! Whom a bucket notifies of what.

use aws_sdk_s3::{
    operation::get_bucket_notification_configuration::GetBucketNotificationConfigurationOutput,
    types::{Event, FilterRuleName, NotificationConfigurationFilter},
};

/// One of a bucket's notifications.
///
/// <https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetBucketNotificationConfiguration.html>
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Notification {
    pub(super) target: Target,
    /// Such as `s3:ObjectCreated:*`.
    pub(super) events: Vec<String>,
    /// Of keys that begin so.
    pub(super) prefix: String,
}

/// Who hears of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Target {
    /// The ARN of a queue or of a function.
    Direct(String),
    /// The ARN of a topic, whose subscribers are not looked at.
    Topic(String),
    /// The account's default bus, whose rules are not looked at.
    EventBridge,
}

impl Notification {
    /// Of a bucket's configuration.
    pub(super) fn all(configuration: &GetBucketNotificationConfigurationOutput) -> Vec<Self> {
        let queues = configuration
            .queue_configurations()
            .iter()
            .map(|queue| Self::new(Target::Direct(queue.queue_arn().to_owned()), queue.events(), queue.filter()));
        let functions = configuration.lambda_function_configurations().iter().map(|function| {
            Self::new(Target::Direct(function.lambda_function_arn().to_owned()), function.events(), function.filter())
        });
        let topics = configuration
            .topic_configurations()
            .iter()
            .map(|topic| Self::new(Target::Topic(topic.topic_arn().to_owned()), topic.events(), topic.filter()));
        // It hears of everything.
        let bus = configuration.event_bridge_configuration().map(|_| Self {
            target: Target::EventBridge,
            events: vec!["s3:*".to_owned()],
            prefix: String::new(),
        });
        queues.chain(functions).chain(topics).chain(bus).collect()
    }

    fn new(target: Target, events: &[Event], filter: Option<&NotificationConfigurationFilter>) -> Self {
        let rules = filter.and_then(|filter| filter.key()).map(|key| key.filter_rules()).unwrap_or_default();
        let is_prefix = |name: &FilterRuleName| name.as_str().eq_ignore_ascii_case("prefix");
        let prefix = rules.iter().find(|rule| rule.name().is_some_and(is_prefix)).and_then(|rule| rule.value());
        Self {
            target,
            events: events.iter().map(|event| event.as_str().to_owned()).collect(),
            prefix: prefix.unwrap_or_default().to_owned(),
        }
    }

    /// Whether it tells of this kind of events, such as `ObjectCreated`, at least in part.
    pub(super) fn tells_of(&self, kind: &str) -> bool {
        self.events.iter().any(|event| event == "s3:*" || event.trim_start_matches("s3:").starts_with(kind))
    }

    /// Whether it tells of a key that begins so.
    pub(super) fn overlaps(&self, prefix: &str) -> bool {
        self.prefix.starts_with(prefix) || prefix.starts_with(&self.prefix)
    }
}
