//! The Runtime API: what Lambda says to the process that runs a function.
//!
//! <https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html>

use std::{
    net::SocketAddr,
    sync::{Arc, Mutex},
    time::{SystemTime, UNIX_EPOCH},
};

use axum::{
    Router,
    body::Bytes,
    extract::{DefaultBodyLimit, Path, State},
    http::{HeaderName, StatusCode},
    routing::{get, post},
};
use serde_json::Value;
use tokio::{
    net::TcpListener,
    sync::{mpsc, oneshot, watch},
    task::JoinHandle,
};

use super::{Answer, FUNCTION_ARN};

/// The most that an answer may have.
const ANSWER_BYTES: usize = 6 << 20;

/// A server for one process. It ends with this value.
#[derive(Debug)]
pub(super) struct RuntimeApi {
    pub(super) address: SocketAddr,
    work: mpsc::UnboundedSender<Work>,
    state: watch::Receiver<Init>,
    server: JoinHandle<()>,
}

/// How far the process has come.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Init {
    Busy,
    /// It has asked for work.
    Ready,
    /// It has said that it cannot start.
    Failed(String),
}

#[derive(Debug)]
struct Work {
    id: String,
    deadline: SystemTime,
    event: Value,
    answer: oneshot::Sender<Answer>,
}

struct Shared {
    work: tokio::sync::Mutex<mpsc::UnboundedReceiver<Work>>,
    current: Mutex<Option<(String, oneshot::Sender<Answer>)>>,
    state: watch::Sender<Init>,
}

impl RuntimeApi {
    pub(super) async fn serve() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port of the loopback interface");
        let address = listener.local_addr().expect("a bound socket has an address");
        let (work, receiver) = mpsc::unbounded_channel();
        let (sender, state) = watch::channel(Init::Busy);
        let shared = Shared { work: tokio::sync::Mutex::new(receiver), current: Mutex::new(None), state: sender };
        let routes = Router::new()
            .route("/2018-06-01/runtime/invocation/next", get(next))
            .route("/2018-06-01/runtime/invocation/{id}/response", post(response))
            .route("/2018-06-01/runtime/invocation/{id}/error", post(error))
            .route("/2018-06-01/runtime/init/error", post(init_error))
            .layer(DefaultBodyLimit::max(ANSWER_BYTES))
            .with_state(Arc::new(shared));
        let server = tokio::spawn(async move {
            axum::serve(listener, routes).await.expect("a server that runs until it is dropped");
        });
        Self { address, work, state, server }
    }

    /// Waits until the process asks for work for the first time, or says that it cannot.
    pub(super) async fn init(&self) -> Init {
        let mut state = self.state.clone();
        state.wait_for(|state| *state != Init::Busy).await.expect("the server has the sender").clone()
    }

    /// Gives the process work. What it answers comes through the channel.
    pub(super) fn invoke(&self, id: &str, deadline: SystemTime, event: Value) -> oneshot::Receiver<Answer> {
        let (answer, receiver) = oneshot::channel();
        self.work.send(Work { id: id.to_owned(), deadline, event, answer }).expect("the server has the receiver");
        receiver
    }
}

impl Drop for RuntimeApi {
    fn drop(&mut self) {
        self.server.abort();
    }
}

async fn next(State(shared): State<Arc<Shared>>) -> Result<([(HeaderName, String); 5], String), StatusCode> {
    shared.state.send_replace(Init::Ready);
    // Nothing comes any more when the function is gone; then the process is about to be killed.
    let work = shared.work.lock().await.recv().await.ok_or(StatusCode::GONE)?;
    let deadline = work.deadline.duration_since(UNIX_EPOCH).expect("it is not 1970").as_millis();
    *shared.current.lock().expect("nobody panics with it") = Some((work.id.clone(), work.answer));
    let header = |name| HeaderName::from_static(name);
    let headers = [
        (header("content-type"), "application/json".to_owned()),
        (header("lambda-runtime-aws-request-id"), work.id),
        (header("lambda-runtime-deadline-ms"), deadline.to_string()),
        (header("lambda-runtime-invoked-function-arn"), FUNCTION_ARN.to_owned()),
        (header("lambda-runtime-trace-id"), "Root=1-5bef4de7-ad49b0e87f6ef6c87fc2e700;Sampled=0".to_owned()),
    ];
    Ok((headers, work.event.to_string()))
}

async fn response(state: State<Arc<Shared>>, id: Path<String>, body: Bytes) -> StatusCode {
    answer(&state, &id, Answer::Response(text(&body)))
}

async fn error(state: State<Arc<Shared>>, id: Path<String>, body: Bytes) -> StatusCode {
    answer(&state, &id, Answer::Error(text(&body)))
}

async fn init_error(state: State<Arc<Shared>>, body: Bytes) -> StatusCode {
    state.state.send_replace(Init::Failed(text(&body)));
    StatusCode::ACCEPTED
}

/// One answer for each invocation, and only for the one under way.
fn answer(shared: &Shared, id: &str, answer: Answer) -> StatusCode {
    let mut current = shared.current.lock().expect("nobody panics with it");
    match current.take_if(|(current, _)| current == id) {
        Some((_, sender)) => {
            // Whoever waited may have given up: then the process was too late.
            let _ = sender.send(answer);
            StatusCode::ACCEPTED
        }
        None => StatusCode::BAD_REQUEST,
    }
}

fn text(body: &Bytes) -> String {
    String::from_utf8_lossy(body).into_owned()
}
