//! Where carriers call back. No bearer: the carrier's signature over the public URL, and the attempt's own
//! secret in it, say who speaks. Each 2xx is sent after what it acknowledges is durable.

use std::sync::Arc;

use actix_web::http::Method;
use actix_web::web::{self, Bytes, Data, Payload, ServiceConfig};
use actix_web::{HttpRequest, HttpResponse};
use outdial_domain::call::News;
use outdial_domain::ids::{AttemptId, CampaignId, LineId, OrgId};
use outdial_domain::step::Input;
use outdial_providers::dialect::Dialect;
use outdial_providers::twilio::{DetectionCallback, Form, StatusCallback};

use measured::{Kind, Measured};

use super::problem::Problem;
use super::{body, no_such_route, path, resource};
use crate::error::Error;
use crate::lines::KnownLine;
use crate::orchestrator::Orchestrator;

mod inbound;
mod measured;
mod voice;

pub(crate) fn routes(config: &mut ServiceConfig) {
    let measured = Data::new(Measured::new());
    let post = |handler| [(Method::POST, handler)];
    for dialect in [Dialect::Twilio, Dialect::SignalWire] {
        // In the order of how often they are asked: of two that fit, the first is taken.
        let of_attempt = "/{line_id}/attempts/{attempt_id}";
        let scope = web::scope(&format!("/webhooks/{}", dialect.path_name()))
            .app_data(Data::new(dialect))
            .app_data(measured.clone())
            .service(resource(
                &format!("{of_attempt}/status"),
                post(web::post().to(status)),
            ))
            .service(resource(
                &format!("{of_attempt}/voice"),
                post(web::post().to(voice::voice)),
            ))
            .service(resource(&format!("{of_attempt}/amd"), post(web::post().to(amd))))
            .service(resource(
                "/{line_id}/inbound",
                post(web::post().to(inbound::inbound)),
            ))
            .default_service(web::to(no_such_route));
        config.service(scope);
    }
}

/// A callback whose sender is proven.
struct Proven {
    line: Arc<KnownLine>,
    org: OrgId,
    campaign: CampaignId,
    attempt: AttemptId,
}

/// How a call goes.
async fn status(
    outdial: Data<Orchestrator>,
    request: HttpRequest,
    measured: Data<Measured>,
    payload: Payload,
) -> Result<HttpResponse, Problem> {
    let answer = take_status(&outdial, &request, &measured, payload);
    measured.count(Kind::Status, answer).await
}

async fn take_status(
    outdial: &Orchestrator,
    request: &HttpRequest,
    measured: &Measured,
    payload: Payload,
) -> Result<HttpResponse, Problem> {
    let bytes = body::bytes(payload, body::WEBHOOK_LIMIT).await?;
    let form = read_form(&bytes)?;
    let proven = prove(outdial, request, &form)?;
    let callback = StatusCallback::read(&form).map_err(|error| Problem::malformed(error.to_string()))?;
    if let Some(at) = callback.fact.at {
        measured.lagged(outdial.now() - at);
    }
    note(outdial, &proven, News::Status(callback.fact)).await
}

/// What answered, found out while the call went on.
async fn amd(
    outdial: Data<Orchestrator>,
    request: HttpRequest,
    measured: Data<Measured>,
    payload: Payload,
) -> Result<HttpResponse, Problem> {
    let answer = take_detection(&outdial, &request, payload);
    measured.count(Kind::Detection, answer).await
}

async fn take_detection(
    outdial: &Orchestrator,
    request: &HttpRequest,
    payload: Payload,
) -> Result<HttpResponse, Problem> {
    let bytes = body::bytes(payload, body::WEBHOOK_LIMIT).await?;
    let form = read_form(&bytes)?;
    let proven = prove(outdial, request, &form)?;
    let found = DetectionCallback::read(&form).map_err(|error| Problem::malformed(error.to_string()))?;
    let news = News::Detected {
        provider_id: found.provider_id,
        answered_by: found.answered_by,
    };
    note(outdial, &proven, news).await
}

async fn note(outdial: &Orchestrator, proven: &Proven, news: News) -> Result<HttpResponse, Problem> {
    let input = Input::Report {
        attempt: proven.attempt,
        news,
    };
    // Whoever has a line signs what it likes; a campaign of others is none of its business, and is not found.
    let noted = outdial.ask(proven.org, proven.campaign, input).await;
    noted.map_err(|error| no_such_attempt(error, proven.attempt))?;
    Ok(HttpResponse::NoContent().finish())
}

fn read_form(bytes: &Bytes) -> Result<Form<'_>, Problem> {
    Form::parse(bytes).map_err(|error| Problem::malformed(error.to_string()))
}

/// Verifies the signature. An unknown line, or one of another carrier, has no key to verify with, so nothing
/// of it exists.
fn signed(
    outdial: &Orchestrator,
    line: &str,
    request: &HttpRequest,
    form: &Form<'_>,
) -> Result<Arc<KnownLine>, Problem> {
    let dialect = request.app_data::<Data<Dialect>>().map(|dialect| ***dialect);
    let known = outdial.inner.lines.get(path::id::<LineId>("line", line)?);
    let known = known
        .filter(|known| Some(known.dialect) == dialect)
        .ok_or_else(|| Error::not_found("line", line))?;
    let headers = known.dialect.signature_headers();
    let signature = headers.iter().find_map(|name| request.headers().get(*name));
    let path_and_query = request.uri().path_and_query().map_or("", |both| both.as_str());
    let url = outdial
        .inner
        .callbacks
        .public(LineId(known.record.id), path_and_query);
    let is_signed = signature
        .and_then(|signature| signature.to_str().ok())
        .is_some_and(|signature| known.signatures.verify_form(&url, form.params(), signature));
    if is_signed {
        Ok(known)
    } else {
        Err(Problem::bad_signature())
    }
}

/// An attempt of a campaign that is not found is not found either.
fn no_such_attempt(error: Error, attempt: AttemptId) -> Error {
    match error {
        Error::NotFound { .. } => Error::not_found("attempt", attempt),
        other => other,
    }
}

/// What outdial put into the callback's URL under this name, once, and which had nothing to escape.
fn of_query<'r>(request: &'r HttpRequest, name: &str) -> Result<&'r str, Problem> {
    let pairs = request.query_string().split('&');
    let mut named = pairs.filter_map(|pair| pair.strip_prefix(name)?.strip_prefix('='));
    match (named.next(), named.next()) {
        (found, None) => Ok(found.unwrap_or_default()),
        (_, Some(_)) => Err(Problem::malformed(format!(
            "the query has `{name}` more than once"
        ))),
    }
}

/// Verifies signature and secret. Whether the campaign is one of the organization that has the line is left to whoever
/// asks for it.
fn prove(outdial: &Orchestrator, request: &HttpRequest, form: &Form<'_>) -> Result<Proven, Problem> {
    let of_path = |name| request.match_info().get(name).unwrap_or_default();
    let line = signed(outdial, of_path("line_id"), request, form)?;
    let attempt: AttemptId = path::id("attempt", of_path("attempt_id"))?;
    let (campaign, secret) = (of_query(request, "c")?, of_query(request, "s")?);
    if !outdial.inner.callbacks.knows(attempt, secret) {
        return Err(Error::not_found("attempt", attempt).into());
    }
    let campaign = path::id("campaign", campaign)?;
    let org = OrgId(line.record.org);
    Ok(Proven {
        org,
        line,
        campaign,
        attempt,
    })
}
