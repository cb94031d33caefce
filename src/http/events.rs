//! `/events` and `/campaigns/{id}/events`: what happens, as it happens, as server-sent events.

use std::convert::Infallible;

use actix_web::web::{Bytes, Data, Path, Query};
use actix_web::{HttpRequest, HttpResponse};
use futures_util::stream;
use outdial_domain::time::{Millis, Timestamp};
use serde::Deserialize;

use super::metrics::OpenStream;
use super::openapi::Parameter;
use super::operation::Api;
use super::problem::Problem;
use super::{caller, path};
use crate::access::{Area, Caller, Credential, Needs, Role, Scope};
use crate::error::Error;
use crate::events::EventFilter;
use crate::events::hub::NoSeat;
use crate::events::watcher::Watcher;
use crate::orchestrator::Orchestrator;

/// The header by which a browser says what it has seen, when it comes back.
const LAST_EVENT_ID: &str = "Last-Event-ID";

const GOES_ON: &str = "Whoever was away goes on with `Last-Event-ID`: each event comes once, and in order. Events that are not \
                       kept any more are told of by an event of type `gap`.";
const LAST: &str =
    "The last event that was seen, where the header `Last-Event-ID` cannot be sent; 0 for all that is kept.";
const FRAME: &str = "id: 17\nevent: attempt\ndata: {\"seq\":17,\"at\":\"2026-07-01T13:00:00Z\",\"type\":\"attempt.state_changed\",\"campaign_id\":\"0197c6a0-5b3e-7c41-9d52-0f6f1e2d3c4b\",\"attempt_id\":\"0197c6a0-5b3e-7c41-9d52-0f6f1e2d3c4c\",\"contact_id\":\"0197c6a0-5b3e-7c41-9d52-0f6f1e2d3c4d\",\"state\":\"placed\",\"outcome\":null}\n\n";

pub(crate) fn routes(api: &mut Api) {
    api.get("/events", all)
        .says("Watch everything that happens, as server-sent events")
        .called("watchEvents")
        .more(GOES_ON)
        .query(Parameter::text("last_event_id", LAST, "16"))
        .answers_text("text/event-stream", FRAME)
        .limited()
        .needs(Role::Viewer, Area::Campaigns);
    api.get("/campaigns/{id}/events", of_campaign)
        .says("Watch what happens in a campaign, as server-sent events")
        .called("watchCampaign")
        .more(GOES_ON)
        .query(Parameter::text("last_event_id", LAST, "16"))
        .answers_text("text/event-stream", FRAME)
        .limited()
        .needs(Role::Viewer, Area::Campaigns);
}

/// How often it is asked whether whoever watches still may.
const JUDGED_EVERY: Millis = Millis::seconds(1);
/// What it takes to watch.
const WATCH: Needs = Needs::Role(
    Role::Viewer,
    Scope {
        area: Area::Campaigns,
        write: false,
    },
);

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct From {
    last_event_id: Option<String>,
}

async fn all(
    outdial: Data<Orchestrator>,
    caller: Caller,
    request: HttpRequest,
    from: Query<From>,
) -> Result<HttpResponse, Problem> {
    let last = last_seen(&request, &from)?;
    stream(
        &outdial,
        &caller,
        EventFilter::All,
        last,
        caller::credential_of(&request),
    )
}

async fn of_campaign(
    outdial: Data<Orchestrator>,
    caller: Caller,
    id: Path<String>,
    request: HttpRequest,
    from: Query<From>,
) -> Result<HttpResponse, Problem> {
    let campaign = outdial.campaign_of(caller.org, path::id("campaign", &id)?)?.id;
    let last = last_seen(&request, &from)?;
    let shown = caller::credential_of(&request);
    stream(&outdial, &caller, EventFilter::Campaign(campaign), last, shown)
}

/// The last event that was seen. The header goes over the query, which stays the same whenever a browser comes back.
fn last_seen(request: &HttpRequest, from: &From) -> Result<Option<u64>, Error> {
    let header = request.headers().get(LAST_EVENT_ID);
    let (field, text) = match (header, &from.last_event_id) {
        (Some(header), _) => (LAST_EVENT_ID, String::from_utf8_lossy(header.as_bytes())),
        (None, Some(text)) => ("last_event_id", text.into()),
        (None, None) => return Ok(None),
    };
    let message = || {
        format!(
            "`{text}` is not the id of an event; send back the last id that you were given, or 0 for everything that \
             is kept"
        )
    };
    text.parse().map(Some).map_err(|_| Error::field(field, message()))
}

fn stream(
    outdial: &Orchestrator,
    caller: &Caller,
    filter: EventFilter,
    last: Option<u64>,
    credential: Option<Credential>,
) -> Result<HttpResponse, Problem> {
    let watcher = Watcher::behind(&outdial.inner.hub, caller.org, filter, last).map_err(|no| match no {
        NoSeat::Full(most) => Problem::too_many_streams(most),
        NoSeat::Store(error) => Error::from(error).into(),
    })?;
    let open = Open {
        watcher,
        outdial: outdial.clone(),
        credential,
        judged: outdial.now(),
        _counted: OpenStream::new(),
    };
    let chunks = stream::unfold(open, |mut open| async move {
        let chunk = open.next().await?;
        Some((Ok::<_, Infallible>(chunk), open))
    });
    // A stream takes its connection with it, so that a server that stops need not wait for the next request on it.
    Ok(HttpResponse::Ok()
        .force_close()
        .content_type("text/event-stream")
        .insert_header(("Cache-Control", "no-store"))
        .insert_header(("X-Accel-Buffering", "no"))
        .streaming(chunks))
}

/// A stream that is open.
struct Open {
    watcher: Watcher,
    outdial: Orchestrator,
    credential: Option<Credential>,
    /// When its caller was last asked for.
    judged: Timestamp,
    _counted: OpenStream,
}

impl Open {
    /// What comes next; there is something at least with every heartbeat. A stream lasts no longer than what let its
    /// caller in.
    async fn next(&mut self) -> Option<Bytes> {
        let chunk = self.watcher.next().await?;
        let now = self.outdial.now();
        if now - self.judged >= JUDGED_EVERY || now < self.judged {
            let caller = self.outdial.admitted(self.credential.as_ref()?).ok().flatten()?;
            caller.may(WATCH).ok()?;
            self.judged = now;
        }
        Some(chunk)
    }
}
