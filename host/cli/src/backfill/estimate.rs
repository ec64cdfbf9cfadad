//! What a backfill and the work that follows would cost: requests are counted, prices are the caller's.

use std::fmt;

use clap::Args;
use indicatif::HumanCount;
use sandpress_pipeline::backfill::Progress;
use serde_json::{Value, json};

use super::Arguments;
use crate::table::{Align, Table};

/// Prices, for the estimate of a dry run.
#[derive(Args)]
#[command(next_help_heading = "Prices, for --dry-run, in any currency")]
pub(super) struct Prices {
    /// Of 1,000 requests of S3 that write or list: PUT, COPY, POST, LIST
    #[arg(long, value_name = "PRICE", requires = "dry_run")]
    price_put: Option<f64>,
    /// Of 1,000 requests of S3 that read: GET, HEAD
    #[arg(long, value_name = "PRICE", requires = "dry_run")]
    price_get: Option<f64>,
    /// Of 1,000,000 requests of SQS
    #[arg(long, value_name = "PRICE", requires = "dry_run")]
    price_sqs: Option<f64>,
}

/// Requests of a kind: of the backfill itself, and of the work that follows at most.
struct Line {
    name: &'static str,
    backfill: u64,
    work: u64,
    /// What both cost, if the price is known.
    cost: Option<f64>,
}

/// Requests, by kind.
pub(super) struct Estimate([Line; 3]);

impl Estimate {
    pub(super) fn new(arguments: &Arguments, progress: &Progress, renditions: usize) -> Self {
        let (due, renditions) = (progress.announced, renditions as u64);
        let pages = if arguments.manifest.is_none() { progress.seen.div_ceil(1000).max(1) } else { 0 };
        // Of each, its renditions and itself.
        let looks = if arguments.outdated { progress.wanted * (renditions + 1) } else { 0 };
        let line = |name, backfill, work, price: Option<f64>, each: f64| {
            #[expect(clippy::cast_precision_loss, reason = "an estimate")]
            let cost = price.map(|price| (backfill + work) as f64 * price / each);
            Line { name, backfill, work, cost }
        };
        let prices = &arguments.prices;
        Self([
            line("S3 PUT, LIST", pages, due * renditions, prices.price_put, 1e3),
            // HEAD each rendition, GET the object, and look at it once more.
            line("S3 GET, HEAD", looks, due * (renditions + 2), prices.price_get, 1e3),
            // Each message is received and deleted by a call of its own, at worst.
            line("SQS", due.div_ceil(10), due * 2, prices.price_sqs, 1e6),
        ])
    }

    /// Of what has a price; none if nothing has.
    fn total(&self) -> Option<f64> {
        self.0.iter().filter_map(|line| line.cost).reduce(|sum, cost| sum + cost)
    }

    pub(super) fn json(&self) -> Value {
        let line = |line: &Line| json!({ "requests": line.name, "backfill": line.backfill, "work": line.work, "cost": line.cost });
        json!({ "lines": self.0.iter().map(line).collect::<Vec<_>>(), "cost": self.total() })
    }
}

impl fmt::Display for Estimate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut table = Table::new([
            ("requests", Align::Left),
            ("to enqueue", Align::Right),
            ("to compress, at most", Align::Right),
            ("cost", Align::Right),
        ]);
        let money = |cost: Option<f64>| cost.map(|cost| format!("{cost:.2}")).unwrap_or_default();
        for line in &self.0 {
            let counts = [line.backfill, line.work].map(|count| HumanCount(count).to_string());
            let [backfill, work] = counts;
            table.row([line.name.to_owned(), backfill, work, money(line.cost)]);
        }
        if let Some(total) = self.total() {
            table.row(["all that has a price".to_owned(), String::new(), String::new(), money(Some(total))]);
        }
        table.fmt(f)
    }
}
