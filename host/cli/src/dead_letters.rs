//! `sandpress dead-letters`: what could not be done and why, and trying it again.

use std::{
    collections::BTreeMap,
    time::{Duration, SystemTime},
};

use anyhow::{Context as _, Result, bail};
use clap::{Args, Subcommand};
use sandpress_pipeline::{Letter, Queue};
use serde_json::{Value, json};
use tokio::runtime::Runtime;

use crate::{
    Done, Usage, stdout,
    table::{Align, Table},
};

/// Look at a dead-letter queue, and send what is in it back
///
/// SQS shows a message only to who receives it. So for the time of the command, a minute at most, the dead letters are hidden from every
/// other reader, such as a second command like this one, and each time counts into how often they were received. None is changed or deleted
/// but by `redrive`. In a FIFO queue the first ten messages of a group hide the ones behind them.
#[derive(Subcommand)]
pub(crate) enum Command {
    List(List),
    Show(Show),
    Redrive(Redrive),
}

/// Count the dead letters by reason
#[derive(Args)]
pub(crate) struct List {
    #[command(flatten)]
    from: From,
    #[command(flatten)]
    filter: Filter,
    /// Print JSON instead of the table
    #[arg(long)]
    json: bool,
}

/// Show dead letters, with what is known of each and the message as it came
#[derive(Args)]
pub(crate) struct Show {
    /// Identifiers of messages; default: all
    #[arg(value_name = "ID")]
    ids: Vec<String>,
    #[command(flatten)]
    from: From,
    #[command(flatten)]
    filter: Filter,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

/// Send the messages back to a queue, and delete each dead letter once its message is there
///
/// That is always safe: what has been done already is not done again. To a FIFO queue each message goes in its own group.
#[derive(Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Redrive {
    #[command(flatten)]
    from: From,
    #[command(flatten)]
    filter: Filter,
    /// The queue to send the messages to
    #[arg(long, value_name = "URL")]
    to: String,
    /// Send nothing; say what would be sent
    #[arg(long)]
    dry_run: bool,
}

const EXAMPLES: &str = "Examples:
  sandpress dead-letters redrive --queue \"$DEAD_LETTER_QUEUE_URL\" --to \"$QUEUE_URL\" --dry-run
  sandpress dead-letters redrive --queue \"$DEAD_LETTER_QUEUE_URL\" --to \"$QUEUE_URL\" --reason over-limit --key-prefix 2026/";

#[derive(Args)]
struct From {
    /// The dead-letter queue
    #[arg(long, value_name = "URL")]
    queue: String,
}

#[derive(Args)]
struct Filter {
    /// Only those of this reason: unsupported, malformed, over-limit, conflict, unreadable-event, or failed for what the queue gave up
    #[arg(long, value_name = "REASON")]
    reason: Option<String>,
    /// Only those of an object whose key begins so
    #[arg(long, value_name = "PREFIX")]
    key_prefix: Option<String>,
}

impl Filter {
    fn wants(&self, letter: &Letter) -> bool {
        let begins = |prefix: &String| letter.objects.iter().any(|object| object.key.as_str().starts_with(prefix));
        self.reason.as_ref().is_none_or(|reason| *reason == letter.reason)
            && self.key_prefix.as_ref().is_none_or(begins)
    }
}

pub(crate) fn run(command: &Command) -> Result<Done> {
    let runtime = Runtime::new().context("the asynchronous runtime")?;
    runtime.block_on(async {
        match command {
            Command::List(arguments) => list(arguments).await,
            Command::Show(arguments) => show(arguments).await,
            Command::Redrive(arguments) => redrive(arguments).await,
        }
    })
}

async fn list(arguments: &List) -> Result<Done> {
    let letters = letters(&arguments.from, &arguments.filter).await?;
    stdout::write(if arguments.json { lines(&groups(&letters)) } else { table(&letters) })?;
    Ok(Done::All)
}

async fn show(arguments: &Show) -> Result<Done> {
    let mut letters = letters(&arguments.from, &arguments.filter).await?;
    letters.retain(|letter| arguments.ids.is_empty() || arguments.ids.contains(&letter.id));
    for id in &arguments.ids {
        if !letters.iter().any(|letter| letter.id == *id) {
            eprintln!("error: {id}: no such dead letter, or another reader has it");
        }
    }
    stdout::write(if arguments.json {
        lines(&letters.iter().map(value).collect::<Vec<_>>())
    } else {
        letters.iter().map(paragraph).collect::<Vec<_>>().join("\n")
    })?;
    Ok(if letters.len() < arguments.ids.len() { Done::NotAll } else { Done::All })
}

async fn redrive(arguments: &Redrive) -> Result<Done> {
    if arguments.to == arguments.from.queue {
        bail!(Usage("--to is the dead-letter queue itself; name the queue that uploads are announced on".to_owned()));
    }
    let wants = |letter: &Letter| arguments.filter.wants(letter);
    let (letters, word, error) = if arguments.dry_run {
        (letters(&arguments.from, &arguments.filter).await?, "would be sent", None)
    } else {
        let aws = sandpress_service::aws().await;
        let to = sandpress_service::queue(&aws, &arguments.to);
        let redriven = sandpress_service::queue(&aws, &arguments.from.queue).redrive(&to, wants).await;
        (redriven.sent, "sent", redriven.error)
    };
    stdout::write(format!("{}{} {word}\n", table(&letters), letters.len()))?;
    match error {
        Some(error) => Err(error).context("the rest is in the dead-letter queue still"),
        None => Ok(Done::All),
    }
}

async fn letters(from: &From, filter: &Filter) -> Result<Vec<Letter>> {
    let queue: Queue = sandpress_service::queue(&sandpress_service::aws().await, &from.queue);
    let mut letters = queue.letters().await?;
    letters.retain(|letter| filter.wants(letter));
    Ok(letters)
}

fn by_reason(letters: &[Letter]) -> BTreeMap<&str, Vec<&Letter>> {
    let mut groups: BTreeMap<_, Vec<_>> = BTreeMap::new();
    for letter in letters {
        groups.entry(letter.reason.as_str()).or_default().push(letter);
    }
    groups
}

/// Those of a reason, the oldest first, in one row.
fn table(letters: &[Letter]) -> String {
    let mut table = Table::new([
        ("reason", Align::Left),
        ("letters", Align::Right),
        ("oldest", Align::Right),
        ("for example", Align::Left),
        ("because", Align::Left),
    ]);
    for (reason, letters) in by_reason(letters) {
        let Some(oldest) = letters.first() else { continue };
        let object = oldest.objects.first().map_or_else(|| "-".to_owned(), |object| plain(object.key.as_str()));
        let age = oldest.sent.and_then(|sent| SystemTime::now().duration_since(sent).ok()).map_or("-".to_owned(), age);
        table.row([plain(reason), letters.len().to_string(), age, object, plain(&oldest.detail)]);
    }
    table.to_string()
}

fn groups(letters: &[Letter]) -> Vec<Value> {
    let group = |(reason, letters): (&str, Vec<&Letter>)| {
        let oldest = letters.iter().filter_map(|letter| letter.sent).min().map(seconds);
        let of_it: Vec<_> =
            letters.iter().map(|letter| json!({ "id": letter.id, "objects": objects(letter) })).collect();
        json!({ "reason": reason, "letters": of_it, "oldest": oldest })
    };
    by_reason(letters).into_iter().map(group).collect()
}

fn value(letter: &Letter) -> Value {
    json!({
        "id": letter.id,
        "reason": letter.reason,
        "detail": letter.detail,
        "objects": objects(letter),
        "sent": letter.sent.map(seconds),
        "received": letter.received,
        "group": letter.group,
        "body": letter.body,
    })
}

fn objects(letter: &Letter) -> Vec<Value> {
    letter.objects.iter().map(|object| json!({ "bucket": object.bucket, "key": object.key })).collect()
}

fn paragraph(letter: &Letter) -> String {
    let mut lines = vec![("reason", letter.reason.clone()), ("detail", letter.detail.clone())];
    lines.extend(letter.objects.iter().map(|object| ("object", format!("{}/{}", object.bucket, object.key))));
    lines.extend(letter.group.clone().map(|group| ("group", group)));
    lines.extend(
        letter.sent.and_then(|sent| SystemTime::now().duration_since(sent).ok()).map(|since| ("age", age(since))),
    );
    lines.extend([("received", format!("{} times", letter.received)), ("message", letter.body.clone())]);
    let lines = lines.iter().map(|(name, text)| format!("  {name:<10}{}\n", plain(text)));
    format!("{}\n{}", letter.id, lines.collect::<String>())
}

/// On one line, and without what a terminal would obey: whoever uploads chooses what is in a key.
fn plain(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { '\u{fffd}' } else { c }).collect()
}

fn lines(values: &[Value]) -> String {
    format!("{:#}\n", Value::from(values.to_vec()))
}

/// Seconds since 1970.
fn seconds(time: SystemTime) -> u64 {
    time.duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default().as_secs()
}

/// In the largest unit that there is at least one of.
fn age(time: Duration) -> String {
    match time.as_secs() {
        seconds @ 0..60 => format!("{seconds} s"),
        seconds @ 60..3600 => format!("{} min", seconds / 60),
        seconds @ 3600..86_400 => format!("{} h", seconds / 3600),
        seconds => format!("{} d", seconds / 86_400),
    }
}
