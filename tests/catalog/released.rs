//! The whole way of a release: published, tried on a part of the traffic, promoted and taken back, by the real command, on a local AWS, while one
//! process of the function serves all of it.

use std::{collections::BTreeMap, fs, path::PathBuf};

use sandpress_catalog::{component_file, share};
use sandpress_sandbox::Digest;
use sandpress_tests::{
    aws::{CREDENTIALS, REGION, Site},
    components, images,
    lambda::{Function, Settings},
    mapping,
    releases::{Signer, put, releases, serving},
    worker::{Worker, sandpress},
};
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
};

const POLICY: &str = "
    [source]\nbucket = \"${SANDPRESS_SOURCE_BUCKET}\"
    [destination]\nbucket = \"${SANDPRESS_DESTINATION_BUCKET}\"
    [dead-letters]\nqueue-url = \"${SANDPRESS_DEAD_LETTER_QUEUE_URL}\"
    [[rendition]]\nname = \"web\"\nmax-width = 64
";

/// Who releases encoders.
struct Operator {
    site: Site,
    place: String,
    folder: TempDir,
    public: String,
}

impl Operator {
    async fn new() -> Self {
        let site = Site::new().await;
        let bucket = format!("encoders-{}", site.source);
        site.s3.create_bucket().bucket(&bucket).send().await.expect("CreateBucket");
        let folder = tempfile::tempdir().expect("a temporary folder");
        let mut operator = Self { site, place: format!("s3://{bucket}/catalog"), folder, public: String::new() };
        operator.public = operator.says(&["key", "--out", &operator.key()]).await.trim().to_owned();
        operator
    }

    fn key(&self) -> String {
        self.folder.path().join("catalog.key").display().to_string()
    }

    async fn run(&self, arguments: &[&str]) -> std::process::Output {
        let mut command = sandpress(&Settings::new(&self.site, ""));
        // Where what it makes is decoded.
        command.env("SANDPRESS_ENCODERS", components::target().join("encoders"));
        command.arg("encoder").args(arguments);
        if arguments[0] != "key" {
            command.env("SANDPRESS_CATALOG", &self.place).env("SANDPRESS_CATALOG_KEY", &self.public);
        }
        if ["publish", "promote", "rollback", "retire"].contains(&arguments[0]) {
            command.args(["--key", &self.key(), "--who", "a test"]);
        }
        command.output().await.expect("the command runs")
    }

    /// Runs it, which must succeed; gives what it prints.
    async fn says(&self, arguments: &[&str]) -> String {
        let output = self.run(arguments).await;
        assert!(output.status.success(), "{arguments:?}: {output:?}");
        String::from_utf8(output.stdout).expect("a text")
    }

    /// Runs it, which must fail; gives why.
    async fn refused(&self, arguments: &[&str]) -> String {
        let output = self.run(arguments).await;
        assert_eq!(output.status.code(), Some(1), "{arguments:?}: {output:?}");
        String::from_utf8(output.stderr).expect("a text")
    }

    /// The JPEG encoder under another version.
    fn component(&self, version: &str) -> PathBuf {
        let component = components::read(&components::component("sandpress-jpeg"));
        let component = components::of_version(&component, version);
        let path = self.folder.path().join(format!("sandpress-jpeg-{version}.wasm"));
        fs::write(&path, component).expect("a file in our own folder");
        path
    }

    /// Publishes it for this machine; gives its digest. One check is enough for both.
    async fn publish(&self, version: &str, more: &[&str]) -> Digest {
        let path = self.component(version).display().to_string();
        let said = self.says(&[&["publish", &path, "--target", std::env::consts::ARCH], more].concat()).await;
        said.trim().rsplit(' ').next().expect("a digest").parse().expect("a digest")
    }
}

/// Uploads so many objects and has all of them made; gives by which release each was.
async fn make(operator: &Operator, function: &Function, prefix: &str, count: usize) -> BTreeMap<String, String> {
    let keys: Vec<_> = (0..count).map(|number| format!("{prefix}/{number:03}.jpg")).collect();
    let image = images::image("greyscale.jpg");
    for key in &keys {
        operator.site.upload(key, image.clone()).await;
    }
    operator.site.wait_for(count).await;
    while operator.site.waiting().await != (0, 0) {
        let delivery = mapping::deliver(&operator.site, function).await;
        assert_eq!((delivery.failure, delivery.returned), (None, Vec::new()), "{:#?}", function.log());
    }
    let mut by = BTreeMap::new();
    for key in keys {
        let rendition = operator.site.rendition(&key).await.expect("it is made");
        let encoder = &rendition.metadata["sandpress-encoder"];
        by.insert(key, encoder.rsplit(' ').next().expect("a digest").to_owned());
    }
    by
}

#[tokio::test]
async fn a_release_is_tried_promoted_and_taken_back_and_the_function_is_never_restarted() {
    let operator = Operator::new().await;
    let old = operator.publish("0.1.0", &[]).await;
    operator.says(&["promote", "JPEG@0.1.0"]).await;

    let mut settings = Settings::new(&operator.site, POLICY);
    for (name, value) in [
        ("SANDPRESS_CATALOG", operator.place.as_str()),
        ("SANDPRESS_CATALOG_KEY", &operator.public),
        ("SANDPRESS_CATALOG_TTL", "0"),
        // Nothing comes with the program.
        ("SANDPRESS_ENCODERS", "/nowhere"),
    ] {
        settings.environment.push((name.to_owned(), value.to_owned()));
    }
    let function = Function::new(settings);
    function.start().await.expect("it starts");
    let process = function.process().await;
    assert!(make(&operator, &function, "before", 5).await.values().all(|by| *by == old.to_string()));

    let new = operator.publish("0.2.0", &["--no-check"]).await;
    assert_ne!(old, new);
    assert!(make(&operator, &function, "published", 5).await.values().all(|by| *by == old.to_string()));
    operator.says(&["promote", "JPEG@0.2.0", "--percent", "20", "--why", "a trial"]).await;
    let made = make(&operator, &function, "trial", 200).await;
    let mut tried = 0;
    for (key, by) in &made {
        // Computed here from nothing but the names.
        let is_tried = share(new, &operator.site.source, key) < 20.0;
        assert_eq!(*by, if is_tried { new } else { old }.to_string(), "{key}");
        tried += usize::from(is_tried);
    }
    println!("{tried} of {} by the candidate", made.len());
    assert!((20..60).contains(&tried), "{tried}");

    operator.says(&["promote", "JPEG@0.2.0"]).await;
    assert!(make(&operator, &function, "promoted", 5).await.values().all(|by| *by == new.to_string()));
    operator.says(&["rollback", "JPEG"]).await;
    assert!(make(&operator, &function, "back", 5).await.values().all(|by| *by == old.to_string()));
    assert_eq!(function.process().await, process, "the same process all the time");
    assert_eq!(operator.site.take_dead_letters().await.len(), 0);

    // What is in the catalog, and what has happened.
    let listed: Value = serde_json::from_str(&operator.says(&["list", "--json"]).await).expect("JSON");
    assert_eq!(listed["media-types"]["image/jpeg"]["in-service"], old.to_string());
    assert_eq!(listed["releases"].as_object().map(|releases| releases.len()), Some(2));
    let history: Value = serde_json::from_str(&operator.says(&["history", "--json"]).await).expect("JSON");
    let changes = history.as_array().expect("a list").iter().rev();
    let what: Vec<_> = changes.map(|document| document["change"]["what"].as_str().expect("a text")).collect();
    let expected = [
        "publish sandpress-jpeg@0.1.0",
        "promote JPEG@0.1.0",
        "publish sandpress-jpeg@0.2.0 --no-check",
        "promote JPEG@0.2.0 --percent 20",
        "promote JPEG@0.2.0",
        "rollback JPEG",
    ];
    assert_eq!(what, expected);
    assert_eq!((&history[2]["change"]["who"], &history[2]["change"]["why"]), (&"a test".into(), &"a trial".into()));

    // What makes no sense is refused, and changes nothing.
    assert!(operator.refused(&["retire", "JPEG@0.1.0"]).await.contains("serves image/jpeg"));
    assert!(operator.refused(&["promote", "JPEG@9.9.9"]).await.contains("sandpress-jpeg@0.2.0"));
    operator.says(&["retire", "JPEG@0.2.0"]).await;
    assert!(operator.refused(&["promote", "JPEG@0.2.0"]).await.contains("there is no JPEG@0.2.0"));
}

/// Keeps a text in the local Secrets Manager, of which nothing else is needed: a request that its client would make.
async fn keep_secret(endpoint: &str, name: &str, text: &str) {
    let body = json!({ "Name": name, "SecretString": text, "ClientRequestToken": "0".repeat(32) }).to_string();
    let address = endpoint.trim_start_matches("http://");
    let request = format!(
        "POST / HTTP/1.1\r\nhost: {address}\r\nconnection: close\r\ncontent-length: {}\r\n\
         content-type: application/x-amz-json-1.1\r\nx-amz-target: secretsmanager.CreateSecret\r\n\
         authorization: AWS4-HMAC-SHA256 Credential={}/20260101/{REGION}/secretsmanager/aws4_request\r\n\r\n{body}",
        body.len(),
        CREDENTIALS.0
    );
    let mut stream = TcpStream::connect(address).await.expect("the local AWS listens");
    stream.write_all(request.as_bytes()).await.expect("it reads");
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.expect("it answers");
    assert!(answer.contains("\"ARN\""), "{answer}");
}

#[tokio::test]
async fn the_key_may_be_in_secrets_manager() {
    let operator = Operator::new().await;
    let name = format!("catalog-{}", operator.site.source);
    let key = fs::read_to_string(operator.key()).expect("a key");
    keep_secret(&operator.site.endpoint, &name, &key).await;
    let mut command = sandpress(&Settings::new(&operator.site, ""));
    command.env("SANDPRESS_CATALOG", &operator.place).args(["encoder", "publish", "--no-check", "--key-secret", &name]);
    let component = components::target().join("misbehaving/encoders/sandpress-misbehaving.wasm");
    let output = command.arg(component).output().await.expect("the command runs");
    assert!(output.status.success(), "{output:?}");
    assert!(operator.says(&["list"]).await.contains("sandpress-misbehaving@0.1.0"), "it is the same key");

    let mut command = sandpress(&Settings::new(&operator.site, ""));
    command.env("SANDPRESS_CATALOG", &operator.place).args(["encoder", "rollback", "PNG", "--key-secret", "another"]);
    let output = command.output().await.expect("the command runs");
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(output.status.code() == Some(1) && said.contains("GetSecretValue another"), "{said}");
}

#[tokio::test]
async fn a_worker_may_compile_what_has_no_native_code_for_its_machine() {
    let (document, png, _) = releases();
    let (shelf, signer, site) = (tempfile::tempdir().expect("a temporary folder"), Signer::new(), Site::new().await);
    let mut document = serving(&document, png, 1);
    document.releases.get_mut(&png).expect("it is there").native[0].arch = "another".to_owned();
    fs::copy(components::component("sandpress-png"), shelf.path().join(component_file(png)))
        .expect("a file of the build");
    put(shelf.path(), &signer.sign(&document.to_json()));
    site.upload("a.png", images::image("graphic.png")).await;
    site.wait_for(1).await;
    let mut settings = Settings::new(&site, POLICY);
    for (name, value) in [
        ("SANDPRESS_CATALOG", shelf.path().display().to_string()),
        ("SANDPRESS_CATALOG_KEY", signer.public()),
        ("SANDPRESS_ENCODERS", "/nowhere".to_owned()),
    ] {
        settings.environment.push((name.to_owned(), value));
    }
    let mut worker = Worker::start(&site, &settings, &["--until-empty"]);
    assert_eq!(worker.ended().await.code(), Some(1));
    let said = worker.errors();
    assert!(said.contains("sandpress-png 0.1.0 has no native code for") && said.contains("another"), "{said}");

    let mut worker = Worker::start(&site, &settings, &["--until-empty", "--compile"]);
    assert!(worker.ended().await.success(), "{}", worker.errors());
    let made = site.rendition("a.png").await.expect("it is made");
    assert!(made.metadata["sandpress-encoder"].ends_with(&png.to_string()), "{:?}", made.metadata);
}

#[tokio::test]
async fn of_two_operators_at_once_one_is_told_to_look_again() {
    let operator = Operator::new().await;
    let path = components::target().join("misbehaving/encoders/sandpress-misbehaving.wasm").display().to_string();
    let publish = ["publish", "--no-check", &path, "--target", std::env::consts::ARCH];
    operator.says(&publish).await;
    operator.says(&["promote", "PNG@0.1.0"]).await;
    let arguments = ["promote", "JPEG@0.1.0"];
    let outputs = tokio::join!(operator.run(&arguments), operator.run(&arguments), operator.run(&arguments));
    let outputs = [outputs.0, outputs.1, outputs.2];
    assert_eq!(outputs.iter().filter(|output| output.status.success()).count(), 1, "{outputs:?}");
    for output in outputs.iter().filter(|output| !output.status.success()) {
        let said = String::from_utf8_lossy(&output.stderr);
        // Who came late enough found it done.
        assert!(
            said.contains("look at it, and do this again") || said.contains("is in service for image/jpeg already"),
            "{said}"
        );
    }
    let history: Value = serde_json::from_str(&operator.says(&["history", "--json"]).await).expect("JSON");
    assert_eq!(history.as_array().map(Vec::len), Some(3));
}
