//! `--outdated` leaves out what is up to date.

use sandpress_tests::{aws::Site, images, lambda::Settings, worker::Worker};
use serde_json::json;

use crate::{Backfill, POLICY};

#[tokio::test]
async fn what_is_up_to_date_is_left_out_until_the_recipe_changes() {
    let site = Site::new().await;
    for key in ["in/a.jpg", "in/b.jpg", "in/c.jpg"] {
        site.upload(key, images::image("greyscale.jpg")).await;
    }
    site.wait_for(3).await;
    let mut worker = Worker::start(&site, &Settings::new(&site, POLICY), &["--until-empty"]);
    assert!(worker.ended().await.success(), "{}", worker.errors());
    // Another version of one, a rendition less of another, and one that is new.
    site.upload("in/a.jpg", images::image("progressive.jpg")).await;
    site.s3.delete_object().bucket(&site.destination).key("small/b.jpg").send().await.expect("DeleteObject");
    site.upload("in/d.jpg", images::image("greyscale.jpg")).await;
    site.wait_for(2).await;
    let backfill = Backfill::new(site);
    backfill.site.take_messages().await;

    let source = backfill.source("");
    let report = backfill.report(&[&source, "--outdated"]).await;
    assert_eq!(backfill.take().await, ["in/a.jpg", "in/b.jpg", "in/d.jpg"]);
    assert_eq!((&report["up-to-date"], &report["wanted"]), (&json!(1), &json!(4)), "{report}");

    backfill.write("sandpress.toml", POLICY.replace("max-width = 64", "max-width = 32"));
    backfill.report(&[&source, "--outdated"]).await;
    assert_eq!(backfill.take().await, ["in/a.jpg", "in/b.jpg", "in/c.jpg", "in/d.jpg"]);
}
