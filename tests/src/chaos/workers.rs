//! The queue's side: several processes, each with the work that it gets, and somebody who kills them.

use std::{
    collections::BTreeSet,
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
    time::Duration,
};

use tokio::{task::JoinSet, time};

use super::{
    Attack,
    fault::LATEST,
    proxy::{Door, Proxy},
};
use crate::{
    aws::Site,
    images::Numbers,
    lambda::{Answer, Function, Settings},
    mapping,
};

/// Lambda's time-out: who gets no answer from S3 waits as long.
const TIMEOUT: Duration = Duration::from_secs(10);

/// A message that failed comes back after this. In AWS it is the visibility timeout: far longer than any request is on its way.
const RETURN: Duration = Duration::from_secs(1);
const _: () =
    assert!(RETURN.as_millis() > 2 * LATEST.as_millis(), "what a killed process has sent arrives before its message");

/// Processes of the real function, each behind a door of its own.
#[derive(Debug)]
pub(super) struct Workers {
    site: Site,
    seed: u64,
    functions: Vec<(Function, Door)>,
    is_over: AtomicBool,
    deliveries: AtomicUsize,
    kills: AtomicUsize,
    /// What no fault excuses.
    findings: Mutex<BTreeSet<String>>,
}

impl Workers {
    /// As many as the attack has, with this policy.
    pub(super) async fn new(site: &Site, proxy: &Proxy, policy: &str, attack: &Attack) -> Self {
        let mut functions = Vec::new();
        for _ in 0..attack.workers {
            let door = proxy.door(attack.is_blindfolded).await;
            let mut settings = Settings { timeout: TIMEOUT, ..Settings::new(site, policy) };
            settings.environment.push(("AWS_ENDPOINT_URL".to_owned(), door.endpoint.clone()));
            functions.push((Function::new(settings), door));
        }
        Self {
            site: site.clone(),
            seed: attack.seed,
            functions,
            is_over: AtomicBool::new(false),
            deliveries: AtomicUsize::new(0),
            kills: AtomicUsize::new(0),
            findings: Mutex::default(),
        }
    }

    /// How many batches were delivered.
    pub(super) fn deliveries(&self) -> usize {
        self.deliveries.load(Ordering::Relaxed)
    }

    /// How many processes were killed at work.
    pub(super) fn kills(&self) -> usize {
        self.kills.load(Ordering::Relaxed)
    }

    /// What the processes did that no fault excuses.
    pub(super) fn findings(&self) -> BTreeSet<String> {
        self.findings.lock().expect("nobody panics with it").clone()
    }

    /// What the processes have logged about an object.
    pub(super) fn log(&self, key: &str) -> Vec<serde_json::Value> {
        let lines = self.functions.iter().flat_map(|(function, _)| function.log());
        let mut lines: Vec<_> = lines.filter(|line| line["key"] == key).collect();
        lines.sort_by_key(|line| line["_aws"]["Timestamp"].as_u64());
        lines
    }

    /// Works until the queue is empty and nobody has anything more to say. If it is rough, messages come twice, and processes are killed.
    pub(super) async fn work(self: &Arc<Self>, is_rough: bool) {
        let mut workers = JoinSet::new();
        for number in 0..self.functions.len() {
            let all = Arc::clone(self);
            workers.spawn(async move { all.deliver(number, is_rough).await });
        }
        let mut killer = JoinSet::new();
        if is_rough {
            let all = Arc::clone(self);
            killer.spawn(async move { all.kill().await });
        }
        workers.join_all().await;
    }

    /// Nothing more is going to happen in the source bucket.
    pub(super) fn finish(&self) {
        self.is_over.store(true, Ordering::Relaxed);
    }

    /// One process's work: batch after batch, and now and then a message once more.
    async fn deliver(&self, number: usize, is_rough: bool) {
        let (site, (function, _)) = (&self.site, &self.functions[number]);
        let mut numbers = Numbers::from_text(&format!("{} worker {number}", self.seed));
        loop {
            let batch = mapping::receive(site).await;
            if batch.is_empty() {
                if self.is_over.load(Ordering::Relaxed) && site.waiting().await == (0, 0) {
                    return;
                }
                time::sleep(Duration::from_millis(30)).await;
                continue;
            }
            for message in &batch {
                if is_rough && numbers.below(10) == 0 {
                    site.send(message.body().unwrap_or_default()).await;
                }
            }
            let answer = function.invoke(mapping::event(site, &batch)).await;
            let delivery = mapping::settle(site, &batch, answer, RETURN).await;
            self.deliveries.fetch_add(1, Ordering::Relaxed);
            match (delivery.answer, delivery.failure) {
                (Answer::Killed, _) => drop(self.kills.fetch_add(1, Ordering::Relaxed)),
                (_, Some(failure)) => drop(self.findings.lock().expect("nobody panics with it").insert(failure)),
                (_, None) => {}
            }
        }
    }

    /// Kills one after the other, as long as this is waited for.
    async fn kill(&self) {
        let mut numbers = Numbers::from_text(&format!("{} kills", self.seed));
        loop {
            time::sleep(Duration::from_millis(500 + numbers.below(2000) as u64)).await;
            let (function, _) = &self.functions[numbers.below(self.functions.len())];
            function.kill();
        }
    }
}
