//! A function, and where its events come from.

use std::collections::BTreeMap;

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde::{Deserialize, de::DeserializeOwned};

use super::Finding;
use crate::{SdkConfig, request::Request};

/// What stands for itself in a URL (RFC 3986, section 2.3), and so in what is signed.
const UNRESERVED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// A function's settings, as far as they are looked at.
///
/// <https://docs.aws.amazon.com/lambda/latest/api/API_GetFunctionConfiguration.html>
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
#[non_exhaustive]
pub struct Function {
    /// Its name for other services.
    pub function_arn: String,
    /// Seconds.
    pub timeout: u64,
    #[serde(default)]
    environment: Environment,
    /// Where events go that it was invoked with asynchronously, and that failed.
    dead_letter_config: Option<Target>,
    /// Where its events come from.
    #[serde(skip)]
    pub(super) mappings: Vec<Mapping>,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
struct Environment {
    variables: BTreeMap<String, String>,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Target {
    #[serde(default)]
    target_arn: String,
}

/// An event source mapping.
///
/// <https://docs.aws.amazon.com/lambda/latest/api/API_EventSourceMappingConfiguration.html>
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Mapping {
    #[serde(default)]
    pub(super) event_source_arn: String,
    #[serde(default)]
    pub(super) state: String,
    #[serde(default)]
    function_response_types: Vec<String>,
    #[serde(default)]
    pub(super) maximum_batching_window_in_seconds: u64,
    #[serde(default)]
    pub(super) bisect_batch_on_function_error: bool,
    destination_config: Option<Destinations>,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
struct Destinations {
    on_failure: Option<OnFailure>,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
struct OnFailure {
    destination: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Mappings {
    #[serde(default)]
    event_source_mappings: Vec<Mapping>,
}

impl Mapping {
    pub(super) fn reports_item_failures(&self) -> bool {
        self.function_response_types.iter().any(|kind| kind == "ReportBatchItemFailures")
    }

    pub(super) fn keeps_failures(&self) -> bool {
        let on_failure = self.destination_config.as_ref().and_then(|config| config.on_failure.as_ref());
        on_failure.and_then(|on_failure| on_failure.destination.as_ref()).is_some_and(|arn| !arn.is_empty())
    }
}

impl Function {
    /// Reads the settings of the function with this name or ARN.
    ///
    /// # Errors
    ///
    /// The finding that it cannot be looked at.
    pub async fn named(aws: &SdkConfig, name: &str) -> Result<Self, Finding> {
        let encoded = utf8_percent_encode(name, UNRESERVED);
        let unknown = |operation: &'static str| {
            move |reason: String| {
                let advice = format!(
                    "name the function as Lambda does, in its region, and grant these credentials lambda:{operation}"
                );
                Finding::error(name, format!("{operation}: {reason}"), advice)
            }
        };
        let path = format!("/2015-03-31/functions/{encoded}/configuration");
        let mut function: Self = get(aws, &path).await.map_err(unknown("GetFunctionConfiguration"))?;
        // One page has a hundred.
        let path = format!("/2015-03-31/event-source-mappings/?FunctionName={encoded}");
        let mappings: Mappings = get(aws, &path).await.map_err(unknown("ListEventSourceMappings"))?;
        function.mappings = mappings.event_source_mappings;
        Ok(function)
    }

    /// The value of an environment variable that it has.
    pub fn variable(&self, name: &str) -> Option<&String> {
        self.environment.variables.get(name)
    }

    /// Whether there is a place for events that it was invoked with asynchronously, and that failed.
    pub(super) fn keeps_failures(&self) -> bool {
        self.dead_letter_config.as_ref().is_some_and(|config| !config.target_arn.is_empty())
    }
}

/// Reads something by Lambda's API.
async fn get<T: DeserializeOwned>(aws: &SdkConfig, path: &str) -> Result<T, String> {
    let request = Request { service: "lambda", method: "GET", path, headers: &[], body: Vec::new() };
    request.send(aws).await
}
