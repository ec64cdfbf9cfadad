//! The web interface: a page to drop images on, and the API behind it.
//!
//! Nothing is remembered between requests: where an upload goes and until when is said by its identifier, and what has become of it by the
//! buckets. Images pass this by: they go from the browser to the store by links that admit exactly one object of one size and one type, for
//! minutes.
//!
//! - [`Settings`]: what an operator may choose.
//! - [`Web`]: the parts, brought together; [`Web::router`] is the service, for Lambda and for a listener.

mod api;
mod form;
mod id;
mod links;
mod name;
mod page;
mod parts;
mod problem;
mod rate;
mod settings;

use std::sync::Arc;

use aws_config::SdkConfig;
use axum::Router;
use sandpress_pipeline::{Policy, Store};

use links::Links;
use rate::Rate;

pub use rate::Client;
pub use settings::{Settings, SettingsError};

/// The web interface. Clones share everything.
#[derive(Clone, Debug)]
pub struct Web(Arc<Parts>);

#[derive(Debug)]
struct Parts {
    settings: Settings,
    policy: Policy,
    store: Store,
    links: Links,
    rate: Rate,
}

impl Web {
    /// Brings the parts together.
    ///
    /// # Errors
    ///
    /// [`SettingsError`]: of settings that do not go with the policy.
    pub async fn new(settings: Settings, policy: Policy, aws: &SdkConfig) -> Result<Self, SettingsError> {
        settings.check(&policy)?;
        let client = aws_sdk_s3::Client::new(aws);
        let links = Links::new(client.clone(), aws, &policy, settings.time).await?;
        let rate = Rate::new(settings.uploads_per_minute);
        Ok(Self(Arc::new(Parts { settings, policy, store: Store::new(client), links, rate })))
    }

    /// The service. A request that creates an upload is counted for the [`Client`] among its extensions, if there is one.
    pub fn router(&self) -> Router {
        let page = page::router(&self.0.links.origins);
        page.merge(api::router(self.clone())).layer(axum::middleware::map_response(page::protect))
    }
}
