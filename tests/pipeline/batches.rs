//! A batch is ten messages that have nothing to do with each other, and a process that may end at any time.

use std::{collections::BTreeMap, time::Duration};

use sandpress_tests::{
    aws::Stored,
    images,
    lambda::{Answer, Function, Settings},
    mapping,
};

use crate::{Pipeline, SHIPPED, WEB, pictures, policy};

#[tokio::test]
async fn one_corrupt_image_among_ten_costs_one_dead_letter_and_nothing_else() {
    let pipeline = Pipeline::new(SHIPPED).await;
    for number in 0..9 {
        pipeline.site.upload(&format!("good-{number}.jpg"), pictures::photo(number, 320, 240)).await;
    }
    pipeline.site.upload("corrupt ä.jpg", images::image("truncated.jpg")).await;
    let delivery = pipeline.complete(10).await;

    let renditions = pipeline.site.renditions().await;
    assert_eq!(renditions.len(), 9);
    for number in 0..9 {
        let rendition = &renditions[&format!("good-{number}.jpg")];
        let difference = pictures::difference(rendition, &pictures::photo(number, 320, 240));
        assert!(difference < 8.0, "good-{number}.jpg: {difference}");
    }

    let letters = pipeline.site.take_dead_letters().await;
    assert_eq!(letters.len(), 1, "{letters:#?}");
    assert_eq!(letters[0].attribute("bucket"), pipeline.site.source);
    assert_eq!(letters[0].attribute("key"), "corrupt ä.jpg");
    assert_eq!(letters[0].attribute("reason"), "malformed");
    assert!(letters[0].attribute("detail").len() > 10, "{letters:#?}");
    assert!(delivery.messages.values().any(|body| *body == letters[0].body), "the message as it came: {letters:#?}");

    assert_eq!(pipeline.function.outcomes("made").len(), 9, "nothing is done twice");
    assert_eq!(pipeline.function.outcomes("rejected").len(), 1);
}

#[tokio::test]
async fn a_process_killed_in_the_middle_of_a_batch_loses_nothing() {
    let (undisturbed, killed) = (Pipeline::new(SHIPPED).await, Pipeline::new(SHIPPED).await);
    for number in 0..10 {
        // So large that the process is found at work.
        let photo = pictures::photo(number, 1280, 960);
        for pipeline in [&undisturbed, &killed] {
            pipeline.site.upload(&format!("{number}.jpg"), photo.clone()).await;
        }
    }
    undisturbed.complete(10).await;

    killed.site.wait_for(10).await;
    let (delivery, ()) = tokio::join!(mapping::deliver(&killed.site, &killed.function), async {
        while killed.function.outcomes("made").is_empty() {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        killed.function.kill();
    });
    assert!(matches!(delivery.answer, Answer::Killed), "{delivery:#?}");
    assert_eq!(delivery.returned.len(), 10);
    let told = killed.function.outcomes("made").len();
    let before = killed.site.renditions().await.len();
    assert!(
        told <= before && before < 10,
        "the log tells of {told}, {before} of 10 were there when the process was killed"
    );

    killed.complete(10).await;
    let bytes = |renditions: BTreeMap<String, Stored>| -> BTreeMap<_, _> {
        renditions.into_iter().map(|(key, stored)| (key, stored.bytes)).collect()
    };
    assert_eq!(bytes(killed.site.renditions().await), bytes(undisturbed.site.renditions().await));
    // A PUT that was under way may have arrived after we looked.
    let (unchanged, made) =
        (killed.function.outcomes("unchanged").len(), killed.function.outcomes("made").len() - told);
    assert!(unchanged >= before && unchanged + made == 10, "{before} were there; {unchanged} unchanged, {made} made");
    assert!(killed.site.take_dead_letters().await.is_empty());
}

#[tokio::test]
async fn what_cannot_begin_before_the_deadline_comes_back() {
    let pipeline = Pipeline::new(SHIPPED).await;
    for number in 0..10 {
        pipeline.site.upload(&format!("{number}.jpg"), pictures::photo(number, 64, 48)).await;
    }
    // Less than the shortest time that work is begun with.
    let hasty = Function::new(Settings { timeout: Duration::from_secs(3), ..Settings::new(&pipeline.site, SHIPPED) });
    pipeline.site.wait_for(10).await;
    let delivery = mapping::deliver(&pipeline.site, &hasty).await;
    assert!(matches!(delivery.answer, Answer::Response(_)), "{delivery:#?}");
    assert_eq!((delivery.done.len(), delivery.returned.len()), (0, 10), "{delivery:#?}");
    assert_eq!(hasty.outcomes("failed").len(), 10);
    assert!(pipeline.site.renditions().await.is_empty());

    pipeline.complete(10).await;
    assert_eq!(pipeline.site.renditions().await.len(), 10);
    assert!(pipeline.site.take_dead_letters().await.is_empty());
}

#[tokio::test]
async fn a_batch_too_long_for_its_time_is_answered_in_time_and_ends_in_parts() {
    // So small that each photo is encoded eight times.
    let policy = policy(&format!("{WEB}max-width = 1600\nmax-bytes = 40000\n"));
    let pipeline = Pipeline::new(&policy).await;
    let photo = images::image("photo.jpg");
    for number in 0..10 {
        pipeline.site.upload(&format!("{number}.jpg"), photo.clone()).await;
    }
    // There are lanes for six of them, and no time to begin with all the others when the first ones are done.
    let timeout = Duration::from_millis(3700);
    let short = Function::new(Settings { timeout, ..Settings::new(&pipeline.site, policy) });
    pipeline.site.wait_for(10).await;
    let delivery = mapping::deliver(&pipeline.site, &short).await;
    assert!(matches!(delivery.answer, Answer::Response(_)), "{delivery:#?}");
    // All of them, where the machine has much else to do.
    assert!(!delivery.returned.is_empty(), "{delivery:#?}");
    assert_eq!(delivery.done.len(), short.outcomes("made").len());
    assert_eq!(delivery.done.len() + delivery.returned.len(), 10);

    mapping::drain(&pipeline.site, &pipeline.function).await;
    assert_eq!(pipeline.site.renditions().await.len(), 10);
    assert!(pipeline.site.take_dead_letters().await.is_empty());
}

#[tokio::test]
async fn what_always_fails_ends_in_the_dead_letter_queue() {
    let pipeline = Pipeline::new(SHIPPED).await;
    // No such bucket: nothing about the image, and nothing that passes.
    pipeline.site.s3.delete_bucket().bucket(&pipeline.site.destination).send().await.expect("DeleteBucket");
    pipeline.site.upload("photo.jpg", pictures::photo(1, 64, 48)).await;
    pipeline.site.wait_for(1).await;
    let deliveries = mapping::drain(&pipeline.site, &pipeline.function).await;

    assert_eq!(deliveries.len(), 5, "as many as the queue's redrive policy says");
    assert!(
        deliveries.iter().all(|delivery| delivery.done.is_empty() && delivery.failure.is_none()),
        "{deliveries:#?}"
    );
    let lines = pipeline.function.outcomes("failed");
    assert!(lines.iter().all(|line| line["detail"].to_string().contains("bucket")), "{lines:#?}");
    // Loud, once.
    let levels: Vec<_> = lines.iter().map(|line| line["level"].as_str().unwrap_or_default()).collect();
    assert_eq!(levels, ["ERROR", "WARN", "WARN", "WARN", "WARN"]);
    assert_eq!(pipeline.site.take_dead_letters().await.len(), 1);
}
