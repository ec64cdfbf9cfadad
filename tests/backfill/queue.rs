//! Queues that keep an order, and queues that do not take everything.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    sync::{Arc, Mutex},
};

use axum::{Json, Router, extract::State, http::StatusCode, response::IntoResponse as _, routing::post};
use sandpress_tests::aws::{Queue, Site};
use serde_json::{Value, json};
use tokio::net::TcpListener;

use crate::{Backfill, said};

#[tokio::test]
async fn in_a_fifo_queue_each_object_is_a_group_and_a_backfill_sends_it_once() {
    let backfill = Backfill::new(Site::fifo().await);
    let keys: Vec<_> = (0..25).map(|number| format!("in/{number:02}.jpg")).collect();
    backfill.site.upload_all(&keys, "1").await;
    let (state, source) = (backfill.path("state.json"), backfill.source(""));
    backfill.report(&[&source, "--state", &state]).await;
    assert_eq!(backfill.take().await, keys, "ten of a group hide those behind them: so no two are of one");

    // As if it had been killed before it could record anything: within five minutes, SQS drops what it has had.
    let mut written: Value = serde_json::from_str(&fs::read_to_string(&state).expect("a state")).expect("JSON");
    let progress = json!({ "seen": 0, "wanted": 0, "current": 0, "announced": 0, "bytes": 0, "last": null });
    written["progress"] = progress;
    written["complete"] = json!(false);
    backfill.write("state.json", written.to_string());
    backfill.report(&[&source, "--state", &state]).await;
    assert_eq!(backfill.take().await, [""; 0]);

    backfill.report(&[&source]).await;
    assert_eq!(backfill.take().await, keys, "another backfill is another one");
}

/// The messages of a SendMessageBatch.
pub(crate) fn entries(body: &str) -> Vec<Value> {
    let batch: Value = serde_json::from_str(body).expect("JSON");
    batch["Entries"].as_array().expect("entries").clone()
}

/// A queue that takes a batch in parts: each message the second time it comes.
async fn reluctant(State(seen): State<Arc<Mutex<BTreeMap<String, u32>>>>, body: String) -> Json<Value> {
    let mut seen = seen.lock().expect("nobody panics with it");
    let (mut successful, mut failed) = (Vec::new(), Vec::new());
    for entry in entries(&body) {
        let times = seen.entry(entry["MessageBody"].to_string()).or_default();
        *times += 1;
        if *times == 2 {
            successful.push(json!({ "Id": entry["Id"], "MessageId": "1", "MD5OfMessageBody": "1" }));
        } else {
            failed.push(
                json!({ "Id": entry["Id"], "Code": "InternalError", "Message": "try again", "SenderFault": false }),
            );
        }
    }
    Json(json!({ "Successful": successful, "Failed": failed }))
}

/// A queue at an address of its own.
pub(crate) async fn stand_in(router: Router) -> Queue {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port of the loopback interface");
    let url = format!("http://{}/000000000000/queue", listener.local_addr().expect("it is bound"));
    tokio::spawn(async move { axum::serve(listener, router).await });
    Queue { arn: String::new(), url }
}

/// The address of the service that such a queue is of.
pub(crate) fn endpoint(queue: &Queue) -> &str {
    queue.url.trim_end_matches("/000000000000/queue")
}

/// Runs a backfill of 25 objects with another service as SQS.
async fn with(router: Router) -> std::process::Output {
    let site = Site { queue: stand_in(router).await, ..Site::silent().await };
    let backfill = Backfill::new(site);
    let lines: String = (0..25).map(|number| format!("{},in/{number}.jpg\n", backfill.site.source)).collect();
    let manifest = backfill.write("manifest.csv", lines);
    let mut command = backfill.command(&["--manifest", &manifest, "--json"]);
    command.env("AWS_ENDPOINT_URL_SQS", endpoint(&backfill.site.queue)).output().await.expect("the command runs")
}

#[tokio::test]
async fn what_a_queue_does_not_take_is_sent_again_and_what_it_took_is_not() {
    let seen = Arc::new(Mutex::new(BTreeMap::new()));
    let output = with(Router::new().fallback(post(reluctant)).with_state(Arc::clone(&seen))).await;
    assert!(output.status.success(), "{output:?}");
    let seen = seen.lock().expect("nobody panics with it");
    assert_eq!(seen.len(), 25);
    assert_eq!(seen.values().collect::<BTreeSet<_>>(), BTreeSet::from([&2]), "twice each: {seen:#?}");
}

#[tokio::test]
async fn what_a_queue_will_never_take_ends_it() {
    let refuse = |body: String| async move {
        let failed = entries(&body).into_iter().map(|entry| {
            json!({ "Id": entry["Id"], "Code": "InvalidMessageContents", "Message": "not so", "SenderFault": true })
        });
        Json(json!({ "Successful": [], "Failed": failed.collect::<Vec<_>>() }))
    };
    let output = with(Router::new().fallback(post(refuse))).await;
    assert_eq!(output.status.code(), Some(1), "{output:?}");
    assert!(said(&output).contains("InvalidMessageContents: not so"), "{}", said(&output));

    let deny = || async {
        let body = json!({ "__type": "com.amazon.coral.service#AccessDeniedException", "message": "no" });
        (StatusCode::FORBIDDEN, Json(body)).into_response()
    };
    let output = with(Router::new().fallback(post(deny))).await;
    assert_eq!(output.status.code(), Some(1), "{output:?}");
    assert!(said(&output).contains("SendMessageBatch") && said(&output).contains("AccessDenied"), "{}", said(&output));
}
