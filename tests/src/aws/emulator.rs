//! One ministack for a whole test binary.

use std::{
    env, fs,
    io::{Read as _, Seek as _, Write as _},
    net::{TcpListener, TcpStream},
    path::PathBuf,
    process::{Child, Command, Stdio},
    sync::OnceLock,
    thread,
    time::{Duration, Instant},
};

use aws_config::{BehaviorVersion, Region, SdkConfig};
use aws_sdk_s3::config::Credentials;

/// The region of everything.
pub const REGION: &str = "us-east-1";

/// Access key and secret of ministack's own root user; nothing outside of this machine knows it.
pub const CREDENTIALS: (&str, &str) = ("test", "test");

const START: Duration = Duration::from_secs(30);

/// Runs ministack in a folder of its own until standard input ends: that is when the test binary ends, however it ends. A static is
/// never dropped, and a test binary that is killed drops nothing at all.
const RUN: &str = "
import os, runpy, shutil, sys, tempfile, threading

folder = tempfile.mkdtemp(prefix='sandpress-tests-')
os.chdir(folder)
os.environ.update(HOME=folder, TMPDIR=folder)
tempfile.tempdir = None

def end():
    sys.stdin.buffer.read()
    shutil.rmtree(folder, ignore_errors=True)
    os._exit(0)

threading.Thread(target=end, daemon=True).start()
runpy.run_module('ministack', run_name='__main__')
";

/// A running ministack.
#[derive(Debug)]
pub struct Emulator {
    /// An address, not a name: the SDKs then put the bucket into the path instead of the host name.
    pub endpoint: String,
    /// Owns the standard input that keeps ministack alive.
    _process: Child,
}

impl Emulator {
    /// The one of this test binary; the first caller starts it.
    pub fn shared() -> &'static Self {
        static SHARED: OnceLock<Emulator> = OnceLock::new();
        SHARED.get_or_init(Self::start)
    }

    /// What clients need. Connections belong to the asynchronous runtime that opened them: each test makes its own clients.
    pub async fn sdk(&self) -> SdkConfig {
        aws_config::defaults(BehaviorVersion::v2026_01_12())
            .region(Region::from_static(REGION))
            .endpoint_url(&self.endpoint)
            .credentials_provider(Credentials::new(CREDENTIALS.0, CREDENTIALS.1, None, None, "tests"))
            .http_client(aws_smithy_http_client::Builder::new().build_http())
            .load()
            .await
    }

    fn start() -> Self {
        let python = python();
        let port = free_port();
        let mut log = tempfile::tempfile().expect("a temporary file");
        let output = |log: &fs::File| Stdio::from(log.try_clone().expect("a second handle of the log"));
        let mut process = Command::new(&python)
            .args(["-c", RUN])
            // Nothing of the caller's but PATH.
            .env_clear()
            .env("PATH", env::var_os("PATH").unwrap_or_default())
            .env("BIND_HOST", "127.0.0.1")
            .env("GATEWAY_PORT", port.to_string())
            .env("MINISTACK_HOST", "127.0.0.1")
            .env("MINISTACK_REGION", REGION)
            // These listeners would bind every interface.
            .env("IOT_MTLS_ENABLED", "0")
            .env("SFTP_ENABLED", "0")
            .stdin(Stdio::piped())
            .stdout(output(&log))
            .stderr(output(&log))
            .spawn()
            .unwrap_or_else(|error| panic!("{}: {error}; run `make setup` first", python.display()));
        let began = Instant::now();
        while !is_ready(port) {
            let status = process.try_wait().expect("a child can be waited for");
            if status.is_some() || began.elapsed() > START {
                let mut text = String::new();
                let _ = log.rewind().and_then(|()| log.read_to_string(&mut text));
                panic!("ministack did not start ({status:?}):\n{text}");
            }
            thread::sleep(Duration::from_millis(50));
        }
        Self { endpoint: format!("http://127.0.0.1:{port}"), _process: process }
    }
}

/// The interpreter that has it.
pub(super) fn python() -> PathBuf {
    env::var_os("SANDPRESS_LOCAL_PYTHON")
        .map_or_else(|| crate::workspace().join(".tools/local/bin/python"), PathBuf::from)
}

fn free_port() -> u16 {
    let probe = TcpListener::bind("127.0.0.1:0").expect("a port of the loopback interface");
    probe.local_addr().expect("a bound socket has an address").port()
}

fn is_ready(port: u16) -> bool {
    let ask = || {
        let mut stream = TcpStream::connect(("127.0.0.1", port))?;
        stream.set_read_timeout(Some(Duration::from_secs(5)))?;
        write!(stream, "GET /_ministack/ready HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nConnection: close\r\n\r\n")?;
        let mut answer = [0; 12];
        stream.read_exact(&mut answer)?;
        std::io::Result::Ok(answer)
    };
    ask().is_ok_and(|answer| &answer == b"HTTP/1.1 200")
}
