//! What people do in the source bucket meanwhile: they upload, overwrite, delete and upload again.

use std::{
    collections::BTreeMap,
    fmt,
    sync::{
        Arc, Mutex,
        atomic::{AtomicUsize, Ordering},
    },
    time::{Duration, SystemTime},
};

use tokio::{sync::mpsc, task::JoinSet, time};

use super::pictures::Content;
use crate::{aws::Site, images::Numbers};

/// How many people there are.
const WRITERS: usize = 8;

/// So many objects change all the time, the others now and then.
const RESTLESS: usize = 8;

/// With more messages than this in the queue, the people wait: what they do is to meet processes at work.
const BACKLOG: usize = 2;

/// The objects of an attack, and what has been done to each.
#[derive(Debug)]
pub(super) struct Changes {
    site: Site,
    contents: Arc<[Content]>,
    seed: u64,
    keys: Vec<String>,
    /// How many objects have been uploaded for the first time.
    begun: AtomicUsize,
    count: AtomicUsize,
    /// Messages that nobody has taken yet.
    backlog: AtomicUsize,
    histories: Mutex<BTreeMap<String, Vec<Change>>>,
}

/// Something that was done to an object.
#[derive(Clone, Copy, Debug)]
pub(super) struct Change {
    /// Milliseconds since 1970, as in the pipeline's log.
    pub(super) began: u128,
    /// The content that it was given, by its place in the list; `None` if it was deleted.
    pub(super) content: Option<usize>,
}

impl fmt::Display for Change {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.content {
            Some(place) => write!(f, "{} the source becomes content {place}", self.began),
            None => write!(f, "{} the source is deleted", self.began),
        }
    }
}

impl Changes {
    /// So many objects, to which nothing has been done.
    pub(super) fn new(site: &Site, contents: Arc<[Content]>, seed: u64, objects: usize) -> Self {
        // Of every seventh the key is one that paths, events and metadata must write in another way.
        let key = |number| match number % 7 {
            0 => format!("a b/Käse+{number}%.jpg"),
            _ => format!("{number}.jpg"),
        };
        Self {
            site: site.clone(),
            contents,
            seed,
            keys: (0..objects).map(key).collect(),
            begun: AtomicUsize::new(0),
            count: AtomicUsize::new(0),
            backlog: AtomicUsize::new(0),
            histories: Mutex::default(),
        }
    }

    /// How many changes there were.
    pub(super) fn count(&self) -> usize {
        self.count.load(Ordering::Relaxed)
    }

    /// What was done to each object.
    pub(super) fn histories(&self) -> BTreeMap<String, Vec<Change>> {
        self.histories.lock().expect("nobody panics with it").clone()
    }

    /// Uploads every object, and goes on until there were so many changes. One person takes back what was done last to a source whose
    /// rendition is being written.
    pub(super) async fn make(self: &Arc<Self>, enough: usize, mut overtaking: mpsc::UnboundedReceiver<String>) {
        let mut contrary = JoinSet::new();
        let changes = Arc::clone(self);
        contrary.spawn(async move {
            while let Some(place) = overtaking.recv().await {
                changes.take_back(place.trim_end_matches(".webp")).await;
            }
        });
        let mut watcher = JoinSet::new();
        let changes = Arc::clone(self);
        watcher.spawn(async move {
            loop {
                changes.backlog.store(changes.site.waiting().await.0, Ordering::Relaxed);
                time::sleep(Duration::from_millis(30)).await;
            }
        });
        let mut writers = JoinSet::new();
        for number in 0..WRITERS {
            let changes = Arc::clone(self);
            writers.spawn(async move {
                let mut numbers = Numbers::from_text(&format!("{} writer {number}", changes.seed));
                while let Some(key) = changes.next(enough, &mut numbers) {
                    changes.change(key, &mut numbers).await;
                    while changes.backlog.load(Ordering::Relaxed) > BACKLOG {
                        time::sleep(Duration::from_millis(50)).await;
                    }
                }
            });
        }
        writers.join_all().await;
    }

    /// The object to change next.
    fn next(&self, enough: usize, numbers: &mut Numbers) -> Option<&str> {
        if let Some(key) = self.keys.get(self.begun.fetch_add(1, Ordering::Relaxed)) {
            return Some(key);
        }
        let among = if numbers.below(4) == 0 { RESTLESS.min(self.keys.len()) } else { self.keys.len() };
        (self.count() < enough).then(|| self.keys[numbers.below(among)].as_str())
    }

    /// One to four changes of an object, so close that some happen while another is under way.
    async fn change(&self, key: &str, numbers: &mut Numbers) {
        for _ in 0..=numbers.below(4) {
            let content = match numbers.below(10) {
                0 | 1 => None,
                // The last ones are rejected.
                2 => Some(self.contents.len() - 1 - numbers.below(2)),
                _ => Some(numbers.below(self.contents.len() - 2)),
            };
            self.set(key, content).await;
            time::sleep(Duration::from_millis(numbers.below(150) as u64)).await;
        }
    }

    /// Makes a source what it was before: gone, or of the content before. Whoever is writing its rendition writes another.
    async fn take_back(&self, key: &str) {
        let before = {
            let histories = self.histories.lock().expect("nobody panics with it");
            // A key that is written in another way in requests is not in it.
            let Some(history) = histories.get(key) else { return };
            history.iter().rev().nth(1).and_then(|change| change.content)
        };
        self.set(key, before).await;
    }

    async fn set(&self, key: &str, content: Option<usize>) {
        let began = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default().as_millis();
        let change = Change { began, content };
        self.histories.lock().expect("nobody panics with it").entry(key.to_owned()).or_default().push(change);
        match content {
            Some(place) => drop(self.site.upload(key, self.contents[place].bytes.clone()).await),
            None => self.site.remove(key).await,
        }
        self.count.fetch_add(1, Ordering::Relaxed);
    }
}
