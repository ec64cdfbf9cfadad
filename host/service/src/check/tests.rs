use std::collections::BTreeMap;

use sandpress_pipeline::Policy;
use serde_json::{Value, json};

use super::{
    deployment::Deployment,
    function::{Function, Mapping},
    notification::{Notification, Target},
    queue::{Queue, Redrive},
    *,
};

const FUNCTION: &str = "arn:aws:lambda:eu-central-1:123456789012:function:compress";
const QUEUE: &str = "arn:aws:sqs:eu-central-1:123456789012:queue";
const DEAD_LETTERS: &str = "arn:aws:sqs:eu-central-1:123456789012:dead-letters";
const STREAM: &str = "arn:aws:kinesis:eu-central-1:123456789012:stream/jobs";
const TOPIC: &str = "arn:aws:sns:eu-central-1:123456789012:uploads";

fn policy(more: &str) -> Policy {
    let toml = format!(
        r#"
        source = {{ bucket = "uploads", prefix = "in/" }}
        destination = {{ bucket = "renditions", prefix = "out/", mirror-deletes = true }}
        dead-letters = {{ queue-url = "https://sqs.eu-central-1.amazonaws.com/123456789012/dead-letters" }}
        {more}"#
    );
    Policy::from_toml(&toml).unwrap()
}

fn mapping(value: Value) -> Mapping {
    serde_json::from_value(value).unwrap()
}

/// As the template deploys it.
fn deployment() -> Deployment {
    let function = json!({ "FunctionArn": FUNCTION, "FunctionName": "compress", "Timeout": 120 });
    let mut function: Function = serde_json::from_value(function).unwrap();
    function.mappings = vec![mapping(json!({
        "EventSourceArn": QUEUE, "State": "Enabled", "FunctionResponseTypes": ["ReportBatchItemFailures"],
        "MaximumBatchingWindowInSeconds": 60,
    }))];
    let redrive = Redrive { dead_letter_target_arn: DEAD_LETTERS.to_owned(), max_receive_count: 5 };
    let queue = Queue { arn: QUEUE.to_owned(), visibility_timeout: 780, retention: 1_209_600, redrive: Some(redrive) };
    Deployment {
        function: Some(function),
        queues: BTreeMap::from([(QUEUE.to_owned(), queue.clone())]),
        dead_letters: Some(Queue { arn: DEAD_LETTERS.to_owned(), redrive: None, ..queue }),
        source: Some(vec![
            notification(QUEUE, "s3:ObjectCreated:*", ""),
            notification(QUEUE, "s3:ObjectRemoved:*", ""),
        ]),
        destination: Some(Vec::new()),
        found: Vec::new(),
    }
}

fn notification(arn: &str, event: &str, prefix: &str) -> Notification {
    let target = if arn == TOPIC { Target::Topic(arn.to_owned()) } else { Target::Direct(arn.to_owned()) };
    Notification { target, events: vec![event.to_owned()], prefix: prefix.to_owned() }
}

fn queue(deployment: &mut Deployment) -> &mut Queue {
    deployment.queues.get_mut(QUEUE).unwrap()
}

fn mappings(deployment: &mut Deployment) -> &mut Vec<Mapping> {
    &mut deployment.function.as_mut().unwrap().mappings
}

#[test]
fn each_fault_of_a_deployment_is_found_and_nothing_else() {
    use Severity::{Error, Note, Warning};
    type Break = fn(&mut Deployment);
    /// How bad it is, what is at fault, and a part of what is said of it.
    type Found = &'static [(Severity, &'static str, &'static str)];
    let cases: [(&str, Break, Found); 21] = [
        ("as deployed", |_| {}, &[]),
        ("too short", |all| queue(all).visibility_timeout = 119, &[(Error, QUEUE, "work is done twice")]),
        (
            "under six timeouts",
            |all| queue(all).visibility_timeout = 779,
            &[(Warning, QUEUE, "less than six timeouts")],
        ),
        ("no redrive", |all| queue(all).redrive = None, &[(Error, QUEUE, "no redrive policy")]),
        (
            "given up soon",
            |all| queue(all).redrive.as_mut().unwrap().max_receive_count = 4,
            &[(Warning, QUEUE, "given up after 4 receives")],
        ),
        (
            "no item failures",
            |all| *mappings(all) = vec![mapping(json!({ "EventSourceArn": QUEUE, "FunctionResponseTypes": [] }))],
            &[(Error, QUEUE, "does not have ReportBatchItemFailures")],
        ),
        ("disabled", |all| mappings(all)[0].state = "Disabled".to_owned(), &[(Error, QUEUE, "is disabled")]),
        (
            "a stream",
            |all| mappings(all).push(mapping(json!({ "EventSourceArn": STREAM }))),
            &[
                (Error, STREAM, "does not have ReportBatchItemFailures"),
                (Error, STREAM, "no on-failure destination"),
                (Warning, STREAM, "does not bisect"),
            ],
        ),
        (
            "a stream as it should be",
            |all| {
                mappings(all).push(mapping(json!({
                    "EventSourceArn": STREAM, "FunctionResponseTypes": ["ReportBatchItemFailures"],
                    "BisectBatchOnFunctionError": true, "DestinationConfig": { "OnFailure": { "Destination": DEAD_LETTERS } },
                })));
            },
            &[],
        ),
        (
            "dead letters come back",
            |all| all.dead_letters.as_mut().unwrap().arn = QUEUE.to_owned(),
            &[(Error, QUEUE, "a loop: the policy sends dead letters")],
        ),
        (
            "dead letters do not last",
            |all| all.dead_letters.as_mut().unwrap().retention = 345_600,
            &[(Warning, DEAD_LETTERS, "deleted after 96 h")],
        ),
        (
            "silence",
            |all| all.source = Some(Vec::new()),
            &[(Error, "uploads", "nobody hears of uploads"), (Warning, "uploads", "nobody hears of deletions")],
        ),
        (
            "another queue hears",
            |all| all.source.as_mut().unwrap()[0] = notification(DEAD_LETTERS, "s3:ObjectCreated:*", ""),
            &[(Error, "uploads", "nobody hears of uploads")],
        ),
        (
            "a filter leaves some out",
            |all| all.source.as_mut().unwrap()[0].prefix = "in/2026/".to_owned(),
            &[(Warning, "uploads", "not every upload to in/*")],
        ),
        (
            "no deletions",
            |all| drop(all.source.as_mut().unwrap().pop()),
            &[(Warning, "uploads", "nobody hears of deletions")],
        ),
        (
            "straight to the function",
            |all| all.source.as_mut().unwrap().push(notification(FUNCTION, "s3:ObjectCreated:*", "")),
            &[(Error, FUNCTION, "has no dead-letter queue")],
        ),
        (
            "a loop by the queue",
            |all| all.destination = Some(vec![notification(QUEUE, "s3:ObjectCreated:*", "")]),
            &[(Error, "renditions", "a loop: it announces renditions")],
        ),
        (
            "a loop by a topic",
            |all| {
                all.source.as_mut().unwrap().push(notification(TOPIC, "s3:ObjectCreated:*", ""));
                all.destination = Some(vec![notification(TOPIC, "s3:ObjectCreated:*", "out/a/")]);
            },
            &[(Error, "renditions", "a loop: it announces renditions")],
        ),
        (
            "other parts of the bucket",
            |all| all.destination = Some(vec![notification(QUEUE, "s3:ObjectCreated:*", "logs/")]),
            &[],
        ),
        (
            "who hears is not seen",
            |all| {
                let (target, events) = (Target::EventBridge, vec!["s3:*".to_owned()]);
                all.destination = Some(vec![Notification { target, events, prefix: String::new() }]);
            },
            &[(Note, "renditions", "who hears of them there is not looked at")],
        ),
        (
            "nothing could be read",
            |all| (all.source, all.destination, all.dead_letters, all.function) = (None, None, None, None),
            &[],
        ),
    ];
    let policy = policy("[[rendition]]\nname = \"web\"");
    for (name, break_it, expected) in cases {
        let mut all = deployment();
        break_it(&mut all);
        let found = all.findings(&policy);
        let is_as_expected = |(finding, (severity, object, what)): (&Finding, &(Severity, &str, &str))| {
            finding.severity == *severity && finding.object == *object && finding.what.contains(what)
        };
        assert!(
            found.len() == expected.len() && found.iter().zip(expected).all(is_as_expected),
            "{name}: {found:#?}\nand not {expected:#?}"
        );
        assert!(found.iter().all(|finding| !finding.advice.is_empty()), "{name}: {found:#?}");
    }
}

#[test]
fn sources_that_meet_in_one_key_are_found() {
    for (key, expected) in [
        ("{key}", &[][..]),
        ("{dir}{name}.{ext}", &[]),
        ("{dir}{name}.{format}", &["their extension"]),
        ("{name}.{ext}", &["their folder"]),
        ("{name}.webp", &["their extension", "their folder"]),
    ] {
        let policy = policy(&format!("[[rendition]]\nname = \"web\"\nformat = \"image/webp\"\nkey = \"{key}\""));
        let found = of_policy(&policy, None);
        assert_eq!(found.len(), expected.len(), "{key}: {found:#?}");
        for (finding, difference) in found.iter().zip(expected) {
            assert!(finding.severity == Severity::Warning && finding.what.contains(difference), "{key}: {found:#?}");
        }
    }
}

#[test]
fn a_format_that_no_encoder_makes_is_found() {
    let digest = "0".repeat(64);
    let json = json!({
        "schema": 2, "serial": 0,
        "media-types": { "image/jpeg": { "in-service": digest } },
        "releases": { &digest: { "name": "jpeg", "version": "1.0.0", "bytes": 0, "produces": ["image/jpeg"], "native": [] } },
    });
    let encoders = sandpress_catalog::Document::from_json(json.to_string().as_bytes()).unwrap();
    for (format, errors) in [("image/jpeg", 0), ("image/webp", 1), ("same", 0)] {
        let policy = policy(&format!("[[rendition]]\nname = \"web\"\nformat = \"{format}\""));
        let found = of_policy(&policy, Some(&encoders));
        assert_eq!(found.iter().filter(|finding| finding.severity == Severity::Error).count(), errors, "{found:#?}");
    }
}

#[test]
fn queues_are_read_as_sqs_gives_them() {
    use aws_sdk_sqs::types::QueueAttributeName as Name;
    for count in ["5", "\"5\""] {
        let redrive = format!(r#"{{"deadLetterTargetArn":"{DEAD_LETTERS}","maxReceiveCount":{count}}}"#);
        let attributes = [(Name::QueueArn, QUEUE), (Name::VisibilityTimeout, "780"), (Name::RedrivePolicy, &redrive)];
        let read = Queue::new(&attributes.map(|(name, value)| (name, value.to_owned())).into());
        assert_eq!((read.arn.as_str(), read.visibility_timeout, read.retention), (QUEUE, 780, 345_600));
        assert_eq!(read.redrive.map(|redrive| redrive.max_receive_count), Some(5), "{count}");
    }
    assert_eq!(Queue::new(&Default::default()).redrive, None);
}
