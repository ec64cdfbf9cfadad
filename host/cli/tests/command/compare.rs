//! What `sandpress encoder compare` measures, shows and remembers.

use std::{
    ffi::{OsStr, OsString},
    fs,
    os::unix::ffi::OsStrExt as _,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    thread,
    time::{Duration, Instant},
};

use base64::{Engine as _, prelude::BASE64_STANDARD};
use sandpress_sandbox::Digest;
use serde_json::{Value, json};

use crate::sandpress::{Folder, Run, command, encoder, misbehaving, read, run, sandpress};

/// The command, comparing two encoders on the images of a folder.
fn comparing(old: &Path, new: &Path, images: &Path, more: &[&str]) -> Command {
    let mut command = command();
    command.args(["encoder", "compare"]).args([old, new]).arg("--images").arg(images).args(more);
    command
}

#[track_caller]
fn compare(old: &Path, new: &Path, images: &Path, more: &[&str]) -> Run {
    run(&mut comparing(old, new, images, more), &[])
}

fn jpeg() -> PathBuf {
    encoder("sandpress-jpeg")
}

fn row<'a>(report: &'a Value, file: &str) -> &'a Value {
    let rows = report["files"].as_array().expect("a list");
    rows.iter().find(|row| row["file"] == file).unwrap_or_else(|| panic!("no {file} in {report:#}"))
}

/// The data that a page has in it.
fn embedded(page: &str) -> Value {
    let (_, data) = page.split_once("<script type=\"application/json\" id=\"data\">\n").expect("the page has data");
    serde_json::from_str(data.split_once("</script>").expect("the data end").0).expect("the data are JSON")
}

#[test]
fn the_page_and_the_json_have_the_same_numbers_and_they_are_those_of_compress() {
    let folder = Folder::new();
    for name in ["greyscale.jpg", "rotated.jpg", "graphic.png"] {
        folder.with(name, &format!("in/deep/{name}"));
    }
    fs::write(folder.path("in/notes"), "no image").unwrap();
    let page = folder.path("page.html");
    let page_argument = page.display().to_string();
    let settings =
        ["--old-perceptual", "85", "--new-quality", "60", "--json", "--page", &page_argument, "--piece", "64"];
    let report = compare(&jpeg(), &jpeg(), &folder.path("in"), &settings).exits_with(0).json();
    let page = fs::read_to_string(page).unwrap();
    assert_eq!(embedded(&page), report);

    let summary = &report["summary"];
    assert_eq!((&report["skipped"], &summary["compared"], &summary["both"]), (&json!(1), &json!(3), &json!(2)));
    // Transparency is refused by both.
    assert_eq!(row(&report, "deep/graphic.png")["old"], row(&report, "deep/graphic.png")["new"]);
    assert_eq!(summary["failed-both"], 1);
    let sides = [("old", &["--perceptual", "85"]), ("new", &["--quality", "60"])];
    for (side, settings) in sides {
        let arguments = ["compress".into(), folder.path("in/deep/greyscale.jpg"), folder.path("in/deep/rotated.jpg")];
        let rest = ["--json", "--out-dir"].into_iter().map(PathBuf::from).chain([folder.path(side)]);
        let settings = settings.iter().map(PathBuf::from);
        let compressed = sandpress(arguments.into_iter().chain(settings).chain(rest)).exits_with(0).json();
        let mut bytes = 0;
        for (at, file) in ["deep/greyscale.jpg", "deep/rotated.jpg"].into_iter().enumerate() {
            let (made, other) = (&row(&report, file)[side], &compressed["files"][at]);
            for (name, others) in
                [("bytes", "after"), ("width", "width"), ("height", "height"), ("peak-memory", "peak-memory")]
            {
                assert_eq!(made[name], other[others], "{side} {file}: {name}");
            }
            bytes += made["bytes"].as_u64().unwrap();
            let score = made["score"].as_f64().unwrap();
            // The encoder's own score is of the same metric, and is rounded down.
            if let Some(own) = other["notes"]["score"].as_f64() {
                assert!((score - own).abs() < 0.002, "{side} {file}: {score}, the encoder says {own}");
            }
            let told = format!(
                "<b>{side}</b> {}, score {score:.1}, ",
                indicatif::DecimalBytes(made["bytes"].as_u64().unwrap())
            );
            assert!(page.contains(&told), "`{told}` is not on the page");
        }
        assert_eq!(summary[side]["bytes"], bytes);
    }
    let ratio = |file| {
        row(&report, file)["new"]["bytes"].as_f64().unwrap() / row(&report, file)["old"]["bytes"].as_f64().unwrap()
    };
    let (one, other) = (ratio("deep/greyscale.jpg"), ratio("deep/rotated.jpg"));
    // Of two, the lower one is the median by the nearest rank.
    let (low, high) = (one.min(other), one.max(other));
    for (name, expected) in [("least", low), ("p5", low), ("median", low), ("p95", high), ("most", high)] {
        let told = summary["size-ratio"][name].as_f64().unwrap();
        assert!((told - expected).abs() < 1e-12, "{name}: {told}, not {expected}");
    }
    assert!(summary["score-difference"]["most"].as_f64().unwrap() < -5.0, "{summary:#}");
}

#[test]
fn a_page_needs_no_other_file_and_runs_its_own_script_only() {
    let folder = Folder::new();
    folder.with("greyscale.jpg", "in/a.jpg");
    let page = folder.path("page.html");
    let arguments = ["--page".to_owned(), page.display().to_string()];
    compare(&jpeg(), &jpeg(), &folder.path("in"), &arguments.each_ref().map(String::as_str)).exits_with(0);
    let page = fs::read_to_string(page).unwrap();
    for outside in ["http:", "https:", "<link", "@import", "url(", "<iframe", " href", " style="] {
        assert!(!page.contains(outside), "{outside}");
    }
    let images: Vec<_> = page.split("<img ").skip(1).collect();
    assert_eq!(images.len(), 3);
    assert!(images.iter().all(|image| image.contains("src=\"data:image/png;base64,")));
    // What the policy of the page allows is what it has.
    for tag in ["style", "script"] {
        let (_, rest) = page.split_once(&format!("<{tag}>")).expect("it has one");
        let text = rest.split_once(&format!("</{tag}>")).expect("it ends").0;
        let allowed = format!("{tag}-src 'sha256-{}'", BASE64_STANDARD.encode(Digest::of(text.as_bytes()).as_bytes()));
        assert!(page.contains(&allowed), "{allowed}");
    }
    // Nothing has changed.
    let report = embedded(&page);
    assert_eq!(report["summary"]["identical"], 1);
    assert_eq!(report["summary"]["score-difference"]["least"], 0.0);
}

#[test]
fn what_fails_on_a_side_is_told_and_stops_nothing() {
    let folder = Folder::new();
    folder.with("greyscale.jpg", "in/real.jpg");
    for task in ["panic", "allocate", "garbage", "error: malformed"] {
        fs::write(folder.path(&format!("in/{task}.png")), task).unwrap();
    }
    let page = folder.path("page.html").display().to_string();
    let arguments = ["--format", "png", "--memory", "64", "--json", "--page", &page];
    let report =
        compare(&encoder("sandpress-png"), &misbehaving(), &folder.path("in"), &arguments).exits_with(0).json();
    let error = |task: &str, side: &str| {
        row(&report, &format!("{task}.png"))[side]["error"].as_str().unwrap_or_default().to_owned()
    };
    let page = fs::read_to_string(page).unwrap();
    for (task, expected) in [
        ("panic", "trap: "),
        ("allocate", "memory limit: "),
        ("garbage", "bad output: "),
        ("error: malformed", "malformed: so it was asked"),
    ] {
        assert!(error(task, "new").starts_with(expected), "{task}: {}", error(task, "new"));
        assert!(error(task, "old").starts_with("unsupported: "), "{task}: {}", error(task, "old"));
        assert!(page.contains(&format!("<th>{task}.png</th>")), "{task}");
    }
    // What it makes of every picture is one pixel, which says nothing of the source.
    let made = &row(&report, "real.jpg")["new"];
    assert_eq!((&made["width"], &made["score"]), (&json!(1), &Value::Null));
    assert!(made["unscored"].as_str().unwrap().contains("copy: it has 1 × 1 pixels"), "{made:#}");
    assert!(row(&report, "real.jpg")["old"]["score"].as_f64().unwrap() > 99.9);
    assert_eq!(report["summary"]["failed-both"], 4);
    assert_eq!(report["summary"]["new"]["unscored"], 1);
}

#[test]
fn a_run_that_was_interrupted_goes_on_with_what_is_left() {
    let folder = Folder::new();
    fs::create_dir(folder.path("in")).unwrap();
    // Each takes its time, on both sides.
    for number in 0..6 {
        fs::write(folder.path(&format!("in/{number}.png")), "loop").unwrap();
    }
    let state = folder.path("state");
    let name = state.display().to_string();
    let arguments = ["--format", "png", "--timeout", "0.2", "--jobs", "1", "--json", "--state", &name];
    let command = |more: &[&str]| {
        let mut command = comparing(&misbehaving(), &misbehaving(), &folder.path("in"), &arguments);
        command.args(more);
        command
    };
    let lines = || fs::read_to_string(&state).map_or(0, |text| text.matches('\n').count());
    let until = |least: usize, child: &mut Child| {
        let began = Instant::now();
        while lines() < least {
            assert!(
                began.elapsed() < Duration::from_secs(60) && child.try_wait().unwrap().is_none(),
                "{} lines",
                lines()
            );
            thread::sleep(Duration::from_millis(5));
        }
    };

    // Asked to end: it ends after the image that it is at.
    let mut child = command(&[]).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    until(2, &mut child);
    assert!(Command::new("kill").args(["-TERM", &child.id().to_string()]).status().unwrap().success());
    let ended = child.wait_with_output().unwrap();
    assert_eq!(ended.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&ended.stderr).contains("the same command goes on from there"));
    assert_eq!(serde_json::from_slice::<Value>(&ended.stdout).unwrap()["complete"], false);
    assert!((2..=4).contains(&lines()), "{}", lines());

    // Killed, in the middle of a line.
    let before = lines();
    let mut child = command(&[]).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
    until(before + 1, &mut child);
    // Nobody else goes on at the same time.
    run(&mut command(&[]), &[]).exits_with(1).says(&["is in use by another run"]);
    child.kill().unwrap();
    child.wait().unwrap();
    let written = read(&state);
    let whole = written.iter().rposition(|byte| *byte == b'\n').unwrap() + 1;
    fs::write(&state, [&written[..whole], b"{\"file\":\"5.p"].concat()).unwrap();

    let report = run(&mut command(&[]), &[]).exits_with(0).says(&["images were measured before"]).json();
    assert_eq!((&report["complete"], &report["summary"]["compared"]), (&json!(true), &json!(6)));
    let text = read(&state);
    assert!(text.starts_with(&written[..whole]), "what was measured before is measured again");
    assert_eq!(lines(), 7);

    // Only an image that has changed is measured again.
    fs::write(folder.path("in/3.png"), "panic").unwrap();
    let again = run(&mut command(&[]), &[]).exits_with(0).json();
    assert_eq!(lines(), 8);
    assert!(row(&again, "3.png")["old"]["error"].as_str().unwrap().starts_with("trap: "));
    assert_eq!(row(&again, "2.png"), row(&report, "2.png"));

    // Another comparison has another state.
    run(&mut command(&["--new-quality", "7"]), &[]).exits_with(2).says(&["another comparison", "differs in: new"]);
    fs::write(folder.path("other"), "text of mine\n").unwrap();
    let other = folder.path("other").display().to_string();
    let foreign = ["--format", "png", "--state", &other];
    compare(&misbehaving(), &misbehaving(), &folder.path("in"), &foreign)
        .exits_with(1)
        .says(&["is no state of a comparison"]);
    assert_eq!(read(folder.path("other")), b"text of mine\n");
}

#[test]
fn a_name_is_a_name_wherever_it_is_shown() {
    let folder = Folder::new();
    let names: [&[u8]; 4] = [
        b"</script><img src=x onerror=alert(1)>\"'.jpg",
        b"\x1b[31mred\x07\n.jpg",
        "\u{202e}gpj.evil\u{9b}2J.jpg".as_bytes(),
        b"not text \xff.jpg",
    ];
    for name in names {
        let path = folder.path("in").join(OsStr::from_bytes(name));
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::copy(crate::sandpress::image("greyscale.jpg"), path).unwrap();
    }
    // One that cannot be read is told on the standard error.
    std::os::unix::fs::symlink("/proc/self/mem", folder.path("in").join(OsStr::from_bytes(b"\x1b]0;mem.jpg"))).unwrap();
    let page = folder.path("page.html").display().to_string();
    let state = folder.path("state").display().to_string();
    let table = compare(&jpeg(), &jpeg(), &folder.path("in"), &["--page", &page, "--state", &state]).exits_with(1);
    let json = compare(&jpeg(), &jpeg(), &folder.path("in"), &["--json", "--state", &state]).exits_with(1);
    let page = fs::read_to_string(page).unwrap();
    for text in [&table.text(), &table.stderr, &json.text(), &json.stderr, &page] {
        let acts = |character: char| character != '\n' && (character.is_control() || character == '\u{202e}');
        let found = text.chars().find(|character| acts(*character));
        assert_eq!(found, None, "{text}");
    }
    assert!(table.stderr.contains("error: \\u{1b}]0;mem.jpg"), "{}", table.stderr);
    assert!(!page.contains("<img src=x") && page.matches("</script>").count() == 2);
    assert!(page.contains("&lt;/script&gt;&lt;img src=x onerror=alert(1)&gt;&quot;&#39;.jpg"));
    let report = json.json();
    assert_eq!(embedded(&page)["files"], report["files"]);
    let files: Vec<_> = report["files"].as_array().unwrap().iter().map(|row| row["file"].as_str().unwrap()).collect();
    for name in &names[..3] {
        assert!(files.contains(&std::str::from_utf8(name).unwrap()), "{files:?}");
    }
    assert!(files.contains(&"not text \\xff.jpg"), "{files:?}");
}

#[test]
fn a_comparison_that_makes_no_sense_is_refused() {
    let folder = Folder::new();
    folder.with("greyscale.jpg", "in/a.jpg");
    let images = folder.path("in");
    let jpeg = jpeg();
    let refused = |old: &Path, images: &Path, more: &[&str], code: i32, texts: &[&str]| {
        compare(old, &jpeg, images, more).exits_with(code).says(texts);
    };
    refused(&misbehaving(), &images, &[], 2, &["image/png, image/jpeg: choose with --format"]);
    refused(&jpeg, &images, &["--format", "png"], 2, &["does not make image/png, but image/jpeg"]);
    refused(&jpeg, &images, &["--old-quality", "80", "--old-lossless"], 2, &["--old-lossless"]);
    refused(&jpeg, &images, &["--pictures", "3"], 2, &["--page"]);
    refused(
        &jpeg,
        &images,
        &["--new-set", "subsampling=4:1:1"],
        1,
        &["sandpress-jpeg.wasm: --set subsampling=4:1:1: expected"],
    );
    refused(&jpeg, &images.join("a.jpg"), &[], 1, &["a.jpg: is no folder"]);
    refused(&jpeg, &images, &["--judge", "/nowhere/judge.wasm"], 1, &["/nowhere/judge.wasm"]);
    fs::create_dir(folder.path("empty")).unwrap();
    refused(&jpeg, &folder.path("empty"), &[], 1, &["there is no image in it"]);
    let arguments: [OsString; 2] = ["encoder".into(), "compare".into()];
    sandpress(arguments).exits_with(2).says(&["--images", "OLD", "NEW"]);
}
