//! `sandpress check`: what a policy means for an object, and what is wrong before an upload finds it.

mod explain;

use std::{env, fs, path::PathBuf};

use anyhow::{Context as _, Result};
use clap::Args;
use sandpress_catalog::Document;
use sandpress_pipeline::{Bucket, ObjectKey, Policy, event::Change};
use sandpress_service::check::{Deployment, Finding, Function, Severity, of_policy};
use serde_json::json;
use tokio::runtime::Runtime;

use self::explain::Explanation;
use crate::{Done, Usage, catalog::Catalog, stdout};

/// Explain a policy, and find what is wrong with it and with what is deployed
///
/// Says which renditions an upload has, where they go, and by which encoder they are made. Finds sources that meet in one place, formats that
/// nobody makes, and renditions that would be compressed again.
///
/// With --live it asks AWS as well: whether buckets and queues are there, whether uploads are announced and renditions are not, whether these
/// credentials may read and write; with --function, how its queues are set up, and the policy's variables are the function's. Settings are read,
/// and writes are tried on a condition that does not hold: nothing is changed.
///
/// Exits with 0 if no error is found, else 1.
#[derive(Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Arguments {
    /// The policy
    #[arg(long, value_name = "FILE", env = "SANDPRESS_POLICY")]
    policy: PathBuf,
    /// Explain the policy for an upload with this key
    #[arg(long, value_name = "KEY")]
    key: Option<String>,
    /// The bucket of the upload. Default: the policy's
    #[arg(long, value_name = "BUCKET", requires = "key")]
    bucket: Option<String>,
    /// Folder of a catalog: says which encoder makes what
    #[arg(long, value_name = "FOLDER", env = "SANDPRESS_ENCODERS")]
    encoders: Option<PathBuf>,
    #[command(flatten)]
    catalog: Catalog,
    /// Ask AWS what is deployed
    #[arg(long)]
    live: bool,
    /// The function that makes the renditions
    #[arg(long, value_name = "NAME", requires = "live")]
    function: Option<String>,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

const EXAMPLES: &str = "Examples:
  sandpress check --policy sandpress.toml --key 2026/photo.jpg
  sandpress check --policy sandpress.toml --encoders catalog/ --live --function sandpress-compress";

pub(crate) fn run(arguments: &Arguments) -> Result<Done> {
    let runtime = Runtime::new().context("the asynchronous runtime")?;
    runtime.block_on(check(arguments))
}

/// The catalog, if one is named.
async fn encoders(arguments: &Arguments) -> Result<Option<Document>> {
    match (&arguments.catalog.catalog, &arguments.encoders) {
        (None, None) => Ok(None),
        // Which needs no credentials.
        (None, Some(folder)) => Ok(Some(sandpress_catalog::document(folder)?)),
        (Some(_), folder) => arguments.catalog.document_or(&sandpress_service::aws().await, folder.as_deref()).await,
    }
}

async fn check(arguments: &Arguments) -> Result<Done> {
    let mut findings = Vec::new();
    let aws = if arguments.live { Some(sandpress_service::aws().await) } else { None };
    let mut function = None;
    if let (Some(aws), Some(name)) = (&aws, &arguments.function) {
        match Function::named(aws, name).await {
            Ok(found) => function = Some(found),
            Err(finding) => findings.push(finding),
        }
    }
    let policy = kept(read(arguments, function.as_ref())?, &mut findings);
    let encoders = encoders(arguments).await.map_err(|error| {
        let advice = "name a folder that `sandpress encoder compile` has written, or a catalog that `sandpress encoder publish` has";
        Finding::error("the encoders", format!("{error:#}"), advice)
    });
    let encoders = kept(encoders, &mut findings).flatten();
    let mut explanation = None;
    if let Some(policy) = &policy {
        explanation = Some(Explanation::new(policy, encoders.as_ref(), object(arguments, policy)?));
        findings.extend(of_policy(policy, encoders.as_ref()));
        if let Some(aws) = &aws {
            findings.extend(Deployment::ask(aws, policy, function).await.findings(policy));
        }
    }
    findings.sort();
    if arguments.json {
        let value = json!({ "explanation": explanation.as_ref().map(Explanation::json), "findings": findings });
        stdout::write(format!("{value:#}\n"))?;
    } else {
        let explanation = explanation.map(|explanation| explanation.to_string()).unwrap_or_default();
        stdout::write(format!("{explanation}{}", paragraphs(&findings)))?;
    }
    let has_error = findings.iter().any(|finding| finding.severity == Severity::Error);
    Ok(if has_error { Done::NotAll } else { Done::All })
}

/// The policy, with the function's variables before those of the environment; a policy that makes no sense is a finding.
fn read(arguments: &Arguments, function: Option<&Function>) -> Result<Result<Policy, Finding>> {
    let path = &arguments.policy;
    let text = fs::read_to_string(path).with_context(|| format!("{}: cannot be read", path.display()))?;
    let variable =
        |name: &str| function.and_then(|function| function.variable(name).cloned()).or_else(|| env::var(name).ok());
    Ok(Policy::from_toml_with(&text, &variable).map_err(|error| {
        let advice = "set the policy right; its variables are taken from the environment, or with --live --function from the function";
        Finding::error(path.display(), error.to_string(), advice)
    }))
}

/// What is there; what is not, is a finding.
fn kept<T>(result: Result<T, Finding>, findings: &mut Vec<Finding>) -> Option<T> {
    result.map_err(|finding| findings.push(finding)).ok()
}

/// The upload to explain.
fn object(arguments: &Arguments, policy: &Policy) -> Result<Option<Change>> {
    let Some(key) = &arguments.key else { return Ok(None) };
    let usage = |error: sandpress_pipeline::NameError| Usage(error.to_string());
    let bucket = arguments.bucket.as_ref().map_or_else(|| Ok(policy.source.bucket.clone()), Bucket::new);
    Ok(Some(Change { bucket: bucket.map_err(usage)?, key: ObjectKey::new(key).map_err(usage)? }))
}

fn paragraphs(findings: &[Finding]) -> String {
    if findings.is_empty() {
        return "nothing is found to be wrong\n".to_owned();
    }
    let paragraph = |finding: &Finding| {
        let word = match finding.severity {
            Severity::Error => "error",
            Severity::Warning => "warning",
            _ => "note",
        };
        format!("{word}: {}\n  {}\n  {}\n", finding.object, finding.what, finding.advice)
    };
    findings.iter().map(paragraph).collect::<Vec<_>>().join("\n")
}
