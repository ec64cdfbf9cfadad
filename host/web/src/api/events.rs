//! The state of an upload, as it changes.

use std::{
    convert::Infallible,
    time::{Duration, Instant},
};

use axum::{
    extract::State,
    response::sse::{Event, KeepAlive, Sse},
};
use futures_util::{Stream, stream};
use utoipa::ToSchema;

use super::{Named, state::UploadState};
use crate::{
    Web,
    id::UploadId,
    problem::{Details, Problem},
};

/// How often the buckets are looked at; longer each time that nothing has changed.
const SHORTEST: Duration = Duration::from_millis(250);
const LONGEST: Duration = Duration::from_secs(2);

/// Whoever wants to hear more asks again, as browsers do by themselves: nothing is held open for ever.
const MOST: Duration = Duration::from_mins(1);

/// An event.
#[derive(ToSchema)]
#[expect(dead_code, reason = "the document's")]
pub(super) struct Told {
    /// Always `status`.
    #[schema(example = "status")]
    event: String,
    /// The state of the upload in JSON, as it is answered when it is asked for.
    #[schema(content_media_type = "application/json")]
    data: String,
}

/// The state of an upload, as it changes
///
/// Ends after a state that does not change any more, or after a minute.
#[utoipa::path(
    get,
    path = "/api/uploads/{id}/events",
    params(("id" = String, Path, format = Uuid, description = "The upload")),
    responses(
        (status = OK, description = "Events `status`", body = Told, content_type = "text/event-stream"),
        (status = NOT_FOUND, description = "No such upload, or no events: see the limits", body = Details, content_type = "application/problem+json"),
    )
)]
pub(super) async fn events(
    State(web): State<Web>,
    Named(id): Named,
) -> Result<Sse<impl Stream<Item = Result<Event, Infallible>>>, Problem> {
    if !web.0.settings.events {
        return Err(Problem::NotFound("states are not sent as events here: ask for them".to_owned()));
    }
    Ok(Sse::new(changes(web, id)).keep_alive(KeepAlive::new()))
}

fn changes(web: Web, id: UploadId) -> impl Stream<Item = Result<Event, Infallible>> {
    let end = Instant::now() + MOST;
    stream::unfold(Some(None::<UploadState>), move |told| {
        let web = web.clone();
        async move {
            let told = told?;
            let mut pause = SHORTEST;
            while Instant::now() < end {
                // A store that does not answer may do so the next time.
                if let Ok(state) = web.state(id).await
                    && !told.as_ref().is_some_and(|told| told.tells_the_same(&state))
                {
                    let event = Event::default().event("status").json_data(&state).unwrap_or_default();
                    let next = (!state.is_final()).then_some(Some(state));
                    return Some((Ok(event), next));
                }
                tokio::time::sleep(pause).await;
                pause = (pause * 3 / 2).min(LONGEST);
            }
            None
        }
    })
}
