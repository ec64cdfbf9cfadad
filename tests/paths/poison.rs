//! A good object, one that is rejected, one that fails and one that comes twice: what each path is told, and where the failure ends up.

use std::io::Write as _;

use sandpress_pipeline::event::changes;
use sandpress_tests::{
    aws::Site,
    components,
    lambda::{Function, Settings},
    mapping,
};

use crate::path::{PATHS, Path, Told};

/// A policy for encoders that do what their input says.
const POLICY: &str = "
    [source]\nbucket = \"${SANDPRESS_SOURCE_BUCKET}\"
    [destination]\nbucket = \"${SANDPRESS_DESTINATION_BUCKET}\"
    [dead-letters]\nqueue-url = \"${SANDPRESS_DEAD_LETTER_QUEUE_URL}\"
    [[rendition]]\nname = \"web\"\nformat = \"image/png\"
";

const HONEST: &str = "an honest picture";

fn function(site: &Site) -> Function {
    let mut settings = Settings::new(site, POLICY);
    let encoders = components::target().join("misbehaving/native");
    settings.environment.push(("SANDPRESS_ENCODERS".to_owned(), encoders.display().to_string()));
    Function::new(settings)
}

#[tokio::test]
async fn every_path_delivers_and_fails_as_documented() {
    let mut table = format!("\n{:<43} {:<10} {:<55} {}\n", "path", "delivered", "failed as documented", "by");
    for path in &PATHS {
        let delivered = try_path(path).await;
        table += &format!("{:<43} {delivered:<10} {:<55} {}\n", path.name, path.keeps(), path.stack);
    }
    // Seen when nothing fails, too: the test harness keeps what is printed.
    std::io::stdout().write_all(table.as_bytes()).expect("standard output");
}

/// How many of how many are there in the end.
async fn try_path(path: &Path) -> String {
    let name = path.name;
    let site = path.site().await;
    let function = function(&site);
    let objects = [
        ("good +ä.png", HONEST),
        ("bad 1.png", "error: malformed"),
        ("good +ä.png", HONEST),
        ("trap.png", "panic"),
        ("bad 2.png", "error: unsupported"),
        ("last.png", HONEST),
    ];
    let objects = objects.map(|(key, content)| (key.to_owned(), content.as_bytes().to_vec()));
    let delivered = path.deliver(&site, &function, &objects).await;

    let keys = async || site.renditions().await.into_keys().collect::<Vec<_>>();
    assert_eq!(keys().await, ["good +ä.png", "last.png"], "{name}: {:#?}", function.log());
    assert_eq!(function.outcomes("made").len(), 2, "{name}: nothing is made twice");
    let rejected = path.rejected();
    let expected = [
        ("bad 1.png", rejected),
        ("bad 2.png", rejected),
        ("good +ä.png", Told::Done),
        ("last.png", Told::Done),
        ("trap.png", Told::Failed),
    ];
    assert_eq!(delivered.told, expected.map(|(key, told)| (key.to_owned(), told)).into(), "{name}");

    // One letter for each that is rejected, and what the queue itself gave up.
    let mut letters = site.take_dead_letters().await;
    letters.retain(|letter| !letter.attributes.is_empty());
    letters.sort_by(|a, b| a.attribute("key").cmp(b.attribute("key")));
    let reasons: Vec<_> = letters.iter().map(|letter| (letter.attribute("key"), letter.attribute("reason"))).collect();
    assert_eq!(reasons, [("bad 1.png", "malformed"), ("bad 2.png", "unsupported")], "{name}");

    // All of it, sent to a queue when what was wrong is mended, is done.
    let mended = Site { queue: Site::quiet().await.queue, ..site.clone() };
    for key in ["trap.png", "bad 1.png", "bad 2.png"] {
        site.upload(key, HONEST).await;
    }
    assert_eq!(delivered.left.len(), 1, "{name}: {delivered:?}");
    for body in letters.iter().map(|letter| &letter.body).chain(&delivered.left) {
        assert_eq!(changes(body).expect("a message that is understood").len(), 1, "{name}: {body}");
        mended.send(body).await;
    }
    for delivery in mapping::drain(&mended, &function).await {
        assert_eq!(delivery.returned, [""; 0], "{name}: {delivery:#?}");
    }
    let made = keys().await;
    assert_eq!(made, ["bad 1.png", "bad 2.png", "good +ä.png", "last.png", "trap.png"], "{name}");

    assert_ne!(path.unreadable(&site, &function).await, Some(false), "{name}");
    format!("{} of 5", made.len())
}
