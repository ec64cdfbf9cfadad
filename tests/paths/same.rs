//! Whichever path events take, in whichever order and however often: the destination is the same.

use std::{collections::BTreeMap, env, time::Instant};

use sandpress_tests::{
    images::Numbers,
    lambda::{Function, Settings},
    photo::photo,
};

use crate::path::{PATHS, Told};

/// The policy that is deployed.
const SHIPPED: &str = include_str!("../../deploy/sandpress.toml");

/// Objects that are enough for a test that runs with every change.
const SOME: u16 = 200;

#[tokio::test]
async fn the_same_objects_end_in_the_same_destination_by_every_path() {
    let count = if env::var("SANDPRESS_PATHS").is_ok_and(|which| which == "all") { 1000 } else { SOME };
    let objects: Vec<_> = (0..count)
        .map(|number| (format!("album {}/Bild #{number} +ä.jpg", number % 7), photo(number, 24, 16)))
        .collect();
    let mut first: Option<BTreeMap<_, _>> = None;
    for (seed, path) in (1..).zip(&PATHS) {
        let began = Instant::now();
        let mut numbers = Numbers::from_seed(seed);
        let mut shuffled = objects.clone();
        // Every fourth comes twice.
        shuffled.extend((0..objects.len() / 4).map(|_| objects[numbers.below(objects.len())].clone()));
        for place in (1..shuffled.len()).rev() {
            shuffled.swap(place, numbers.below(place + 1));
        }
        let site = path.site().await;
        let function = Function::new(Settings::new(&site, SHIPPED));
        let delivered = path.deliver(&site, &function, &shuffled).await;
        assert!(delivered.told.values().all(|told| *told == Told::Done), "{}: {delivered:?}", path.name);
        assert_eq!(function.outcomes("made").len(), objects.len(), "{}: each is made once", path.name);

        let here = site.renditions().await.into_iter();
        let here: BTreeMap<_, _> =
            here.map(|(key, one)| (key, (one.bytes, one.content_type, one.cache_control))).collect();
        assert_eq!(here.len(), objects.len(), "{}", path.name);
        assert!(site.take_dead_letters().await.is_empty(), "{}", path.name);
        assert!(first.get_or_insert_with(|| here.clone()) == &here, "{}: not as by {}", path.name, PATHS[0].name);
        println!("{:<43} {} objects in {:.1?}", path.name, here.len(), began.elapsed());
    }
}
