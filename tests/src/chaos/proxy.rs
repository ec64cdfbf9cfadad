//! Stands in front of S3 and SQS, and lets things go wrong.

use std::{
    collections::{BTreeMap, HashMap},
    io,
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, Ordering},
    },
};

use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _, BufReader},
    net::{TcpListener, TcpStream},
    sync::mpsc,
    task::JoinHandle,
    time,
};

use super::{
    blindfold::Blindfold,
    fault::{Fault, LATEST, Operation, Plan, Planned},
    wire::{self, Head},
};
use crate::aws::Site;

/// The proxy of one site.
#[derive(Debug)]
pub struct Proxy(Arc<Shared>);

/// Where one process finds AWS. Nothing is served any more when it is dropped.
#[derive(Debug)]
pub struct Door {
    /// For the process's environment.
    pub endpoint: String,
    server: JoinHandle<()>,
}

#[derive(Debug)]
struct Shared {
    upstream: String,
    source: String,
    destination: String,
    plan: Plan,
    is_calm: AtomicBool,
    is_forgetful: AtomicBool,
    ledger: Mutex<Ledger>,
    /// Hears of each rendition's place whose write is held up.
    overtaking: mpsc::UnboundedSender<String>,
}

/// What has passed.
#[derive(Debug, Default)]
struct Ledger {
    counts: HashMap<(Operation, String), u32>,
    requests: BTreeMap<(Place, Operation), u64>,
    faults: BTreeMap<Fault, u64>,
}

/// What a request is about.
#[derive(Clone, Debug)]
pub(super) struct Target {
    pub(super) operation: Operation,
    pub(super) place: Place,
    /// As it stands in the request.
    pub(super) key: String,
}

/// Whose part in the site it is: names of buckets are others in each run, and the plan must not depend on them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Place {
    /// The bucket of uploads.
    Source,
    /// The bucket of renditions.
    Destination,
    /// The dead-letter queue.
    DeadLetters,
}

impl Proxy {
    /// A proxy in front of a site, which follows this plan. Who is to overtake a write is told its key, as it stands in the request.
    pub fn new(site: &Site, plan: Plan, overtaking: mpsc::UnboundedSender<String>) -> Self {
        Self(Arc::new(Shared {
            upstream: site.endpoint.trim_start_matches("http://").to_owned(),
            source: site.source.clone(),
            destination: site.destination.clone(),
            plan,
            is_calm: AtomicBool::new(false),
            is_forgetful: AtomicBool::new(false),
            ledger: Mutex::default(),
            overtaking,
        }))
    }

    /// A way in for one process. Behind a blindfold, its last look at a source never shows anything new.
    pub async fn door(&self, is_blindfolded: bool) -> Door {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port of the loopback interface");
        let endpoint = format!("http://{}", listener.local_addr().expect("a bound socket has an address"));
        let shared = Arc::clone(&self.0);
        let blindfold = is_blindfolded.then(Arc::<Blindfold>::default);
        let server = tokio::spawn(async move {
            while let Ok((client, _)) = listener.accept().await {
                let (shared, blindfold) = (Arc::clone(&shared), blindfold.clone());
                // A connection that ends early is somebody's fault that is told of elsewhere: a killed process, or ours.
                tokio::spawn(async move { shared.serve(blindfold.as_deref(), client).await });
            }
        });
        Door { endpoint, server }
    }

    /// From now on, nothing goes wrong.
    pub fn calm(&self) {
        self.0.is_calm.store(true, Ordering::Relaxed);
    }

    /// How many requests have come, of which kind.
    pub fn requests(&self) -> BTreeMap<(Place, Operation), u64> {
        self.0.ledger.lock().expect("nobody panics with it").requests.clone()
    }

    /// From now on, the store says of conditions that it does not know them.
    pub fn forget_conditions(&self) {
        self.0.is_forgetful.store(true, Ordering::Relaxed);
    }

    /// How often what went wrong.
    pub fn faults(&self) -> BTreeMap<Fault, u64> {
        self.0.ledger.lock().expect("nobody panics with it").faults.clone()
    }
}

impl Ledger {
    fn record(&mut self, fault: Fault) {
        *self.faults.entry(fault).or_default() += 1;
    }
}

impl Drop for Door {
    fn drop(&mut self) {
        self.server.abort();
    }
}

impl Shared {
    /// Serves a connection until one side ends it.
    async fn serve(&self, blindfold: Option<&Blindfold>, client: TcpStream) -> io::Result<()> {
        let mut client = BufReader::new(client);
        let mut upstream = self.connect().await?;
        while let Some(head) = Head::read(&mut client).await? {
            let target = self.target(&head);
            if let Some(answer) = blindfold.zip(target.as_ref()).and_then(|(blindfold, target)| blindfold.hide(target))
            {
                client.write_all(answer.bytes()).await?;
                continue;
            }
            let planned = target.as_ref().and_then(|target| self.planned(target, &head));
            let fault = planned.map(|planned| planned.fault);
            match fault {
                Some(Fault::RequestReset) => {
                    wire::body(&mut client, head.length() / 2).await?;
                    return reset(&client);
                }
                Some(Fault::Silence) => {
                    wire::body(&mut client, head.length()).await?;
                    // Until the client gives up.
                    return client.read(&mut [0]).await.map(drop);
                }
                _ => {}
            }
            let mut body = wire::body(&mut client, head.length()).await?;
            if self.is_forgetful.load(Ordering::Relaxed) && head.has("if-") {
                client.write_all(&error("501 Not Implemented", "NotImplemented", &head)).await?;
                continue;
            }
            match planned {
                Some(Planned { fault: Fault::Delay, delay }) => time::sleep(delay).await,
                Some(Planned { fault: Fault::Overtaken, .. }) => {
                    // When the people have gone home nobody listens.
                    let _ = self.overtaking.send(target.as_ref().map(|target| target.key.clone()).unwrap_or_default());
                    time::sleep(LATEST).await;
                }
                Some(Planned { fault: Fault::Late, delay }) => {
                    reset(&client)?;
                    drop(client);
                    time::sleep(delay).await;
                    return exchange(&mut upstream, &head, &body).await.map(drop);
                }
                Some(Planned { fault: Fault::RequestDamaged, .. }) => damage(&mut body),
                Some(Planned { fault, .. }) => {
                    if let Some(refusal) = refusal(fault, &head) {
                        client.write_all(&refusal).await?;
                        continue;
                    }
                }
                None => {}
            }
            let (answer, mut content) = exchange(&mut upstream, &head, &body).await?;
            if let Some((blindfold, target)) = blindfold.zip(target.as_ref()) {
                blindfold.see(target, &answer);
            }
            let whole = |content: &[u8]| [answer.bytes(), content].concat();
            match fault {
                Some(Fault::AnswerLost) => return reset(&client),
                Some(Fault::AnswerDenied) => {
                    client.write_all(&refusal(Fault::InternalError, &head).unwrap_or_default()).await?;
                    continue;
                }
                Some(fault @ (Fault::AnswerReset | Fault::AnswerTruncated)) => {
                    let length = answer.bytes().len();
                    let cut = if content.is_empty() { length / 2 } else { length + content.len() / 2 };
                    client.write_all(whole(&content).get(..cut).unwrap_or_default()).await?;
                    return if fault == Fault::AnswerReset { reset(&client) } else { client.shutdown().await };
                }
                // Without a checksum nobody could see it.
                Some(Fault::AnswerDamaged) if answer.has("x-amz-checksum-") && !content.is_empty() => {
                    damage(&mut content);
                    self.ledger.lock().expect("nobody panics with it").record(Fault::AnswerDamaged);
                }
                _ => {}
            }
            client.write_all(&whole(&content)).await?;
            if answer.header("connection").is_some_and(|connection| connection.eq_ignore_ascii_case("close")) {
                upstream = self.connect().await?;
            }
        }
        Ok(())
    }

    async fn connect(&self) -> io::Result<BufReader<TcpStream>> {
        let stream = TcpStream::connect(&self.upstream).await?;
        stream.set_nodelay(true)?;
        Ok(BufReader::new(stream))
    }

    /// What a request is about; `None` for one that the plan does not know.
    fn target(&self, head: &Head) -> Option<Target> {
        let [method, target, _] = head.words();
        if head.header("x-amz-target").is_some_and(|action| action.ends_with(".SendMessage")) {
            return Some(Target { operation: Operation::SendMessage, place: Place::DeadLetters, key: String::new() });
        }
        let operation = match method {
            "HEAD" => Operation::Head,
            "GET" => Operation::Get,
            "PUT" => Operation::Put,
            "DELETE" => Operation::Delete,
            _ => return None,
        };
        let path = target.split('?').next().unwrap_or_default();
        let (bucket, key) = path.trim_start_matches('/').split_once('/')?;
        let place = match bucket {
            _ if bucket == self.source => Place::Source,
            _ if bucket == self.destination => Place::Destination,
            _ => return None,
        };
        Some(Target { operation, place, key: key.to_owned() })
    }

    /// What goes wrong with a request, if it can: it is in the books then.
    fn planned(&self, target: &Target, head: &Head) -> Option<Planned> {
        let mut ledger = self.ledger.lock().expect("nobody panics with it");
        *ledger.requests.entry((target.place, target.operation)).or_default() += 1;
        if self.is_calm.load(Ordering::Relaxed) {
            return None;
        }
        let object = format!("{:?}/{}", target.place, target.key);
        let count = ledger.counts.entry((target.operation, object.clone())).or_default();
        *count += 1;
        let planned = self.plan.fault(target.operation, &object, *count)?;
        let is_possible = match planned.fault {
            Fault::Conflict | Fault::PreconditionFailed => head.has("if-"),
            Fault::RequestDamaged => head.has("x-amz-checksum-") && head.length() > 0,
            _ => true,
        };
        if !is_possible {
            return None;
        }
        // Whether an answer can be damaged, the answer tells.
        if planned.fault != Fault::AnswerDamaged {
            ledger.record(planned.fault);
        }
        Some(planned)
    }
}

/// Hands a request on, and gives the answer's head and body.
async fn exchange(upstream: &mut BufReader<TcpStream>, head: &Head, body: &[u8]) -> io::Result<(Head, Vec<u8>)> {
    upstream.write_all(&[head.bytes(), body].concat()).await?;
    wire::answer(upstream, head.words()[0] == "HEAD").await
}

/// What is answered, for a fault that is an answer.
fn refusal(fault: Fault, request: &Head) -> Option<Vec<u8>> {
    let (status, code) = match fault {
        Fault::InternalError => ("500 Internal Server Error", "InternalError"),
        Fault::SlowDown => ("503 Slow Down", "SlowDown"),
        Fault::Conflict => ("409 Conflict", "ConditionalRequestConflict"),
        Fault::PreconditionFailed => ("412 Precondition Failed", "PreconditionFailed"),
        _ => return None,
    };
    Some(error(status, code, request))
}

/// An error as S3 or SQS words it.
fn error(status: &str, code: &str, request: &Head) -> Vec<u8> {
    let (content_type, body) = if request.header("x-amz-target").is_some() {
        ("application/x-amz-json-1.0", format!("{{\"__type\":\"{code}\",\"message\":\"planned\"}}"))
    } else {
        ("application/xml", format!("<Error><Code>{code}</Code><Message>planned</Message></Error>"))
    };
    let body = if request.words()[0] == "HEAD" { String::new() } else { body };
    let length = body.len().to_string();
    let head = Head::answer(status, &[("Content-Type", content_type), ("Content-Length", &length)]);
    [head.bytes(), body.as_bytes()].concat()
}

fn damage(body: &mut [u8]) {
    let middle = body.len() / 2;
    if let Some(byte) = body.get_mut(middle) {
        *byte ^= 1;
    }
}

/// Ends a connection as a machine does that goes down: what is under way in it is lost.
fn reset(client: &BufReader<TcpStream>) -> io::Result<()> {
    client.get_ref().set_zero_linger()
}
