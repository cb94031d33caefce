//! The campaign that is made of a draft, through the API as any other: with its list, and once, however often it is asked
//! for and wherever a crash comes in between.

use std::pin::Pin;

use actix_http::error::PayloadError;
use actix_web::dev;
use actix_web::http::Method;
use actix_web::http::StatusCode;
use actix_web::http::header::{self, HeaderName, HeaderValue};
use actix_web::web::Bytes;
use futures_util::{Stream, StreamExt, stream};
use serde::Deserialize;
use serde_json::Value;
use tokio::io::AsyncReadExt;
use uuid::Uuid;

use super::asked;
use super::drafts::Draft;
use super::step::COLUMNS;
use crate::dashboard::api::{Campaign, List, Named};
use crate::dashboard::client::Answer;
use crate::dashboard::failure::{Failure, Refusal};
use crate::dashboard::visit::Visit;
use crate::error::Error;
use crate::http::etag;

const KEY: HeaderName = HeaderName::from_static("idempotency-key");
/// What a select says where a list has no such column.
pub(super) const NO_COLUMN: &str = "none";
/// The version of a campaign that nobody has changed since it was made.
const AS_MADE: u32 = 1;
/// Bytes of a list that are passed on at a time.
const CHUNK: usize = 64 << 10;

/// A list on its way in.
#[derive(Debug, Deserialize)]
pub(super) struct Import {
    pub(super) file_name: String,
    pub(super) state: String,
    pub(super) reason: Option<String>,
    pub(super) progress: Option<f64>,
    pub(super) rows_read: u64,
    pub(super) imported: u64,
    pub(super) id: Uuid,
}

/// The campaign that was made of a draft, if it is still there.
pub(super) async fn campaign(visit: &Visit, draft: &Draft) -> Result<Option<Campaign>, Failure> {
    match draft.campaign {
        Some(id) => visit.api.get_if_there(&format!("/campaigns/{id}")).await,
        None => Ok(None),
    }
}

/// The lists that a campaign has taken in, or takes in.
pub(super) async fn imports(visit: &Visit, campaign: Uuid) -> Result<Vec<Import>, Failure> {
    let found: List<Import> = visit
        .api
        .get(&format!("/campaigns/{campaign}/imports?limit=500"))
        .await?;
    Ok(found.items)
}

/// Whether a list was left before its end: then some of its people would be called, and nobody knows which.
pub(super) fn is_broken(imports: &[Import]) -> bool {
    let is_left = |import: &Import| ["failed", "canceled"].contains(&import.state.as_str());
    imports.iter().any(is_left)
}

/// Sees to it that there is a campaign made of what stands in the draft now, with the whole list. One that somebody has
/// started meanwhile is left as it is. One that somebody has changed on its own page is left too, and another made: the
/// answer is what it is called.
///
/// # Errors
/// What the API refuses; then the draft is as it was, and may be mended.
pub(super) async fn make(visit: &Visit, draft: &mut Draft) -> Result<Option<String>, Failure> {
    let mut left = None;
    if draft.campaign.is_some() {
        match campaign(visit, draft).await? {
            Some(begun) if begun.status != "draft" => return Ok(None),
            Some(there) if draft.is_made() && !is_broken(&imports(visit, there.id).await?) => {}
            Some(outdated) => {
                let is_deleted = deleted(visit, outdated.id).await?;
                left = (!is_deleted).then_some(outdated.name);
                draft.unmade();
            }
            None => draft.unmade(),
        }
    }
    let id = match draft.campaign {
        Some(id) => id,
        None => {
            // The key under which it is made is kept before it is used.
            draft.keep(visit).await?;
            let id = created(visit, draft).await?;
            draft.made(id);
            draft.keep(visit).await?;
            id
        }
    };
    if draft.file_name.is_some() && imports(visit, id).await?.is_empty() {
        import(visit, draft, id).await?;
    }
    Ok(left)
}

/// Takes away the campaign that was made of a draft, unless somebody has started or changed it. Whether none is left.
pub(super) async fn unmake(visit: &Visit, draft: &Draft) -> Result<bool, Failure> {
    match campaign(visit, draft).await? {
        Some(campaign) if campaign.status == "draft" => deleted(visit, campaign.id).await,
        left => Ok(left.is_none()),
    }
}

/// Deletes a campaign, unless somebody has changed it since it was made. Whether it is gone.
async fn deleted(visit: &Visit, id: Uuid) -> Result<bool, Failure> {
    let path = format!("/campaigns/{id}");
    let tag = etag::of_version(AS_MADE);
    is_gone(
        visit
            .api
            .ask(Method::DELETE, &path, &[(header::IF_MATCH, &tag)], None)
            .await,
    )
}

/// Whether a campaign is gone, by what was said when it was to be deleted; one that was gone already is as good.
fn is_gone(answer: Result<Answer, Failure>) -> Result<bool, Failure> {
    match answer {
        Ok(_) => Ok(true),
        Err(Failure::Refused(refusal)) if refusal.status == StatusCode::NOT_FOUND => Ok(true),
        Err(Failure::Refused(refusal)) if refusal.status == StatusCode::PRECONDITION_FAILED => Ok(false),
        Err(failure) => Err(failure),
    }
}

async fn created(visit: &Visit, draft: &Draft) -> Result<Uuid, Failure> {
    let body = asked::campaign(&draft.fields);
    let key = draft.idempotency_key();
    let asked = visit
        .api
        .ask(Method::POST, "/campaigns", &[(KEY, &key)], Some(&body))
        .await;
    match asked {
        Ok(answer) => {
            let made: Named = answer.read()?;
            Ok(made.id)
        }
        Err(Failure::Refused(refusal)) => match made_before(&refusal) {
            Some(id) => Ok(id),
            None => Err(Failure::Refused(refusal)),
        },
        Err(failure) => Err(failure),
    }
}

/// The campaign that was made before outdial ended, without that its answer was kept: the refusal says where it is.
fn made_before(refusal: &Refusal) -> Option<Uuid> {
    let (_, behind) = refusal.detail.rsplit_once("/campaigns/")?;
    (refusal.code == "idempotency_answer_lost").then(|| behind.parse().ok())?
}

async fn import(visit: &Visit, draft: &Draft, campaign: Uuid) -> Result<(), Failure> {
    let path = draft.list(visit);
    let gone = |_| {
        let message = "the list is not here any more, as after a restore without it; choose it again";
        Error::field("file", message)
    };
    let file = tokio::fs::File::open(&path).await.map_err(gone)?;
    let boundary = format!(
        "outdial-{}",
        visit.outdial().new_id(visit.outdial().now()).simple()
    );
    let (head, tail) = around_list(draft, &boundary);
    let chunks = stream::try_unfold(file, |mut file| async move {
        let mut chunk = vec![0; CHUNK];
        let read = file.read(&mut chunk).await.map_err(PayloadError::Io)?;
        chunk.truncate(read);
        Ok((read > 0).then(|| (Bytes::from(chunk), file)))
    });
    let whole = stream::iter([Ok(Bytes::from(head))])
        .chain(chunks)
        .chain(stream::iter([Ok(Bytes::from(tail))]));
    let payload: Pin<Box<dyn Stream<Item = Result<Bytes, PayloadError>>>> = Box::pin(whole);
    let payload = dev::Payload::Stream { payload };
    let header =
        |text: &str| HeaderValue::from_str(text).map_err(|_| Failure::broken("the list cannot be passed on"));
    let kind = header(&format!("multipart/form-data; boundary={boundary}"))?;
    let key = header(&format!("{}-list", draft.idempotency_key()))?;
    let path = format!("/campaigns/{campaign}/imports");
    match visit.api.pass_on(&path, &kind, &[(KEY, key)], payload).await {
        Err(Failure::Refused(refusal)) if refusal.code == "idempotency_answer_lost" => Ok(()),
        answered => answered.map(drop),
    }
}

/// What stands in a form before its list, and behind it.
fn around_list(draft: &Draft, boundary: &str) -> (String, String) {
    let mut head = String::new();
    for (name, value) in how_to_read(draft) {
        head.push_str(&format!(
            "--{boundary}\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n"
        ));
    }
    let name = file_name(draft.file_name.as_deref().unwrap_or_default());
    head.push_str(&format!(
        "--{boundary}\r\nContent-Disposition: form-data; name=\"file\"; filename=\"{name}\"\r\n\
         Content-Type: application/octet-stream\r\n\r\n"
    ));
    (head, format!("\r\n--{boundary}--\r\n"))
}

/// What the API's form says besides the list: names and values.
pub(super) fn how_to_read(draft: &Draft) -> Vec<(&'static str, String)> {
    let mut all = Vec::new();
    for name in ["default_region", "sheet"] {
        all.extend(draft.fields.given(name).map(|value| (name, value.to_owned())));
    }
    for control in COLUMNS {
        let name = if control == "name_column_2" {
            "name_column"
        } else {
            control
        };
        match draft.fields.given(control) {
            None => {}
            Some(NO_COLUMN) => all.push((name, String::new())),
            Some(column) => all.push((name, column.to_owned())),
        }
    }
    // No value of a form may end it, or begin another.
    for (_, value) in &mut all {
        value.retain(|letter| !letter.is_control());
    }
    all
}

/// A file's name as browsers write it into a form (HTML, "multipart form data").
fn file_name(name: &str) -> String {
    name.replace('"', "%22").replace('\r', "%0D").replace('\n', "%0A")
}

/// Starts the campaign that was made of a draft. `Err` where it cannot be started as it stands, and why.
pub(super) async fn start(visit: &Visit, id: Uuid) -> Result<Result<Campaign, Box<Refusal>>, Failure> {
    let asked = visit
        .api
        .post(&format!("/campaigns/{id}/start"), &Value::Null)
        .await;
    let refusal = match asked {
        Ok(answer) => return Ok(Ok(answer.read()?)),
        Err(Failure::Refused(refusal)) if refusal.status == StatusCode::CONFLICT => refusal,
        Err(failure) => return Err(failure),
    };
    // Whoever pressed twice, or after somebody else, has what they wanted.
    let now: Campaign = visit.api.get(&format!("/campaigns/{id}")).await?;
    Ok(if now.status == "draft" {
        Err(refusal)
    } else {
        Ok(now)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refusal(code: &str, detail: &str) -> Refusal {
        let body = serde_json::json!({"title": "Conflict", "detail": detail, "code": code});
        Refusal::read(
            StatusCode::CONFLICT,
            &serde_json::to_vec(&body).expect("a value can be written"),
        )
    }

    #[test]
    fn a_campaign_whose_answer_was_lost_in_a_crash_is_found_again() {
        let id = Uuid::from_u128(7);
        let told = format!("the first request with this key took effect: see /api/v1/campaigns/{id}");
        assert_eq!(made_before(&refusal("idempotency_answer_lost", &told)), Some(id));
        assert_eq!(made_before(&refusal("idempotency_in_progress", &told)), None);
        assert_eq!(
            made_before(&refusal("idempotency_answer_lost", "elsewhere")),
            None
        );
    }

    #[test]
    fn a_campaign_that_was_changed_by_somebody_else_is_left_and_one_that_is_gone_is_gone() {
        let refused = |status| {
            let body = br#"{"title": "", "detail": ""}"#;
            is_gone(Err(Failure::Refused(Box::new(Refusal::read(status, body)))))
        };
        assert!(refused(StatusCode::NOT_FOUND).is_ok_and(|is_gone| is_gone));
        assert!(refused(StatusCode::PRECONDITION_FAILED).is_ok_and(|is_gone| !is_gone));
        assert!(refused(StatusCode::CONFLICT).is_err());
    }

    #[test]
    fn a_list_that_failed_or_was_canceled_is_not_whole_and_one_that_is_being_read_may_become_so() {
        let import = |state: &str| Import {
            file_name: String::new(),
            state: state.to_owned(),
            reason: None,
            progress: None,
            rows_read: 0,
            imported: 0,
            id: Uuid::nil(),
        };
        assert!(!is_broken(&[]) && !is_broken(&[import("completed"), import("running")]));
        assert!(is_broken(&[import("completed"), import("failed")]));
        assert!(is_broken(&[import("canceled")]));
    }

    #[test]
    fn no_name_of_a_file_ends_the_form_that_carries_it() {
        assert_eq!(
            file_name("a\"; name=\"x\r\n\r\nb.csv"),
            "a%22; name=%22x%0D%0A%0D%0Ab.csv"
        );
    }
}
