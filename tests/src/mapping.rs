//! Strict stand-ins for what invokes a function. Here for Lambda's event source mapping of an SQS queue, and in modules for others.
//!
//! It reads the real queue and applies AWS's rules to the answer, where emulators are lenient. One thing is quicker than in AWS: what
//! failed is visible again at once, or when the test says, not after the visibility timeout.

mod answer;
pub mod asynchronous;
pub mod results;
pub mod stream;

use std::{collections::BTreeMap, time::Duration};

use aws_sdk_sqs::types::{DeleteMessageBatchRequestEntry, Message, MessageSystemAttributeName};
use serde_json::{Map, Value, json};

pub use answer::failures;

use crate::{
    aws::{REGION, Site},
    lambda::{Answer, Function},
};

/// The most messages in a batch.
const BATCH: i32 = 10;

/// What became of one batch.
#[derive(Clone, Debug)]
pub struct Delivery {
    /// The bodies by message, of what was delivered.
    pub messages: BTreeMap<String, String>,
    /// What the function did.
    pub answer: Answer,
    /// The messages that were deleted from the queue.
    pub done: Vec<String>,
    /// The messages that are in the queue again.
    pub returned: Vec<String>,
    /// Why all of them are, if they are.
    pub failure: Option<String>,
}

/// Takes one batch of at most ten messages off the queue, which must have some, and runs the function with it.
pub async fn deliver(site: &Site, function: &Function) -> Delivery {
    let batch = receive(site).await;
    assert!(!batch.is_empty(), "there is nothing to deliver");
    run(site, function, &batch).await
}

/// Delivers until the queue is empty.
pub async fn drain(site: &Site, function: &Function) -> Vec<Delivery> {
    let mut all = Vec::new();
    while site.waiting().await != (0, 0) {
        assert!(all.len() < 500, "the queue does not become empty: {:#?}", all.last());
        // Nothing: messages that were received too often have just gone to the dead-letter queue.
        let batch = receive(site).await;
        if !batch.is_empty() {
            all.push(run(site, function, &batch).await);
        }
    }
    all
}

async fn run(site: &Site, function: &Function, batch: &[Message]) -> Delivery {
    let answer = function.invoke(event(site, batch)).await;
    settle(site, batch, answer, Duration::ZERO).await
}

/// Takes a batch off the queue: its messages are in flight until they are settled.
pub async fn receive(site: &Site) -> Vec<Message> {
    let mut batch = Vec::new();
    // One call need not give all that is there.
    while let room @ 1.. = BATCH - i32::try_from(batch.len()).expect("at most ten") {
        let request = site.sqs.receive_message().queue_url(&site.queue.url).max_number_of_messages(room);
        let request =
            request.message_system_attribute_names(MessageSystemAttributeName::All).message_attribute_names("All");
        let received = request.send().await.expect("ReceiveMessage").messages.unwrap_or_default();
        if received.is_empty() {
            break;
        }
        batch.extend(received);
    }
    batch
}

/// Applies AWS's rules to what the function did: deletes what succeeded, shows again what failed, after as many whole seconds.
pub async fn settle(site: &Site, batch: &[Message], answer: Answer, delay: Duration) -> Delivery {
    let ids: Vec<_> = batch.iter().map(|message| text(message.message_id())).collect();
    let (failed, failure) = match failures(&answer, &ids) {
        Ok(failed) => (failed, None),
        Err(reason) => (ids.iter().cloned().collect(), Some(reason)),
    };
    let mut delivery = Delivery {
        messages: batch.iter().map(|message| (text(message.message_id()), text(message.body()))).collect(),
        answer,
        done: Vec::new(),
        returned: Vec::new(),
        failure,
    };
    let mut delete = site.sqs.delete_message_batch().queue_url(&site.queue.url);
    for (id, message) in ids.into_iter().zip(batch) {
        let receipt = text(message.receipt_handle());
        if failed.contains(&id) {
            let request = site.sqs.change_message_visibility().queue_url(&site.queue.url).receipt_handle(receipt);
            let delay = i32::try_from(delay.as_secs()).expect("a few seconds");
            request.visibility_timeout(delay).send().await.expect("ChangeMessageVisibility");
            delivery.returned.push(id);
        } else {
            let place = delivery.done.len().to_string();
            let entry = DeleteMessageBatchRequestEntry::builder().id(place).receipt_handle(receipt).build();
            delete = delete.entries(entry.expect("a complete entry"));
            delivery.done.push(id);
        }
    }
    if !delivery.done.is_empty() {
        let deleted = delete.send().await.expect("DeleteMessageBatch");
        assert!(deleted.failed().is_empty(), "{deleted:?}");
    }
    delivery
}

/// A batch as Lambda hands it to a function.
///
/// <https://docs.aws.amazon.com/lambda/latest/dg/with-sqs.html>
pub fn event(site: &Site, batch: &[Message]) -> Value {
    let record = |message: &Message| {
        let attributes: Map<_, _> = message
            .attributes()
            .into_iter()
            .flatten()
            .map(|(name, value)| (name.as_str().to_owned(), value.as_str().into()))
            .collect();
        let message_attributes: Map<_, _> = message
            .message_attributes()
            .into_iter()
            .flatten()
            .map(|(name, value)| {
                let value = json!({ "stringValue": value.string_value(), "stringListValues": [], "binaryListValues": [],
                    "dataType": value.data_type() });
                (name.clone(), value)
            })
            .collect();
        json!({
            "messageId": message.message_id(),
            "receiptHandle": message.receipt_handle(),
            "body": message.body(),
            "attributes": attributes,
            "messageAttributes": message_attributes,
            "md5OfBody": message.md5_of_body(),
            "eventSource": "aws:sqs",
            "eventSourceARN": site.queue.arn,
            "awsRegion": REGION,
        })
    };
    json!({ "Records": batch.iter().map(record).collect::<Vec<_>>() })
}

fn text(value: Option<&str>) -> String {
    value.expect("SQS always gives it").to_owned()
}
