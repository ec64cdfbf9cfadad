//! A strict stand-in for the Lambda service: the real program as a process, and the Runtime API that it speaks.

mod runtime_api;

use std::{
    env,
    fs::{self, File},
    path::{Path, PathBuf},
    process::Stdio,
    sync::atomic::{AtomicU32, Ordering},
    time::{Duration, SystemTime},
};

use serde_json::Value;
use tempfile::TempDir;
use tokio::{
    process::{Child, Command},
    sync::{Mutex, Notify},
    time,
};

use crate::aws::{CREDENTIALS, REGION, Site};
use runtime_api::{Init, RuntimeApi};

const FUNCTION_ARN: &str = "arn:aws:lambda:us-east-1:000000000000:function:compress";

/// How long a process may take until it asks for work.
const INIT: Duration = Duration::from_secs(10);

/// How one invocation ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Answer {
    /// The function returned this.
    Response(String),
    /// The function reported this error.
    Error(String),
    /// The process ended before it answered.
    Exit(String),
    /// The process was killed when its time was over.
    TimedOut,
    /// The process was killed by the test.
    Killed,
}

/// What is configured of a function.
#[derive(Clone, Debug)]
pub struct Settings {
    /// The policy file.
    pub policy: String,
    /// Environment variables.
    pub environment: Vec<(String, String)>,
    /// Mebibytes.
    pub memory: u32,
    /// A command that starts the program, which is added to its arguments. Empty: the program starts by itself.
    pub launcher: Vec<String>,
    /// When Lambda kills the process.
    pub timeout: Duration,
}

impl Settings {
    /// The environment of the project's template, on a site, with this policy.
    pub fn new(site: &Site, policy: impl Into<String>) -> Self {
        let variable = |name: &str, value: &str| (name.to_owned(), value.to_owned());
        Self {
            policy: policy.into(),
            environment: vec![
                variable("SANDPRESS_SOURCE_BUCKET", &site.source),
                variable("SANDPRESS_DESTINATION_BUCKET", &site.destination),
                variable("SANDPRESS_DEAD_LETTER_QUEUE_URL", &site.dead_letters.url),
                variable("AWS_ENDPOINT_URL", &site.endpoint),
            ],
            memory: 1769,
            launcher: Vec::new(),
            timeout: Duration::from_secs(120),
        }
    }
}

/// A function: at most one process, that gets one invocation at a time.
#[derive(Debug)]
pub struct Function {
    settings: Settings,
    /// The policy and what the processes print.
    folder: TempDir,
    environment: Mutex<Option<Environment>>,
    kill: Notify,
}

/// A process and its server.
#[derive(Debug)]
struct Environment {
    api: RuntimeApi,
    process: Child,
}

impl Function {
    /// A function without a process: the first invocation starts it.
    pub fn new(settings: Settings) -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        fs::write(folder.path().join("sandpress.toml"), &settings.policy).expect("a file in our own folder");
        Self { settings, folder, environment: Mutex::default(), kill: Notify::new() }
    }

    /// Starts a process, if there is none.
    ///
    /// # Errors
    ///
    /// How the process ended, or what it reported, instead of asking for work.
    pub async fn start(&self) -> Result<(), String> {
        let mut environment = self.environment.lock().await;
        if environment.is_none() {
            *environment = Some(self.launch().await?);
        }
        Ok(())
    }

    /// Runs the function once.
    pub async fn invoke(&self, event: Value) -> Answer {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let id = format!("00000000-0000-4000-8000-{:012}", COUNT.fetch_add(1, Ordering::Relaxed));
        let mut environment = self.environment.lock().await;
        let mut running = match environment.take() {
            Some(running) => running,
            None => match self.launch().await {
                Ok(running) => running,
                Err(error) => return Answer::Exit(error),
            },
        };
        let answer = running.api.invoke(&id, SystemTime::now() + self.settings.timeout, event);
        let answer = tokio::select! {
            answer = answer => answer.unwrap_or_else(|_| Answer::Exit("the Runtime API ended".to_owned())),
            status = running.process.wait() => Answer::Exit(format!("{status:?}")),
            () = time::sleep(self.settings.timeout) => Answer::TimedOut,
            () = self.kill.notified() => Answer::Killed,
        };
        match answer {
            Answer::Response(_) | Answer::Error(_) => *environment = Some(running),
            // SIGKILL.
            Answer::Exit(_) | Answer::TimedOut | Answer::Killed => {
                running.process.kill().await.expect("a child can be killed")
            }
        }
        answer
    }

    /// The process' id, if there is one. Waits until it is not at work.
    pub async fn process(&self) -> Option<u32> {
        self.environment.lock().await.as_ref()?.process.id()
    }

    /// Bytes of memory that the process has at this moment, if there is one. Waits until it is not at work.
    pub async fn resident_memory(&self) -> Option<u64> {
        let id = self.process().await?;
        let status = fs::read_to_string(format!("/proc/{id}/status")).ok()?;
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"))?;
        Some(line.trim().strip_suffix(" kB")?.parse::<u64>().ok()? << 10)
    }

    /// Time that the process has had of all processors, if there is one. Waits until it is not at work.
    pub async fn processor_time(&self) -> Option<Duration> {
        let id = self.process().await?;
        let stat = fs::read_to_string(format!("/proc/{id}/stat")).ok()?;
        // Behind the name, which may hold anything: the 14th and the 15th field of all, in hundredths of a second.
        let fields = stat.rsplit_once(')')?.1.split_whitespace().skip(11).take(2);
        let ticks = fields.map(|field| field.parse::<u64>().ok()).sum::<Option<u64>>()?;
        Some(Duration::from_millis(10 * ticks))
    }

    /// Ends the process by SIGKILL in the middle of an invocation; the next one starts another.
    pub fn kill(&self) {
        self.kill.notify_waiters();
    }

    /// Every line that the processes have printed, of which each must be JSON.
    pub fn log(&self) -> Vec<Value> {
        let text = fs::read_to_string(self.folder.path().join("stdout")).unwrap_or_default();
        let line = |line| serde_json::from_str(line).unwrap_or_else(|error| panic!("{error}: {line}"));
        text.lines().map(line).collect()
    }

    /// The lines about objects with this outcome.
    pub fn outcomes(&self, outcome: &str) -> Vec<Value> {
        self.log().into_iter().filter(|line| line["outcome"] == outcome).collect()
    }

    async fn launch(&self) -> Result<Environment, String> {
        let api = RuntimeApi::serve().await;
        let program = program();
        let mut process = self
            .command(&program)
            .env_clear()
            .env("AWS_LAMBDA_RUNTIME_API", api.address.to_string())
            .env("AWS_LAMBDA_FUNCTION_NAME", "compress")
            .env("AWS_LAMBDA_FUNCTION_VERSION", "$LATEST")
            .env("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", self.settings.memory.to_string())
            .env("AWS_LAMBDA_LOG_GROUP_NAME", "/aws/lambda/compress")
            .env("AWS_LAMBDA_LOG_STREAM_NAME", "stream")
            .env("AWS_LAMBDA_INITIALIZATION_TYPE", "on-demand")
            .env("AWS_REGION", REGION)
            .env("AWS_ACCESS_KEY_ID", CREDENTIALS.0)
            .env("AWS_SECRET_ACCESS_KEY", CREDENTIALS.1)
            .env("_HANDLER", "bootstrap")
            .env("LAMBDA_TASK_ROOT", self.folder.path())
            .env("SANDPRESS_POLICY", self.folder.path().join("sandpress.toml"))
            .env("SANDPRESS_ENCODERS", encoders())
            .envs(self.settings.environment.iter().map(|(name, value)| (name, value)))
            .current_dir(self.folder.path())
            .stdin(Stdio::null())
            .stdout(self.output("stdout"))
            .stderr(self.output("stderr"))
            .kill_on_drop(true)
            .spawn()
            .unwrap_or_else(|error| panic!("{}: {error}; run `make build` first", program.display()));
        let init = tokio::select! {
            init = api.init() => init,
            status = process.wait() => Init::Failed(format!("{}", status.expect("a child can be waited for"))),
            () = time::sleep(INIT) => Init::Failed(format!("not ready after {INIT:?}")),
        };
        match init {
            Init::Failed(reason) => Err(reason),
            Init::Busy | Init::Ready => Ok(Environment { api, process }),
        }
    }

    fn command(&self, program: &Path) -> Command {
        let Some((first, rest)) = self.settings.launcher.split_first() else { return Command::new(program) };
        let mut command = Command::new(first);
        command.args(rest).arg(program);
        command
    }

    /// A file, so that what was printed before an answer is there once the answer is. Further processes append.
    fn output(&self, name: &str) -> Stdio {
        let file = File::options().create(true).append(true).open(self.folder.path().join(name));
        file.expect("a file in our own folder").into()
    }
}

/// The program under test.
pub fn program() -> PathBuf {
    env::var_os("SANDPRESS_FUNCTION").map_or_else(|| crate::built("compress"), PathBuf::from)
}

/// The catalog under test.
pub fn encoders() -> PathBuf {
    let folder = crate::components::target().join("native");
    assert!(folder.is_dir(), "{} is missing: run `make build` first", folder.display());
    folder
}
