//! A form that a browser sends to S3 itself: signed, for exactly one object.
//! <https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-post-example.html>

use std::{
    collections::BTreeMap,
    time::{Duration, SystemTime},
};

use aws_credential_types::Credentials;
use aws_sigv4::sign::v4::{calculate_signature, generate_signing_key};
use aws_smithy_types::{DateTime, date_time::Format};
use base64::{Engine as _, prelude::BASE64_STANDARD};
use serde_json::{Value, json};

const ALGORITHM: &str = "AWS4-HMAC-SHA256";

/// What a form lets through.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Terms<'a> {
    pub(crate) bucket: &'a str,
    pub(crate) key: &'a str,
    pub(crate) content_type: &'a str,
    /// Exactly this many bytes.
    pub(crate) size: u64,
    pub(crate) valid: Duration,
}

/// The fields of the form; the file comes after them.
pub(crate) fn fields(
    terms: Terms<'_>,
    credentials: &Credentials,
    region: &str,
    now: SystemTime,
) -> BTreeMap<String, String> {
    // 2026-11-28T07:30:00Z, and as signatures have it, 20261128T073000Z.
    let written = |time: SystemTime| DateTime::from_secs(seconds(time)).fmt(Format::DateTime).unwrap_or_default();
    let stamp = written(now).replace(['-', ':'], "");
    let day = stamp.get(..8).unwrap_or(&stamp);
    let mut fields = BTreeMap::from([
        ("key", terms.key.to_owned()),
        ("Content-Type", terms.content_type.to_owned()),
        ("success_action_status", "201".to_owned()),
        ("x-amz-algorithm", ALGORITHM.to_owned()),
        ("x-amz-credential", format!("{}/{day}/{region}/s3/aws4_request", credentials.access_key_id())),
        ("x-amz-date", stamp.clone()),
    ]);
    if let Some(token) = credentials.session_token() {
        fields.insert("x-amz-security-token", token.to_owned());
    }
    let mut conditions: Vec<Value> = fields.iter().map(|(name, value)| json!({ *name: value })).collect();
    conditions.push(json!({ "bucket": terms.bucket }));
    conditions.push(json!(["content-length-range", terms.size, terms.size]));
    let policy = json!({ "expiration": written(now + terms.valid), "conditions": conditions });
    let policy = BASE64_STANDARD.encode(policy.to_string());
    let key = generate_signing_key(credentials.secret_access_key(), now, region, "s3");
    let signature = calculate_signature(key, policy.as_bytes());
    fields.insert("policy", policy);
    fields.insert("x-amz-signature", signature);
    fields.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()
}

fn seconds(time: SystemTime) -> i64 {
    let since = time.duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
    i64::try_from(since.as_secs()).unwrap_or(i64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_policy_pins_bucket_key_size_and_type_and_every_field() {
        let now = SystemTime::UNIX_EPOCH + Duration::from_secs(1_764_315_000);
        let credentials = Credentials::new("AKIDEXAMPLE", "secret", Some("token".to_owned()), None, "test");
        let terms = Terms {
            bucket: "uploads",
            key: "uploads/1/a.jpg",
            content_type: "image/jpeg",
            size: 7,
            valid: Duration::from_mins(15),
        };
        let fields = fields(terms, &credentials, "eu-central-1", now);
        assert_eq!(fields["x-amz-credential"], "AKIDEXAMPLE/20251128/eu-central-1/s3/aws4_request");
        assert_eq!(fields["x-amz-date"], "20251128T073000Z");
        let policy: Value = serde_json::from_slice(&BASE64_STANDARD.decode(&fields["policy"]).unwrap()).unwrap();
        assert_eq!(policy["expiration"], "2025-11-28T07:45:00Z");
        let conditions = policy["conditions"].as_array().unwrap();
        assert!(conditions.contains(&json!({ "bucket": "uploads" })));
        assert!(conditions.contains(&json!(["content-length-range", 7, 7])));
        // S3 refuses a form with a field that its policy does not name.
        for (name, value) in fields.iter().filter(|(name, _)| !["policy", "x-amz-signature"].contains(&name.as_str())) {
            assert!(conditions.contains(&json!({ name: value })), "{name}");
        }
        assert!(!policy.to_string().contains("secret"));
    }
}
