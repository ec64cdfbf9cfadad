//! Links into the buckets: whoever has one may do exactly one thing, for minutes.

use std::{
    collections::BTreeMap,
    fmt,
    time::{Duration, SystemTime},
};

use aws_config::SdkConfig;
use aws_credential_types::provider::{ProvideCredentials as _, SharedCredentialsProvider};
use aws_sdk_s3::{Client, error::DisplayErrorContext, presigning::PresigningConfig};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use sandpress_pipeline::{Bucket, ObjectKey, Policy};

use crate::{
    form::{self, Terms},
    parts::UnderWay,
    problem::Problem,
    settings::{self, SettingsError},
};

/// What nobody renders.
const BYTES: &str = "application/octet-stream";

/// Makes links.
#[derive(Debug)]
pub(crate) struct Links {
    client: Client,
    credentials: SharedCredentialsProvider,
    region: String,
    valid: Duration,
    /// Where forms are sent to.
    form: String,
    /// Of both buckets, for what a browser may talk to.
    pub(crate) origins: Vec<String>,
}

impl Links {
    pub(crate) async fn new(
        client: Client,
        aws: &SdkConfig,
        policy: &Policy,
        valid: Duration,
    ) -> Result<Self, SettingsError> {
        let lacking = |what: &str| SettingsError::Aws(format!("there {what}: set them as for every AWS tool"));
        let credentials = aws.credentials_provider().ok_or_else(|| lacking("are no credentials"))?;
        let region = aws.region().ok_or_else(|| lacking("is no region"))?.to_string();
        // The SDK knows how a bucket is addressed at this endpoint; only signed links tell.
        let base = async |bucket: &Bucket| {
            let request = client.get_object().bucket(bucket.as_str()).key("x").presigned(presigning(valid)?).await;
            let signed = request.map_err(|error| SettingsError::Aws(DisplayErrorContext(error).to_string()))?;
            let (base, _) = signed.uri().split_once("x?").unwrap_or((signed.uri(), ""));
            Ok::<_, SettingsError>(base.to_owned())
        };
        let form = base(&policy.source.bucket).await?;
        let mut origins = vec![origin(&form), origin(&base(&policy.destination.bucket).await?)];
        origins.dedup();
        Ok(Self { client, credentials, region, valid, form, origins })
    }

    /// What else is asked of the store.
    pub(crate) fn client(&self) -> &Client {
        &self.client
    }

    /// The address and the fields of a form that lets one file of this size and type through.
    pub(crate) async fn form(
        &self,
        bucket: &Bucket,
        key: &ObjectKey,
        content_type: &str,
        size: u64,
    ) -> Result<(String, BTreeMap<String, String>), Problem> {
        let credentials = self.credentials.provide_credentials().await.map_err(|error| failed("credentials", error))?;
        let terms = Terms { bucket: bucket.as_str(), key: key.as_str(), content_type, size, valid: self.valid };
        Ok((self.form.clone(), form::fields(terms, &credentials, &self.region, SystemTime::now())))
    }

    /// A link that a part of exactly this size is put to.
    pub(crate) async fn part(
        &self,
        bucket: &Bucket,
        UnderWay { key, upload }: &UnderWay,
        (number, size): (u32, u64),
    ) -> Result<String, Problem> {
        let request = self.client.upload_part().bucket(bucket.as_str()).key(key).upload_id(upload);
        let request = request
            .part_number(i32::try_from(number).unwrap_or(i32::MAX))
            .content_length(i64::try_from(size).unwrap_or(i64::MAX));
        let signed = request.presigned(presigning(self.valid).map_err(|error| failed("link", error))?).await;
        Ok(signed.map_err(|error| failed("link", DisplayErrorContext(error)))?.uri().to_owned())
    }

    /// A link to look at an image. What is none is never shown by a browser, whatever its uploader says that it is.
    pub(crate) async fn look(
        &self,
        bucket: &Bucket,
        key: &ObjectKey,
        media_type: Option<&str>,
    ) -> Result<String, Problem> {
        let media_type = media_type.filter(|media_type| settings::is_picture(media_type));
        self.get(bucket, key, media_type.unwrap_or(BYTES), "inline").await
    }

    /// A link to keep an object under the last part of its key.
    pub(crate) async fn download(&self, bucket: &Bucket, key: &ObjectKey, media_type: &str) -> Result<String, Problem> {
        self.get(bucket, key, media_type, &format!("attachment; filename*=UTF-8''{}", encoded(file_name(key)))).await
    }

    async fn get(
        &self,
        bucket: &Bucket,
        key: &ObjectKey,
        content_type: &str,
        disposition: &str,
    ) -> Result<String, Problem> {
        let request = self.client.get_object().bucket(bucket.as_str()).key(key.as_str());
        let request = request.response_content_type(content_type).response_content_disposition(disposition);
        let signed = request.presigned(presigning(self.valid).map_err(|error| failed("link", error))?).await;
        Ok(signed.map_err(|error| failed("link", DisplayErrorContext(error)))?.uri().to_owned())
    }
}

/// The last part of a key.
pub(crate) fn file_name(key: &ObjectKey) -> &str {
    key.as_str().rsplit('/').next().unwrap_or_default()
}

fn presigning(valid: Duration) -> Result<PresigningConfig, SettingsError> {
    PresigningConfig::expires_in(valid).map_err(|_| SettingsError::Time(valid.as_secs()))
}

/// Scheme, host and port.
fn origin(url: &str) -> String {
    url.splitn(4, '/').take(3).collect::<Vec<_>>().join("/")
}

/// As a header's parameter has it (RFC 8187).
fn encoded(name: &str) -> impl fmt::Display + '_ {
    const KEPT: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_');
    utf8_percent_encode(name, KEPT)
}

fn failed(what: &str, error: impl fmt::Display) -> Problem {
    tracing::error!(what, %error, "cannot be made");
    Problem::Unavailable
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn origins_and_names_of_files() {
        assert_eq!(
            origin("https://uploads.s3.eu-central-1.amazonaws.com/"),
            "https://uploads.s3.eu-central-1.amazonaws.com"
        );
        assert_eq!(origin("http://127.0.0.1:4566/uploads/"), "http://127.0.0.1:4566");
        assert_eq!(encoded("Käse (1).jpg").to_string(), "K%C3%A4se%20%281%29.jpg");
        assert_eq!(file_name(&ObjectKey::new("a/b/c.jpg").unwrap()), "c.jpg");
    }
}
