//! The pipeline from outside: the real program under a stand-in for Lambda, with ministack as S3 and SQS.
//!
//! Each test has buckets, queues and processes of its own.

#![expect(clippy::expect_used, clippy::panic, reason = "in a test, what cannot go on says so and ends")]

mod batches;
mod changes;
mod duplicates;
mod faults;
mod fifo;
mod large;
mod originals;
mod photos;
mod pictures;
mod races;
mod rejected;
mod rejections;
mod start;
mod stores;

use sandpress_tests::{
    aws::Site,
    lambda::{Function, Settings},
    mapping::{self, Delivery},
};

/// The policy that is deployed.
const SHIPPED: &str = include_str!("../../deploy/sandpress.toml");

/// One rendition that keeps format and key.
const WEB: &str = "[[rendition]]\nname = \"web\"\n";

/// A policy on the test's site, under which every rendition is looked at again. What follows begins in the table `[destination]`.
fn policy(rest: &str) -> String {
    format!(
        "verify = true\n\
         [source]\nbucket = \"${{SANDPRESS_SOURCE_BUCKET}}\"\n\
         [dead-letters]\nqueue-url = \"${{SANDPRESS_DEAD_LETTER_QUEUE_URL}}\"\n\
         [destination]\nbucket = \"${{SANDPRESS_DESTINATION_BUCKET}}\"\n{rest}"
    )
}

/// A site and its function.
struct Pipeline {
    site: Site,
    function: Function,
}

impl Pipeline {
    async fn new(policy: &str) -> Self {
        let site = Site::new().await;
        let function = Function::new(Settings::new(&site, policy));
        Self { site, function }
    }

    /// Delivers one batch once as many messages are there, and expects that it has them all.
    async fn deliver(&self, messages: usize) -> Delivery {
        self.site.wait_for(messages).await;
        let delivery = mapping::deliver(&self.site, &self.function).await;
        assert_eq!(delivery.messages.len(), messages, "{delivery:#?}");
        assert_eq!(delivery.failure, None);
        delivery
    }

    /// Delivers one batch, and expects that all of it is done and nothing is left.
    async fn complete(&self, messages: usize) -> Delivery {
        let delivery = self.deliver(messages).await;
        assert_eq!(delivery.returned, [""; 0], "{:#?}", self.function.log());
        assert_eq!(self.site.waiting().await, (0, 0));
        delivery
    }
}
