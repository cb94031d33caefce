//! The last step: what would come of it. It shows a campaign that was made of what was typed, through the API, and that
//! is created or started from here.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::web::{Path, Query};
use maud::{Markup, html};
use serde::Deserialize;
use serde_json::Value;
use uuid::Uuid;

use super::drafts::{self, Draft};
use super::made;
use super::step::Step;
use super::{asked, audience, crumbs, draft, id, must, path, shown as shown_step};
use crate::dashboard::BASE;
use crate::dashboard::api::{Campaign, Named};
use crate::dashboard::badge::{badge, words};
use crate::dashboard::failure::{Failure, Refusal, sentence};
use crate::dashboard::form::{Fields, Form, Typed};
use crate::dashboard::page::{Page, Part};
use crate::dashboard::visit::{Visit, told};

mod in_words;
mod list;
mod rehearsed;

pub(super) use rehearsed::Rehearsal;

/// Makes the campaign that is reviewed, and leads there; or shows the step in which something is wrong.
pub(super) async fn enter(visit: &Visit, draft: Draft) -> Result<HttpResponse, Failure> {
    entered(visit, draft, None).await
}

/// The same, telling why it is to be looked at again.
async fn entered(visit: &Visit, mut draft: Draft, why: Option<&str>) -> Result<HttpResponse, Failure> {
    for step in Step::ALL {
        let mut errors = asked::errors_of(step, &draft.fields, visit.outdial().now());
        if step == Step::Audience {
            errors.extend(audience::errors_of_list(visit, &draft).await?);
        }
        if !errors.is_empty() {
            let form = Form {
                errors,
                refused: Some(format!(
                    "Before it can be rehearsed, “{}” needs something yet. What you typed in the other steps is kept.",
                    step.title()
                )),
                ..Form::of(draft.fields.clone())
            };
            return shown_step(visit, &draft, step, &form, StatusCode::UNPROCESSABLE_ENTITY).await;
        }
    }
    match made::make(visit, &mut draft).await {
        Ok(left) => {
            let left = left.map(|name| {
                format!(
                    "“{name}”, which was made of it before, was changed on its own page, and stays beside it."
                )
            });
            let told: Vec<&str> = why.into_iter().chain(left.as_deref()).collect();
            let review = path(draft.id, Step::Review);
            Ok(if told.is_empty() {
                visit.goes_to(&review)
            } else {
                visit.done(&review, told.join(" "))
            })
        }
        Err(Failure::Refused(refusal)) => not_made(visit, &draft, &refusal).await,
        Err(failure) => Err(failure),
    }
}

/// What the API refused, in the step where it can be mended; the rest in words.
async fn not_made(visit: &Visit, draft: &Draft, refusal: &Refusal) -> Result<HttpResponse, Failure> {
    let at = refusal.errors.iter().find_map(|error| Step::of(&error.field));
    let step = at.unwrap_or(Step::Rules);
    let mut form = Form::of(draft.fields.clone());
    form.errors = refusal.errors.clone();
    form.errors.retain(|error| Step::of(&error.field) == Some(step));
    if form.errors.is_empty() {
        form.refused = Some(format!("{} What you typed is kept.", told(refusal)));
    }
    shown_step(visit, draft, step, &form, refusal.status).await
}

#[derive(Deserialize)]
struct Warnings {
    #[serde(default)]
    warnings: Vec<Warning>,
}

#[derive(Deserialize)]
struct Warning {
    message: String,
}

pub(super) async fn show(visit: Visit, at: Path<String>) -> Result<HttpResponse, Failure> {
    let draft = draft(&visit, id(&at)?)?;
    let found: Option<Value> = match draft.campaign {
        Some(id) => visit.api.get_if_there(&format!("/campaigns/{id}")).await?,
        None => None,
    };
    let events = found.as_ref().and(draft.campaign);
    let events = events.map(|id| format!("/api/v1/campaigns/{id}/events"));
    let body = match found {
        None => not_there(&draft),
        Some(json) => match read::<Campaign>(&json)? {
            begun if begun.status != "draft" => begun_elsewhere(&draft, &begun),
            campaign => ready(&visit, &draft, &campaign, &json).await?,
        },
    };
    let body = html! {
        (crumbs())
        div.heading { h1 { "New campaign: Review" } }
        nav.steps aria-label="Steps" {
            ol {
                @for step in Step::ALL {
                    li { a href={ (BASE) (path(draft.id, step)) } aria-current=[(step == Step::Review).then_some("step")] { (step.title()) } }
                }
            }
        }
        div id="review" data-live="" { (body) }
    };
    Ok(visit.page(&Page {
        title: "New campaign: Review",
        part: Part::Campaigns,
        events: events.as_deref(),
        body,
    }))
}

fn read<T: serde::de::DeserializeOwned>(json: &Value) -> Result<T, Failure> {
    T::deserialize(json)
        .map_err(|error| Failure::broken(&format!("an answer of the API could not be read: {error}")))
}

/// A button that does something about a draft here, or about the campaign that is looked at.
fn button(draft: &Draft, campaign: Option<&Campaign>, go: &str, label: &str, class: &str) -> Markup {
    let query = campaign.map(|campaign| format!("?campaign={}", seen(campaign)));
    html! {
        form method="post" action={ (BASE) (path(draft.id, Step::Review)) (query.unwrap_or_default()) } {
            button id={ "review-" (go) } name="go" value=(go) class=(class) { (label) }
        }
    }
}

fn not_there(draft: &Draft) -> Markup {
    html! {
        section.sheet {
            h2 { "Not rehearsed yet" }
            @if draft.campaign.is_some() {
                p { "The campaign that was made of “" (draft.name()) "” has been deleted since. What was typed is still here." }
            } @else {
                p { "Nobody is called by a rehearsal. It runs the campaign on a clock of its own, and shows what would come of it." }
            }
            div.actions { (button(draft, None, "look", "Rehearse", "primary")) }
        }
    }
}

fn begun_elsewhere(draft: &Draft, campaign: &Campaign) -> Markup {
    html! {
        section.sheet {
            h2 { "It was started already " (badge(&campaign.status)) }
            p {
                "Somebody has started “" a href={ (BASE) "/campaigns/" (campaign.id) } { (campaign.name) } "” meanwhile; it is "
                (words(&campaign.status)) ". It is changed on its own page now."
            }
            div.actions {
                (button(draft, Some(campaign), "done", "To the campaign", "primary"))
                (button(draft, Some(campaign), "another", "Make another of what was typed", ""))
            }
        }
    }
}

async fn ready(visit: &Visit, draft: &Draft, campaign: &Campaign, json: &Value) -> Result<Markup, Failure> {
    let imports = made::imports(visit, campaign.id).await?;
    let is_open = imports.iter().any(|import| import.state == "running");
    let is_broken = made::is_broken(&imports);
    let stands = draft.is_made() && !is_broken;
    let rehearsed = if is_open || !stands {
        html! {}
    } else {
        rehearsed::shown(visit, campaign).await?
    };
    let warnings: Warnings = read(json)?;
    let nobody = campaign.counters.total == 0 && !is_open;
    Ok(html! {
        @if !draft.is_made() {
            section.sheet {
                h2 { "It has changed" }
                p { "What was typed has changed since this was rehearsed. Rehearse it again before it is created." }
                div.actions { (button(draft, None, "look", "Rehearse again", "primary")) }
            }
        } @else if is_broken {
            section.sheet {
                h2 { "The list was not read to its end" }
                p { "Have it read again before it is created, or choose another: the campaign is made anew then." }
                div.actions { (button(draft, None, "look", "Read it again", "primary")) }
            }
        }
        (list::shown(draft, &imports))
        @if nobody {
            div.flash.note { "Nobody is on it yet. It can be created, and started once it has contacts. " a href={ (BASE) (path(draft.id, Step::Audience)) } { "Choose a list" } }
        }
        @if !warnings.warnings.is_empty() {
            section.sheet id="warnings" {
                h2 { "Worth knowing" }
                ul { @for warning in &warnings.warnings { li { (sentence(&warning.message)) } } }
            }
        }
        (rehearsed)
        (in_words::shown(visit, draft, json).await?)
        @if stands {
            div.actions.onward {
                a.button href={ (BASE) (path(draft.id, Step::Rules)) } { "Back" }
                (button(draft, Some(campaign), "create", "Create", ""))
                @if !nobody { (button(draft, Some(campaign), "start", "Create and start", "primary")) }
            }
            p.hint { "Created, it is a draft, and calls nobody until it is started." }
        }
    })
}

/// The campaign that was looked at, as it was then.
#[derive(Deserialize)]
pub(super) struct LookedAt {
    campaign: Option<String>,
}

impl LookedAt {
    fn id(&self) -> Option<Uuid> {
        let (id, _) = self.campaign.as_deref()?.split_once('.')?;
        id.parse().ok()
    }

    /// Whether this is what was looked at, unchanged.
    fn is(&self, campaign: &Campaign) -> bool {
        self.campaign.as_deref() == Some(seen(campaign).as_str())
    }
}

/// How a page names the campaign that it shows: which, and in which version.
fn seen(campaign: &Campaign) -> String {
    format!("{}.{}", campaign.id, campaign.config_version)
}

pub(super) async fn decide(
    visit: Visit,
    at: Path<String>,
    looked_at: Query<LookedAt>,
    typed: Typed,
) -> Result<HttpResponse, Failure> {
    let id = id(&at)?;
    must(&visit)?;
    let _turn = drafts::turn(&visit, id).await;
    let Some(mut found) = drafts::find(&visit, id)? else {
        // Pressed twice: the first press has finished it.
        return match finished(&visit, looked_at.id()).await? {
            Some(campaign) => Ok(visit.goes_to(&format!("/campaigns/{}", campaign.id))),
            None => Err(draft(&visit, id)
                .err()
                .unwrap_or_else(|| Failure::broken("a draft came back"))),
        };
    };
    let typed = Fields(typed.into_inner());
    let begun = made::campaign(&visit, &found).await?;
    let begun = begun.filter(|campaign| campaign.status != "draft");
    match (typed.get("go"), begun) {
        ("another", Some(_)) => {
            found.unmade();
            found.keep(&visit).await?;
            enter(&visit, found).await
        }
        ("done" | "create" | "start", Some(begun)) => {
            found.remove(&visit).await?;
            let what = format!(
                "“{}” had been started already; it is {}.",
                begun.name,
                words(&begun.status)
            );
            Ok(visit.done(&format!("/campaigns/{}", begun.id), what))
        }
        (go @ ("create" | "start"), None) => finish(&visit, found, &looked_at, go == "start").await,
        _ => enter(&visit, found).await,
    }
}

async fn finished(visit: &Visit, campaign: Option<Uuid>) -> Result<Option<Named>, Failure> {
    match campaign {
        Some(id) => visit.api.get_if_there(&format!("/campaigns/{id}")).await,
        None => Ok(None),
    }
}

/// Creates the campaign as it was looked at, and starts it if that is wanted; nothing is left of the draft then.
async fn finish(
    visit: &Visit,
    mut draft: Draft,
    looked_at: &LookedAt,
    starts: bool,
) -> Result<HttpResponse, Failure> {
    let review = path(draft.id, Step::Review);
    let stands = match made::campaign(visit, &draft).await? {
        Some(campaign) if looked_at.is(&campaign) && draft.is_made() => {
            !made::is_broken(&made::imports(visit, campaign.id).await?)
        }
        _ => false,
    };
    if !stands {
        // Nobody starts what they have not seen.
        let why =
            "It is not as you saw it: it was changed, deleted or made anew meanwhile. Look at it once more.";
        return entered(visit, draft, Some(why)).await;
    }
    if let Err(failure) = made::make(visit, &mut draft).await {
        return match failure {
            Failure::Refused(refusal) => not_made(visit, &draft, &refusal).await,
            other => Err(other),
        };
    }
    let Some(id) = draft.campaign else {
        return Ok(visit.goes_to(&review));
    };
    let own = format!("/campaigns/{id}");
    let told = if starts {
        match made::start(visit, id).await? {
            Err(refusal) => return Ok(visit.refused_here(&review, &refusal)),
            Ok(campaign) => format!("“{}” is {}.", campaign.name, words(&campaign.status)),
        }
    } else {
        format!(
            "“{}” is created. It is a draft, and calls nobody until you start it.",
            draft.name()
        )
    };
    draft.remove(visit).await?;
    Ok(visit.done(&own, told))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn campaign(id: u128, version: u32) -> Campaign {
        let now = "2026-07-01T12:00:00Z";
        let json = json!({
            "id": Uuid::from_u128(id), "name": "July", "description": "", "type": "custom", "channel": "voice",
            "line_id": Uuid::nil(), "timezone": "UTC", "status": "draft", "status_reason": null,
            "config_version": version, "run": 1, "created_at": now, "updated_at": now, "started_at": null,
            "completed_at": null, "created_by": "Ada", "success_rate": null, "avg_duration_seconds": null,
            "avg_sentiment_score": null,
            "counters": {
                "total": 0, "pending": 0, "calling": 0, "completed": 0, "failed": 0, "skipped": 0, "attempts": 0,
                "unknown": 0,
            },
        });
        read(&json).expect("it is a campaign")
    }

    #[test]
    fn what_was_looked_at_is_the_same_campaign_in_the_same_version_and_nothing_else() {
        let looked_at = LookedAt {
            campaign: Some(seen(&campaign(1, 2))),
        };
        assert!(looked_at.is(&campaign(1, 2)));
        assert!(!looked_at.is(&campaign(1, 3)), "it was changed on its own page");
        assert!(!looked_at.is(&campaign(2, 2)), "it was made anew");
        assert_eq!(looked_at.id(), Some(Uuid::from_u128(1)));
        let nothing = LookedAt { campaign: None };
        assert!(!nothing.is(&campaign(1, 2)) && nothing.id().is_none());
    }
}
