//! Messages, and which of them have an order.

use std::collections::HashMap;

use crate::event::{self, Change, EventError};

/// A message as far as we need it.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Message {
    /// What its source calls it.
    pub id: String,
    /// As it came, or as a message of the queue that says the same.
    pub body: String,
    /// In a FIFO queue, the group whose order is kept.
    pub group: Option<String>,
    /// How often it has been delivered, this time included, as far as its source tells.
    pub attempt: Option<String>,
    /// What it tells of.
    pub changes: Result<Vec<Change>, EventError>,
}

impl Message {
    pub(crate) fn new(id: String, body: String) -> Self {
        Self { id, changes: event::changes(&body), body, group: None, attempt: None }
    }

    /// A message of a queue, which is named by its URL or its ARN. Standard queues know groups too, for fairness: they mean no order.
    ///
    /// <https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-fair-queues.html>
    pub(crate) fn of_queue(mut self, queue: &str, group: Option<&str>) -> Self {
        self.group = group.filter(|_| is_fifo(queue)).map(str::to_owned);
        self
    }

    /// With the number of its deliveries, as SQS counts them.
    pub(crate) fn attempt(mut self, count: Option<&str>) -> Self {
        self.attempt = count.map(str::to_owned);
        self
    }
}

/// Whether a queue, named by its URL or its ARN, keeps an order: such a queue's name ends so, and no other's.
///
/// <https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_CreateQueue.html>
pub(crate) fn is_fifo(queue: &str) -> bool {
    queue.ends_with(".fifo")
}

/// Whether SQS takes a character: only those of XML 1.0 (`InvalidMessageContents` else).
///
/// <https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SendMessage.html>
pub(crate) fn is_allowed(c: char) -> bool {
    matches!(c, '\t' | '\n' | '\r' | '\u{20}'..='\u{d7ff}' | '\u{e000}'..='\u{fffd}' | '\u{10000}'..)
}

/// JSON that means the same, in characters that SQS takes: others can only be in texts.
pub(crate) fn escaped(json: &str) -> String {
    let escape = |c: char| if is_allowed(c) { c.to_string() } else { format!("\\u{:04x}", u32::from(c)) };
    json.chars().map(escape).collect()
}

/// Sorts messages into chains: what is in one is handled one after the other, and what comes after a failure is not handled at all.
/// A group is a chain; a message without a group is one of its own.
pub(crate) fn chains<M>(messages: Vec<M>, group: impl Fn(&M) -> Option<String>) -> Vec<Vec<M>> {
    let mut chains: Vec<Vec<M>> = Vec::new();
    let mut groups: HashMap<String, usize> = HashMap::new();
    for message in messages {
        let next = chains.len();
        let place = group(&message).map_or(next, |group| *groups.entry(group).or_insert(next));
        match chains.get_mut(place) {
            Some(chain) => chain.push(message),
            None => chains.push(vec![message]),
        }
    }
    chains
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_group_is_a_chain_in_the_order_of_its_messages() {
        let messages = vec![("a", 1), ("b", 1), ("", 1), ("a", 2), ("", 2), ("a", 3), ("b", 2)];
        let chains = chains(messages, |(group, _)| Some((*group).to_owned()).filter(|group| !group.is_empty()));
        let expected = [vec![("a", 1), ("a", 2), ("a", 3)], vec![("b", 1), ("b", 2)], vec![("", 1)], vec![("", 2)]];
        assert_eq!(chains, expected);
    }

    #[test]
    fn a_group_means_an_order_in_fifo_queues_only() {
        for (queue, group) in [
            ("arn:aws:sqs:eu-central-1:123456789012:uploads.fifo", Some("a")),
            ("https://sqs.eu-central-1.amazonaws.com/123456789012/uploads.fifo", Some("a")),
            ("arn:aws:sqs:eu-central-1:123456789012:uploads", None),
            ("", None),
        ] {
            let message = Message::new("1".to_owned(), "{}".to_owned()).of_queue(queue, Some("a"));
            assert_eq!(message.group.as_deref(), group, "{queue}");
        }
    }
}
