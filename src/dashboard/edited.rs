//! Forms that make something or change it: asked of the API, and shown again where it refuses. Of two people who
//! change the same thing at once, the second is told before anything of the first's is lost.

use actix_web::HttpResponse;
use actix_web::http::{Method, StatusCode, header};
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::client::Answer;
use super::failure::{Failure, Refusal};
use super::form::{Fields, Form};
use super::once;
use super::visit::Visit;

/// The hidden field with the tag of what was opened.
pub(super) const TAG: &str = "etag";

/// What became of a form: what the API answered, or the form again with what is wrong.
pub(super) type Outcome = Result<Answer, Form>;

/// What stands at a path, and its tag.
pub(super) async fn opened<T: DeserializeOwned>(visit: &Visit, path: &str) -> Result<(T, String), Failure> {
    let answer = visit.api.ask(Method::GET, path, &[], None).await?;
    let tag = answer.headers.get(header::ETAG);
    let tag = tag
        .and_then(|tag| tag.to_str().ok())
        .unwrap_or_default()
        .to_owned();
    Ok((answer.read()?, tag))
}

/// Makes what a form asks for, once however often it is sent, where it carries a token (`once`).
pub(super) async fn created(
    visit: &Visit,
    path: &str,
    fields: Fields,
    body: &Value,
) -> Result<Outcome, Failure> {
    let refusal = match once::made(visit, path, &fields, body).await {
        Ok(answer) => return Ok(Ok(answer)),
        Err(failure) => refusal_of(failure)?,
    };
    if !once::is_spent(&refusal) {
        return Ok(Err(Form::refused(fields, &refusal)));
    }
    let told = "This form was sent before, and made something: look whether it is there. Send it again to make \
                another as it stands here.";
    Ok(Err(Form {
        refused: Some(told.to_owned()),
        ..Form::of(once::with_token(visit, fields))
    }))
}

/// Changes what stands at a path, unless somebody else did so since the form was opened. The form that is shown
/// then takes what is there now for known, so sending it once more decides.
pub(super) async fn changed(
    visit: &Visit,
    path: &str,
    mut fields: Fields,
    body: &Value,
) -> Result<Outcome, Failure> {
    let refusal = match visit.api.patch(path, body, fields.given(TAG)).await {
        Ok(answer) => return Ok(Ok(answer)),
        Err(failure) => refusal_of(failure)?,
    };
    if refusal.status != StatusCode::PRECONDITION_FAILED {
        return Ok(Err(Form::refused(fields, &refusal)));
    }
    let (_, tag) = opened::<Value>(visit, path).await?;
    fields.set(TAG, tag);
    let told = "Somebody else changed this while you did. Nothing is saved yet: save again to replace what they \
                wrote by what stands here, or open the page anew to see theirs.";
    Ok(Err(Form {
        refused: Some(told.to_owned()),
        ..Form::of(fields)
    }))
}

/// Whether a form can tell a refusal: mended, or sent once more as it is, it may be taken. So what was typed is not lost.
pub(super) fn may_be_sent_again(refusal: &Refusal) -> bool {
    const TOLD: [StatusCode; 6] = [
        StatusCode::UNPROCESSABLE_ENTITY,
        StatusCode::CONFLICT,
        StatusCode::PRECONDITION_FAILED,
        StatusCode::PAYLOAD_TOO_LARGE,
        StatusCode::TOO_MANY_REQUESTS,
        StatusCode::SERVICE_UNAVAILABLE,
    ];
    TOLD.contains(&refusal.status)
}

/// A refusal that the form can tell; any other failure is a page of its own.
fn refusal_of(failure: Failure) -> Result<Box<Refusal>, Failure> {
    match failure {
        Failure::Refused(refusal) if may_be_sent_again(&refusal) => Ok(refusal),
        failure => Err(failure),
    }
}

/// A page that shows a form again because something is wrong with it.
pub(super) fn shown_again(mut page: HttpResponse) -> HttpResponse {
    *page.status_mut() = StatusCode::UNPROCESSABLE_ENTITY;
    page
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_typed_is_not_lost_where_outdial_is_busy() {
        let told = |status| refusal_of(Failure::refused(status, "No", "not now")).is_ok();
        for status in [409, 412, 413, 422, 429, 503] {
            assert!(told(StatusCode::from_u16(status).expect("a status")), "{status}");
        }
        assert!(!told(StatusCode::NOT_FOUND));
        assert!(!told(StatusCode::FORBIDDEN));
    }
}
