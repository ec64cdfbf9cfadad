//! What AWS does when it is not well.

use std::time::Duration;

use sandpress_tests::{
    images,
    lambda::{Answer, Function, Settings},
    mapping,
};
use serde_json::json;
use tokio::net::TcpListener;

use crate::{Pipeline, SHIPPED, pictures};

/// A service that takes every connection and never says anything.
struct Silent {
    endpoint: String,
    task: tokio::task::JoinHandle<()>,
}

impl Silent {
    async fn new() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port of the loopback interface");
        let endpoint = format!("http://{}", listener.local_addr().expect("a bound socket has an address"));
        let task = tokio::spawn(async move {
            let mut connections = Vec::new();
            while let Ok(connection) = listener.accept().await {
                connections.push(connection);
            }
        });
        Self { endpoint, task }
    }

    /// The function of a pipeline, with this in the place of a service, and little time.
    fn function(&self, pipeline: &Pipeline, service: &str) -> Function {
        let mut settings = Settings { timeout: Duration::from_secs(5), ..Settings::new(&pipeline.site, SHIPPED) };
        settings.environment.push((format!("AWS_ENDPOINT_URL_{service}"), self.endpoint.clone()));
        Function::new(settings)
    }
}

impl Drop for Silent {
    fn drop(&mut self) {
        self.task.abort();
    }
}

#[tokio::test]
async fn a_store_that_never_answers_fails_the_messages_and_not_the_function() {
    let (pipeline, silent) = (Pipeline::new(SHIPPED).await, Silent::new().await);
    for number in 0..6 {
        pipeline.site.upload(&format!("{number}.jpg"), pictures::photo(number, 64, 48)).await;
    }
    pipeline.site.wait_for(6).await;
    let delivery = mapping::deliver(&pipeline.site, &silent.function(&pipeline, "S3")).await;
    assert!(matches!(delivery.answer, Answer::Response(_)), "{:?}", delivery.answer);
    assert_eq!((delivery.done.len(), delivery.returned.len()), (0, 6));

    pipeline.complete(6).await;
    assert_eq!(pipeline.site.renditions().await.len(), 6);
}

#[tokio::test]
async fn a_dead_letter_queue_that_never_answers_fails_only_the_messages_that_need_it() {
    let (pipeline, silent) = (Pipeline::new(SHIPPED).await, Silent::new().await);
    for number in 0..4 {
        pipeline.site.upload(&format!("{number}.jpg"), pictures::photo(number, 64, 48)).await;
    }
    for key in ["a.jpg", "b.jpg"] {
        pipeline.site.upload(key, images::image("text.jpg")).await;
    }
    pipeline.site.wait_for(6).await;
    let delivery = mapping::deliver(&pipeline.site, &silent.function(&pipeline, "SQS")).await;
    assert!(matches!(delivery.answer, Answer::Response(_)), "{:?}", delivery.answer);
    assert_eq!((delivery.done.len(), delivery.returned.len()), (4, 2));

    pipeline.complete(2).await;
    assert_eq!(pipeline.site.take_dead_letters().await.len(), 2);
}

#[tokio::test]
async fn an_event_that_cannot_be_answered_is_an_error_and_the_next_one_is_served() {
    let pipeline = Pipeline::new(SHIPPED).await;
    for event in
        [json!("hello"), json!({ "Records": [{ "messageId": "" }] }), json!({ "Records": [{ "eventName": "MODIFY" }] })]
    {
        let answer = pipeline.function.invoke(event.clone()).await;
        let is_told = |error: &str| error.contains("not an event that Sandpress understands");
        assert!(matches!(&answer, Answer::Error(error) if is_told(error)), "{event}: {answer:?}");
    }
    pipeline.site.upload("photo.jpg", pictures::photo(1, 64, 48)).await;
    pipeline.complete(1).await;
}
