//! What a catalog costs where nothing changes: one conditional request for each time to live.

use std::{
    fs,
    sync::{Arc, Mutex},
    time::{Duration, Instant},
};

use sandpress_catalog::{Expected, Found, Live, Pending, Remote, SIGNED, Shelf, Version, native_file};
use sandpress_pipeline::{Bucket, BucketShelf, Store};
use sandpress_tests::{
    aws::Site,
    components,
    releases::{Signer, releases, serving, shelf},
};

const TIME_TO_LIVE: Duration = Duration::from_millis(250);

/// Writes down what is asked of a shelf.
#[derive(Debug)]
struct Watched {
    shelf: BucketShelf,
    asked: Mutex<Vec<(String, bool)>>,
}

impl Shelf for Watched {
    fn get<'a>(&'a self, name: &'a str, known: Option<&'a Version>, most: u64) -> Pending<'a, Found> {
        Box::pin(async move {
            let found = self.shelf.get(name, known, most).await;
            let is_same = matches!(found, Ok(Found::Same));
            self.asked.lock().expect("nobody panics with it").push((name.to_owned(), is_same));
            found
        })
    }

    fn put<'a>(&'a self, name: &'a str, bytes: Vec<u8>, expected: &'a Expected) -> Pending<'a, ()> {
        self.shelf.put(name, bytes, expected)
    }

    fn place(&self, name: &str) -> String {
        self.shelf.place(name)
    }
}

#[tokio::test]
async fn a_catalog_that_does_not_change_is_asked_for_once_in_its_time_to_live() {
    let site = Site::silent().await;
    let (document, good, _) = releases();
    let (files, signer) = (shelf(&document), Signer::new());
    let bucket = Bucket::new(&site.destination).expect("a bucket");
    let shelf = BucketShelf::new(Store::new(site.s3.clone()), bucket, "catalog/");
    let native = native_file(document.releases[&good].native[0].digest);
    let code = fs::read(files.path().join(&native)).expect("it is there");
    shelf.put(&native, code, &Expected::Nothing).await.expect("PutObject");
    let signed = signer.sign(&serving(&document, good, 1).to_json());
    shelf.put(SIGNED, signed, &Expected::Nothing).await.expect("PutObject");

    let watched = Arc::new(Watched { shelf, asked: Mutex::default() });
    let mut remote = Remote::new(Arc::<Watched>::clone(&watched), signer.keys());
    remote.time_to_live = TIME_TO_LIVE;
    let live = Live::start(components::engine(), remote, None, Box::new(|_| {})).await.expect("nothing is wrong");
    let take = || std::mem::take(&mut *watched.asked.lock().expect("nobody panics with it"));
    assert_eq!(take(), [(SIGNED.to_owned(), false), (native, false)], "at first");

    let (began, mut calls) = (Instant::now(), 0);
    while began.elapsed() < 8 * TIME_TO_LIVE {
        live.refresh().await;
        calls += 1;
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
    let (asked, times) = (take(), began.elapsed().as_secs_f64() / TIME_TO_LIVE.as_secs_f64());
    println!("{} requests by {calls} calls in {times:.1} times to live", asked.len());
    assert!(asked.iter().all(|(name, is_same)| name == SIGNED && *is_same), "each is answered by 304: {asked:?}");
    assert!(!asked.is_empty() && asked.len() as f64 <= times, "{} in {times:.1}", asked.len());
    assert!(calls > 10 * asked.len(), "it was asked for often");
}
