//! Where carriers call back. No bearer: the carrier's signature over the public URL, and the attempt's own
//! secret in it, say who speaks. Each 2xx is sent after the commit is durable.

use actix_web::web::{self, Bytes, Data, Path, Payload, Query, ServiceConfig};
use actix_web::{HttpRequest, HttpResponse};
use outdial_domain::ids::{AttemptId, CampaignId, LineId, OrgId};
use outdial_domain::step::Input;
use outdial_providers::twilio::{Form, SIGNATURE_HEADER, StatusCallback, VoiceRequest};
use outdial_providers::twiml::{self, Twiml};
use outdial_storage::read;
use serde::Deserialize;

use super::problem::Problem;
use super::{body, path, resource};
use crate::error::Error;
use crate::orchestrator::Orchestrator;

pub(crate) fn routes(config: &mut ServiceConfig) {
    let base = "/webhooks/twilio/{line_id}/attempts/{attempt_id}";
    config.service(resource(&format!("{base}/status"), [web::post().to(status)]));
    config.service(resource(&format!("{base}/voice"), [web::post().to(voice)]));
}

/// What outdial put into the callback's URL.
#[derive(Deserialize)]
struct Token {
    c: Option<String>,
    s: Option<String>,
}

/// A callback whose sender is proven.
struct Proven {
    org: OrgId,
    campaign: CampaignId,
    attempt: AttemptId,
}

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
    let input = Input::Report {
        attempt: proven.attempt,
        fact: callback.fact,
    };
    outdial.ask(proven.org, proven.campaign, input).await?;
    Ok(HttpResponse::NoContent().finish())
}

/// What the answered call says. Voice profiles will say more.
async fn voice(
    outdial: Data<Orchestrator>,
    ids: Path<(String, String)>,
    token: Query<Token>,
    request: HttpRequest,
    payload: Payload,
) -> Result<HttpResponse, Problem> {
    let bytes = body::bytes(payload, body::WEBHOOK_LIMIT).await?;
    let form = read_form(&bytes)?;
    let proven = prove(&outdial, &ids, &token, &request, &form)?;
    VoiceRequest::read(&form).map_err(|error| Problem::malformed(error.to_string()))?;
    let attempt = read::attempt(outdial.inner.store.as_ref(), proven.campaign, proven.attempt);
    attempt
        .map_err(Error::from)?
        .ok_or_else(|| Error::not_found("attempt", proven.attempt))?;
    let answer = Twiml::new()
        .say("This is an automated call. Goodbye.")
        .hang_up()
        .into_xml();
    Ok(HttpResponse::Ok().content_type(twiml::CONTENT_TYPE).body(answer))
}

fn read_form(bytes: &Bytes) -> Result<Form<'_>, Problem> {
    Form::parse(bytes).map_err(|error| Problem::malformed(error.to_string()))
}

/// Verifies signature and secret. An unknown line has no key to verify with, so nothing of it exists.
fn prove(
    outdial: &Orchestrator,
    ids: &Path<(String, String)>,
    token: &Token,
    request: &HttpRequest,
    form: &Form<'_>,
) -> Result<Proven, Problem> {
    let (line, attempt) = &**ids;
    let line_id: LineId = path::id("line", line)?;
    let line = outdial
        .inner
        .lines
        .get(line_id)
        .ok_or_else(|| Error::not_found("line", line))?;
    let signature = request
        .headers()
        .get(SIGNATURE_HEADER)
        .and_then(|value| value.to_str().ok());
    let path_and_query = request.uri().path_and_query().map_or("", |both| both.as_str());
    let url = outdial.inner.callbacks.public(path_and_query);
    let signed =
        signature.is_some_and(|signature| line.signatures.verify_form(&url, form.params(), signature));
    if !signed {
        return Err(Problem::bad_signature());
    }
    let attempt: AttemptId = path::id("attempt", attempt)?;
    let secret = token.s.as_deref().unwrap_or("");
    let campaign = token.c.as_deref().unwrap_or("");
    if !outdial.inner.callbacks.knows(attempt, secret) {
        return Err(Error::not_found("attempt", attempt).into());
    }
    let campaign = path::id("campaign", campaign)?;
    Ok(Proven {
        org: OrgId(line.record.org),
        campaign,
        attempt,
    })
}
