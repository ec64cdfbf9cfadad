//! The function's cold start: from the start of its process to its first request for work.

use std::{
    collections::BTreeMap,
    fs,
    io::Read as _,
    net::{TcpListener, TcpStream},
    path::Path,
    process::{Command, Stdio},
    time::{Duration, Instant},
};

use anyhow::{Context as _, Result, ensure};

use crate::statistics::{Spread, line};

const RUNS: usize = 30;

pub(crate) fn cold() -> Result<()> {
    println!("Cold start of the function, with every encoder loaded from native code");
    let target = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../target");
    let folder = tempfile::tempdir()?;
    // As in the zip: everything beside the program.
    fs::copy(target.join("release/compress"), folder.path().join("bootstrap"))
        .context("run `make bench`, which builds it")?;
    fs::copy(target.join("../deploy/sandpress.toml"), folder.path().join("sandpress.toml"))?;
    std::os::unix::fs::symlink(fs::canonicalize(target.join("native"))?, folder.path().join("encoders"))?;

    let mut parts: BTreeMap<String, Vec<Duration>> = BTreeMap::new();
    let mut starts = Vec::new();
    for _ in 0..RUNS {
        let (took, ready) = start(folder.path())?;
        starts.push(took);
        for (name, millis) in ready {
            parts.entry(name).or_default().push(Duration::from_secs_f64(millis / 1e3));
        }
    }
    line("process start to first request", Spread::of(starts), "promise: median under 60 ms");
    for (name, samples) in parts {
        line(&format!("  of which {}", name.trim_end_matches("Millis")), Spread::of(samples), "");
    }
    println!();
    Ok(())
}

/// Starts the function against a Runtime API that never has work, and stops it when it has asked for some.
fn start(folder: &Path) -> Result<(Duration, Vec<(String, f64)>)> {
    let api = TcpListener::bind("127.0.0.1:0")?;
    let mut command = Command::new(folder.join("bootstrap"));
    command
        .env_clear()
        .env("AWS_LAMBDA_RUNTIME_API", api.local_addr()?.to_string())
        .env("AWS_LAMBDA_FUNCTION_NAME", "compress")
        .env("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "2048")
        .env("AWS_LAMBDA_FUNCTION_VERSION", "1")
        .env("AWS_REGION", "eu-central-1")
        .env("AWS_ACCESS_KEY_ID", "none")
        .env("AWS_SECRET_ACCESS_KEY", "none")
        .env("SANDPRESS_SOURCE_BUCKET", "source")
        .env("SANDPRESS_DESTINATION_BUCKET", "destination")
        .env("SANDPRESS_DEAD_LETTER_QUEUE_URL", "http://127.0.0.1/dead-letters")
        .stdout(Stdio::piped());
    let began = Instant::now();
    let mut function = command.spawn()?;
    let (mut connection, _) = api.accept()?;
    let asks = request(&mut connection);
    let took = began.elapsed();
    function.kill()?;
    let output = function.wait_with_output()?;
    let asks = asks?;
    ensure!(asks.contains("/invocation/next"), "the function asks for something else first: {asks}");

    let log = String::from_utf8_lossy(&output.stdout);
    let ready =
        log.lines().find(|line| line.contains("\"ready\"")).with_context(|| format!("no line says ready: {log}"))?;
    let ready: serde_json::Map<_, _> = serde_json::from_str(ready)?;
    let parts = ready.into_iter().filter(|(name, _)| name.ends_with("Millis"));
    Ok((took, parts.filter_map(|(name, value)| Some((name, value.as_f64()?))).collect()))
}

/// The first line of an HTTP request.
fn request(connection: &mut TcpStream) -> Result<String> {
    let mut line = Vec::new();
    let mut byte = [0];
    while connection.read(&mut byte)? == 1 && byte != *b"\n" {
        line.push(byte[0]);
    }
    Ok(String::from_utf8_lossy(&line).into_owned())
}
