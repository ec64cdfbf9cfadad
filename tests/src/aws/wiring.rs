//! Ways from the source bucket to the queue that are longer than one notification: by boto3, which the local AWS brings with it.

use std::process::Command;

use super::{CREDENTIALS, REGION, Site, emulator::python};

/// What stands between the bucket and the queue.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Between {
    /// A topic of SNS, whose messages are in its envelope.
    Topic,
    /// A topic with raw delivery.
    RawTopic,
    /// A rule of EventBridge.
    Rule,
}

const WIRE: &str = "
import json, sys
import boto3
from botocore.config import Config

endpoint, region, key, secret, between, bucket, queue = sys.argv[1:]

def client(service, **more):
    return boto3.client(service, endpoint_url=endpoint, region_name=region, aws_access_key_id=key,
                        aws_secret_access_key=secret, **more)

events = ['s3:ObjectCreated:*', 's3:ObjectRemoved:*']
if between == 'Rule':
    configuration = {'EventBridgeConfiguration': {}}
    rules = client('events')
    pattern = {'source': ['aws.s3'], 'detail': {'bucket': {'name': [bucket]}}}
    rules.put_rule(Name=bucket, EventPattern=json.dumps(pattern))
    rules.put_targets(Rule=bucket, Targets=[{'Id': 'queue', 'Arn': queue}])
else:
    topics = client('sns')
    topic = topics.create_topic(Name=bucket)['TopicArn']
    raw = {'RawMessageDelivery': 'true'} if between == 'RawTopic' else {}
    topics.subscribe(TopicArn=topic, Protocol='sqs', Endpoint=queue, Attributes=raw)
    configuration = {'TopicConfigurations': [{'TopicArn': topic, 'Events': events}]}
s3 = client('s3', config=Config(s3={'addressing_style': 'path'}))
s3.put_bucket_notification_configuration(Bucket=bucket, NotificationConfiguration=configuration)
";

impl Site {
    /// A new one, whose bucket tells its queue by another way than its own notification.
    pub async fn by(between: Between) -> Self {
        let site = Self::quiet().await;
        let names = [
            &site.endpoint,
            REGION,
            CREDENTIALS.0,
            CREDENTIALS.1,
            &format!("{between:?}"),
            &site.source,
            &site.queue.arn,
        ];
        let output = Command::new(python()).args(["-c", WIRE]).args(names).output().expect("Python runs");
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        if between != Between::Rule {
            // S3 tries a topic as it tries a queue.
            site.take_first().await;
        }
        site
    }
}
