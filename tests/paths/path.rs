//! The paths, and what each is told of its messages.

use std::collections::BTreeMap;

use sandpress_pipeline::event::changes;
use sandpress_tests::{
    aws::{Between, Site},
    events::envelopes,
    lambda::Function,
    mapping::{self, asynchronous, results, stream},
};
use serde_json::{Value, json};

/// A way from an object to the function.
pub(crate) struct Path {
    pub(crate) name: &'static str,
    /// Who carries it.
    pub(crate) stack: &'static str,
    way: Way,
}

enum Way {
    /// The bucket tells of its objects by itself, straight or by another service, and the queue is read.
    Notified(Option<Between>),
    /// Messages about an identifier, a bucket and a key are put into the queue.
    Queue(fn(&str, &str, &str) -> Value),
    /// Into a FIFO queue, where each object is a group.
    Fifo(fn(&str, &str, &str) -> Value),
    Asynchronous(fn(&str, &str, &str) -> Value),
    Kinesis,
    Firehose,
    BatchOperations(&'static str),
    Gateway(&'static str),
}

/// What becomes of a message, as its source sees it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Told {
    /// It is done. For most sources that is so too if it was rejected: there is a dead letter.
    Done,
    /// It is rejected, and the source knows.
    Rejected,
    /// It has failed, as often as this source tries.
    Failed,
}

/// What is heard of a delivery.
#[derive(Debug, Default)]
pub(crate) struct Delivered {
    /// By key; the worst, if there are several messages about one.
    pub(crate) told: BTreeMap<String, Told>,
    /// What is at the place where this path keeps its failures, in a form that can be sent to the queue.
    pub(crate) left: Vec<String>,
}

const MINISTACK: &str = "ministack";
const QUEUE: &str = "ministack (SQS), stand-in (sender)";
const STAND_IN: &str = "stand-in";

pub(crate) const PATHS: [Path; 17] = [
    Path { name: "S3 → SQS", stack: MINISTACK, way: Way::Notified(None) },
    Path { name: "S3 → SNS → SQS", stack: MINISTACK, way: Way::Notified(Some(Between::Topic)) },
    Path { name: "S3 → SNS → SQS, raw", stack: MINISTACK, way: Way::Notified(Some(Between::RawTopic)) },
    Path { name: "S3 → EventBridge → SQS", stack: MINISTACK, way: Way::Notified(Some(Between::Rule)) },
    Path { name: "S3 → EventBridge → SQS FIFO", stack: QUEUE, way: Way::Fifo(envelopes::eventbridge) },
    Path { name: "CloudTrail → EventBridge → SQS", stack: QUEUE, way: Way::Queue(envelopes::cloudtrail) },
    Path { name: "backfill → SQS", stack: QUEUE, way: Way::Queue(|_, bucket, key| envelopes::job(bucket, key)) },
    Path {
        name: "S3 → SNS → Lambda",
        stack: STAND_IN,
        way: Way::Asynchronous(|id, bucket, key| envelopes::sns(&[(id.to_owned(), envelopes::s3(bucket, key))])),
    },
    Path {
        name: "S3 → Lambda", stack: STAND_IN, way: Way::Asynchronous(|_, bucket, key| envelopes::s3(bucket, key))
    },
    Path { name: "S3 → EventBridge → Lambda", stack: STAND_IN, way: Way::Asynchronous(envelopes::eventbridge) },
    Path {
        name: "CloudTrail → EventBridge → Lambda", stack: STAND_IN, way: Way::Asynchronous(envelopes::cloudtrail)
    },
    Path { name: "Kinesis → Lambda", stack: STAND_IN, way: Way::Kinesis },
    Path { name: "Firehose → Lambda", stack: STAND_IN, way: Way::Firehose },
    Path { name: "S3 Batch Operations 1.0", stack: STAND_IN, way: Way::BatchOperations("1.0") },
    Path { name: "S3 Batch Operations 2.0", stack: STAND_IN, way: Way::BatchOperations("2.0") },
    Path { name: "API Gateway (REST) → Lambda", stack: STAND_IN, way: Way::Gateway("1.0") },
    Path { name: "API Gateway (HTTP), function URL → Lambda", stack: STAND_IN, way: Way::Gateway("2.0") },
];

impl Path {
    pub(crate) async fn site(&self) -> Site {
        match self.way {
            Way::Notified(None) => Site::new().await,
            Way::Notified(Some(between)) => Site::by(between).await,
            Way::Fifo(_) => Site::fifo().await,
            _ => Site::quiet().await,
        }
    }

    /// Where what has failed for good is found.
    pub(crate) fn keeps(&self) -> &'static str {
        match self.way {
            Way::Notified(_) | Way::Queue(_) | Way::Fifo(_) => "dead-letter queue, after 5 receives",
            Way::Asynchronous(_) => "on-failure destination, after 3 attempts",
            Way::Kinesis => "on-failure destination, alone, by its sequence number",
            Way::Firehose => "ProcessingFailed: the bucket's error prefix",
            Way::BatchOperations(_) => "TemporaryFailure: the job's report",
            Way::Gateway(_) => "503: whoever asks",
        }
    }

    /// What this path is told of an object that is rejected.
    pub(crate) fn rejected(&self) -> Told {
        match self.way {
            Way::BatchOperations(_) | Way::Gateway(_) => Told::Rejected,
            _ => Told::Done,
        }
    }

    /// Uploads objects, and has a message about each delivered, in this order, until its source gives up or is content.
    pub(crate) async fn deliver(&self, site: &Site, function: &Function, objects: &[(String, Vec<u8>)]) -> Delivered {
        let mut seen = BTreeMap::new();
        for (key, content) in objects {
            let is_new = seen.insert(key, ()).is_none();
            if is_new || matches!(self.way, Way::Notified(_)) {
                site.upload(key, content.clone()).await;
            }
        }
        let keys: Vec<_> = objects.iter().map(|(key, _)| key.as_str()).collect();
        let bucket = site.source.as_str();
        let mut delivered = Delivered::default();
        match self.way {
            Way::Notified(_) => {
                site.wait_for(keys.len()).await;
                delivered.by_queue(site, function).await;
            }
            Way::Queue(body) => {
                for (place, key) in keys.iter().enumerate() {
                    site.send(&body(&format!("m{place}"), bucket, key).to_string()).await;
                }
                delivered.by_queue(site, function).await;
            }
            Way::Fifo(body) => {
                for (place, key) in keys.iter().enumerate() {
                    // A group's name is of few letters.
                    let group = envelopes::base64(key.as_bytes());
                    site.send_in(&group, &body(&format!("m{place}"), bucket, key).to_string()).await;
                }
                delivered.by_queue(site, function).await;
            }
            Way::Asynchronous(event) => {
                for (place, key) in keys.iter().enumerate() {
                    match asynchronous::invoke(function, &event(&format!("m{place}"), bucket, key)).await {
                        Ok(()) => delivered.tell(key, Told::Done),
                        Err(record) => {
                            delivered.tell(key, Told::Failed);
                            delivered.left.push(record.to_string());
                        }
                    }
                }
            }
            Way::Kinesis => {
                let records: Vec<_> =
                    keys.iter().zip(1..).map(|(key, number)| (sequence(number), envelopes::job(bucket, key))).collect();
                let stream = stream::deliver(function, &records, 2).await;
                for (key, (number, job)) in keys.iter().zip(&records) {
                    let is_done = !stream.discarded.contains(number);
                    delivered.tell(key, if is_done { Told::Done } else { Told::Failed });
                    if !is_done {
                        delivered.left.push(job.to_string());
                    }
                }
            }
            Way::Firehose => {
                let job = |(place, key): (usize, &&str)| (format!("r{place}"), envelopes::job(bucket, key));
                let event = envelopes::firehose(&keys.iter().enumerate().map(job).collect::<Vec<_>>());
                let results = results::firehose(&function.invoke(event.clone()).await, &event).expect("an answer");
                for (place, key) in keys.iter().enumerate() {
                    let is_ok = results[&format!("r{place}")] == "Ok";
                    delivered.tell(key, if is_ok { Told::Done } else { Told::Failed });
                    if !is_ok {
                        delivered.left.push(envelopes::job(bucket, key).to_string());
                    }
                }
            }
            Way::BatchOperations(version) => {
                let task = |(place, key): (usize, &&str)| (format!("t{place}"), bucket.to_owned(), (*key).to_owned());
                let tasks: Vec<_> = keys.iter().enumerate().map(task).collect();
                for tasks in tasks.chunks(10) {
                    let event = envelopes::batch_operations(version, tasks);
                    let answer = function.invoke(event.clone()).await;
                    let results = results::batch_operations(&answer, &event).expect("an answer");
                    for (id, _, key) in tasks {
                        let told = match results[id].0.as_str() {
                            "Succeeded" => Told::Done,
                            "PermanentFailure" => Told::Rejected,
                            _ => Told::Failed,
                        };
                        delivered.tell(key, told);
                        if told == Told::Failed {
                            delivered.left.push(envelopes::job(bucket, key).to_string());
                        }
                    }
                }
            }
            Way::Gateway(version) => {
                for (place, key) in keys.iter().enumerate() {
                    let job = envelopes::job(bucket, key);
                    let answer = function.invoke(envelopes::gateway(version, &format!("m{place}"), &job)).await;
                    let (status, body) = results::gateway(&answer).expect("an answer");
                    let told = match (status, body["outcome"].as_str()) {
                        (200, Some("done")) => Told::Done,
                        (422, Some("rejected")) => Told::Rejected,
                        (503, Some("failed")) => Told::Failed,
                        _ => panic!("{answer:?}"),
                    };
                    delivered.tell(key, told);
                    if told == Told::Failed {
                        delivered.left.push(job.to_string());
                    }
                }
            }
        }
        delivered
    }

    /// What a request that nobody understands is told, and whether it leaves a dead letter.
    pub(crate) async fn unreadable(&self, site: &Site, function: &Function) -> Option<bool> {
        let one = [("1".to_owned(), json!("nothing"))];
        let (event, has_letter) = match self.way {
            Way::Notified(_) | Way::Queue(_) | Way::Fifo(_) => {
                return None;
            }
            Way::Asynchronous(_) => (envelopes::sns(&one), true),
            Way::Kinesis => (envelopes::kinesis(&one), true),
            Way::Firehose => (envelopes::firehose(&one), true),
            Way::BatchOperations(version) => {
                let task = ("t".to_owned(), "?".to_owned(), "k".to_owned());
                let event = envelopes::batch_operations(version, &[task]);
                let answer = function.invoke(event.clone()).await;
                let results = results::batch_operations(&answer, &event).expect("an answer");
                assert_eq!(results["t"].0, "PermanentFailure", "{answer:?}");
                return Some(site.take_dead_letters().await.len() == 1);
            }
            Way::Gateway(version) => {
                let answer = function.invoke(envelopes::gateway(version, "m", &json!("nothing"))).await;
                assert_eq!(results::gateway(&answer).expect("an answer").0, 400, "{answer:?}");
                return Some(site.take_dead_letters().await.is_empty());
            }
        };
        let answer = function.invoke(event.clone()).await;
        match self.way {
            Way::Kinesis => assert_eq!(mapping::failures(&answer, &["1".to_owned()]), Ok([].into())),
            Way::Firehose => assert_eq!(results::firehose(&answer, &event).expect("an answer")["1"], "Ok"),
            _ => assert_eq!(answer, sandpress_tests::lambda::Answer::Response("null".to_owned())),
        }
        Some((site.take_dead_letters().await.len() == 1) == has_letter)
    }
}

impl Delivered {
    fn tell(&mut self, key: &str, told: Told) {
        let known = self.told.entry(key.to_owned()).or_insert(told);
        *known = told.max(*known);
    }

    /// Empties the queue: what is not done in the end is in its dead-letter queue, with those letters that the function writes.
    async fn by_queue(&mut self, site: &Site, function: &Function) {
        let mut failed = BTreeMap::new();
        for delivery in mapping::drain(site, function).await {
            assert_eq!(delivery.failure, None, "{delivery:#?}");
            for (id, body) in delivery.messages {
                if delivery.done.contains(&id) {
                    failed.remove(&id);
                    self.tell(&key(&body), Told::Done);
                } else {
                    failed.insert(id, body);
                }
            }
        }
        for body in failed.into_values() {
            self.tell(&key(&body), Told::Failed);
            self.left.push(body);
        }
    }
}

/// The key that a message is about.
fn key(body: &str) -> String {
    changes(body).expect("a message that is understood")[0].key.to_string()
}

/// As long as AWS has them.
fn sequence(number: u32) -> String {
    format!("49658964000000000000000000000000000000000000000000{number:06}")
}
