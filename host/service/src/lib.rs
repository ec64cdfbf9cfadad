//! From a configuration to the parts of a running service: what the function and the worker have in common.
//!
//! ```no_run
//! # async fn start() -> Result<(), sandpress_service::StartError> {
//! sandpress_service::log();
//! let mut configuration = sandpress_service::Configuration::new("sandpress.toml");
//! configuration.encoders = Some("encoders".into());
//! let service = configuration.start().await?;
//! # Ok(())
//! # }
//! ```

mod catalog;
pub mod check;
mod request;
mod secret;

use std::{
    fs, io,
    num::NonZero,
    path::{Path, PathBuf},
    thread,
    time::{Duration, Instant},
};

use aws_config::BehaviorVersion;
use aws_smithy_http_client::tls::{Provider, rustls_provider::CryptoMode};
use sandpress_catalog::CatalogError;
use sandpress_pipeline::{
    Batch, DeadLetters, Lanes, Policy, Queue, Reconciler, Store, TooSmall, Unserved, policy::PolicyError,
};
use sandpress_sandbox::{Engine, Imports, LoadError};
use tracing_subscriber::EnvFilter;

pub use aws_config::SdkConfig;
pub use catalog::{Place, Published};
pub use secret::secret;

/// What a service is made of.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Configuration {
    /// The policy file.
    pub policy: PathBuf,
    /// The folder of the catalog that comes with the program. Default: none.
    pub encoders: Option<PathBuf>,
    /// The catalog that is published, and re-read; where it cannot be used, what comes with the program serves. Default: none.
    pub catalog: Option<Published>,
    /// What becomes of encoders that import anything. Default: they are refused.
    pub imports: Imports,
    /// Bytes of memory that the process may take. Default: 2 GiB.
    pub memory: u64,
    /// How many encoders run at once. Default: as many as there are cores.
    pub lanes: usize,
}

/// A service that is ready to run.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Service {
    /// What becomes of messages.
    pub batch: Batch,
    /// What clients of AWS need.
    pub aws: SdkConfig,
}

/// Why a service cannot start.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StartError {
    /// A policy file that cannot be read.
    #[error("the policy {}", path.display())]
    Read {
        /// The file.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// A policy that makes no sense.
    #[error("the policy {}", path.display())]
    Policy {
        /// The file.
        path: PathBuf,
        /// Why.
        source: PolicyError,
    },
    /// Too little memory for the policy.
    #[error(transparent)]
    Memory(#[from] TooSmall),
    /// A machine that the sandbox does not run on.
    #[error(transparent)]
    Engine(#[from] LoadError),
    /// A catalog that cannot be opened.
    #[error("the encoders")]
    Encoders(#[from] CatalogError),
    /// A configuration without encoders.
    #[error("there are no encoders: name the folder of a catalog, or a catalog that is published")]
    NoEncoders,
    /// A policy that the encoders cannot fulfil.
    #[error("the policy")]
    Unserved(#[from] Unserved),
}

/// Structured logs on standard output; `SANDPRESS_LOG` says which, as `tracing` filters have it. Default: `info`.
pub fn log() {
    let filter = EnvFilter::try_from_env("SANDPRESS_LOG").unwrap_or_else(|_| EnvFilter::new("info"));
    tracing_subscriber::fmt().json().flatten_event(true).with_env_filter(filter).with_target(false).init();
}

/// What clients of AWS need, from the environment as for every AWS tool.
pub async fn aws() -> SdkConfig {
    let http = aws_smithy_http_client::Builder::new().tls_provider(Provider::Rustls(CryptoMode::Ring)).build_https();
    // Three attempts at each request, with pauses that grow and are drawn by lot; what is then still refused comes back with its message.
    let retries = aws_config::retry::RetryConfig::standard();
    aws_config::defaults(BehaviorVersion::v2026_01_12()).http_client(http).retry_config(retries).load().await
}

/// The queue at this URL.
pub fn queue(aws: &SdkConfig, url: &str) -> Queue {
    Queue::new(aws_sdk_sqs::Client::new(aws), url)
}

/// The store of objects.
pub fn store(aws: &SdkConfig) -> Store {
    Store::new(aws_sdk_s3::Client::new(aws))
}

/// The policy in a file, completed from the environment.
///
/// # Errors
///
/// [`StartError::Read`] and [`StartError::Policy`]
pub fn policy(path: &Path) -> Result<Policy, StartError> {
    let text = fs::read_to_string(path).map_err(|source| StartError::Read { path: path.to_owned(), source })?;
    Policy::from_toml(&text).map_err(|source| StartError::Policy { path: path.to_owned(), source })
}

impl Configuration {
    /// This policy, with defaults for the rest. Encoders come with the program, or from a catalog that is published, or both.
    pub fn new(policy: impl Into<PathBuf>) -> Self {
        let lanes = thread::available_parallelism().map_or(1, NonZero::get);
        Self {
            policy: policy.into(),
            encoders: None,
            catalog: None,
            imports: Imports::default(),
            memory: 2 << 30,
            lanes,
        }
    }

    /// Brings the parts together. Says what the start is made of, since a cold start is paid by whoever waits for it.
    ///
    /// # Errors
    ///
    /// [`StartError`]
    pub async fn start(&self) -> Result<Service, StartError> {
        let began = Instant::now();
        let policy = policy(&self.policy)?;

        let policy_read = Instant::now();
        let lanes = Lanes::new(self.lanes, self.memory, policy.limits.source_bytes)?;
        let engine = Engine::new()?.imports(self.imports);
        let aws = aws().await;

        let clients_made = Instant::now();
        let catalog = catalog::open(&engine, self, &policy, &aws).await?;

        let encoders_loaded = Instant::now();
        let dead_letters = DeadLetters::new(aws_sdk_sqs::Client::new(&aws), policy.dead_letter_queue.clone());
        let store = store(&aws);
        let serial = catalog.current().document().serial;
        let batch = Batch::new(Reconciler::new(policy, store, catalog, lanes)?, dead_letters);
        tracing::info!(
            policyMillis = millis(policy_read - began),
            clientsMillis = millis(clients_made - policy_read),
            encodersMillis = millis(encoders_loaded - clients_made),
            serial,
            "ready"
        );
        Ok(Service { batch, aws })
    }
}

fn millis(duration: Duration) -> f64 {
    duration.as_secs_f64() * 1e3
}
