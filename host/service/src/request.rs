//! Single requests to services of which a client would have all calls built: signed here.

use std::{convert::Infallible, time::SystemTime};

use aws_credential_types::provider::ProvideCredentials as _;
use aws_sigv4::{
    http_request::{SignableBody, SignableRequest, SigningSettings, sign},
    sign::v4,
};
use aws_smithy_runtime::client::orchestrator::operation::Operation;
use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse};
use aws_smithy_types::{body::SdkBody, error::display::DisplayErrorContext, timeout::TimeoutConfig};
use serde::de::DeserializeOwned;

use crate::SdkConfig;

/// A request of an API of JSON over HTTP.
pub(crate) struct Request<'a> {
    /// Whose API it is, as its endpoints and signatures name it.
    pub(crate) service: &'static str,
    pub(crate) method: &'static str,
    /// With a query, encoded.
    pub(crate) path: &'a str,
    pub(crate) headers: &'a [(&'static str, &'static str)],
    pub(crate) body: Vec<u8>,
}

impl Request<'_> {
    /// Sends it, once; gives the answer, or why there is none.
    pub(crate) async fn send<T: DeserializeOwned>(self, aws: &SdkConfig) -> Result<T, String> {
        let region = aws.region().ok_or("no region is configured; set AWS_REGION")?;
        let suffix = if region.as_ref().starts_with("cn-") { "amazonaws.com.cn" } else { "amazonaws.com" };
        let usual = || format!("https://{}.{region}.{suffix}", self.service);
        let endpoint = aws.endpoint_url().map_or_else(usual, |url| url.trim_end_matches('/').to_owned());
        let signature = self.signature(aws, region.as_ref(), &format!("{endpoint}{}", self.path)).await?;
        let headers = self.headers.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
        let headers: Vec<_> = headers.chain(signature).collect();
        let (method, uri, body) = (self.method, self.path.to_owned(), self.body);
        let serialize = move |()| {
            let mut request = HttpRequest::new(SdkBody::from(body.clone()));
            request.set_method(method)?;
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
            .service_name(self.service)
            .operation_name("Request")
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

    /// The headers that sign it.
    ///
    /// <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html>
    async fn signature(&self, aws: &SdkConfig, region: &str, url: &str) -> Result<Vec<(String, String)>, String> {
        let provider = aws.credentials_provider().ok_or("no credentials are configured")?;
        let credentials =
            provider.provide_credentials().await.map_err(|error| DisplayErrorContext(error).to_string())?;
        let identity = credentials.into();
        let told = |error: &dyn std::error::Error| format!("the request cannot be signed: {error}");
        let parameters = v4::SigningParams::builder()
            .identity(&identity)
            .region(region)
            .name(self.service)
            .time(SystemTime::now())
            .settings(SigningSettings::default())
            .build()
            .map_err(|error| told(&error))?
            .into();
        let headers = self.headers.iter().copied();
        let request = SignableRequest::new(self.method, url, headers, SignableBody::Bytes(&self.body));
        let request = request.map_err(|error| told(&error))?;
        let (instructions, _) = sign(request, &parameters).map_err(|error| told(&error))?.into_parts();
        Ok(instructions.headers().map(|(name, value)| (name.to_owned(), value.to_owned())).collect())
    }
}
