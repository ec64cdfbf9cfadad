//! Large pictures in a process that has little memory.

use std::time::Duration;

use sandpress_tests::lambda::{Function, Settings};

use crate::{Pipeline, SHIPPED, pictures};

#[tokio::test]
async fn ten_pictures_of_50_megapixels_in_one_batch_fit_into_2_gigabytes() {
    let pipeline = Pipeline::new(SHIPPED).await;
    let site = &pipeline.site;
    let photo = pictures::jpeg(1, 8192, 6144, 60);
    for number in 0..10 {
        site.upload(&format!("{number}.jpg"), photo.clone()).await;
    }
    // The limit is the system's, and on memory that can be written: of the addresses that the sandbox reserves most are never used. A
    // process that takes more dies.
    let launcher = ["/bin/sh", "-c", "ulimit -d 2097152 && exec \"$0\""];
    let settings = Settings {
        memory: 2048,
        launcher: launcher.map(str::to_owned).into(),
        timeout: Duration::from_secs(600),
        ..Settings::new(site, SHIPPED)
    };
    let pipeline = Pipeline { function: Function::new(settings), ..pipeline };
    pipeline.complete(10).await;
    assert_eq!(pipeline.site.renditions().await.len(), 10);
    let made = pipeline.function.outcomes("made");
    assert_eq!(made.len(), 10);
    let together: f64 = made.iter().map(|line| line["peakMemory"].as_f64().unwrap_or_default()).sum();
    assert!(together > f64::from(2048 << 20), "all of them at once would not have fitted: {together}");
}
