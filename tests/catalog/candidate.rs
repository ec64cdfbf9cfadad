//! A candidate that fails where the release in service does not: no image is lost by it, and it is taken out of traffic.

use std::collections::BTreeMap;

use sandpress_catalog::{Candidate, Document};
use sandpress_sandbox::{Digest, MediaType};
use sandpress_tests::{
    aws::Site,
    images,
    lambda::{Function, Settings},
    mapping,
    releases::{Signer, put, releases, serving, shelf},
};

const POLICY: &str = "
    [source]\nbucket = \"${SANDPRESS_SOURCE_BUCKET}\"
    [destination]\nbucket = \"${SANDPRESS_DESTINATION_BUCKET}\"
    [dead-letters]\nqueue-url = \"${SANDPRESS_DEAD_LETTER_QUEUE_URL}\"
    [[rendition]]\nname = \"web\"\nmax-width = 32
";

/// A document in which the release that makes one pixel of everything is on trial, with all of the traffic.
fn on_trial() -> (Document, Digest, Digest) {
    let (document, good, one_pixel) = releases();
    let mut document = serving(&document, good, 1);
    let service = document.media_types.get_mut(&MediaType::PNG).expect("it serves");
    service.candidate = Some(Candidate { release: one_pixel, percent: 100.0 });
    (document, good, one_pixel)
}

/// A PNG with a text behind its header, which is a comment to all but the one that obeys it.
fn obeyed(task: &str) -> Vec<u8> {
    let picture = images::image("graphic.png");
    images::with_png_text(&picture, "Comment", task)
}

struct Trial {
    site: Site,
    function: Function,
    good: String,
    candidate: String,
    _shelf: tempfile::TempDir,
}

impl Trial {
    async fn new() -> Self {
        let (document, good, candidate) = on_trial();
        let (shelf, signer, site) = (shelf(&document), Signer::new(), Site::new().await);
        put(shelf.path(), &signer.sign(&document.to_json()));
        let mut settings = Settings::new(&site, POLICY);
        let place = shelf.path().display().to_string();
        let variables = [("SANDPRESS_CATALOG", place), ("SANDPRESS_CATALOG_KEY", signer.public())];
        settings.environment.extend(variables.map(|(name, value)| (name.to_owned(), value)));
        let function = Function::new(settings);
        Self { site, function, good: good.to_string(), candidate: candidate.to_string(), _shelf: shelf }
    }

    /// Uploads one object after the other and has each made.
    async fn make(&self, objects: impl IntoIterator<Item = (String, Vec<u8>)>) -> BTreeMap<String, String> {
        for (key, bytes) in objects {
            self.site.upload(&key, bytes).await;
            self.site.wait_for(1).await;
            let delivery = mapping::deliver(&self.site, &self.function).await;
            assert_eq!((delivery.failure, delivery.returned), (None, Vec::new()), "{key}: {:#?}", self.function.log());
        }
        assert_eq!(self.site.take_dead_letters().await.len(), 0, "{:#?}", self.function.log());
        let renditions = self.site.renditions().await.into_iter();
        renditions.map(|(key, stored)| (key, stored.metadata["sandpress-encoder"].clone())).collect()
    }

    fn lines(&self, metric: &str) -> usize {
        self.function.log().iter().filter(|line| line[metric] == 1).count()
    }
}

#[tokio::test]
async fn one_that_traps_on_every_tenth_image_is_taken_out_and_no_image_is_lost() {
    let trial = Trial::new().await;
    let object = |number: u32| {
        let task = if number % 10 == 9 { "please trap" } else { "nothing" };
        (format!("{number:02}.png"), obeyed(task))
    };
    let encoders = trial.make((0..40).map(object)).await;
    assert_eq!(encoders.len(), 40, "each has its rendition");
    for number in 0..40 {
        let by = &encoders[&format!("{number:02}.png")];
        // The third one that it traps on takes it out.
        let expected = if number % 10 == 9 || number > 29 { &trial.good } else { &trial.candidate };
        assert!(by.ends_with(expected), "{number}: {by}");
    }
    assert_eq!(trial.lines("candidateFailedCount"), 3);
    assert_eq!(trial.lines("candidateTakenOutCount"), 1);
}

#[tokio::test]
async fn what_it_rejects_and_the_other_one_does_not_is_its_fault_and_a_bad_image_is_not() {
    let trial = Trial::new().await;
    let objects = (0..6).map(|number| {
        let task = if number % 2 == 0 { "please reject" } else { "nothing" };
        (format!("{number}.png"), obeyed(task))
    });
    let encoders = trial.make(objects).await;
    let by_candidate = encoders.values().filter(|by| by.ends_with(&trial.candidate)).count();
    assert_eq!((encoders.len(), by_candidate), (6, 2), "{encoders:#?}");
    assert_eq!(trial.lines("candidateTakenOutCount"), 1);
    // A new source for each, so that none is the last.
    let trial = Trial::new().await;
    let mut broken = obeyed("please reject");
    broken.truncate(broken.len() / 2);
    for number in 0..4 {
        trial.site.upload(&format!("{number}.png"), broken.clone()).await;
        trial.site.wait_for(1).await;
        let delivery = mapping::deliver(&trial.site, &trial.function).await;
        assert_eq!((delivery.failure, delivery.returned), (None, Vec::new()));
    }
    assert_eq!(trial.site.take_dead_letters().await.len(), 4, "both reject it");
    assert_eq!(trial.lines("candidateTakenOutCount"), 0);
}
