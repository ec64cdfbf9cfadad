//! The attack: the whole pipeline under faults, races and kills, and what is left of it compared with what must be.
//!
//! People change objects in a bucket; processes of the real function work on what the queue tells; a [proxy](proxy) between them and S3
//! lets requests go wrong; the processes are killed. Then it becomes calm, the queue is drained, what SQS has given up is redriven, and
//! the destination must equal f(source), byte for byte and key for key.
//!
//! Everything that is chosen is chosen by the seed. How processes and people meet is not: a seed repeats a failure as often as the
//! machine lets it.

mod blindfold;
mod changes;
mod fault;
mod pictures;
mod proxy;
mod verdict;
mod wire;
mod workers;

use std::{collections::BTreeMap, fmt, sync::Arc, time::Duration};

use sandpress_pipeline::Policy;
use serde_json::Value;
use tokio::{sync::mpsc, time};

use crate::aws::{DeadLetter, Site};
use changes::Changes;
pub use fault::{Fault, Operation, Plan, Planned};
pub use proxy::{Door, Place, Proxy};
use verdict::Remains;
use workers::Workers;

/// Notifications have arrived after this.
const NOTIFIED: Duration = Duration::from_secs(1);

/// So many differences are told with all that is known of their objects.
const TOLD: usize = 3;

/// What is attacked, and how hard.
#[derive(Clone, Copy, Debug)]
pub struct Attack {
    /// Chooses everything that is chosen.
    pub seed: u64,
    /// How many objects there are.
    pub objects: usize,
    /// How often they are changed, at least: each at least once.
    pub changes: usize,
    /// How many processes there are.
    pub workers: usize,
    /// One request in as many goes wrong.
    pub one_in: usize,
    /// Whether the processes are kept from seeing that a source has changed while they were at work: a broken implementation.
    pub is_blindfolded: bool,
}

/// How it went.
#[derive(Clone, Debug, Default)]
pub struct Report {
    /// Objects.
    pub objects: usize,
    /// Uploads, overwrites and deletions.
    pub changes: usize,
    /// Batches that were delivered.
    pub deliveries: usize,
    /// Requests to S3, and dead letters.
    pub requests: u64,
    /// What went wrong with them.
    pub faults: BTreeMap<Fault, u64>,
    /// Processes that were killed at work.
    pub kills: usize,
    /// Messages that SQS had given up, and that were sent again.
    pub redriven: usize,
    /// Dead letters about rejected images.
    pub rejected: usize,
    /// What is not as it must be.
    pub findings: Vec<String>,
}

impl Attack {
    /// Attacks a new site, waits until all is calm, and compares.
    pub async fn run(&self, mut tell: impl FnMut(&Report)) -> Report {
        let site = Site::new().await;
        let text = policy(&site);
        let policy = Policy::from_toml(&text).expect("a policy");
        let contents: Arc<[_]> = pictures::contents(&policy).into();
        let (sender, overtaking) = mpsc::unbounded_channel();
        let proxy = Proxy::new(&site, Plan { seed: self.seed, one_in: self.one_in }, sender);
        let workers = Arc::new(Workers::new(&site, &proxy, &text, self).await);
        let changes = Arc::new(Changes::new(&site, Arc::clone(&contents), self.seed, self.objects));
        let mut report = Report { objects: self.objects, ..Report::default() };
        let look = |report: &mut Report| {
            report.changes = changes.count();
            report.deliveries = workers.deliveries();
            report.requests = proxy.requests().values().sum();
            report.faults = proxy.faults();
            report.kills = workers.kills();
        };

        let attack = async {
            changes.make(self.changes, overtaking).await;
            time::sleep(NOTIFIED).await;
            workers.finish();
        };
        let mut both = std::pin::pin!(async { tokio::join!(attack, workers.work(true)) });
        while time::timeout(Duration::from_secs(10), &mut both).await.is_err() {
            look(&mut report);
            tell(&report);
        }

        proxy.calm();
        // What was held up arrives.
        time::sleep(fault::LATEST).await;
        let (mut given_up, mut letters) = dead_letters(&site).await;
        report.redriven = given_up.len();
        for letter in given_up {
            site.send(&letter.body).await;
        }
        workers.work(false).await;
        let more;
        (given_up, more) = dead_letters(&site).await;
        letters.extend(more);
        report.findings.extend(given_up.iter().map(|letter| format!("fails even when all is calm: {}", letter.body)));

        look(&mut report);
        report.rejected = letters.len();
        let histories = changes.histories();
        let remains = Remains {
            policy: &policy,
            contents: &contents,
            histories: &histories,
            sources: site.objects(&site.source).await,
            renditions: site.renditions().await,
            letters,
        };
        report.findings.extend(workers.findings());
        for (number, (key, what)) in remains.findings().into_iter().enumerate() {
            report.findings.push(format!("{key}: {what}"));
            if number < TOLD {
                let history = histories.get(&key).into_iter().flatten();
                report.findings.extend(history.map(|change| format!("    {change}")));
                report.findings.extend(workers.log(&key).iter().map(|line| format!("    {}", brief(line))));
            }
        }
        report
    }
}

/// What SQS has given up, and what the pipeline has something to say about.
async fn dead_letters(site: &Site) -> (Vec<DeadLetter>, Vec<DeadLetter>) {
    site.take_dead_letters().await.into_iter().partition(|letter| letter.attributes.is_empty())
}

/// Two renditions, one in the source's format, and both gone when the source is.
fn policy(site: &Site) -> String {
    format!(
        "[source]\nbucket = \"{}\"\n\
         [destination]\nbucket = \"{}\"\nmirror-deletes = true\n\
         [dead-letters]\nqueue-url = \"{}\"\n\
         [[rendition]]\nname = \"web\"\n\
         [[rendition]]\nname = \"thumbnail\"\nkey = \"{{key}}.webp\"\nformat = \"image/webp\"\nmax-width = 16\n",
        site.source, site.destination, site.dead_letters.url
    )
}

/// A line of the log, as far as it helps to understand what happened.
fn brief(line: &Value) -> String {
    let part = |name: &str| line[name].as_str().unwrap_or_default();
    let renditions = line["renditions"].as_array().into_iter().flatten();
    let renditions: Vec<_> =
        renditions.map(|made| format!("{} of {} bytes", made["rendition"], made["bytes"])).collect();
    let millis = |name: &str| line[name].as_f64().unwrap_or_default().round();
    format!(
        "{} {} {} {} (head {} ms, get {} ms, encode {} ms, put {} ms)",
        line["_aws"]["Timestamp"],
        part("outcome"),
        renditions.join(", "),
        part("detail"),
        millis("headMillis"),
        millis("getMillis"),
        millis("encodeMillis"),
        millis("putMillis"),
    )
}

impl Report {
    /// Adds another round's.
    pub fn add(&mut self, other: Self) {
        self.objects += other.objects;
        self.changes += other.changes;
        self.deliveries += other.deliveries;
        self.requests += other.requests;
        self.kills += other.kills;
        self.redriven += other.redriven;
        self.rejected += other.rejected;
        self.findings.extend(other.findings);
        for (fault, count) in other.faults {
            *self.faults.entry(fault).or_default() += count;
        }
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let faults: u64 = self.faults.values().sum();
        write!(
            f,
            "{} objects, {} changes, {} batches, {} requests, {faults} faults, {} kills, {} redriven, {} dead letters",
            self.objects, self.changes, self.deliveries, self.requests, self.kills, self.redriven, self.rejected
        )
    }
}
