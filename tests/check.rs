//! The command `check` from outside: the real program, with ministack as S3, SQS and Lambda.

#![expect(clippy::expect_used, clippy::panic, reason = "in a test, what cannot go on says so and ends")]

use std::{fs, process::Output};

use aws_sdk_s3::types::{Event, NotificationConfiguration, QueueConfiguration};
use aws_sdk_sqs::types::QueueAttributeName;
use axum::{
    Router,
    http::{Method, StatusCode},
};
use sandpress_tests::{aws::Site, lambda::Settings, worker::sandpress};
use serde_json::{Value, json};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::{TcpListener, TcpStream},
};

/// What is deployed.
const SHIPPED: &str = include_str!("../deploy/sandpress.toml");

/// Two renditions of uploads to a part of a bucket.
const POLICY: &str = "
    [source]\nbucket = \"uploads\"\nprefix = \"in/\"
    [destination]\nbucket = \"renditions\"\nprefix = \"out/\"\nrejections = \"no/\"
    [dead-letters]\nqueue-url = \"https://sqs.eu-central-1.amazonaws.com/123456789012/dead-letters\"
    [[rendition]]\nname = \"web\"
    [[rendition]]\nname = \"small\"\nkey = \"{dir}small/{name}.{ext}.{format}\"\nformat = \"image/webp\"\nmax-width = 64\nquality = 70
";

/// Runs the command on a policy, with the environment of these settings.
async fn check(settings: &Settings, arguments: &[&str]) -> Output {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let policy = folder.path().join("sandpress.toml");
    fs::write(&policy, &settings.policy).expect("a file in our own folder");
    let mut command = sandpress(settings);
    command.args(["check", "--json"]).args(arguments).env("SANDPRESS_POLICY", policy);
    command.output().await.expect("the command runs")
}

/// Its report, and whether it found no error.
fn report(output: &Output) -> (Value, bool) {
    let report = serde_json::from_slice(&output.stdout).unwrap_or_else(|error| panic!("{error}: {output:?}"));
    (report, output.status.success())
}

/// Severity, object and what is wrong, of each finding.
fn findings(output: &Output) -> Vec<[String; 3]> {
    let (report, _) = report(output);
    let text = |value: &Value| value.as_str().expect("a text").to_owned();
    let finding = |finding: &Value| {
        assert!(!text(&finding["advice"]).is_empty(), "{finding}");
        [text(&finding["severity"]), text(&finding["object"]), text(&finding["what"])]
    };
    report["findings"].as_array().expect("findings").iter().map(finding).collect()
}

/// Compares findings with what is expected of them: severity, object, and a part of what is wrong.
fn expect(name: &str, output: &Output, expected: &[(&str, &str, &str)]) {
    let found = findings(output);
    let fits = |([severity, object, what], expected): (&[String; 3], &(&str, &str, &str))| {
        severity == expected.0 && object == expected.1 && what.contains(expected.2)
    };
    let is_as_expected = found.len() == expected.len() && found.iter().zip(expected).all(fits);
    assert!(is_as_expected, "{name}: {found:#?}\nand not {expected:#?}");
    let has_error = expected.iter().any(|(severity, ..)| *severity == "error");
    assert_eq!(output.status.code(), Some(i32::from(has_error)), "{name}: {found:#?}");
}

fn settings(site: &Site, policy: &str) -> Settings {
    Settings::new(site, policy)
}

#[tokio::test]
async fn a_policy_is_explained_for_an_upload() {
    let settings = settings(&Site::silent().await, POLICY);
    for (arguments, expected) in [
        (&["--key", "in/a/photo.jpg"][..], Ok(["out/a/photo.jpg", "out/a/small/photo.jpg.webp"])),
        (&["--key", "in/a/photo.jpg", "--bucket", "uploads"], Ok(["out/a/photo.jpg", "out/a/small/photo.jpg.webp"])),
        (&["--key", "in/a/photo.jpg", "--bucket", "other"], Err("another bucket")),
        (&["--key", "photo.jpg"], Err("does not begin with the prefix")),
        (&["--key", "in/folder/"], Err("a folder marker")),
    ] {
        let (report, is_well) = report(&check(&settings, arguments).await);
        let explanation = &report["explanation"];
        assert!(is_well, "{report}");
        match expected {
            Ok(keys) => {
                assert_eq!(explanation["upload"]["wanted"], true, "{arguments:?}");
                let renditions = explanation["renditions"].as_array().expect("renditions");
                assert_eq!(renditions.iter().map(|rendition| &rendition["key"]).collect::<Vec<_>>(), keys);
                assert_eq!(renditions[0]["format"], "the upload's own, image/jpeg by its name");
                assert_eq!(renditions[1]["how"], "quality 70, within 64 × any");
                // The catalog is named by the environment.
                let encoders = ["sandpress-jpeg", "sandpress-webp"];
                for (rendition, name) in renditions.iter().zip(encoders) {
                    assert!(
                        rendition["encoder"].as_str().is_some_and(|encoder| encoder.starts_with(name)),
                        "{rendition}"
                    );
                }
            }
            Err(because) => {
                assert!(explanation["upload"]["because"].as_str().is_some_and(|why| why.contains(because)), "{report}");
                assert_eq!(explanation["renditions"], json!([]));
            }
        }
    }
    let (report, _) = report(&check(&settings, &[]).await);
    assert_eq!(report["explanation"]["renditions"][1]["key"], "out/{dir}small/{name}.{ext}.{format}");
    assert_eq!(report["explanation"]["rejections"], "s3://renditions/no/");
}

#[tokio::test]
async fn what_is_wrong_with_a_policy_is_found() {
    let site = Site::silent().await;
    for (from, to, expected) in [
        ("", "", &[][..]),
        ("bucket = \"renditions\"\nprefix = \"out/\"", "bucket = \"uploads\"", &[("error", "without end")]),
        ("quality = 70", "quality = 700", &[("error", "700 is not in 0 to 100")]),
        ("bucket = \"uploads\"", "bucket = \"${NOT_SET_ANYWHERE}\"", &[("error", "NOT_SET_ANYWHERE is not set")]),
        ("image/webp", "image/gif", &[("error", "no encoder in service makes image/gif")]),
        (".{ext}.{format}", ".{format}", &[("warning", "their extension")]),
    ] {
        let output = check(&settings(&site, &POLICY.replacen(from, to, 1)), &[]).await;
        let found = findings(&output);
        assert_eq!(found.len(), expected.len(), "{to}: {found:#?}");
        for ([severity, _, what], (expected, part)) in found.iter().zip(expected) {
            assert!(severity == expected && what.contains(part), "{to}: {found:#?}");
        }
        let has_error = expected.iter().any(|(severity, _)| *severity == "error");
        assert_eq!(output.status.code(), Some(i32::from(has_error)), "{to}: {output:?}");
    }
}

/// Calls Lambda's API, of which there is no client here.
async fn lambda(site: &Site, request: &str, body: &Value) -> Value {
    let address = site.endpoint.trim_start_matches("http://");
    let body = body.to_string();
    let mut stream = TcpStream::connect(address).await.expect("ministack listens");
    let head = format!(
        "{request} HTTP/1.1\r\nHost: lambda.us-east-1.amazonaws.com\r\nConnection: close\r\nContent-Type: application/json\r\n\
         Content-Length: {}\r\n\r\n{body}",
        body.len()
    );
    stream.write_all(head.as_bytes()).await.expect("it reads");
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.expect("it answers");
    let (head, body) = answer.split_once("\r\n\r\n").expect("a head and a body");
    assert!(head.starts_with("HTTP/1.1 20"), "{request}: {answer}");
    serde_json::from_str(body).unwrap_or_else(|error| panic!("{request}: {error}: {answer}"))
}

/// A function on a site's queue, as the template has it; gives the mapping's identifier.
async fn deploy(site: &Site, name: &str) -> String {
    let variables: serde_json::Map<_, _> =
        settings(site, "").environment.into_iter().map(|(name, value)| (name, json!(value))).collect();
    // An empty zip: nobody runs it.
    let function = json!({
        "FunctionName": name, "Runtime": "provided.al2023", "Handler": "bootstrap", "Timeout": 20,
        "Role": "arn:aws:iam::000000000000:role/compress", "Environment": { "Variables": variables },
        "Code": { "ZipFile": "UEsFBgAAAAAAAAAAAAAAAAAAAAAAAA==" },
    });
    lambda(site, "POST /2015-03-31/functions", &function).await;
    let mapping = json!({
        "FunctionName": name, "EventSourceArn": site.queue.arn, "FunctionResponseTypes": ["ReportBatchItemFailures"],
    });
    let mapping = lambda(site, "POST /2015-03-31/event-source-mappings/", &mapping).await;
    let retention = (QueueAttributeName::MessageRetentionPeriod, "1209600");
    set(site, &site.dead_letters.url, &[retention]).await;
    mapping["UUID"].as_str().expect("an identifier").to_owned()
}

async fn set(site: &Site, url: &str, attributes: &[(QueueAttributeName, &str)]) {
    let mut request = site.sqs.set_queue_attributes().queue_url(url);
    for (name, value) in attributes {
        request = request.attributes(name.clone(), *value);
    }
    request.send().await.expect("SetQueueAttributes");
}

/// Lets a bucket announce its objects to the site's queue, or to nobody.
async fn announce(site: &Site, bucket: &str, event: Option<&str>) {
    let mut configuration = NotificationConfiguration::builder();
    if let Some(event) = event {
        let queue = QueueConfiguration::builder().queue_arn(&site.queue.arn).events(Event::from(event));
        configuration = configuration.queue_configurations(queue.build().expect("a complete configuration"));
    }
    let request = site.s3.put_bucket_notification_configuration().bucket(bucket);
    let request = request.notification_configuration(configuration.build()).skip_destination_validation(true);
    request.send().await.expect("PutBucketNotificationConfiguration");
}

#[tokio::test]
async fn what_is_wrong_with_what_is_deployed_is_found() {
    let site = Site::new().await;
    let mapping = deploy(&site, "compress").await;
    // Without the variables of the policy: they are the function's.
    let mut settings = settings(&site, SHIPPED);
    settings.environment.retain(|(name, _)| name == "AWS_ENDPOINT_URL");
    let arguments = ["--live", "--function", "compress"];
    let (queue, url) = (site.queue.arn.as_str(), site.queue.url.as_str());
    let (source, destination) = (site.source.as_str(), site.destination.as_str());
    expect("as deployed", &check(&settings, &arguments).await, &[]);

    let mut keys = site.s3.list_objects_v2().bucket(destination).send().await.expect("ListObjectsV2");
    assert!(keys.contents.take().unwrap_or_default().is_empty(), "looking has written something");

    set(&site, url, &[(QueueAttributeName::VisibilityTimeout, "119")]).await;
    expect("119 s", &check(&settings, &arguments).await, &[("warning", queue, "less than six timeouts")]);
    set(&site, url, &[(QueueAttributeName::VisibilityTimeout, "19")]).await;
    expect("19 s", &check(&settings, &arguments).await, &[("error", queue, "work is done twice")]);
    set(&site, url, &[(QueueAttributeName::VisibilityTimeout, "120")]).await;

    let redrive = |count| json!({ "deadLetterTargetArn": site.dead_letters.arn, "maxReceiveCount": count }).to_string();
    set(&site, url, &[(QueueAttributeName::RedrivePolicy, &redrive(3))]).await;
    expect("3 receives", &check(&settings, &arguments).await, &[("warning", queue, "given up after 3 receives")]);
    set(&site, url, &[(QueueAttributeName::RedrivePolicy, "")]).await;
    expect("no redrive", &check(&settings, &arguments).await, &[("error", queue, "no redrive policy")]);
    set(&site, url, &[(QueueAttributeName::RedrivePolicy, &redrive(5))]).await;

    let update = format!("PUT /2015-03-31/event-source-mappings/{mapping}");
    lambda(&site, &update, &json!({ "FunctionResponseTypes": [] })).await;
    expect("no item failures", &check(&settings, &arguments).await, &[("error", queue, "ReportBatchItemFailures")]);
    lambda(&site, &update, &json!({ "FunctionResponseTypes": ["ReportBatchItemFailures"] })).await;

    announce(&site, destination, Some("s3:ObjectCreated:*")).await;
    expect("a loop", &check(&settings, &arguments).await, &[("error", destination, "a loop")]);
    expect(
        "a loop, seen without the function",
        &check(&Settings::new(&site, SHIPPED), &["--live"]).await,
        &[("error", destination, "a loop")],
    );
    announce(&site, destination, None).await;
    announce(&site, source, Some("s3:ObjectRemoved:*")).await;
    expect("silence", &check(&settings, &arguments).await, &[("error", source, "nobody hears of uploads")]);
    announce(&site, source, Some("s3:ObjectCreated:*")).await;

    site.s3.delete_bucket().bucket(destination).send().await.expect("DeleteBucket");
    expect("no bucket", &check(&settings, &arguments).await, &[("error", destination, "there is no such bucket")]);
    site.s3.create_bucket().bucket(destination).send().await.expect("CreateBucket");

    site.sqs.delete_queue().queue_url(&site.dead_letters.url).send().await.expect("DeleteQueue");
    let gone = ("error", site.dead_letters.url.as_str(), "GetQueueAttributes");
    expect("no dead-letter queue", &check(&settings, &arguments).await, &[gone]);

    let nobody = check(&Settings::new(&site, SHIPPED), &["--live", "--function", "nobody"]).await;
    expect("no function", &nobody, &[gone, ("error", "nobody", "GetFunctionConfiguration: status 404")]);
}

#[tokio::test]
async fn what_is_not_allowed_is_found() {
    let site = Site::new().await;
    set(&site, &site.dead_letters.url, &[(QueueAttributeName::MessageRetentionPeriod, "1209600")]).await;
    // Buckets may be looked at, and nothing in them.
    let answer = |method: Method, uri: axum::http::Uri| async move {
        match (method, uri.path().trim_matches('/').contains('/')) {
            (Method::HEAD, false) => StatusCode::OK,
            _ => StatusCode::FORBIDDEN,
        }
    };
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port of the loopback interface");
    let endpoint = format!("http://{}", listener.local_addr().expect("it is bound"));
    let server = tokio::spawn(async move { axum::serve(listener, Router::new().fallback(answer)).await });
    let mut settings = Settings::new(&site, SHIPPED);
    settings.environment.push(("AWS_ENDPOINT_URL_S3".to_owned(), endpoint));
    let found = findings(&check(&settings, &["--live"]).await);
    for (object, what) in [
        (&site.source, "HeadObject: these credentials are not allowed to"),
        (&site.source, "GetBucketNotificationConfiguration"),
        (&site.destination, "HeadObject: these credentials are not allowed to"),
        (&site.destination, "PutObject: these credentials are not allowed to"),
        (&site.destination, "DeleteObject: these credentials are not allowed to"),
    ] {
        assert!(
            found.iter().any(|[severity, about, said]| severity == "error" && about == object && said.contains(what)),
            "{object}: {what}: {found:#?}"
        );
    }
    server.abort();
}
