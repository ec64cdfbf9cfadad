//! A secret of AWS Secrets Manager.

use serde::Deserialize;
use serde_json::json;

use crate::{SdkConfig, request::Request};

/// The text of the secret with this name or ARN.
///
/// <https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_GetSecretValue.html>
///
/// # Errors
///
/// What the service, or the network, says. The secret is not in it.
pub async fn secret(aws: &SdkConfig, id: &str) -> Result<String, String> {
    #[derive(Deserialize)]
    #[serde(rename_all = "PascalCase")]
    struct Value {
        secret_string: Option<String>,
    }
    let request = Request {
        service: "secretsmanager",
        method: "POST",
        path: "/",
        headers: &[("content-type", "application/x-amz-json-1.1"), ("x-amz-target", "secretsmanager.GetSecretValue")],
        body: json!({ "SecretId": id }).to_string().into_bytes(),
    };
    let value: Value = request.send(aws).await.map_err(|reason| format!("GetSecretValue {id}: {reason}"))?;
    value.secret_string.ok_or_else(|| format!("GetSecretValue {id}: it is not a text"))
}
