//! A function, and where its events come from.
//!
//! Two calls that read settings are all that is needed of Lambda's API: they are signed here, where a client would have all of its calls built.

use std::{collections::BTreeMap, convert::Infallible, iter, time::SystemTime};

use aws_credential_types::provider::ProvideCredentials as _;
use aws_sigv4::{
    http_request::{SignableBody, SignableRequest, SigningSettings, sign},
    sign::v4,
};
use aws_smithy_runtime::client::orchestrator::operation::Operation;
use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse};
use aws_smithy_types::{body::SdkBody, error::display::DisplayErrorContext, timeout::TimeoutConfig};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde::{Deserialize, de::DeserializeOwned};

use super::Finding;
use crate::SdkConfig;

/// Whose API it is.
const SERVICE: &str = "lambda";

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

/// Reads something by an API of JSON over HTTP.
async fn get<T: DeserializeOwned>(aws: &SdkConfig, path: &str) -> Result<T, String> {
    let region = aws.region().ok_or("no region is configured; set AWS_REGION")?;
    let suffix = if region.as_ref().starts_with("cn-") { "amazonaws.com.cn" } else { "amazonaws.com" };
    let usual = || format!("https://{SERVICE}.{region}.{suffix}");
    let endpoint = aws.endpoint_url().map_or_else(usual, |url| url.trim_end_matches('/').to_owned());
    let headers = signature(aws, region.as_ref(), &format!("{endpoint}{path}")).await?;
    let uri = path.to_owned();
    let serialize = move |()| {
        let mut request = HttpRequest::new(SdkBody::empty());
        request.set_uri(uri.as_str())?;
        for (name, value) in &headers {
            request.headers_mut().try_append(name.clone(), value.clone())?;
        }
        Ok(request)
    };
    let deserialize = |response: &HttpResponse| {
        let body = response.body().bytes().unwrap_or_default().to_vec();
        Ok((response.status().as_u16(), body))
    };
    let operation = Operation::builder()
        .service_name(SERVICE)
        .operation_name("Get")
        .http_client(aws.http_client().ok_or("no client of HTTP is configured")?)
        .endpoint_url(&endpoint)
        .no_auth()
        .no_retry()
        .timeout_config(TimeoutConfig::disabled())
        .serializer(serialize)
        .deserializer::<_, Infallible>(deserialize)
        .build();
    let (status, body) = operation.invoke(()).await.map_err(|error| DisplayErrorContext(error).to_string())?;
    if status == 200 {
        return serde_json::from_slice(&body).map_err(|error| format!("an answer that is not understood: {error}"));
    }
    let said = String::from_utf8_lossy(&body);
    Err(format!("status {status}: {}", said.chars().take(300).collect::<String>()))
}

/// The headers that sign a request without a body.
///
/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html>
async fn signature(aws: &SdkConfig, region: &str, url: &str) -> Result<Vec<(String, String)>, String> {
    let provider = aws.credentials_provider().ok_or("no credentials are configured")?;
    let credentials = provider.provide_credentials().await.map_err(|error| DisplayErrorContext(error).to_string())?;
    let identity = credentials.into();
    let told = |error: &dyn std::error::Error| format!("the request cannot be signed: {error}");
    let parameters = v4::SigningParams::builder()
        .identity(&identity)
        .region(region)
        .name(SERVICE)
        .time(SystemTime::now())
        .settings(SigningSettings::default())
        .build()
        .map_err(|error| told(&error))?
        .into();
    let request =
        SignableRequest::new("GET", url, iter::empty(), SignableBody::Bytes(&[])).map_err(|error| told(&error))?;
    let (instructions, _) = sign(request, &parameters).map_err(|error| told(&error))?.into_parts();
    Ok(instructions.headers().map(|(name, value)| (name.to_owned(), value.to_owned())).collect())
}
