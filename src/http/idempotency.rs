//! `Idempotency-Key`: a request that makes something, repeated with the same key within 24 hours, makes it once and
//! gets the same answer. The answers of requests that made nothing are not kept: they may be mended and sent again.

use std::collections::HashSet;
use std::sync::{Mutex, PoisonError};

use actix_web::HttpResponse;
use actix_web::body::{BoxBody, to_bytes};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::StatusCode;
use actix_web::http::header::{self, HeaderName, HeaderValue};
use actix_web::web::{Bytes, Data};
use outdial_domain::time::Timestamp;
use outdial_storage::batch::Batch;
use outdial_storage::records::{self, ReceiptV1};
use outdial_storage::{keys, read};
use sha2::{Digest, Sha256};

use super::problem::Problem;
use super::{body, list_form};
use crate::access::Caller;
use crate::error::Error;
use crate::orchestrator::Orchestrator;
use crate::receipt::{self, KEPT, Receipt};

const KEY: HeaderName = HeaderName::from_static("idempotency-key");
pub(super) const REPLAYED: HeaderName = HeaderName::from_static("idempotency-replayed");
/// Longer keys are somebody's mistake.
const LONGEST_KEY: usize = 255;

/// Requests with an idempotency key that are being dealt with.
#[derive(Debug, Default)]
pub(crate) struct UnderWay(Mutex<HashSet<[u8; 32]>>);

/// A request's place among them, until it is over, however it ends.
pub(super) struct Turn(Data<Orchestrator>, [u8; 32]);

impl Turn {
    fn begin(outdial: &Data<Orchestrator>, key: [u8; 32]) -> Option<Self> {
        let mut keys = outdial
            .inner
            .under_way
            .0
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        keys.insert(key).then(|| Self(outdial.clone(), key))
    }
}

impl Drop for Turn {
    fn drop(&mut self) {
        let mut keys = self
            .0
            .inner
            .under_way
            .0
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        keys.remove(&self.1);
    }
}

/// What is to be done about a request that would make something.
pub(super) enum Begun {
    /// It carries no key.
    Plain,
    /// It is dealt with for the first time; the answer is to be [`kept`].
    First(Turn, Receipt),
    /// It was dealt with before, and this is the answer that it had.
    Again(HttpResponse),
}

/// Looks whether a request that would make something has done so before.
/// `body` is what has been read of it; nothing has, where it is a form.
pub(super) async fn begin(
    request: &mut ServiceRequest,
    caller: &Caller,
    body: Option<&Bytes>,
) -> Result<Begun, Problem> {
    let Some(key) = request.headers().get(&KEY).cloned() else {
        return Ok(Begun::Plain);
    };
    let key = readable(&key)?;
    let outdial = request.app_data::<Data<Orchestrator>>().cloned();
    let outdial = outdial.ok_or_else(|| Problem::not_ready("the HTTP layer is not mounted".to_owned()))?;
    let asked = digest(request, body);
    let route = format!(
        "{} {}",
        request.method(),
        request.match_pattern().unwrap_or_default()
    );
    let receipt = Receipt::new(caller, &key, &route, asked, outdial.now());
    let Some(turn) = Turn::begin(&outdial, receipt.key) else {
        let detail = "a request with this Idempotency-Key is being dealt with; ask again in a moment";
        return Err(Problem::conflict("idempotency_in_progress", detail));
    };
    // What an earlier request has decided may be on its way to the disk, though nobody waits for it any more.
    outdial.durable().await?;
    let store = outdial.inner.store.as_ref();
    let earlier = read::receipt(store, receipt.org, &receipt.key).map_err(Error::from)?;
    let Some(earlier) = earlier.filter(|earlier| receipt.at < Timestamp::from_millis(earlier.at) + KEPT)
    else {
        return Ok(Begun::First(turn, receipt));
    };
    let asked = match body {
        Some(_) => receipt.request,
        None => receipt::together(receipt.request, list_form::digest(request).await?),
    };
    Ok(Begun::Again(answer_of(&outdial, earlier, asked)?))
}

fn readable(key: &HeaderValue) -> Result<String, Problem> {
    let text = key.to_str().unwrap_or_default();
    if text.is_empty() || text.len() > LONGEST_KEY {
        let message = format!("must be 1 to {LONGEST_KEY} visible ASCII characters, such as a UUID");
        return Err(Error::field("Idempotency-Key", message).into());
    }
    Ok(text.to_owned())
}

/// What is asked, but for what a form says, which may be of any size.
fn digest(request: &ServiceRequest, body: Option<&Bytes>) -> [u8; 32] {
    let hash = Sha256::new()
        .chain_update(request.method().as_str())
        .chain_update([0])
        .chain_update(request.uri().to_string())
        .chain_update([0]);
    let body = body.map_or(&[][..], |bytes| bytes);
    hash.chain_update(body).finalize().into()
}

/// The answer that an earlier request with this key had; `asked` is what is asked now.
fn answer_of(outdial: &Orchestrator, earlier: ReceiptV1, asked: [u8; 32]) -> Result<HttpResponse, Problem> {
    if earlier.request != asked {
        let detail =
            "this Idempotency-Key was used for another request within the last 24 hours; use a new key";
        return Err(Problem::conflict("idempotency_key_reused", detail));
    }
    let (status, kind, sealed) = match earlier.answer {
        Some(answer) => answer,
        None => {
            let place = earlier.location.unwrap_or_default();
            let detail = format!(
                "the first request with this Idempotency-Key took effect, and outdial ended before it was answered: \
                 see {}{place}",
                super::BASE
            );
            return Err(Problem::conflict("idempotency_answer_lost", detail));
        }
    };
    let unreadable =
        || Error::Unavailable("the earlier answer cannot be read with this installation's key".to_owned());
    let body = outdial
        .inner
        .installation
        .unseal(&sealed)
        .ok_or_else(unreadable)?;
    let status = StatusCode::from_u16(status).unwrap_or(StatusCode::OK);
    let mut answer = HttpResponse::build(status);
    answer.insert_header((header::CONTENT_TYPE, kind));
    answer.insert_header((REPLAYED, "true"));
    if let Some(location) = earlier.location {
        answer.insert_header((header::LOCATION, format!("{}{location}", super::BASE)));
    }
    Ok(answer.body(body))
}

/// Keeps the answer of a request that took effect, durably, before it is given.
pub(super) async fn kept(
    turn: &Turn,
    receipt: &Receipt,
    response: ServiceResponse<BoxBody>,
) -> Result<ServiceResponse<BoxBody>, actix_web::Error> {
    if !response.status().is_success() {
        return Ok(response);
    }
    let outdial = &turn.0;
    let (request, response) = response.into_parts();
    let (head, body) = response.into_parts();
    let body = to_bytes(body)
        .await
        .map_err(actix_web::error::ErrorInternalServerError)?;
    let kind = body::kind(head.headers());
    let sealed = outdial.inner.installation.seal(&body);
    let record = receipt.record(Some((head.status().as_u16(), kind.to_owned(), sealed)));
    let mut batch = Batch::new();
    batch.put(
        keys::idempotency(receipt.org, &receipt.key),
        records::encode(&record),
    );
    outdial.commit(batch).await.map_err(Problem::from)?;
    Ok(ServiceResponse::new(
        request,
        head.set_body(body).map_into_boxed_body(),
    ))
}
