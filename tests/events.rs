//! Whatever arrives is read: events as AWS and local stacks send them, and anything else.

use sandpress_pipeline::event::{Event, Source, changes};
use sandpress_tests::{
    events::{check, corpus::corpus, mutate, nest},
    images::Numbers,
};
use serde_json::{Value, json};

/// Events that are tried in a test that runs with every change.
const SOME: u64 = 20_000;

#[test]
fn every_event_of_the_corpus_is_read_as_it_says() {
    let cases = corpus();
    assert!(cases.len() > 50, "{} cases", cases.len());
    for case in cases {
        let read = Event::read(&case.event).unwrap_or_else(|error| panic!("{}: {error}", case.name));
        assert_eq!(format!("{:?}", read.source), case.source, "{}", case.name);
        assert_eq!(read.messages.len(), case.messages.len(), "{}", case.name);
        for message in read.messages {
            let expected = case.messages.get(&message.id).or_else(|| case.messages.get("*"));
            let expected = expected.unwrap_or_else(|| panic!("{}: nobody expects {}", case.name, message.id));
            match (&message.changes, expected) {
                (Ok(changes), Value::Array(_)) => {
                    let found: Vec<_> = changes.iter().map(|change| json!([change.bucket, change.key])).collect();
                    assert_eq!(Value::from(found), *expected, "{}", case.name);
                }
                (Err(error), Value::String(part)) => {
                    assert!(error.to_string().contains(part), "{}: {error}", case.name)
                }
                (found, _) => panic!("{}: {found:?}, and not {expected}", case.name),
            }
            // A dead letter that is sent to a queue tells of the same.
            assert_eq!(changes(&message.body), message.changes, "{}", case.name);
        }
        assert_eq!(check(&case.event), Ok(()), "{}", case.name);
    }
}

#[test]
fn every_object_is_found_in_whichever_envelopes_it_is() {
    let mut seen = [0; 6];
    for seed in 0..SOME {
        let (event, expected) = nest::event(&mut Numbers::from_seed(seed));
        let read = Event::read(&event).unwrap_or_else(|error| panic!("seed {seed}: {error}: {event}"));
        let found = read.messages.into_iter().map(|message| {
            let changes = message.changes.unwrap_or_else(|error| panic!("seed {seed}: {error}: {event}"));
            changes.into_iter().map(|change| (change.bucket.to_string(), change.key.to_string())).collect::<Vec<_>>()
        });
        assert_eq!(found.collect::<Vec<_>>(), expected, "seed {seed}: {event}");
        assert_eq!(check(&event), Ok(()), "seed {seed}: {event}");
        let sources = [
            Source::Queue,
            Source::Kinesis,
            Source::Firehose,
            Source::BatchOperations,
            Source::Gateway,
            Source::Asynchronous,
        ];
        seen[sources.iter().position(|source| *source == read.source).unwrap_or_default()] += 1;
    }
    assert!(seen.iter().all(|count| *count > 1000), "every source is tried: {seen:?}");
}

#[test]
fn whatever_else_arrives_is_answered_for_record_by_record() {
    let cases = corpus();
    for seed in 0..SOME {
        let mut numbers = Numbers::from_seed(seed);
        let [from, other] = [(); 2].map(|()| &cases[numbers.below(cases.len())].event);
        let event =
            if seed % 8 == 0 { mutate::anything(&mut numbers, 5) } else { mutate::mutated(from, other, &mut numbers) };
        assert_eq!(check(&event), Ok(()), "seed {seed}: {event}");
    }
}
