//! Asks AWS what is deployed. Settings are read; what these credentials may do is tried with requests that change nothing.

use aws_sdk_s3::error::{DisplayErrorContext, ProvideErrorMetadata, SdkError};
use aws_sdk_sqs::types::QueueAttributeName;
use sandpress_pipeline::{Bucket, Policy, policy::Location};

use super::{Deployment, Finding, Function, notification::Notification, queue::Queue};
use crate::SdkConfig;

/// A key that nobody has, below a prefix.
const NOBODYS: &str = ".sandpress-check-7c9e6679";

impl Deployment {
    /// Looks at what a policy names, and at what a function takes its events from.
    pub async fn ask(aws: &SdkConfig, policy: &Policy, function: Option<Function>) -> Self {
        let (s3, sqs) = (aws_sdk_s3::Client::new(aws), aws_sdk_sqs::Client::new(aws));
        let mut deployment = Self::default();
        for arn in function.iter().flat_map(|function| &function.mappings).map(|mapping| &mapping.event_source_arn) {
            if arn.contains(":sqs:") {
                match by_arn(&sqs, arn).await {
                    Ok(queue) => drop(deployment.queues.insert(arn.clone(), queue)),
                    Err(finding) => deployment.found.push(finding),
                }
            }
        }
        deployment.function = function;
        match by_url(&sqs, &policy.dead_letter_queue).await {
            Ok(queue) => deployment.dead_letters = Some(queue),
            Err(finding) => deployment.found.push(finding),
        }
        deployment.source = deployment.bucket(&s3, &policy.source).await;
        deployment.destination = deployment.bucket(&s3, &policy.destination).await;
        deployment.found.extend(may_write(&s3, &policy.destination).await);
        deployment
    }

    /// The notifications of a bucket that is there.
    async fn bucket(&mut self, s3: &aws_sdk_s3::Client, place: &Location) -> Option<Vec<Notification>> {
        let bucket = &place.bucket;
        if let Err(error) = s3.head_bucket().bucket(bucket.as_str()).send().await {
            self.found.push(match status(&error) {
                Some(404) => {
                    Finding::error(bucket, "there is no such bucket", "make it, or name another one in the policy")
                }
                Some(403) => denied(bucket, "HeadBucket", "s3:ListBucket"),
                Some(301) => {
                    Finding::error(bucket, "the bucket is in another region", "set AWS_REGION to the bucket's region")
                }
                _ => unknown(bucket, "HeadBucket", &error),
            });
            return None;
        }
        // 404 is told to who may list the bucket only: else, gone looks like forbidden.
        let head = s3.head_object().bucket(bucket.as_str()).key(format!("{}{NOBODYS}", place.prefix));
        if head.send().await.is_err_and(|error| status(&error) == Some(403)) {
            self.found.push(denied(bucket, "HeadObject", "s3:GetObject and s3:ListBucket"));
        }
        match s3.get_bucket_notification_configuration().bucket(bucket.as_str()).send().await {
            Ok(configuration) => Some(Notification::all(&configuration)),
            Err(error) => {
                const OPERATION: &str = "GetBucketNotificationConfiguration";
                self.found.push(match status(&error) {
                    Some(403) => denied(bucket, OPERATION, "s3:GetBucketNotification"),
                    _ => unknown(bucket, OPERATION, &error),
                });
                None
            }
        }
    }
}

/// Tries writes on a condition that cannot hold. Whether they are allowed is looked at before the condition is.
///
/// <https://docs.aws.amazon.com/AmazonS3/latest/userguide/conditional-writes.html>
async fn may_write(s3: &aws_sdk_s3::Client, place: &Location) -> Vec<Finding> {
    let (bucket, key) = (&place.bucket, format!("{}{NOBODYS}", place.prefix));
    let mut findings = Vec::new();
    let put = s3.put_object().bucket(bucket.as_str()).key(&key).if_match("\"none\"").send().await;
    if put.as_ref().is_err_and(|error| status(error) == Some(403)) {
        findings.push(denied(bucket, "PutObject", "s3:PutObject"));
    }
    let is_written = put.is_ok();
    let delete = s3.delete_object().bucket(bucket.as_str()).key(&key);
    // A store that knows no conditions has written something.
    let delete = if is_written { delete } else { delete.if_match("\"none\"") };
    if delete.send().await.is_err_and(|error| status(&error) == Some(403)) {
        findings.push(denied(bucket, "DeleteObject", "s3:DeleteObject"));
    }
    findings
}

async fn by_arn(sqs: &aws_sdk_sqs::Client, arn: &str) -> Result<Queue, Finding> {
    let (account, name) = arn.rsplit_once(':').unwrap_or_default();
    let account = account.rsplit(':').next().unwrap_or_default();
    let request = sqs.get_queue_url().queue_name(name).queue_owner_aws_account_id(account);
    let got = request.send().await.map_err(|error| unknown(arn, "GetQueueUrl", &error))?;
    let mut queue = by_url(sqs, got.queue_url().unwrap_or_default()).await?;
    arn.clone_into(&mut queue.arn);
    Ok(queue)
}

async fn by_url(sqs: &aws_sdk_sqs::Client, url: &str) -> Result<Queue, Finding> {
    let request = sqs.get_queue_attributes().queue_url(url).attribute_names(QueueAttributeName::All);
    let got = request.send().await.map_err(|error| unknown(url, "GetQueueAttributes", &error))?;
    Ok(Queue::new(got.attributes().unwrap_or(&std::collections::HashMap::new())))
}

fn status<E>(error: &SdkError<E>) -> Option<u16> {
    error.raw_response().map(|response| response.status().as_u16())
}

fn denied(bucket: &Bucket, operation: &str, actions: &str) -> Finding {
    Finding::error(bucket, format!("{operation}: these credentials are not allowed to"), format!("grant {actions}"))
}

fn unknown<E>(object: impl ToString, operation: &str, error: &SdkError<E>) -> Finding
where
    E: ProvideErrorMetadata + std::error::Error + 'static,
{
    let reason = match (error.code(), error.message()) {
        (Some(code), Some(message)) => format!("{code}: {message}"),
        (Some(code), None) => code.to_owned(),
        _ => DisplayErrorContext(error).to_string(),
    };
    Finding::error(
        object,
        format!("{operation}: {reason}"),
        "see that it exists, and that these credentials may read it",
    )
}
