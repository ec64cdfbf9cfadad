//! The worker, as a process.

use std::{
    env,
    fs::{self, File},
    path::Path,
    process::{ExitStatus, Stdio},
    time::Duration,
};

use serde_json::Value;
use tempfile::TempDir;
use tokio::{
    process::{Child, Command},
    time,
};

use crate::{
    aws::{CREDENTIALS, REGION, Site},
    built,
    lambda::{Settings, encoders},
};

/// How long a test waits for a worker that should end.
const PATIENCE: Duration = Duration::from_secs(60);

/// A worker on a site. It is killed when it is dropped.
#[derive(Debug)]
pub struct Worker {
    process: Child,
    /// The policy and what the process prints.
    folder: TempDir,
}

impl Worker {
    /// Starts one, on the site's queue.
    pub fn start(site: &Site, settings: &Settings, arguments: &[&str]) -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let policy = folder.path().join("sandpress.toml");
        fs::write(&policy, &settings.policy).expect("a file in our own folder");
        let output = |name: &str| -> Stdio {
            let file = File::options().create(true).append(true).open(folder.path().join(name));
            file.expect("a file in our own folder").into()
        };
        let process = sandpress(settings)
            .args(["worker", "--queue", &site.queue.url, "--memory", &settings.memory.to_string()])
            .args(arguments)
            .env("SANDPRESS_POLICY", policy)
            .stdin(Stdio::null())
            .stdout(output("stdout"))
            .stderr(output("stderr"))
            .kill_on_drop(true)
            .spawn()
            .expect("the command starts; run `make build` first");
        Self { process, folder }
    }

    /// Asks it to stop: SIGTERM.
    pub async fn terminate(&self) {
        let id = self.process.id().expect("it runs").to_string();
        let status = Command::new("kill").args(["-TERM", &id]).status().await.expect("`kill` can be run");
        assert!(status.success(), "{:#?}", self.log());
    }

    /// Waits until it has ended.
    pub async fn ended(&mut self) -> ExitStatus {
        let ended = time::timeout(PATIENCE, self.process.wait()).await;
        ended.unwrap_or_else(|_| panic!("it does not end: {:#?}", self.log())).expect("a child can be waited for")
    }

    /// Every line that it has printed, of which each must be JSON.
    pub fn log(&self) -> Vec<Value> {
        let line = |line| serde_json::from_str(line).unwrap_or_else(|error| panic!("{error}: {line}"));
        read(&self.folder.path().join("stdout")).lines().map(line).collect()
    }

    /// The lines about objects with this outcome.
    pub fn outcomes(&self, outcome: &str) -> Vec<Value> {
        self.log().into_iter().filter(|line| line["outcome"] == outcome).collect()
    }

    /// What it has printed as errors.
    pub fn errors(&self) -> String {
        read(&self.folder.path().join("stderr"))
    }
}

/// The command, on a site and with the catalog.
pub fn sandpress(settings: &Settings) -> Command {
    let mut command = Command::new(built("sandpress"));
    command
        .env_clear()
        .env("PATH", env::var_os("PATH").unwrap_or_default())
        .env("AWS_REGION", REGION)
        .env("AWS_ACCESS_KEY_ID", CREDENTIALS.0)
        .env("AWS_SECRET_ACCESS_KEY", CREDENTIALS.1)
        .env("SANDPRESS_ENCODERS", encoders())
        .envs(settings.environment.iter().map(|(name, value)| (name, value)));
    command
}

fn read(path: &Path) -> String {
    fs::read_to_string(path).unwrap_or_default()
}
