//! In a FIFO queue the messages of a group have an order.

use std::collections::BTreeMap;

use sandpress_tests::{
    aws::{Site, notification},
    components, images,
    lambda::{Function, Settings},
    mapping,
};

use crate::{Pipeline, SHIPPED, WEB, pictures, policy};

/// The keys of the lines about objects with this outcome, in their order.
fn keys(function: &Function, outcome: &str) -> Vec<String> {
    function.outcomes(outcome).iter().map(|line| line["key"].as_str().expect("a key").to_owned()).collect()
}

#[tokio::test]
async fn a_poisoned_message_stops_its_group_and_no_other() {
    let site = Site::fifo().await;
    let mut settings = Settings::new(&site, policy(&format!("{WEB}format = \"image/png\"\n")));
    // An encoder that traps when its input says so.
    let encoders = components::target().join("misbehaving/native");
    settings.environment.push(("SANDPRESS_ENCODERS".to_owned(), encoders.display().to_string()));
    let pipeline = Pipeline { function: Function::new(settings), site };
    let (site, function) = (&pipeline.site, &pipeline.function);

    let keys_of = ["a1", "b1", "a2", "c1", "d1", "a3", "e1", "b2", "a4", "c2"];
    for key in keys_of {
        site.upload(key, if key == "a2" { "panic" } else { "an honest picture" }).await;
        site.send_in(&key[..1], &notification(&site.source, key)).await;
    }
    let delivery = pipeline.deliver(10).await;
    let returned: Vec<_> = delivery.returned.iter().map(|id| &delivery.messages[id]).collect();
    let expected = ["a2", "a3", "a4"].map(|key| notification(&site.source, key));
    assert_eq!(returned, expected.iter().collect::<Vec<_>>());
    let made = site.renditions().await.into_keys().collect::<Vec<_>>();
    assert_eq!(made, ["a1", "b1", "b2", "c1", "c2", "d1", "e1"]);
    assert_eq!(keys(function, "failed"), ["a2"], "what follows is not even tried");

    // It fails until the queue gives up, and keeps the others of its group behind it.
    mapping::drain(site, function).await;
    assert_eq!(keys(function, "failed"), ["a2"; 5]);
    let letters = site.take_dead_letters().await;
    assert_eq!(letters.iter().map(|letter| &letter.body).collect::<Vec<_>>(), expected.iter().collect::<Vec<_>>());

    site.upload("a2", "an honest picture").await;
    for letter in letters {
        site.send_in(letter.group.as_deref().expect("a group"), &letter.body).await;
    }
    pipeline.complete(3).await;
    assert_eq!(site.renditions().await.len(), 10);
    let made = keys(function, "made");
    let of_the_group: Vec<_> = made.iter().filter(|key| key.starts_with('a')).collect();
    assert_eq!(of_the_group, ["a1", "a2", "a3", "a4"], "in their order");
}

#[tokio::test]
async fn a_rejected_message_is_done_and_its_group_goes_on() {
    let site = Site::fifo().await;
    let pipeline = Pipeline { function: Function::new(Settings::new(&site, SHIPPED)), site };
    let site = &pipeline.site;
    let sources = BTreeMap::from([
        ("1.jpg", pictures::photo(1, 64, 48)),
        ("2.jpg", images::image("text.jpg")),
        ("3.jpg", pictures::photo(3, 64, 48)),
    ]);
    for (key, bytes) in sources {
        site.upload(key, bytes).await;
    }
    for key in ["1.jpg", "2.jpg", "1.jpg", "3.jpg"] {
        site.send_in("a", &notification(&site.source, key)).await;
    }
    pipeline.complete(4).await;
    assert_eq!(site.renditions().await.into_keys().collect::<Vec<_>>(), ["1.jpg", "3.jpg"]);
    assert_eq!(keys(&pipeline.function, "made"), ["1.jpg", "3.jpg"], "an object that two messages name is made once");
    let letters = site.take_dead_letters().await;
    assert_eq!(letters.len(), 1, "{letters:#?}");
    assert_eq!((letters[0].attribute("key"), letters[0].group.as_deref()), ("2.jpg", Some("a")));
}
