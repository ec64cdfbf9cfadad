//! What one test has in AWS: two buckets, a queue that hears of the first, and a dead-letter queue.

use std::{
    collections::BTreeMap,
    sync::atomic::{AtomicU32, Ordering},
    time::{Duration, Instant},
};

use aws_sdk_s3::types::{Event, NotificationConfiguration, QueueConfiguration};
use aws_sdk_sqs::types::{DeleteMessageBatchRequestEntry, Message, MessageSystemAttributeName, QueueAttributeName};
use serde_json::json;
use tokio::task::JoinSet;

use super::Emulator;

/// How long a test waits for what should happen at once.
const PATIENCE: Duration = Duration::from_secs(20);

/// How many requests of a test are under way at the same time.
const UPLOADS: usize = 16;

/// How often a message is received before it is isolated.
const MAX_RECEIVE_COUNT: u32 = 5;

/// A source bucket, a destination bucket, the queue between them and its dead-letter queue; no other test has them.
#[derive(Clone, Debug)]
pub struct Site {
    /// A client.
    pub s3: aws_sdk_s3::Client,
    /// A client.
    pub sqs: aws_sdk_sqs::Client,
    /// Where clients find AWS.
    pub endpoint: String,
    /// The bucket of uploads.
    pub source: String,
    /// The bucket of renditions.
    pub destination: String,
    /// Hears of everything that happens in the source bucket, if it is a standard queue.
    pub queue: Queue,
    /// Gets what cannot be done.
    pub dead_letters: Queue,
}

/// A queue's two names.
#[derive(Clone, Debug)]
pub struct Queue {
    /// For callers of SQS.
    pub url: String,
    /// For everybody else.
    pub arn: String,
}

/// An object as it is stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stored {
    /// The content.
    pub bytes: Vec<u8>,
    /// With quotes.
    pub etag: String,
    /// The `Content-Type` header.
    pub content_type: String,
    /// The `Cache-Control` header.
    pub cache_control: Option<String>,
    /// The user metadata.
    pub metadata: BTreeMap<String, String>,
}

/// A message in the dead-letter queue.
#[derive(Clone, Debug)]
pub struct DeadLetter {
    /// The original message's body.
    pub body: String,
    /// What the pipeline says about it; empty when it was SQS that gave the message up.
    pub attributes: BTreeMap<String, String>,
    /// The message group, in a FIFO queue.
    pub group: Option<String>,
}

impl DeadLetter {
    /// An attribute that must be there.
    pub fn attribute(&self, name: &str) -> &str {
        self.attributes.get(name).unwrap_or_else(|| panic!("no attribute {name}: {self:?}"))
    }
}

impl Site {
    /// A new one. S3's test event has been received, and is out of the queue.
    pub async fn new() -> Self {
        let site = Self::with_test_event().await;
        site.take_first().await;
        site
    }

    /// Waits for the first message, the test event, and takes it out of the queue.
    pub(super) async fn take_first(&self) {
        self.wait_for(1).await;
        let received = self.sqs.receive_message().queue_url(&self.queue.url).send().await.expect("ReceiveMessage");
        let message = received.messages().first().expect("the test event");
        let delete = self.sqs.delete_message().queue_url(&self.queue.url);
        delete.set_receipt_handle(message.receipt_handle.clone()).send().await.expect("DeleteMessage");
    }

    /// A new one, with S3's test event in its queue.
    pub async fn with_test_event() -> Self {
        let site = Self::with_queues("", &[]).await;
        let policy = json!({ "Version": "2012-10-17", "Statement": [{
            "Effect": "Allow", "Principal": { "Service": "s3.amazonaws.com" }, "Action": "sqs:SendMessage", "Resource": "*",
            "Condition": { "ArnEquals": { "aws:SourceArn": format!("arn:aws:s3:::{}", site.source) } },
        }] });
        let request = site.sqs.set_queue_attributes().queue_url(&site.queue.url);
        let request = request.attributes(QueueAttributeName::Policy, policy.to_string());
        request.send().await.expect("SetQueueAttributes");
        let all = QueueConfiguration::builder()
            .queue_arn(&site.queue.arn)
            .events(Event::from("s3:ObjectCreated:*"))
            .events(Event::from("s3:ObjectRemoved:*"))
            .events(Event::from("s3:ObjectRestore:Completed"));
        let notifications =
            NotificationConfiguration::builder().queue_configurations(all.build().expect("a complete configuration"));
        site.s3
            .put_bucket_notification_configuration()
            .bucket(&site.source)
            .notification_configuration(notifications.build())
            .send()
            .await
            .expect("PutBucketNotificationConfiguration");
        site
    }

    /// A new one, of whose uploads nobody hears: tests send messages.
    pub async fn silent() -> Self {
        Self::with_queues("", &[]).await
    }

    /// A new one, whose queues are FIFO. S3 notifies no such queue: tests send its messages.
    pub async fn fifo() -> Self {
        Self::with_queues(".fifo", &[(QueueAttributeName::FifoQueue, "true".to_owned())]).await
    }

    /// A new one, whose bucket tells nobody.
    pub async fn quiet() -> Self {
        Self::with_queues("", &[]).await
    }

    /// Two buckets and two queues that know nothing of each other yet, but for the redrive policy.
    async fn with_queues(suffix: &str, attributes: &[(QueueAttributeName, String)]) -> Self {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let number = COUNT.fetch_add(1, Ordering::Relaxed);
        let emulator = Emulator::shared();
        let sdk = emulator.sdk().await;
        let (s3, sqs) = (aws_sdk_s3::Client::new(&sdk), aws_sdk_sqs::Client::new(&sdk));
        let (source, destination) = (format!("source-{number}"), format!("destination-{number}"));
        for bucket in [&source, &destination] {
            s3.create_bucket().bucket(bucket).send().await.expect("CreateBucket");
        }
        let dead_letters = queue(&sqs, &format!("dead-letters-{number}{suffix}"), attributes).await;
        let redrive = json!({ "deadLetterTargetArn": dead_letters.arn, "maxReceiveCount": MAX_RECEIVE_COUNT });
        let own = [
            (QueueAttributeName::RedrivePolicy, redrive.to_string()),
            (QueueAttributeName::VisibilityTimeout, "120".to_owned()),
        ];
        let queue = queue(&sqs, &format!("queue-{number}{suffix}"), &[&own, attributes].concat()).await;
        Self { s3, sqs, endpoint: emulator.endpoint.clone(), source, destination, queue, dead_letters }
    }

    /// Uploads an object; gives its ETag.
    pub async fn upload(&self, key: &str, bytes: impl Into<Vec<u8>>) -> String {
        self.put(&self.source, key, bytes, &[]).await
    }

    /// Uploads objects of one content, several at a time.
    pub async fn upload_all(&self, keys: &[String], bytes: &'static str) {
        let mut uploads = JoinSet::new();
        for keys in keys.chunks(keys.len().div_ceil(UPLOADS).max(1)) {
            let (site, keys) = (self.clone(), keys.to_vec());
            uploads.spawn(async move {
                for key in keys {
                    site.upload(&key, bytes).await;
                }
            });
        }
        while let Some(uploaded) = uploads.join_next().await {
            uploaded.expect("the upload of a part");
        }
    }

    /// Puts an object with user metadata into a bucket; gives its ETag.
    pub async fn put(&self, bucket: &str, key: &str, bytes: impl Into<Vec<u8>>, metadata: &[(&str, &str)]) -> String {
        let mut put = self.s3.put_object().bucket(bucket).key(key).body(bytes.into().into());
        for (name, value) in metadata {
            put = put.metadata(*name, *value);
        }
        put.send().await.expect("PutObject").e_tag.expect("an ETag")
    }

    /// Deletes an object from the source bucket.
    pub async fn remove(&self, key: &str) {
        self.s3.delete_object().bucket(&self.source).key(key).send().await.expect("DeleteObject");
    }

    /// The object in the destination bucket, if it is there.
    pub async fn rendition(&self, key: &str) -> Option<Stored> {
        self.stored(&self.destination, key).await
    }

    /// An object, if it is there.
    pub async fn stored(&self, bucket: &str, key: &str) -> Option<Stored> {
        let got = match self.s3.get_object().bucket(bucket).key(key).send().await {
            Ok(got) => got,
            Err(error) if error.as_service_error().is_some_and(|error| error.is_no_such_key()) => return None,
            Err(error) => panic!("GetObject {bucket}/{key}: {error:?}"),
        };
        Some(Stored {
            etag: got.e_tag().expect("an ETag").to_owned(),
            content_type: got.content_type().unwrap_or_default().to_owned(),
            cache_control: got.cache_control().map(str::to_owned),
            metadata: got.metadata().cloned().unwrap_or_default().into_iter().collect(),
            bytes: got.body.collect().await.expect("the whole body").to_vec(),
        })
    }

    /// Everything in the destination bucket, by key.
    pub async fn renditions(&self) -> BTreeMap<String, Stored> {
        self.objects(&self.destination).await
    }

    /// Everything in a bucket, by key.
    pub async fn objects(&self, bucket: &str) -> BTreeMap<String, Stored> {
        let mut all = BTreeMap::new();
        let mut pages = self.s3.list_objects_v2().bucket(bucket).into_paginator().send();
        while let Some(page) = pages.next().await {
            for key in page.expect("ListObjectsV2").contents().iter().filter_map(|object| object.key()) {
                if let Some(stored) = self.stored(bucket, key).await {
                    all.insert(key.to_owned(), stored);
                }
            }
        }
        all
    }

    /// Hides messages that are received from the queue for this long, unless the receiver says otherwise.
    pub async fn set_visibility_timeout(&self, seconds: u32) {
        let request = self.sqs.set_queue_attributes().queue_url(&self.queue.url);
        let request = request.attributes(QueueAttributeName::VisibilityTimeout, seconds.to_string());
        request.send().await.expect("SetQueueAttributes");
    }

    /// Waits until the queue shows this many messages: notifications arrive shortly after the upload.
    pub async fn wait_for(&self, messages: usize) {
        let began = Instant::now();
        while self.waiting().await.0 < messages {
            assert!(began.elapsed() < PATIENCE, "{} of {messages} messages have come", self.waiting().await.0);
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }

    /// How many messages of the queue are visible, and how many are in flight.
    pub async fn waiting(&self) -> (usize, usize) {
        self.waiting_in(&self.queue).await
    }

    /// The same of any queue.
    pub async fn waiting_in(&self, queue: &Queue) -> (usize, usize) {
        let names = [
            QueueAttributeName::ApproximateNumberOfMessages,
            QueueAttributeName::ApproximateNumberOfMessagesNotVisible,
        ];
        let request = self.sqs.get_queue_attributes().queue_url(&queue.url).set_attribute_names(Some(names.to_vec()));
        let got = request.send().await.expect("GetQueueAttributes");
        let number = |name| got.attributes()?.get(name)?.parse().ok();
        let [visible, in_flight] = names.each_ref().map(|name| number(name).expect("a number of messages"));
        (visible, in_flight)
    }

    /// Sends a message to the queue, as if S3 had.
    pub async fn send(&self, body: &str) {
        self.sqs.send_message().queue_url(&self.queue.url).message_body(body).send().await.expect("SendMessage");
    }

    /// Sends a message to a group of the queue, which is FIFO.
    pub async fn send_in(&self, group: &str, body: &str) {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let request = self.sqs.send_message().queue_url(&self.queue.url).message_body(body).message_group_id(group);
        let identifier = COUNT.fetch_add(1, Ordering::Relaxed).to_string();
        request.message_deduplication_id(identifier).send().await.expect("SendMessage");
    }

    /// Takes everything out of the queue; gives the bodies, in the order that they come in.
    pub async fn take_messages(&self) -> Vec<String> {
        let mut all = Vec::new();
        loop {
            let receive = self.sqs.receive_message().queue_url(&self.queue.url).max_number_of_messages(10);
            let received = receive.send().await.expect("ReceiveMessage").messages.unwrap_or_default();
            if received.is_empty() {
                return all;
            }
            let entry = |(place, message): (usize, &Message)| {
                let entry = DeleteMessageBatchRequestEntry::builder().id(place.to_string());
                entry.set_receipt_handle(message.receipt_handle.clone()).build().expect("a complete entry")
            };
            let entries = received.iter().enumerate().map(entry).collect();
            let delete = self.sqs.delete_message_batch().queue_url(&self.queue.url).set_entries(Some(entries));
            delete.send().await.expect("DeleteMessageBatch");
            all.extend(received.into_iter().filter_map(|message| message.body));
        }
    }

    /// Takes everything out of the dead-letter queue.
    pub async fn take_dead_letters(&self) -> Vec<DeadLetter> {
        let mut all = Vec::new();
        loop {
            let receive = self.sqs.receive_message().queue_url(&self.dead_letters.url).max_number_of_messages(10);
            let receive = receive.message_attribute_names("All");
            let receive = receive.message_system_attribute_names(MessageSystemAttributeName::MessageGroupId);
            let received = receive.send().await.expect("ReceiveMessage");
            if received.messages().is_empty() {
                return all;
            }
            for message in received.messages() {
                let attributes = message.message_attributes().into_iter().flatten();
                all.push(DeadLetter {
                    body: message.body().unwrap_or_default().to_owned(),
                    attributes: attributes
                        .map(|(name, value)| (name.clone(), value.string_value().unwrap_or_default().to_owned()))
                        .collect(),
                    group: message
                        .attributes()
                        .and_then(|all| all.get(&MessageSystemAttributeName::MessageGroupId))
                        .cloned(),
                });
                let delete = self.sqs.delete_message().queue_url(&self.dead_letters.url);
                delete.set_receipt_handle(message.receipt_handle.clone()).send().await.expect("DeleteMessage");
            }
        }
    }
}

async fn queue(sqs: &aws_sdk_sqs::Client, name: &str, attributes: &[(QueueAttributeName, String)]) -> Queue {
    let request = sqs.create_queue().queue_name(name).set_attributes(Some(attributes.iter().cloned().collect()));
    let url = request.send().await.expect("CreateQueue").queue_url.expect("a URL");
    let request = sqs.get_queue_attributes().queue_url(&url).attribute_names(QueueAttributeName::QueueArn);
    let attributes = request.send().await.expect("GetQueueAttributes").attributes.unwrap_or_default();
    Queue { arn: attributes.get(&QueueAttributeName::QueueArn).expect("an ARN").clone(), url }
}
