//! Changes events: in their values, and in the texts and the bytes that hold further ones.

use serde_json::{Map, Value, json};

use super::envelopes::base64;
use crate::images::Numbers;

/// Names that readers look for.
const NAMES: [&str; 34] = [
    "Records",
    "records",
    "tasks",
    "messageId",
    "body",
    "attributes",
    "eventSourceARN",
    "kinesis",
    "data",
    "sequenceNumber",
    "recordId",
    "Sns",
    "Message",
    "Type",
    "MessageId",
    "s3",
    "bucket",
    "name",
    "object",
    "key",
    "Event",
    "detail",
    "detail-type",
    "eventSource",
    "eventName",
    "requestParameters",
    "bucketName",
    "resources",
    "taskId",
    "s3Key",
    "invocationSchemaVersion",
    "requestContext",
    "requestPayload",
    "httpMethod",
];

/// An event with some things changed; `other` lends parts.
pub fn mutated(event: &Value, other: &Value, numbers: &mut Numbers) -> Value {
    let mut event = event.clone();
    for _ in 0..1 + numbers.below(4) {
        let count = size(&event);
        change(&mut event, numbers.below(count), other, numbers);
    }
    event
}

/// Any JSON, of a few levels.
pub fn anything(numbers: &mut Numbers, depth: usize) -> Value {
    let count = numbers.below(4);
    match numbers.below(if depth == 0 { 6 } else { 8 }) {
        0 => Value::Null,
        1 => Value::Bool(numbers.below(2) == 0),
        2 => json!(numbers.below(1 << 20)),
        3 => json!(-1.5e300),
        4 => text(numbers).into(),
        5 => NAMES[numbers.below(NAMES.len())].into(),
        6 => (0..count).map(|_| anything(numbers, depth - 1)).collect(),
        _ => {
            let field =
                |numbers: &mut Numbers| (NAMES[numbers.below(NAMES.len())].to_owned(), anything(numbers, depth - 1));
            Value::Object((0..=count).map(|_| field(numbers)).collect::<Map<_, _>>())
        }
    }
}

/// Texts that are something to one reader or another.
fn text(numbers: &mut Numbers) -> String {
    let bytes = numbers.below(12);
    let bytes = numbers.bytes(bytes);
    match numbers.below(9) {
        0 => String::new(),
        1 => String::from_utf8_lossy(&bytes).into_owned(),
        2 => base64(&bytes),
        3 => "s3:TestEvent".to_owned(),
        4 => "Notification".to_owned(),
        5 => "s3.amazonaws.com".to_owned(),
        6 => "arn:aws:s3:::bucket/key".to_owned(),
        7 => "%FF%".to_owned(),
        _ => format!("{}{}", "[".repeat(200), "]".repeat(200)),
    }
}

/// How many values there are, with those inside of values.
fn size(value: &Value) -> usize {
    1 + match value {
        Value::Array(all) => all.iter().map(size).sum::<usize>(),
        Value::Object(all) => all.values().map(size).sum::<usize>(),
        _ => 0,
    }
}

/// Changes the value that stands at this place, counted from the outside.
fn change(value: &mut Value, place: usize, other: &Value, numbers: &mut Numbers) {
    if place == 0 {
        return change_here(value, other, numbers);
    }
    let mut place = place - 1;
    let inner: Vec<&mut Value> = match value {
        Value::Array(all) => all.iter_mut().collect(),
        Value::Object(all) => all.values_mut().collect(),
        _ => Vec::new(),
    };
    for value in inner {
        let size = size(value);
        if place < size {
            return change(value, place, other, numbers);
        }
        place -= size;
    }
}

fn change_here(value: &mut Value, other: &Value, numbers: &mut Numbers) {
    match value {
        // In a text there may be a whole event.
        Value::String(inner) if numbers.below(2) == 0 => {
            *inner = match serde_json::from_str::<Value>(inner) {
                Ok(event @ (Value::Object(_) | Value::Array(_))) => mutated(&event, other, numbers).to_string(),
                _ => cut(inner, numbers),
            };
        }
        Value::Array(all) if !all.is_empty() && numbers.below(3) != 0 => {
            let place = numbers.below(all.len());
            match numbers.below(3) {
                0 => drop(all.remove(place)),
                1 => all.push(all[place].clone()),
                _ => all.insert(place, anything(numbers, 2)),
            }
        }
        Value::Object(all) if numbers.below(3) != 0 => {
            let name = all.keys().nth(numbers.below(all.len().max(1))).cloned().unwrap_or_default();
            let taken = all.remove(&name);
            if numbers.below(2) == 0 {
                let name = NAMES[numbers.below(NAMES.len())].to_owned();
                all.insert(name, taken.unwrap_or_else(|| anything(numbers, 2)));
            }
        }
        value => *value = if numbers.below(3) == 0 { other.clone() } else { anything(numbers, 3) },
    }
}

/// A text with a part left out, twice or turned.
fn cut(text: &str, numbers: &mut Numbers) -> String {
    let letters: Vec<char> = text.chars().collect();
    let [from, to] = [(); 2].map(|()| numbers.below(letters.len() + 1));
    let (from, to) = (from.min(to), from.max(to));
    let part: String = letters[from..to].iter().collect();
    let [before, after]: [String; 2] = [letters[..from].iter().collect(), letters[to..].iter().collect()];
    match numbers.below(3) {
        0 => before + &after,
        1 => before + &part + &part + &after,
        _ => before + "\u{0}%\u{ffff}" + &after,
    }
}
