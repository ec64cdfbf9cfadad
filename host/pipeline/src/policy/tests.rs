use super::*;

const SMALLEST: &str = r#"
    [source]
    bucket = "uploads"
    [destination]
    bucket = "renditions"
    [dead-letters]
    queue-url = "https://sqs.eu-central-1.amazonaws.com/123456789012/dead-letters"
    [[rendition]]
    name = "web"
"#;

fn policy(toml: &str) -> Result<Policy, PolicyError> {
    Policy::from_toml_with(toml, &|name| (name == "BUCKET").then(|| "from-environment".to_owned()))
}

fn error(from: &str, to: &str) -> String {
    let changed = SMALLEST.replacen(from, to, 1);
    assert_ne!(changed, SMALLEST, "{from} is not in the file");
    policy(&changed).unwrap_err().to_string()
}

fn change(bucket: &str, key: &str) -> Change {
    Change { bucket: Bucket::new(bucket).unwrap(), key: ObjectKey::new(key).unwrap() }
}

#[test]
fn the_smallest_policy_keeps_format_and_key() {
    let policy = policy(SMALLEST).unwrap();
    let key = ObjectKey::new("a/b.png").unwrap();
    assert_eq!(policy.destination_key(&policy.renditions[0], &key).unwrap(), key);
    assert_eq!(policy.renditions[0].request(MediaType::PNG), Rendition::new(MediaType::PNG));
    assert!(!policy.verify);
}

#[test]
fn a_look_at_renditions_is_no_part_of_their_recipe() {
    let verifying = policy(&format!("verify = true\n{SMALLEST}")).unwrap();
    assert!(verifying.verify);
    let (with, without) = (&verifying.renditions[0], &policy(SMALLEST).unwrap().renditions[0]);
    assert_eq!(with.request(MediaType::PNG), without.request(MediaType::PNG));
}

#[test]
fn a_rendition_is_worth_what_it_costs_if_it_saves_enough() {
    let most = |entry: &str| {
        let toml = SMALLEST.replace("name = \"web\"", &format!("name = \"web\"\n{entry}"));
        policy(&toml).unwrap().renditions[0].worthwhile(1000)
    };
    for (entry, expected) in
        [("", 950), ("min-savings = 0.2", 800), ("min-savings = 0.0", 999), ("lossless = true\nmin-savings = 0.2", 999)]
    {
        assert_eq!(most(entry), expected, "{entry}");
    }
    assert_eq!(policy(SMALLEST).unwrap().renditions[0].worthwhile(0), 0);
    for nonsense in ["5", "1.0", "-0.1"] {
        let error = error("name = \"web\"", &format!("name = \"web\"\nmin-savings = {nonsense}"));
        assert!(error.contains("min-savings") && error.contains("0.05"), "{error}");
    }
}

#[test]
fn only_objects_in_the_source_are_wanted() {
    let policy = policy(&SMALLEST.replace("bucket = \"uploads\"", "bucket = \"uploads\"\nprefix = \"in/\"")).unwrap();
    for (bucket, key, wanted) in [
        ("uploads", "in/a.jpg", true),
        ("uploads", "in/folder/", false),
        ("uploads", "out/a.jpg", false),
        ("other", "in/a.jpg", false),
    ] {
        assert_eq!(policy.wants(&change(bucket, key)), wanted, "{bucket}/{key}");
    }
}

#[test]
fn templates_take_keys_apart() {
    for (template, key, expected) in [
        ("{key}", "a/b.final.jpg", "out/a/b.final.jpg"),
        ("small/{key}", "b.jpg", "out/small/b.jpg"),
        ("{dir}{name}-800.{ext}", "a/b.final.jpg", "out/a/b.final-800.jpg"),
        ("{dir}{name}.{ext}.{format}", "a/b.png", "out/a/b.png.jpg"),
        ("{name}.{ext}", "noextension", "out/noextension."),
        ("{name}", ".hidden", "out/.hidden"),
        ("{dir}{name}", "a.b/c", "out/a.b/c"),
    ] {
        let expanded = KeyTemplate::parse(template).unwrap().expand("out/", key, Some(&MediaType::JPEG)).unwrap();
        assert_eq!(expanded.as_str(), expected, "{template} of {key}");
    }
}

#[test]
fn environment_variables_complete_texts() {
    let policy = policy(&SMALLEST.replace("\"uploads\"", "\"${BUCKET}-$$\"").replace("$$", "1")).unwrap();
    assert_eq!(policy.source.bucket.as_str(), "from-environment-1");
    assert!(
        error("\"uploads\"", "\"${MISSING}\"").contains("source.bucket: the environment variable MISSING is not set")
    );
    assert!(error("\"uploads\"", "\"${MISSING\"").contains("source.bucket"));
}

#[test]
fn a_destination_that_feeds_the_source_is_refused_and_the_error_says_what_to_change() {
    for (source, destination, refused) in [
        ("", "", true),
        ("", "renditions/", true),
        ("uploads/", "", true),
        ("uploads/", "uploads/", true),
        ("uploads/", "uploads/small/", true),
        ("uploads", "uploads-small/", true),
        ("uploads/", "renditions/", false),
    ] {
        let toml = SMALLEST
            .replace("bucket = \"uploads\"", &format!("bucket = \"one\"\nprefix = \"{source}\""))
            .replace("bucket = \"renditions\"", &format!("bucket = \"one\"\nprefix = \"{destination}\""));
        match policy(&toml) {
            Ok(_) => assert!(!refused, "`{source}` and `{destination}`"),
            Err(error) => {
                assert!(
                    refused && matches!(error, PolicyError::Loop { .. }),
                    "`{source}` and `{destination}`: {error}"
                );
                assert!(error.to_string().contains("Use another bucket"), "{error}");
            }
        }
    }
}

#[test]
fn why_something_is_rejected_is_written_where_the_policy_says() {
    let with =
        |line: &str| policy(&SMALLEST.replace("bucket = \"renditions\"", &format!("bucket = \"renditions\"\n{line}")));
    let key = ObjectKey::new("a/b.png").unwrap();
    let written = |line: &str| with(line).unwrap().rejection_key(&key).map(|key| key.to_string());
    for nowhere in ["", "rejections = \"\"", "rejections = \"${UNSET:-}\""] {
        assert_eq!(written(nowhere), None, "{nowhere}");
    }
    assert_eq!(written("rejections = \"no/\"").as_deref(), Some("no/a/b.png.json"));
    assert_eq!(written("rejections = \"${BUCKET:-no/}\"").as_deref(), Some("from-environmenta/b.png.json"));
    assert_eq!(written("rejections = \"${UNSET:-no/}\"").as_deref(), Some("no/a/b.png.json"));
    let longest = ObjectKey::new("a".repeat(1024)).unwrap();
    assert_eq!(with("rejections = \"no/\"").unwrap().rejection_key(&longest), None);

    // It would be an upload itself.
    let one = SMALLEST
        .replace("bucket = \"uploads\"", "bucket = \"one\"\nprefix = \"in/\"")
        .replace("bucket = \"renditions\"", "bucket = \"one\"\nprefix = \"out/\"\nrejections = \"in/no/\"");
    assert!(matches!(policy(&one), Err(PolicyError::Loop { .. })));
    assert!(policy(&one.replace("in/no/", "no/")).is_ok());
}

#[test]
fn errors_name_the_field_and_say_what_to_write() {
    let web = "name = \"web\"";
    let with = |line: &str| format!("{web}\n{line}");
    for (from, to, says) in [
        ("\"uploads\"", "\"up loads\"", "source.bucket: `up loads` is not the name of a bucket"),
        (web, &with("quality = 101"), "rendition `web`: quality: 101 is not in 0 to 100"),
        (web, &with("perceptual = -1.0"), "-1 is not in 0 to 100"),
        (web, &with("quality = 80\nlossless = true"), "give one of quality, perceptual and lossless"),
        (web, &with("max-width = 0"), "rendition `web`: max-width: 0 is no size"),
        (web, &with("key = \"{kye}\""), "`{kye}` is not a placeholder"),
        (web, &with("key = \"{key\""), "a brace is not closed"),
        (web, &with("key = \"same.jpg\""), "gives every source the same key"),
        (web, &with("key = \"{name}.{format}\""), "{format} needs a fixed format"),
        (web, &with("format = \"JPEG\""), "`JPEG` is not a media type"),
        (web, &with("qualty = 80"), "unknown field `qualty`"),
        (web, &with("[[rendition]]\nname = \"small\""), "has the same key as `web`"),
        (web, &with("[[rendition]]\nname = \"web\"\nkey = \"2/{key}\""), "two renditions have this name"),
        (web, &with("[limits]\nseconds = 0"), "limits.seconds: 0 lets nothing through"),
        ("https://sqs", "sqs", "dead-letters.queue-url: not the URL of a queue"),
        ("[[rendition]]\n    name = \"web\"", "", "there is none"),
    ] {
        let error = error(from, to);
        assert!(error.contains(says), "{to}: {error}");
    }
}
