//! The function that events invoke, whichever path they take: reads its configuration, builds the parts, hands over.
//!
//! | environment variable | meaning | default |
//! | --- | --- | --- |
//! | `SANDPRESS_POLICY` | the policy file | `sandpress.toml` beside the program |
//! | `SANDPRESS_ENCODERS` | the folder of the catalog that comes with it | `encoders` beside the program |
//! | `SANDPRESS_CATALOG` | the catalog that is published and re-read: `s3://BUCKET/FOLDER`, or a folder | none |
//! | `SANDPRESS_CATALOG_KEY` | the public keys of minisign of which one must have signed it, with commas between them | |
//! | `SANDPRESS_CATALOG_TTL` | how many seconds it is used without being looked at again | `60` |
//! | `SANDPRESS_CATALOG_SERIAL` | no catalog with a smaller serial is taken | `0` |
//! | `SANDPRESS_ALLOW_IMPORTS` | `true`: encoders that import anything are let in, and what they call of it is a trap | `false` |
//! | `SANDPRESS_LOG` | what is logged, as `tracing` filters have it | `info` |

mod configuration;
mod environment;

use std::time::{Duration, Instant, SystemTime};

use lambda_runtime::{LambdaEvent, service_fn};
use sandpress_service::Service;
use serde_json::Value;

#[tokio::main]
async fn main() -> Result<(), lambda_runtime::Error> {
    sandpress_service::log();
    let batch = match start().await {
        Ok(service) => service.batch,
        Err(error) => {
            // In words and on one line: this is what an operator finds when nothing works.
            tracing::error!("the function cannot start: {error:#}");
            return Err(error.into());
        }
    };
    lambda_runtime::run(service_fn(|event: LambdaEvent<Value>| {
        let batch = batch.clone();
        async move { Ok::<_, lambda_runtime::Error>(batch.run(event.payload, deadline(event.context.deadline())).await?) }
    }))
    .await
}

async fn start() -> anyhow::Result<Service> {
    Ok(configuration::read()?.start().await?)
}

/// Lambda gives the deadline by the clock on the wall; what is measured here goes by the clock that never jumps.
fn deadline(deadline: SystemTime) -> Instant {
    Instant::now() + deadline.duration_since(SystemTime::now()).unwrap_or(Duration::ZERO)
}
