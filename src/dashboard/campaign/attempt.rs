//! One attempt: all that is known of it, and a form to tell what it yielded.

use actix_web::HttpResponse;
use actix_web::web::Path;
use maud::{Markup, html};

use super::ledger::Attempt;
use super::{Tab, Whole, framed, result, text_pair, timeline};
use crate::dashboard::badge::badge;
use crate::dashboard::edited::may_be_sent_again;
use crate::dashboard::failure::Failure;
use crate::dashboard::form::{Fields, Form, Typed};
use crate::dashboard::visit::Visit;

pub(super) async fn page(visit: Visit, path: Path<(String, String)>) -> Result<HttpResponse, Failure> {
    let (id, attempt) = path.into_inner();
    let (whole, attempt) = read(&visit, &id, &attempt).await?;
    let form = Form::of(result::told(&attempt));
    Ok(shown(&visit, &whole, &attempt, &form))
}

async fn read(visit: &Visit, id: &str, attempt: &str) -> Result<(Whole, Attempt), Failure> {
    let whole = Whole::read(visit, id).await?;
    let attempt: Attempt = visit.api.get(&format!("/attempts/{attempt}")).await?;
    if attempt.campaign_id != whole.campaign.id {
        return Err(Failure::no_such_page(&visit.address));
    }
    Ok((whole, attempt))
}

fn shown(visit: &Visit, whole: &Whole, attempt: &Attempt, form: &Form) -> HttpResponse {
    let body = html! {
        p.crumbs { a href=(whole.address("/attempts")) { "All attempts" } }
        div.heading {
            h2 id="attempt-title" data-live="" { "Attempt " (attempt.number) " to " (attempt.to) " " (badge(attempt.standing())) }
        }
        div.columns {
            section.sheet id="course" data-live="" {
                h3 { "What happened" }
                (timeline::course(visit, whole, attempt))
                (facts(whole, attempt))
            }
            section.sheet id="clearance" {
                h3 { "Why it was lawful" }
                (timeline::cleared(attempt))
            }
            section.sheet id="yielded" data-live="" {
                h3 { "What it yielded" }
                (timeline::yielded(attempt))
                @if result::is_empty(attempt) { p { "Nothing was told of it yet." } }
            }
            @if visit.may_run() && attempt.can_yield() {
                section.sheet id="result" {
                    h3 { "Tell what it yielded" }
                    (result::form(whole, attempt, form))
                }
            }
        }
    };
    let title = format!("Attempt {} to {}", attempt.number, attempt.to);
    framed(visit, whole, Tab::Attempts, Some(&title), &body)
}

fn facts(whole: &Whole, attempt: &Attempt) -> Markup {
    html! {
        dl.pairs {
            dt { "Contact" }
            dd { a href=(whole.address(&format!("/contacts/{}", attempt.contact_id))) data-drawer="" { (attempt.to) } }
            dt { "From" } dd { (attempt.from) }
            dt { "Run" } dd { (attempt.run) }
            (text_pair("Carrier", attempt.provider.as_deref()))
            (text_pair("Its id of the call", attempt.provider_id.as_deref()))
            dt { "Id" } dd.mono { (attempt.id) }
        }
    }
}

/// Tells what the call yielded.
pub(super) async fn tell(
    visit: Visit,
    path: Path<(String, String)>,
    fields: Typed,
) -> Result<HttpResponse, Failure> {
    let (id, attempt) = path.into_inner();
    let (whole, attempt) = read(&visit, &id, &attempt).await?;
    let fields = Fields(fields.into_inner());
    let body = result::body(&fields);
    match visit
        .api
        .post(&format!("/attempts/{}/result", attempt.id), &body)
        .await
    {
        Ok(_) => Ok(visit.done(
            &whole.path(&format!("/attempts/{}", attempt.id)),
            "What it yielded is written down.",
        )),
        Err(Failure::Refused(refusal)) if may_be_sent_again(&refusal) => {
            let form = Form::refused(fields, &refusal);
            let mut answer = shown(&visit, &whole, &attempt, &form);
            *answer.status_mut() = refusal.status;
            Ok(answer)
        }
        Err(failure) => Err(failure),
    }
}
