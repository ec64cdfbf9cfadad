//! The function behind the web interface: begins uploads, and tells what has become of them. In Lambda it answers the requests of an HTTP API
//! or of a function URL; elsewhere it listens itself.
//!
//! | environment variable | meaning | default |
//! | --- | --- | --- |
//! | `SANDPRESS_POLICY` | the policy file, the same as of the function that compresses | `sandpress.toml` beside the program |
//! | `SANDPRESS_UPLOAD_PREFIX` | the beginning of the keys of uploads | `uploads/` |
//! | `SANDPRESS_UPLOAD_SECONDS` | how long an upload may take to begin, and links are valid | `900` |
//! | `SANDPRESS_UPLOAD_MEBIBYTES` | the largest upload | the policy's limit |
//! | `SANDPRESS_UPLOAD_RATE` | how many uploads an address may begin each minute, for each process; `0` for any number | `120` |
//! | `SANDPRESS_UPLOAD_EVENTS` | `true`: states are sent as they change; in Lambda only a function URL whose mode is `RESPONSE_STREAM` can | `false` in Lambda, else `true` |
//! | `SANDPRESS_UPLOAD_LISTEN` | where to listen outside of Lambda; port 0 for any that is free | `127.0.0.1:8080` |
//! | `SANDPRESS_LOG` | what is logged, as `tracing` filters have it | `info` |

mod environment;

use std::{env, net::SocketAddr, time::Duration};

use anyhow::{Context as _, Result};
use axum::{Router, extract::ConnectInfo, extract::Request, middleware};
use lambda_http::request::RequestContext;
use sandpress_web::{Client, Settings, Web};
use tokio::{
    net::TcpListener,
    signal::unix::{SignalKind, signal},
};

#[tokio::main]
async fn main() -> Result<(), lambda_http::Error> {
    sandpress_service::log();
    run().await.map_err(|error| {
        // In words and on one line: this is what an operator finds when nothing works.
        tracing::error!("the function cannot start: {error:#}");
        error.into()
    })
}

async fn run() -> Result<()> {
    let in_lambda = env::var_os("AWS_LAMBDA_RUNTIME_API").is_some();
    let mut settings = Settings::default();
    settings.events = environment::switch("SANDPRESS_UPLOAD_EVENTS")?.unwrap_or(!in_lambda);
    if let Ok(prefix) = env::var("SANDPRESS_UPLOAD_PREFIX") {
        settings.prefix = prefix;
    }
    if let Some(seconds) = environment::number("SANDPRESS_UPLOAD_SECONDS")? {
        settings.time = Duration::from_secs(seconds);
    }
    settings.largest =
        environment::number("SANDPRESS_UPLOAD_MEBIBYTES")?.map(|mebibytes: u64| mebibytes.saturating_mul(1 << 20));
    if let Some(number) = environment::number("SANDPRESS_UPLOAD_RATE")? {
        settings.uploads_per_minute = number;
    }
    let streams = settings.events;
    let policy = sandpress_service::policy(&environment::beside("SANDPRESS_POLICY", "sandpress.toml"))?;
    let router = Web::new(settings, policy, &sandpress_service::aws().await).await?.router();
    match in_lambda {
        false => listen(router).await,
        true => {
            let router = router.layer(middleware::map_request(caller_of_lambda));
            let ran = if streams {
                lambda_http::run_with_streaming_response(router).await
            } else {
                lambda_http::run(router).await
            };
            ran.map_err(|error| anyhow::anyhow!(error))
        }
    }
}

async fn listen(router: Router) -> Result<()> {
    let wanted = env::var("SANDPRESS_UPLOAD_LISTEN").unwrap_or_else(|_| "127.0.0.1:8080".to_owned());
    let listener = TcpListener::bind(&wanted).await.with_context(|| format!("SANDPRESS_UPLOAD_LISTEN, `{wanted}`"))?;
    tracing::info!(address = %listener.local_addr()?, "listening");
    let router = router.layer(middleware::map_request(caller_of_listener));
    let service = router.into_make_service_with_connect_info::<SocketAddr>();
    let (mut terminate, mut interrupt) = (signal(SignalKind::terminate())?, signal(SignalKind::interrupt())?);
    // Whoever is listening to events is let go: browsers ask again.
    tokio::select! {
        served = async { axum::serve(listener, service).await } => served?,
        _ = terminate.recv() => {}
        _ = interrupt.recv() => {}
    }
    Ok(())
}

/// Whoever Lambda says that asks.
async fn caller_of_lambda(mut request: Request) -> Request {
    if let Some(RequestContext::ApiGatewayV2(context)) = request.extensions().get()
        && let Some(address) = context.http.source_ip.clone()
    {
        request.extensions_mut().insert(Client(address));
    }
    request
}

/// Whoever is at the other end.
async fn caller_of_listener(mut request: Request) -> Request {
    if let Some(ConnectInfo(address)) = request.extensions().get::<ConnectInfo<SocketAddr>>() {
        let client = Client(address.ip().to_string());
        request.extensions_mut().insert(client);
    }
    request
}
