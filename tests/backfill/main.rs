//! The command `backfill` from outside: the real program, with ministack as S3 and SQS.

#![expect(clippy::expect_used, clippy::panic, reason = "in a test, what cannot go on says so and ends")]

mod interrupted;
mod many;
mod outdated;
mod queue;

use std::{collections::BTreeSet, fs, process::Output};

use flate2::{Compression, write::GzEncoder};
use sandpress_tests::{
    aws::Site,
    images,
    lambda::Settings,
    worker::{Worker, sandpress},
};
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::process::Command;

/// Uploads to a part of a bucket.
const POLICY: &str = "
    [source]\nbucket = \"${SANDPRESS_SOURCE_BUCKET}\"\nprefix = \"in/\"
    [destination]\nbucket = \"${SANDPRESS_DESTINATION_BUCKET}\"
    [dead-letters]\nqueue-url = \"${SANDPRESS_DEAD_LETTER_QUEUE_URL}\"
    [[rendition]]\nname = \"web\"
    [[rendition]]\nname = \"small\"\nkey = \"small/{key}\"\nmax-width = 64
";

/// A backfill of a site, with a folder for its files.
struct Backfill {
    site: Site,
    folder: TempDir,
}

impl Backfill {
    fn new(site: Site) -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        fs::write(folder.path().join("sandpress.toml"), POLICY).expect("a file in our own folder");
        Self { site, folder }
    }

    fn path(&self, file: &str) -> String {
        self.folder.path().join(file).display().to_string()
    }

    /// `s3://` of a part of the source bucket.
    fn source(&self, prefix: &str) -> String {
        format!("s3://{}/{prefix}", self.site.source)
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = sandpress(&Settings::new(&self.site, ""));
        command.arg("backfill").args(arguments).args(["--queue", &self.site.queue.url]);
        command.env("SANDPRESS_POLICY", self.path("sandpress.toml")).kill_on_drop(true);
        command
    }

    /// Runs it; gives how it ended.
    async fn run(&self, arguments: &[&str]) -> Output {
        self.command(arguments).output().await.expect("the command runs")
    }

    /// Runs it, which must succeed; gives what it reports.
    async fn report(&self, arguments: &[&str]) -> Value {
        let output = self.run(&[arguments, &["--json"]].concat()).await;
        assert!(output.status.success(), "{output:?}");
        serde_json::from_slice(&output.stdout).unwrap_or_else(|error| panic!("{error}: {output:?}"))
    }

    /// The keys of the jobs in the queue, which are taken out, in their order.
    async fn take(&self) -> Vec<String> {
        let jobs = self.site.take_messages().await;
        let key = |job: Value| {
            assert_eq!(job["bucket"], self.site.source.as_str(), "{job}");
            assert_eq!(job.as_object().map(|fields| fields.len()), Some(2), "a plain job: {job}");
            job["key"].as_str().expect("a key").to_owned()
        };
        let mut keys: Vec<_> = jobs.iter().map(|body| key(serde_json::from_str(body).expect("JSON"))).collect();
        keys.sort();
        keys
    }

    /// Writes a file that is not there yet.
    fn write(&self, file: &str, content: impl AsRef<[u8]>) -> String {
        fs::write(self.path(file), content).expect("a file in our own folder");
        self.path(file)
    }
}

fn said(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

const KEYS: [&str; 6] = [
    "in/Käse +1.jpg",
    "in/a.jpg",
    "in/deep/er/b.png",
    "in/line\nbreak\u{1}.jpg",
    "in/\"quoted\"&<é>.jpg",
    "in/写真.webp",
];

/// A site whose source bucket has these keys, and others that the policy does not want.
async fn site() -> Backfill {
    let site = Site::silent().await;
    for key in KEYS.iter().chain(&["in/folder/", "out/c.jpg", "inn.jpg"]) {
        site.upload(key, "12345").await;
    }
    Backfill::new(site)
}

#[tokio::test]
async fn what_the_policy_wants_is_enqueued_as_jobs() {
    let backfill = site().await;
    let report = backfill.report(&[&backfill.source("")]).await;
    let expected: BTreeSet<_> = KEYS.iter().map(|key| (*key).to_owned()).collect();
    assert_eq!(backfill.take().await.into_iter().collect::<BTreeSet<_>>(), expected);
    let counts = ["seen", "wanted", "enqueued", "bytes", "complete"].map(|name| report[name].clone());
    // What is outside of the policy's prefix is not even listed.
    assert_eq!(counts, [json!(7), json!(6), json!(6), json!(30), json!(true)], "{report}");

    backfill.report(&[&backfill.source("in/deep/")]).await;
    assert_eq!(backfill.take().await, ["in/deep/er/b.png"]);
}

#[tokio::test]
async fn what_is_enqueued_is_worked_off() {
    let backfill = Backfill::new(Site::silent().await);
    for key in ["in/Käse +1.jpg", "in/deep/er/b.jpg"] {
        backfill.site.upload(key, images::image("greyscale.jpg")).await;
    }
    backfill.report(&[&backfill.source("")]).await;
    let mut worker = Worker::start(&backfill.site, &Settings::new(&backfill.site, POLICY), &["--until-empty"]);
    assert!(worker.ended().await.success(), "{}", worker.errors());
    let renditions: Vec<_> = backfill.site.renditions().await.into_keys().collect();
    assert_eq!(renditions, ["Käse +1.jpg", "deep/er/b.jpg", "small/Käse +1.jpg", "small/deep/er/b.jpg"]);
}

#[tokio::test]
async fn a_dry_run_sends_nothing_and_estimates_requests() {
    let backfill = site().await;
    let source = backfill.source("");
    let prices = ["--price-put", "1000", "--price-get", "1", "--price-sqs", "1000000"];
    let report = backfill.report(&[&[source.as_str(), "--dry-run"], &prices[..]].concat()).await;
    assert!(backfill.take().await.is_empty());
    assert_eq!((&report["enqueued"], &report["bytes"]), (&json!(6), &json!(30)), "{report}");
    // Of each, two renditions are written; they and the object itself are looked at, and it is read and looked at once more.
    let expected = json!({ "cost": 13.024 + 13.0, "lines": [
        { "requests": "S3 PUT, LIST", "backfill": 1, "work": 12, "cost": 13.0 },
        { "requests": "S3 GET, HEAD", "backfill": 0, "work": 24, "cost": 0.024 },
        { "requests": "SQS", "backfill": 1, "work": 12, "cost": 13.0 },
    ] });
    assert_eq!(report["estimate"], expected);

    let output = backfill.run(&[&source, "--dry-run"]).await;
    let table = String::from_utf8_lossy(&output.stdout);
    assert!(table.contains("would be enqueued") && table.contains("S3 GET, HEAD"), "{table}");
    assert!(!table.contains('.'), "no cost without prices: {table}");
}

#[tokio::test]
async fn a_manifest_names_the_objects() {
    let backfill = Backfill::new(Site::silent().await);
    let bucket = &backfill.site.source;
    let lines = format!(
        "\"{bucket}\",\"in/my+photo.jpg\",\"v2\",\"true\"\n\"{bucket}\",\"in/my+photo.jpg\",\"v1\",\"false\"\n\
         other,in/b.jpg\n{bucket},out/c.jpg\n{bucket},in/K%C3%A4se.jpg\n"
    );
    let compressed = |text: &str| {
        let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
        std::io::Write::write_all(&mut encoder, text.as_bytes()).and_then(|()| encoder.finish()).expect("in memory")
    };
    // Of two members, as large inventories are.
    let members = [compressed(&lines), compressed(&format!("{bucket},in/last.jpg\n"))].concat();
    for (file, content, expected) in [
        ("plain.csv", lines.clone().into_bytes(), &["in/Käse.jpg", "in/my photo.jpg"][..]),
        ("members.csv.gz", members, &["in/Käse.jpg", "in/last.jpg", "in/my photo.jpg"]),
    ] {
        let manifest = backfill.write(file, content);
        let report = backfill.report(&["--manifest", &manifest]).await;
        assert_eq!(backfill.take().await, expected, "{file}: {report}");
    }

    let manifest = backfill.write("broken.csv", format!("{lines}no comma\n{bucket},in/after.jpg"));
    let output = backfill.run(&["--manifest", &manifest]).await;
    assert_eq!(output.status.code(), Some(1), "{output:?}");
    assert!(said(&output).contains("line 6 of the manifest is not `bucket,key`: no comma"), "{}", said(&output));
    assert_eq!(backfill.take().await, ["in/Käse.jpg", "in/my photo.jpg"], "what is before the broken line");
}

#[tokio::test]
async fn what_makes_no_sense_is_refused_and_sends_nothing() {
    let backfill = site().await;
    let (outside, source) = (backfill.source("out/"), backfill.source(""));
    let state = backfill.path("state.json");
    for (arguments, status, says) in [
        (&[outside.as_str()][..], 2, "the policy wants nothing of"),
        (&["s3://other/in/"], 2, "the policy wants nothing of"),
        (&["other/in/"], 2, "write s3://BUCKET/PREFIX"),
        (&[], 2, "required"),
        (&["--manifest", "/nowhere.csv"], 1, "/nowhere.csv: cannot be read"),
        (&[&source, "--state", &state, "--dry-run"], 2, "cannot be used with"),
        (&[&source, "--price-put", "1"], 2, "--dry-run"),
        (&[&source, "--policy", "/nowhere.toml"], 1, "/nowhere.toml"),
    ] {
        let output = backfill.run(arguments).await;
        assert_eq!(output.status.code(), Some(status), "{arguments:?}: {output:?}");
        assert!(said(&output).contains(says), "{arguments:?}: {}", said(&output));
    }
    backfill.write("state.json", "{}");
    let output = backfill.run(&[&source, "--state", &state]).await;
    assert!(said(&output).contains("is no state of a backfill"), "{}", said(&output));
    assert!(backfill.take().await.is_empty());
}
