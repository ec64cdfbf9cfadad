//! From the environment to the parts.

use std::{
    env, fs,
    num::NonZero,
    path::{Path, PathBuf},
    thread,
    time::{Duration, Instant},
};

use anyhow::{Context as _, Result};
use aws_config::{BehaviorVersion, SdkConfig};
use aws_smithy_http_client::tls::{Provider, rustls_provider::CryptoMode};
use sandpress_catalog::Catalog;
use sandpress_pipeline::{Batch, DeadLetters, Lanes, Policy, Reconciler, Store};
use sandpress_sandbox::Engine;
use tracing_subscriber::EnvFilter;

/// Outside of Lambda there is no variable that says how much memory there is.
const MEMORY: u64 = 2 << 30;

/// Structured logs on standard output, where Lambda takes them up.
pub(crate) fn log() {
    let filter = EnvFilter::try_from_env("SANDPRESS_LOG").unwrap_or_else(|_| EnvFilter::new("info"));
    tracing_subscriber::fmt().json().flatten_event(true).with_env_filter(filter).with_target(false).init();
}

/// The parts, ready to run. Says what the start is made of, since a cold start is paid by whoever waits for it.
pub(crate) async fn batch() -> Result<Batch> {
    let began = Instant::now();
    let path = beside("SANDPRESS_POLICY", "sandpress.toml");
    let text = fs::read_to_string(&path).with_context(|| format!("the policy {}", path.display()))?;
    let policy = Policy::from_toml(&text).with_context(|| format!("the policy {}", path.display()))?;

    let policy_read = Instant::now();
    let cores = thread::available_parallelism().map_or(1, NonZero::get);
    let lanes = Lanes::new(cores, memory()?, policy.limits.source_bytes)?;
    let catalog = Catalog::open(&Engine::new()?, &beside("SANDPRESS_ENCODERS", "encoders")).context("the encoders")?;

    let encoders_loaded = Instant::now();
    let aws = aws().await;
    let dead_letters = DeadLetters::new(aws_sdk_sqs::Client::new(&aws), policy.dead_letter_queue.clone());
    let store = Store::new(aws_sdk_s3::Client::new(&aws));
    let batch = Batch::new(Reconciler::new(policy, store, catalog, lanes).context("the policy")?, dead_letters);
    tracing::info!(
        policyMillis = millis(policy_read - began),
        encodersMillis = millis(encoders_loaded - policy_read),
        clientsMillis = millis(encoders_loaded.elapsed()),
        "ready"
    );
    Ok(batch)
}

async fn aws() -> SdkConfig {
    let http = aws_smithy_http_client::Builder::new().tls_provider(Provider::Rustls(CryptoMode::Ring)).build_https();
    aws_config::defaults(BehaviorVersion::v2026_01_12()).http_client(http).load().await
}

/// A path from the environment, else this name beside the program.
fn beside(variable: &str, name: &str) -> PathBuf {
    env::var_os(variable).map(PathBuf::from).unwrap_or_else(|| {
        let folder = env::current_exe().ok();
        folder.as_deref().and_then(Path::parent).unwrap_or(Path::new(".")).join(name)
    })
}

fn millis(duration: Duration) -> f64 {
    duration.as_secs_f64() * 1e3
}

fn memory() -> Result<u64> {
    match env::var("AWS_LAMBDA_FUNCTION_MEMORY_SIZE") {
        Ok(mebibytes) => {
            let mebibytes: u64 = mebibytes.parse().context("AWS_LAMBDA_FUNCTION_MEMORY_SIZE is not a number")?;
            Ok(mebibytes << 20)
        }
        Err(_) => Ok(MEMORY),
    }
}
