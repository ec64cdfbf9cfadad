//! What is deployed, as AWS tells it, and what follows from it.

use std::collections::BTreeMap;

use sandpress_pipeline::Policy;

use super::{
    Finding, Function,
    function::Mapping,
    notification::{Notification, Target},
    queue::{LONGEST_RETENTION, Queue},
};

/// A queue's visibility timeout should be so many times its function's timeout.
/// <https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-configure.html>
const TIMEOUTS: u64 = 6;

/// A message should be received so often before it is given up, since throttling counts as well: the same page.
const RECEIVES: u64 = 5;

/// Settings of everything that an upload comes by.
#[derive(Clone, Debug, Default)]
pub struct Deployment {
    pub(super) function: Option<Function>,
    /// By ARN: those that the function takes messages from.
    pub(super) queues: BTreeMap<String, Queue>,
    /// The queue for dead letters that the policy names.
    pub(super) dead_letters: Option<Queue>,
    /// Of the bucket of uploads; none where that could not be read.
    pub(super) source: Option<Vec<Notification>>,
    /// Of the bucket of renditions.
    pub(super) destination: Option<Vec<Notification>>,
    /// What was found while asking.
    pub(super) found: Vec<Finding>,
}

impl Deployment {
    /// What is not as it should be, the worst first.
    pub fn findings(&self, policy: &Policy) -> Vec<Finding> {
        let mut findings = self.found.clone();
        if let Some(function) = &self.function {
            for mapping in &function.mappings {
                self.mapping(function, mapping, &mut findings);
            }
        }
        self.dead_letters(&mut findings);
        self.source(policy, &mut findings);
        self.destination(policy, &mut findings);
        findings.sort();
        findings.dedup();
        findings
    }

    fn mapping(&self, function: &Function, mapping: &Mapping, findings: &mut Vec<Finding>) {
        let source = &mapping.event_source_arn;
        if ["Disabled", "Disabling"].contains(&mapping.state.as_str()) {
            findings.push(Finding::error(
                source,
                "its event source mapping is disabled: the function gets nothing",
                "enable the event source mapping",
            ));
        }
        if !mapping.reports_item_failures() {
            findings.push(Finding::error(
                source,
                "its event source mapping does not have ReportBatchItemFailures: what failed in a batch is deleted as if it were done",
                "set FunctionResponseTypes: [ReportBatchItemFailures]",
            ));
        }
        if source.contains(":kinesis:") {
            if !mapping.keeps_failures() {
                findings.push(Finding::error(
                    source,
                    "its event source mapping has no on-failure destination: records that are given up are lost",
                    "set DestinationConfig.OnFailure",
                ));
            }
            if !mapping.bisect_batch_on_function_error {
                findings.push(Finding::warning(
                    source,
                    "its event source mapping does not bisect a batch when the function fails: one record that makes it fail stops its shard",
                    "set BisectBatchOnFunctionError",
                ));
            }
        }
        if let Some(queue) = self.queues.get(source) {
            self.queue(function, mapping, queue, findings);
        }
    }

    fn queue(&self, function: &Function, mapping: &Mapping, queue: &Queue, findings: &mut Vec<Finding>) {
        let (visible, timeout) = (queue.visibility_timeout, function.timeout);
        let advised = TIMEOUTS * timeout + mapping.maximum_batching_window_in_seconds;
        let advice =
            format!("set its VisibilityTimeout to {advised}: six timeouts of the function, and the batching window");
        if visible < timeout {
            findings.push(Finding::error(
                &queue.arn,
                format!("messages are shown again after {visible} s, and the function may take {timeout} s: work is done twice at the same time"),
                advice,
            ));
        } else if visible < advised {
            findings.push(Finding::warning(
                &queue.arn,
                format!(
                    "messages are shown again after {visible} s, which is less than six timeouts of the function, {timeout} s each, and the \
                     batching window: what is throttled is received too often, and given up"
                ),
                advice,
            ));
        }
        match &queue.redrive {
            None => findings.push(Finding::error(
                &queue.arn,
                "it has no redrive policy: what fails again and again comes back until it is too old, and then it is lost",
                format!("set a RedrivePolicy, with a maxReceiveCount of at least {RECEIVES}"),
            )),
            Some(redrive) if redrive.max_receive_count < RECEIVES => findings.push(Finding::warning(
                &queue.arn,
                format!(
                    "a message is given up after {} receives: throttling counts as one, so images that nothing is wrong with are given up",
                    redrive.max_receive_count
                ),
                format!("set maxReceiveCount to at least {RECEIVES}"),
            )),
            Some(_) => {}
        }
        if self.dead_letters.as_ref().is_some_and(|dead_letters| dead_letters.arn == queue.arn) {
            findings.push(Finding::error(
                &queue.arn,
                "a loop: the policy sends dead letters to it, and the function takes its messages",
                "name another queue in the policy's [dead-letters]",
            ));
        }
    }

    fn dead_letters(&self, findings: &mut Vec<Finding>) {
        if let Some(queue) = self.dead_letters.as_ref().filter(|queue| queue.retention < LONGEST_RETENTION) {
            findings.push(Finding::warning(
                &queue.arn,
                format!("dead letters are deleted after {} h", queue.retention / 3600),
                format!("set its MessageRetentionPeriod to {LONGEST_RETENTION}, the maximum"),
            ));
        }
    }

    /// The ARNs that the function hears by, as far as they are known.
    fn ears(&self) -> Vec<&str> {
        let function = self.function.iter().map(|function| function.function_arn.as_str());
        let mappings = self.function.iter().flat_map(|function| &function.mappings);
        function.chain(mappings.map(|mapping| mapping.event_source_arn.as_str())).collect()
    }

    /// Whether uploads are heard of, and what becomes of them on the way.
    fn source(&self, policy: &Policy, findings: &mut Vec<Finding>) {
        let Some(notifications) = &self.source else { return };
        let (bucket, prefix) = (&policy.source.bucket, &policy.source.prefix);
        let ears = self.ears();
        let is_heard = |notification: &&Notification| match &notification.target {
            Target::Direct(arn) => ears.is_empty() || ears.contains(&arn.as_str()),
            Target::Topic(_) | Target::EventBridge => true,
        };
        let heard: Vec<_> = notifications.iter().filter(is_heard).collect();
        let uploads: Vec<_> = heard.iter().filter(|heard| heard.tells_of("ObjectCreated")).collect();
        if uploads.is_empty() {
            findings.push(Finding::error(
                bucket,
                "nobody hears of uploads: it notifies neither the function nor a queue that the function takes messages from, no topic and not \
                 EventBridge",
                "let it send s3:ObjectCreated:* to the queue",
            ));
        } else if !uploads.iter().any(|upload| prefix.starts_with(&upload.prefix)) {
            findings.push(Finding::warning(
                bucket,
                format!("not every upload to {prefix}* is announced: the notifications' filters leave some out"),
                "let the filter's prefix be the policy's, or leave it out",
            ));
        }
        if policy.mirror_deletes && !heard.iter().any(|heard| heard.tells_of("ObjectRemoved")) {
            findings.push(Finding::warning(
                bucket,
                "nobody hears of deletions, and the policy says that they are mirrored",
                "let it send s3:ObjectRemoved:* and s3:LifecycleExpiration:* as well",
            ));
        }
        for notification in &heard {
            let function = self.function.as_ref().filter(|function| !function.keeps_failures());
            if let Some(function) = function.filter(|function| notification.is_to(&function.function_arn)) {
                findings.push(Finding::error(
                    &function.function_arn,
                    "S3 invokes it asynchronously, and it has no dead-letter queue: what fails three times is lost, unless an on-failure \
                     destination is configured, which is not looked at",
                    "set DeadLetterConfig, or let S3 notify a queue",
                ));
            }
        }
    }

    /// Whether renditions are heard of by who has made them.
    fn destination(&self, policy: &Policy, findings: &mut Vec<Finding>) {
        let Some(notifications) = &self.destination else { return };
        let (bucket, prefix) = (&policy.destination.bucket, &policy.destination.prefix);
        let announced = self.source.iter().flatten().filter_map(|notification| match &notification.target {
            Target::Direct(arn) | Target::Topic(arn) => Some(arn.as_str()),
            Target::EventBridge => None,
        });
        let ears: Vec<_> = self.ears().into_iter().chain(announced).collect();
        for notification in notifications.iter().filter(|notification| notification.overlaps(prefix)) {
            match &notification.target {
                Target::Direct(arn) | Target::Topic(arn) if ears.contains(&arn.as_str()) => {
                    findings.push(Finding::error(
                        bucket,
                        format!("a loop: it announces renditions to {arn}, by which uploads are announced to the function that makes them"),
                        format!("remove the notification, or let its filter leave out {prefix}*"),
                    ));
                }
                Target::Direct(_) => {}
                Target::Topic(_) | Target::EventBridge => findings.push(Finding::note(
                    bucket,
                    "it announces renditions to a topic or to EventBridge; who hears of them there is not looked at",
                    "see that none of the subscribers or rules leads to the function",
                )),
            }
        }
    }
}

impl Notification {
    fn is_to(&self, arn: &str) -> bool {
        matches!(&self.target, Target::Direct(target) if target == arn)
    }
}
