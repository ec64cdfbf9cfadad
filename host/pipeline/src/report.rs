//! One line for each object: a log that can be searched, and metrics, in CloudWatch's embedded metric format.
//!
//! <https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html>

use std::{
    collections::BTreeSet,
    io::Write as _,
    sync::{Arc, Mutex},
    time::{Duration, SystemTime, UNIX_EPOCH},
};

use sandpress_catalog::{Encoder, Notice, Tally};
use sandpress_sandbox::MediaType;
use serde_json::{Map, Value, json};

use crate::{Outcome, Stages, event::Change};

/// The namespace of the metrics.
const NAMESPACE: &str = "Sandpress";

/// Writes the lines. Clones share what has been said.
#[derive(Clone, Debug, Default)]
pub(crate) struct Reporter {
    /// What an operator must set right, and has been told of: an error is loud once, or it hides all others.
    told: Arc<Mutex<BTreeSet<String>>>,
}

impl Reporter {
    /// Writes an object's line to standard output, at once: a process that is killed leaves no half of one.
    pub(crate) fn object(&self, object: &Change, messages: &[String], outcome: &Outcome, stages: &Stages) {
        write(&line(object, messages, outcome, self.level(outcome), stages, SystemTime::now()));
    }

    fn level(&self, outcome: &Outcome) -> &'static str {
        match outcome {
            Outcome::Failed(failure) => {
                let is_new = |cause| self.told.lock().is_ok_and(|mut told| told.insert(cause));
                if failure.misconfiguration().is_some_and(is_new) { "ERROR" } else { "WARN" }
            }
            Outcome::Rejected(_) | Outcome::Copied(_) => "WARN",
            _ => "INFO",
        }
    }
}

/// Writes a line at once. A log that cannot be written is no reason to lose an image.
fn write(line: &Value) {
    let _ = std::io::stdout().lock().write_all(format!("{line}\n").as_bytes());
}

/// Writes a line about the catalog, with its metrics.
pub fn notice(notice: &Notice<'_>) {
    let line = match notice {
        Notice::Exchanged { serial, took } => json!({
            "level": "INFO", "message": "another catalog is in service", "serial": serial,
            "exchangeMillis": millis(*took), "catalogExchangedCount": 1,
        }),
        Notice::Refused(error) => json!({
            "level": "ERROR", "message": "the catalog cannot be used: what is in service stays",
            "detail": error.to_string(), "catalogRefusedCount": 1,
        }),
        _ => return,
    };
    measured(line);
}

/// Writes that a candidate is taken out of traffic, in this process.
pub(crate) fn taken_out(media_type: &MediaType, encoder: &Encoder, tally: &Tally) {
    let Tally { candidate, in_service, .. } = tally;
    measured(json!({
        "level": "ERROR", "message": "the candidate is taken out of traffic until the catalog changes it",
        "mediaType": media_type, "encoder": encoder.digest, "name": encoder.name, "version": encoder.version,
        "candidateCalls": candidate.all, "candidateFailed": candidate.failed,
        "inServiceCalls": in_service.all, "inServiceFailed": in_service.failed, "candidateTakenOutCount": 1,
    }));
}

/// Writes that a candidate failed at an object. The object's own line counts it.
pub(crate) fn candidate_failed(object: &Change, encoder: &Encoder, outcome: &Outcome) {
    let error = match outcome {
        Outcome::Rejected(rejection) => rejection.to_string(),
        Outcome::Failed(failure) => failure.to_string(),
        _ => return,
    };
    write(&json!({
        "level": "WARN", "message": "the candidate failed: the release in service makes it",
        "bucket": object.bucket.as_str(), "key": object.key.as_str(), "encoder": encoder.digest, "detail": error,
    }));
}

fn measured(line: Value) {
    if let Value::Object(mut line) = line {
        let metrics = metrics(&line, SystemTime::now());
        line.insert("_aws".to_owned(), metrics);
        write(&Value::Object(line));
    }
}

fn line(
    object: &Change,
    messages: &[String],
    outcome: &Outcome,
    level: &str,
    stages: &Stages,
    now: SystemTime,
) -> Value {
    let mut line = Map::new();
    let mut set = |name: &str, value: Value| line.insert(name.to_owned(), value);
    let kind = match outcome {
        Outcome::Made(_) => "made",
        Outcome::Unchanged => "unchanged",
        Outcome::Gone { .. } => "gone",
        Outcome::Skipped(_) => "skipped",
        Outcome::Rejected(_) => "rejected",
        Outcome::Copied(_) => "copied",
        Outcome::Failed(_) => "failed",
    };
    set("level", level.into());
    set("outcome", kind.into());
    set("bucket", object.bucket.as_str().into());
    set("key", object.key.as_str().into());
    set("messages", json!(messages));
    match outcome {
        Outcome::Made(made) => {
            set("renditions", json!(made));
            let written: u64 = made.iter().map(|made| made.bytes).sum();
            set("renditionBytes", written.into());
        }
        Outcome::Unchanged => {
            set("detail", "every rendition is there, of this version of the source and by this recipe".into());
        }
        Outcome::Gone { deleted } => {
            set("deleted", (*deleted).into());
        }
        Outcome::Skipped(why) => {
            set("detail", (*why).into());
        }
        Outcome::Rejected(rejection) | Outcome::Copied(rejection) => {
            set("reason", rejection.reason.code().into());
            set("detail", rejection.detail.as_str().into());
        }
        Outcome::Failed(failure) => {
            set("detail", failure.to_string().into());
        }
    }
    set("sourceBytes", stages.source_bytes.into());
    set("peakMemory", stages.peak_memory.into());
    set("candidateFailedCount", stages.candidate_failures.into());
    for (name, time) in [
        ("headMillis", stages.head),
        ("getMillis", stages.get),
        ("waitMillis", stages.wait),
        ("encodeMillis", stages.encode),
        ("putMillis", stages.put),
    ] {
        set(name, millis(time).into());
    }
    for one in ["made", "unchanged", "gone", "skipped", "rejected", "copied", "failed"] {
        set(&format!("{one}Count"), u8::from(one == kind).into());
    }
    let metrics = metrics(&line, now);
    line.insert("_aws".to_owned(), metrics);
    Value::Object(line)
}

/// Names the fields of the line that are metrics. Without dimensions: one function is one deployment's whole traffic.
fn metrics(line: &Map<String, Value>, now: SystemTime) -> Value {
    let unit = |name: &str| match name {
        _ if name.ends_with("Millis") => Some("Milliseconds"),
        _ if name.ends_with("Bytes") || name == "peakMemory" => Some("Bytes"),
        _ if name.ends_with("Count") => Some("Count"),
        _ => None,
    };
    let metrics: Vec<_> = line.keys().filter_map(|name| Some(json!({ "Name": name, "Unit": unit(name)? }))).collect();
    json!({
        "Timestamp": now.duration_since(UNIX_EPOCH).map(|since| since.as_millis()).unwrap_or_default(),
        "CloudWatchMetrics": [{ "Namespace": NAMESPACE, "Dimensions": [[]], "Metrics": metrics }],
    })
}

fn millis(time: Duration) -> f64 {
    // Microseconds are more than anybody reads.
    (time.as_secs_f64() * 1e6).round() / 1e3
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Bucket, ObjectKey, Reason, Rejection, StoreError};

    #[test]
    fn what_an_operator_must_set_right_is_an_error_once() {
        let denied = |operation| {
            let (object, reason) = ("b/k".to_owned(), "AccessDenied".to_owned());
            Outcome::Failed(StoreError::Misconfigured { operation, object, reason, advice: "grant it" }.into())
        };
        let reporter = Reporter::default();
        let levels = ["PutObject", "PutObject", "GetObject"].map(|operation| reporter.level(&denied(operation)));
        assert_eq!(levels, ["ERROR", "WARN", "ERROR"]);
    }

    #[test]
    fn a_line_is_a_log_and_valid_embedded_metrics() {
        let object = Change { bucket: Bucket::new("uploads").unwrap(), key: ObjectKey::new("a \"b\"\n.jpg").unwrap() };
        let outcome = Outcome::Rejected(Rejection { reason: Reason::Malformed, detail: "cut".to_owned() });
        let stages = Stages { get: Duration::from_micros(1500), source_bytes: 7, ..Stages::default() };
        let line = line(&object, &["m1".to_owned()], &outcome, "WARN", &stages, UNIX_EPOCH + Duration::from_secs(1));

        assert!(!line.to_string().contains('\n'), "one line");
        assert_eq!(line["outcome"], "rejected");
        assert_eq!(line["key"], "a \"b\"\n.jpg");
        assert_eq!(line["getMillis"], 1.5);
        assert_eq!(line["_aws"]["Timestamp"], 1000);
        let metrics = line["_aws"]["CloudWatchMetrics"][0]["Metrics"].as_array().unwrap();
        assert!(metrics.len() <= 100, "the format allows a hundred");
        for metric in metrics {
            assert!(line[metric["Name"].as_str().unwrap()].is_number(), "{metric} has a number in the line");
        }
        for name in ["rejectedCount", "sourceBytes", "peakMemory", "encodeMillis"] {
            assert!(metrics.iter().any(|metric| metric["Name"] == name), "{name}");
        }
    }
}
