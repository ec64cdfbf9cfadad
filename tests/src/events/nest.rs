//! Events that are made at random from objects: what must be read is known.

use serde_json::{Value, json};

use super::envelopes::{
    batch_operations, cloudtrail, eventbridge, failed, firehose, gateway, job, kinesis, notification, queue, s3, sns,
};
use crate::images::Numbers;

/// Letters of keys: those that mean something where keys are encoded, and some of more bytes.
const LETTERS: [char; 20] = [
    'a', 'Z', '0', '/', ' ', '+', '%', '&', '=', '?', '#', '"', '\\', '\u{1}', '\u{7f}', 'ä', '写', '\u{ffff}', '😀',
    '.',
];

/// An event of some kind, and the objects of each of its messages, as pairs of bucket and key.
pub fn event(numbers: &mut Numbers) -> (Value, Vec<Vec<(String, String)>>) {
    let count = 1 + numbers.below(6);
    let mut objects: Vec<_> = (0..count).map(|_| object(numbers)).collect();
    let made: Vec<_> = objects.iter().map(|object| message(numbers, object)).collect();
    let mut identified: Vec<_> =
        made.into_iter().enumerate().map(|(place, made)| (format!("{}", 100 + place), made)).collect();
    let event = match numbers.below(8) {
        0 => queue(&identified),
        1 => kinesis(&identified),
        2 => firehose(&identified),
        3 => sns(&identified),
        4 => {
            let version = ["1.0", "2.0"][numbers.below(2)];
            let task =
                |(place, (bucket, key)): (usize, &(String, String))| (format!("t{place}"), bucket.clone(), key.clone());
            batch_operations(version, &objects.iter().enumerate().map(task).collect::<Vec<_>>())
        }
        kind => {
            objects.truncate(1);
            let (id, made) = identified.swap_remove(0);
            // A text that is in no envelope is no event.
            if kind == 5 { made } else { gateway(["1.0", "2.0"][kind % 2], &id, &made) }
        }
    };
    (event, objects.into_iter().map(|object| vec![object]).collect())
}

fn object(numbers: &mut Numbers) -> (String, String) {
    let length = 1 + numbers.below(12);
    (format!("bucket-{}", numbers.below(5)), (0..length).map(|_| LETTERS[numbers.below(LETTERS.len())]).collect())
}

/// A message about an object, in up to two more envelopes: as deep as anything is read.
fn message(numbers: &mut Numbers, (bucket, key): &(String, String)) -> Value {
    let mut made = match numbers.below(4) {
        0 => job(bucket, key),
        1 => s3(bucket, key),
        2 => eventbridge("e", bucket, key),
        _ => cloudtrail("c", bucket, key),
    };
    for _ in 0..numbers.below(3) {
        let one = [("7".to_owned(), made.clone())];
        made = match numbers.below(6) {
            0 => notification("n", &made),
            1 => failed(&made),
            2 => sns(&one),
            3 => queue(&one),
            4 => kinesis(&one),
            _ => json!({ "version": "0", "id": "o", "detail-type": "own", "source": "own", "detail": made }),
        };
        if made.pointer("/Records/0/messageId").is_some() || made.pointer("/Records/0/kinesis").is_some() {
            // As a message of its own it would be a batch that has to be answered.
            made = failed(&made);
        }
    }
    made
}
