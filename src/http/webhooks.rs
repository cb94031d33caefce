//! Where carriers call back. No bearer: the carrier's signature over the public URL, and the attempt's own
//! secret in it, say who speaks. Each 2xx is sent after what it acknowledges is durable.

use std::sync::Arc;

use actix_web::http::Method;
use actix_web::middleware::from_fn;
use actix_web::web::{self, Bytes, Data, Path, Payload, Query, ServiceConfig};
use actix_web::{HttpRequest, HttpResponse};
use outdial_domain::call::News;
use outdial_domain::ids::{AttemptId, CampaignId, LineId, OrgId};
use outdial_domain::step::Input;
use outdial_providers::dialect::Dialect;
use outdial_providers::twilio::{DetectionCallback, Form, StatusCallback};
use outdial_storage::keys;
use serde::Deserialize;

use measured::{Kind, Measured};

use super::problem::Problem;
use super::{body, path, resource};
use crate::error::Error;
use crate::lines::KnownLine;
use crate::orchestrator::Orchestrator;

mod inbound;
mod measured;
mod voice;

pub(crate) fn routes(config: &mut ServiceConfig) {
    let measured = Data::new(Measured::new());
    for dialect in [Dialect::Twilio, Dialect::SignalWire] {
        let base = format!("/webhooks/{}/{{line_id}}", dialect.path_name());
        let route = |path: &str, kind: Kind, route| {
            resource(&format!("{base}/{path}"), [(Method::POST, route)])
                .app_data(Data::new(dialect))
                .app_data(Data::new(kind))
                .app_data(measured.clone())
                .wrap(from_fn(measured::count))
        };
        let of_attempt = "attempts/{attempt_id}";
        config.service(route(
            &format!("{of_attempt}/status"),
            Kind::Status,
            web::post().to(status),
        ));
        config.service(route(
            &format!("{of_attempt}/amd"),
            Kind::Detection,
            web::post().to(amd),
        ));
        config.service(route(
            &format!("{of_attempt}/voice"),
            Kind::Voice,
            web::post().to(voice::voice),
        ));
        config.service(route("inbound", Kind::Inbound, web::post().to(inbound::inbound)));
    }
}

/// What outdial put into the callback's URL.
#[derive(Deserialize)]
struct Token {
    c: Option<String>,
    s: Option<String>,
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
    ids: Path<(String, String)>,
    token: Query<Token>,
    request: HttpRequest,
    payload: Payload,
) -> Result<HttpResponse, Problem> {
    let bytes = body::bytes(payload, body::WEBHOOK_LIMIT).await?;
    let form = read_form(&bytes)?;
    let proven = prove(&outdial, &ids, &token, &request, &form)?;
    let callback = StatusCallback::read(&form).map_err(|error| Problem::malformed(error.to_string()))?;
    if let (Some(measured), Some(at)) = (request.app_data::<Data<Measured>>(), callback.fact.at) {
        measured.lagged(outdial.now() - at);
    }
    note(&outdial, &proven, News::Status(callback.fact)).await
}

/// What answered, found out while the call went on.
async fn amd(
    outdial: Data<Orchestrator>,
    ids: Path<(String, String)>,
    token: Query<Token>,
    request: HttpRequest,
    payload: Payload,
) -> Result<HttpResponse, Problem> {
    let bytes = body::bytes(payload, body::WEBHOOK_LIMIT).await?;
    let form = read_form(&bytes)?;
    let proven = prove(&outdial, &ids, &token, &request, &form)?;
    let found = DetectionCallback::read(&form).map_err(|error| Problem::malformed(error.to_string()))?;
    let news = News::Detected {
        provider_id: found.provider_id,
        answered_by: found.answered_by,
    };
    note(&outdial, &proven, news).await
}

async fn note(outdial: &Orchestrator, proven: &Proven, news: News) -> Result<HttpResponse, Problem> {
    let input = Input::Report {
        attempt: proven.attempt,
        news,
    };
    outdial.ask(proven.org, proven.campaign, input).await?;
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

/// Verifies signature and secret.
fn prove(
    outdial: &Orchestrator,
    ids: &Path<(String, String)>,
    token: &Token,
    request: &HttpRequest,
    form: &Form<'_>,
) -> Result<Proven, Problem> {
    let (line, attempt) = &**ids;
    let line = signed(outdial, line, request, form)?;
    let attempt: AttemptId = path::id("attempt", attempt)?;
    let secret = token.s.as_deref().unwrap_or("");
    let campaign = token.c.as_deref().unwrap_or("");
    if !outdial.inner.callbacks.knows(attempt, secret) {
        return Err(Error::not_found("attempt", attempt).into());
    }
    let campaign = path::id("campaign", campaign)?;
    let org = OrgId(line.record.org);
    // Whoever has a line signs what it likes; that of others is none of its business.
    let listed = outdial.inner.store.get(&keys::listing(org, campaign));
    if listed.map_err(Error::from)?.is_none() {
        return Err(Error::not_found("attempt", attempt).into());
    }
    Ok(Proven {
        org,
        line,
        campaign,
        attempt,
    })
}
